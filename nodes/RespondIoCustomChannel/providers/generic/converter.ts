import { ChannelError } from '../../channel/error';
import { attachmentTypeOf } from '../../channel/mimeTypes';
import { NO_REASON } from '../../channel/reason';
import type { AttachmentType, StatusValue } from '../../channel/schema';
import { messageIn } from '../../channel/words';
import { contactOf } from '../kit/contact';
import {
	combined,
	eachOf,
	type EventBase,
	ignored,
	messageEvents,
	ownEcho,
	statusEvents,
	withDownloads,
} from '../kit/incoming';
import { mimeTypeOfAttachment, readMessage } from '../kit/message';
import { attachmentParts, locationParts, type Part, textParts } from '../kit/parts';
import {
	bodyOf,
	fieldsOf,
	foreign,
	idOf,
	isObject,
	lookUp,
	required,
	textOf,
	timeOf,
	withoutUndefined,
} from '../kit/payload';
import { failureReason } from '../kit/reasons';
import { readReference } from '../kit/reference';
import { isHttpUrl, jsonRequest } from '../kit/request';
import { isRequest, isTold, readResponse } from '../kit/response';
import { setting } from '../kit/settings';
import type {
	Converter,
	Incoming,
	IncomingContext,
	OutgoingContext,
	OutgoingMessage,
	ProviderRequest,
	ProviderResponse,
} from '../provider';
import { GENERIC_ERROR_FIELDS, GENERIC_ID_FIELDS } from './paths';

/**
 * A plain JSON form for any provider that has no file of its own: map its webhook to this, and this to its API.
 *
 * In, one event, a list of them, or `{ events: [...] }`:
 *
 *     { event: 'message', id, from: { id, name }, type, text, url, fileName, mimeType, latitude, longitude, address,
 *       timestamp }
 *     { event: 'echo', id, to: { id, name }, type, … }
 *     { event: 'status', id, to, status: 'sent' | 'delivered' | 'read' | 'failed', error, reference, timestamp }
 *
 * `type` is text, image, video, audio, file or location; left out, it follows from the fields. `from` and `to` are an
 * object or the id alone, and always the customer. `timestamp` is of any common form, or left out for now. `text` with
 * a file is its caption. `reference` is what the request held that sent the message, where it held one.
 *
 * Out, POST to the setting `url`: `{ to, type, text?, url?, fileName?, mimeType?, latitude?, longitude?, address?,
 * title?, buttons?, reference? }`, type `buttons` for quick replies; the answer holds the message's `id`. Each request has
 * a `reference`. A provider that gives it back, in its answer, its statuses and its echoes, has the statuses of all parts
 * shown at the one message, and its echoes of what we sent known without a memory; of one that does not, the statuses of
 * the last part are shown, and the ids are remembered.
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: readGeneric,
};

interface GenericEvent {
	event: string;
	id: string;
	messageId: string;
	from: GenericParty | string;
	to: GenericParty | string;
	contactId: string;
	type: string;
	text: string;
	caption: string;
	url: string;
	fileId: string;
	fileName: string;
	mimeType: string;
	latitude: number;
	longitude: number;
	address: string;
	timestamp: number | string;
	status: string;
	/** What the request that sent it carried, in a status or an echo. */
	reference: string;
	error: string | { message: string };
}

interface GenericParty {
	id: string;
	name: string;
	firstName: string;
	lastName: string;
	email: string;
	phone: string;
	language: string;
	profilePic: string;
}

const NAME = 'generic JSON';

const EVENTS: Readonly<Record<string, 'message' | 'message_echo' | 'status'>> = {
	message: 'message',
	echo: 'message_echo',
	message_echo: 'message_echo',
	status: 'status',
	message_status: 'status',
	receipt: 'status',
};

const STATUSES: Readonly<Record<string, StatusValue>> = {
	sent: 'sent',
	delivered: 'delivered',
	read: 'read',
	seen: 'read',
	failed: 'failed',
	error: 'failed',
	rejected: 'failed',
	undelivered: 'failed',
};

