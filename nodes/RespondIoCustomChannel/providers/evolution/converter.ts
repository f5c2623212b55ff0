import type { StatusValue } from '../../channel/schema';
import { contactOf } from '../kit/contact';
import { ignored, messageEvents, ownEcho, statusEvents, withDownloads } from '../kit/incoming';
import { labelOf, saidParts } from '../kit/parts';
import {
	bodyOf,
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
} from '../kit/payload';
import { failureReason } from '../kit/reasons';
import { jsonRequest } from '../kit/request';
import { readResponse } from '../kit/response';
import { serverUrl, setting } from '../kit/settings';
import type {
	Converter,
	Incoming,
	IncomingContext,
	OutgoingContext,
	OutgoingMessage,
	ProviderRequest,
} from '../provider';
import { messageParts } from '../whatsappGateways/contents';
import { dialled } from '../whatsapp/ids';
import {
	contactOn,
	idOfJid,
	idOfJids,
	isGroup,
	isNumber,
	noConversation,
	phoneOf,
} from '../whatsappGateways/jids';
import { GROUP, gatewayRecipient, type Sending, sendingsOf } from '../whatsappGateways/sending';
import { serviceKind } from '../whatsappGateways/wrapping';

/**
 * Evolution API, version 2 (https://doc.evolution-api.com/v2): a gateway that people run themselves. It is linked to a
 * WhatsApp account like another device of it, and is not of Meta: WhatsApp's terms (https://www.whatsapp.com/legal) allow
 * neither unofficial clients nor automated messages by them, and an account that uses one may be banned. Meta's own way
 * is the Cloud API.
 *
 * In: the webhook of an instance, one event a call. The contact is the number in digits, a hidden number (`…@lid`) where
 * Evolution does not tell the number, or a group (`…@g.us`). Message ids are WhatsApp's. Files come by the id of their
 * message, since their links hold what is encrypted; or as links of Evolution's own store (S3), where it has one. What
 * the phone or another device sends comes as `messages.upsert`, what the API sends as `send.message` alone. Times are
 * taken from messages: `date_time` is local time that calls itself UTC. An edit by a customer names the business in the
 * customer's place, and one in a group nobody: such are counted and not shown.
 *
 * Out: settings `baseUrl` and `instance` (both required); the key goes into the header `apikey` (Header Auth).
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: (response) => readResponse(response, { displayName: NAME, taken, refused }),
};

const NAME = 'Evolution API';

interface Webhook {
	event: string;
	data: unknown;
	/** The account's own jid. */
	sender: string;
}

/** What a webhook tells beside its data, and what is known of the channel. */
interface Context extends Pick<IncomingContext, 'now' | 'idType'> {
	/** The account's own number. */
	own?: string;
}

type Reader = (data: unknown, context: Context) => Incoming;

const READERS: Readonly<Record<string, Reader>> = {
	'messages.upsert': readMessage,
	'messages.edited': readEdit,
	'messages.delete': readDeletion,
	'messages.update': readStatus,
	'send.message': ownEcho,
	'send.message.update': ownEcho,
};

function incoming(payload: unknown, { now, idType, binary }: IncomingContext): Incoming {
	const body = bodyOf(payload);
	const { event, data, sender } = fieldsOf<Webhook>(body);
	const name = textOf(event)?.trim();
	if (name === undefined || data === undefined) throw foreign(NAME, body);
	const read = lookUp(READERS, name);
	if (read === undefined) return ignored(name);
	return withDownloads(read(data, { own: idOfJid(sender), now, idType }), binary);
}

/** Of a message; which of the other names holds the number depends on the version. */
interface Key {
	id: string;
	fromMe: boolean;
	remoteJid: string;
	remoteJidAlt: string;
	senderPn: string;
	participant: string;
	participantAlt: string;
	participantPn: string;
}

interface Message {
	key: unknown;
	pushName: string;
	message: unknown;
	messageTimestamp: unknown;
	status: string;
}

interface Origin {
	chat: string;
	/** As people dial the number, on a channel of such: Evolution finds WhatsApp's older form of it by itself. */
	contact: { contactId: string; contactHint?: string };
	id: string;
	isOurs: boolean;
	/** Who wrote it, of a group. */
	participant?: string;
}

/** @param own Of what the business sent, the other names may hold its own number. */
function originOf(value: unknown, { own, idType }: Context): Origin {
	const key = fieldsOf<Key>(value);
	const isOurs = key.fromMe === true;
	const numbers = [key.remoteJidAlt, key.senderPn].filter(
		(jid) => !isOurs || (own !== undefined && idOfJid(jid) !== own),
	);
	const chat = required(idOfJids(key.remoteJid, numbers), NAME, 'data.key.remoteJid');
	return {
		chat,
		contact: contactOn(idType === 'phone' ? dialled(chat) : chat, idType),
		id: required(idOf(key.id), NAME, 'data.key.id'),
		isOurs,
		participant: idOfJids(key.participant, [key.participantAlt, key.participantPn]),
	};
}

function readMessage(data: unknown, context: Context): Incoming {
	const { now } = context;
	const { key, message, pushName, messageTimestamp } = fieldsOf<Message>(data);
	const { chat, contact, id, isOurs, participant } = originOf(key, context);
	const kind = noConversation(chat, context.own) ?? serviceKind(message);
	if (kind !== undefined) return ignored(kind);
	const { mediaUrl } = fieldsOf<{ mediaUrl: string }>(message);
	const url = textOf(mediaUrl)?.trim();
	const sender = isGroup(chat) && !isOurs ? (textOf(pushName) ?? participant) : undefined;
	const isPerson = !isGroup(chat) && !isOurs;
	return messageEvents(
		isOurs ? 'message_echo' : 'message',
		{
			...contact,
			messageId: id,
			timestamp: timeOf(messageTimestamp, now),
			contact: isPerson ? contactOf({ firstName: pushName, phone: phoneOf(chat) }, now) : undefined,
		},
		messageParts(message, { sender, source: url === undefined ? { fileId: id } : { url } }),
	);
}

