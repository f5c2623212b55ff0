import fc from 'fast-check';

import { deliver } from '../../../nodes/RespondIoCustomChannel/delivery/deliver';
import { answer, memoryOfProcess, OPTIONS, storeOf, textPost, world } from './world';

const three = ['a', 'b', 'c'].map((mId, index) => textPost('mei', mId, index));

it('waits as long as Retry-After says, and gives up where that is past the time of one run', async () => {
	const short = world((_request, count) => answer(count === 1 ? 429 : 200, { 'retry-after': '7' }));
	await deliver(three, short.tools, OPTIONS);
	expect(short.state).toMatchObject({ taken: ['a', 'b', 'c'], slept: 7000 });

	const long = world(() => answer(503, { 'retry-after': '3600' }));
	const { outcomes } = await deliver(three, long.tools, OPTIONS);
	expect(long.state).toMatchObject({ slept: 0 });
	expect(outcomes[0]).toMatchObject({
		attempts: 1,
		failure: {
			message:
				'respond.io did not take the event in 1 attempt (503); the next attempt would be in 3600 s, past the 120 s that are left for it',
		},
	});
});

it('doubles its pauses', async () => {
	const { state, tools } = world(() => 'break');
	await deliver(three.slice(0, 1), tools, OPTIONS);
	expect(state.slept).toBe(500 + 1000 + 2000);
	expect(state.requests).toHaveLength(4);
});

it('does not send past an event that was not delivered, and holds up nobody else', async () => {
	const { state, tools } = world(({ events }) => answer(events[0].mId === 'b' ? 500 : 200));
	const { outcomes } = await deliver([...three, textPost('ken', 'k')], tools, OPTIONS);
	expect(state.taken.sort()).toEqual(['a', 'k']);
	expect(outcomes.map(({ status }) => status)).toEqual([
		'delivered',
		'undelivered',
		'undelivered',
		'delivered',
	]);
	expect(outcomes[2]).toMatchObject({
		attempts: 0,
		request: { channelId: 'ch', contactId: 'mei', events: [{ mId: 'c' }] },
	});
});

it('a refused event costs itself alone', async () => {
	const { state, tools } = world(({ events }) => answer(events[0].mId === 'b' ? 400 : 200));
	await deliver(three, tools, OPTIONS);
	expect(state.taken).toEqual(['a', 'c']);
	expect(state.requests).toHaveLength(3);
});

it('posts the same event once, also within one run, but not where the first was not delivered', async () => {
	const twice = [textPost('mei', 'a'), textPost('mei', 'a', 1)];
	const fine = world(() => answer(200));
	await deliver(twice, fine.tools, OPTIONS);
	expect(fine.state.taken).toEqual(['a']);

	const refusedOnce = world((_request, count) => answer(count === 1 ? 400 : 200));
	await deliver(twice, refusedOnce.tools, OPTIONS);
	expect(refusedOnce.state.taken).toEqual(['a']);
});

it('posts again what was not delivered, in this process and in another', async () => {
	const down = world(() => answer(503));
	await deliver(three, down.tools, OPTIONS);
	for (const memory of [down.tools.memory, memoryOfProcess()]) {
		const up = world(() => answer(400));
		await deliver(three, { ...up.tools, memory, store: down.tools.store }, OPTIONS);
		expect(up.state.requests).toHaveLength(3);
	}
});

it('ends at once when the execution is cancelled, with every event accounted for', async () => {
	const cancel = new AbortController();
	const { state, tools } = world(() => {
		cancel.abort();
		return answer(503);
	});
	const { outcomes } = await deliver(three, { ...tools, signal: cancel.signal }, OPTIONS);
	expect(state.requests).toHaveLength(1);
	expect(outcomes.map(({ status }) => status)).toEqual(three.map(() => 'undelivered'));
});

