import type { StatusValue } from '../../channel/schema';
import { contactOf } from '../kit/contact';
import { combined, eachOf, ignored, messageEvents, ownEcho, statusEvents } from '../kit/incoming';
import { labelOf, saidParts } from '../kit/parts';
import {
	bodyOf,
	type Fields,
	fieldsOf,
	foreign,
	idOf,
	isObject,
	joined,
	lookUp,
	required,
	textOf,
	timeOf,
} from '../kit/payload';
import { failureReason } from '../kit/reasons';
import { jsonRequest } from '../kit/request';
import { readResponse } from '../kit/response';
import { baseUrl, setting } from '../kit/settings';
import type {
	Converter,
	Incoming,
	IncomingContext,
	OutgoingContext,
	OutgoingMessage,
	ProviderRequest,
} from '../provider';
import { contactOn, idOfJid, noConversation, phoneOf } from '../whatsappGateways/jids';
import { gatewayRecipient, type Sending, sendingsOf } from '../whatsappGateways/sending';
import { callbackParts } from './contents';

/**
 * Z-API (https://developer.z-api.io): a gateway that is rented. It is linked to a WhatsApp account like another device of
 * it, and is not of Meta: WhatsApp's terms (https://www.whatsapp.com/legal) allow neither unofficial clients nor automated
 * messages by them, and an account that uses one may be banned. Meta's own way is the Cloud API.
 *
 * In: the webhooks of an instance, all to one URL. The contact is the number in digits, a hidden number (`…@lid`), which
 * Z-API never translates, or a group (`…-group`). Message ids are WhatsApp's. Files are links that open for everybody for
 * 30 days. `fromApi` tells what the API has sent. A quoted message comes without its words.
 *
 * Out: settings `instanceId` (required), `baseUrl` (default https://api.z-api.io). Z-API wants the instance's key in the
 * path: the URL holds `{token}` in its place, for the step that sends; the account's goes into the header `Client-Token`
 * (Header Auth).
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: (response) => readResponse(response, { displayName: NAME, taken, refused }),
};

const NAME = 'Z-API';

interface Callback {
	type: string;
	instanceId: string;
	phone: string;
	/** The account's own number. */
	connectedPhone: string;
	momment: number;
	messageId: string;
	/** Of messages. */
	fromMe: boolean;
	fromApi: boolean;
	isGroup: boolean;
	isNewsletter: boolean;
	isEdit: boolean;
	waitingMessage: boolean;
	notification: string;
	broadcastRecipients: unknown;
	chatName: string;
	senderName: string;
	photo: string;
	senderPhoto: string;
	participantPhone: string;
	participantLid: string;
	/** Of receipts. */
	status: string;
	ids: unknown;
	error: string;
	errorCode: string;
}

type Context = Pick<IncomingContext, 'now' | 'idType'>;

type Reader = (callback: Fields<Callback>, context: Context) => Incoming;

const READERS: Readonly<Record<string, Reader>> = {
	ReceivedCallback: readMessage,
	DeliveryCallback: readDelivery,
	MessageStatusCallback: readStatuses,
};

function incoming(payload: unknown, context: IncomingContext): Incoming {
	const body = bodyOf(payload);
	const callback = fieldsOf<Callback>(body);
	const type = textOf(callback.type)?.trim();
	if (type === undefined || idOf(callback.instanceId) === undefined) throw foreign(NAME, body);
	return lookUp(READERS, type)?.(callback, context) ?? ignored(type);
}

function chatOf({ phone }: Fields<Callback>): string {
	return required(idOfJid(phone), NAME, 'phone');
}

function readMessage(callback: Fields<Callback>, { now, idType }: Context): Incoming {
	const isOurs = callback.fromMe === true;
	if (isOurs && callback.fromApi === true) return ownEcho();
	const chat = chatOf(callback);
	const kind = leftOutKind(callback, chat);
	if (kind !== undefined) return ignored(kind);
	const isGroup = callback.isGroup === true;
	const author = idOfJid(callback.participantPhone) ?? idOfJid(callback.participantLid);
	const sender = isGroup && !isOurs ? (textOf(callback.senderName) ?? author) : undefined;
	const isDeleted = callback.notification === 'REVOKE';
	const isEdited = callback.isEdit === true;
	const id = required(idOf(callback.messageId), NAME, 'messageId');
	const time = idOf(callback.momment) ?? '';
	const suffix = isDeleted ? ':deleted' : isEdited ? `:edited:${time}` : '';
	return messageEvents(
		isOurs ? 'message_echo' : 'message',
		{
			...contactOn(chat, idType),
			messageId: `${id}${suffix}`,
			timestamp: timeOf(callback.momment, now),
			contact: contactFrom(callback, chat, now),
			// Older instances do not tell who has sent.
			...(isOurs && callback.fromApi === undefined && { mayBeOurs: true as const }),
		},
		isDeleted
			? saidParts(sender, 'Deleted a message')
			: callbackParts(callback, labelOf(sender, isEdited)),
	);
}

