import type { StatusValue } from '../../channel/schema';
import { contactOf } from '../kit/contact';
import {
	type EventBase,
	ignored,
	messageEvents,
	ownEcho,
	statusEvents,
	withDownloads,
} from '../kit/incoming';
import { labelOf, type Part, reactionText, saidParts } from '../kit/parts';
import {
	bodyOf,
	type Fields,
	fieldsOf,
	foreign,
	idOf,
	isObject,
	listOf,
	lookUp,
	required,
	textOf,
	timeOf,
	withoutUndefined,
} from '../kit/payload';
import { failureReason } from '../kit/reasons';
import { readResponse } from '../kit/response';
import type { Converter, Incoming, IncomingContext } from '../provider';
import { voteText } from '../whatsappGateways/contents';
import {
	contactOn,
	idOfJid,
	idOfJids,
	isGroup,
	noConversation,
	phoneOf,
} from '../whatsappGateways/jids';
import { leftOutKind, shownParts, type WahaMessage } from './contents';
import { partsOfId } from './ids';
import { outgoing, refused, taken } from './outgoing';

/**
 * WAHA, the WhatsApp HTTP API (https://waha.devlike.pro), with any of its engines: a gateway that people run themselves.
 * It is linked to a WhatsApp account like another device of it, and is not of Meta: WhatsApp's terms
 * (https://www.whatsapp.com/legal) allow neither unofficial clients nor automated messages by them, and an account that
 * uses one may be banned. Meta's own way is the Cloud API.
 *
 * In: the webhook of a session, one event a call; `message.any` holds `message`. The contact is the number in digits, a
 * hidden number (`…@lid`) where neither WAHA tells the number nor the workflow has asked for it (`pn` in the body, as `GET
 * /api/{session}/lids/{lid}` answers it), or a group (`…@g.us`). WAHA writes chat and author into a
 * message's id; the middle of it, WhatsApp's own, is the id here, since receipts may name the chat otherwise. Files come by
 * their message's id: their links need the key of WAHA, but for those of S3. `source` tells what the API has sent.
 *
 * Out: settings `baseUrl` (required), `session` (default `default`); the key goes into the header `X-Api-Key` (Header
 * Auth). WAHA fetches files by their links, and converts audio and videos to what WhatsApp shows.
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: (response) => readResponse(response, { displayName: NAME, taken, refused }),
};

const NAME = 'WAHA';

interface Webhook {
	id: string;
	timestamp: number;
	event: string;
	session: string;
	payload: unknown;
	me: unknown;
	/** What the workflow has found out of a hidden number: `pn` of `GET /api/{session}/lids/{lid}`. */
	pn: string;
}

/** What a webhook tells beside its payload, and what is known of the channel. */
interface Envelope extends Pick<IncomingContext, 'idType'> {
	/** The event's id. */
	id?: string;
	timestamp: number;
	/** The account's own number. */
	own?: string;
	/** The chat's number, where it is hidden and the workflow has asked WAHA for it. */
	asked?: string;
}

type Reader = (payload: unknown, envelope: Envelope) => Incoming;

const READERS: Readonly<Record<string, Reader>> = {
	message: readMessage,
	'message.any': readMessage,
	'message.reaction': readReaction,
	'message.edited': readEdit,
	'message.revoked': readDeletion,
	'message.ack': readAck,
	'message.ack.group': readAck,
	'poll.vote': readVote,
	'event.response': readEventResponse,
};

function incoming(payload: unknown, { now, idType, binary }: IncomingContext): Incoming {
	const body = bodyOf(payload);
	const { id, timestamp, event, session, payload: inner, me, pn } = fieldsOf<Webhook>(body);
	const name = textOf(event)?.trim();
	if (name === undefined || session === undefined || !isObject(inner)) throw foreign(NAME, body);
	const read = lookUp(READERS, name);
	if (read === undefined) return ignored(name);
	const envelope = {
		idType,
		id: idOf(id),
		timestamp: timeOf(timestamp, now),
		own: idOfJid(fieldsOf<{ id: string }>(me).id),
		asked: idOfJid(pn),
	};
	return withDownloads(read(inner, envelope), binary);
}

/** What engines know of the ones who write: NOWEB in `key`, GOWS in `Info`, and of a receipt at the top. */
interface Raw {
	key: unknown;
	Info: unknown;
	SenderAlt: string;
	RecipientAlt: string;
	pushName: string;
	notifyName: string;
}

interface Key {
	remoteJidAlt: string;
	senderPn: string;
	participantAlt: string;
	participantPn: string;
}

interface Info {
	SenderAlt: string;
	RecipientAlt: string;
	PushName: string;
}

interface Origin {
	base: EventBase & { mayBeOurs?: true };
	type: 'message' | 'message_echo';
	/** Who wrote it, of a group. */
	sender?: string;
	/** Why the event is left out. */
	leftOut?: Incoming;
}

