import { ChannelError } from '../../channel/error';
import type { AttachmentType, StatusValue } from '../../channel/schema';
import { contactOf } from '../kit/contact';
import { ignored, linkedFile, messageEvents, statusEvents, withDownloads } from '../kit/incoming';
import { attachmentParts, locationParts, numberedParts, type Part, textParts } from '../kit/parts';
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
	wordsIn,
} from '../kit/payload';
import type { BinaryFile, Incoming, IncomingContext } from '../provider';
import {
	cardsText,
	formText,
	orderText,
	productParts,
	sourceParts,
	tappedText,
} from '../whatsapp/contents';
import { customerOn } from '../whatsapp/ids';
import { reasonOf } from './reasons';

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
	context: unknown;
	text: string;
	/** These are the older SMS API's: https://developer.vonage.com/en/api/sms; the customer's number, in receipts too. */
	msisdn: string;
	messageId: string;
	type: string;
	'message-timestamp': string;
	'err-code': string;
}

/** The message or the status of a webhook. */
export function incoming(payload: unknown, context: IncomingContext): Incoming {
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
	const isMessage = (webhook.message_type ?? webhook.type) !== undefined;
	const read = isMessage ? readMessage : readStatus;
	return withDownloads(read(webhook, messageId, context), context.binary);
}

function readMessage(
	webhook: Fields<Webhook>,
	messageId: string,
	{ now, idType, binary = {} }: IncomingContext,
): Incoming {
	const { sender, referral } = fieldsOf<{ sender: unknown; referral: unknown }>(webhook.whatsapp);
	const { wa_id, user_id } = fieldsOf<Person>(sender);
	const ids = [webhook.from, webhook.msisdn, wa_id, user_id];
	const customer = required(ids.map(idOf).find(Boolean), NAME, 'from');
	const { ids: contact, number } = customerOn(webhook.channel, customer, idType);
	const { name } = fieldsOf<{ name: string }>(webhook.profile);
	const { whatsapp_referred_product: product } = fieldsOf<{ whatsapp_referred_product: unknown }>(
		webhook.context,
	);
	const hasNumber = webhook.channel !== 'messenger' && /^\d{5,15}$/.test(number);
	return messageEvents(
		'message',
		{
			...contact,
			messageId,
			timestamp: timeIn(webhook, now),
			contact: contactOf({ firstName: name, phone: hasNumber ? `+${number}` : undefined }, now),
		},
		[...partsOf(webhook, binary), ...productParts(product), ...sourceParts(referral)],
	);
}

function timeIn(webhook: Fields<Webhook>, now: number): number {
	return timeOf(webhook.timestamp ?? webhook['message-timestamp'], now);
}

/** WhatsApp's ids of a customer, who may hide the number. */
interface Person {
	wa_id: string;
	user_id: string;
}

type Binary = Readonly<Record<string, BinaryFile>>;

interface Downloads {
	binary: Binary;
	/** Whether the message has no other file. */
	isOnly: boolean;
}

type Reader = (content: unknown, downloads: Downloads) => Part[];

/** By `message_type`; the content is in the field of that name. */
const READERS: Readonly<Record<string, Reader>> = {
	text: (content) => textParts(content),
	image: file('image'),
	sticker: file('image'),
	video: file('video'),
	audio: file('audio'),
	file: file('file'),
	vcard: file('file', 'text/vcard'),
	content: (content, { binary }) => {
		const items = listOf(content).map((item) => fieldsOf<{ type: string; text: string }>(item));
		const isOnly = items.filter(({ type }) => type !== 'text').length === 1;
		return items.flatMap((item) => {
			const type = textOf(item.type) ?? 'file';
			if (type === 'content') return [];
			const read = lookUp(READERS, type) ?? READERS.file;
			return numberedParts(read(type === 'text' ? item.text : item, { binary, isOnly }));
		});
	},
	location: (content) => {
		const { lat, long, name, address } =
			fieldsOf<Record<'lat' | 'long' | 'name' | 'address', string>>(content);
		return locationParts(lat, long, joined([name, address], ', '));
	},
	reply: (content) => textParts(tappedText(content)),
	button: (content) => {
		const { text, payload } = fieldsOf<{ text: string; payload: string }>(content);
		// What was filled into a form is an object; else it is for programs.
		return textParts(joined([text, isObject(payload) && formText(payload)]) ?? payload);
	},
	reaction: (content) => {
		const { action, emoji } = fieldsOf<{ action: string; emoji: string }>(content);
		const isGone = action === 'unreact' || textOf(emoji) === undefined;
		return textParts(
			isGone ? joined(['Removed the reaction', emoji], ' ') : `Reacted with ${emoji}`,
		);
	},
	order: (content) => textParts(orderText(content)),
	contacts: (content) => textParts(cardsText(content)),
};

function file(type: AttachmentType, mimeType?: string): Reader {
	return (content, { binary, isOnly }) => {
		const { url, name, caption } = fieldsOf<Record<'url' | 'name' | 'caption', string>>(content);
		const link = textOf(url)?.trim();
		if (link === undefined) return textParts(joined([`[${type}]`, name, caption]));
		const source = linkedFile(link, isOnly, binary);
		return attachmentParts({ type, source, mimeType, fileName: name }, caption);
	};
}

function partsOf(webhook: Fields<Webhook>, binary: Binary): Part[] {
	// The older SMS API tells the encoding instead; a long text comes in parts, each a message of its own.
	const type = textOf(webhook.message_type) ?? 'text';
	const content = (webhook as Readonly<Record<string, unknown>>)[type];
	const read = lookUp(READERS, type);
	const beside = type === 'text' ? [] : textParts(webhook.text, 'text');
	const parts = read?.(content, { binary, isOnly: true }) ?? [];
	if (parts.length > 0 || type === 'text') return [...parts, ...beside];
	// A type that is not known yet: that it came, and all the words in it.
	return [...textParts(joined([`[${type}]`, ...wordsIn(content)])), ...beside];
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

function readStatus(
	webhook: Fields<Webhook>,
	messageId: string,
	{ now, idType }: IncomingContext,
): Incoming {
	const word = required(textOf(webhook.status), NAME, 'message_type or status')
		.trim()
		.toLowerCase();
	const value = lookUp(STATUSES, word);
	if (value === undefined) return ignored(`status ${word}`);
	const { recipient } = fieldsOf<{ recipient: unknown }>(webhook.whatsapp);
	// `to` is left out where the message went to the user ID.
	const { user_id, wa_id } = fieldsOf<Person>(recipient);
	const ids = [webhook.msisdn, webhook.to, user_id, wa_id];
	const customer = required(ids.map(idOf).find(Boolean), NAME, 'to');
	return statusEvents(
		{
			...customerOn(webhook.channel, customer, idType).ids,
			messageId,
			timestamp: timeIn(webhook, now),
		},
		value,
		reasonOf(webhook.error, webhook['err-code']),
		webhook.client_ref,
	);
}
