import type { StatusValue } from '../../channel/schema';
import { contactOf } from '../kit/contact';
import { combined, eachOf, ignored, messageEvents, statusEvents } from '../kit/incoming';
import { readMessage } from '../kit/message';
import { textParts } from '../kit/parts';
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
	numberOf,
	required,
	textOf,
	timeOf,
	withoutUndefined,
} from '../kit/payload';
import { failureReason } from '../kit/reasons';
import { referenceOfPart } from '../kit/reference';
import { jsonRequest } from '../kit/request';
import { readResponse } from '../kit/response';
import { baseUrl, setting } from '../kit/settings';
import { consentParts, recipientDigits, smsContents } from '../kit/sms';
import type {
	Converter,
	Incoming,
	IncomingContext,
	OutgoingContext,
	OutgoingMessage,
	ProviderRequest,
} from '../provider';

/**
 * Infobip's SMS API, version 3 (https://www.infobip.com/docs/api/channels/sms). In: inbound messages and delivery reports,
 * several in one call, from the Webhook node. The contact is the customer's number in digits; in a report it is the one
 * that the message went to. Message ids are Infobip's own.
 *
 * Out: JSON with an API key (`Authorization: App …`). Settings: `baseUrl` (the account's own, as in
 * https://xxxxx.api.infobip.com) and `from` (number or name). Reports go where the account's subscription says. Where a
 * message takes several requests, `callbackData` carries the reference of each into its reports.
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: (response) => readResponse(response, { displayName: NAME, taken, refused }),
};

const NAME = 'Infobip';
/** Infobip takes 25 parts and 4,000 bytes: 13 parts of characters of 7 bits that have two bytes in UTF-8. */
const MAX_PARTS = 13;

/** An inbound message or a delivery report, of the current and the older version. */
type Result = Fields<
	Record<
		| 'messageId'
		| 'from'
		| 'to'
		| 'text'
		| 'keyword'
		| 'receivedAt'
		| 'doneAt'
		| 'sentAt'
		| 'status'
		| 'error'
		| 'callbackData',
		unknown
	>
>;

function incoming(payload: unknown, { now }: IncomingContext): Incoming {
	const body = bodyOf(payload);
	const { results, notificationType } =
		fieldsOf<Record<'results' | 'notificationType', unknown>>(body);
	const notification = textOf(notificationType);
	if (results === undefined && notification !== undefined) return ignored(notification);
	if (results === undefined) throw foreign(NAME, body);
	return combined(
		eachOf(results, 'results', (result) => readResult(result, now)),
		'empty list',
	);
}

function readResult(given: unknown, now: number): Incoming {
	const result = fieldsOf<Result>(given);
	const messageId = required(idOf(result.messageId), NAME, 'messageId');
	if (isObject(result.status)) return readStatus(result, messageId, now);
	const contactId = required(idOf(result.from), NAME, 'from');
	const base = {
		contactId,
		messageId,
		timestamp: timeOf(result.receivedAt, now),
		contact: contactOf({ phone: /^\d{7,15}$/.test(contactId) ? `+${contactId}` : undefined }, now),
	};
	return messageEvents('message', base, [
		...textParts(result.text),
		...consentParts(result.keyword),
	]);
}

/** Of statuses and errors alike (https://www.infobip.com/docs/essentials/api-essentials/response-status-and-error-codes). */
type Code = Fields<Record<'groupName' | 'id' | 'name' | 'description', unknown>>;

const STATUSES: Readonly<Record<string, StatusValue>> = {
	DELIVERED: 'delivered',
	UNDELIVERABLE: 'failed',
	EXPIRED: 'failed',
	REJECTED: 'failed',
};

/** Where the group's name tells something else than the status. */
const STATUSES_BY_NAME: Readonly<Record<string, StatusValue>> = {
	PENDING_WAITING_DELIVERY: 'sent',
	PENDING_ENROUTE: 'sent',
	DELIVERED_TO_OPERATOR: 'sent',
	EXPIRED_DLR_UNKNOWN: 'sent',
};

function valueOf({ groupName, name }: Code): StatusValue | undefined {
	return (
		lookUp(STATUSES_BY_NAME, textOf(name)?.trim() ?? '') ??
		lookUp(STATUSES, textOf(groupName)?.trim().toUpperCase() ?? '')
	);
}