/** Where a message, or what happened to one, belongs. */
function originOf(
	message: Fields<WahaMessage>,
	{ timestamp, own, asked, idType }: Envelope,
): Origin {
	const inId = partsOfId(idOf(message.id) ?? '');
	const isOurs = message.fromMe === true;
	const raw = fieldsOf<Raw>(message._data);
	const key = fieldsOf<Key>(raw.key);
	const info = fieldsOf<Info>(raw.Info);
	// The sender is the business itself, of what it has sent.
	const others = isOurs
		? [info.RecipientAlt, raw.RecipientAlt, key.remoteJidAlt].filter(
				(jid) => own !== undefined && idOfJid(jid) !== own,
			)
		: [key.remoteJidAlt, key.senderPn, info.SenderAlt, raw.SenderAlt];
	const chat = required(
		idOfJids(inId.chat ?? (isOurs ? message.to : message.from), [...others, asked]),
		NAME,
		'payload.from',
	);
	const author = idOfJids(message.participant ?? message.author ?? inId.author, [
		key.participantAlt,
		key.participantPn,
		info.SenderAlt,
	]);
	const name = textOf(raw.pushName) ?? textOf(info.PushName) ?? textOf(raw.notifyName);
	const isPerson = !isGroup(chat) && !isOurs;
	const isOfApi = isOurs && message.source === 'api';
	const kind = noConversation(chat, own);
	return {
		type: isOurs ? 'message_echo' : 'message',
		base: {
			...contactOn(chat, idType),
			messageId: required(inId.own ?? idOf(message.id), NAME, 'payload.id'),
			timestamp: timeOf(message.timestamp, timestamp),
			contact: isPerson
				? contactOf({ firstName: name, phone: phoneOf(chat) }, timestamp)
				: undefined,
			// Older versions do not tell the source.
			...(isOurs && message.source === undefined && { mayBeOurs: true as const }),
		},
		sender: isGroup(chat) && !isOurs ? (name ?? author) : undefined,
		leftOut: isOfApi ? ownEcho() : kind === undefined ? undefined : ignored(kind),
	};
}

/** @param suffix Of what happened to a message, after the message's own id. */
function happened(
	message: Fields<WahaMessage>,
	envelope: Envelope,
	partsOf: (sender: string | undefined) => Part[],
	idFrom: (id: string) => string = (id) => id,
): Incoming {
	const { type, base, sender, leftOut } = originOf(message, envelope);
	if (leftOut !== undefined) return leftOut;
	return messageEvents(type, { ...base, messageId: idFrom(base.messageId) }, partsOf(sender));
}

function readMessage(payload: unknown, envelope: Envelope): Incoming {
	const message = fieldsOf<WahaMessage>(payload);
	const kind = leftOutKind(message._data);
	if (kind !== undefined) return ignored(kind);
	const { base } = originOf(message, envelope);
	return happened(message, envelope, (sender) => shownParts(message, base.messageId, sender));
}

function readReaction(payload: unknown, envelope: Envelope): Incoming {
	const message = fieldsOf<WahaMessage>(payload);
	const emoji = textOf(fieldsOf<{ text: string }>(message.reaction).text);
	return happened(message, envelope, (sender) =>
		saidParts(sender, reactionText(emoji, emoji === undefined)),
	);
}

function readEdit(payload: unknown, envelope: Envelope): Incoming {
	const message = fieldsOf<WahaMessage>(payload);
	const time = idOf(message.timestamp) ?? '';
	return happened(
		message,
		envelope,
		(sender) => saidParts(labelOf(sender, true), message.body),
		(id) => `${idOf(message.editedMessageId) ?? id}:edited:${envelope.id ?? time}`,
	);
}

interface Deletion {
	after: unknown;
	before: unknown;
	revokedMessageId: string;
}

function readDeletion(payload: unknown, envelope: Envelope): Incoming {
	const { after, before, revokedMessageId } = fieldsOf<Deletion>(payload);
	return happened(
		fieldsOf<WahaMessage>(isObject(after) ? after : before),
		envelope,
		(sender) => saidParts(sender, 'Deleted a message'),
		(id) => `${idOf(revokedMessageId) ?? id}:deleted`,
	);
}

interface Vote {
	vote: unknown;
	_data: unknown;
}

function readVote(payload: unknown, envelope: Envelope): Incoming {
	const { vote, _data } = fieldsOf<Vote>(payload);
	const { selectedOptions } = fieldsOf<{ selectedOptions: unknown }>(vote);
	return happened({ ...fieldsOf<WahaMessage>(vote), source: 'app', _data }, envelope, (sender) =>
		saidParts(sender, voteText(listOf(selectedOptions))),
	);
}

const ATTENDANCE: Readonly<Record<string, string>> = {
	GOING: 'Is going to the event',
	NOT_GOING: 'Is not going to the event',
	MAYBE: 'May be going to the event',
};

function readEventResponse(payload: unknown, envelope: Envelope): Incoming {
	const message = fieldsOf<WahaMessage>(payload);
	const { response } = fieldsOf<{ response: string }>(message.eventResponse);
	const words = lookUp(ATTENDANCE, textOf(response) ?? '');
	if (words === undefined) return ignored('event.response');
	return happened(message, envelope, (sender) => saidParts(sender, words));
}

const STATUSES: Readonly<Record<string, StatusValue>> = {
	SERVER: 'sent',
	DEVICE: 'delivered',
	READ: 'read',
	PLAYED: 'read',
	ERROR: 'failed',
};

function readAck(payload: unknown, envelope: Envelope): Incoming {
	const message = fieldsOf<WahaMessage>(payload);
	const { ackName } = fieldsOf<{ ackName: string }>(payload);
	const word = textOf(ackName)?.trim() ?? 'unknown';
	const value = lookUp(STATUSES, word);
	if (value === undefined) return ignored(`status ${word}`);
	if (message.fromMe !== true) return ignored("receipt of a customer's message");
	const { base, leftOut } = originOf(
		{ ...message, source: 'app', _data: receiptOf(message) },
		envelope,
	);
	if (leftOut !== undefined) return leftOut;
	return statusEvents(
		withoutUndefined({ ...base, contact: undefined }),
		value,
		failureReason(NAME, {}),
	);
}

/** In a receipt of GOWS the sender is the customer who has read. */
function receiptOf({ _data }: Fields<WahaMessage>): unknown {
	const { SenderAlt, RecipientAlt, key } = fieldsOf<Raw>(_data);
	return { key, RecipientAlt: textOf(RecipientAlt) ?? SenderAlt };
}
