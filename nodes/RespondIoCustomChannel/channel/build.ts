import { z } from 'zod';

import { check, type FieldNames } from './check';
import { decodeContactId, encodeContactId } from './contactId';
import { normaliseContact } from './contact';
import { ChannelError, shown } from './error';
import { fitText, type LongText } from './fit';
import { codePointLength, LIMITS } from './limits';
import { partMessageId, toMessageId } from './messageId';
import { attachmentTypeOf, mimeTypeOf, withExtension } from './mimeTypes';
import {
	ATTACHMENT_TYPES,
	eventSchema,
	messageSchema,
	STATUS_VALUES,
	type AttachmentType,
	type ChannelEvent,
	type Contact,
	type IdType,
	type Message,
	type StatusEvent,
} from './schema';
import { toTimestamp, type TimestampContext } from './timestamp';
import { parseUrl } from './url';
import { wellFormed } from './wellFormed';

/** What building needs to know besides the values. */
export interface BuildContext extends TimestampContext {
	idType: IdType;
}

export type LocationKey = 'both' | 'longitude' | 'longtitude';

/** A message as people fill it in. */
export type MessageInput =
	| { type: 'text'; text: string }
	| {
			type: 'attachment';
			url: string;
			/** Left out, or `detect`: judged by the MIME type, the file name, or the URL's path. */
			attachmentType?: string;
			fileName?: string;
			mimeType?: string;
			description?: string;
	  }
	| { type: 'location'; latitude: unknown; longitude: unknown; address?: string }
	| { type: 'quickReply'; title: string; replies: unknown };

export interface MessageOptions {
	longText: LongText;
	locationKey: LocationKey;
}

const NAMES: FieldNames = {
	attachment: 'Attachment',
	'attachment.url': 'Attachment URL',
	'attachment.mimeType': 'MIME Type',
	'attachment.fileName': 'File Name',
	'attachment.description': 'Description',
	latitude: 'Latitude',
	longitude: 'Longitude',
	address: 'Address',
	title: 'Title',
	replies: 'Replies',
	'replies.*': 'Reply',
};

/** @throws {ChannelError} naming every fault by what the node calls its field. */
function checkMessage(message: unknown): Message {
	const hint = 'Change the value, or shorten it by an expression.';
	return check(messageSchema, message, hint, NAMES);
}

/**
 * The messages that one input becomes: several where a text is split, or where a caption can't stay at its attachment.
 * @throws {ChannelError} naming every fault, before anything is sent.
 */
export function buildMessages(given: MessageInput, options: MessageOptions): Message[] {
	const input = wellFormed(given);
	switch (input.type) {
		case 'text':
			return textMessages(input.text, options.longText);
		case 'attachment':
			return attachmentMessages(input, options.longText);
		case 'location':
			return [locationMessage(input, options.locationKey)];
		case 'quickReply':
			return [
				checkMessage({
					type: 'quick_reply',
					title: input.title,
					replies: toReplies(input.replies),
				}),
			];
		default:
			throw new ChannelError(
				`The Message Type ${shown((input as { type: unknown }).type)} is not known`,
				'Choose text, attachment, location or quickReply.',
			);
	}
}

function textMessages(text: string, longText: LongText): Message[] {
	if (text.trim() === '') {
		throw new ChannelError(
			'The Text is empty',
			'respond.io shows no empty messages. If the item has no text on purpose, filter it out before this step.',
		);
	}
	// A part of white space alone would be refused, and shows nothing.
	return fitText(text, LIMITS.text, longText)
		.filter((part) => part.trim() !== '')
		.map((part) => ({ type: 'text', text: part }));
}

