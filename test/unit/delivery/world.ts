import type { EventsRequest } from '../../../nodes/RespondIoCustomChannel/channel/schema';
import type {
	DeliverOptions,
	DeliverTools,
} from '../../../nodes/RespondIoCustomChannel/delivery/deliver';
import type { Post } from '../../../nodes/RespondIoCustomChannel/delivery/plan';
import type { Answer } from '../../../nodes/RespondIoCustomChannel/delivery/retry';
import { Turns } from '../../../nodes/RespondIoCustomChannel/delivery/turns';
import {
	GroupCommit,
	type MemoryStore,
} from '../../../nodes/RespondIoCustomChannel/delivery/groupCommit';
import { Memory } from '../../../nodes/RespondIoCustomChannel/delivery/memory';

/** n8n's list in a process's view: read as a whole, changed, and written back, with time in between. */
export interface List {
	keys: string[];
	isLocked?: boolean;
}

/** As n8n's DeduplicationHelper in the mode `entries`; `between` is what happens between its read and its write. */
export function storeOf(
	list: List,
	between: () => Promise<void> = async () => {},
	maxEntries = 20_000,
): MemoryStore & { calls: number } {
	return {
		calls: 0,
		async checkAndRecord(asked) {
			this.calls++;
			const read = [...list.keys];
			const before = new Set(read);
			const added = asked.filter((key) => !before.has(key));
			await between();
			list.keys = [...read, ...added].slice(-maxEntries);
			return { new: added, processed: asked.filter((key) => before.has(key)) };
		},
		lock: {
			async take() {
				if (list.isLocked) return false;
				await between();
				if (list.isLocked) throw new Error('UNIQUE constraint failed');
				list.isLocked = true;
				return true;
			},
			isTaken: async () => list.isLocked === true,
			async free() {
				list.isLocked = false;
			},
		},
	};
}

/** What one process knows, with a clock that stands still. */
export function memoryOfProcess(sleep: (milliseconds: number) => Promise<void> = async () => {}) {
	return new Memory({
		commit: new GroupCommit({ sleep, random: () => 0.5 }),
		sleep,
	});
}

export const OPTIONS: DeliverOptions = {
	channelId: 'ch',
	eventsPerRequest: 1,
	concurrency: 5,
	maxAttempts: 4,
	webhookUrl: 'https://respond.example/in/',
	retryFor: 120_000,
	skipDuplicates: true,
	holdBack: false,
	keepsUndelivered: false,
};

export const textPost = (contactId: string, mId: string, itemIndex = 0): Post => ({
	itemIndex,
	contactId,
	event: { type: 'message', mId, timestamp: 1, message: { type: 'text', text: mId } },
});

export const answer = (statusCode: number, headers: Answer['headers'] = {}, body = ''): Answer => ({
	statusCode,
	headers,
	body,
});

/** respond.io by a script; time passes only while somebody sleeps. */
export function world(
	script: (request: EventsRequest, count: number) => Answer | 'break' | 'lose',
) {
	const taken: string[] = [];
	const requests: EventsRequest[] = [];
	const busy = new Set<string>();
	const state = { taken, requests, slept: 0, overlaps: 0, mostBusy: 0 };
	let now = 0;
	const list: List = { keys: [] };
	const tools: DeliverTools = {
		async send(request) {
			requests.push(request);
			if (busy.has(request.contactId)) state.overlaps++;
			busy.add(request.contactId);
			state.mostBusy = Math.max(state.mostBusy, busy.size);
			await Promise.resolve();
			await Promise.resolve();
			busy.delete(request.contactId);
			const result = script(request, requests.length);
			const isTaken =
				result === 'lose' ||
				(result !== 'break' && result.statusCode === 200 && !result.body.startsWith('<'));
			if (isTaken) taken.push(...request.events.map(({ mId }) => mId));
			if (result === 'break' || result === 'lose') {
				throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
			}
			return result;
		},
		async sleep(milliseconds) {
			now += milliseconds;
			state.slept += milliseconds;
			await Promise.resolve();
		},
		now: () => now,
		random: () => 1,
		store: storeOf(list),
		memory: memoryOfProcess(),
		turns: new Turns(),
	};
	return { state, tools, list };
}
