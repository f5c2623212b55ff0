import type { Faults } from '../../sandbox/faults';
import { ProcessedItems } from './harness';
import { errorsOf, jsonOf, POST, STATUS, useSandbox } from './support';

/** What the ledger holds against what was sent, for each thing that can go wrong on the way. */

const stage = useSandbox();
const ids = () => stage.ledger.map(({ mId }) => mId);
const faults = (...rules: Faults['rules']) => stage.sandbox.respondIo.setFaults({ rules });
const onError = 'continueErrorOutput' as const;
const three = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];

describe('a fault that passes is outlived', () => {
	it.each<[string, Faults['rules'][number]['do']]>([
		['429', { kind: 'status', status: 429 }],
		['429 with Retry-After in seconds', { kind: 'status', status: 429, retryAfter: 1 }],
		[
			'429 with Retry-After as a date',
			{ kind: 'status', status: 429, retryAfter: 1, asDate: true },
		],
		['408', { kind: 'status', status: 408 }],
		['500', { kind: 'status', status: 500 }],
		['502', { kind: 'status', status: 502 }],
		['503', { kind: 'status', status: 503 }],
		['a connection that breaks before the event was taken', { kind: 'resetBefore' }],
	])('%s', async (_what, action) => {
		faults({ when: { mId: 'b' }, times: 2, do: action });
		const began = Date.now();
		const result = await stage.run(POST, three, { onError });
		expect(ids()).toEqual(['a', 'b', 'c']);
		expect(jsonOf(result).map(({ attempts }) => attempts)).toEqual([1, 3, 1]);
		if ('retryAfter' in action) {
			// Dates have whole seconds, so each of the two pauses may be shorter.
			expect(Date.now() - began).toBeGreaterThan(action.asDate ? 200 : 1900);
		}
	});

	it('a slow answer', async () => {
		faults({ when: { mId: 'b' }, do: { kind: 'slow', milliseconds: 300 } });
		await stage.run(POST, three);
		expect(ids()).toEqual(['a', 'b', 'c']);
	});

	it('an answer whose body never ends: its status has said all', async () => {
		faults({ when: { mId: 'b' }, do: { kind: 'neverEnding' } });
		await stage.run(POST, three);
		expect(ids()).toEqual(['a', 'b', 'c']);
	}, 60_000);
});

it('a connection that breaks after the event was taken: twice under one id, never lost', async () => {
	faults({ when: { mId: 'b' }, times: 1, do: { kind: 'resetAfter' } });
	const result = await stage.run(POST, three, { onError });
	expect(ids()).toEqual(['a', 'b', 'b', 'c']);
	expect(stage.ledger.map(({ repeat }) => repeat)).toEqual([false, false, true, false]);
	expect(errorsOf(result)).toEqual([]);
});