function attachmentMessages(
	input: MessageInput & { type: 'attachment' },
	longText: LongText,
): Message[] {
	const description = input.description?.trim() ?? '';
	const fileName = input.fileName?.trim() ?? '';
	const url = input.url.trim();
	const mimeType =
		input.mimeType?.trim() || mimeTypeOf(fileName) || mimeTypeOf(pathOf(url)) || undefined;
	const type = toAttachmentType(input.attachmentType, mimeType);
	const captioned =
		type === 'image' && description !== '' && codePointLength(description) <= LIMITS.description;
	const attachment = checkMessage({
		type: 'attachment',
		attachment: {
			type,
			url,
			...(mimeType !== undefined && { mimeType }),
			...(fileName !== '' && { fileName: withExtension(fileName, mimeType) }),
			...(captioned && { description }),
		},
	});
	return captioned || description === ''
		? [attachment]
		: [attachment, ...textMessages(description, longText)];
}

function toAttachmentType(given: string | undefined, mimeType: string | undefined): AttachmentType {
	if (given === undefined || given === '' || given === 'detect') {
		return mimeType === undefined ? 'file' : attachmentTypeOf(mimeType);
	}
	const type = ATTACHMENT_TYPES.find((each) => each === given);
	if (type !== undefined) return type;
	throw new ChannelError(
		`The Attachment Type ${shown(given)} is not known`,
		`Choose ${ATTACHMENT_TYPES.join(', ')} or detect.`,
	);
}

function pathOf(url: string): string {
	return parseUrl(url) !== undefined ? new URL(url).pathname : '';
}

function locationMessage(
	{ latitude, longitude, address }: MessageInput & { type: 'location' },
	key: LocationKey,
): Message {
	const degrees = toNumber(longitude);
	const location = {
		type: 'location',
		latitude: toNumber(latitude),
		...(key !== 'longtitude' && { longitude: degrees }),
		...(key !== 'longitude' && { longtitude: degrees }),
		...(address !== undefined && address.trim() !== '' && { address: address.trim() }),
	};
	// Told once, by the name that people know, whatever key it is sent under.
	checkMessage({ ...location, longitude: degrees, longtitude: undefined });
	return location as Message;
}

/** What is no number stays as it is, for the error to show. */
function toNumber(value: unknown): unknown {
	if (typeof value !== 'string' || value.trim() === '') return value;
	const number = Number(value);
	return Number.isNaN(number) ? value : number;
}

/** From a list, its JSON (as models write it), or a text with one reply a line; without blanks. The check refuses what is no text. */
function toReplies(replies: unknown): unknown[] {
	const list: unknown[] =
		typeof replies === 'string' ? (jsonList(replies) ?? replies.split('\n')) : [replies].flat();
	return list
		.map((reply) =>
			typeof reply === 'string' || typeof reply === 'number' ? String(reply).trim() : (reply ?? ''),
		)
		.filter((reply) => reply !== '');
}

