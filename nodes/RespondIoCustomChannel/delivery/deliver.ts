import type { EventsRequest } from '../channel/schema';
import { egressSetting } from '../channel/reason';
import { messageIn } from '../channel/words';
import type { MemoryStore } from './groupCommit';
import { keysOf, type Memory, type PostKeys, type SkipReason } from './memory';
import { planDelivery, toRequest, type Post } from './plan';
import { isHtml, judge, retryDelay, type Answer, type Verdict } from './retry';
import type { Turn, Turns } from './turns';

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
	/** Shared by all executions of the workflow in this process. */
	memory: Memory;
	/** Shared by all executions of this process. */
	turns: Turns;
	/** Aborts when the execution is cancelled. */
	signal?: AbortSignal;
}

export interface DeliverOptions {
	channelId: string;
	/** Where the requests go; told in errors. */
	webhookUrl: string;
	/** Most consecutive events of one contact in a request. */
	eventsPerRequest: number;
	/** Most contacts served at once. */
	concurrency: number;
	/** Most attempts of one request; as many as fit into the time where it is left out. */
	maxAttempts?: number;
	/** Milliseconds from the first attempt of a request, or from the wait for its contact's turn, to its last attempt. */
	retryFor: number;
	/** Whether memory is used at all: duplicates, statuses that go backwards, echoes of what Accept answered for. */
	skipDuplicates: boolean;
	/** Nothing is posted: earlier events wait somewhere else, and these are to get in line behind them. */
	holdBack: boolean;
	/**
	 * Whether events are held back, too, where an earlier execution has given up on their contact while they waited for
	 * their turn. For workflows that take care of what was not delivered; in others a late message is better than none.
	 */
	keepsUndelivered: boolean;
	/** What is wrong with the address, where that is known beforehand: nothing is posted then. */
	addressFault?: string;
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
			/** 0: never sent, since an earlier event of the contact was not delivered, or the run was stopped. */
			attempts: number;
			/** Whether the same request may pass later. Not where respond.io refused this very event. */
			retryable: boolean;
			/** Complete, ready to be sent again. */
			request: EventsRequest;
	  };

export interface Delivery {
	/** One for each post, at its position. */
	outcomes: Outcome[];
	/** Sentences for people, on what did not stop the delivery. */
	warnings: string[];
}

/**
 * Delivers all posts: each contact's strictly one after the other, several contacts side by side. A post whose attempts
 * are used up holds back the later ones of its contact, and no other's; one that respond.io refuses costs only itself; a
 * wrong token or address ends the run after one request. Only what was delivered is remembered.
 */
export async function deliver(
	posts: readonly Post[],
	tools: DeliverTools,
	options: DeliverOptions,
): Promise<Delivery> {
	return await new Run(posts, tools, options).deliver();
}

/** The events of one contact, in their order, and their place among other executions' of this contact. */
interface Queue {
	positions: readonly number[];
	turn: Turn;
	/** Milliseconds that other executions of this contact took before. */
	waited: number;
}

type Result =
	| { verdict: 'delivered'; attempts: number }
	| { verdict: Exclude<Verdict, 'delivered'>; attempts: number; failure: Failure };

/** Contacts in a row that are tried once each, after respond.io has answered nothing for all of the time to retry. */
const MOST_VAIN_CONTACTS = 10;
/** Milliseconds between two records of what was delivered, in long runs. */
const RECORD_EVERY = 2_000;

class Run {
	private readonly outcomes: Outcome[];
	private readonly warnings = new Set<string>();
	/** Those whose turn has come, not served yet; and all whose turn has come. */
	private readonly next: Queue[] = [];
	private readonly offered = new Set<Queue>();
	private readonly idle: Array<() => void> = [];
	/** Contacts that no server has taken yet. */
	private left = 0;
	/** Ends with the first answer of the run: until then one request alone is under way. */
	private firstAnswer?: Promise<void>;
	/** Why nothing more of the run is sent. */
	private stopped?: Failure;
	/** Epoch milliseconds of the last answer that was no reason to try again. */
	private lastAnswer = -Infinity;
	/** Contacts that got no answer since, each for all of its time; the later ones get one attempt. */
	private vainContacts = 0;