describe('a fault that stays', () => {
	const down: Faults['rules'][number] = {
		when: { mId: 'b' },
		do: { kind: 'status', status: 503, message: 'down' },
	};
	const items = [...three, { id: 'd', contact: 'ken' }];

	it('holds back the later events of its contact alone; all leave complete on the error output', async () => {
		faults(down);
		const result = await stage.run({ ...POST, options: { maxAttempts: 2 } }, items, { onError });
		expect(ids().sort()).toEqual(['a', 'd']);
		const [b, c] = errorsOf(result);
		expect(b).toMatchObject({
			mId: 'b',
			delivery: 'undelivered',
			attempts: 2,
			httpStatus: 503,
			answer: 'down',
			message: expect.stringMatching(/2 attempts.*\[item 1\]/),
			description: expect.stringContaining('sent again'),
		});
		expect(c).toMatchObject({ mId: 'c', attempts: 0, message: expect.stringMatching(/order/) });
		expect(result.outputs[1].map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 1 },
			{ item: 2 },
		]);

		// What left there is ready to be sent again as it is.
		faults();
		await stage.run(
			{
				resource: 'message',
				operation: 'post',
				inputMode: 'json',
				eventJson: '={{ $json.request }}',
			},
			[b, c],
		);
		expect(ids().sort()).toEqual(['a', 'b', 'c', 'd']);
	});

	it.each([
		['custom', 'mei.tan@example.com'],
		['custom', '-1001'],
		['custom', '美玲'],
		['phone', '60 17-787 2890'],
	] as const)(
		'what left on the error output is of the same contact when sent again: %s %s',
		async (idType, contact) => {
			stage.sandbox.set({ idType });
			faults(down);
			const result = await stage.run(
				{ ...POST, options: { maxAttempts: 1 } },
				[
					{ id: 'a', contact },
					{ id: 'b', contact },
				],
				{ onError },
			);
			faults();
			await stage.run(
				{
					resource: 'message',
					operation: 'post',
					inputMode: 'json',
					eventJson: '={{ $json.request }}',
				},
				errorsOf(result),
			);
			expect(ids()).toEqual(['a', 'b']);
			expect(stage.ledger[1].contactId).toBe(stage.ledger[0].contactId);
		},
	);

	it('stops the run where the user wants that, and a repeat posts the rest alone', async () => {
		faults(down);
		const memory = new ProcessedItems();
		const options = { maxAttempts: 1 };
		const { error } = await stage.run({ ...POST, options }, items, { memory });
		expect(error?.message).toMatch(/2 of 4 events were not delivered.*503/);
		faults();
		const again = await stage.run({ ...POST, options }, items, { memory });
		expect(ids().sort()).toEqual(['a', 'b', 'c', 'd']);
		expect(jsonOf(again).map(({ delivery }) => delivery)).toEqual([
			'skipped',
			'delivered',
			'delivered',
			'skipped',
		]);
	});

	it.each<[string, Faults['rules'][number]['do'], string]>([
		[
			'a token that is refused midway',
			{ kind: 'status', status: 401, message: 'Unauthorized' },
			'respond.io refused the token (401): Unauthorized',
		],
		[
			'a redirect',
			{ kind: 'status', status: 302, message: 'Moved' },
			'The Webhook URL URL redirects (302), which would lose the event',
		],
	])('%s is not tried again, and nothing is sent past it', async (_what, action, words) => {
		faults({ when: { request: { from: 2, to: 99 } }, do: action });
		const result = await stage.run(POST, three, { onError });
		expect(ids()).toEqual(['a']);
		expect(stage.sandbox.respondIo.requests).toHaveLength(2);
		const url = `${stage.sandbox.url}/custom/channel/webhook/`;
		expect(errorsOf(result).map(({ message }) => String(message).replace(url, 'URL'))).toEqual([
			`${words} [item 1]`,
			`Not sent, since it would fail alike: ${words} [item 2]`,
		]);
	});

	it('a web page that answers 200 is tried again, and nothing is sent past it', async () => {
		faults({ when: { request: { from: 2, to: 99 } }, do: { kind: 'html' } });
		const options = { maxAttempts: 2 };
		const result = await stage.run({ ...POST, options }, three, { onError });
		expect(ids()).toEqual(['a']);
		expect(stage.sandbox.respondIo.requests).toHaveLength(3);
		expect(errorsOf(result).map(({ attempts }) => attempts)).toEqual([2, 0]);
	});

	it('an outbox can send whatever left, of any type, with one step', async () => {
		faults({ do: { kind: 'status', status: 503 } });
		const options = { maxAttempts: 1 };
		const undelivered = [
			...errorsOf(await stage.run({ ...POST, options }, [{ id: 'a' }], { onError })),
			...errorsOf(
				await stage.run({ ...STATUS, options }, [{ id: 'b', status: 'failed', error: 'Gone' }], {
					onError,
				}),
			),
		];
		expect(undelivered.map(({ retryable }) => retryable)).toEqual([true, true]);
		faults();
		const json = { resource: 'message', operation: 'post', inputMode: 'json' };
		await stage.run({ ...json, eventJson: '={{ $json.request }}' }, undelivered);
		expect(stage.ledger.map(({ event }) => event)).toMatchObject([
			{ type: 'message', mId: 'a' },
			{ type: 'message_status', mId: 'b', status: { value: 'failed', message: 'Gone' } },
		]);
	});
});

describe('packs of events', () => {
	it('hold consecutive events of one contact', async () => {
		const items = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id }));
		const parameters = { ...POST, options: { eventsPerRequest: 2 } };
		await stage.run(parameters, [
			...items.slice(0, 2),
			{ id: 'k', contact: 'ken' },
			...items.slice(2),
		]);
		const packs = stage.sandbox.respondIo.requests.map(({ mIds }) => mIds.join(''));
		expect(packs.sort()).toEqual(['ab', 'cd', 'e', 'k']);
	});

	it('that are refused are sent again one by one: the bad event is found, the good ones arrive', async () => {
		faults({ when: { mId: 'b' }, do: { kind: 'status', status: 400, message: 'no such thing' } });
		const result = await stage.run({ ...POST, options: { eventsPerRequest: 10 } }, three, {
			onError,
		});
		expect(ids()).toEqual(['a', 'c']);
		expect(errorsOf(result)).toEqual([
			expect.objectContaining({
				mId: 'b',
				httpStatus: 400,
				message: expect.stringContaining('no such thing'),
				request: expect.objectContaining({ events: [expect.objectContaining({ mId: 'b' })] }),
			}),
		]);
	});
});

