import type { StatusValue } from '../channel/schema';
import type { GroupCommit, MemoryStore } from './groupCommit';
import type { Post } from './plan';

/*
 * What a workflow remembers from run to run, on a list that can't be read without writing (see MemoryStore). A key that
 * was recorded by asking proves nothing, then: the post that follows may fail, or its process die. So each key has a
 * chain of numbered marks: whoever asks takes the next free number n, and in the same write looks for the mark
 * "delivered under n - 1". Nobody has looked for that mark before, or its number n would not be free: what was recorded
 * by looking and what was recorded by delivering can't be mixed up. Marks are never taken back, and a whole write may
 * be lost (processes share a lock, but one that hangs is not waited for) without that changing. An event is skipped
 * only where that mark stands: a message is never lost for the memory's sake.
 */

/**
 * The statuses that can't follow one that was delivered to respond.io: itself, those below it, and a failure once the
 * message has arrived; after a failure nothing.
 */
const SETTLED_BY: Record<StatusValue, readonly StatusValue[]> = {
	sent: ['sent'],
	delivered: ['sent', 'delivered', 'failed'],
	read: ['sent', 'delivered', 'read', 'failed'],
	failed: ['sent', 'delivered', 'read', 'failed'],
};

export type SkipReason = 'duplicate' | 'olderStatus' | 'echoOfAccepted' | 'receiptOfPart';

/** Keys of one post. Prefixed: n8n has one list for all nodes of a workflow. */
export interface PostKeys {
	/** Settled by whoever delivers this very post. */
	own: string;
	/** Why the post is skipped where its own key is settled. */
	reason: SkipReason;
	/** Settled by others, who know that the post must not be made, and why. */
	others: Array<{ key: string; reason: SkipReason }>;
	/** What else is settled once the post is delivered. */
	settles: string[];
}

export function keysOf(
	channelId: string,
	{ contactId, event, mayBeOfPart, ofEarlierPart }: Post,
): PostKeys {
	const key = (kind: string) =>
		JSON.stringify(['respondio', channelId, contactId, kind, event.mId]);
	if (event.type === 'message_status') {
		const { value } = event.status;
		// A message has failed if any part of it has, whatever was posted of the last part.
		const own = key(ofEarlierPart === true ? 'failed part' : value);
		return {
			own,
			reason: 'olderStatus',
			others:
				mayBeOfPart && value !== 'failed'
					? [{ key: partKey(event.mId), reason: 'receiptOfPart' }]
					: [],
			settles: SETTLED_BY[value].map(key).filter((each) => each !== own),
		};
	}
	const isEcho = event.type === 'message_echo';
	return {
		own: key(event.type),
		reason: 'duplicate',
		others: isEcho ? [{ key: acceptedKey(event.mId), reason: 'echoOfAccepted' }] : [],
		settles: [],
	};
}

function acceptedKey(mId: string): string {
	return JSON.stringify(['respondio', 'accepted', mId]);
}

function partKey(mId: string): string {
	return JSON.stringify(['respondio', 'part', mId]);
}

/** What this process knows of a key. One object for all runs that have to do with it. */
interface Claim {
	/** The number under which this process has asked. */
	number: number;
	/**
	 * `open`: nobody has delivered it, as far as is known; whoever has the contact's turn may post it. `over`: the same,
	 * and the list says that we have given up. `foreign`: another
	 * process has asked before and has not said how it ended. `known`: it was delivered, and the list does not know it
	 * yet. `done`: it was delivered.
	 */
	state: 'asking' | 'open' | 'over' | 'foreign' | 'known' | 'done';
	/** Resolves when the list has answered. */
	asked: Promise<void>;
}

export interface MemoryTools {
	commit: GroupCommit;
	sleep(milliseconds: number): Promise<void>;
}

/** Keys of which a process keeps what it knows, which is sooner than the list knows it. */
const MOST_CLAIMS = 20_000;
/** Milliseconds until each further look at what another process has begun: it may post meanwhile. */
const FOREIGN_LOOKS = [200, 600, 1500];
/** Milliseconds in which the provider's answer to a message of ours, and so its id, follows the echo of it. */
const ECHO_LOOKS = [500, 1500];

/** Milliseconds until each further look whether what was recorded stands. */
const STANDING_LOOKS = [300, 1000];

const ANSWERED = Promise.resolve();

/** The memory of one workflow in one process. */
export class Memory {
	private readonly claims = new Map<string, Claim>();
	/** More than usual once a single run needs more. */
	private mostClaims = MOST_CLAIMS;