/** The words of many APIs; `ptt` and `ptv` (push to talk) are those of bridges to WhatsApp. */
const ATTACHMENTS: Readonly<Record<string, AttachmentType>> = {
	image: 'image',
	photo: 'image',
	picture: 'image',
	sticker: 'image',
	gif: 'image',
	video: 'video',
	ptv: 'video',
	audio: 'audio',
	voice: 'audio',
	ptt: 'audio',
	file: 'file',
	document: 'file',
};

function incoming(payload: unknown, context: IncomingContext): Incoming {
	const body = bodyOf(payload);
	return withDownloads(readBody(body, context.now), context.binary);
}

function readBody(body: unknown, now: number): Incoming {
	const read = (event: unknown) => readEvent(event, now);
	if (Array.isArray(body)) return combined(eachOf(body, '', read), 'empty list');
	if (isObject(body) && Array.isArray(body.events)) {
		return combined(eachOf(body.events, 'events', read), 'empty list');
	}
	return read(body);
}

function readEvent(value: unknown, now: number): Incoming {
	const event = fieldsOf<GenericEvent>(value);
	const name = textOf(event.event)?.trim().toLowerCase();
	const looksLikeStatus = event.status !== undefined && event.text === undefined;
	const kind = name === undefined ? (looksLikeStatus ? 'status' : 'message') : lookUp(EVENTS, name);
	if (kind === undefined) return ignored(name ?? '');
	const messageOf = idOf(event.id) ?? idOf(event.messageId);
	// Without an event's name, only an id makes it ours.
	if (name === undefined && messageOf === undefined) throw foreign(NAME, value);

	const side = kind === 'message' ? 'from' : 'to';
	const party = fieldsOf<GenericParty>(event[side]);
	const base = {
		contactId: required(
			idOf(party.id) ?? idOf(event[side]) ?? idOf(event.contactId),
			NAME,
			`${side}.id`,
		),
		messageId: required(messageOf, NAME, 'id'),
		timestamp: timeOf(event.timestamp, now),
	};
	if (kind === 'status') return readStatus(event, base);
	if (kind === 'message_echo' && readReference(event.reference) !== undefined) return ownEcho();
	const contact = contactOf(
		{
			firstName: party.firstName ?? party.name,
			lastName: party.lastName,
			email: party.email,
			phone: party.phone,
			language: party.language,
			profilePic: party.profilePic,
		},
		now,
	);
	const mayBeOurs = kind === 'message_echo' ? true : undefined;
	return messageEvents(kind, { ...base, contact, mayBeOurs }, partsOf(event));
}

type Event = ReturnType<typeof fieldsOf<GenericEvent>>;

function readStatus(event: Event, base: EventBase): Incoming {
	const word = required(textOf(event.status), NAME, 'status').trim().toLowerCase();
	const value = lookUp(STATUSES, word);
	if (value === undefined) return ignored(`status ${word}`);
	const reason = failureReason('The provider', { theirs: textOf(messageIn(event.error)) });
	return statusEvents(base, value, reason, event.reference);
}

function partsOf(event: Event): Part[] {
	const type = textOf(event.type)?.trim().toLowerCase() ?? '';
	const mimeType = textOf(event.mimeType);
	const url = textOf(event.url)?.trim();
	const fileId = idOf(event.fileId);
	const place = locationParts(event.latitude, event.longitude, event.address);
	if (url !== undefined || fileId !== undefined) {
		const file = { url: url ?? '', mimeType, fileName: textOf(event.fileName) };
		const attachment = {
			type: lookUp(ATTACHMENTS, type) ?? attachmentTypeOf(mimeTypeOfAttachment(file) ?? ''),
			source: url === undefined ? { fileId: fileId as string } : { url },
			mimeType,
			fileName: event.fileName,
		};
		return attachmentParts(attachment, event.text ?? event.caption);
	}
	if (place.length > 0) return [...place, ...textParts(event.text, 'text')];
	if (type !== '' && type !== 'text') {
		// Of a type that is not known the text is shown; without one, that something came.
		return textParts(event.text ?? event.caption ?? `[${type}]`);
	}
	return textParts(event.text);
}

