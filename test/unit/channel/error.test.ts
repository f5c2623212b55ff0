import fc from 'fast-check';

import { shown } from '../../../nodes/RespondIoCustomChannel/channel/error';
import { codePointLength } from '../../../nodes/RespondIoCustomChannel/channel/limits';
import { anyString, EMOJI } from './support';

describe('shown', () => {
	it.each([
		['a text', 'Mei', '"Mei"'],
		['a text of two lines', 'a\r\n\tb', '"a   b"'],
		['60 emoji', EMOJI.repeat(60), `"${EMOJI.repeat(60)}"`],
		['61 emoji', EMOJI.repeat(61), `"${EMOJI.repeat(60)}…"`],
		['a number', 1.5, '1.5'],
		['a big integer', 5n, '5'],
		['nothing', undefined, 'undefined'],
		['null', null, 'null'],
		['a list', ['secret'], 'a list'],
		['an object', { token: 'secret' }, 'an object'],
	])('is short for %s', (_what, value, expected) => {
		expect(shown(value)).toBe(expected);
	});

	it('is one short line for every value', () => {
		fc.assert(
			fc.property(fc.oneof(fc.anything(), anyString), (value) => {
				const line = shown(value);
				return codePointLength(line) <= 63 && !/[\r\n]/.test(line);
			}),
			{ numRuns: 1_000 },
		);
	});
});