function readStatus(result: Result, messageId: string, now: number): Incoming {
	const status = fieldsOf<Code>(result.status);
	const value = valueOf(status);
	if (value === undefined) return ignored(`status ${textOf(status.name) ?? 'without a name'}`);
	const base = {
		contactId: required(idOf(result.to), NAME, 'to'),
		messageId,
		timestamp: timeOf(result.doneAt ?? result.sentAt, now),
	};
	return statusEvents(base, value, reasonOf(status, result.error), result.callbackData);
}

/** Codes whose own words tell an agent too little. */
const REASONS: Readonly<Record<string, string>> = {
	EC_ABSENT_SUBSCRIBER: "The customer's phone is off or out of reach.",
	EC_ABSENT_SUBSCRIBER_SM: "The customer's phone is off or out of reach.",
	EC_UNKNOWN_SUBSCRIBER: "The customer's number is not in use.",
	EC_ILLEGAL_SUBSCRIBER: "The customer's carrier refuses messages to this number.",
	EC_CALL_BARRED: 'The customer has barred such messages.',
	EC_CONTENT_BLOCKED: 'The customer has unsubscribed (replied STOP).',
	EC_BLACKLISTED_DESTINATIONADDRESS:
		"The customer's number is on a blocklist: perhaps they have unsubscribed.",
	EC_DEST_ADDRESS_BLACKLISTED:
		"The customer's number is on a list of those who get no such messages.",
	REJECTED_NOT_ENOUGH_CREDITS: "The business's Infobip account has too little credit.",
	REJECTED_DESTINATION_BLOCKLISTED:
		"The customer's number is on a blocklist: perhaps they have unsubscribed.",
	REJECTED_DND: "The customer's number is on a list of those who get no such messages.",
	REJECTED_SOURCE: 'The sender is not registered: check the setting From.',
};

/** The error's code where there is one, else the status's. */
function reasonOf(status: Code, given: unknown): string {
	const error = fieldsOf<Code>(given);
	const isError = (numberOf(error.id) ?? 0) !== 0;
	const code = textOf(isError ? error.name : status.name);
	const words = [status.description, isError ? error.description : undefined];
	const ours = lookUp(REASONS, code ?? '') ?? lookUp(REASONS, textOf(status.name) ?? '');
	return failureReason(NAME, { code, ours, theirs: joined([...new Set(words)], ': ') });
}

function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const url = `${apiOf(context)}/sms/3/messages`;
	const sender = setting(context, 'from', NAME);
	const to = recipientDigits(contactId, NAME);
	const contents = smsContents(readMessage(message, NAME), MAX_PARTS);
	return contents.map(({ text }, index) => {
		const callbackData = referenceOfPart(context, index + 1, contents.length);
		return jsonRequest(url, {
			messages: [
				withoutUndefined({
					sender,
					destinations: [{ to }],
					content: { text },
					webhooks: callbackData === undefined ? undefined : { callbackData },
				}),
			],
		});
	});
}

/** Infobip shows the address without https. */
function apiOf(context: OutgoingContext): string {
	const given = setting(context, 'baseUrl', NAME);
	const url = /^https?:/i.test(given) ? given : `https://${given}`;
	const settings = { ...context.settings, baseUrl: url };
	return baseUrl({ ...context, settings }, NAME, 'https://xxxxx.api.infobip.com');
}

/** The one message of a request. */
function messageIn(body: unknown) {
	const [message] = listOf(fieldsOf<{ messages: unknown }>(body).messages);
	return fieldsOf<Record<'messageId' | 'status', unknown>>(message);
}

function taken(body: unknown) {
	const messageId = idOf(messageIn(body).messageId);
	return messageId === undefined ? undefined : { messageId };
}

interface Problem {
	description: string;
	action: string;
	violations: unknown;
	requestError: unknown;
}

/** A message may be answered as rejected at once; errors are of the current form or the older one. */
function refused(body: unknown): string | undefined {
	const status = fieldsOf<Code>(messageIn(body).status);
	if (valueOf(status) === 'failed') return reasonOf(status, undefined);
	const { description, action, violations, requestError } = fieldsOf<Problem>(body);
	const { serviceException } = fieldsOf<{ serviceException: unknown }>(requestError);
	const older = fieldsOf<{ text: string }>(serviceException);
	const details = listOf(violations).map((each) => {
		const { property, violation } = fieldsOf<Record<'property' | 'violation', string>>(each);
		return joined([property, violation], ': ');
	});
	const isProblem = textOf(description) !== undefined && textOf(action) !== undefined;
	return isProblem ? joined([description, ...details, action], ' ') : textOf(older.text);
}