	private readonly keys: readonly PostKeys[];
	/** Positions of each contact's first event, asked for at the beginning; the rest is asked for at once, later. */
	private readonly heads = new Set<number>();
	private rest?: Promise<void>;
	private settled: string[] = [];
	private lastRecord: number;
	private readonly records: Array<Promise<void>> = [];

	constructor(
		private readonly posts: readonly Post[],
		private readonly tools: DeliverTools,
		private readonly options: DeliverOptions,
	) {
		this.outcomes = new Array<Outcome>(posts.length);
		this.keys = options.skipDuplicates ? posts.map((post) => keysOf(options.channelId, post)) : [];
		this.lastRecord = tools.now();
	}

	async deliver(): Promise<Delivery> {
		const { addressFault, holdBack } = this.options;
		const obstacle =
			addressFault !== undefined ? { message: addressFault, hint: CHANGE } : undefined;
		if (obstacle !== undefined || holdBack) {
			this.failAll(this.posts.keys(), obstacle ?? HELD_BACK);
			return this.result();
		}
		const { turns, now, signal } = this.tools;
		const queues = planDelivery(this.posts).map((positions): Queue => {
			const { contactId, event } = this.posts[positions[0]];
			const contact = JSON.stringify([this.options.channelId, contactId]);
			this.heads.add(positions[0]);
			return { positions, turn: turns.ask(contact, event.timestamp), waited: 0 };
		});
		this.left = queues.length;
		const asked = now();
		const offer = (queue: Queue) => {
			queue.waited = now() - asked;
			this.offer(queue);
		};
		const stopWaiting = () => queues.forEach(offer);
		signal?.addEventListener('abort', stopWaiting);
		try {
			if (this.options.skipDuplicates) await this.recall(this.heads);
			for (const queue of queues) {
				void queue.turn.granted.then(() => offer(queue));
				queue.turn.ready();
			}
			if (signal?.aborted) stopWaiting();
			const servers = Math.min(this.options.concurrency, queues.length);
			await Promise.all(Array.from({ length: servers }, async () => await this.serve()));
		} finally {
			signal?.removeEventListener('abort', stopWaiting);
			for (const { turn } of queues) turn.end();
			await this.record();
			await Promise.all(this.records);
			await this.giveUp();
		}
		return this.result();
	}

	private result(): Delivery {
		return { outcomes: this.outcomes, warnings: [...this.warnings] };
	}

	private offer(queue: Queue): void {
		if (this.offered.has(queue)) return;
		this.offered.add(queue);
		this.next.push(queue);
		this.idle.shift()?.();
	}

	/** Serves one contact after the other, those first for whom other executions wait. */
	private async serve(): Promise<void> {
		while (this.left > 0) {
			if (this.next.length === 0) {
				await new Promise<void>((resolve) => this.idle.push(resolve));
				continue;
			}
			const awaited = this.next.findIndex(({ turn }) => turn.isAwaited);
			const [queue] = this.next.splice(Math.max(awaited, 0), 1);
			this.left--;
			queue.turn.end(await this.serveContact(queue));
		}
		for (const wake of this.idle.splice(0)) wake();
	}

