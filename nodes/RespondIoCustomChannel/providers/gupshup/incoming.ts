import { ChannelError } from '../../channel/error';
import type { AttachmentType, StatusValue } from '../../channel/schema';
import { contactOf } from '../kit/contact';
import { ignored, messageEvents, statusEvents } from '../kit/incoming';
import { attachmentParts, locationParts, type Part, reactionText, textParts } from '../kit/parts';
import {
	bodyOf,
	type Fields,
	fieldsOf,
	foreign,
	idOf,
	joined,
	lookUp,
	required,
	textOf,
	timeOf,
	wordsIn,
} from '../kit/payload';
import type { Incoming, IncomingContext } from '../provider';
import { cardsText, orderText, productParts, sourceParts, tappedText } from '../whatsapp/contents';
import { contactIdOf, dialled } from '../whatsapp/ids';
import { incoming as readCloudApi } from '../whatsapp/incoming';
import { reasonOf } from './reasons';

const NAME = 'Gupshup';

/** Of every callback in version 2. */
interface Callback {
	app: string;
	/** Milliseconds. */
	timestamp: number;
	version: number;
	type: string;
	payload: unknown;
	/** In the Cloud API's format, which is version 3. */
	entry: unknown;
}

interface Message {
	id: string;
	source: string;
	type: string;
	payload: unknown;
	sender: unknown;
	context: unknown;
	referral: unknown;
}

interface MessageEvent {
	/** WhatsApp's id where there is a `gsId`, which is what the request was answered with. */
	id: string;
	gsId: string;
	type: string;
	destination: string;
	/** Seconds; in some callbacks it is within the payload. */
	ts: number;
	payload: unknown;
}

/** The message or the receipt of a callback. */
export function incoming(given: unknown, context: IncomingContext): Incoming {
	const body = bodyOf(given);
	const callback = fieldsOf<Callback>(body);
	if (Array.isArray(callback.entry)) return readForm(body, context);
	const type = textOf(callback.type);
	if (type === undefined || callback.payload === undefined) throw foreign(NAME, body);
	if (type === 'message') return readMessage(callback, context);
	if (type === 'message-event') return readEvent(callback, context);
	const { type: kind } = fieldsOf<{ type: string }>(callback.payload);
	return ignored(joined([type, kind], ' ') ?? type);
}

/** What was filled into a form (a flow) comes in the Cloud API's format, here too. */
function readForm(body: unknown, context: IncomingContext): Incoming {
	const found = readCloudApi(body, context);
	if (found.events.every(({ type }) => type === 'message')) return found;
	throw new ChannelError(
		'This is a receipt in version 3 of Gupshup, which does not name the message as Gupshup answered',
		'Choose the format Gupshup (v2) for the webhook in Gupshup.',
	);
}

function readMessage(callback: Fields<Callback>, { now, idType }: IncomingContext): Incoming {
	const message = fieldsOf<Message>(callback.payload);
	const { phone, name } = fieldsOf<{ phone: string; name: string }>(message.sender);
	const customer = required(idOf(message.source) ?? idOf(phone), NAME, 'payload.source');
	const { referred_product } = fieldsOf<{ referred_product: unknown }>(message.context);
	return messageEvents(
		'message',
		{
			...contactIdOf(customer, idType),
			messageId: required(idOf(message.id), NAME, 'payload.id'),
			timestamp: timeOf(callback.timestamp, now),
			contact: contactOf(
				{
					firstName: name,
					phone: /^\d{5,15}$/.test(customer) ? `+${dialled(customer)}` : undefined,
				},
				now,
			),
		},
		[...partsOf(message), ...productParts(referred_product), ...sourceParts(message.referral)],
	);
}

type Reader = (content: unknown) => Part[];

/** By `type`; a file's content is its link. */
const READERS: Readonly<Record<string, Reader>> = {
	text: (content) => textParts(fieldsOf<{ text: string }>(content).text),
	quick_reply: (content) => textParts(fieldsOf<{ text: string }>(content).text),
	image: file('image'),
	sticker: file('image'),
	video: file('video'),
	audio: file('audio'),
	voice: file('audio'),
	file: file('file'),
	location: (content) => {
		const { latitude, longitude, name, address } =
			fieldsOf<Record<'latitude' | 'longitude' | 'name' | 'address', string>>(content);
		return locationParts(latitude, longitude, joined([name, address], ', '));
	},
	contact: (content) => textParts(cardsText(fieldsOf<{ contacts: unknown }>(content).contacts)),
	button_reply: readTap,
	list_reply: readTap,
	reaction: (content) => {
		const { emoji } = fieldsOf<{ emoji: string }>(content);
		return textParts(reactionText(textOf(emoji), textOf(emoji) === undefined));
	},
	order: (content) => textParts(orderText(content)),
};

function file(type: AttachmentType): Reader {
	return (content) => {
		const { url, name, caption, contentType } =
			fieldsOf<Record<'url' | 'name' | 'caption' | 'contentType', string>>(content);
		const link = textOf(url)?.trim();
		if (link === undefined) return textParts(joined([`[${type}]`, name, caption]));
		return attachmentParts(
			{ type, source: { url: link }, mimeType: contentType, fileName: name },
			caption,
		);
	};
}

/** What a button or a row is tapped for comes back whole as its postback. */
function readTap(content: unknown): Part[] {
	const { postbackText, title, description } =
		fieldsOf<Record<'postbackText' | 'title' | 'description', string>>(content);
	return textParts(tappedText({ id: postbackText, title, description }));
}

function partsOf(message: Fields<Message>): Part[] {
	const type = textOf(message.type) ?? 'unknown';
	const parts = lookUp(READERS, type)?.(message.payload) ?? [];
	if (parts.length > 0 || type === 'text') return parts;
	// A type that is not known yet: that it came, and all the words in it.
	return textParts(joined([`[${type}]`, ...wordsIn(message.payload)]));
}

const STATUSES: Readonly<Record<string, StatusValue>> = {
	sent: 'sent',
	delivered: 'delivered',
	read: 'read',
	failed: 'failed',
};

function readEvent(callback: Fields<Callback>, { now, idType }: IncomingContext): Incoming {
	const event = fieldsOf<MessageEvent>(callback.payload);
	const word = required(textOf(event.type), NAME, 'payload.type');
	const value = lookUp(STATUSES, word);
	// Gupshup has taken it, as its answer told; or has other news of the number.
	if (value === undefined) return ignored(`status ${word}`);
	const customer = required(idOf(event.destination), NAME, 'payload.destination');
	const { ts } = fieldsOf<{ ts: number }>(event.payload);
	return statusEvents(
		{
			...contactIdOf(customer, idType),
			messageId: required(idOf(event.gsId) ?? idOf(event.id), NAME, 'payload.gsId'),
			timestamp: timeOf(event.ts ?? ts ?? callback.timestamp, now),
		},
		value,
		reasonOf(event.payload),
	);
}
