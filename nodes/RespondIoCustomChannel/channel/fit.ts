import { ChannelError } from './error';
import { codePointLength, withCommas } from './limits';

export type LongText = 'split' | 'truncate' | 'error';

/**
 * Makes a text fit a limit (in code points): the text itself where it does, else its parts, its beginning with an
 * ellipsis, or an error. The parts joined give the text exactly; each ends where people would end it: at a paragraph,
 * a line, a sentence, a word, else between graphemes, never inside a surrogate pair. Linear in the text's length.
 * @param limit At least 1.
 * @param name What errors call the text, e.g. "Text".
 * @throws {ChannelError} with `error`, when it is too long.
 */
export function fitText(text: string, limit: number, mode: LongText, name = 'Text'): string[] {
	// A code point has one or two units, so most texts are decided without counting.
	if (text.length <= limit) return [text];
	const length = codePointLength(text);
	if (length <= limit) return [text];
	switch (mode) {
		case 'split':
			return split(text, limit);
		case 'truncate':
			return [`${text.slice(0, wholeGraphemes(text, 0, advance(text, 0, limit - 1)))}…`];
		default:
			throw new ChannelError(
				`The ${name} must be at most ${withCommas(limit)} characters, but has ${withCommas(length)}`,
				'Shorten it, or set the option Long Text to Split or Truncate.',
			);
	}
}

function split(text: string, limit: number): string[] {
	const parts: string[] = [];
	let start = 0;
	while (start < text.length) {
		const furthest = advance(text, start, limit);
		const end = furthest === text.length ? furthest : breakBefore(text, start, furthest);
		parts.push(text.slice(start, end));
		start = end;
	}
	return parts;
}

/** From the best place to break to the worst; each matches what a part may end with. */
const BREAKS = [/\n[^\S\n]*\n\s*/g, /\n/g, /[.!?…。！？]["'”’)\]]*\s+|[。！？]/g, /\s+/g];

/** Where the part from `start` ends: after the last break of the best kind that leaves it at least half full. */
function breakBefore(text: string, start: number, furthest: number): number {
	const window = text.slice(start, furthest);
	for (const pattern of BREAKS) {
		let last = 0;
		for (const match of window.matchAll(pattern)) last = match.index + match[0].length;
		if (last * 2 < window.length) continue;
		// A line end of two characters is one grapheme, and so is a blank with the mark on it.
		const end = lastBoundary(text, start, start + last);
		if ((end - start) * 2 >= window.length) return end;
	}
	return wholeGraphemes(text, start, furthest);
}

/** The index after `count` code points. */
function advance(text: string, from: number, count: number): number {
	let index = from;
	for (let counted = 0; counted < count && index < text.length; counted++) {
		index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
	}
	return index;
}

/** Where the last whole grapheme before `index` ends; `index` itself where a single one fills the part. */
function wholeGraphemes(text: string, start: number, index: number): number {
	const end = lastBoundary(text, start, index);
	return end > start ? end : index;
}

/** The last boundary between graphemes from `start`, which is one, to `index`. */
function lastBoundary(text: string, start: number, index: number): number {
	if (index >= text.length || typeof Intl.Segmenter !== 'function') return index;
	// From the start of the part, as flags pair up from there; to the end of the character at `index`.
	const cluster = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
		.segment(text.slice(start, index + 2))
		.containing(index - start);
	return start + (cluster?.index ?? index - start);
}
