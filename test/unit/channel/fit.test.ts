import fc from 'fast-check';

import { fitText } from '../../../nodes/RespondIoCustomChannel/channel/fit';
import { codePointLength } from '../../../nodes/RespondIoCustomChannel/channel/limits';
import { anyString, EMOJI, faultOf } from './support';

/** Texts as people write them, with everything that a cut could damage. */
const prose = fc
	.array(
		fc.oneof(
			fc.constantFrom('\n\n', '\n', '\r\n', '. ', '! ', ' ', ' ', '。', '?" ', '  ', '\t'),
			fc.constantFrom(
				'Hello',
				'messages',
				'a',
				'美玲',
				EMOJI,
				'👩‍👩‍👧‍👦',
				'🇲🇾',
				'🇸🇬',
				'e\u0301',
				'한',
				' \u0301',
			),
			fc.string({ unit: 'grapheme', maxLength: 12 }),
		),
		{ maxLength: 60 },
	)
	.map((parts) => parts.join(''));

const limits = fc.integer({ min: 1, max: 60 });

/** Where one grapheme ends and the next begins. */
function boundaries(text: string): Set<number> {
	const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text);
	return new Set(Array.from(segments, ({ index }) => index).concat(text.length));
}

function longestGrapheme(text: string): number {
	const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text);
	return Math.max(0, ...Array.from(segments, ({ segment }) => codePointLength(segment)));
}

describe('fitText', () => {
	it.each(['split', 'truncate', 'error'] as const)(
		'leaves a text up to the limit, in code points, as it is (%s)',
		(mode) => {
			for (const character of ['a', EMOJI, '\n']) {
				for (const length of [0, 1, 6999, 7000]) {
					const text = character.repeat(length);
					expect(fitText(text, 7000, mode)).toEqual([text]);
				}
			}
		},
	);

	it.each([
		['letters', 'a'],
		['emoji', EMOJI],
	])('refuses one character more, with error: %s', (_what, character) => {
		const { message, hint } = faultOf(() => fitText(character.repeat(7001), 7000, 'error'));
		expect(message).toBe('The Text must be at most 7,000 characters, but has 7,001');
		expect(hint).toMatch(/option Long Text/);
	});

	it('refuses it too where an expression gave a mode that there is not', () => {
		const { message } = faultOf(() => fitText('abc', 2, 'shorten' as 'error'));
		expect(message).toMatch(/^The Text must be at most 2 characters/);
	});

	it('calls the text by the name that it is given', () => {
		const { message } = faultOf(() => fitText('abc', 2, 'error', 'Caption'));
		expect(message).toBe('The Caption must be at most 2 characters, but has 3');
	});
});

