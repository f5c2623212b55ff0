import fc from 'fast-check';

import {
	STATUS_VALUES,
	type StatusValue,
} from '../../../nodes/RespondIoCustomChannel/channel/schema';
import { GroupCommit } from '../../../nodes/RespondIoCustomChannel/delivery/groupCommit';
import { keysOf, rememberSent } from '../../../nodes/RespondIoCustomChannel/delivery/memory';
import type { Post } from '../../../nodes/RespondIoCustomChannel/delivery/plan';
import {
	judge,
	parseRetryAfter,
	retryDelay,
} from '../../../nodes/RespondIoCustomChannel/delivery/retry';
import { memoryOfProcess, storeOf, type List } from './world';

const status = (value: StatusValue, mId = 'm', contactId = 'mei'): Post => ({
	itemIndex: 0,
	contactId,
	event: {
		type: 'message_status',
		mId,
		timestamp: 1,
		status: { value, ...(value === 'failed' && { message: 'x' }) },
	},
});

/** Which statuses are posted, of those that come in this order and are all delivered. */
function posted(values: readonly StatusValue[]): StatusValue[] {
	const known = new Set<string>();
	return values.filter((value) => {
		const { own, settles } = keysOf('ch', status(value));
		if (known.has(own)) return false;
		for (const key of [own, ...settles]) known.add(key);
		return true;
	});
}

it.each<[StatusValue[], StatusValue[]]>([
	[
		['sent', 'delivered', 'read'],
		['sent', 'delivered', 'read'],
	],
	[['read', 'delivered', 'sent'], ['read']],
	[
		['delivered', 'sent', 'read', 'delivered'],
		['delivered', 'read'],
	],
	[
		['sent', 'sent', 'failed', 'read'],
		['sent', 'failed'],
	],
	[['delivered', 'failed'], ['delivered']],
	[['failed', 'sent', 'delivered', 'read', 'failed'], ['failed']],
])('of %j posts %j', (given, expected) => {
	expect(posted(given)).toEqual(expected);
});

it('a part that failed is posted after what the last part has reached, once, and nothing after it', () => {
	const read = keysOf('ch', status('read'));
	const failed = keysOf('ch', { ...status('failed'), ofEarlierPart: true });
	expect([read.own, ...read.settles]).not.toContain(failed.own);
	for (const value of STATUS_VALUES) {
		expect([failed.own, ...failed.settles]).toContain(keysOf('ch', status(value)).own);
	}
	expect(failed.settles).not.toContain(failed.own);
});

it('never goes backwards, in whatever order statuses come', () => {
	const rank = { sent: 0, delivered: 1, read: 2, failed: 3 };
	fc.assert(
		fc.property(fc.array(fc.constantFrom(...STATUS_VALUES)), (values) => {
			const ranks = posted(values).map((value) => rank[value]);
			expect(ranks).toEqual([...new Set(ranks)].sort());
		}),
	);
});

it('knows channels, contacts, messages and kinds apart', () => {
	const keys = [
		keysOf('ch', status('sent')),
		keysOf('other', status('sent')),
		keysOf('ch', status('sent', 'n')),
		keysOf('ch', status('sent', 'm', 'ken')),
		keysOf('ch', status('read')),
	].map(({ own }) => own);
	expect(new Set(keys).size).toBe(keys.length);
});

it.each([
	[200, 'delivered'],
	[204, 'delivered'],
	[301, 'misconfigured'],
	[400, 'refused'],
	[401, 'misconfigured'],
	[403, 'misconfigured'],
	[404, 'misconfigured'],
	[408, 'retry'],
	[413, 'refused'],
	[422, 'refused'],
	[425, 'retry'],
	[429, 'retry'],
	[500, 'retry'],
	[599, 'retry'],
])('%i means %s', (statusCode, verdict) => {
	expect(judge({ statusCode, headers: {}, body: '' })).toBe(verdict);
});

