import { setTimeout as sleep } from 'node:timers/promises';
import axios from 'axios';
import { z } from 'zod';

import type { StatusValue } from '../nodes/RespondIoCustomChannel/channel/schema';
import { keep } from './bounded';
import type { Settings } from './settings';

const link = z.string().url();
const target = {
	to: z.string().min(1),
	fileName: z.string().optional(),
	/** Given back in the answer and in receipts. */
	reference: z.string().optional(),
};

/** What the web chat's API takes. Fields that it does not know are ignored, as such APIs do. */
export const sendSchema = z.discriminatedUnion('type', [
	z.object({ ...target, type: z.literal('text'), text: z.string().min(1) }),
	z.object({ ...target, type: z.literal('image'), url: link, text: z.string().optional() }),
	z.object({ ...target, type: z.literal('video'), url: link }),
	z.object({ ...target, type: z.literal('audio'), url: link }),
	z.object({ ...target, type: z.literal('file'), url: link }),
	z.object({
		...target,
		type: z.literal('location'),
		latitude: z.number(),
		longitude: z.number(),
		address: z.string().optional(),
	}),
	z.object({
		...target,
		type: z.literal('buttons'),
		title: z.string().min(1),
		buttons: z.array(z.string().min(1)).min(1),
	}),
]);

export type Send = z.infer<typeof sendSchema>;

export interface SentMessage {
	id: string;
	takenAt: number;
	message: Send;
	/** What the webhook answered to each receipt. */
	receipts: Array<{ status: StatusValue; statusCode?: number; error?: string }>;
}

export interface CustomerMessage {
	id: string;
	sentAt: number;
	contactId: string;
	name?: string;
	message: Record<string, unknown>;
	/** What the webhook answered. */
	statusCode?: number;
	error?: string;
}

export interface StoredFile {
	contentType: string;
	fileName?: string;
	bytes: Buffer;
}

/** Bytes of all stored files; the oldest go. */
const FILES_LIMIT = 1024 * 1024 * 1024;

/** The provider's side: a plain web chat with an API, a webhook and receipts. */
export class WebChat {
	sent: SentMessage[] = [];

	customerMessages: CustomerMessage[] = [];

	readonly files = new Map<string, StoredFile>();

	/** Receipts go out one after the other, as the events happened. */
	private reporting: Promise<void> = Promise.resolve();

	private count = 0;

	constructor(
		private readonly settings: () => Settings,
		/** Ends the calls that are under way. */
		private readonly signal?: AbortSignal,
	) {}

	reset() {
		this.sent = [];
		this.customerMessages = [];
		this.reporting = Promise.resolve();
		this.files.clear();
	}

	take(message: Send): SentMessage {
		const sent: SentMessage = { id: this.id('wc'), takenAt: Date.now(), message, receipts: [] };
		const list = this.sent;
		keep(list, sent);
		this.reporting = this.reporting.then(async () => {
			for (const status of this.settings().receipts) {
				await sleep(this.settings().receiptDelay);
				// Receipts of what a reset forgot would turn up in whatever comes next.
				if (list === this.sent) await this.report(sent, status);
			}
		});
		return sent;
	}

	/** Stores a file; the answer is its id. */
	store(file: StoredFile): string {
		const id = `f${++this.count}`;
		this.files.set(id, file);
		let total = 0;
		for (const { bytes } of this.files.values()) total += bytes.length;
		for (const [oldest, { bytes }] of this.files) {
			if (total <= FILES_LIMIT) break;
			this.files.delete(oldest);
			total -= bytes.length;
		}
		return id;
	}

	/** Tells the webhook what became of a message. */
	async report(sent: SentMessage, status: StatusValue, error?: string) {
		const answer = await this.call({
			event: 'status',
			id: sent.id,
			to: sent.message.to,
			status,
			...(sent.message.reference !== undefined && { reference: sent.message.reference }),
			...(error !== undefined && { error }),
			timestamp: Date.now(),
		});
		sent.receipts.push({ status, ...answer });
	}

	/** The customer writes: the message goes to the webhook. */
	async write(contactId: string, message: Record<string, unknown>, name?: string, id?: string) {
		const record: CustomerMessage = {
			id: id ?? this.id('wc_in'),
			sentAt: Date.now(),
			contactId,
			...(name !== undefined && { name }),
			message,
		};
		keep(this.customerMessages, record);
		const answer = await this.call({
			event: 'message',
			id: record.id,
			from: { id: contactId, ...(name !== undefined && { name }) },
			...message,
			timestamp: record.sentAt,
		});
		return Object.assign(record, answer);
	}

	private async call(body: object): Promise<{ statusCode?: number; error?: string }> {
		const { providerWebhookUrl: url } = this.settings();
		if (url === '') return { error: 'the web chat has no webhook URL yet' };
		try {
			const { status } = await axios.post(url, body, {
				signal: this.signal,
				proxy: false,
				timeout: 60_000,
				validateStatus: () => true,
			});
			return { statusCode: status };
		} catch (error) {
			return { error: `no answer: ${(error as Error).message}` };
		}
	}

	private id(prefix: string) {
		return `${prefix}_${Date.now().toString(36)}_${++this.count}`;
	}
}
