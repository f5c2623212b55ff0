import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import axios from 'axios';

import type { Addresses } from './bridges';

/** A customer's message: the provider repeats it until it is told 200, and no later one of the contact goes before. */
export interface Incoming {
	id: string;
	contactId: string;
	/** Epoch milliseconds: written, and told 200. */
	writtenAt: number;
	givenAt?: number;
	/** It was told 200 by an n8n that was only starting, and knew no webhook yet. */
	metStart?: boolean;
	tries: number;
}

/** An agent's message: respond.io sends it once, and shows what it was told. */
export interface Outgoing {
	/** Its text, by which the provider's list is searched. */
	id: string;
	contactId: string;
	sentAt: number;
	answeredAt?: number;
	/** It was told 200 with an id. */
	isTaken?: boolean;
	/** What else it was told. */
	error?: string;
}

export interface LoadOptions {
	/** Before every contact's and message's id. */
	name: string;
	addresses: Addresses;
	token: string;
	contacts: number;
	/** Messages a second, of all contacts together; a contact writes `burst` of them at once. */
	incomingRate: number;
	outgoingRate: number;
	burst: number;
}

/** Milliseconds that the provider and respond.io wait for an answer. */
const ANSWER_TIMEOUT = 30_000;
/** What n8n 2.41 answers to every call, with 200, while it starts. */
const STARTING = /^n8n is starting up/;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 5_000;

/** Customers who write and agents who answer, at a constant rate, whatever becomes of it. */
export class Load {
	readonly incoming: Incoming[] = [];

	readonly outgoing: Outgoing[] = [];

	private endsAt = Infinity;

	private readonly giveUp = new AbortController();

	private readonly lanes: Promise<unknown>;

	constructor(private readonly options: LoadOptions) {
		const { contacts, incomingRate, outgoingRate, addresses } = options;
		// Every call under way listens.
		setMaxListeners(0, this.giveUp.signal);
		const lanes = Array.from({ length: contacts }, (_, index) => index);
		this.lanes = Promise.all([
			...lanes.map(
				async (index) =>
					await this.every(index, (contacts * options.burst) / incomingRate, async (round) => {
						for (let part = 0; part < options.burst; part++)
							await this.give(`c${index}`, round * options.burst + part);
					}),
			),
			...(addresses.outgoing === undefined
				? []
				: lanes.map(
						async (index) =>
							await this.every(
								index,
								contacts / outgoingRate,
								async (round) => await this.send(`c${index}`, round),
							),
					)),
		]);
	}

	/** Nobody writes any more. Resolves when all that was written has been told of; gives up after a while. */
	async end(patienceMs: number) {
		this.endsAt = Date.now();
		const timer = setTimeout(() => this.giveUp.abort(), patienceMs);
		await this.lanes;
		clearTimeout(timer);
	}

	/** Does something again and again, the contacts spread over the interval; what is overdue at once. */
	private async every(
		index: number,
		seconds: number,
		work: (round: number) => Promise<void>,
	): Promise<void> {
		const began = Date.now() + (index / this.options.contacts) * seconds * 1000;
		for (let round = 0; ; round++) {
			const due = began + round * seconds * 1000;
			while (Date.now() < due && Date.now() < this.endsAt)
				await sleep(Math.min(100, due - Date.now()));
			if (due >= this.endsAt || this.giveUp.signal.aborted) return;
			await work(round);
		}
	}

	private async post(url: string, body: object, headers: Record<string, string> = {}) {
		return await axios.post<{ mId?: unknown } | undefined>(url, body, {
			headers,
			proxy: false,
			timeout: ANSWER_TIMEOUT,
			signal: this.giveUp.signal,
			validateStatus: () => true,
		});
	}

	private async give(contact: string, number: number) {
		const { name, addresses } = this.options;
		const contactId = `${name}_${contact}`;
		const message: Incoming = {
			id: `${contactId}_${String(number).padStart(6, '0')}`,
			contactId,
			writtenAt: Date.now(),
			tries: 0,
		};
		this.incoming.push(message);
		const body = {
			event: 'message',
			id: message.id,
			from: { id: contactId, name: contact },
			type: 'text',
			text: `Message ${number}`,
			timestamp: message.writtenAt,
		};
		for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
			message.tries++;
			const answer = await this.post(addresses.incoming, body).catch(() => undefined);
			if (answer !== undefined && answer.status >= 200 && answer.status < 300) {
				message.givenAt = Date.now();
				if (STARTING.test(String(answer.data))) message.metStart = true;
				return;
			}
			if (this.giveUp.signal.aborted) return;
			await sleep(pause);
		}
	}

	private async send(contact: string, number: number) {
		const { name, addresses, token } = this.options;
		const contactId = `${name}_${contact}`;
		const message: Outgoing = {
			id: `${contactId}_${String(number).padStart(6, '0')}`,
			contactId,
			sentAt: Date.now(),
		};
		this.outgoing.push(message);
		const body = {
			channelId: 'sandbox-channel',
			contactId,
			message: { type: 'text', text: message.id },
		};
		const headers = { authorization: `Bearer ${token}` };
		try {
			const { status, data } = await this.post(addresses.outgoing as string, body, headers);
			message.isTaken = status === 200 && typeof data?.mId === 'string' && data.mId !== '';
			if (!message.isTaken) message.error = `${status} ${JSON.stringify(data)}`;
		} catch (error) {
			message.isTaken = false;
			message.error = (error as Error).message;
		}
		message.answeredAt = Date.now();
	}
}
