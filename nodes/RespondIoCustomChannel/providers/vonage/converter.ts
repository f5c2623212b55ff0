import type { Channels, MessageSuccessResponse } from '@vonage/messages';

import { ChannelError, shown } from '../../channel/error';
import { codePointLength } from '../../channel/limits';
import type { AttachmentType, StatusValue } from '../../channel/schema';
import { contactOf } from '../kit/contact';
import { ignored, messageEvents, statusEvents, withDownloads } from '../kit/incoming';
import { messageAsText, mimeTypeOfAttachment, readMessage } from '../kit/message';
import { attachmentParts, locationParts, type Part, textParts } from '../kit/parts';
import {
	bodyOf,
	type Fields,
	fieldsOf,
	foreign,
	idOf,
	isObject,
	joined,
	listOf,
	lookUp,
	required,
	textOf,
	timeOf,
	withoutUndefined,
} from '../kit/payload';
import { referenceOfPart } from '../kit/reference';
import { jsonRequest } from '../kit/request';
import { readResponse } from '../kit/response';
import { baseUrl, setting } from '../kit/settings';
import { splitText, utf16Length } from '../kit/text';
import type {
	BinaryFile,
	Converter,
	Incoming,
	IncomingContext,
	OutgoingContext,
	OutgoingMessage,
	ProviderRequest,
} from '../provider';
import { converter as whatsapp } from '../whatsapp/converter';

/**
 * Vonage's Messages API, version 1 (https://developer.vonage.com/en/api/messages): SMS, MMS, RCS, WhatsApp, Messenger and
 * Viber. In: the inbound and the status webhook, or those of the older SMS API, from the Webhook node. The contact is the
 * customer's number in digits, or the id at the channel; message ids are Vonage's own (`message_uuid`). Links of files end
 * after 48 hours. Where the application secures them, the workflow downloads a file before this step, into a binary
 * property named like the link's last part, or of any name where it is one.
 *
 * Out: the HTTP Request node adds a JWT, or the API key and secret as basic authentication. Settings: `from` (required:
 * number without `+`, or the sender's id), `channel` (sms, mms, rcs, whatsapp, messenger, viber_service; default sms),
 * `baseUrl` (default https://api.nexmo.com; messages-sandbox.nexmo.com for tests). WhatsApp's own message objects go
 * through as they are. Where a message takes several requests, `client_ref` carries the reference of each into its statuses.
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: (response) => readResponse(response, { displayName: NAME, taken, refused }),
};

const NAME = 'Vonage';

/** The webhooks' fields; the type package has none of them. */
interface Webhook {
	message_uuid: string;
	from: string;
	to: string;
	channel: string;
	timestamp: string;
	message_type: string;
	status: string;
	/** What the request that sent it carried. */
	client_ref: string;
	error: unknown;
	profile: unknown;
	whatsapp: unknown;
	text: string;
	/** These are the older SMS API's: https://developer.vonage.com/en/api/sms; the customer's number, in receipts too. */
	msisdn: string;
	messageId: string;
	type: string;
	'message-timestamp': string;
}

function incoming(payload: unknown, { now, binary = {} }: IncomingContext): Incoming {
	const body = bodyOf(payload);
	const webhook = fieldsOf<Webhook>(body);
	const messageId = idOf(webhook.message_uuid) ?? idOf(webhook.messageId);
	if (messageId === undefined) throw foreign(NAME, body);
	if (isObject(webhook.from) || isObject(webhook.to)) {
		throw new ChannelError(
			'This is a webhook of version 0.1 of the Vonage Messages API',
			"Set the version of the application's Messages webhooks to v1 in Vonage's dashboard.",
		);
	}
	if ((webhook.message_type ?? webhook.type) === undefined)
		return readStatus(webhook, messageId, now);
	return withDownloads(readMessageWebhook(webhook, messageId, now, binary), binary);
}

type Binary = Readonly<Record<string, BinaryFile>>;

function readMessageWebhook(
	webhook: Fields<Webhook>,
	messageId: string,
	now: number,
	binary: Binary,
): Incoming {
	const { sender, referral } = fieldsOf<{ sender: unknown; referral: unknown }>(webhook.whatsapp);
	const number = idOf(webhook.from) ?? idOf(webhook.msisdn);
	const contactId = required(number ?? userIdOf(sender), NAME, 'from');
	const { name } = fieldsOf<{ name: string }>(webhook.profile);
	const hasNumber = webhook.channel !== 'messenger' && /^\d{5,15}$/.test(contactId);
	return messageEvents(
		'message',
		{
			contactId,
			messageId,
			timestamp: timeOf(webhook.timestamp ?? webhook['message-timestamp'], now),
			contact: contactOf({ firstName: name, phone: hasNumber ? `+${contactId}` : undefined }, now),
		},
		[...partsOf(webhook, binary), ...referralParts(referral)],
	);
}

