import { contactOf } from '../kit/contact';
import {
	combined,
	eachOf,
	ignored,
	messageEvents,
	ownEcho,
	statusEvents,
	withDownloads,
} from '../kit/incoming';
import { labelOf, textParts } from '../kit/parts';
import {
	bodyOf,
	fieldsOf,
	foreign,
	idOf,
	isObject,
	joined,
	required,
	textOf,
	timeOf,
} from '../kit/payload';
import { failureReason } from '../kit/reasons';
import { readResponse } from '../kit/response';
import type { Converter, Incoming, IncomingContext } from '../provider';
import { type DataMessage, partsOf, serviceOf } from './contents';
import { outgoing } from './outgoing';
import { contactIdOf, NAME, type Person, personOf, WITHOUT_NUMBER } from './people';

/**
 * Signal by signal-cli-rest-api (https://github.com/bbernhard/signal-cli-rest-api), as signal-cli tells it
 * (https://github.com/AsamK/signal-cli). In: a notification of the mode json-rpc, or what GET /v1/receive gives. The
 * contact is a person's account id, on channels of phone numbers the number; or a group, by its id. What the account
 * sends from its phone comes as an echo; what the API sends comes back in no form.
 *
 * Signal tells messages apart by sender and time, so a customer's message has the id `<account id>:<time>`; of our own
 * the time is enough, and all that receipts bring back. Of a group, receipts name the member who has it.
 *
 * Out: POST /v2/send. In `base64_attachments` the file's link stands where signal-cli-rest-api wants its bytes: the step
 * that sends has to put in `data:<type>;filename=<name>;base64,<bytes>`. Settings: `baseUrl` and `number`, both required.
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: (response) => readResponse(response, { displayName: NAME, taken, refused }),
};

interface Envelope {
	sourceUuid: string;
	sourceNumber: string;
	sourceName: string;
	timestamp: number;
	dataMessage: unknown;
	editMessage: unknown;
	syncMessage: unknown;
	receiptMessage: unknown;
	typingMessage: unknown;
	callMessage: unknown;
	storyMessage: unknown;
}

/** What all readers of an envelope need. */
interface Received extends Required<Pick<IncomingContext, 'now' | 'idType'>> {
	envelope: Partial<Record<keyof Envelope, unknown>>;
	sender: Person;
	/** The account's own number. */
	account?: string;
	/** Where the envelope stands in the payload, ending in a dot. */
	place: string;
}

const READERS: ReadonlyArray<[keyof Envelope, (value: unknown, received: Received) => Incoming]> = [
	['dataMessage', readIncoming],
	['editMessage', readEdit],
	['syncMessage', readSync],
	['receiptMessage', readReceipt],
	['typingMessage', () => ignored('typing')],
	['callMessage', () => ignored('call')],
	['storyMessage', () => ignored('story')],
];

function incoming(payload: unknown, { now, idType = 'custom', binary }: IncomingContext): Incoming {
	const body = bodyOf(payload);
	const { place, account, exception, envelope: given } = notificationIn(body);
	if (!isObject(given)) throw foreign(NAME, body);
	const envelope = fieldsOf<Envelope>(given);
	const sender = personOf(envelope.sourceUuid, envelope.sourceNumber);
	const received = { envelope, sender, account: idOf(account), now, idType, place };
	const [name, read] = READERS.find(([kind]) => isObject(envelope[kind])) ?? [];
	if (name === undefined || read === undefined) return readUndecrypted(exception, received);
	return withDownloads(read(envelope[name], received), binary);
}

interface Notification {
	envelope: unknown;
	account: string;
	exception: unknown;
}

/** In a notification of JSON-RPC, in one of a subscription, or alone. */
function notificationIn(body: unknown) {
	const { params } = fieldsOf<{ params: unknown }>(body);
	const { result } = fieldsOf<{ result: unknown }>(params);
	if (result !== undefined)
		return { place: 'params.result.envelope.', ...fieldsOf<Notification>(result) };
	if (params !== undefined) return { place: 'params.envelope.', ...fieldsOf<Notification>(params) };
	return { place: 'envelope.', ...fieldsOf<Notification>(body) };
}

/** Who hides a new key behind an old number may be somebody else: signal-cli shows nothing until it is told to trust. */
function readUndecrypted(exception: unknown, received: Received): Incoming {
	const type = textOf(fieldsOf<{ type: string }>(exception).type);
	if (type !== 'UntrustedIdentityException') {
		return ignored(type === undefined ? 'empty envelope' : `not decrypted: ${type}`);
	}
	const { envelope, sender, now } = received;
	const time = required(idOf(envelope.timestamp), NAME, 'envelope.timestamp');
	return messageEvents(
		'message',
		{
			...personFields(sender, received, envelope.sourceName),
			// It may come again, once it can be read.
			messageId: `${idOfSender(sender)}:${time}:untrusted`,
			timestamp: timeOf(time, now),
		},
		textParts(
			"[A message that can't be read: the safety number of this customer has changed, and signal-cli does not trust the new one yet]",
		),
	);
}

function readIncoming(value: unknown, received: Received): Incoming {
	const { sender, account } = received;
	if (account !== undefined && sender.number === account) return ownEcho();
	return readMessage('message', value, sender, received);
}

