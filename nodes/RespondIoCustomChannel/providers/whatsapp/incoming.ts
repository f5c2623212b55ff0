import type {
	PostData,
	ServerContacts,
	ServerStatusPayload,
	ServerSystemMessage,
} from 'whatsapp-api-js/types' with { 'resolution-mode': 'import' };

import type { Contact, StatusValue } from '../../channel/schema';
import { contactOf } from '../kit/contact';
import {
	combined,
	eachOf,
	ignored,
	messageEvents,
	statusEvents,
	withDownloads,
} from '../kit/incoming';
import { textParts } from '../kit/parts';
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
} from '../kit/payload';
import type { Incoming, IncomingContext } from '../provider';
import { partsOf, productParts, sourceParts, type WhatsAppMessage } from './contents';
import { contactIdOf, dialled, groupOf } from './ids';
import { reasonOf } from './reasons';

const NAME = 'WhatsApp';

interface Entry {
	changes: unknown;
}

interface Change {
	field: string;
	value: unknown;
}

interface Value {
	messaging_product: string;
	metadata: unknown;
	contacts: unknown;
	messages: unknown;
	message_echoes: unknown;
	statuses: unknown;
	errors: unknown;
	field: string;
}

/** The messages, echoes and statuses of a webhook. */
export function incoming(payload: unknown, context: IncomingContext): Incoming {
	return withDownloads(readBody(bodyOf(payload), context), context.binary);
}

function readBody(body: unknown, context: IncomingContext): Incoming {
	const whole = fieldsOf<PostData>(body);
	if (whole.object === 'whatsapp_business_account') {
		const readEntry = (entry: unknown, place: string) =>
			combined(
				eachOf(fieldsOf<Entry>(entry).changes, `${place}.changes`, (change, where) =>
					readChange(change, `${where}.value.`, context),
				),
				'empty entry',
			);
		return combined(eachOf(whole.entry, 'entry', readEntry), 'empty webhook');
	}
	const change = fieldsOf<Change>(body);
	if (isObject(change.value) && change.field !== undefined) {
		return readChange(body, 'value.', context);
	}
	const value = fieldsOf<Value>(body);
	if (value.messaging_product === 'whatsapp' || textOf(value.field) !== undefined) {
		return readValue(value, '', context);
	}
	throw foreign(NAME, body);
}

function readChange(change: unknown, path: string, context: IncomingContext): Incoming {
	const { field, value } = fieldsOf<Change>(change);
	return readValue({ ...fieldsOf<Value>(value), field }, path, context);
}

/** @param path What comes before the names of the value's fields, in the places of its events. */
function readValue(value: Fields<Value>, path: string, { now, idType }: IncomingContext): Incoming {
	const field = textOf(value.field) ?? 'messages';
	// Months of old messages, which the phone's owner has chosen to share: they are no news.
	if (field === 'history' || field === 'calls') return ignored(field);
	const people = listOf(value.contacts).map((person) => fieldsOf<ServerContacts>(person));
	const context = { people, now, idType };
	const message = (each: unknown) => readMessage('message', each, context);
	const echo = (each: unknown) => readMessage('message_echo', each, context);
	const status = (each: unknown) => readStatus(each, context);
	return combined(
		[
			...eachOf(value.messages, `${path}messages`, message),
			...eachOf(value.message_echoes, `${path}message_echoes`, echo),
			...eachOf(value.statuses, `${path}statuses`, status),
			...listOf(value.errors).map(() => ignored('errors')),
		],
		field,
	);
}

type Person = Fields<ServerContacts>;

interface ReadContext extends Pick<IncomingContext, 'now' | 'idType'> {
	/** Whom the webhook names. */
	people: readonly Person[];
}