/** A customer of WhatsApp may hide the number. */
function userIdOf(person: unknown): string | undefined {
	const { wa_id, user_id } = fieldsOf<{ wa_id: string; user_id: string }>(person);
	return idOf(wa_id) ?? idOf(user_id);
}

type Reader = (content: unknown, binary: Binary) => Part[];

/** By `message_type`; the content is in the field of that name. */
const READERS: Readonly<Record<string, Reader>> = {
	text: (content) => textParts(content),
	image: file('image'),
	sticker: file('image'),
	video: file('video'),
	audio: file('audio'),
	file: file('file'),
	vcard: file('file', 'text/vcard'),
	content: (content, binary) =>
		listOf(content).flatMap((item) => {
			const given = fieldsOf<{ type: string; text: string }>(item);
			const type = textOf(given.type) ?? 'file';
			if (type === 'content') return [];
			const read = lookUp(READERS, type) ?? READERS.file;
			// Parts of several files need ids of their own: their places in the message.
			const parts = read(type === 'text' ? given.text : item, binary);
			return parts.map(({ message }) => ({ message }));
		}),
	location: (content) => {
		const { lat, long, name, address } =
			fieldsOf<Record<'lat' | 'long' | 'name' | 'address', string>>(content);
		return locationParts(lat, long, joined([name, address], ', '));
	},
	reply: (content) => {
		const { id, title, description } =
			fieldsOf<Record<'id' | 'title' | 'description', string>>(content);
		const shortened =
			textOf(title)?.endsWith('…') && textOf(id)?.startsWith(String(title).slice(0, -1));
		return textParts(shortened ? id : (joined([title, description]) ?? id));
	},
	button: (content) => {
		const { text, payload } = fieldsOf<{ text: string; payload: string }>(content);
		// What was filled into a form is an object.
		const form = Object.entries(fieldsOf<Record<string, unknown>>(payload));
		const lines = form.map(([name, value]) => joined([name, joined(wordsIn(value), ', ')], ': '));
		return textParts(joined([text, ...lines]) ?? payload);
	},
	reaction: (content) => {
		const { action, emoji } = fieldsOf<{ action: string; emoji: string }>(content);
		const isGone = action === 'unreact' || textOf(emoji) === undefined;
		return textParts(
			isGone ? joined(['Removed the reaction', emoji], ' ') : `Reacted with ${emoji}`,
		);
	},
	order: (content) => {
		const { product_items, text } = fieldsOf<{ product_items: unknown; text: string }>(content);
		const lines = joined([text, ...listOf(product_items).map(orderLine)]);
		return lines === undefined ? [] : textParts(`Order: ${lines}`);
	},
};

function file(type: AttachmentType, mimeType?: string): Reader {
	return (content, binary) => {
		const { url, name, caption } = fieldsOf<Record<'url' | 'name' | 'caption', string>>(content);
		const link = textOf(url)?.trim();
		if (link === undefined) return textParts(joined([`[${type}]`, name, caption]));
		const fileId = link.slice(link.lastIndexOf('/') + 1);
		const isDownloaded =
			fileId !== '' && (Object.hasOwn(binary, fileId) || Object.keys(binary).length === 1);
		const source = isDownloaded ? { fileId } : { url: link };
		return attachmentParts({ type, source, mimeType, fileName: name }, caption);
	};
}

function orderLine(item: unknown): string | undefined {
	const { product_retailer_id, quantity, item_price, currency } =
		fieldsOf<Record<'product_retailer_id' | 'quantity' | 'item_price' | 'currency', string>>(item);
	const price = joined([item_price, currency], ' ');
	return joined([joined([quantity, product_retailer_id], ' × '), price && `(${price})`], ' ');
}

function partsOf(webhook: Fields<Webhook>, binary: Binary): Part[] {
	// The older SMS API tells the encoding instead; a long text comes in parts, each a message of its own.
	const type = textOf(webhook.message_type) ?? 'text';
	const content = (webhook as Readonly<Record<string, unknown>>)[type];
	const read = lookUp(READERS, type);
	const beside = type === 'text' ? [] : textParts(webhook.text, 'text');
	if (read !== undefined) return [...read(content, binary), ...beside];
	// A type that is not known yet: that it came, and all the words in it.
	return [...textParts(joined([`[${type}]`, ...wordsIn(content)])), ...beside];
}

/** Values within a few levels: nothing that is a message goes deeper. */
function wordsIn(value: unknown, depth = 4): string[] {
	if (value === undefined || value === null) return [];
	if (typeof value !== 'object') return [String(value)];
	if (depth === 0) return [];
	return Object.values(value).flatMap((inner) => wordsIn(inner, depth - 1));
}

