import { createHash } from 'node:crypto';
import axios, { type AxiosResponse } from 'axios';

import type {
	ChannelEvent,
	Contact,
	EventsRequest,
	StatusEvent,
} from '../nodes/RespondIoCustomChannel/channel/schema';
import { keep, keepIn } from './bounded';
import { checkRequest } from './checker';
import { FaultPlan, type FaultAction, type Faults } from './faults';
import type { Settings } from './settings';

/** An event that was accepted. */
export interface LedgerEntry {
	seq: number;
	receivedAt: number;
	/** The request that brought it. */
	request: number;
	contactId: string;
	type: ChannelEvent['type'];
	mId: string;
	event: ChannelEvent;
	/** An entry of the same contact, type, id and status was there before. */
	repeat: boolean;
	fetches?: Fetch[];
}

/** A request at the webhook URL, accepted or not. */
export interface RequestRecord {
	seq: number;
	startedAt: number;
	endedAt?: number;
	status?: number;
	contactId?: string;
	mIds: string[];
	fault?: FaultAction['kind'];
	/** Why it was refused. */
	faults?: string[];
}

export interface Fetch {
	method: 'HEAD' | 'GET';
	range?: string;
	status: number;
	contentType?: string;
	contentDisposition?: string;
	contentLength?: number;
	bytes?: number;
	sha256?: string;
	error?: string;
}

/** An agent's message, and what came back for it. */
export interface AgentMessage {
	seq: number;
	sentAt: number;
	durationMs: number;
	contactId: string;
	message: unknown;
	ok: boolean;
	statusCode?: number;
	body?: unknown;
	mId?: string;
	error?: string;
}

export interface AgentInput {
	contactId: string;
	message: unknown;
	/** For tests: what is sent in place of the right thing. */
	override?: {
		token?: string | null;
		channelId?: string | null;
		path?: string;
		rawBody?: string;
		headers?: Record<string, string>;
	};
}

/** Bytes of an attachment that are fetched. */
const FETCH_LIMIT = 300 * 1024 * 1024;

/** respond.io's side: takes events by its rules, sends agents' messages, and keeps the ledger of both. */
export class RespondIo {
	ledger: LedgerEntry[] = [];

	requests: RequestRecord[] = [];

	agentMessages: AgentMessage[] = [];

	readonly contacts = new Map<string, Contact>();

	private plan = new FaultPlan();

	private readonly seen = new Set<string>();

	private sequence = 0;

	constructor(
		private readonly settings: () => Settings,
		/** Ends the calls that are under way. */
		private readonly signal?: AbortSignal,
	) {}

	get faults() {
		return this.plan.faults;
	}

	setFaults(faults?: Faults) {
		this.plan = new FaultPlan(faults);
	}

	reset() {
		this.ledger = [];
		this.requests = [];
		this.agentMessages = [];
		this.contacts.clear();
		this.seen.clear();
		this.setFaults();
	}

	/** Opens the record of a request, with the fault that it meets, if any. */
	open(body: unknown): { record: RequestRecord; fault?: FaultAction } {
		const { contactId, events } = (body ?? {}) as Partial<EventsRequest>;
		const list = Array.isArray(events) ? events : [];
		const record: RequestRecord = {
			seq: ++this.sequence,
			startedAt: Date.now(),
			mIds: list.map((event) => String(event?.mId)),
			...(typeof contactId === 'string' && { contactId }),
		};
		keep(this.requests, record);
		const fault = this.plan.next({
			contactId,
			mIds: record.mIds,
			eventTypes: list.map((event) => String(event?.type)),
		});
		if (fault) record.fault = fault.kind;
		return { record, fault };
	}

	close(record: RequestRecord, status: number, faults?: string[]) {
		record.endedAt = Date.now();
		record.status = status;
		if (faults) record.faults = faults;
	}

	/** Which rules the request breaks. */
	check(body: unknown): string[] {
		return checkRequest(body, this.settings());
	}

	/** Takes the events of a legal request into the ledger. */
	accept(body: EventsRequest, record: RequestRecord) {
		const { contactId, contact, events } = body;
		if (!this.contacts.has(contactId)) keepIn(this.contacts, contactId, contact ?? {});
		for (const event of events) {
			const identity = identityOf(contactId, event);
			const entry: LedgerEntry = {
				seq: ++this.sequence,
				receivedAt: Date.now(),
				request: record.seq,
				contactId,
				type: event.type,
				mId: event.mId,
				event,
				repeat: this.seen.has(identity),
			};
			this.seen.add(identity);
			const dropped = keep(this.ledger, entry);
			if (dropped) this.seen.delete(identityOf(dropped.contactId, dropped.event));
			if (this.settings().fetchAttachments) void this.fetchAttachment(entry);
		}
	}

