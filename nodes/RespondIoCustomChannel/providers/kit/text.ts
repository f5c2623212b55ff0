import { fitText } from '../../channel/fit';
import { codePointLength } from '../../channel/limits';

/**
 * A text in parts that fit the provider's limit, none of them blank.
 * @param size The length as the provider counts it: code points, or e.g. `utf16Length` or `byteLength`.
 */
export function splitText(text: string, limit: number, size = codePointLength): string[] {
	const parts = text.trim() === '' ? [] : [text];
	const length = codePointLength(text);
	const needed = size(text);
	if (needed <= limit || length <= 1) return parts;
	const fitting = Math.max(1, Math.min(length - 1, Math.floor((length * limit) / needed)));
	return fitText(text, fitting, 'split').flatMap((part) => splitText(part, limit, size));
}

export function utf16Length(text: string): number {
	return text.length;
}

/** Bytes of UTF-8. */
export function byteLength(text: string): number {
	return Buffer.byteLength(text, 'utf8');
}
