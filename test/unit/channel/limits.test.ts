import fc from 'fast-check';

import { codePointLength, withCommas } from '../../../nodes/RespondIoCustomChannel/channel/limits';
import { anyString } from './support';

describe('codePointLength', () => {
	it.each([
		['', 0],
		['abc', 3],
		['é', 1],
		['e\u0301', 2],
		['美玲', 2],
		['😀', 1],
		['👩‍👩‍👧‍👦', 7],
		['\ud83d', 1],
		['\ude00\ud83d', 2],
	])('of %j is %d', (text, length) => {
		expect(codePointLength(text)).toBe(length);
	});

	it('is what iterating over the text counts', () => {
		fc.assert(
			fc.property(anyString, (text) => codePointLength(text) === Array.from(text).length),
			{ numRuns: 3_000 },
		);
	});
});

describe('withCommas', () => {
	it('writes a whole number as English does', () => {
		fc.assert(
			fc.property(fc.nat(), (number) => {
				expect(withCommas(number)).toBe(number.toLocaleString('en-US'));
			}),
		);
	});
});