describe('fitText with split', () => {
	it.each([
		['a paragraph', 12, 'One. Two\n\nThree. Four', ['One. Two\n\n', 'Three. Four']],
		['a line', 12, 'One. Two\nThree. Four', ['One. Two\n', 'Three. Four']],
		[
			'a paragraph before a later line',
			16,
			'One two.\n\nThree\nFour five',
			['One two.\n\n', 'Three\nFour five'],
		],
		[
			'a paragraph of a line of blanks',
			16,
			'One two.\n \nThr\nFour five',
			['One two.\n \n', 'Thr\nFour five'],
		],
		[
			'a line before a later sentence',
			16,
			'One two\nThr. Four five',
			['One two\n', 'Thr. Four five'],
		],
		['a sentence', 12, 'One two. Three four.', ['One two. ', 'Three four.']],
		['a sentence before a later word', 12, 'One tw. A bcdef ghi', ['One tw. ', 'A bcdef ghi']],
		['a sentence in quotation marks', 14, '"One two." Three four', ['"One two." ', 'Three four']],
		['a sentence of Chinese', 6, '你好吗。我很好。', ['你好吗。', '我很好。']],
		['a word', 12, 'One two three four', ['One two ', 'three four']],
		['a grapheme', 5, 'abcde\u0301fg', ['abcd', 'e\u0301fg']],
		['a family, which is one', 10, `aaaa${'👩‍👩‍👧‍👦'.repeat(2)}`, ['aaaa', '👩‍👩‍👧‍👦', '👩‍👩‍👧‍👦']],
		['a flag, which is one', 3, '🇲🇾🇸🇬🇮🇩', ['🇲🇾', '🇸🇬', '🇮🇩']],
		['a character of two units', 2, EMOJI.repeat(3), [EMOJI.repeat(2), EMOJI]],
		['a word rather than a far sentence', 12, 'A. Bcdefgh ijklmnop', ['A. Bcdefgh ', 'ijklmnop']],
		// A cluster of 4 code points has no room in parts of 3.
		[
			'within a grapheme that fills a part',
			3,
			'e\u0301\u0302\u0303x',
			['e\u0301\u0302', '\u0303x'],
		],
	])('breaks at %s', (_what, limit, text, parts) => {
		expect(fitText(text, limit, 'split')).toEqual(parts);
	});

	it('pairs flags rightly in a long row of them', () => {
		const flags = '🇲🇾'.repeat(3000);
		for (const part of fitText(`a${flags}`, 1000, 'split')) expect(part).toMatch(/^a?(🇲🇾)+$/u);
	});

	it('gives parts within the limit, none empty, that joined are the text', () => {
		fc.assert(
			fc.property(fc.oneof(prose, anyString), limits, (text, limit) => {
				const parts = fitText(text, limit, 'split');
				const lengths = parts.map(codePointLength);
				return (
					parts.join('') === text &&
					lengths.every((length) => length <= limit) &&
					(text === '' || lengths.every((length) => length > 0))
				);
			}),
			{ numRuns: 8_000 },
		);
	});

	it('never cuts a grapheme, where each fits a part', () => {
		fc.assert(
			fc.property(prose, limits, (text, limit) => {
				fc.pre(longestGrapheme(text) <= limit);
				const between = boundaries(text);
				let end = 0;
				return fitText(text, limit, 'split').every((part) => between.has((end += part.length)));
			}),
			{ numRuns: 3_000 },
		);
	});

	it('never cuts a surrogate pair', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), limits, (text, limit) =>
				fitText(text, limit, 'split').every((part) => !/\p{Surrogate}/u.test(part)),
			),
			{ numRuns: 2_000 },
		);
	});

	it.each([
		['one word', 'a'],
		['words', 'word '],
		['lines', 'line\n'],
		['line ends alone', '\n'],
		['full stops', '.'],
		['quotation marks after a stop', '."""""""""'],
		['blanks after line ends', '\n          '],
		['emoji', EMOJI],
		['flags', '🇲🇾'],
		['combining marks', '\u0301'],
	])('takes time in proportion to the length: %s', (_what, piece) => {
		const timeOf = (length: number) => {
			const text = piece.repeat(Math.ceil(length / piece.length));
			// The quickest of three: a busy machine slows down one or the other.
			const times = [1, 2, 3].map(() => {
				const start = performance.now();
				fitText(text, 7000, 'split');
				return performance.now() - start;
			});
			return Math.min(...times);
		};
		timeOf(100_000);
		// Quadratic time would be a hundredfold; the constant makes room for a busy machine.
		expect(timeOf(1_000_000)).toBeLessThan(30 * timeOf(100_000) + 500);
	});
});

describe('fitText with truncate', () => {
	it.each([
		['a letter', 4, 'abcdef', 'abc…'],
		['an emoji', 4, EMOJI.repeat(6), `${EMOJI.repeat(3)}…`],
		['a whole grapheme', 5, 'abce\u0301\u0302f', 'abc…'],
		['nothing', 1, 'abc', '…'],
	])('ends after %s with an ellipsis', (_what, limit, text, expected) => {
		expect(fitText(text, limit, 'truncate')).toEqual([expected]);
	});

	it('gives one text within the limit: the beginning, whole graphemes, an ellipsis', () => {
		fc.assert(
			fc.property(prose, limits, (text, limit) => {
				fc.pre(codePointLength(text) > limit && longestGrapheme(text) < limit);
				const [short, ...rest] = fitText(text, limit, 'truncate');
				const kept = short.slice(0, -1);
				return (
					rest.length === 0 &&
					short.endsWith('…') &&
					codePointLength(short) <= limit &&
					text.startsWith(kept) &&
					boundaries(text).has(kept.length)
				);
			}),
			{ numRuns: 2_000 },
		);
	});
});