function readMessage(
	kind: 'message' | 'message_echo',
	given: unknown,
	{ people, now, idType }: ReadContext,
): Incoming {
	const message = fieldsOf<WhatsAppMessage>(given);
	const type = textOf(message.type) ?? 'unknown';
	const isEcho = kind === 'message_echo';
	const { number, userId, person } = customerOf(message, isEcho, people);
	const news = type === 'system' ? newsOf(message.system, number === undefined) : undefined;
	if (SERVICE_TYPES.has(type) && news === undefined) return ignored(type);

	const groupId = idOf(message.group_id);
	const group = groupId === undefined ? undefined : groupOf(groupId);
	const id = required(group ?? number ?? userId, NAME, isEcho ? 'to' : 'from');
	const sender = group !== undefined && !isEcho ? (nameOf(person) ?? number ?? userId) : undefined;
	return messageEvents(
		kind,
		{
			...contactIdOf(id, idType),
			messageId: required(idOf(message.id), NAME, 'message id'),
			timestamp: timeOf(message.timestamp, now),
			contact: group === undefined ? contactFrom(person, now) : undefined,
		},
		[
			...(news === undefined ? partsOf(type, message, sender) : textParts(news)),
			...productParts(fieldsOf<{ referred_product: unknown }>(message.context).referred_product),
			...sourceParts(message.referral),
		],
	);
}

/** What happened to the chat or the account, and is no message. */
const SERVICE_TYPES: ReadonlySet<string> = new Set(['system', 'request_welcome']);

/** The customer's number and user ID; a number that the message does not tell may stand in the list of people. */
function customerOf(message: WhatsAppMessage, isEcho: boolean, people: readonly Person[]) {
	const ids = isEcho ? [message.to, message.to_user_id] : [message.from, message.from_user_id];
	const [number, userId] = ids.map(idOf);
	const person = personOf(people, number ?? userId);
	const isTheirs = userId !== undefined && idOf(person.user_id) === userId;
	return { number: number ?? (isTheirs ? idOf(person.wa_id) : undefined), userId, person };
}

/**
 * That the customer goes on under another id, and so as another contact. Of a new user ID agents are told where the user
 * ID is what the customer is known by.
 */
function newsOf(system: unknown, isKnownByUserId: boolean): string | undefined {
	const given = fieldsOf<ServerSystemMessage['system'] & { type: string }>(system);
	const type = textOf(given.type) ?? '';
	const isNews =
		['user_changed_number', 'customer_changed_number'].includes(type) ||
		(type === 'user_changed_user_id' && isKnownByUserId);
	const id = idOf(given.wa_id) ?? idOf(given.new_wa_id) ?? idOf(given.user_id);
	return isNews ? (textOf(given.body) ?? (id && `Changed the number to ${id}`)) : undefined;
}

function personOf(people: readonly Person[], id: string | undefined): Person {
	const match = people.find((person) => [person.wa_id, person.user_id].map(idOf).includes(id));
	// A lone contact is the sender's, also where its number is written otherwise (Brazil, Mexico, Argentina).
	return match ?? (people.length === 1 ? people[0] : {});
}

function nameOf(person: Person): string | undefined {
	const { name, username } = fieldsOf<{ name: string; username: string }>(person.profile);
	return textOf(name) ?? textOf(username);
}

function contactFrom(person: Person, now: number): Contact | undefined {
	const phone = idOf(person.wa_id);
	return contactOf(
		{
			firstName: nameOf(person),
			phone: phone !== undefined && /^\d+$/.test(phone) ? `+${dialled(phone)}` : undefined,
			countryCode: person.country_code,
		},
		now,
	);
}

const STATUSES: Readonly<Record<string, StatusValue>> = {
	sent: 'sent',
	delivered: 'delivered',
	read: 'read',
	played: 'read',
	failed: 'failed',
};

/** A status names the id that the message went to: `recipient_id` is left out where that was the user ID. */
function readStatus(given: unknown, { people, now, idType }: ReadContext): Incoming {
	const status = fieldsOf<ServerStatusPayload>(given);
	const word = required(textOf(status.status), NAME, 'status');
	const value = lookUp(STATUSES, word);
	if (value === undefined) return ignored(`status ${word}`);
	const [person = {}] = people;
	const ids = [status.recipient_id, status.recipient_user_id, person.wa_id, person.user_id];
	const customer = required(ids.map(idOf).find(Boolean), NAME, 'recipient_id');
	return statusEvents(
		{
			...contactIdOf(groupOf(customer), idType),
			messageId: required(idOf(status.id), NAME, 'status id'),
			timestamp: timeOf(status.timestamp, now),
		},
		value,
		reasonOf(status.errors),
		status.biz_opaque_callback_data,
	);
}
