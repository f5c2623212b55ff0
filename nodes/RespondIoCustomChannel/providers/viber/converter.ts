import { ChannelError } from '../../channel/error';
import { codePointLength, LIMITS } from '../../channel/limits';
import { mimeTypeOf } from '../../channel/mimeTypes';
import type { AttachmentType, StatusValue } from '../../channel/schema';
import { contactOf } from '../kit/contact';
import { ignored, messageEvents, statusEvents } from '../kit/incoming';
import { messageAsText, readMessage } from '../kit/message';
import { attachmentParts, contactCard, locationParts, type Part, textParts } from '../kit/parts';
import {
	bodyOf,
	type Fields,
	fieldsOf,
	foreign,
	idOf,
	joined,
	lookUp,
	numberOf,
	required,
	textOf,
	timeOf,
	withoutUndefined,
} from '../kit/payload';
import { failureReason } from '../kit/reasons';
import { jsonRequest } from '../kit/request';
import { readResponse } from '../kit/response';
import { baseUrl, setting } from '../kit/settings';
import { byteLength, splitText, utf16Length } from '../kit/text';
import type {
	Converter,
	Incoming,
	IncomingContext,
	OutgoingContext,
	OutgoingMessage,
	ProviderRequest,
} from '../provider';

/**
 * Viber's REST Bot API (https://developers.viber.com/docs/api/rest-bot-api/). In: a callback, from the Webhook node. The
 * contact is the user's id at the bot. A message's id is its token as JavaScript reads the number: tokens exceed 2^53, so
 * the Webhook and HTTP Request nodes round them, both alike. Links of files end after an hour.
 *
 * Out: the token goes into the header `X-Viber-Auth-Token` (Header Auth). Viber answers 200 to what it refuses, with a
 * `status` other than 0 and the reason in `status_message`. Settings: `senderName` (required, up to 28 characters),
 * `senderAvatar` (link of a picture), `baseUrl` (default https://chatapi.viber.com), and `fileSize`: the bytes of the
 * attachment, as the Content-Length of a HEAD request tells. Viber demands it for videos and files; without, their links
 * are sent. Receipts carry no reference (`tracking_data` comes back with the customer's next message alone): a message of
 * several requests has the id of the last.
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: (response) => readResponse(response, { displayName: NAME, taken, refused }),
};

const NAME = 'Viber';

const LIMIT = {
	text: 7000,
	caption: 768,
	senderName: 28,
	button: 250,
	/** Of a whole request, in bytes; the text leaves room for the rest. */
	request: 30_000,
	textBytes: 27_700,
	videoBytes: 26 * 1024 * 1024,
	fileBytes: 50 * 1024 * 1024,
} as const;

interface Callback {
	event: string;
	timestamp: number;
	message_token: number;
	user_id: string;
	desc: string;
	sender: unknown;
	message: unknown;
}

const STATUSES: Readonly<Record<string, StatusValue>> = {
	delivered: 'delivered',
	seen: 'read',
	failed: 'failed',
};

function incoming(payload: unknown, { now }: IncomingContext): Incoming {
	const body = bodyOf(payload);
	const callback = fieldsOf<Callback>(body);
	const event = textOf(callback.event);
	if (event === undefined) throw foreign(NAME, body);
	if (event === 'message') return readCallback(callback, now);
	const status = lookUp(STATUSES, event);
	// The webhook was set, somebody subscribed, opened the chat, left or paid.
	return status === undefined ? ignored(event) : readStatus(callback, status, now);
}

/** The one form of message ids, in messages, statuses and answers: rounded as by JSON.parse, also when given as a text. */
function tokenOf(value: unknown): string | undefined {
	const token = idOf(value);
	return token !== undefined && /^\d{1,20}$/.test(token) ? String(Number(token)) : token;
}

function readStatus(callback: Fields<Callback>, value: StatusValue, now: number): Incoming {
	return statusEvents(
		{
			contactId: required(idOf(callback.user_id), NAME, 'user_id'),
			messageId: required(tokenOf(callback.message_token), NAME, 'message_token'),
			timestamp: timeOf(callback.timestamp, now),
		},
		value,
		failureReason(NAME, { theirs: textOf(callback.desc) }),
	);
}

