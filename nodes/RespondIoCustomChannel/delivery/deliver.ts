import type { EventsRequest } from '../channel/schema';
import { messageIn } from '../channel/words';
import {
	keysOf,
	recall,
	type MemoryStore,
	type PostKeys,
	type Recalled,
	type SkipReason,
} from './memory';
import { planDelivery, toRequest, type Post } from './plan';
import { isHtml, judge, retryDelay, type Answer, type Verdict } from './retry';
import type { Turns } from './turns';

/** What delivery needs from outside: no clock, network, chance or store of its own. */
export interface DeliverTools {
	/** Rejects on network faults and time-outs; an answer of any status resolves. */
	send(request: EventsRequest): Promise<Answer>;
	/** Ends early when the signal aborts. */
	sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
	/** Epoch milliseconds. */
	now(): number;
	/** From 0 to 1. */
	random(): number;
	store: MemoryStore;
	/** Shared by all executions of this process. */
	turns: Turns;
	/** Aborts when the execution is cancelled. */
	signal?: AbortSignal;
}

export interface DeliverOptions {
	channelId: string;
	/** Most consecutive events of one contact in a request. */
	eventsPerRequest: number;
	/** Most contacts served at once. */
	concurrency: number;
	/** Most attempts of one request. */
	maxAttempts: number;
	/** Whether memory is used at all: duplicates, statuses that go backwards, echoes of what Accept answered for. */
	skipDuplicates: boolean;
}

export interface Failure {
	/** What happened. */
	message: string;
	/** How to get unstuck. */
	hint?: string;
	statusCode?: number;
	/** respond.io's own words, shortened. */
	answer?: string;
}

export type Outcome =
	| { status: 'delivered'; attempts: number }
	| { status: 'skipped'; reason: SkipReason }
	| {
			status: 'undelivered';
			failure: Failure;
			/** 0: never sent, since an earlier event of the contact was not delivered. */
			attempts: number;
			/** Complete, ready to be sent again. */
			request: EventsRequest;
	  };

export interface Delivery {
	/** One for each post, at its position. */
	outcomes: Outcome[];
	/** Sentences for people, on what did not stop the delivery. */
	warnings: string[];
}

/** Milliseconds from the first attempt of a request to its last. */
const TOTAL_TIME = 120_000;
/** Milliseconds to wait for other executions that post to the same contacts: one that retries must not pile up all. */
const TURN_PATIENCE = 30_000;

/**
 * Delivers all posts: each contact's strictly one after the other, several contacts side by side. A post whose attempts
 * are used up holds back the later ones of its contact, and no other's; one that respond.io refuses costs only itself.
 * Only what was delivered is remembered.
 */
export async function deliver(
	posts: readonly Post[],
	tools: DeliverTools,
	options: DeliverOptions,
): Promise<Delivery> {
	const { turns, sleep, signal } = tools;
	const contacts = posts.map(({ contactId }) => JSON.stringify([options.channelId, contactId]));
	const endTurn = await turns.take(
		contacts,
		async (waited) =>
			await sleep(TURN_PATIENCE, signal ? AbortSignal.any([signal, waited]) : waited),
	);
	try {
		return await deliverInTurn(posts, tools, options);
	} finally {
		endTurn();
	}
}

async function deliverInTurn(
	posts: readonly Post[],
	tools: DeliverTools,
	options: DeliverOptions,
): Promise<Delivery> {
	const outcomes = new Array<Outcome>(posts.length);
	const warnings: string[] = [];
	const memory = options.skipDuplicates
		? await RunMemory.open(posts, tools.store, options.channelId, warnings)
		: undefined;

	const queues = planDelivery(posts);
	let next = 0;
	const serve = async () => {
		while (next < queues.length) {
			const queue = queues[next++];
			await deliverContact(queue, posts, outcomes, memory, tools, options);
		}
	};
	const servers = Math.min(options.concurrency, queues.length);
	await Promise.all(Array.from({ length: servers }, serve));

	await memory?.save();
	return { outcomes, warnings };
}

