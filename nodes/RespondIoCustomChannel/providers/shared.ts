import { normaliseContact } from '../channel/contact';
import { shown } from '../channel/error';
import { fitText } from '../channel/fit';
import { codePointLength, LIMITS } from '../channel/limits';
import { essence, mimeTypeOf, withExtension } from '../channel/mimeTypes';
import { parseOutgoing, quickReplyAsText } from '../channel/outgoing';
import {
	attachmentSchema,
	locationMessageSchema,
	type Contact,
	type StatusValue,
} from '../channel/schema';
import { toTimestamp } from '../channel/timestamp';
import {
	ProviderError,
	type BinaryFile,
	type Incoming,
	type IncomingAttachment,
	type IncomingMessage,
	type OutgoingContext,
	type OutgoingMessage,
	type ProviderEvent,
	type ProviderRequest,
} from './provider';
import { parseUrl } from '../channel/url';
import { readReference, statusOfPart } from './reference';

type KeysOf<Type> = Type extends unknown ? keyof Type : never;

/**
 * An object of a payload: its names are those of the provider's type package, so a misspelt one does not compile; its
 * values are unchecked, for what arrives need not keep to the types.
 */
export type Fields<Type> = { readonly [Key in KeysOf<Type>]?: unknown };

export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields of an object; of anything else, none. */
export function fieldsOf<Type>(value: unknown): Fields<Type> {
	return (isObject(value) ? value : {}) as Fields<Type>;
}

export function listOf(value: unknown): unknown[] {
	return Array.isArray(value) ? value : [];
}