	/** Sends an agent's message as respond.io does, and keeps what came back. */
	async send({ contactId, message, override = {} }: AgentInput): Promise<AgentMessage> {
		const { baseUrl, apiToken, channelId, agentTimeout } = this.settings();
		const token = override.token === undefined ? apiToken : override.token;
		const channel = override.channelId === undefined ? channelId : override.channelId;
		const sentAt = Date.now();
		let result: Pick<AgentMessage, 'ok'> & Partial<AgentMessage>;
		try {
			if (baseUrl === '') throw new Error('the API base URL is not set yet');
			const answer = await axios.post(
				`${baseUrl}${override.path ?? '/message'}`,
				// As bytes: axios would turn a text that is no JSON into one that is.
				Buffer.from(
					override.rawBody ??
						JSON.stringify({ ...(channel !== null && { channelId: channel }), contactId, message }),
				),
				{
					headers: {
						'content-type': 'application/json',
						...(token !== null && { authorization: `Bearer ${token}` }),
						...override.headers,
					},
					timeout: agentTimeout,
					signal: this.signal,
					proxy: false,
					maxRedirects: 0,
					validateStatus: () => true,
				},
			);
			result = judgeAnswer(answer);
		} catch (error) {
			result = { ok: false, error: `no answer: ${(error as Error).message}` };
		}
		const record = {
			seq: ++this.sequence,
			sentAt,
			durationMs: Date.now() - sentAt,
			contactId,
			message,
			...result,
		};
		keep(this.agentMessages, record);
		return record;
	}

	/**
	 * Agents' messages, each with the statuses that came for its mId, in the order in which they came.
	 * Put together on demand: a status may be here before the answer that tells the mId.
	 */
	agentMessagesWithStatuses(): Array<AgentMessage & { statuses: Array<StatusEvent['status']> }> {
		const statuses = new Map<string, Array<StatusEvent['status']>>();
		for (const { event } of this.ledger) {
			if (event.type !== 'message_status') continue;
			const list = statuses.get(event.mId);
			if (list) list.push(event.status);
			else statuses.set(event.mId, [event.status]);
		}
		return this.agentMessages.map((message) => ({
			...message,
			statuses: (message.mId !== undefined && statuses.get(message.mId)) || [],
		}));
	}

	/** Fetches the attachment of an entry as respond.io does, and keeps what came. */
	async fetchAttachment(entry: LedgerEntry): Promise<Fetch[]> {
		if (entry.event.type === 'message_status' || entry.event.message.type !== 'attachment') {
			return [];
		}
		const { url } = entry.event.message.attachment;
		const fetches = [
			await this.fetchOnce(url, 'HEAD'),
			await this.fetchOnce(url, 'GET', 'bytes=0-99'),
			await this.fetchOnce(url, 'GET'),
		];
		entry.fetches = [...(entry.fetches ?? []), ...fetches];
		return fetches;
	}

	private async fetchOnce(url: string, method: 'HEAD' | 'GET', range?: string): Promise<Fetch> {
		try {
			const { status, headers, data } = await axios.request<ArrayBuffer>({
				url,
				method,
				headers: range === undefined ? {} : { range },
				responseType: 'arraybuffer',
				signal: this.signal,
				proxy: false,
				timeout: 60_000,
				maxContentLength: FETCH_LIMIT,
				validateStatus: () => true,
			});
			const bytes = Buffer.from(data ?? []);
			const text = (name: string) => headers[name] as string | undefined;
			return {
				method,
				...(range !== undefined && { range }),
				status,
				contentType: text('content-type'),
				contentDisposition: text('content-disposition'),
				...(text('content-length') !== undefined && {
					contentLength: Number(text('content-length')),
				}),
				bytes: bytes.length,
				sha256: createHash('sha256').update(bytes).digest('hex'),
			};
		} catch (error) {
			return { method, ...(range !== undefined && { range }), status: 0, error: String(error) };
		}
	}
}

/** What makes an event the same one again. */
function identityOf(contactId: string, event: ChannelEvent): string {
	const status = event.type === 'message_status' ? event.status.value : '';
	return JSON.stringify([contactId, event.type, event.mId, status]);
}

/** Success is a 200 with the provider's id; all else the agent sees as failed. */
function judgeAnswer({ status, data }: AxiosResponse<unknown>) {
	const body = data as { mId?: unknown; error?: { message?: unknown } } | undefined;
	if (status === 200 && typeof body?.mId === 'string' && body.mId !== '') {
		return { ok: true, statusCode: status, body, mId: body.mId };
	}
	const said = body?.error?.message;
	return {
		ok: false,
		statusCode: status,
		body,
		error: typeof said === 'string' ? said : `answered ${status} without an error message`,
	};
}