	constructor(private readonly tools: MemoryTools) {}

	/**
	 * Asks for all keys in as few calls of the list as it has numbers taken before us. What this process has asked before
	 * is not asked again, unless it has given up on it.
	 * @throws what the store does; the keys then count as open.
	 */
	async ask(keys: readonly string[], store: MemoryStore): Promise<void> {
		const fresh: Mark[] = [];
		const pending: Array<Promise<void>> = [];
		for (const key of new Set(keys)) {
			const claim = this.claims.get(key);
			if (claim === undefined) fresh.push({ key, number: 1 });
			// Another process may have delivered since what we have given up.
			else if (claim.state === 'over') fresh.push({ key, number: claim.number + 1 });
			else if (claim.state === 'asking') pending.push(claim.asked);
		}
		await Promise.all([this.question(fresh, store), ...pending]);
	}

	/** Whether the key is settled, as far as is known without asking. */
	isDone(key: string): boolean {
		const state = this.claims.get(key)?.state;
		return state === 'known' || state === 'done';
	}

	/**
	 * Waits, where another process has begun with the key, whether it delivers; past a bound it counts as dead.
	 * @returns Whether the key is settled.
	 */
	async resolve(key: string, store: MemoryStore): Promise<boolean> {
		if (this.claims.get(key)?.state !== 'foreign') return this.isDone(key);
		return await this.look(key, store, FOREIGN_LOOKS);
	}

	/** Whether somebody settles the key within the time that a provider takes to answer. */
	async isSettledSoon(key: string, store: MemoryStore): Promise<boolean> {
		return this.isDone(key) || (await this.look(key, store, ECHO_LOOKS));
	}

	/** Tells this process, before the list can know, that keys are settled; they must be given to `settle` later. */
	know(keys: readonly string[]): void {
		for (const key of keys) {
			const claim = this.claims.get(key);
			if (claim === undefined) {
				this.remember(key, { number: 0, state: 'known', asked: ANSWERED });
			} else if (claim.state !== 'done') claim.state = 'known';
		}
	}

	/** Records that keys are settled: those asked for before under their number, others under the first. */
	async settle(keys: readonly string[], store: MemoryStore): Promise<void> {
		const marks = [...new Set(keys)].flatMap((key): Mark[] => {
			const claim = this.claims.get(key);
			if (claim?.state === 'done') return [];
			const isFirst = (claim?.number ?? 0) === 0;
			const number = claim?.number || 1;
			this.remember(key, { number, state: 'done', asked: ANSWERED });
			// Where nobody has asked, whoever does must not find the first number free.
			return [{ key, number, isFirst }];
		});
		await this.record('done', marks, store);
	}

	/** Records that this process has given up, so that others need not wait. */
	async giveUp(keys: readonly string[], store: MemoryStore): Promise<void> {
		const marks = keys.flatMap((key): Mark[] => {
			const claim = this.claims.get(key);
			if (claim?.state !== 'open') return [];
			claim.state = 'over';
			return [{ key, number: claim.number }];
		});
		await this.record('over', marks, store);
	}

	/** @param marks The first number of each key to ask for. */
	private async question(marks: readonly Mark[], store: MemoryStore): Promise<void> {
		if (marks.length === 0) return;
		let end = () => {};
		const asked = new Promise<void>((resolve) => {
			end = resolve;
		});
		this.mostClaims = Math.max(this.mostClaims, 2 * marks.length);
		for (const { key } of marks) this.remember(key, { number: 0, state: 'asking', asked });
		try {
			const settled: Mark[] = [];
			let open = marks;
			while (open.length > 0) {
				const known = await this.tools.commit.ask(open.flatMap(questions), store);
				const taken: Mark[] = [];
				for (const mark of open) {
					if (known.has(nameOf('asked', mark))) {
						taken.push({ ...mark, number: mark.number + 1 });
					} else if (!this.isDone(mark.key)) {
						const state = stateOf(mark, known);
						this.remember(mark.key, { number: mark.number, state, asked });
						if (state === 'done') settled.push(mark);
					}
				}
				open = taken;
			}
			this.passOn(settled, store);
		} finally {
			for (const { key } of marks) {
				if (this.claims.get(key)?.state === 'asking') this.claims.delete(key);
			}
			end();
		}
	}

	/** Tells those who ask later, under the number that we have taken, what we have found. */
	private passOn(settled: readonly Mark[], store: MemoryStore): void {
		this.record('done', settled, store).catch(() => {
			// They may post it again.
		});
	}

