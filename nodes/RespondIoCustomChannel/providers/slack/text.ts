import type { RichTextEmoji } from '@slack/types';

import { fieldsOf, idOf, isObject, textOf } from '../kit/payload';

/**
 * Slack's marks as plain text (https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages).
 * @param blocks The rich text that the text was made of, where it comes along.
 */
export function plainText(given: unknown, blocks?: unknown): string | undefined {
	const text = textOf(given)
		?.replace(/<([^<>|]+)(?:\|([^<>]*))?>/g, (_, target: string, label = '') =>
			shownLink(target, label as string),
		)
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
		.replaceAll('&amp;', '&');
	return text && withEmoji(text, blocks);
}

function shownLink(target: string, label: string): string {
	const mark = target.charAt(0);
	if (mark === '!') return label === '' ? `@${target.slice(1)}` : label;
	if (mark === '@' || mark === '#') {
		return `${mark}${(label === '' ? target.slice(1) : label).replace(/^[@#]/, '')}`;
	}
	const address = target.replace(/^(mailto|tel):/, '');
	return label === '' || label === address ? address : `${label} (${address})`;
}

/** A text has the names of emoji; rich text has their characters as well. */
function withEmoji(text: string, blocks: unknown): string {
	// The longest first: one without a tone of skin also begins one that has it.
	return [...new Map(emojiIn(blocks))]
		.sort(([one], [other]) => other.length - one.length)
		.reduce((shown, [written, character]) => shown.replaceAll(written, character), text);
}

/** Slack nests less. */
const MAX_DEPTH = 20;

/** Each emoji as the text writes it, `:wave:` or `:wave::skin-tone-2:`, and as a character. */
function emojiIn(value: unknown, depth = 0): Array<[written: string, character: string]> {
	if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return [];
	if (!isObject(value) || value.type !== 'emoji') {
		return Object.values(value).flatMap((each) => emojiIn(each, depth + 1));
	}
	const { name, unicode, skin_tone } = fieldsOf<RichTextEmoji & { skin_tone: number }>(value);
	const [written, code] = [idOf(name), textOf(unicode)];
	if (written === undefined || code === undefined) return [];
	const character = code.replace(/-?([\da-f]{2,5})/gi, (_, point: string) =>
		String.fromCodePoint(parseInt(point, 16)),
	);
	// The name may hold the tone as well: the two documents of Slack's differ.
	const tone = written.includes('::') ? undefined : (idOf(skin_tone) ?? toneIn(code));
	return [[tone === undefined ? `:${written}:` : `:${written}::skin-tone-${tone}:`, character]];
}

/** U+1F3FB to U+1F3FF are Slack's tones 2 to 6. */
function toneIn(code: string): string | undefined {
	const [, digit] = /1f3f([b-f])/i.exec(code) ?? [];
	return digit && String(parseInt(digit, 16) - 9);
}