	/** @returns Why the contact's later events are not sent, if they are not. */
	private async serveContact({ positions, turn, waited }: Queue): Promise<Failure | undefined> {
		const earlier = turn.blockedBy as Failure | undefined;
		if (earlier !== undefined && this.options.keepsUndelivered) {
			this.failAll(positions, heldBehind(earlier));
			return earlier;
		}
		const { now } = this.tools;
		// Who has waited for others that tried for long does not try for as long again.
		const time = this.vainContacts > 0 ? 0 : Math.max(0, this.options.retryFor - waited);
		const began = now();
		let start = 0;
		while (start < positions.length) {
			const { pack, end } = await this.nextPack(positions, start);
			start = end;
			if (pack.length === 0) continue;
			const results = await this.sendPack(pack, time);
			let blocked: Failure | undefined;
			for (const [index, result] of results.entries()) {
				const position = pack[index];
				if (result.verdict === 'delivered') this.delivered(position, result.attempts);
				else {
					this.fail(position, result.failure, result.attempts, result.verdict !== 'refused');
					if (result.verdict !== 'refused') blocked = result.failure;
				}
			}
			if (blocked !== undefined) {
				this.noteOutage(blocked, began, time);
				this.failAll(positions, this.stopped ?? heldBehind(blocked));
				return blocked;
			}
		}
		return undefined;
	}

	/** Long after respond.io has stopped to answer, every further contact would cost as much time again. */
	private noteOutage(failure: Failure, began: number, time: number): void {
		if (this.lastAnswer >= began) return;
		const isTimeUp = this.tools.now() - began >= this.options.retryFor / 2;
		if (this.vainContacts === 0 && (!isTimeUp || time === 0)) return;
		this.vainContacts++;
		if (this.vainContacts > MOST_VAIN_CONTACTS) this.stopped ??= unreachable(failure);
	}

	/** The next events that go into one request, past those that are skipped. */
	private async nextPack(
		positions: readonly number[],
		start: number,
	): Promise<{ pack: number[]; end: number }> {
		const pack: number[] = [];
		const inPack = new Set<string>();
		let end = start;
		for (; end < positions.length && pack.length < this.options.eventsPerRequest; end++) {
			const position = positions[end];
			const reason = await this.skipReason(position);
			if (reason !== undefined) {
				this.outcomes[position] = { status: 'skipped', reason };
				continue;
			}
			// Whether a repeat within the input is to be skipped shows only once the first was delivered.
			const { mId } = this.posts[position].event;
			if (this.options.skipDuplicates && inPack.has(mId)) break;
			inPack.add(mId);
			pack.push(position);
		}
		return { pack, end };
	}

	/**
	 * A result for each event of the pack, or for those up to the first that blocks the contact. A refused pack is sent
	 * again event by event: the bad one is found, the good ones arrive.
	 */
	private async sendPack(pack: readonly number[], time: number): Promise<Result[]> {
		const whole = await this.attempt(pack, time);
		if (whole.verdict !== 'refused' || pack.length === 1) return pack.map(() => whole);
		const results: Result[] = [];
		for (const position of pack) {
			const single = await this.attempt([position], time);
			results.push({ ...single, attempts: whole.attempts + single.attempts });
			if (single.verdict === 'retry' || single.verdict === 'misconfigured') break;
		}
		return results;
	}

	/**
	 * One request with its retries, within `time` milliseconds; `retry` as the verdict means that they are used up. The
	 * first request of the run goes alone: a wrong token or address shows at once, and costs one request.
	 */
	private async attempt(pack: readonly number[], time: number): Promise<Result> {
		const { tools, options } = this;
		const request = toRequest(
			options.channelId,
			pack.map((position) => this.posts[position]),
		);
		const began = tools.now();
		for (let attempts = 1; ; attempts++) {
			const isFirst = this.firstAnswer === undefined;
			let endFirst = () => {};
			this.firstAnswer ??= new Promise((resolve) => {
				endFirst = resolve;
			});
			if (!isFirst) await this.firstAnswer;
			const obstacle = tools.signal?.aborted ? CANCELLED : this.stopped;
			if (obstacle !== undefined) {
				endFirst();
				return { verdict: 'retry', attempts: attempts - 1, failure: obstacle };
			}
			const { answer, fault } = await this.send(request);
			const verdict = answer === undefined ? verdictOnFault(fault) : judge(answer);
			if (verdict !== 'retry') {
				this.lastAnswer = tools.now();
				this.vainContacts = 0;
			}
			if (verdict === 'delivered') {
				endFirst();
				return { verdict, attempts };
			}
			const failure =
				answer === undefined
					? networkFailure(fault, options)
					: answerFailure(answer, verdict, attempts, options);
			if (verdict === 'misconfigured') this.stopped ??= notTheChannel(failure);
			endFirst();
			if (verdict !== 'retry' || attempts >= (options.maxAttempts ?? Infinity)) {
				return { verdict, attempts, failure };
			}
			// One attempt was all that there was time for.
			if (time === 0) return { verdict, attempts, failure };
			const now = tools.now();
			const delay = retryDelay(attempts, answer, { now, random: tools.random() });
			if (now + delay - began > time) {
				return { verdict, attempts, failure: outOfTime(failure, delay, time) };
			}
			await tools.sleep(delay, tools.signal);
		}
	}