function jsonList(text: string): unknown[] | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return Array.isArray(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

export interface EventInput {
	kind: 'message' | 'message_echo';
	/** Of any length; encoded here. */
	messageId: string;
	timestamp: unknown;
}

/** Events of one message in its parts, with the ids of `partMessageId`. */
export function messageEvents(
	{ kind, messageId, timestamp }: EventInput,
	messages: readonly Message[],
	context: BuildContext,
): ChannelEvent[] {
	const time = toTimestamp(timestamp, context);
	return messages.map((message, part) => ({
		type: kind,
		mId: partMessageId(messageId, part),
		timestamp: time,
		message,
	}));
}

export interface StatusInput {
	messageId: string;
	status: string;
	errorMessage?: string;
	timestamp: unknown;
}

/** @throws {ChannelError} when the status is not known, or a failure has no reason. */
export function statusEvent(input: StatusInput, context: BuildContext): StatusEvent {
	const value = STATUS_VALUES.find((each) => each === input.status.trim().toLowerCase());
	if (value === undefined) {
		throw new ChannelError(
			`The Status ${shown(input.status)} is not known`,
			`respond.io knows ${STATUS_VALUES.join(', ')}. Map the provider's own word to one of them by an expression.`,
		);
	}
	const message = wellFormed(input.errorMessage ?? '').trim();
	if (value === 'failed' && message === '') {
		throw new ChannelError(
			'The Error Message is empty, but respond.io requires one with the status failed',
			"Give the provider's reason, or a sentence of your own: agents read it.",
		);
	}
	return {
		type: 'message_status',
		mId: toMessageId(input.messageId),
		timestamp: toTimestamp(input.timestamp, context),
		status: { value, ...(value === 'failed' && { message }) },
	};
}

export interface WholeEvents {
	/** Encoded. */
	contactId: string;
	contact?: Contact;
	events: ChannelEvent[];
}

/**
 * Events that come as JSON in the protocol's own form: `{contactId, events, contact?}`, or one event with its
 * `contactId`. Ids, times and the contact are normalised like those of fields; a contact's id may be encoded already, a
 * missing timestamp is now, `mld` is read as mId, nulls are left out. `channelId` is the credential's and ignored here.
 * @param kind Of events that name none, and of all that are taken; `message` takes the others too.
 * @throws {ChannelError} naming every fault.
 */
export function parseWholeEvents(
	given: unknown,
	kind: ChannelEvent['type'],
	context: BuildContext,
): WholeEvents {
	const body = toObject(given, 'The Event (JSON)');
	const { contactId, contact, events = [body] } = body;
	if (!Array.isArray(events) || events.length === 0) {
		throw new ChannelError('The Event (JSON) has no events', WHOLE_EVENT);
	}
	const person =
		contact === undefined
			? undefined
			: normaliseContact(toObject(contact, 'The contact'), context.now);
	const drafts = events.map((event: unknown, index) => wholeEvent(event, index, kind, context));
	// Often one of our own requests, sent again: encoded once more, its id would be another contact's.
	const providerId = decodeContactId(idOf(contactId, 'contactId'), 'custom');
	return {
		contactId: encodeContactId(providerId, context.idType),
		...(person !== undefined && { contact: person }),
		events: check(
			z.object({ events: z.array(eventSchema) }),
			{ events: drafts },
			'Change it in the Event (JSON). A message is of type text, attachment, location or quick_reply; of a status, only value and message are read.',
		).events,
	};
}

const WHOLE_EVENT =
	'Give an object with contactId and events, or one event that holds its contactId.';

/** An event with its id, time and type in order; its message and status as they came, of which the schema keeps one. */
function wholeEvent(
	given: unknown,
	index: number,
	kind: ChannelEvent['type'],
	context: BuildContext,
): unknown {
	const event = toObject(given, `events.${index}`);
	const { type = kind, mId, mld, timestamp, message, status } = event;
	// What one of our own requests holds can be sent again by one step, whatever it is.
	if (type !== kind && kind !== 'message') {
		throw new ChannelError(
			`events.${index}.type is ${shown(type)}, but this operation posts ${shown(kind)}`,
			'Choose the operation for this type, or change the type.',
		);
	}
	return {
		type,
		mId: toMessageId(idOf(mId ?? mld, `events.${index}.mId`)),
		timestamp: toTimestamp(timestamp, context),
		message,
		status,
	};
}

/** An id as a text; blank where there is none. */
function idOf(id: unknown, where: string): string {
	if (id === undefined) return '';
	if (typeof id === 'string') return id.trim();
	if (Number.isSafeInteger(id)) return String(id);
	throw new ChannelError(
		`${where} must be a text (${shown(id)} given)`,
		'Write the ID in quotation marks: numbers of more than 15 digits lose their last ones.',
	);
}

/** An object, given as one or as its JSON text; without nulls, which have lost messages. */
function toObject(given: unknown, name: string): Record<string, unknown> {
	let value = given;
	if (typeof given === 'string') {
		try {
			value = JSON.parse(given);
		} catch {
			value = undefined;
		}
	}
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
		return withoutNulls(value) as Record<string, unknown>;
	}
	throw new ChannelError(`${name} is not a JSON object: ${shown(given)}`, WHOLE_EVENT);
}

function withoutNulls(value: unknown): unknown {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([, each]) => each !== null && each !== undefined)
			.map(([key, each]) => [key, withoutNulls(each)]),
	);
}
