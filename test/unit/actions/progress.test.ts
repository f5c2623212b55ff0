import { verdictOf } from '../../../nodes/RespondIoCustomChannel/actions/outgoingMessage/progress';

const taken = { taken: true as const, messageId: 'a' };
const no = (reason: string) => ({ taken: false as const, reason });

it.each([
	['a message of one part: the reason alone', [no('Blocked (403)')], 1, 'Blocked (403)'],
	[
		'the first of three',
		[no('Blocked (403)')],
		3,
		'Part 1 of 3 was refused: Blocked (403); nothing was sent',
	],
	[
		'the second of three',
		[taken, no('Blocked (403)')],
		3,
		'Part 2 of 3 was refused: Blocked (403); part 1 was sent',
	],
	[
		'the third of three',
		[taken, taken, no('Blocked (403)')],
		3,
		'Part 3 of 3 was refused: Blocked (403); parts 1 and 2 were sent',
	],
	[
		'the fourth of five',
		[taken, taken, taken, no('Blocked.')],
		5,
		'Part 4 of 5 was refused: Blocked; parts 1, 2 and 3 were sent',
	],
	[
		'one in the middle, where all were tried',
		[taken, no('Blocked'), taken],
		3,
		'Part 2 of 3 was refused: Blocked; parts 1 and 3 were sent',
	],
	[
		'two, for different reasons',
		[no('Blocked'), taken, no('Too long')],
		3,
		'Parts 1 and 3 of 3 were refused: Blocked; Too long; part 2 was sent',
	],
	[
		'all, for one reason',
		[no('Blocked'), no('Blocked')],
		2,
		'Parts 1 and 2 of 2 were refused: Blocked; nothing was sent',
	],
])('tells a refusal of %s', (_, results, parts, reason) => {
	expect(verdictOf(results, parts)).toEqual({ kind: 'refused', reason });
});

it('is open until every part was taken', () => {
	expect(verdictOf([taken], 3)).toEqual({ kind: 'open' });
	expect(verdictOf([taken, taken, taken], 3)).toEqual({ kind: 'sent' });
	expect(verdictOf([], 0)).toEqual({ kind: 'open' });
});