function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const url = setting(context, 'url', NAME);
	if (!isHttpUrl(url)) {
		throw new ChannelError(
			`The setting url of ${NAME} is no complete http(s) URL`,
			'Write the address that takes the messages, like https://chat.example.com/api/messages.',
		);
	}
	return bodies(readMessage(message, NAME)).map((body, index, { length }) => {
		// Also where it is the only one: an echo that brings it back needs no memory of what was sent.
		const reference = context.reference?.(index + 1, length);
		return jsonRequest(url, withoutUndefined({ to: contactId, ...body, reference }));
	});
}

function bodies(message: OutgoingMessage): Array<Record<string, unknown>> {
	switch (message.type) {
		case 'text':
			return [{ type: 'text', text: message.text }];
		case 'attachment': {
			const { type, url, fileName, mimeType, description } = message.attachment;
			const caption = textOf(description);
			// A picture has its caption with it; a chat that shows other files shows none, so it follows.
			const isImage = type === 'image';
			return [
				{ type, url, fileName, mimeType, text: isImage ? caption : undefined },
				...(caption === undefined || isImage ? [] : [{ type: 'text', text: caption }]),
			];
		}
		case 'location': {
			const { latitude, longitude, address } = message;
			return [{ type: 'location', latitude, longitude, address }];
		}
		case 'quick_reply':
			return [{ type: 'buttons', title: message.title, buttons: message.replies }];
	}
}

/** Words by which APIs say with a status code of success that they failed. */
const FAILED = ['error', 'fail', 'failed', 'failure', 'rejected'];

function readGeneric(
	response: unknown,
	{ idField, errorField }: Readonly<Record<string, string>> = {},
): ProviderResponse {
	return readResponse(response, {
		displayName: 'The provider',
		taken(body) {
			if (!mayBeSuccess(body)) return undefined;
			const messageId = valuesAt(body, idField ?? GENERIC_ID_FIELDS)
				.map(idOf)
				.find(isThere);
			const { reference } = fieldsOf<{ reference: string }>(body);
			return {
				...(messageId !== undefined && { messageId }),
				...(readReference(reference) === undefined && { carriesReference: false as const }),
			};
		},
		refused(body) {
			const error = valuesAt(body, errorField ?? GENERIC_ERROR_FIELDS).find(isTold);
			if (error !== undefined) return messageIn(error === true ? body : error) ?? String(error);
			const { ok, success, status } = fieldsOf<{ ok: boolean; success: boolean; status: string }>(
				body,
			);
			const word = textOf(status)?.toLowerCase() ?? '';
			if (ok !== false && success !== false && !FAILED.includes(word)) return undefined;
			return messageIn(body) ?? NO_REASON;
		},
	});
}

/** A text that is no web page, or an object: any such body of a successful request says that it was taken. */
function mayBeSuccess(body: unknown): boolean {
	if (typeof body === 'string') return !body.trim().startsWith('<');
	if (Array.isArray(body)) return body.length > 0;
	return isObject(body) && !isRequest(body);
}

/** What is at the paths (`data.id, messages.0.id`), in their order. */
function valuesAt(body: unknown, paths: string): unknown[] {
	return paths.split(',').map((path) =>
		path
			.trim()
			.split('.')
			.reduce<unknown>(
				(value, key) =>
					typeof value === 'object' && value !== null && Object.hasOwn(value, key)
						? (value as Record<string, unknown>)[key]
						: undefined,
				body,
			),
	);
}

function isThere<Value>(value: Value | undefined): value is Value {
	return value !== undefined;
}
