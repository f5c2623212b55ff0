import { z } from 'zod';

import { faultsOf } from './check';
import { decodeContactId } from './contactId';
import { attachmentTypeOf } from './mimeTypes';
import { ATTACHMENT_TYPES, type AttachmentType, type IdType } from './schema';

/** The trigger's message types, in the order of its outputs. */
export const MESSAGE_TYPES = [
	'text',
	'image',
	'video',
	'audio',
	'file',
	'location',
	'quickReply',
	'other',
] as const;
export type OutgoingType = (typeof MESSAGE_TYPES)[number];

/** An agent's message as the trigger's item holds it. */
export type OutgoingItemMessage =
	| { type: 'text'; text: string }
	| {
			type: AttachmentType;
			url: string;
			mimeType?: string;
			fileName?: string;
			description?: string;
	  }
	| { type: 'location'; latitude: number; longitude: number; address?: string }
	| { type: 'quickReply'; title: string; replies: string[] }
	/** A type that this package does not know yet: its own name, and the message as it came. */
	| { type: 'other'; originalType: string; original: Record<string, unknown> };

export interface OutgoingItem {
	channelId: string;
	/** As respond.io writes it. */
	contactId: string;
	/** The provider's own id of the customer: decoded. */
	providerContactId: string;
	mId: string;
	/** ISO 8601. */
	receivedAt: string;
	message: OutgoingItemMessage;
	/** The body as it came, with all fields that are not known. */
	raw: Record<string, unknown>;
}

export interface OutgoingContext {
	/** Of the credential; stands for a missing one. */
	channelId: string;
	idType: IdType;
	mId: string;
	/** ISO 8601. */
	receivedAt: string;
}

export type Parsed = { ok: true; value: OutgoingItem } | { ok: false; faults: string[] };

type Fields = Readonly<Record<string, unknown>>;

/** What is no text counts as left out: the message is of use without it. */
const optional = z.string().min(1).optional().catch(undefined);
const filled = z.string({ message: 'is required, as a text' }).min(1, 'must not be empty');
const number = z.number({ message: 'is required, as a number' }).finite('must be a number');

const envelopeSchema = z.object({
	channelId: z.string({ message: 'must be a text' }).nullish(),
	contactId: filled,
	message: z.object({ type: filled }, { message: 'is required, as an object' }),
});
const textSchema = z.object({ text: filled });
const attachmentSchema = z.object({
	url: filled,
	mimeType: optional,
	fileName: optional,
	description: optional,
});
const locationSchema = z.object({ latitude: number, longitude: number, address: optional });
const quickReplySchema = z.object({
	title: filled,
	replies: z
		.array(filled, { message: 'is required, as a list of texts' })
		.min(1, 'must have at least one reply'),
});

/**
 * Reads what respond.io sends us. Tolerant where programs differ: a missing channelId, both spellings of longitude, a
 * nested location, numbers as texts, a flat attachment, unknown fields (kept in `raw`) and types (`other`). No limit is
 * checked: respond.io keeps its own. Never throws, whatever the JSON.
 */
export function parseOutgoing(body: unknown, context: OutgoingContext): Parsed {
	if (!isObject(body)) return { ok: false, faults: ['the body must be a JSON object'] };
	const ids = { channelId: textOf(body.channelId), contactId: textOf(body.contactId) };
	const envelope = read(envelopeSchema, { ...ids, message: body.message });
	const message = isTyped(body.message) ? readMessage(body.message) : undefined;
	if (!envelope.ok || message?.ok !== true) {
		return { ok: false, faults: [envelope, message].flatMap((part) => faultsIn(part)) };
	}
	const { channelId, contactId } = envelope.value;
	return {
		ok: true,
		value: {
			channelId: channelId || context.channelId,
			contactId,
			providerContactId: decodeContactId(contactId, context.idType),
			mId: context.mId,
			receivedAt: context.receivedAt,
			message: message.value,
			raw: body,
		},
	};
}

type Read<Value> = { ok: true; value: Value } | { ok: false; faults: string[] };

function read<Schema extends z.ZodTypeAny>(
	schema: Schema,
	value: unknown,
	where = '',
): Read<z.output<Schema>> {
	const result = schema.safeParse(value);
	if (result.success) return { ok: true, value: result.data as z.output<Schema> };
	const faults = faultsOf(result.error.issues, value);
	return { ok: false, faults: faults.map((fault) => `${where}${fault}`) };
}

function faultsIn(result: Read<unknown> | undefined): string[] {
	return result === undefined || result.ok ? [] : result.faults;
}

function readMessage(message: Typed): Read<OutgoingItemMessage> {
	switch (message.type) {
		case 'text':
			return typed('text', read(textSchema, message, 'message.'));
		case 'attachment':
		case 'image':
		case 'video':
		case 'audio':
		case 'file': {
			const nested = isObject(message.attachment);
			const attachment = nested ? (message.attachment as Fields) : message;
			const where = nested || message.type === 'attachment' ? 'message.attachment.' : 'message.';
			const result = read(attachmentSchema, attachment, where);
			return typed(kindOf([attachment.type, message.type], attachment.mimeType), result);
		}
		case 'location': {
			const nested = isObject(message.location);
			const place = nested ? (message.location as Fields) : message;
			const location = {
				...place,
				latitude: numberOf(place.latitude),
				longitude: numberOf(place.longitude ?? place.longtitude),
			};
			return typed(
				'location',
				read(locationSchema, location, nested ? 'message.location.' : 'message.'),
			);
		}
		case 'quick_reply':
			return typed(
				'quickReply',
				read(quickReplySchema, { ...message, replies: repliesOf(message.replies) }, 'message.'),
			);
		default:
			return {
				ok: true,
				value: { type: 'other', originalType: message.type, original: { ...message } },
			};
	}
}

/** The first of the types that is one, else that of the file. */
function kindOf(types: readonly unknown[], mimeType: unknown): AttachmentType {
	const known = types
		.map((type) => ATTACHMENT_TYPES.find((each) => each === type))
		.find((type) => type !== undefined);
	return known ?? attachmentTypeOf(typeof mimeType === 'string' ? mimeType : '');
}

/** Puts our name of the type first, and leaves out what is undefined. */
function typed(type: OutgoingType, result: Read<object>): Read<OutgoingItemMessage> {
	if (!result.ok) return result;
	const given = Object.entries(result.value).filter(([, value]) => value !== undefined);
	return { ok: true, value: { type, ...Object.fromEntries(given) } as OutgoingItemMessage };
}

type Typed = Record<string, unknown> & { type: string };

function isTyped(message: unknown): message is Typed {
	return isObject(message) && typeof message.type === 'string' && message.type !== '';
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): unknown {
	return typeof value === 'number' || typeof value === 'string' ? String(value).trim() : value;
}

/** Without blanks, which no provider could show; numbers as texts. */
function repliesOf(replies: unknown): unknown {
	if (!Array.isArray(replies)) return replies;
	return replies
		.map((reply: unknown) => (typeof reply === 'number' ? String(reply) : reply))
		.filter((reply) => reply !== null && !(typeof reply === 'string' && reply.trim() === ''));
}

function numberOf(value: unknown): unknown {
	return typeof value === 'string' && /^\s*[+-]?\d+(\.\d+)?\s*$/.test(value)
		? Number(value)
		: value;
}

/** A quick reply for providers without buttons: the title, then the replies, numbered. */
export function quickReplyAsText(title: string, replies: readonly string[]): string {
	return [title, '', ...replies.map((reply, index) => `${index + 1}. ${reply}`)].join('\n');
}