	private async send(request: EventsRequest): Promise<{ answer?: Answer; fault?: unknown }> {
		return await this.tools.send(request).then(
			(answer) => ({ answer }),
			(fault: unknown) => ({ fault }),
		);
	}

	private delivered(position: number, attempts: number): void {
		this.outcomes[position] = { status: 'delivered', attempts };
		if (!this.options.skipDuplicates) return;
		const { own, settles } = this.keys[position];
		this.settled.push(own, ...settles);
		// Known to this process at once; the list learns of it together with others.
		this.tools.memory.know([own, ...settles]);
		if (this.tools.now() - this.lastRecord >= RECORD_EVERY) this.records.push(this.record());
	}

	private fail(position: number, failure: Failure, attempts: number, retryable: boolean): void {
		const request = toRequest(this.options.channelId, [this.posts[position]]);
		this.outcomes[position] = { status: 'undelivered', failure, attempts, retryable, request };
	}

	/** Of these, whatever has no outcome yet was not sent. */
	private failAll(positions: Iterable<number>, failure: Failure): void {
		for (const position of positions) {
			if (this.outcomes[position] === undefined) this.fail(position, failure, 0, true);
		}
	}

	/**
	 * Asks for many events at once, since a call of the list costs the same for one and for many: first for those that begin
	 * a contact's, and for the rest once respond.io takes some. While it is away, a backlog that is tried again and again
	 * would fill the list else.
	 */
	private async recall(positions: Iterable<number>): Promise<void> {
		const asked = [...positions].flatMap((position) => {
			const { own, others } = this.keys[position];
			return [own, ...others.map(({ key }) => key)];
		});
		await this.tools.memory.ask(asked, this.tools.store).catch((error: unknown) => {
			this.warnings.add(
				`What this workflow has delivered before could not be looked up (${reasonOf(error)}), so duplicates were not skipped. Everything was posted all the same.`,
			);
		});
	}

	private async skipReason(position: number): Promise<SkipReason | undefined> {
		if (!this.options.skipDuplicates) return undefined;
		if (!this.heads.has(position)) await (this.rest ??= this.recall(this.keys.keys()));
		const { memory, store } = this.tools;
		const { own, reason, others } = this.keys[position];
		const other = () => others.find(({ key }) => memory.isDone(key))?.reason;
		try {
			if (await memory.resolve(own, store)) return reason;
			if (this.posts[position].mayBeOurs === true && other() === undefined) {
				await Promise.all(others.map(async ({ key }) => await memory.isSettledSoon(key, store)));
			}
		} catch {
			// Told by what asked first, or will be by what records: the event is posted.
		}
		return other();
	}

	/** Adds what was delivered to the list. */
	private async record(): Promise<void> {
		const keys = this.settled;
		this.settled = [];
		this.lastRecord = this.tools.now();
		if (keys.length === 0) return;
		await this.tools.memory.settle(keys, this.tools.store).catch((error: unknown) => {
			this.warnings.add(
				`What was delivered could not be remembered (${reasonOf(error)}): if the same items come again, they may be posted twice.`,
			);
		});
	}