	/** Asks under further numbers, after each of the pauses. */
	private async look(key: string, store: MemoryStore, pauses: readonly number[]): Promise<boolean> {
		for (const pause of pauses) {
			await this.tools.sleep(pause);
			let number = this.claims.get(key)?.number ?? 0;
			let known: ReadonlySet<string>;
			do {
				number++;
				if (this.isDone(key)) return true;
				known = await this.tools.commit.ask(questions({ key, number }), store);
			} while (known.has(nameOf('asked', { key, number })));
			if (this.isDone(key)) return true;
			const state = stateOf({ key, number }, known);
			this.remember(key, { number, state, asked: ANSWERED });
			if (state === 'done') this.passOn([{ key, number }], store);
			if (state !== 'foreign') return state === 'done';
		}
		const claim = this.claims.get(key);
		if (claim?.state === 'foreign') claim.state = 'open';
		return this.isDone(key);
	}

	/**
	 * Records marks. One that stands already was recorded by somebody's look, which must learn of it under its own
	 * number; so the next number is marked, too.
	 */
	private async record(
		kind: 'done' | 'over',
		marks: readonly Mark[],
		store: MemoryStore,
	): Promise<void> {
		const all: string[] = [];
		let open = marks;
		while (open.length > 0) {
			const names = open.flatMap((mark) => [
				nameOf(kind, mark),
				// After its mark: n8n forgets the older ones first.
				...(mark.isFirst ? [nameOf('asked', mark)] : []),
			]);
			const known = await this.tools.commit.ask(names, store);
			open = open.flatMap((mark) =>
				known.has(nameOf(kind, mark)) ? [{ key: mark.key, number: mark.number + 1 }] : [],
			);
			all.push(...names);
		}
		if (this.tools.commit.isShared()) void this.keepStanding(all, store);
	}

	/**
	 * Records again what another process has overwritten: each node has a lock of its own, and the list is the workflow's.
	 * Nobody waits for it, and a failure costs a repeat at worst.
	 */
	private async keepStanding(names: readonly string[], store: MemoryStore): Promise<void> {
		let open = names;
		for (const pause of STANDING_LOOKS) {
			if (open.length === 0) return;
			await this.tools.sleep(pause);
			const known = await this.tools.commit.ask(open, store).catch(() => new Set(open));
			open = open.filter((name) => !known.has(name));
		}
	}

	private remember(key: string, claim: Claim): void {
		const known = this.claims.get(key);
		if (known !== undefined) {
			Object.assign(known, claim);
			return;
		}
		this.claims.set(key, claim);
		if (this.claims.size <= this.mostClaims) return;
		const [oldest] = this.claims.keys();
		this.claims.delete(oldest);
	}
}

/** A number in the chain of a key. */
interface Mark {
	key: string;
	number: number;
	/** Takes the number, too. */
	isFirst?: boolean;
}

function nameOf(kind: 'asked' | 'done' | 'over', { key, number }: Mark): string {
	return `${key} ${number} ${kind}`;
}

/**
 * What is asked under a number: whether it is free, and how the one before ended. The number comes last: n8n forgets
 * from the list's old end, and what was recorded by looking must not outlive the number that says so.
 */
function questions(mark: Mark): string[] {
	const before = { ...mark, number: mark.number - 1 };
	const asked = nameOf('asked', mark);
	return mark.number === 1 ? [asked] : [nameOf('done', before), nameOf('over', before), asked];
}

/** What the answer says to whoever has taken the number. */
function stateOf(mark: Mark, known: ReadonlySet<string>): 'open' | 'foreign' | 'done' {
	const before = { ...mark, number: mark.number - 1 };
	if (mark.number === 1) return 'open';
	if (known.has(nameOf('done', before))) return 'done';
	return known.has(nameOf('over', before)) ? 'open' : 'foreign';
}

/** The ids of a message's parts at the provider, as respond.io knows them. */
export interface SentMessage {
	/** Of all parts, in order. */
	mIds: readonly string[];
	/** The one that respond.io was told. */
	answered: string;
}

/**
 * Remembers what respond.io itself sent: the provider's echo of a part is not posted, nor are receipts of parts that
 * respond.io knows nothing of.
 */
export async function rememberSent(
	memory: Memory,
	store: MemoryStore,
	{ mIds, answered }: SentMessage,
): Promise<void> {
	const parts = mIds.filter((mId) => mId !== answered).map(partKey);
	await memory.settle([...mIds.map(acceptedKey), ...parts], store);
}