function readEdit(value: unknown, received: Received): Incoming {
	const { dataMessage } = fieldsOf<{ dataMessage: unknown }>(value);
	return readMessage('message', dataMessage, received.sender, received, true);
}

interface SentMessage {
	destinationUuid: string;
	destinationNumber: string;
	editMessage: unknown;
}

/** What the account does on its other devices. */
function readSync(value: unknown, received: Received): Incoming {
	const { sentMessage } = fieldsOf<{ sentMessage: unknown }>(value);
	if (!isObject(sentMessage)) {
		return ignored(joined(['sync', ...Object.keys(value as object).slice(0, 1)], ' ') ?? 'sync');
	}
	const sent = fieldsOf<SentMessage>(sentMessage);
	const customer = personOf(sent.destinationUuid, sent.destinationNumber);
	const isToSelf =
		(customer.uuid !== undefined && customer.uuid === received.sender.uuid) ||
		(customer.number !== undefined && customer.number === received.account);
	if (isToSelf) return ignored('note to self');
	const { dataMessage } = fieldsOf<{ dataMessage: unknown }>(sent.editMessage);
	const isEdited = isObject(sent.editMessage);
	return readMessage(
		'message_echo',
		isEdited ? dataMessage : sentMessage,
		customer,
		received,
		isEdited,
	);
}

/** @param person The customer: who wrote, or to whom the account wrote. */
function readMessage(
	type: 'message' | 'message_echo',
	value: unknown,
	person: Person,
	received: Received,
	isEdited = false,
): Incoming {
	const data = fieldsOf<DataMessage>(value);
	const { groupId, groupName } = fieldsOf<{ groupId: string; groupName: string }>(data.groupInfo);
	const group = idOf(groupId);
	const { envelope, sender, now } = received;
	const isTold = type === 'message' && group !== undefined;
	const label = isTold ? (textOf(envelope.sourceName) ?? sender.number ?? sender.uuid) : undefined;
	const parts = partsOf(data, labelOf(label, isEdited));
	if (parts.length === 0) return ignored(serviceOf(data));
	const time = required(idOf(data.timestamp), NAME, 'timestamp in its message');
	const name = type === 'message' ? envelope.sourceName : undefined;
	return messageEvents(
		type,
		{
			...(group === undefined
				? personFields(person, received, name)
				: groupFields(group, received, groupName)),
			messageId: type === 'message' ? `${idOfSender(sender)}:${time}` : time,
			timestamp: timeOf(time, now),
		},
		parts,
	);
}

function groupFields(id: string, { idType, now }: Received, name: unknown) {
	return {
		contactId: id,
		contact: contactOf({ firstName: name }, now),
		...(idType === 'phone' && { contactHint: WITHOUT_NUMBER }),
	};
}

function personFields(person: Person, { idType, now }: Received, name?: unknown) {
	return {
		contactId: required(contactIdOf(person, idType), NAME, 'id of the customer'),
		contact: contactOf({ firstName: name, phone: person.number }, now),
		...(idType === 'phone' && person.number === undefined && { contactHint: WITHOUT_NUMBER }),
	};
}

function idOfSender({ uuid, number }: Person): string {
	return required(uuid ?? number, NAME, 'sourceUuid');
}

interface Receipt {
	when: number;
	isRead: boolean;
	isViewed: boolean;
	isDelivery: boolean;
	timestamps: number[];
}

/** Names each message by the time at which the account sent it. */
function readReceipt(value: unknown, received: Received): Incoming {
	const { when, isRead, isViewed, isDelivery, timestamps } = fieldsOf<Receipt>(value);
	// A voice note or a message to be seen once is viewed; others are read.
	const isSeen = isRead === true || isViewed === true;
	if (!isSeen && isDelivery !== true) return ignored('receipt');
	const { contactId, contactHint } = personFields(received.sender, received);
	const found = eachOf(timestamps, `${received.place}receiptMessage.timestamps`, (time) =>
		statusEvents(
			{
				contactId,
				messageId: required(idOf(time), NAME, 'timestamp in its receipt'),
				timestamp: timeOf(when, received.now),
				...(contactHint !== undefined && { contactHint }),
			},
			isSeen ? 'read' : 'delivered',
		),
	);
	return combined(found, 'receipt');
}

/**
 * Where nobody was reached there is no success: `errors` names members of a group alone, of whom others have the message.
 */
function taken(body: unknown) {
	const messageId = idOf(fieldsOf<{ timestamp: string }>(body).timestamp);
	return messageId !== undefined && /^\d{10,}$/.test(messageId) ? { messageId } : undefined;
}

/** What Signal's words do not tell. */
const OURS: ReadonlyArray<[words: RegExp, ours: string]> = [
	[
		/untrusted/i,
		'The safety number of the customer has changed: trust the new one in signal-cli-rest-api, and send it again.',
	],
	[/^Failed to send message$/, 'The customer is not on Signal, or Signal could not be reached.'],
];

function refused(body: unknown): string | undefined {
	const theirs = textOf(fieldsOf<{ error: string }>(body).error);
	if (theirs === undefined) return undefined;
	const [, ours] = OURS.find(([words]) => words.test(theirs)) ?? [];
	return failureReason(NAME, { ours, theirs });
}
