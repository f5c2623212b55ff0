import fc from 'fast-check';

import type { EventsRequest } from '../../../nodes/RespondIoCustomChannel/channel/schema';
import { deliver } from '../../../nodes/RespondIoCustomChannel/delivery/deliver';
import type { Post } from '../../../nodes/RespondIoCustomChannel/delivery/plan';
import { Turns } from '../../../nodes/RespondIoCustomChannel/delivery/turns';
import { memoryOfProcess, storeOf, type List } from './world';

/*
 * Processes of a cluster share one list, which each reads and writes as a whole: fast-check chooses which of them goes
 * on, who dies, and which posts fail. Senders repeat what they were told an error for.
 */

const OPTIONS = {
	channelId: 'ch',
	webhookUrl: 'https://respond.example/',
	eventsPerRequest: 1,
	concurrency: 5,
	maxAttempts: 1,
	retryFor: 0,
	skipDuplicates: true,
	holdBack: false,
	keepsUndelivered: false,
};

const post = (mId: string): Post => ({
	itemIndex: 0,
	contactId: 'mei',
	event: { type: 'message', mId, timestamp: 1, message: { type: 'text', text: mId } },
});

/** Never goes on: its process has died. */
const never = new Promise<never>(() => {});

interface Send {
	mId: string;
	process: number;
	/** What becomes of each try: posted, refused by a fault, or the process dies before or after the post. */
	tries: Array<'ok' | 'fault' | 'dieBefore' | 'dieAfter'>;
}

class Cluster {
	readonly ledger: string[] = [];
	readonly skippedInVain: string[] = [];
	private readonly list: List;
	private processes: Array<ReturnType<Cluster['start']>>;

	constructor(
		private readonly scheduler: fc.Scheduler,
		count: number,
		private readonly maxEntries: number,
	) {
		this.list = { keys: [] };
		this.processes = Array.from({ length: count }, () => this.start());
	}

	private start() {
		const life = { isDead: false };
		const step = async () => {
			await this.scheduler.schedule(Promise.resolve());
			if (life.isDead) await never;
		};
		return {
			life,
			step,
			store: storeOf(this.list, step, this.maxEntries),
			memory: memoryOfProcess(step),
			turns: new Turns(),
		};
	}

	/** One try of one sender; resolves with whether the sender was told that all is well. */
	async send(mId: string, process: number, result: Send['tries'][number]): Promise<boolean> {
		const mine = this.processes[process];
		const die = async () => {
			mine.life.isDead = true;
			this.processes[process] = this.start();
			return await never;
		};
		const run = deliver(
			[post(mId)],
			{
				send: async (request: EventsRequest) => {
					await mine.step();
					if (result === 'dieBefore') return await die();
					if (result !== 'fault') this.ledger.push(...request.events.map((each) => each.mId));
					if (result === 'dieAfter') return await die();
					return { statusCode: result === 'fault' ? 503 : 200, headers: {}, body: '' };
				},
				sleep: mine.step,
				now: () => 0,
				random: () => 0.5,
				store: mine.store,
				memory: mine.memory,
				turns: mine.turns,
			},
			OPTIONS,
		);
		// Whoever loses its connection repeats, too.
		const isTold = await Promise.race([
			run.then(({ outcomes: [outcome] }) => {
				if (outcome.status === 'skipped' && !this.ledger.includes(mId))
					this.skippedInVain.push(mId);
				return outcome.status !== 'undelivered';
			}),
			this.death(mine.life),
		]);
		return isTold;
	}

	private async death(life: { isDead: boolean }): Promise<false> {
		while (!life.isDead) await this.scheduler.schedule(Promise.resolve());
		return false;
	}
}

const sends = fc.array(
	fc.record<Send>({
		mId: fc.constantFrom('a', 'b', 'c'),
		process: fc.nat({ max: 2 }),
		tries: fc.array(fc.constantFrom('ok', 'ok', 'fault', 'dieBefore', 'dieAfter'), {
			maxLength: 3,
		}) as fc.Arbitrary<Send['tries']>,
	}),
	{ minLength: 1, maxLength: 5 },
);

it('loses nothing for the memory, whoever writes over whom and whoever dies', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.scheduler(),
			sends,
			fc.constantFrom(20_000, 6),
			async (scheduler, all, maxEntries) => {
				const cluster = new Cluster(scheduler, 3, maxEntries);
				const senders = all.map(async ({ mId, process, tries }) => {
					// Another's death ends a try of ours, too.
					for (let index = 0; index < 12; index++) {
						const isTold = await cluster.send(mId, (process + index) % 3, tries[index] ?? 'ok');
						if (isTold) return;
					}
				});
				await scheduler.waitFor(Promise.all(senders));
				expect(cluster.skippedInVain).toEqual([]);
				expect(new Set(cluster.ledger)).toEqual(new Set(all.map(({ mId }) => mId)));
			},
		),
		{ numRuns: Number(process.env.THOROUGH ? 500 : 200) },
	);
}, 300_000);