async function deliverContact(
	queue: readonly number[],
	posts: readonly Post[],
	outcomes: Outcome[],
	memory: RunMemory | undefined,
	tools: DeliverTools,
	options: DeliverOptions,
): Promise<void> {
	const fail = (position: number, failure: Failure, attempts: number) => {
		const request = toRequest(options.channelId, [posts[position]]);
		outcomes[position] = { status: 'undelivered', failure, attempts, request };
	};

	let start = 0;
	while (start < queue.length) {
		const { pack, end } = nextPack(queue, start, posts, outcomes, memory, options);
		start = end;
		if (pack.length === 0) continue;

		let blocked: Failure | undefined;
		const results = await sendPack(pack, posts, tools, options);
		for (const [index, result] of results.entries()) {
			const position = pack[index];
			if (result.verdict === 'delivered') {
				outcomes[position] = { status: 'delivered', attempts: result.attempts };
				memory?.delivered(position);
			} else {
				fail(position, result.failure, result.attempts);
				if (result.verdict !== 'refused') blocked = result.failure;
			}
		}
		if (blocked !== undefined) {
			const reason = heldBack(blocked);
			for (const position of queue) {
				if (outcomes[position] === undefined) fail(position, reason, 0);
			}
			return;
		}
	}
}

/** The next events that go into one request, past those that are skipped. */
function nextPack(
	queue: readonly number[],
	start: number,
	posts: readonly Post[],
	outcomes: Outcome[],
	memory: RunMemory | undefined,
	{ eventsPerRequest }: DeliverOptions,
): { pack: number[]; end: number } {
	const pack: number[] = [];
	const inPack = new Set<string>();
	let end = start;
	for (; end < queue.length && pack.length < eventsPerRequest; end++) {
		const position = queue[end];
		const reason = memory?.skipReason(position);
		if (reason !== undefined) {
			outcomes[position] = { status: 'skipped', reason };
			continue;
		}
		// Whether a repeat within the input is to be skipped shows only once the first was delivered.
		const { mId } = posts[position].event;
		if (memory !== undefined && inPack.has(mId)) break;
		inPack.add(mId);
		pack.push(position);
	}
	return { pack, end };
}

/**
 * A result for each event of the pack, or for those up to the first that blocks the contact. A refused pack is sent
 * again event by event: the bad one is found, the good ones arrive.
 */
async function sendPack(
	pack: readonly number[],
	posts: readonly Post[],
	tools: DeliverTools,
	options: DeliverOptions,
): Promise<Result[]> {
	const whole = await attempt(pack, posts, tools, options);
	if (whole.verdict !== 'refused' || pack.length === 1) return pack.map(() => whole);
	const results: Result[] = [];
	for (const position of pack) {
		const single = await attempt([position], posts, tools, options);
		results.push({ ...single, attempts: whole.attempts + single.attempts });
		if (single.verdict === 'retry' || single.verdict === 'misconfigured') break;
	}
	return results;
}

type Result =
	| { verdict: 'delivered'; attempts: number }
	| { verdict: Exclude<Verdict, 'delivered'>; attempts: number; failure: Failure };

/** One request with its retries; `retry` as the verdict means that they are used up. */
async function attempt(
	pack: readonly number[],
	posts: readonly Post[],
	tools: DeliverTools,
	{ channelId, maxAttempts }: DeliverOptions,
): Promise<Result> {
	const request = toRequest(
		channelId,
		pack.map((position) => posts[position]),
	);
	const began = tools.now();
	for (let attempts = 1; ; attempts++) {
		if (tools.signal?.aborted) {
			return { verdict: 'retry', attempts: attempts - 1, failure: cancelled() };
		}
		let answer: Answer | undefined;
		let fault: unknown;
		try {
			answer = await tools.send(request);
		} catch (error) {
			fault = error;
		}
		const verdict = answer === undefined ? 'retry' : judge(answer);
		if (verdict === 'delivered') return { verdict, attempts };

		const failure =
			answer === undefined ? networkFailure(fault) : answerFailure(answer, verdict, attempts);
		if (verdict !== 'retry' || attempts >= maxAttempts) return { verdict, attempts, failure };

		const now = tools.now();
		const delay = retryDelay(attempts, answer, { now, random: tools.random() });
		if (now + delay - began > TOTAL_TIME) {
			return { verdict, attempts, failure: outOfTime(failure, delay) };
		}
		await tools.sleep(delay, tools.signal);
	}
}

function networkFailure(error: unknown): Failure {
	const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
	const reason = typeof code === 'string' ? code : String(message ?? 'no answer');
	return {
		message: `respond.io could not be reached (${reason.slice(0, 100)})`,
		hint: "Check the credential's Webhook URL and the network of this n8n. The event is in the item, ready to be sent again.",
	};
}

