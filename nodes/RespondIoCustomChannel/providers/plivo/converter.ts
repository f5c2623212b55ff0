import type { StatusValue } from '../../channel/schema';
import { contactOf } from '../kit/contact';
import { ignored, messageEvents, statusEvents, withDownloads } from '../kit/incoming';
import { readMessage } from '../kit/message';
import { type Part, textParts } from '../kit/parts';
import {
	bodyOf,
	type Fields,
	fieldsOf,
	foreign,
	idOf,
	listOf,
	lookUp,
	required,
	textOf,
	withoutUndefined,
} from '../kit/payload';
import { failureReason } from '../kit/reasons';
import { jsonRequest } from '../kit/request';
import { readResponse } from '../kit/response';
import { baseUrl, setting } from '../kit/settings';
import {
	canBeMms,
	consentParts,
	isUuid,
	mmsParts,
	recipientDigits,
	smsContents,
	statusCallback,
	type SmsContent,
	type SmsMedia,
} from '../kit/sms';
import type {
	BinaryFile,
	Converter,
	Incoming,
	IncomingContext,
	OutgoingContext,
	OutgoingMessage,
	ProviderRequest,
} from '../provider';

/**
 * Plivo's Messaging API: SMS and MMS (https://www.plivo.com/docs/messaging). In: the form that Plivo posts to the message
 * URL of a number's application, and to the callback of a message, from the Webhook node. The contact is the customer's
 * number in digits; in a receipt it is the one that the message went to. Message ids are Plivo's UUIDs; there are no times.
 *
 * Plivo does not tell what its links of files hold: a link without an ending is a file, unless the workflow downloads it
 * before this step, into a binary property named like the link's last part, or of any name where it is one.
 *
 * Out: JSON with Auth ID and Auth Token as basic authentication. Settings: `authId`, `from` (number, short code or name; or
 * the UUID of the Powerpack that chooses the number), `statusCallback` (where receipts go), `baseUrl` (default
 * https://api.plivo.com). Where a message takes several requests, the callback's query carries the reference of each, and
 * brings it back.
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: (response) => readResponse(response, { displayName: NAME, taken }),
};

const NAME = 'Plivo';
/** Plivo takes 1,600 characters, or 737 where one is of Unicode: 10 parts of both. */
const MAX_PARTS = 10;
/** Media0 to Media9, or Media1 to Media10. */
const MAX_MEDIA = 11;

/** https://www.plivo.com/docs/messaging/api/message/handling-incoming and …/message-status-callbacks */
type Webhook = Fields<
	Record<
		| 'MessageUUID'
		| 'From'
		| 'To'
		| 'Type'
		| 'Text'
		| 'Body'
		| 'MessageIntent'
		| 'Status'
		| 'ErrorCode',
		string
	>
>;

function incoming(payload: unknown, { now, binary = {} }: IncomingContext): Incoming {
	const body = bodyOf(payload);
	const webhook = fieldsOf<Webhook>(body);
	const messageId = idOf(webhook.MessageUUID);
	if (messageId === undefined) throw foreign(NAME, body);
	const media = mediaOf(webhook);
	const isMessage = media.length > 0 || (webhook.Text ?? webhook.Body) !== undefined;
	if (webhook.Status !== undefined && !isMessage) {
		// The address for receipts is ours, so what it carries comes back with each.
		const { query } = fieldsOf<{ query: unknown }>(body === payload ? undefined : payload);
		const { reference } = fieldsOf<{ reference: string }>(query);
		return readStatus(webhook, messageId, now, reference);
	}
	const contactId = required(idOf(webhook.From), NAME, 'From');
	const base = {
		contactId,
		messageId,
		timestamp: now,
		contact: contactOf({ phone: /^\d{7,15}$/.test(contactId) ? `+${contactId}` : undefined }, now),
	};
	const parts = [...partsOf(webhook, media, binary), ...consentParts(webhook.MessageIntent)];
	return withDownloads(messageEvents('message', base, parts), binary);
}