describe('the options of a delivery', () => {
	it.each([
		['eventsPerRequest', 1, 100],
		['concurrency', 1, 50],
		['maxAttempts', 1, 10],
	])('%s is a whole number from %d to %d', async (name, least, most) => {
		const errorOf = async (value: unknown) =>
			(await stage.run({ ...POST, options: { [name]: value as number } }, [{ id: 'a' }])).error
				?.message;
		for (const value of [least, most, String(most), '']) {
			expect(await errorOf(value)).toBeUndefined();
		}
		stage.sandbox.respondIo.reset();
		for (const value of [least - 1, most + 1, 1.5, 'many']) {
			expect(await errorOf(value)).toBe(
				`The option "${name}" must be a whole number from ${least} to ${most}, but is "${value}"`,
			);
		}
		expect(stage.sandbox.respondIo.requests).toEqual([]);
	});

	it.each([
		[undefined, 5],
		[2, 2],
	])('with concurrency %j, %d contacts are served at once', async (concurrency, most) => {
		stage.sandbox.set({ answerDelay: 100 });
		const options = concurrency === undefined ? {} : { concurrency };
		const contacts = Array.from({ length: 7 }, (_, index) => `contact${index}`);
		await stage.run(
			{ ...POST, options },
			contacts.map((contact) => ({ id: contact, contact })),
		);
		const { requests } = stage.sandbox.respondIo;
		const atOnce = requests.map(
			({ startedAt }) =>
				requests.filter((each) => each.startedAt <= startedAt && (each.endedAt ?? 0) > startedAt)
					.length,
		);
		expect(Math.max(...atOnce)).toBe(most);
	});
});

it('a memory that fails stops nothing, and a hint says what that means', async () => {
	const memory = new ProcessedItems();
	memory.broken = true;
	const { error, hints } = await stage.run(POST, three, { memory });
	expect(error).toBeUndefined();
	expect(ids()).toEqual(['a', 'b', 'c']);
	expect(hints.map(({ message }) => message)).toEqual([
		'What this workflow has delivered before could not be looked up (the database is locked), so duplicates were not skipped. Everything was posted all the same.',
		'What was delivered could not be remembered (the database is locked): if the same items come again, they may be posted twice.',
	]);
});

it('without skipDuplicates everything is posted, and nothing is remembered', async () => {
	const memory = new ProcessedItems();
	const parameters = { ...POST, options: { skipDuplicates: false } };
	await stage.run(parameters, [{ id: 'a' }, { id: 'a' }], { memory });
	expect(ids()).toEqual(['a', 'a']);
	expect(memory.calls).toBe(0);
});

it('the memory is asked a fixed number of times, whatever the number of items', async () => {
	const memory = new ProcessedItems();
	await stage.run(
		POST,
		Array.from({ length: 60 }, (_, index) => ({ id: `${index}` })),
		{ memory },
	);
	// Two questions, one record at the end, and one every two seconds of a long run.
	expect(memory.calls).toBeLessThanOrEqual(4);
});

it('executions that post to one contact at the same moment take turns', async () => {
	stage.sandbox.set({ answerDelay: 20 });
	const memory = new ProcessedItems();
	await Promise.all(
		['x', 'y', 'z'].map(
			async (run) =>
				await stage.run(
					POST,
					[1, 2, 3].map((number) => ({ id: `${run}${number}` })),
					{ memory },
				),
		),
	);
	expect(ids()).toHaveLength(9);
	const { requests } = stage.sandbox.respondIo;
	const overlaps = requests.filter(
		({ startedAt }, index) => index > 0 && startedAt < (requests[index - 1].endedAt ?? 0),
	);
	expect(overlaps).toEqual([]);
	// Whole runs, one after the other.
	expect(
		ids()
			.map((id) => id[0])
			.join(''),
	).toMatch(/^(xxx|yyy|zzz){3}$/);
});

it('a cancelled execution stops at once, and says what was not delivered', async () => {
	faults({ when: { mId: 'b' }, do: { kind: 'status', status: 503, retryAfter: 20 } });
	const began = Date.now();
	let cancel = () => {};
	const cancelled = new Promise<void>((resolve) => (cancel = resolve));
	const run = stage.run(POST, three, { cancel: cancelled });
	setTimeout(cancel, 300);
	await run;
	expect(Date.now() - began).toBeLessThan(5_000);
	expect(ids()).toEqual(['a']);
});

it('the token is in no item, error or hint', async () => {
	faults({
		do: { kind: 'status', status: 401, message: 'bad token sandbox-token' },
		when: { mId: 'b' },
	});
	const { run, ...result } = await stage.run(POST, three, { onError });
	const parts = [result.outputs, result.hints, run.data.resultData];
	for (const part of parts) expect(JSON.stringify(part)).not.toContain('Bearer');
});
