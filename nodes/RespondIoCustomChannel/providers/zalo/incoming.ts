import type { AttachmentType, StatusValue } from '../../channel/schema';
import { contactOf } from '../kit/contact';
import { combined, eachOf, ignored, messageEvents, ownEcho, statusEvents } from '../kit/incoming';
import {
	attachmentParts,
	contactCard,
	locationParts,
	type Part,
	reactionText,
	textAndFileParts,
	textParts,
} from '../kit/parts';
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
	parsed,
	required,
	textOf,
	timeOf,
	wordsIn,
} from '../kit/payload';
import type { Incoming, IncomingContext } from '../provider';

const NAME = 'Zalo';

interface Webhook {
	event_name: string;
	/** Milliseconds, as a text. */
	timestamp: string;
	/** Who sent the message: in a receipt the Official Account. Its `admin_id` tells a person who wrote in Zalo's inbox. */
	sender: unknown;
	recipient: unknown;
	message: unknown;
	/** What a customer has filled into a form. */
	info: unknown;
}

interface ZaloMessage {
	msg_id: string;
	msg_ids: unknown;
	text: string;
	attachments: unknown;
	react_icon: string;
	/** Of a notification template alone. */
	tracking_id: string;
}

const STATUSES: Readonly<Record<string, StatusValue>> = {
	user_received_message: 'delivered',
	user_seen_message: 'read',
};

/** Other than of groups, of people who are not logged in, and of calls that are asked for. */
const MESSAGE = /^(user|oa)_send_(?!group_|anonymous_|consent)/;

/** The message, echo or receipts of a webhook. */
export function incoming(payload: unknown, { now }: IncomingContext): Incoming {
	const body = bodyOf(payload);
	const webhook = fieldsOf<Webhook>(body);
	const event = textOf(webhook.event_name);
	if (event === undefined) throw foreign(NAME, body);
	const status = lookUp(STATUSES, event);
	if (status !== undefined) return readReceipts(webhook, status, now);
	if (event === 'user_reacted_message') return readReaction(webhook, now);
	if (event === 'user_submit_info') return readForm(webhook, now);
	const [, author] = MESSAGE.exec(event) ?? [];
	if (author === undefined) return ignored(event);
	if (author === 'user') return readMessage(webhook, 'message', now);
	const { admin_id } = fieldsOf<{ admin_id: string }>(webhook.sender);
	return idOf(admin_id) === undefined ? ownEcho() : readMessage(webhook, 'message_echo', now);
}

function readMessage(
	webhook: Fields<Webhook>,
	type: 'message' | 'message_echo',
	now: number,
): Incoming {
	const message = fieldsOf<ZaloMessage>(webhook.message);
	return messageEvents(
		type,
		{
			contactId: customerOf(webhook, type === 'message' ? 'sender' : 'recipient'),
			messageId: messageIdOf(message.msg_id),
			timestamp: timeOf(webhook.timestamp, now),
		},
		textAndFileParts(
			undefined,
			textOf(message.text),
			listOf(message.attachments).map((each) => (caption) => attachmentOf(each, caption)),
		),
	);
}

function customerOf(webhook: Fields<Webhook>, field: 'sender' | 'recipient'): string {
	return required(idOf(fieldsOf<{ id: string }>(webhook[field]).id), NAME, `${field}.id`);
}

function messageIdOf(id: unknown): string {
	return required(idOf(id), NAME, 'message.msg_id');
}

interface Attachment {
	type: string;
	payload: unknown;
}

interface AttachmentPayload {
	url: string;
	name: string;
	title: string;
	description: string;
	coordinates: unknown;
}

const FILES: Readonly<Record<string, AttachmentType>> = {
	image: 'image',
	photo: 'image',
	gif: 'image',
	sticker: 'image',
	video: 'video',
	audio: 'audio',
	voice: 'audio',
	file: 'file',
};

function attachmentOf(given: unknown, caption: string | undefined): Part[] {
	const { type: word, payload: content } = fieldsOf<Attachment>(given);
	const type = textOf(word) ?? 'attachment';
	const payload = fieldsOf<AttachmentPayload>(content);
	const url = textOf(payload.url)?.trim();
	const file = lookUp(FILES, type);
	if (file !== undefined && url !== undefined) {
		const words = joined([caption, payload.description]);
		return attachmentParts({ type: file, source: { url }, fileName: payload.name }, words);
	}
	if (type === 'location') {
		const place = fieldsOf<Record<'latitude' | 'longitude', string>>(payload.coordinates);
		const parts = locationParts(place.latitude, place.longitude);
		if (parts.length > 0) return [...parts, ...textParts(caption, 'text')];
	}
	if (type === 'link') return textParts(joined([caption, linkText(payload)]) ?? '[link]');
	return textParts(joined([`[${type}]`, caption, ...wordsIn(content)]));
}

/** A link; of a person's card its description is JSON. */
function linkText({ title, description, url }: Fields<AttachmentPayload>): string | undefined {
	const card = parsed(description);
	return isObject(card)
		? contactCard([title, ...wordsIn(card), url])
		: joined([title, description, url]);
}

/** Zalo writes its reactions as texts; others than these stay so. */
const REACTIONS: Readonly<Record<string, string>> = {
	'/-strong': '👍',
	'/-heart': '❤️',
	':>': '😆',
	':o': '😮',
	':-((': '😢',
	':-h': '😠',
};

/** The message id is that of the message reacted to. */
function readReaction(webhook: Fields<Webhook>, now: number): Incoming {
	const { msg_id, react_icon } = fieldsOf<ZaloMessage>(webhook.message);
	const icon = textOf(react_icon);
	const isRemoved = icon === '/-remove';
	const emoji = isRemoved ? undefined : (lookUp(REACTIONS, icon ?? '') ?? icon);
	return messageEvents(
		'message',
		{
			contactId: customerOf(webhook, 'sender'),
			messageId: `${messageIdOf(msg_id)}:reaction:${idOf(webhook.timestamp) ?? ''}`,
			timestamp: timeOf(webhook.timestamp, now),
		},
		textParts(reactionText(emoji, isRemoved)),
	);
}

/** A customer has shared name, number and address, of which agents had asked. */
function readForm(webhook: Fields<Webhook>, now: number): Incoming {
	const contactId = customerOf(webhook, 'sender');
	const { name, phone } = fieldsOf<{ name: string; phone: string }>(webhook.info);
	const number = idOf(phone);
	const isVietnamese = number !== undefined && /^84\d{8,10}$/.test(number);
	return messageEvents(
		'message',
		{
			contactId,
			messageId: `form:${contactId}:${idOf(webhook.timestamp) ?? ''}`,
			timestamp: timeOf(webhook.timestamp, now),
			contact: contactOf({ firstName: name, phone: isVietnamese ? `+${number}` : undefined }, now),
		},
		textParts(contactCard(wordsIn(webhook.info))),
	);
}

function readReceipts(webhook: Fields<Webhook>, value: StatusValue, now: number): Incoming {
	const { msg_id, msg_ids, tracking_id } = fieldsOf<ZaloMessage>(webhook.message);
	// Of notification templates, which go to phone numbers, and not from here.
	if (tracking_id !== undefined) return ignored('receipt of a template');
	const contactId = customerOf(webhook, 'recipient');
	const timestamp = timeOf(webhook.timestamp, now);
	const statusOf = (id: unknown) =>
		statusEvents({ contactId, messageId: messageIdOf(id), timestamp }, value);
	if (msg_ids === undefined) return statusOf(msg_id);
	return combined(eachOf(msg_ids, 'message.msg_ids', statusOf), 'empty receipt');
}