/** The advertisement that the customer came from, with the first message after it. */
function referralParts(value: unknown): Part[] {
	const { headline, body, source_url } =
		fieldsOf<Record<'headline' | 'body' | 'source_url', string>>(value);
	const text = joined([headline, body, source_url]);
	return text === undefined ? [] : textParts(`Came from: ${text}`, 'referral');
}

const STATUSES: Readonly<Record<string, StatusValue>> = {
	submitted: 'sent',
	delivered: 'delivered',
	read: 'read',
	rejected: 'failed',
	undeliverable: 'failed',
	failed: 'failed',
	expired: 'failed',
};

function readStatus(webhook: Fields<Webhook>, messageId: string, now: number): Incoming {
	const word = required(textOf(webhook.status), NAME, 'message_type or status')
		.trim()
		.toLowerCase();
	const value = lookUp(STATUSES, word);
	if (value === undefined) return ignored(`status ${word}`);
	const { recipient } = fieldsOf<{ recipient: unknown }>(webhook.whatsapp);
	const contactId = idOf(webhook.msisdn) ?? idOf(webhook.to) ?? userIdOf(recipient);
	return statusEvents(
		{
			contactId: required(contactId, NAME, 'to'),
			messageId,
			timestamp: timeOf(webhook.timestamp, now),
		},
		value,
		reasonOf(webhook.error),
		webhook.client_ref,
	);
}

/**
 * Codes whose own words tell an agent too little (https://developer.vonage.com/en/api-errors/messages); the others have
 * theirs in `detail`.
 */
const REASONS: Readonly<Record<string, string>> = {
	1000: 'Too many messages were sent in a short time. Send it again later.',
	1050: "The customer's number is barred and may not receive messages.",
	1070: "The business's Vonage account has too little credit, or its quota is used up.",
	1120: 'The sender is not allowed in the country of the customer.',
};

interface VonageError {
	error: unknown;
	type: string;
	title: string;
	detail: string;
}

/** The error stands by itself or, in some channels' webhooks, within one of the same name. */
function reasonOf(given: unknown): string {
	const outer = fieldsOf<VonageError>(given);
	const error = isObject(outer.error) ? fieldsOf<VonageError>(outer.error) : outer;
	const title = idOf(error.title);
	const code = [title, textOf(error.type)?.split('#').pop()].find((id) => /^\d+$/.test(id ?? ''));
	const words =
		lookUp(REASONS, code ?? '') ??
		joined([title === code ? undefined : title, error.detail], ': ') ??
		'Vonage gave no reason for the failure.';
	return code === undefined ? words : `${words} (Vonage error ${code})`;
}

type ChannelName = Exclude<`${Channels}`, 'whatsapp'>;

interface Channel {
	text: number;
	/** 0: none. */
	caption: number;
	/** MIME types that are shown; others go as links. An attachment of unknown type is sent where its kind has some. */
	files: Partial<Record<AttachmentType, readonly string[]>>;
	/** Files of any type. */
	anyFile?: boolean;
}

const PHOTOS = ['image/jpeg', 'image/png'];
const PICTURES = [...PHOTOS, 'image/gif'];

/** Limits and types of the API's description (https://developer.vonage.com/en/api/messages). */
const CHANNELS: Readonly<Record<ChannelName, Channel>> = {
	sms: { text: 1000, caption: 0, files: {} },
	mms: {
		text: 1000,
		caption: 1000,
		files: {
			image: PICTURES,
			video: ['video/mp4', 'video/3gpp', 'video/quicktime'],
			audio: ['audio/mpeg', 'audio/mp4', 'audio/amr', 'audio/aac'],
		},
	},
	rcs: {
		text: 3072,
		caption: 0,
		files: { image: PHOTOS, video: ['video/mp4', 'video/webm'], file: ['application/pdf'] },
	},
	messenger: {
		text: 640,
		caption: 0,
		files: { image: PICTURES, video: ['video/mp4'], audio: ['audio/mpeg'] },
		anyFile: true,
	},
	// A video needs its duration and size, which are not known.
	viber_service: { text: 1000, caption: 1000, files: { image: PHOTOS } },
};

/** RCS shows replies as chips. */
const CHIPS = { count: 11, text: 25 } as const;