interface Sender {
	id: string;
	name: string;
	avatar: string;
	country: string;
	language: string;
}

function readCallback(callback: Fields<Callback>, now: number): Incoming {
	const { id, name, avatar, country, language } = fieldsOf<Sender>(callback.sender);
	return messageEvents(
		'message',
		{
			contactId: required(idOf(id), NAME, 'sender.id'),
			messageId: required(tokenOf(callback.message_token), NAME, 'message_token'),
			timestamp: timeOf(callback.timestamp, now),
			contact: contactOf(
				{ firstName: name, profilePic: avatar, countryCode: country, language },
				now,
			),
		},
		partsOf(callback.message),
	);
}

interface ViberMessage {
	type: string;
	text: string;
	media: string;
	file_name: string;
	sticker_id: number;
	location: unknown;
	contact: unknown;
}

const FILES: Readonly<Record<string, AttachmentType>> = {
	picture: 'image',
	sticker: 'image',
	video: 'video',
	file: 'file',
};

function partsOf(given: unknown): Part[] {
	const message = fieldsOf<ViberMessage>(given);
	const type = textOf(message.type) ?? 'text';
	const { lat, lon } = fieldsOf<{ lat: number; lon: number }>(message.location);
	const { name, phone_number } = fieldsOf<{ name: string; phone_number: string }>(message.contact);
	const parts = [
		...fileParts(lookUp(FILES, type), message),
		...locationParts(lat, lon),
		...textParts(contactCard([name, phone_number]), 'contact'),
	];
	if (parts.length > 0) return parts;
	const text = textParts(joined([message.text, message.media]));
	const [label] = textParts(joined([`[${type}]`, message.sticker_id], ' '));
	return text.length > 0 || type === 'text' ? text : [label];
}

function fileParts(type: AttachmentType | undefined, message: Fields<ViberMessage>): Part[] {
	const url = textOf(message.media)?.trim();
	if (type === undefined || url === undefined) return [];
	return attachmentParts({ type, source: { url }, fileName: message.file_name }, message.text);
}

function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const url = `${baseUrl(context, NAME, 'https://chatapi.viber.com')}/pa/send_message`;
	const receiver = contactId.trim();
	if (!/^[A-Za-z0-9+/_-]{10,}={0,2}$/.test(receiver) || /^\+?\d+$/.test(receiver)) {
		throw new ChannelError(
			"The contact id is none of Viber: it must be a user's id like 01234567890A=",
			"Use the providerContactId of the trigger's item.",
		);
	}
	const sender = senderOf(context);
	const size = numberOf(context.settings.fileSize);
	const room = LIMIT.request - bytesOf({ receiver, sender });
	return contents(readMessage(message, NAME), size, room).map((content) =>
		jsonRequest(url, { receiver, sender, ...content }),
	);
}

function senderOf(context: OutgoingContext): Record<string, string> {
	const name = setting(context, 'senderName', NAME);
	const length = codePointLength(name);
	if (length > LIMIT.senderName) {
		throw new ChannelError(
			`The setting senderName of Viber has ${length} characters, of ${LIMIT.senderName} at most`,
			'Shorten it: customers see it as the name of the chat.',
		);
	}
	const avatar = textOf(context.settings.senderAvatar)?.trim();
	return withoutUndefined({ name, avatar } as Record<string, string>);
}

type Content = Record<string, unknown>;

function contents(message: OutgoingMessage, size: number | undefined, room: number): Content[] {
	switch (message.type) {
		case 'text':
			return texts(message.text);
		case 'attachment':
			return attachmentContents(message, size);
		case 'location': {
			const location = { lat: message.latitude, lon: message.longitude };
			return [{ type: 'location', location }, ...texts(message.address ?? '')];
		}
		case 'quick_reply': {
			const keyboard = { Type: 'keyboard', Buttons: message.replies.map(buttonOf) };
			const parts = texts(message.title);
			const last = { ...parts[parts.length - 1], keyboard };
			const isPossible =
				keyboard.Buttons.every(({ Text }) => utf16Length(Text) <= LIMIT.button) &&
				bytesOf(last) <= room;
			return isPossible ? [...parts.slice(0, -1), last] : texts(messageAsText(message));
		}
	}
}

