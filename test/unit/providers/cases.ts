import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { IdType } from '../../../nodes/RespondIoCustomChannel/channel/schema';
import { PROVIDERS, type ProviderName } from '../../../nodes/RespondIoCustomChannel/providers';
import type {
	BinaryFile,
	Converter,
	Incoming,
	IncomingFailure,
	OutgoingContext,
	OutgoingMessage,
	Provider,
	ProviderEvent,
	ProviderRequest,
	ProviderResponse,
} from '../../../nodes/RespondIoCustomChannel/providers/provider';
import { webhookItem } from './support';

/**
 * The cases of each provider: test/providers/<name>/incoming.json and outgoing.json. Whoever adds a provider writes these
 * two; what holds of every provider is checked with their data.
 */

export interface IncomingFile {
	/** The document that the payloads are written from. */
	source: string;
	/** Where payloads have lists of events, as in `entry.*.changes`; empty for a payload that is a list itself. */
	lists?: string[];
	/** Where receipts carry our reference back: the case to put it into, at which path, and the words of statuses. */
	receipt?: {
		case: string;
		reference: string;
		/** The text that it is part of, as `+61411111111 {}`; where it is all, left out. */
		carried?: string;
		status: string;
		words: Record<'delivered' | 'failed', unknown>;
	};
	cases: Record<string, IncomingCase>;
}

export interface IncomingCase {
	/** As the provider's own trigger outputs it, or, with `headers`, as the Webhook node does. */
	payload: unknown;
	/** Files of the item, by property name. */
	binary?: Record<string, BinaryFile>;
	/** Of the channel; custom unless given. */
	idType?: IdType;
	/** The document, where it is another than the file's. */
	source?: string;
	events?: Array<Omit<ProviderEvent, 'origin'>>;
	failures?: IncomingFailure[];
	ignored?: Record<string, number>;
	error?: ErrorWords;
}

export interface ErrorWords {
	message: string;
	hint?: string;
}

export interface OutgoingFile {
	source: string;
	/** A legal contact id, and the settings that requests need. */
	contactId: string;
	settings?: Settings;
	/** What else is set, or set otherwise, and the laws hold as well; with a schema of its own where requests differ. */
	variants?: Record<string, { settings: Settings; request?: object }>;
	/** Where requests go if nothing else is said. */
	url: string;
	/** JSON Schema of every request to that contact (keywords of our own: see schema.ts). */
	request: object;
	cases: Record<string, OutgoingCase>;
	responses: Record<string, ResponseCase>;
	/** A payload, its contact id through the channel and back, and an answer. */
	roundTrips?: Record<string, RoundTrip>;
	/** What the end-to-end tests of the provider's template need besides the cases. */
	template?: TemplateScenes;
}

type Settings = OutgoingContext['settings'];

/**
 * The scenes of a template (test/e2e/providers/scenes.ts), where it has one webhook and one host that takes requests.
 * Places in JSON are written as `data.0.id`. In what is filled in, set and answered, `{secret}` is what the provider and
 * the workflow share, `{files}` an address with files for everybody, and `{base64}` the file's bytes.
 */
export interface TemplateScenes {
	/** The Webhook node, and the case in which the customer above writes. */
	webhook: string;
	writes: string;
	/** What a person fills in, by what stands in its place. */
	fills?: Record<string, string>;
	/** The header in which requests carry the key; without it they carry one of n8n's general credentials. */
	key?: string;
	/** What stands in the URLs of the cases where the secret is to be. */
	inPath?: string;
	/** The header in which a call proves whose it is: by the secret, or by the HMAC of its body. */
	proof?: { header: string; hmac?: string };
	/**
	 * Where a request has its text; the responses by which it is taken, with its id, and refused; the body for a picture
	 * with a caption, where that is no text.
	 */
	sends: { text: string; taken: string; id: string; refused: string; picture?: object };
	/** How webhooks write the id of a message that was sent, as `true_{}`; as it is by default. */
	written?: string;
	/** Where a receipt has the id; where its request has what the receipt carries back, else the case of one. */
	receipts: { id: string } & ({ carried: string } | { case: string });
	/** The case in which the provider tells what it was asked to send, and where that has the id. */
	echo?: { case: string; id: string };
	/** A customer's picture with a caption. */
	file?: ChangedCase;
	/**
	 * More webhooks, each of one event, by what they tell respond.io (`of …`, `that …`), and the message that comes of it
	 * if it is not that of the case.
	 */
	more?: Record<string, ChangedCase & { message?: object }>;
	/** The trigger of what a person lets the workflow do once. */
	once?: string;
	/** What else the workflow asks of the API, as `GET /path`, with which body; an answer `{file}` is the file itself. */
	answers?: Array<{ request: string; body?: object; answer: unknown }>;
}

