import fc from 'fast-check';
import { DateTime, Settings } from 'luxon';

import { ChannelError } from '../../../nodes/RespondIoCustomChannel/channel/error';
import { timestampSchema } from '../../../nodes/RespondIoCustomChannel/channel/schema';
import { toTimestamp } from '../../../nodes/RespondIoCustomChannel/channel/timestamp';
import { faultOf } from './support';

const NOW = 1_800_000_000_000;
const MS = 1_732_000_000_123;
const ISO = '2024-11-19T07:06:40.123Z';

describe('toTimestamp', () => {
	it.each([
		['milliseconds', MS, MS],
		['milliseconds with a fraction', MS + 0.4, MS],
		['seconds', 1_732_000_000, 1_732_000_000_000],
		['seconds with a fraction', 1_732_000_000.123, MS],
		['microseconds', MS * 1000 + 400, MS],
		['nanoseconds', MS * 1e6, MS],
		['the start of 2001', 978_307_200_000, 978_307_200_000],
		['the last millisecond that a Date holds', 8.64e21, 8.64e15],
		['a big integer', BigInt(MS) * 1_000_000n, MS],
		['milliseconds as a text', String(MS), MS],
		['seconds as a text', ' 1732000000 ', 1_732_000_000_000],
		['the time of a Slack message', '1732000000.000200', 1_732_000_000_000],
		['microseconds as a text', `${MS}000`, MS],
		['nanoseconds as a text', `${MS}000000`, MS],
		['ISO 8601', ISO, MS],
		['ISO 8601 with an offset', '2024-11-19T15:06:40.123+08:00', MS],
		['ISO 8601 without a zone', '2024-11-19T07:06:40.123', MS],
		['a date alone', '2024-11-19', Date.UTC(2024, 10, 19)],
		['SQL', '2024-11-19 07:06:40.123', MS],
		['RFC 2822', 'Tue, 19 Nov 2024 15:06:40 +0800', 1_732_000_000_000],
		['a Date', new Date(MS), MS],
		['a DateTime of Luxon', DateTime.fromMillis(MS, { zone: 'Asia/Kuala_Lumpur' }), MS],
		['a DateTime of another copy of Luxon', { toMillis: () => MS }, MS],
	])('reads %s', (_what, value, expected) => {
		expect(toTimestamp(value, { now: NOW })).toBe(expected);
	});

	it.each([undefined, null, '', '  \n'])('takes %j for now', (value) => {
		expect(toTimestamp(value, { now: NOW })).toBe(NOW);
	});

	it("reads a text without a zone in the workflow's", () => {
		const context = { now: NOW, timezone: 'Asia/Kuala_Lumpur' };
		expect(toTimestamp('2024-11-19T15:06:40.123', context)).toBe(MS);
		expect(toTimestamp('2024-11-19 15:06:40.123', context)).toBe(MS);
		expect(toTimestamp(ISO, context)).toBe(MS);
	});

	it("reads a text without a zone in UTC where no zone is known, not in the server's", () => {
		Settings.defaultZone = 'Asia/Tokyo';
		try {
			for (const text of ['2024-11-19T07:06:40.123', '2024-11-19 07:06:40.123']) {
				expect(toTimestamp(text, { now: NOW })).toBe(MS);
			}
		} finally {
			Settings.defaultZone = 'system';
		}
	});

	it.each([
		['the end of 2000', 978_307_199_999, '978307199999'],
		['a word', 'yesterday', '"yesterday"'],
		['a date that does not exist', '2024-02-30', '"2024-02-30"'],
		['a negative number', -1, '-1'],
		['a negative number as a text', '-1732000000', '"-1732000000"'],
		['what is no number', Number.NaN, 'NaN'],
		['an infinite number', Number.POSITIVE_INFINITY, 'Infinity'],
		['a time that no Date holds', 8.65e21, '8.65e+21'],
		['a Date that is none', new Date('yesterday'), 'an object'],
		['a DateTime that is none', DateTime.invalid('test'), 'an object'],
		['a boolean', true, 'true'],
		['a list', [MS], 'a list'],
		['an object', { seconds: 1_732_000_000 }, 'an object'],
	])('refuses %s, and names it', (_what, value, shown) => {
		const { message, hint } = faultOf(() => toTimestamp(value, { now: NOW }));
		expect(message).toBe(`The Timestamp ${shown} is not a time since 2001`);
		expect(hint).toMatch(/Leave it blank for now/);
	});

	it('gives every number from 2001 to 4821 the same time in each unit', () => {
		fc.assert(
			fc.property(fc.integer({ min: 978_307_200_000, max: 9e13 }), (ms) =>
				[
					ms,
					ms / 1000,
					String(ms / 1000),
					ms * 1000,
					new Date(ms).toISOString(),
					BigInt(ms) * 1_000_000n,
				].every((value) => toTimestamp(value, { now: NOW }) === ms),
			),
			{ numRuns: 2_000 },
		);
	});

	it('gives a legal timestamp for whatever it takes', () => {
		fc.assert(
			fc.property(
				fc.oneof(fc.anything(), fc.double(), fc.date(), fc.string(), fc.float().map(String)),
				(value) => {
					try {
						const time = toTimestamp(value, { now: NOW });
						return timestampSchema.safeParse(time).success;
					} catch (error) {
						return error instanceof ChannelError;
					}
				},
			),
			{ numRuns: 3_000 },
		);
	});
});