interface ProtocolMessage {
	key: unknown;
	type: unknown;
	editedMessage: unknown;
	timestampMs: unknown;
}

/**
 * The key is as the one who edits sees it, who is always `fromMe`: the phone names the customer, the customer the business,
 * and in a group nobody is named.
 */
function readEdit(data: unknown, context: Context): Incoming {
	const { own, now } = context;
	const { key, editedMessage, timestampMs } = fieldsOf<ProtocolMessage>(data);
	// Deletions come as `messages.delete` too, and as what they are.
	if (!isObject(editedMessage)) return ignored('protocolMessage');
	const { chat, contact, id, isOurs, participant } = originOf(key, context);
	const isByPhone = isOurs && isNumber(chat) && own !== undefined && chat !== own;
	if (isOurs && !isByPhone) return ignored('edit by somebody whom Evolution does not name');
	const sender = isGroup(chat) ? participant : undefined;
	const [edited] = messageParts(editedMessage, { sender: labelOf(sender, true) });
	return messageEvents(
		isOurs ? 'message_echo' : 'message',
		{
			...contact,
			messageId: `${id}:edited:${idOf(timestampMs) ?? ''}`,
			timestamp: timeOf(timestampMs, now),
		},
		edited === undefined ? [] : [edited],
	);
}

interface Deletion {
	key: unknown;
	status: string;
}

function readDeletion(data: unknown, context: Context): Incoming {
	const { key, status } = fieldsOf<Deletion>(data);
	// What the API itself has deleted is told with the whole message.
	if (isObject(key) && status === 'DELETED') return ownEcho();
	const { chat, contact, id, isOurs, participant } = originOf(data, context);
	const kind = noConversation(chat, context.own);
	if (kind !== undefined) return ignored(kind);
	return messageEvents(
		isOurs ? 'message_echo' : 'message',
		{ ...contact, messageId: `${id}:deleted`, timestamp: context.now },
		saidParts(isGroup(chat) && !isOurs ? participant : undefined, 'Deleted a message'),
	);
}

interface Update {
	keyId: string;
	remoteJid: string;
	fromMe: boolean;
	status: string;
}

const STATUSES: Readonly<Record<string, StatusValue>> = {
	SERVER_ACK: 'sent',
	DELIVERY_ACK: 'delivered',
	READ: 'read',
	PLAYED: 'read',
	ERROR: 'failed',
};

function readStatus(data: unknown, context: Context): Incoming {
	const update = fieldsOf<Update>(data);
	const word = textOf(update.status)?.trim() ?? 'unknown';
	const value = lookUp(STATUSES, word);
	if (value === undefined) return ignored(`status ${word}`);
	const { chat, contact, id, isOurs } = originOf({ ...update, id: update.keyId }, context);
	if (!isOurs) return ignored("receipt of a customer's message");
	const kind = noConversation(chat, context.own);
	if (kind !== undefined) return ignored(kind);
	return statusEvents(
		{ ...contact, messageId: id, timestamp: context.now },
		value,
		failureReason(NAME, {}),
	);
}

function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const base = serverUrl(context, NAME);
	const instance = encodeURIComponent(setting(context, 'instance', NAME));
	const number = gatewayRecipient(contactId, NAME, GROUP);
	return sendingsOf(message, NAME).map((sending) => {
		const [method, body] = callOf(sending);
		return jsonRequest(`${base}/message/${method}/${instance}`, { number, ...body });
	});
}

function callOf(sending: Sending): [method: string, body: Record<string, unknown>] {
	switch (sending.kind) {
		case 'text':
			return ['sendText', { text: sending.text }];
		case 'location': {
			const { latitude, longitude, name, address } = sending;
			return ['sendLocation', { latitude, longitude, name, address }];
		}
		case 'audio':
			return ['sendWhatsAppAudio', { audio: sending.url }];
		default: {
			const { kind, url, fileName, mimeType, caption } = sending;
			return [
				'sendMedia',
				{
					mediatype: kind,
					media: url,
					// Evolution makes a JPEG of every picture, and goes by the name for the type of anything else.
					...(kind !== 'image' && { fileName, mimetype: mimeType }),
					...(caption !== undefined && { caption }),
				},
			];
		}
	}
}

function taken(body: unknown) {
	const messageId = idOf(fieldsOf<Key>(fieldsOf<Message>(body).key).id);
	return messageId === undefined ? undefined : { messageId };
}

interface Refusal {
	error: string;
	response: unknown;
}

/** The words are within `response`, as a text, a list of them, or what Evolution has found out of the number. */
function refused(body: unknown): string | undefined {
	const { error, response } = fieldsOf<Refusal>(body);
	const { message } = fieldsOf<{ message: unknown }>(response);
	const words = joined((Array.isArray(message) ? listOf(message).flat() : [message]).map(wordsOf));
	return words ?? (isObject(response) ? textOf(error) : undefined);
}

function wordsOf(value: unknown): string | undefined {
	const { exists, number, jid } = fieldsOf<{ exists: boolean; number: string; jid: string }>(value);
	if (exists !== false) return textOf(value);
	return `${joined([textOf(number) ?? jid]) ?? 'The number'} has no WhatsApp`;
}