function mediaOf(webhook: Webhook): SmsMedia[] {
	const fields = webhook as Readonly<Record<string, unknown>>;
	return Array.from({ length: MAX_MEDIA }, (_, index) => ({
		url: textOf(fields[`Media${index}`])?.trim() ?? '',
	})).filter(({ url }) => url !== '');
}

function partsOf(
	webhook: Webhook,
	media: readonly SmsMedia[],
	binary: Readonly<Record<string, BinaryFile>>,
): Part[] {
	const parts = mmsParts(media, textOf(webhook.Text) ?? webhook.Body, binary);
	const type = textOf(webhook.Type) ?? 'sms';
	// Not to lose that something came in a way that is not known here.
	return parts.length > 0 || type === 'sms' ? parts : textParts(`[${type}]`);
}

const STATUSES: Readonly<Record<string, StatusValue>> = {
	sent: 'sent',
	delivered: 'delivered',
	undelivered: 'failed',
	failed: 'failed',
	rejected: 'failed',
};

function readStatus(
	webhook: Webhook,
	messageId: string,
	now: number,
	reference: unknown,
): Incoming {
	const word = required(textOf(webhook.Status), NAME, 'Status').trim().toLowerCase();
	const value = lookUp(STATUSES, word);
	if (value === undefined) return ignored(`status ${word}`);
	const contactId = required(idOf(webhook.To), NAME, 'To');
	const code = idOf(webhook.ErrorCode);
	const reason = failureReason(NAME, { code, ours: lookUp(REASONS, code ?? '') });
	return statusEvents({ contactId, messageId, timestamp: now }, value, reason, reference);
}

/** A webhook tells the code alone (https://www.plivo.com/docs/messaging/troubleshooting/error-codes). */
const REASONS: Readonly<Record<string, string>> = {
	10: "The customer's carrier did not accept the content of the message.",
	20: "The customer's carrier has a fault in its network. Send it again later.",
	30: 'The message was filtered as spam by a carrier.',
	40: 'The number that sent it is not valid, or not one of this Plivo account: check the setting From.',
	50: "The customer's number is not valid, or can't receive SMS.",
	60: 'The carrier took the message for one that goes in a circle.',
	70: "The customer's number is not in use.",
	80: "The customer's phone can't be reached: it is off or out of reach. Send it again later.",
	90: "There is no way to the customer's carrier at the moment.",
	100: "The customer's carrier does not take such messages.",
	110: 'The message is too long.',
	120: 'The files are too large.',
	200: 'The customer has unsubscribed (replied STOP), and gets no messages until they write START.',
	201: 'A toll-free number of the USA can not send to Canada.',
	300: 'Plivo could not hand the message to a carrier.',
	420: 'The message expired before it could be sent.',
	900: "The business's Plivo account has too little credit.",
	910: "The business's Plivo account is disabled.",
	1000: "The customer's carrier gave no reason.",
};

function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const base = baseUrl(context, NAME, 'https://api.plivo.com');
	const account = encodeURIComponent(setting(context, 'authId', NAME));
	const from = setting(context, 'from', NAME);
	const dst = recipientDigits(contactId, NAME);
	const sender = isUuid(from) ? { powerpack_uuid: from } : { src: from };
	const contents = smsContents(readMessage(message, NAME), MAX_PARTS, canBeMms(from, dst));
	return contents.map((content, index) =>
		jsonRequest(
			`${base}/v1/Account/${account}/Message/`,
			withoutUndefined({
				...sender,
				dst,
				...bodyWith(content),
				url: statusCallback(context, index + 1, contents.length),
			}),
		),
	);
}

function bodyWith({ text, media }: SmsContent) {
	return media === undefined ? { type: 'sms', text } : { type: 'mms', text, media_urls: [media] };
}

function taken(body: unknown) {
	const { message_uuid } = fieldsOf<{ message_uuid: unknown }>(body);
	const messageId = idOf(listOf(message_uuid)[0]) ?? idOf(message_uuid);
	return messageId === undefined ? undefined : { messageId };
}
