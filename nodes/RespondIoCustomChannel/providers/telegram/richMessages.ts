import { numberedParts, type Part, textParts } from '../kit/parts';
import { fieldsOf, isObject, joined, listOf } from '../kit/payload';
import { mediaIn, type Reader } from './media';

/** Deeper nesting than the documented 16 levels is not followed. */
const MAX_DEPTH = 40;

/** A message of blocks (https://core.telegram.org/bots/api#richmessage): all its words as one text, then its files. */
export const asRichMessage: Reader = (value, _, label) => {
	const { blocks } = fieldsOf<{ blocks: unknown }>(value);
	const text = joined([label, wordsIn(blocks, '\n')], ': ');
	return numberedParts([...textParts(text), ...mediaInBlocks(blocks)]);
};

/** Where a block or a piece of text keeps its words, in the order of reading, and what comes between several. */
const WORDS: ReadonlyArray<[name: string, separator: string]> = [
	['summary', ''],
	['label', ''],
	['text', ''],
	['expression', ''],
	['alternative_text', ''],
	['button', ''],
	['url', ''],
	['buttons', '\n'],
	['cells', '\n'],
	['items', '\n'],
	['blocks', '\n'],
	['caption', ''],
	['credit', ''],
];

function wordsIn(value: unknown, separator: string, depth = 0): string | undefined {
	if (typeof value === 'string') return value;
	if (depth > MAX_DEPTH) return undefined;
	if (Array.isArray(value)) {
		const parts = value.map((part) => wordsIn(part, ' ', depth + 1));
		return separator === '' ? parts.join('') : joined(parts, separator);
	}
	if (!isObject(value)) return undefined;
	const words = WORDS.map(([name, between]) => wordsIn(value[name], between, depth + 1));
	return value.type === 'url' ? joined([...new Set(words)], ' ') : joined(words);
}

function mediaInBlocks(blocks: unknown, depth = 0): Part[] {
	if (depth > MAX_DEPTH) return [];
	return listOf(blocks).flatMap((block) => {
		const inner = fieldsOf<{ blocks: unknown; items: unknown }>(block);
		return [...mediaIn(block), ...mediaInBlocks(inner.blocks ?? inner.items, depth + 1)];
	});
}
