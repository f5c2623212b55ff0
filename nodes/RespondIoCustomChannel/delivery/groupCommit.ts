/**
 * n8n's list of processed items: keys, and nothing beside them. It can't be read without recording what is asked for. A
 * call reads the whole list, adds to it and writes it back: what another process has written in between is gone.
 */
export interface MemoryStore {
	/** Tells the keys that were recorded before from the others, and records those, at the list's new end. */
	checkAndRecord(keys: string[]): Promise<{ new: string[]; processed: string[] }>;
	/** What keeps other processes away from the list in the meantime. */
	lock: {
		/** Resolves with whether it is ours now; rejects, too, where another process was faster. */
		take(): Promise<boolean>;
		isTaken(): Promise<boolean>;
		/** Gives it back, whoever has it. */
		free(): Promise<void>;
	};
}

export interface GroupCommitTools {
	sleep(milliseconds: number): Promise<void>;
	/** From 0 to 1. */
	random(): number;
}

interface Call {
	keys: readonly string[];
	store: MemoryStore;
	resolve(known: ReadonlySet<string>): void;
	reject(error: unknown): void;
}

/** Milliseconds between two looks whether the lock is free, at most. */
const LOOK = 20;
/** After so many looks, five seconds or so, whoever has the lock must have died: a call takes some ten milliseconds. */
const PATIENCE = 500;

/**
 * Puts the calls of one process that wait for the same list into one read and one write, as a database does with
 * commits, and keeps other processes from it meanwhile. So nothing is lost between two calls, and a call of one key
 * costs no more than its share.
 */
export class GroupCommit {
	private waiting: Call[] = [];
	private isBusy = false;
	/** Whether another process was seen at the lock. */
	private hasSeenOthers = false;

	constructor(private readonly tools: GroupCommitTools) {}

	/**
	 * Asks the list, which records what is asked. Answers as if the calls had come one after the other.
	 * @returns Those of the keys that were on the list before.
	 */
	async ask(keys: readonly string[], store: MemoryStore): Promise<ReadonlySet<string>> {
		return await new Promise((resolve, reject) => {
			this.waiting.push({ keys, store, resolve, reject });
			void this.work();
		});
	}

	/** Whether another process writes this list, too. */
	isShared(): boolean {
		return this.hasSeenOthers;
	}

	private async work(): Promise<void> {
		if (this.isBusy) return;
		this.isBusy = true;
		while (this.waiting.length > 0) {
			const { store } = this.waiting[0];
			await this.takeLock(store);
			// Those that came while others had the list go along.
			const calls = this.waiting;
			this.waiting = [];
			await commit(calls, store);
			await store.lock.free().catch(() => {});
		}
		this.isBusy = false;
	}

	/** Never fails: without the lock an event may be posted twice, and that is better than not at all. */
	private async takeLock({ lock }: MemoryStore): Promise<void> {
		for (let looks = 0; looks <= PATIENCE; looks++) {
			const state = await stateOf(lock, looks === 0);
			if (state === 'ours' || state === 'broken') return;
			this.hasSeenOthers = true;
			await this.tools.sleep(LOOK * this.tools.random());
		}
		await lock.free().catch(() => {});
		await lock.take().catch(() => false);
	}
}

/** Takes the lock if it is free, or seems to be at first. Where n8n's database does not answer there is none to be had. */
async function stateOf(
	lock: MemoryStore['lock'],
	seemsFree: boolean,
): Promise<'ours' | 'taken' | 'broken'> {
	const isTaken = async () => await lock.isTaken().catch(() => undefined);
	if (!seemsFree && (await isTaken()) === true) return 'taken';
	if (await lock.take().catch(() => false)) return 'ours';
	return (await isTaken()) === undefined ? 'broken' : 'taken';
}

async function commit(calls: readonly Call[], store: MemoryStore): Promise<void> {
	const keys = [...new Set(calls.flatMap((call) => call.keys))];
	try {
		const { processed } = await twice(async () => await store.checkAndRecord(keys));
		const known = new Set(processed);
		for (const call of calls) {
			call.resolve(new Set(call.keys.filter((key) => known.has(key))));
			for (const key of call.keys) known.add(key);
		}
	} catch (error) {
		for (const call of calls) call.reject(error);
	}
}

/** n8n's first record of a workflow fails where two processes make it at once: the second try finds the other's. */
async function twice<Result>(work: () => Promise<Result>): Promise<Result> {
	const first = await work().then(
		(value) => ({ value }),
		() => undefined,
	);
	return first === undefined ? await work() : first.value;
}
