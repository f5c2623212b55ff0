import type { MessageStatus } from 'twilio/lib/rest/api/v2010/account/message';

import { ChannelError } from '../../channel/error';
import { attachmentTypeOf } from '../../channel/mimeTypes';
import type { IdType, StatusValue } from '../../channel/schema';
import { contactOf } from '../kit/contact';
import {
	combined,
	eachOf,
	ignored,
	linkedFile,
	messageEvents,
	statusEvents,
	withDownloads,
} from '../kit/incoming';
import { attachmentParts, locationParts, type Part, referralParts, textParts } from '../kit/parts';
import {
	bodyOf,
	type Fields,
	fieldsOf,
	foreign,
	idOf,
	joined,
	lookUp,
	numberOf,
	required,
	textOf,
	timeOf,
} from '../kit/payload';
import type { BinaryFile, Incoming, IncomingContext } from '../provider';
import { formText } from '../whatsapp/contents';
import { customerOn } from '../whatsapp/ids';
import { addressOf } from './address';
import { reasonOf } from './reasons';

const NAME = 'Twilio';
/** MediaUrl0 to MediaUrl9. */
const MAX_MEDIA = 10;

/** https://www.twilio.com/docs/messaging/guides/webhook-request; the type package has none of it. */
type Webhook = Fields<
	Record<
		| 'ConversationSid'
		| 'MessageSid'
		| 'SmsSid'
		| 'MessageStatus'
		| 'SmsStatus'
		| 'From'
		| 'To'
		| 'Body'
		| 'NumMedia'
		| 'Timestamp'
		| 'FromCountry'
		| 'ProfileName'
		| 'MessageType'
		| 'ButtonText'
		| 'ButtonPayload'
		| 'ListTitle'
		| 'ListId'
		| 'FlowData'
		| 'InteractiveData'
		| 'Latitude'
		| 'Longitude'
		| 'Address'
		| 'Label'
		| 'ReferralHeadline'
		| 'ReferralBody'
		| 'ReferralSourceUrl'
		| 'ErrorCode'
		| 'ErrorMessage'
		| 'ChannelStatusMessage',
		string
	>
>;

/** The message or the status of a webhook, or those of a batch of Event Streams. */
export function incoming(payload: unknown, context: IncomingContext): Incoming {
	const body = bodyOf(payload);
	if (Array.isArray(body)) {
		return combined(
			eachOf(body, '', (item) => readItem(item, context)),
			'empty list',
		);
	}
	// The address for statuses is ours, so what it carries comes back with each.
	const { query } = fieldsOf<{ query: unknown }>(payload);
	const { reference } = fieldsOf<{ reference: string }>(body === payload ? undefined : query);
	return readItem(body, context, reference);
}

function readItem(item: unknown, context: IncomingContext, reference?: unknown): Incoming {
	const event = fieldsOf<{ type: string; specversion: string; data: unknown }>(item);
	if (event.specversion === undefined) return readWebhook(item, context, reference);
	const type = textOf(event.type) ?? 'event';
	if (!/^com\.twilio\.messaging\.(inbound-)?message\./.test(type)) return ignored(type);
	return readWebhook(asWebhook(event.data), context);
}

/** Event Streams name the same fields in lower camel case, and statuses in capitals. */
function asWebhook(data: unknown): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(fieldsOf<Record<string, unknown>>(data)).map(([name, value]) => [
			`${name.charAt(0).toUpperCase()}${name.slice(1)}`,
			value,
		]),
	);
}

function readWebhook(given: unknown, context: IncomingContext, reference?: unknown): Incoming {
	const webhook = fieldsOf<Webhook>(given);
	if (idOf(webhook.ConversationSid) !== undefined) {
		throw new ChannelError(
			'This is a webhook of Twilio Conversations, whose messages have neither sender nor receipts in the form of Programmable Messaging',
			"In Twilio's console let the number's or the sender's own setting for incoming messages call this workflow, and take the number out of the Conversations service (its addresses and messaging service), which otherwise takes the messages for itself.",
		);
	}
	const messageId = idOf(webhook.MessageSid) ?? idOf(webhook.SmsSid);
	if (messageId === undefined) throw foreign(NAME, given);
	const word = (textOf(webhook.MessageStatus) ?? textOf(webhook.SmsStatus))?.trim().toLowerCase();
	if (word !== undefined && word !== 'received') {
		return readStatus(webhook, messageId, word, context, reference);
	}
	return readMessage(webhook, messageId, context);
}