/** A case, under another id of its message, and with other values at some of its places. */
export interface ChangedCase {
	case: string;
	id?: string;
	with?: Record<string, unknown>;
}

export interface OutgoingCase {
	message: OutgoingMessage;
	contactId?: string;
	/** In place of the file's. */
	settings?: Settings;
	/** respond.io's id of the message, where requests are to carry it. */
	mId?: string;
	source?: string;
	/** Method, content type and headers are those of JSON by POST unless given. */
	requests?: Array<Partial<ProviderRequest>>;
	error?: ErrorWords;
}

export interface ResponseCase {
	response: unknown;
	settings?: Settings;
	source?: string;
	result: ProviderResponse;
}

export interface RoundTrip {
	payload: unknown;
	idType: IdType;
	settings?: Settings;
	message: OutgoingMessage;
	/** Each with what its request's body must hold. */
	bodies: object[];
}

export interface House {
	name: ProviderName;
	provider: Provider;
	converter: Converter;
	incoming: IncomingFile;
	outgoing: OutgoingFile;
	/** Payloads of the cases that are legal, by name. */
	payloads: Record<string, unknown>;
}

const FOLDER = join(__dirname, '../../providers');
const CODE = join(__dirname, '../../../nodes/RespondIoCustomChannel/providers');

/** What a registered provider lacks, as file names. */
export const lackingFiles = (name: string): string[] =>
	[
		[CODE, 'index.ts'],
		[CODE, 'converter.ts'],
		[FOLDER, 'incoming.json'],
		[FOLDER, 'outgoing.json'],
	].flatMap(([folder, file]) => (existsSync(join(folder, name, file)) ? [] : [`${name}/${file}`]));

export const foldersOfCases = (): string[] => readdirSync(FOLDER);

export const converterOf = (name: string): Converter =>
	jest.requireActual<{ converter: Converter }>(join(CODE, name, 'converter')).converter;

const read = <Type>(name: string, file: string) =>
	JSON.parse(readFileSync(join(FOLDER, name, file), 'utf8')) as Type;

/** Every provider that has its cases. */
export const HOUSES: House[] = Object.values(PROVIDERS)
	.filter(({ name }) => lackingFiles(name).length === 0)
	.map((provider) => {
		const name = provider.name as ProviderName;
		const incoming = read<IncomingFile>(name, 'incoming.json');
		const legal = Object.entries(incoming.cases).filter(([, { error }]) => error === undefined);
		return {
			name,
			provider,
			converter: converterOf(name),
			incoming,
			outgoing: read<OutgoingFile>(name, 'outgoing.json'),
			payloads: Object.fromEntries(legal.map(([key, { payload }]) => [key, payload])),
		};
	});

/** As a case tells it: without places, which the laws look at. */
export const plain = ({ events, failures, ignored }: Incoming) => ({
	events: events.map(({ origin: _, ...event }) => event),
	failures,
	ignored,
});

const JSON_REQUEST = {
	method: 'POST',
	headers: { 'content-type': 'application/json' },
	contentType: 'json',
};

export const withDefaults = ({ url }: OutgoingFile, request: Partial<ProviderRequest>) => ({
	...JSON_REQUEST,
	url,
	...request,
});

/** A case of the Webhook node itself stays; any other payload is put into one. */
export const asWebhook = (payload: unknown): unknown =>
	typeof payload === 'object' && payload !== null && 'headers' in payload && 'body' in payload
		? payload
		: webhookItem(payload);