/** A text that shows something. */
export function textOf(value: unknown): string | undefined {
	return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** An id, given as a text or as a whole number. */
export function idOf(value: unknown): string | undefined {
	if (typeof value === 'number') return Number.isInteger(value) ? String(value) : undefined;
	return textOf(value)?.trim();
}

/** A number, given as one or as a text. */
export function numberOf(value: unknown): number | undefined {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** Epoch milliseconds from seconds or milliseconds; `now` where there is no time: no message is lost for its date. */
export function timeOf(value: unknown, now: number): number {
	try {
		return toTimestamp(value, { now });
	} catch {
		return now;
	}
}

/** Texts and numbers as one text, without those that are missing; undefined when all are. */
export function joined(parts: readonly unknown[], separator = '\n'): string | undefined {
	const texts = parts
		.map((part) => (typeof part === 'number' ? String(part) : textOf(part)))
		.filter((part) => part !== undefined);
	return texts.length > 0 ? texts.join(separator) : undefined;
}

/** What the provider sent: the body of what the generic Webhook node outputs, else the payload itself. */
export function bodyOf(payload: unknown): unknown {
	const isWebhookItem =
		isObject(payload) &&
		isObject(payload.headers) &&
		'body' in payload &&
		('query' in payload || 'params' in payload);
	return isWebhookItem ? parsed(payload.body) : payload;
}

/** What JSON in a text holds; anything else as it is. */
export function parsed(body: unknown): unknown {
	if (typeof body !== 'string') return body;
	try {
		return JSON.parse(body) as unknown;
	} catch {
		return body;
	}
}

/** @throws {ProviderError} naming the field, when the payload does not have it. */
export function required<Value>(value: Value | undefined, provider: string, field: string): Value {
	if (value !== undefined) return value;
	throw new ProviderError(
		`The ${provider} payload has no usable ${field}`,
		`Give the whole payload, as ${provider}'s trigger or the Webhook node outputs it. If a step in between changed it, use the item before that step.`,
	);
}

/** What to throw for a payload of something else; tells its field names, never their values. */
export function foreign(provider: string, payload: unknown): ProviderError {
	const names = isObject(payload) ? Object.keys(payload).slice(0, 8) : [];
	const given =
		names.length > 0 ? `an object with ${names.map(shown).join(', ')}` : kindOf(payload);
	return new ProviderError(
		`This is no payload of ${provider}: it is ${given}`,
		'Choose the provider that sent it, and give the whole payload, as its trigger or the Webhook node outputs it.',
	);
}

function kindOf(value: unknown): string {
	if (value === null || value === undefined) return 'empty';
	if (Array.isArray(value)) return 'a list';
	return typeof value === 'object' ? 'an empty object' : `a ${typeof value}`;
}

/** No event, and one of this kind counted. */
export function ignored(kind: string): Incoming {
	return { events: [], failures: [], ignored: { [Array.from(kind).slice(0, 60).join('')]: 1 } };
}

/** What the provider reports of a message that we sent: respond.io has it already. */
export function ownEcho(): Incoming {
	return ignored('echo of our own message');
}

/** All that was found, in its order; where that is nothing at all, one of the kind `empty` counted. */
export function combined(parts: readonly Incoming[], empty?: string): Incoming {
	const counts = new Map<string, number>();
	for (const part of parts) {
		for (const [kind, count] of Object.entries(part.ignored)) {
			counts.set(kind, (counts.get(kind) ?? 0) + count);
		}
	}
	const events = parts.flatMap((part) => part.events);
	const failures = parts.flatMap((part) => part.failures);
	const isEmpty = events.length + failures.length + counts.size === 0;
	if (isEmpty && empty !== undefined) return ignored(empty);
	return { events, failures, ignored: Object.fromEntries(counts) };
}

/**
 * Reads each element of a list by itself: one that can't be read becomes a failure, and costs the others nothing. Events
 * and failures know their places.
 * @param place Of the list; empty where it is the payload itself.
 */
export function eachOf(
	list: unknown,
	place: string,
	read: (element: unknown, place: string) => Incoming,
): Incoming[] {
	if (list === undefined || list === null) return [];
	if (!Array.isArray(list)) return [failed(new ProviderError('This is no list'), place, list)];
	return list.map((payload: unknown, index) => {
		const origin = { place: `${place}[${index}]`, payload };
		try {
			const found = read(payload, origin.place);
			// What was read from a list within knows a closer place.
			return { ...found, events: found.events.map((event) => ({ origin, ...event })) };
		} catch (error) {
			return failed(error as Error, origin.place, payload);
		}
	});
}

function failed(error: Error, place: string, payload: unknown): Incoming {
	const { message, hint } =
		error instanceof ProviderError
			? error
			: new ProviderError(`This piece of the payload can't be read: ${error.message}`);
	return {
		events: [],
		failures: [withoutUndefined({ message, hint, place, payload })],
		ignored: {},
	};
}

/** One of the messages that a provider's message becomes. */
export interface Part {
	message: IncomingMessage;
	/** Ends the id of the part, after a colon; unless it is the first part, which keeps the message's own. */
	suffix?: string;
}

/** What a text begins with: who wrote it, where several people do, and whether it was changed afterwards. */
export function labelOf(sender: string | undefined, isEdited = false): string | undefined {
	if (!isEdited) return sender;
	return sender === undefined ? 'Edited' : `${sender} (edited)`;
}

export interface EventBase {
	contactId: string;
	messageId: string;
	timestamp: number;
	contact?: Contact;
}

/** An echo's base also tells whether it may be ours. */
interface MessageBase extends EventBase {
	mayBeOurs?: true;
}

/** The events of one provider's message; where it shows nothing, none, and `empty message` counted. */
export function messageEvents(
	type: 'message' | 'message_echo',
	base: MessageBase,
	parts: readonly Part[],
): Incoming {
	if (parts.length === 0) return ignored('empty message');
	const events = parts.map(({ message, suffix }, index): ProviderEvent => ({
		type,
		...withoutUndefined(base),
		messageId: index === 0 ? base.messageId : `${base.messageId}:${suffix ?? index + 1}`,
		message,
	}));
	return { events, failures: [], ignored: {} };
}

/**
 * What became of a message that we sent.
 * @param message The reason of a failure; not read with other values.
 * @param reference What the provider carries back of ours, where it does: it tells which message a request was part of.
 */
export function statusEvents(
	base: EventBase,
	value: StatusValue,
	message?: string,
	reference?: unknown,
): Incoming {
	const part = readReference(reference);
	const messageId = part === undefined ? base.messageId : statusOfPart(part, value);
	if (messageId === undefined) return ignored('receipt of an earlier part');
	const status = value === 'failed' ? withoutUndefined({ value, message }) : { value };
	return {
		events: [
			{
				type: 'message_status',
				...base,
				messageId,
				status,
				...(part !== undefined && part.part < part.parts && { ofEarlierPart: true as const }),
			},
		],
		failures: [],
		ignored: {},
	};
}

export function textParts(text: unknown, suffix?: string): Part[] {
	const shownText = textOf(text);
	return shownText === undefined ? [] : [{ message: { type: 'text', text: shownText }, suffix }];
}

/**
 * An attachment and its caption: on an image, within respond.io's limit, its description, else a text after it
 * (`<id>:caption`). A link that respond.io can't take becomes a text.
 */
export function attachmentParts(
	attachment: Omit<IncomingAttachment, 'description' | 'mimeType' | 'fileName'> & {
		mimeType?: unknown;
		fileName?: unknown;
	},
	caption?: unknown,
): Part[] {
	const { type, source } = attachment;
	const mimeType = textOf(attachment.mimeType)?.trim();
	const fileName = textOf(attachment.fileName);
	const description = textOf(caption);
	if ('url' in source && !attachmentSchema.safeParse({ type, url: source.url }).success) {
		return textParts(joined([`[${type}]`, fileName, source.url, description]));
	}
	const captioned =
		type === 'image' &&
		description !== undefined &&
		codePointLength(description) <= LIMITS.description;
	return [
		{
			message: {
				type: 'attachment',
				attachment: withoutUndefined({
					type,
					source,
					mimeType,
					fileName: fileName === undefined ? undefined : withExtension(fileName, mimeType),
					description: captioned ? description : undefined,
				}),
			},
		},
		...(captioned ? [] : textParts(description, 'caption')),
	];
}

/** A place; its address stays with it within respond.io's limit, else follows as a text (`<id>:address`). */
export function locationParts(latitude: unknown, longitude: unknown, address?: unknown): Part[] {
	const place = { latitude: numberOf(latitude), longitude: numberOf(longitude) };
	const text = textOf(address)?.trim();
	const isLegal =
		place.longitude !== undefined &&
		locationMessageSchema.safeParse({ type: 'location', ...place }).success;
	if (!isLegal) return textParts(text);
	const fits = text !== undefined && codePointLength(text) <= LIMITS.address;
	const { latitude: north, longitude: east } = place as { latitude: number; longitude: number };
	return [
		{
			message: withoutUndefined({
				type: 'location' as const,
				latitude: north,
				longitude: east,
				address: fits ? text : undefined,
			}),
		},
		...(fits ? [] : textParts(text, 'address')),
	];
}

/**
 * Points attachments at what the workflow has downloaded: the binary property that is named like the file's id, or the
 * only one where the payload has a single file (n8n's Telegram Trigger calls it `data`).
 */
export function withDownloads(
	incoming: Incoming,
	binary: Readonly<Record<string, BinaryFile>> = {},
): Incoming {
	const { events } = incoming;
	const names = Object.keys(binary);
	const files = events.filter((event) => fileIdOf(event) !== undefined);
	const only = files.length === 1 && names.length === 1 ? names[0] : undefined;
	return {
		...incoming,
		events: events.map((event) => {
			const fileId = fileIdOf(event);
			if (fileId === undefined) return event;
			const name = Object.hasOwn(binary, fileId) ? fileId : only;
			return name === undefined ? event : withDownload(event, name, binary[name]);
		}),
	};
}

function fileIdOf(event: ProviderEvent): string | undefined {
	if (event.type === 'message_status' || event.message.type !== 'attachment') return undefined;
	const { source } = event.message.attachment;
	return 'fileId' in source ? source.fileId : undefined;
}

function withDownload(event: ProviderEvent, name: string, file: BinaryFile): ProviderEvent {
	if (event.type === 'message_status' || event.message.type !== 'attachment') return event;
	const { attachment } = event.message;
	const mimeType = attachment.mimeType ?? file.mimeType;
	const fileName = attachment.fileName ?? (file.fileName && withExtension(file.fileName, mimeType));
	return {
		...event,
		message: {
			type: 'attachment',
			attachment: {
				...withoutUndefined({ ...attachment, mimeType, fileName }),
				source: { binaryPropertyName: name },
			},
		},
	};
}

const NAMES: ReadonlyArray<keyof Contact> = ['firstName', 'lastName'];

/** What respond.io can take of a customer's data: names are shortened, anything else that does not fit is left out. */
export function contactOf(
	given: Partial<Record<keyof Contact, unknown>>,
	now: number,
): Contact | undefined {
	const fields = Object.entries(given).map(([field, value]) => {
		const name = NAMES.includes(field as keyof Contact) ? textOf(value)?.trim() : undefined;
		const short = name === undefined ? value : fitText(name, LIMITS.firstName, 'truncate')[0];
		return contactField(field, short, now);
	});
	const contact: Contact = Object.assign({}, ...fields);
	return Object.keys(contact).length > 0 ? contact : undefined;
}

function contactField(field: string, value: unknown, now: number): Contact | undefined {
	if (typeof value !== 'string' && typeof value !== 'number') return undefined;
	try {
		return normaliseContact({ [field]: value }, now);
	} catch {
		return undefined;
	}
}

/**
 * An agent's message, in respond.io's own form or as the trigger's item holds it.
 * @throws {ProviderError} naming what is wrong with it, or its type, when it can't be sent.
 */
export function readMessage(message: unknown, provider: string): OutgoingMessage {
	const given = fieldsOf<{ type: string }>(message);
	// The trigger's name of the type; the fields are the same.
	const type = given.type === 'quickReply' ? 'quick_reply' : given.type;
	const read = parseOutgoing(
		{ contactId: '-', message: { ...given, type } },
		{ channelId: '', idType: 'custom', mId: '', receivedAt: '' },
	);
	if (!read.ok) {
		throw new ProviderError(
			`The message can't be sent with ${provider}: ${read.faults.join('; ')}`,
			"Give the message as the Respond.io Custom Channel Trigger's item holds it.",
		);
	}
	const { message: known } = read.value;
	const words =
		known.type === 'quickReply' ? known.title : 'text' in known ? known.text : undefined;
	if (words?.trim() === '') {
		throw new ProviderError(
			`The message can't be sent with ${provider}: its text is blank`,
			'Filter such messages out before this step, or answer respond.io with Reject.',
		);
	}
	if ('url' in known && !isHttpUrl(known.url)) {
		throw new ProviderError(
			`The attachment can't be sent with ${provider}: its url is no complete http(s) URL: ${shown(known.url)}`,
			'Give the public link of the file, e.g. that of Media: Publish.',
		);
	}
	switch (known.type) {
		case 'text':
		case 'location':
			return known;
		case 'quickReply':
			return { ...known, type: 'quick_reply' };
		case 'other':
			throw new ProviderError(
				`The message type ${shown(originalType(known.original, known.originalType))} can't be sent with ${provider}`,
				'Send it with a step of your own, or answer respond.io with Reject.',
			);
		default:
			return { type: 'attachment', attachment: known };
	}
}

/** An item of the trigger holds an unknown message inside, under the type `other`. */
function originalType(original: Record<string, unknown>, type: string): string {
	return type === 'other' ? (textOf(original.originalType) ?? type) : type;
}

/** A message as plain text, with all that is in it. */
export function messageAsText(message: OutgoingMessage): string {
	switch (message.type) {
		case 'text':
			return message.text;
		case 'attachment': {
			const { description, fileName, url } = message.attachment;
			return joined([description, fileName, url]) ?? url;
		}
		case 'location': {
			const { latitude, longitude, address } = message;
			// https://developers.google.com/maps/documentation/urls/get-started#search-action
			const link = `https://www.google.com/maps/search/?api=1&query=${latitude},${longitude}`;
			return joined([address, link]) ?? link;
		}
		case 'quick_reply':
			return quickReplyAsText(message.title, message.replies);
	}
}

/**
 * A text in parts that fit the provider's limit, none of them blank.
 * @param size The length as the provider counts it: code points, or e.g. `utf16Length` or `byteLength`.
 */
export function splitText(text: string, limit: number, size = codePointLength): string[] {
	const parts = text.trim() === '' ? [] : [text];
	const length = codePointLength(text);
	const needed = size(text);
	if (needed <= limit || length <= 1) return parts;
	const fitting = Math.max(1, Math.min(length - 1, Math.floor((length * limit) / needed)));
	return fitText(text, fitting, 'split').flatMap((part) => splitText(part, limit, size));
}

export function utf16Length(text: string): number {
	return text.length;
}

/** Bytes of UTF-8. */
export function byteLength(text: string): number {
	return Buffer.byteLength(text, 'utf8');
}

/** The MIME type as the message tells it, else as the file name or the link's path does. */
export function mimeTypeOfAttachment(attachment: {
	url: string;
	mimeType?: string;
	fileName?: string;
}): string | undefined {
	const { url, mimeType, fileName } = attachment;
	if (mimeType !== undefined && mimeType.trim() !== '') return essence(mimeType);
	const path = parseUrl(url) !== undefined ? new URL(url).pathname : '';
	return mimeTypeOf(fileName ?? '') ?? mimeTypeOf(path);
}

export function jsonRequest(url: string, body: Record<string, unknown>): ProviderRequest {
	return {
		method: 'POST',
		url,
		headers: { 'content-type': 'application/json' },
		contentType: 'json',
		body,
	};
}

/** @throws {ProviderError} when the setting is missing and has no default. */
export function setting(
	{ settings }: OutgoingContext,
	name: string,
	provider: string,
	fallback?: string,
): string {
	const value = textOf(settings[name])?.trim() ?? fallback;
	if (value !== undefined) return value;
	throw new ProviderError(
		`${provider} needs the setting ${name}`,
		`Add ${name} to the Settings of this step.`,
	);
}

/** The settings' base URL without a slash at its end. */
export function baseUrl(context: OutgoingContext, provider: string, fallback: string): string {
	const url = setting(context, 'baseUrl', provider, fallback);
	if (isHttpUrl(url)) return url.replace(/\/+$/, '');
	throw new ProviderError(
		`The setting baseUrl of ${provider} is no complete http(s) URL: ${shown(url)}`,
		`Leave it out, or write it like ${fallback}.`,
	);
}

export function isHttpUrl(url: string): boolean {
	return /^https?:\/\/[^\s/?#]+/i.test(url) && parseUrl(url) !== undefined;
}

/** What a table holds under a name from outside, which may be `constructor` or the like. */
export function lookUp<Value>(
	table: Readonly<Record<string, Value>>,
	name: string,
): Value | undefined {
	return Object.hasOwn(table, name) ? table[name] : undefined;
}

export function withoutUndefined<Type extends object>(value: Type): Type {
	return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Type;
}

/** Percent-encoded in full, as some providers take links alone; what is so already stays. */
export function encodedUrl(url: string): string {
	return encodeURI(new URL(url).href).replaceAll('%25', '%');
}