/** What is no message of a conversation; undefined of one that is. */
function leftOutKind(callback: Fields<Callback>, chat: string): string | undefined {
	const notification = textOf(callback.notification);
	if (notification !== undefined && notification !== 'REVOKE') return notification;
	if (callback.isNewsletter === true) return 'newsletter';
	if (Array.isArray(callback.broadcastRecipients)) return 'broadcast';
	if (callback.waitingMessage === true) return 'waitingMessage';
	if (isObject(fieldsOf<{ pinMessage: unknown }>(callback).pinMessage)) return 'pinMessage';
	return noConversation(chat, idOf(callback.connectedPhone));
}

/** A group has its own name and picture; of what the business has sent, the chat's name is the customer's. */
function contactFrom(callback: Fields<Callback>, chat: string, now: number) {
	const { chatName, senderName, photo, senderPhoto } = callback;
	const isOfChat = callback.isGroup === true || callback.fromMe === true;
	const name = textOf(isOfChat ? chatName : (textOf(senderName) ?? chatName))?.trim();
	const isNumber = name?.replace(/\D/g, '') === chat;
	return contactOf(
		{
			firstName: isNumber ? undefined : name,
			phone: phoneOf(chat),
			profilePic: callback.fromMe === true ? undefined : (textOf(photo) ?? senderPhoto),
		},
		now,
	);
}

/** What came of a request: that WhatsApp has the message, or why not. */
function readDelivery(callback: Fields<Callback>, { now, idType }: Context): Incoming {
	const theirs = textOf(callback.error);
	return statusEvents(
		{
			...contactOn(chatOf(callback), idType),
			messageId: required(idOf(callback.messageId), NAME, 'messageId'),
			timestamp: timeOf(callback.momment, now),
		},
		theirs === undefined ? 'sent' : 'failed',
		failureReason(NAME, { theirs, code: idOf(callback.errorCode) }),
	);
}

const STATUSES: Readonly<Record<string, StatusValue>> = {
	SENT: 'sent',
	RECEIVED: 'delivered',
	READ: 'read',
	PLAYED: 'read',
};

function readStatuses(callback: Fields<Callback>, { now, idType }: Context): Incoming {
	const word = textOf(callback.status)?.trim() ?? 'unknown';
	const value = lookUp(STATUSES, word);
	const chat = chatOf(callback);
	const timestamp = timeOf(callback.momment, now);
	const readEach = (id: unknown): Incoming => {
		// Among others what the business has read of the customer's.
		if (value === undefined) return ignored(`status ${word}`);
		const kind = noConversation(chat, undefined);
		if (kind !== undefined) return ignored(kind);
		return statusEvents(
			{ ...contactOn(chat, idType), messageId: required(idOf(id), NAME, 'ids'), timestamp },
			value,
		);
	};
	return combined(eachOf(callback.ids, 'ids', readEach), 'no ids');
}

/** As Z-API writes the ids of groups; those of before November 2021 hold the founder's number. */
const GROUP = /^\d+-(group|\d+)$/;

function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const base = baseUrl(context, NAME, 'https://api.z-api.io');
	const instance = encodeURIComponent(setting(context, 'instanceId', NAME));
	const phone = gatewayRecipient(contactId, NAME, GROUP);
	return sendingsOf(message, NAME).map((sending) => {
		const [method, body] = callOf(sending);
		return jsonRequest(`${base}/instances/${instance}/token/{token}/${method}`, {
			phone,
			...body,
		});
	});
}

function callOf(sending: Sending): [method: string, body: Record<string, unknown>] {
	if (sending.kind === 'text') return ['send-text', { message: sending.text }];
	if (sending.kind === 'location') {
		const { latitude, longitude, name, address } = sending;
		return [
			'send-location',
			{ title: name, address, latitude: String(latitude), longitude: String(longitude) },
		];
	}
	const { kind, url, fileName, caption } = sending;
	const words = caption === undefined ? {} : { caption };
	if (kind !== 'document') return [`send-${kind}`, { [kind]: url, ...words }];
	const extension = fileName.slice(fileName.lastIndexOf('.') + 1);
	return [`send-document/${encodeURIComponent(extension)}`, { document: url, fileName, ...words }];
}

interface Answer {
	messageId: string;
	error: unknown;
	message: unknown;
}

/** `zaapId` is Z-API's own; receipts tell WhatsApp's. */
function taken(body: unknown) {
	const messageId = idOf(fieldsOf<Answer>(body).messageId);
	return messageId === undefined ? undefined : { messageId };
}

function refused(body: unknown): string | undefined {
	const { messageId, error, message } = fieldsOf<Answer>(body);
	if (idOf(messageId) !== undefined) return undefined;
	const words = [textOf(error), textOf(message)];
	return joined([...new Set(words)], ': ');
}