it('asks the memory as often for 20,000 events as for one', async () => {
	const { state, tools, list } = world(() => answer(200));
	const store = storeOf(list, undefined, 80_000);
	const posts = Array.from({ length: 20_000 }, (_, index) =>
		textPost(`c${index % 50}`, `${index}`),
	);
	await deliver(posts, { ...tools, store }, OPTIONS);
	expect(state.requests).toHaveLength(20_000);
	expect(store.calls).toBe(3);
	await deliver(posts, { ...tools, store }, OPTIONS);
	await deliver(posts, { ...tools, store, memory: memoryOfProcess() }, OPTIONS);
	expect(state.requests).toHaveLength(20_000);
});

describe('whatever goes wrong', () => {
	const fault = fc.constantFrom('ok', 'ok', 'ok', 'break', 'lose', 429, 500, 503, 400, 401, 'html');
	const scenario = fc.record({
		contacts: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 40 }),
		faults: fc.array(fault, { minLength: 1, maxLength: 60 }),
		concurrency: fc.integer({ min: 1, max: 10 }),
		eventsPerRequest: fc.integer({ min: 1, max: 10 }),
		maxAttempts: fc.integer({ min: 1, max: 4 }),
		isSameProcess: fc.boolean(),
	});

	it('keeps the order, loses nothing, and repeats only what broke after it was taken', async () => {
		await fc.assert(
			fc.asyncProperty(scenario, async ({ contacts, faults, isSameProcess, ...options }) => {
				const posts = contacts.map((contact, index) => textPost(`c${contact}`, `m${index}`, index));
				let lost = 0;
				const { state, tools } = world((request, count) => {
					const each = faults[count % faults.length];
					if (each === 'lose') lost += request.events.length;
					if (each === 'break' || each === 'lose') return each;
					if (each === 'html') return answer(200, {}, '<html>');
					return answer(each === 'ok' ? 200 : Number(each));
				});
				const all = { ...OPTIONS, ...options };
				const { outcomes } = await deliver(posts, tools, all);

				expect(outcomes).toHaveLength(posts.length);
				expect(state.overlaps).toBe(0);
				expect(state.mostBusy).toBeLessThanOrEqual(all.concurrency);
				outcomes.forEach((outcome, index) => {
					const { mId } = posts[index].event;
					if (outcome.status === 'delivered') expect(state.taken).toContain(mId);
					if (outcome.status === 'undelivered') expect(outcome.request.events[0].mId).toBe(mId);
				});
				expect(state.taken.length - new Set(state.taken).size).toBeLessThanOrEqual(lost);
				for (const contact of new Set(contacts)) {
					const own = posts.filter(({ contactId }) => contactId === `c${contact}`);
					const order = own.map(({ event }) => event.mId);
					const first = [...new Set(state.taken.filter((mId) => order.includes(mId)))];
					expect(first).toEqual(order.filter((mId) => first.includes(mId)));
				}

				// The same input again, now that all is well: what is missing arrives, nothing twice.
				const delivered = posts.filter((_, index) => outcomes[index].status === 'delivered');
				const second = world(() => answer(200));
				const { store } = tools;
				const memory = isSameProcess ? tools.memory : memoryOfProcess();
				await deliver(posts, { ...second.tools, store, memory }, all);
				const again = new Set(second.state.taken);
				expect(again.size).toBe(second.state.taken.length);
				expect(delivered.filter(({ event }) => again.has(event.mId))).toEqual([]);
				expect(again.size).toBe(posts.length - delivered.length);
			}),
			{ numRuns: 500 },
		);
	});

	it('never overlaps at a contact, however many runs there are at once', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 8 }), { maxLength: 6 }),
				async (runs) => {
					const { state, tools } = world(() => answer(200));
					await Promise.all(
						runs.map(async (contacts, run) => {
							const posts = contacts.map((contact, index) =>
								textPost(`c${contact}`, `${run}-${index}`),
							);
							await deliver(posts, tools, OPTIONS);
						}),
					);
					expect(state.overlaps).toBe(0);
					expect(state.taken).toHaveLength(runs.flat().length);
				},
			),
		);
	});
});
