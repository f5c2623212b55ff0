import { ChannelError } from '../../channel/error';
import type { StatusValue } from '../../channel/schema';
import { contactOf } from '../kit/contact';
import { ignored, messageEvents, statusEvents } from '../kit/incoming';
import { messageAsText, readMessage } from '../kit/message';
import { textParts } from '../kit/parts';
import {
	bodyOf,
	fieldsOf,
	type Fields,
	foreign,
	idOf,
	joined,
	listOf,
	lookUp,
	required,
	textOf,
	timeOf,
	withoutUndefined,
} from '../kit/payload';
import { failureReason } from '../kit/reasons';
import { referenceOfPart } from '../kit/reference';
import { jsonRequest } from '../kit/request';
import { readResponse } from '../kit/response';
import { baseUrl } from '../kit/settings';
import { splitText } from '../kit/text';
import type {
	Converter,
	Incoming,
	IncomingContext,
	OutgoingContext,
	OutgoingMessage,
	ProviderRequest,
} from '../provider';

/**
 * ClickSend's SMS (https://developers.clicksend.com/docs/messaging/sms). In: what ClickSend posts to the URLs of its rules
 * for inbound SMS and for delivery reports, through the Webhook node. The contact is the customer's number; message ids are
 * ClickSend's own.
 *
 * A delivery report does not tell whose it is, but brings back the `custom_string` of the request: so that holds the
 * customer's number, and then the reference where a message took several requests.
 *
 * Out: the API wants JSON with basic authentication: username and API key. Settings: `from` (a number or a name; blank: the
 * account's default), `baseUrl` (default https://rest.clicksend.com/v3).
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: (response) => readResponse(response, { displayName: NAME, taken, refused }),
};

const NAME = 'ClickSend';
/**
 * Six parts of 67 units; more is said to be cut off, and Unicode to take 70 of an SMS where plain letters take 160
 * (https://help.clicksend.com/article/h474eseq3a-how-many-characters-can-i-send-in-an-sms).
 */
const MAX_TEXT = 402;

type Inbound = 'message_id' | 'timestamp' | 'from' | 'body';
type Report = `${'status' | 'error'}_${'code' | 'text'}` | 'custom_string';
type Webhook = Fields<Record<Inbound | Report, string>>;

function incoming(payload: unknown, { now }: IncomingContext): Incoming {
	const body = bodyOf(payload);
	const webhook = fieldsOf<Webhook>(body);
	const messageId = idOf(webhook.message_id);
	if (messageId === undefined) throw foreign(NAME, body);
	const timestamp = timeOf(webhook.timestamp, now);
	if (idOf(webhook.status_code) !== undefined) return readReceipt(webhook, messageId, timestamp);

	const contactId = required(phoneNumber(idOf(webhook.from)), NAME, 'from');
	const contact = contactOf({ phone: contactId }, now);
	const base = { contactId, messageId, timestamp, contact };
	return messageEvents('message', base, textParts(webhook.body));
}

/** With a plus sign, which some of ClickSend's forms leave out; undefined where it is no number. */
function phoneNumber(text: string | undefined): string | undefined {
	const [, digits] = /^\+?(\d{7,15})$/.exec(text ?? '') ?? [];
	return digits === undefined ? undefined : `+${digits}`;
}

/**
 * https://help.clicksend.com/article/8cc479qlbb-list-of-sms-gateway-error-codes: 300 is a fault that ClickSend itself tries
 * again.
 */
const STATUSES: Readonly<Record<string, StatusValue>> = {
	200: 'sent',
	201: 'delivered',
	301: 'failed',
};

function readReceipt(webhook: Webhook, messageId: string, timestamp: number): Incoming {
	const code = idOf(webhook.status_code) ?? '';
	const value = lookUp(STATUSES, code);
	if (value === undefined) return ignored(`status ${code}`);
	const [number, reference] = (textOf(webhook.custom_string) ?? '').trim().split(' ');
	const contactId = phoneNumber(number);
	if (contactId === undefined) return ignored('status of a message sent elsewhere');
	const reason = failureReason(NAME, {
		code: idOf(webhook.error_code) ?? code,
		theirs: textOf(webhook.error_text) ?? textOf(webhook.status_text),
	});
	return statusEvents({ contactId, messageId, timestamp }, value, reason, reference);
}

function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const url = `${baseUrl(context, NAME, 'https://rest.clicksend.com/v3')}/sms/send`;
	const to = phoneNumber(contactId.trim());
	if (to === undefined) {
		throw new ChannelError(
			'The contact id is no phone number: it must have its country code, like +61411111111',
			"Use the providerContactId of the trigger's item.",
		);
	}
	const from = textOf(context.settings.from)?.trim();
	const texts = splitText(messageAsText(readMessage(message, NAME)), MAX_TEXT, sizeOf);
	return texts.map((body, index) => {
		const reference = referenceOfPart(context, index + 1, texts.length);
		const custom_string = joined([to, reference], ' ');
		return jsonRequest(url, {
			messages: [withoutUndefined({ source: 'n8n', from, to, body, custom_string })],
		});
	});
}

/** A line break counts twice. */
function sizeOf(text: string): number {
	return text.length + text.split('\n').length - 1;
}

/** https://developers.clicksend.com/docs/#application-status-codes, where the word alone tells too little. */
const REASONS: Readonly<Record<string, string>> = {
	COUNTRY_NOT_ENABLED: "SMS to the customer's country are not enabled in the ClickSend account.",
	INSUFFICIENT_CREDIT: 'The ClickSend account has too little credit.',
	INVALID_RECIPIENT: "The customer's number is not valid.",
	INVALID_SENDER_ID: 'ClickSend does not know the sender: check the setting From.',
};

const SUCCESS = 'SUCCESS';

/** The one message that was sent; it may be refused where the answer as a whole is a success. */
function messageIn(body: unknown) {
	const { data } = fieldsOf<{ data: object }>(body);
	const [message] = listOf(fieldsOf<{ messages: object[] }>(data).messages);
	return fieldsOf<{ status: string; message_id: string }>(message);
}

function taken(body: unknown) {
	const { status, message_id } = messageIn(body);
	const messageId = idOf(message_id);
	return status === SUCCESS && messageId !== undefined ? { messageId } : undefined;
}

function refused(body: unknown): string | undefined {
	const answer = fieldsOf<{ response_code: string; response_msg: string }>(body);
	const isRefused = answer.response_code !== SUCCESS;
	const code = textOf(isRefused ? answer.response_code : messageIn(body).status);
	if (code === undefined || code === SUCCESS) return undefined;
	const theirs = isRefused ? textOf(answer.response_msg) : undefined;
	return failureReason(NAME, { code, ours: lookUp(REASONS, code), theirs });
}