function answerFailure(answer: Answer, verdict: Verdict, attempts: number): Failure {
	const { statusCode } = answer;
	const words = wordsOf(answer);
	const said = words === '' ? '' : `: ${words}`;
	const facts = { statusCode, ...(words !== '' && { answer: words }) };
	if (statusCode === 401 || statusCode === 403) {
		return {
			...facts,
			message: `respond.io refused the token (${statusCode})${said}`,
			hint: "Copy the API Token of the channel's own configuration page into the credential; the token of the Developer API does not fit.",
		};
	}
	if (statusCode >= 300 && statusCode < 400) {
		return {
			...facts,
			message: `The Webhook URL redirects (${statusCode}), which would lose the event`,
			hint: 'Copy the "Webhook URL for Incoming message" of the channel page into the credential, in full.',
		};
	}
	if (verdict === 'misconfigured') {
		return {
			...facts,
			message: `The Webhook URL is wrong: not the channel answered (${statusCode})${said}`,
			hint: 'Copy the "Webhook URL for Incoming message" of the channel page into the credential, in full.',
		};
	}
	if (verdict === 'refused') {
		return {
			...facts,
			message: `respond.io refused the event (${statusCode})${said}`,
			hint: 'Change what it names and send the event again; it is in the item.',
		};
	}
	return {
		...facts,
		message: `respond.io did not take the event in ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'} (${statusCode})${said}`,
		hint: 'The event is in the item, ready to be sent again.',
	};
}

function outOfTime(failure: Failure, delay: number): Failure {
	return {
		...failure,
		message: `${failure.message}; the next attempt would be in ${Math.ceil(delay / 1000)} s, past the time that one run waits`,
	};
}

function cancelled(): Failure {
	return { message: 'The execution was cancelled before the event was delivered' };
}

function heldBack(earlier: Failure): Failure {
	return {
		...earlier,
		message: `Not sent, to keep the order: an earlier event of this contact was not delivered (${earlier.message})`,
		hint: 'Send the earlier one again first, then this one.',
	};
}

/** Characters of an answer that people are shown. */
const WORDS_LIMIT = 300;

/** What an answer says, as a sentence: the message in its JSON, or its text without tags. */
function wordsOf(answer: Answer): string {
	let words = answer.body;
	if (isHtml(answer)) {
		words = words.replace(/<(script|style)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ');
	} else {
		try {
			words = messageIn(JSON.parse(answer.body)) ?? answer.body;
		} catch {
			// Text that is no JSON is shown as it is.
		}
	}
	const line = words.replace(/\s+/g, ' ').trim();
	return line.length > WORDS_LIMIT ? `${line.slice(0, WORDS_LIMIT - 1)}…` : line;
}

/** What is known during one run: what was remembered before, and what this run has delivered. */
class RunMemory {
	private readonly recorded = new Set<string>();

	private constructor(
		private readonly keys: readonly PostKeys[],
		private readonly store: MemoryStore,
		private readonly warnings: string[],
		private readonly recalled: Recalled,
	) {}

	static async open(
		posts: readonly Post[],
		store: MemoryStore,
		channelId: string,
		warnings: string[],
	): Promise<RunMemory> {
		const keys = posts.map((post) => keysOf(channelId, post));
		const asked = keys.flatMap(({ skip }) => skip.map(({ key }) => key));
		return new RunMemory(keys, store, warnings, await recall(store, asked).catch(unreadable));

		function unreadable(error: unknown): Recalled {
			warnings.push(
				`What this workflow has delivered before could not be looked up (${reasonOf(error)}), so duplicates were not skipped. Everything was posted all the same.`,
			);
			return { known: new Set(), added: [], takenBack: Promise.resolve(true) };
		}
	}

	skipReason(position: number): SkipReason | undefined {
		const { known } = this.recalled;
		return this.keys[position].skip.find(({ key }) => known.has(key))?.reason;
	}

	delivered(position: number): void {
		for (const key of this.keys[position].record) {
			this.recalled.known.add(key);
			this.recorded.add(key);
		}
	}

	/** One call for all that was delivered, since each rewrites the whole list. */
	async save(): Promise<void> {
		const { added, takenBack } = this.recalled;
		try {
			if (!(await takenBack)) {
				await this.store.remove(added.filter((key) => !this.recorded.has(key)));
			}
			if (this.recorded.size > 0) await this.store.checkAndRecord([...this.recorded]);
		} catch (error) {
			this.warnings.push(
				`What was delivered could not be remembered (${reasonOf(error)}): if the same items come again, they may be posted twice.`,
			);
		}
	}
}

function reasonOf(error: unknown): string {
	return String((error as Error | undefined)?.message ?? error).slice(0, 200);
}