	/** Other processes need not wait for what this run has not delivered. Without that they wait a little longer. */
	private async giveUp(): Promise<void> {
		if (!this.options.skipDuplicates) return;
		const keys = this.keys.flatMap(({ own }, position) =>
			this.outcomes[position]?.status === 'undelivered' ? [own] : [],
		);
		await this.tools.memory.giveUp(keys, this.tools.store).catch(() => {});
	}
}

const HELD_BACK: Failure = {
	message: 'Not sent: the option Hold Back is on, since earlier events wait to be sent again',
	hint: 'Put the event behind the earlier ones; it is in the item.',
};

const CHANGE = 'Change it in the credential, then send the event again; it is in the item.';

const CANCELLED: Failure = {
	message: 'The execution was cancelled before the event was delivered',
};

/** Network faults pass; n8n's own filter refuses whatever comes. */
function verdictOnFault(fault: unknown): Verdict {
	return egressSetting(fault) === undefined ? 'retry' : 'misconfigured';
}

function networkFailure(error: unknown, { webhookUrl }: DeliverOptions): Failure {
	const setting = egressSetting(error);
	if (setting !== undefined) {
		return {
			message: `n8n's own filter (N8N_SSRF_PROTECTION_ENABLED) refused the Webhook URL ${webhookUrl}`,
			hint: `Correct the URL in the credential or, if it is right, ${setting}. The event is in the item, ready to be sent again.`,
		};
	}
	const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
	const reason = typeof code === 'string' ? code : String(message ?? 'no answer');
	return {
		message: `respond.io could not be reached (${reason.slice(0, 100)})`,
		hint: "Check the credential's Webhook URL and the network of this n8n. The event is in the item, ready to be sent again.",
	};
}

const COPY_ADDRESS =
	'Copy the "Webhook URL for Incoming message" of the channel page into the credential, in full.';

function answerFailure(
	answer: Answer,
	verdict: Verdict,
	attempts: number,
	{ webhookUrl }: DeliverOptions,
): Failure {
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
			message: `The Webhook URL ${webhookUrl} redirects (${statusCode}), which would lose the event`,
			hint: COPY_ADDRESS,
		};
	}
	if (verdict === 'misconfigured') {
		return {
			...facts,
			message: `The Webhook URL ${webhookUrl} is wrong: not the channel answered (${statusCode})${said}`,
			hint: COPY_ADDRESS,
		};
	}
	const tried = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
	if (statusCode < 300) {
		return {
			...facts,
			message: `A web page answered at the Webhook URL ${webhookUrl}, not the channel (${tried})${said}`,
			hint: COPY_ADDRESS,
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
		message: `respond.io did not take the event in ${tried} (${statusCode})${said}`,
		hint: 'The event is in the item, ready to be sent again.',
	};
}

function outOfTime(failure: Failure, delay: number, time: number): Failure {
	return {
		...failure,
		message: `${failure.message}; the next attempt would be in ${inSeconds(delay)}, past the ${inSeconds(time)} that are left for it`,
	};
}

function inSeconds(milliseconds: number): string {
	return `${Math.ceil(milliseconds / 1000)} s`;
}

function heldBehind(earlier: Failure): Failure {
	return {
		...earlier,
		message: `Not sent, to keep the order: an earlier event of this contact was not delivered (${earlier.message})`,
		hint: 'Send the earlier one again first, then this one.',
	};
}

/** The one request that showed it stands for all. */
function notTheChannel(failure: Failure): Failure {
	return {
		...failure,
		message: `Not sent, since it would fail alike: ${failure.message}`,
	};
}

function unreachable(failure: Failure): Failure {
	return {
		...failure,
		message: `Not sent: respond.io does not answer (${failure.message})`,
		hint: 'The event is in the item, ready to be sent again.',
	};
}

/** Characters of an answer that people are shown. */
const WORDS_LIMIT = 300;

/** What an answer says, as a sentence: the message in its JSON, or its text without tags. */
function wordsOf(answer: Answer): string {
	let words = answer.body;
	if (isHtml(answer.body)) {
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

function reasonOf(error: unknown): string {
	return String((error as Error | undefined)?.message ?? error).slice(0, 200);
}