function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const url = `${baseUrl(context, NAME, 'https://api.nexmo.com')}/v1/messages`;
	const from = setting(context, 'from', NAME).replace(/^\+(?=\d+$)/, '');
	const channel = setting(context, 'channel', NAME, 'sms').toLowerCase();
	if (channel === 'whatsapp') {
		return whatsappBodies(message, contactId, context.now).map((body, index, { length }) =>
			jsonRequest(url, { channel, from, ...clientRef(context, index, length), ...body }),
		);
	}
	const limits = lookUp<Channel>(CHANNELS, channel);
	if (limits === undefined) {
		throw new ChannelError(
			`The setting channel of ${NAME} is none of ${Object.keys(CHANNELS).join(', ')}, whatsapp: ${shown(channel)}`,
			'Write the name of the channel as Vonage does.',
		);
	}
	const to = contactId.trim().replace(/^\+/, '');
	if (!/^\d{5,20}$/.test(to)) {
		throw new ChannelError(
			'The contact id is none of Vonage: it must be a phone number with its country code, or an id in digits',
			"Use the providerContactId of the trigger's item.",
		);
	}
	const isRcs = channel === 'rcs';
	return contents(readMessage(message, NAME), limits, isRcs).map(
		([message_type, content], index, { length }) =>
			jsonRequest(url, {
				channel,
				from,
				to,
				...clientRef(context, index, length),
				message_type,
				...content,
			}),
	);
}

/** What statuses bring back: up to 100 characters. */
function clientRef(context: OutgoingContext, index: number, parts: number) {
	const client_ref = referenceOfPart(context, index + 1, parts);
	return client_ref === undefined ? {} : { client_ref };
}

/** Vonage's names of what the Cloud API sends; anything else goes through whole, as `custom`. */
function whatsappBodies(message: OutgoingMessage, contactId: string, now: number) {
	const settings = { phoneNumberId: '-' };
	return whatsapp.outgoing(message, contactId, { now, settings }).map(({ body }) => {
		const type = String(body.type);
		const to = body.to ?? body.recipient;
		const { body: text, link, ...more } = fieldsOf<Record<string, unknown>>(body[type]);
		if (type === 'text') return { to, message_type: 'text', text };
		if (link === undefined) {
			return { to, message_type: 'custom', custom: { type, [type]: body[type] } };
		}
		const { caption, filename: name } = more;
		const kind = type === 'document' ? 'file' : type;
		return { to, message_type: kind, [kind]: withoutUndefined({ url: link, caption, name }) };
	});
}

type Content = [type: string, content: Record<string, unknown>];

function contents(message: OutgoingMessage, limits: Channel, isRcs: boolean): Content[] {
	if (message.type === 'attachment') return attachmentContents(message, limits);
	const isPossible =
		isRcs &&
		message.type === 'quick_reply' &&
		message.replies.length <= CHIPS.count &&
		message.replies.every((reply) => codePointLength(reply) <= CHIPS.text);
	if (!isPossible) return texts(messageAsText(message), limits);
	const suggestions = message.replies.map((text) => ({ type: 'reply', text, postback_data: text }));
	const parts = texts(message.title, limits);
	const [type, last] = parts[parts.length - 1];
	return [...parts.slice(0, -1), [type, { ...last, suggestions }]];
}

function texts(text: string, limits: Channel): Content[] {
	return splitText(text, limits.text, utf16Length).map((part) => ['text', { text: part }]);
}

function attachmentContents(
	message: OutgoingMessage & { type: 'attachment' },
	limits: Channel,
): Content[] {
	const { attachment } = message;
	const { type, url, description } = attachment;
	const mimeType = mimeTypeOfAttachment(attachment);
	const types = limits.files[type] ?? [];
	const isShown =
		mimeType === undefined ? types.length > 0 && type !== 'file' : types.includes(mimeType);
	if (!isShown && !limits.anyFile) return texts(messageAsText(message), limits);
	const kind = isShown ? type : 'file';
	const text = textOf(description);
	const caption = text !== undefined && utf16Length(text) <= limits.caption ? text : undefined;
	return [
		[kind, { [kind]: withoutUndefined({ url, caption }) }],
		...(text === undefined || caption !== undefined ? [] : texts(text, limits)),
	];
}

/** An answer of the older SMS API (https://developer.vonage.com/en/api/sms). */
interface SmsAnswer {
	messages: unknown;
	'message-id': string;
	status: string;
	'error-text': string;
}

function taken(body: unknown) {
	const { message_uuid } = fieldsOf<MessageSuccessResponse>(body);
	const [sms] = listOf(fieldsOf<SmsAnswer>(body).messages);
	const messageId = idOf(message_uuid) ?? idOf(fieldsOf<SmsAnswer>(sms)['message-id']);
	return messageId === undefined ? undefined : { messageId };
}

/** The older SMS API answers 200 whatever it did; a long text may be several messages. */
function refused(body: unknown): string | undefined {
	const failed = listOf(fieldsOf<SmsAnswer>(body).messages)
		.map((each) => fieldsOf<SmsAnswer>(each))
		.find(({ status }) => idOf(status) !== undefined && idOf(status) !== '0');
	if (failed !== undefined) {
		return `${textOf(failed['error-text']) ?? 'Vonage gave no reason'} (status ${idOf(failed.status)})`;
	}
	const { title, detail } = fieldsOf<Record<'title' | 'detail', string>>(body);
	return textOf(title) && textOf(detail) && joined([title, detail], ': ');
}
