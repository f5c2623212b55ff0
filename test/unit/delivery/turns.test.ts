import { deliver } from '../../../nodes/RespondIoCustomChannel/delivery/deliver';
import type { Post } from '../../../nodes/RespondIoCustomChannel/delivery/plan';
import { answer, OPTIONS, textPost, world } from './world';

const at = (contactId: string, mId: string, timestamp: number): Post => {
	const post = textPost(contactId, mId);
	return { ...post, event: { ...post.event, timestamp } };
};

it('of those who wait for a contact, the one with the earliest event goes first', async () => {
	const { state, tools } = world(() => answer(200));
	const runs = [at('mei', 'b', 2), at('mei', 'd', 4), at('mei', 'a', 1), at('mei', 'c', 3)];
	await Promise.all(runs.map(async (post) => await deliver([post], tools, OPTIONS)));
	expect(state.taken).toEqual(['a', 'b', 'c', 'd']);
});

it("a single message keeps its contact's order beside a bulk run, and does not wait for the rest of it", async () => {
	const { state, tools } = world(() => answer(200));
	const bulk = Array.from({ length: 2000 }, (_, index) => at(`c${index % 100}`, `b${index}`, 10));
	const single = async () => {
		while (state.requests.length < 50) await Promise.resolve();
		await deliver([at('c99', 'single', 20)], tools, OPTIONS);
		return state.requests.length;
	};
	const [, requests] = await Promise.all([deliver(bulk, tools, OPTIONS), single()]);
	const own = state.taken.filter((mId) => mId === 'single' || Number(mId.slice(1)) % 100 === 99);
	expect(own).toHaveLength(21);
	expect(own[20]).toBe('single');
	expect(requests).toBeLessThan(400);
});

it('a turn ends with the last event of its contact, not with the run', async () => {
	const { state, tools } = world(() => answer(200));
	let isOver = false;
	const bulk = [at('mei', 'a', 1), ...Array.from({ length: 50 }, (_, i) => at('ken', `k${i}`, 1))];
	const single = async () => {
		while (!state.taken.includes('a')) await Promise.resolve();
		await deliver([at('mei', 'b', 2)], tools, OPTIONS);
		expect(isOver).toBe(false);
	};
	const whole = deliver(bulk, tools, OPTIONS).then(() => {
		isOver = true;
	});
	await Promise.all([whole, single()]);
	expect(state.taken).toHaveLength(52);
});

it.each([
	[true, ['undelivered', 'undelivered'], 1],
	[false, ['undelivered', 'delivered'], 2],
])(
	'behind one that has given up, an event is held back only where undelivered ones are kept: %j',
	async (keepsUndelivered, statuses, requests) => {
		const { state, tools } = world((_request, count) => answer(count === 1 ? 503 : 200));
		const options = { ...OPTIONS, maxAttempts: 1, keepsUndelivered };
		const runs = [at('mei', 'a', 1), at('mei', 'b', 2)];
		const results = await Promise.all(
			runs.map(async (post) => await deliver([post], tools, options)),
		);
		expect(results.map(({ outcomes }) => outcomes[0].status)).toEqual(statuses);
		expect(state.requests).toHaveLength(requests);
	},
);