function readMessage(
	webhook: Webhook,
	messageId: string,
	{ now, idType, binary = {} }: IncomingContext,
): Incoming {
	const { channel, ids, number } = customerOf(webhook.From, 'From', idType);
	const base = {
		...ids,
		messageId,
		timestamp: timeOf(webhook.Timestamp, now),
		contact: contactOf(
			{
				firstName: webhook.ProfileName,
				phone: /^\+\d+$/.test(number) ? number : undefined,
				countryCode: webhook.FromCountry,
			},
			now,
		),
	};
	const { ReferralHeadline, ReferralBody, ReferralSourceUrl } = webhook;
	const parts = [
		...partsOf(webhook, channel, binary),
		...referralParts([ReferralHeadline, ReferralBody, ReferralSourceUrl]),
	];
	return withDownloads(messageEvents('message', base, parts), binary);
}

function customerOf(address: unknown, field: 'From' | 'To', idType: IdType | undefined) {
	const [channel, id] = addressOf(required(idOf(address), NAME, field));
	return { channel, ...customerOn(channel, required(textOf(id), NAME, field), idType) };
}

type Binary = Readonly<Record<string, BinaryFile>>;

function partsOf(webhook: Webhook, channel: string, binary: Binary): Part[] {
	const media = mediaOf(webhook);
	const place = locationParts(
		webhook.Latitude,
		webhook.Longitude,
		joined([webhook.Label, webhook.Address], ', '),
	);
	const form = textOf(webhook.FlowData) ?? textOf(webhook.InteractiveData);
	const text = joined([saidIn(webhook), formText(form)]);
	const parts =
		media.length > 0
			? mediaParts(media, text, channel, binary)
			: [...place, ...textParts(text, 'text')];
	if (parts.length > 0) return [...parts, ...missingMedia(webhook, media.length)];
	const type = textOf(webhook.MessageType) ?? 'text';
	const missing = missingMedia(webhook, 0);
	return missing.length > 0 || type === 'text' ? missing : textParts(`[${type}]`);
}

/** A tapped button's words are in the body too, but for some versions of the webhook. */
function saidIn(webhook: Webhook): unknown {
	const { Body, ButtonText, ListTitle, ButtonPayload, ListId } = webhook;
	return [Body, ButtonText, ListTitle, ButtonPayload, ListId].find(
		(value) => textOf(value) !== undefined,
	);
}

interface Media {
	url: string;
	mimeType: string | undefined;
}

function mediaOf(webhook: Webhook): Media[] {
	const fields = webhook as Readonly<Record<string, unknown>>;
	return Array.from({ length: MAX_MEDIA }, (_, index) => ({
		url: textOf(fields[`MediaUrl${index}`])?.trim() ?? '',
		mimeType: textOf(fields[`MediaContentType${index}`]),
	})).filter(({ url }) => url !== '');
}

/** Event Streams tell how many files there are, not where. */
function missingMedia(webhook: Webhook, found: number): Part[] {
	const missing = (numberOf(webhook.NumMedia) ?? 0) - found;
	const files = missing === 1 ? '1 file' : `${missing} files`;
	return missing > 0 ? textParts(`[${files}, which Twilio holds]`, 'missing') : [];
}

/** The text is the caption of a single file, and follows several. */
function mediaParts(
	media: readonly Media[],
	text: string | undefined,
	channel: string,
	binary: Binary,
): Part[] {
	const single = media.length === 1;
	const files = media.flatMap(({ url, mimeType }) => {
		const type = attachmentTypeOf(mimeType ?? '');
		// WhatsApp's documents have their names where others have a caption.
		const isName = channel === 'whatsapp' && type === 'file' && single && isFileName(text);
		return attachmentParts(
			{
				type,
				source: linkedFile(url, single, binary),
				mimeType,
				fileName: isName ? text : undefined,
			},
			single && !isName ? text : undefined,
		);
	});
	return single ? files : [...files, ...textParts(text, 'text')];
}

function isFileName(text: string | undefined): boolean {
	return text !== undefined && /^[^\n/\\]{1,240}\.[a-z0-9]{2,5}$/i.test(text.trim());
}

const STATUSES: Partial<Record<MessageStatus, StatusValue>> = {
	sent: 'sent',
	delivered: 'delivered',
	read: 'read',
	undelivered: 'failed',
	failed: 'failed',
	canceled: 'failed',
};

function readStatus(
	webhook: Webhook,
	messageId: string,
	word: string,
	{ now, idType }: IncomingContext,
	reference: unknown,
): Incoming {
	const value = lookUp<StatusValue | undefined>(STATUSES, word);
	if (value === undefined) return ignored(`status ${word}`);
	const { ids } = customerOf(webhook.To, 'To', idType);
	const base = { ...ids, messageId, timestamp: timeOf(webhook.Timestamp, now) };
	return statusEvents(base, value, reasonIn(webhook, word), reference);
}

function reasonIn(webhook: Webhook, word: string): string {
	const { ErrorCode, ErrorMessage, ChannelStatusMessage } = webhook;
	const words = [ErrorMessage, ChannelStatusMessage];
	const isCancelled = word === 'canceled' && joined(words) === undefined;
	return reasonOf(
		idOf(ErrorCode),
		isCancelled ? ['The message was cancelled before it was sent.'] : words,
	);
}
