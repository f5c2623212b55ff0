import { lineThrough, percentile } from '../../bench/figures';
import type { Incoming, Outgoing } from '../../bench/reliability/load';
import { sumIncoming, tallyIncoming, tallyOutgoing } from '../../bench/reliability/tally';

const written = (id: string, givenAt?: number): Incoming => ({
	id,
	contactId: id[0],
	writtenAt: 1000,
	tries: 1,
	...(givenAt !== undefined && { givenAt }),
});
const arrived = (id: string, at = 3000) => ({ id, contactId: id[0], at });

it('counts what was given and is nowhere as lost, and what waits as kept', () => {
	const messages = [written('a1', 2000), written('a2', 2000), written('a3', 2000), written('a4')];
	expect(tallyIncoming(messages, [arrived('a1')], new Set(['a2']))).toEqual({
		written: 4,
		given: 3,
		lost: 1,
		atStart: 0,
		kept: 1,
		twice: 0,
		late: 0,
		median: 2,
		slowest: 2,
	});
});

it('tells what was lost to an n8n that was only starting', () => {
	const messages = [{ ...written('a1', 2000), metStart: true }, written('a2', 2000)];
	const { lost, atStart } = tallyIncoming(messages, [], new Set());
	expect({ lost, atStart }).toEqual({ lost: 2, atStart: 1 });
});

it('counts a message that waits and has arrived as arrived', () => {
	const { lost, kept } = tallyIncoming([written('a1', 2000)], [arrived('a1')], new Set(['a1']));
	expect({ lost, kept }).toEqual({ lost: 0, kept: 0 });
});

it.each([
	['in order', ['a1', 'b1', 'a2', 'b2'], { twice: 0, late: 0 }],
	['one after a later one of its contact', ['a2', 'a1', 'b1', 'b2'], { twice: 0, late: 1 }],
	['two after a later one', ['a3', 'a1', 'a2'], { twice: 0, late: 2 }],
	['again, which is not late', ['a1', 'a2', 'a1'], { twice: 1, late: 0 }],
	['of somebody else', ['a1', 'x9', 'a2'], { twice: 0, late: 0 }],
])('counts arrivals: %s', (_what, ids, expected) => {
	const messages = ['a1', 'a2', 'a3', 'b1', 'b2'].map((id) => written(id, 2000));
	const { twice, late } = tallyIncoming(
		messages,
		ids.map((id) => arrived(id)),
		new Set(),
	);
	expect({ twice, late }).toEqual(expected);
});

it('holds what respond.io was told against what the provider got', () => {
	const sent = (id: string, isTaken: boolean): Outgoing => ({
		id,
		contactId: id[0],
		sentAt: 1000,
		isTaken,
	});
	const messages = [sent('a1', true), sent('a2', true), sent('a3', false), sent('a4', false)];
	const arrivals = ['a1', 'a3', 'a1'].map((id) => arrived(id));
	expect(tallyOutgoing(messages, arrivals)).toEqual({
		sent: 4,
		taken: 2,
		lost: 1,
		deniedButSent: 1,
		twice: 1,
	});
});

it('sums rounds: the median of their medians, the slowest of all', () => {
	const round = (median: number, slowest: number) => ({
		written: 10,
		given: 9,
		lost: 1,
		atStart: 1,
		kept: 0,
		twice: 2,
		late: 3,
		median,
		slowest,
	});
	expect(sumIncoming([round(1, 5), round(3, 9), round(2, 4)])).toEqual({
		written: 30,
		given: 27,
		lost: 3,
		atStart: 3,
		kept: 0,
		twice: 6,
		late: 9,
		median: 2,
		slowest: 9,
	});
});

it('lays a line through points', () => {
	const line = lineThrough([
		[0, 1],
		[1, 3],
		[2, 5],
	]);
	expect([line.slope, line.at(10)]).toEqual([2, 21]);
	expect(lineThrough([[4, 7]])).toMatchObject({ slope: 0 });
});

it('finds percentiles', () => {
	expect([0.5, 0.95, 0.99].map((share) => percentile([3, 1, 2, 4], share))).toEqual([3, 4, 4]);
});