it.each([
	'<!DOCTYPE html><html>',
	'  <html lang="en">',
	'\ufeff<?xml version="1.0"?>',
	'<p>404</p>',
])('a web page with 200 is no delivery, and may pass: %j', (body) => {
	expect(judge({ statusCode: 200, headers: {}, body })).toBe('retry');
});

it.each(['OK', '', '{"ok":true}', '1 < 2', '<3'])(
	'what is no page is a delivery, whatever its header says: %j',
	(body) => {
		const headers = { 'content-type': 'text/html; charset=utf-8' };
		expect(judge({ statusCode: 200, headers, body })).toBe('delivered');
	},
);

it.each<[string | string[] | undefined, number | undefined]>([
	['2', 2000],
	['0.5', 500],
	[['3', '9'], 3000],
	['Thu, 01 Jan 1970 00:01:00 GMT', 50_000],
	['Thu, 01 Jan 1970 00:00:01 GMT', 0],
	['soon', undefined],
	['', undefined],
	[undefined, undefined],
])('Retry-After %j is %j ms at second 10', (header, milliseconds) => {
	expect(parseRetryAfter(header, 10_000)).toBe(milliseconds);
});

it('waits longer each time, up to 10 s, the upper half by chance', () => {
	const pauses = (random: number) =>
		[1, 2, 3, 10].map((attempt) => retryDelay(attempt, undefined, { now: 0, random }));
	expect(pauses(0)).toEqual([250, 500, 1000, 5000]);
	expect(pauses(1)).toEqual([500, 1000, 2000, 10_000]);
});