/** A tap sends ActionBody as the customer's own message; Text may hold HTML, so what would read as such is escaped. */
function buttonOf(reply: string) {
	const Text = reply.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
	return { Columns: 6, Rows: 1, ActionType: 'reply', ActionBody: reply, Text };
}

function texts(text: string): Content[] {
	return splitText(text, LIMIT.text, sizeOf).map((part) => ({ type: 'text', text: part }));
}

/** UTF-16 units, or the share of the bytes where that is more. */
function sizeOf(text: string): number {
	const share = LIMIT.text / LIMIT.textBytes;
	return Math.max(utf16Length(text), Math.ceil(bytesOf(text) * share));
}

function bytesOf(value: unknown): number {
	return byteLength(JSON.stringify(value));
}

/** Viber goes by the last part of the link: a file without an extension there, or of another type, goes as a link. */
function attachmentContents(
	message: OutgoingMessage & { type: 'attachment' },
	size: number | undefined,
): Content[] {
	const { type, url, fileName, description } = message.attachment;
	const path = new URL(url).pathname;
	const mimeType = mimeTypeOf(path) ?? '';
	const caption = textOf(description);
	if (type === 'image' && ['image/jpeg', 'image/png'].includes(mimeType)) {
		const fits = caption === undefined || utf16Length(caption) <= LIMIT.caption;
		return [
			{ type: 'picture', text: fits ? (caption ?? '') : '', media: url },
			...(fits ? [] : texts(caption)),
		];
	}
	const after = texts(caption ?? '');
	// A picture message shows a GIF still, a link moves it.
	if (type === 'image' && mimeType === 'image/gif') return [{ type: 'url', media: url }, ...after];
	if (type === 'video' && mimeType === 'video/mp4' && isUpTo(LIMIT.videoBytes, size)) {
		return [{ type: 'video', media: url, size }, ...after];
	}
	const name = textOf(fileName) ?? path.slice(path.lastIndexOf('/') + 1);
	const isNamed =
		/\.\w+$/.test(path) && name.includes('.') && codePointLength(name) <= LIMITS.fileName;
	if (isNamed && isUpTo(LIMIT.fileBytes, size)) {
		return [{ type: 'file', media: url, size, file_name: name }, ...after];
	}
	return texts(messageAsText(message));
}

function isUpTo(limit: number, size: number | undefined): boolean {
	return size !== undefined && size > 0 && size <= limit;
}

interface ViberAnswer {
	status: number;
	status_message: string;
	message_token: number;
}

function taken(body: unknown) {
	const messageId = tokenOf(fieldsOf<ViberAnswer>(body).message_token);
	return messageId === undefined ? undefined : { messageId };
}

/** What Viber's words do not tell, by its status (https://developers.viber.com/docs/api/rest-bot-api/#error-codes). */
const OURS: Readonly<Record<string, string>> = {
	2: "The credential of the sending step holds no token of this bot's.",
	5: 'The customer has no Viber account any more.',
	6: 'The customer has not subscribed to the bot, or has left it.',
	10: "The bot's webhook is not set: call set_webhook with the address of the Webhook node.",
	11: "The customer's Viber shows no messages of bots.",
	12: 'Too many messages at once: send it again in a while.',
	23: 'The free messages of this month are used up.',
	24: "The bot's balance is used up.",
};

/** Always with the code 200. */
function refused(body: unknown): string | undefined {
	const { status, status_message } = fieldsOf<ViberAnswer>(body);
	const code = numberOf(status);
	if (code === undefined || code === 0) return undefined;
	const ours = lookUp(OURS, String(code));
	return failureReason(NAME, { code: String(code), ours, theirs: textOf(status_message) });
}