describe('what a process remembers', () => {
	const KEYS = ['a', 'b', 'c'];

	it('knows what was settled, here and in another process, and nothing that was only asked for', async () => {
		const list: List = { keys: [] };
		const store = storeOf(list);
		const [first, second, third] = [1, 2, 3].map(() => memoryOfProcess());
		await first.ask(KEYS, store);
		await first.settle(['a'], store);
		await second.ask(KEYS, store);
		await third.ask(KEYS, store);
		for (const memory of [first, second, third]) {
			expect(KEYS.map((key) => memory.isDone(key))).toEqual([true, false, false]);
		}
	});

	it('waits for another process that has begun, and no longer once that one is done or has given up', async () => {
		const store = storeOf({ keys: [] });
		const slept: number[] = [];
		const other = memoryOfProcess();
		await other.ask(KEYS, store);
		const mine = memoryOfProcess(async (milliseconds) => {
			// The others are of those who wait for the lock.
			if (milliseconds < 200) return;
			slept.push(milliseconds);
			if (slept.length === 2) await other.settle(['a'], store);
			if (slept.length === 3) await other.giveUp(['b'], store);
		});
		await mine.ask(KEYS, store);
		expect(await mine.resolve('a', store)).toBe(true);
		expect(slept).toEqual([200, 600]);
		expect(await mine.resolve('b', store)).toBe(false);
		expect(slept).toEqual([200, 600, 200]);
		// The third died.
		expect(await mine.resolve('c', store)).toBe(false);
		expect(slept).toEqual([200, 600, 200, 200, 600, 1500]);
		expect(await mine.resolve('c', store)).toBe(false);
		expect(slept).toHaveLength(6);
	});

	it('asks again for what it has given up: another process may have delivered it since', async () => {
		const store = storeOf({ keys: [] });
		const [first, second] = [memoryOfProcess(), memoryOfProcess()];
		await first.ask(['a', 'b'], store);
		await first.giveUp(['a', 'b'], store);
		await second.ask(['a'], store);
		await second.settle(['a'], store);
		await first.ask(['a', 'b'], store);
		expect([first.isDone('a'), first.isDone('b')]).toEqual([true, false]);
	});

	it('what is tried again and again costs two calls each time, however often that was', async () => {
		const store = storeOf({ keys: [] });
		const memory = memoryOfProcess();
		for (let time = 1; time <= 20; time++) {
			await memory.ask(['a'], store);
			await memory.giveUp(['a'], store);
			expect(store.calls).toBe(2 * time);
		}
	});

	it('asks for many keys in one call, and not again for those that it has asked for', async () => {
		const store = storeOf({ keys: [] });
		const memory = memoryOfProcess();
		const many = Array.from({ length: 5000 }, (_, index) => `k${index}`);
		await Promise.all([memory.ask(many, store), memory.ask(many.slice(9), store)]);
		await memory.ask(many, store);
		expect(store.calls).toBe(1);
		await memory.settle(many, store);
		expect(store.calls).toBe(2);
		await memory.settle(many, store);
		expect(store.calls).toBe(2);
	});

	it('what it sent is settled before anybody asks, in every process', async () => {
		const store = storeOf({ keys: [] });
		const [answering, relaying] = [memoryOfProcess(), memoryOfProcess()];
		await rememberSent(answering, store, { mIds: ['p1', 'p2'], answered: 'p2' });
		const echo = (mId: string): Post => ({
			itemIndex: 0,
			contactId: 'mei',
			event: { type: 'message_echo', mId, timestamp: 1, message: { type: 'text', text: 'x' } },
		});
		const receipts = ['p1', 'p2'].map((mId) => ({ ...status('read', mId), mayBeOfPart: true }));
		const others = [echo('p1'), echo('p2'), echo('p3'), ...receipts].flatMap(
			(post) => keysOf('ch', post).others,
		);
		expect(others.map(({ reason }) => reason)).toEqual([
			'echoOfAccepted',
			'echoOfAccepted',
			'echoOfAccepted',
			'receiptOfPart',
			'receiptOfPart',
		]);
		await relaying.ask(
			others.map(({ key }) => key),
			store,
		);
		const isDone = others.map(({ key }) => relaying.isDone(key));
		expect(isDone).toEqual([true, true, false, true, false]);
		expect(keysOf('ch', { ...status('failed', 'p1'), mayBeOfPart: true }).others).toEqual([]);
	});

	it('an echo that overtakes the answer is known once the answer is', async () => {
		const store = storeOf({ keys: [] });
		const answering = memoryOfProcess();
		const relaying = memoryOfProcess(
			async () => await rememberSent(answering, store, { mIds: ['p1'], answered: 'p1' }),
		);
		const key = JSON.stringify(['respondio', 'accepted', 'p1']);
		await relaying.ask([key], store);
		expect(relaying.isDone(key)).toBe(false);
		expect(await relaying.isSettledSoon(key, store)).toBe(true);
	});

	it('calls of one process wait for each other, and for the lock; a lock that nobody frees is taken', async () => {
		const list: List = { keys: [], isLocked: true };
		const store = storeOf(list);
		let looks = 0;
		const commit = new GroupCommit({
			async sleep() {
				looks++;
			},
			random: () => 0.5,
		});
		const answers = await Promise.all([commit.ask(['a'], store), commit.ask(['a', 'b'], store)]);
		expect(answers.map((known) => [...known])).toEqual([[], ['a']]);
		expect({ looks, calls: store.calls, ...list }).toEqual({
			looks: 501,
			calls: 1,
			keys: ['a', 'b'],
			isLocked: false,
		});
	});
});

it.each([0, 1, 2, 3, 4])(
	'what falls off the old end of the list makes nothing of what was only asked for: %i keys gone',
	async (gone) => {
		const list: List = { keys: [] };
		const store = storeOf(list);
		for (const memory of [memoryOfProcess(), memoryOfProcess()]) await memory.ask(['a'], store);
		list.keys = list.keys.slice(gone);
		for (const memory of [memoryOfProcess(), memoryOfProcess()]) {
			await memory.ask(['a'], store);
			expect(memory.isDone('a')).toBe(false);
		}
	},
);
