import type {
	MessageInstance,
	MessageListInstanceCreateOptions,
	MessageStatus,
} from 'twilio/lib/rest/api/v2010/account/message';

import { ChannelError } from '../../channel/error';
import { attachmentTypeOf } from '../../channel/mimeTypes';
import type { AttachmentType, StatusValue } from '../../channel/schema';
import { contactOf } from '../kit/contact';
import {
	combined,
	eachOf,
	ignored,
	messageEvents,
	statusEvents,
	withDownloads,
} from '../kit/incoming';
import { messageAsText, mimeTypeOfAttachment, readMessage } from '../kit/message';
import { attachmentParts, locationParts, type Part, textParts } from '../kit/parts';
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
	withoutUndefined,
} from '../kit/payload';
import { referenceOfPart } from '../kit/reference';
import { isHttpUrl } from '../kit/request';
import { readResponse } from '../kit/response';
import { baseUrl, setting } from '../kit/settings';
import { splitText, utf16Length } from '../kit/text';
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
 * Twilio's Programmable Messaging: SMS, MMS and WhatsApp (https://www.twilio.com/docs/messaging). In: the form that
 * Twilio posts to a number's webhook or to a StatusCallback, through the Webhook node; or the CloudEvents of Event
 * Streams, as n8n's Twilio Trigger outputs them, which hold no links of files. The contact is the customer's address
 * without its channel (`whatsapp:+1…` is `+1…`); in a status it is the one that the message went to. Message ids are
 * Twilio's own (`SM…`, `MM…`).
 *
 * Links of files are public unless the account enforces HTTP authentication for media: then the workflow downloads a file
 * before this step, into a binary property named like the link's last part (`ME…`), or of any name where it is one.
 *
 * Out: the API wants a form with basic authentication: account SID and auth token, or API key and secret. Settings:
 * `accountSid`; `from` (`+1…`, or `whatsapp:+1…`: its channel is given to the customer's address too) or
 * `messagingServiceSid`, or both; `statusCallback` (where the statuses go); `baseUrl` (default https://api.twilio.com).
 * Where a message takes several requests, the callback's query carries the reference of each, and brings it back.
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: (response) => readResponse(response, { displayName: NAME, taken, refused }),
};

const NAME = 'Twilio';
const MAX_TEXT = 1600;
/** WhatsApp's own, below Twilio's. */
const MAX_WHATSAPP_CAPTION = 1024;
/** MediaUrl0 to MediaUrl9. */
const MAX_MEDIA = 10;

/** https://www.twilio.com/docs/messaging/guides/webhook-request; the type package has none of it. */
type Webhook = Fields<
	Record<
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

function incoming(payload: unknown, context: IncomingContext): Incoming {
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

function readWebhook(
	given: unknown,
	{ now, binary = {} }: IncomingContext,
	reference?: unknown,
): Incoming {
	const webhook = fieldsOf<Webhook>(given);
	const messageId = idOf(webhook.MessageSid) ?? idOf(webhook.SmsSid);
	if (messageId === undefined) throw foreign(NAME, given);
	const word = (textOf(webhook.MessageStatus) ?? textOf(webhook.SmsStatus))?.trim().toLowerCase();
	if (word !== undefined && word !== 'received') {
		return readStatus(webhook, messageId, word, now, reference);
	}

	const from = required(idOf(webhook.From), NAME, 'From');
	const [channel, contactId] = addressOf(from);
	const contact = contactOf(
		{
			firstName: webhook.ProfileName,
			phone: /^\+\d+$/.test(contactId) ? contactId : undefined,
			countryCode: webhook.FromCountry,
		},
		now,
	);
	const base = { contactId, messageId, timestamp: timeOf(webhook.Timestamp, now), contact };
	const parts = [...partsOf(webhook, channel, binary), ...referralParts(webhook)];
	return withDownloads(messageEvents('message', base, parts), binary);
}

/** The channel (`whatsapp`, `messenger`, `rcs`; none for SMS) and the address within it. */
function addressOf(address: string): [channel: string, id: string] {
	const [, channel = '', id = ''] = /^(?:([a-z]+):)?\s*(.*)$/is.exec(address) ?? [];
	return [channel.toLowerCase(), required(textOf(id), NAME, 'From or To')];
}

type Binary = Readonly<Record<string, BinaryFile>>;

function partsOf(webhook: Webhook, channel: string, binary: Binary): Part[] {
	const media = mediaOf(webhook);
	const place = locationParts(
		webhook.Latitude,
		webhook.Longitude,
		joined([webhook.Label, webhook.Address], ', '),
	);
	const text = joined([saidIn(webhook), textOf(webhook.FlowData) ?? webhook.InteractiveData]);
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
	const onlyDownload = single && Object.keys(binary).length === 1;
	const files = media.flatMap(({ url, mimeType }) => {
		const type = attachmentTypeOf(mimeType ?? '');
		// WhatsApp's documents have their names where others have a caption.
		const isName = channel === 'whatsapp' && type === 'file' && single && isFileName(text);
		const fileId = url.slice(url.lastIndexOf('/') + 1);
		const isDownloaded = fileId !== '' && (onlyDownload || Object.hasOwn(binary, fileId));
		return attachmentParts(
			{
				type,
				source: isDownloaded ? { fileId } : { url },
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

/** The advertisement that the customer came from, with the first message after it. */
function referralParts(webhook: Webhook): Part[] {
	const { ReferralHeadline, ReferralBody, ReferralSourceUrl } = webhook;
	const text = joined([ReferralHeadline, ReferralBody, ReferralSourceUrl]);
	return text === undefined ? [] : textParts(`Came from: ${text}`, 'referral');
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
	now: number,
	reference: unknown,
): Incoming {
	const value = lookUp<StatusValue | undefined>(STATUSES, word);
	if (value === undefined) return ignored(`status ${word}`);
	const [, contactId] = addressOf(required(idOf(webhook.To), NAME, 'To'));
	const base = { contactId, messageId, timestamp: timeOf(webhook.Timestamp, now) };
	return statusEvents(base, value, reasonOf(webhook, word), reference);
}

/** Codes in words (https://www.twilio.com/docs/api/errors): a webhook tells the number alone. */
const REASONS: Readonly<Record<string, string>> = {
	21211: "The customer's number is not valid.",
	21610: 'The customer has unsubscribed from this number (replied STOP).',
	21614: "The customer's number can't receive SMS.",
	30001: 'Too many messages are waiting. Send it again later.',
	30002: 'The Twilio account is suspended.',
	30003: "The customer's phone can't be reached: it is off, out of reach, or can't receive SMS.",
	30004: "The message was blocked, by the customer or the customer's carrier.",
	30005: "The customer's number is unknown or no longer in use.",
	30006: "The customer's number is a landline, or of a carrier that can't be reached.",
	30007: 'The message was filtered as unwanted by Twilio or a carrier.',
	30008: "The customer's carrier gave no reason.",
	30019: "The file is too large for the customer's carrier.",
	30032: 'The toll-free number that sent it is not verified.',
	30034: 'The number that sent it is not registered for business messages to the USA (A2P 10DLC).',
	63003: "The customer's address was not found on this channel: it may have no WhatsApp.",
	63005: 'The channel did not accept the content of the message.',
	63007: 'No channel was found for the address that sent it: check the setting from.',
	63013: "The message breaks the channel's rules.",
	63015: 'The WhatsApp sandbox sends to those alone who have joined it.',
	63016:
		'More than 24 hours have passed since the customer last wrote: only a template message can be sent.',
	63018: 'Too many messages were sent in a short time. Send it again later.',
	63019: 'The file could not be downloaded: its link must be public.',
	63021: "The channel can't take this content: e.g. its type or size of a file.",
	63024: "The customer's address can't receive messages on this channel.",
	63032: 'WhatsApp did not deliver it: the customer is part of an experiment of Meta.',
	63049: 'WhatsApp did not deliver it, to keep the customer from too many marketing messages.',
};

function reasonOf(webhook: Webhook, word: string): string {
	const code = idOf(webhook.ErrorCode);
	const words =
		lookUp(REASONS, code ?? '') ??
		joined([webhook.ErrorMessage, webhook.ChannelStatusMessage], ': ') ??
		(word === 'canceled'
			? 'The message was cancelled before it was sent.'
			: 'Twilio gave no reason for the failure.');
	return code === undefined ? words : `${words} (Twilio error ${code})`;
}

/** The API's parameters are the type package's options with a capital. */
type Form = Partial<Record<Capitalize<keyof MessageListInstanceCreateOptions>, string>>;

function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const base = baseUrl(context, NAME, 'https://api.twilio.com');
	const account = encodeURIComponent(setting(context, 'accountSid', NAME));
	const { from, service } = senderOf(context);
	const channel = from === '' ? '' : addressOf(from)[0];
	const To = recipientOf(contactId.trim(), channel);
	const sender: Form = withoutUndefined({
		To,
		From: from === '' ? undefined : from,
		MessagingServiceSid: service,
	});
	const kind = kindOf(channel, from, To);
	return forms(readMessage(message, NAME), kind).map((form, index, { length }) => ({
		method: 'POST',
		url: `${base}/2010-04-01/Accounts/${account}/Messages.json`,
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
		contentType: 'form-urlencoded',
		body: withoutUndefined({
			...sender,
			StatusCallback: statusCallback(context, index + 1, length),
			...form,
		}),
	}));
}

/** In the node's second version From also names the messaging service that chooses the number. */
function senderOf(context: OutgoingContext): { from: string; service?: string } {
	const service = textOf(context.settings.messagingServiceSid)?.trim();
	const from = setting(context, 'from', NAME, service === undefined ? undefined : '').trim();
	return /^MG[0-9a-f]{32}$/i.test(from) ? { from: '', service: from } : { from, service };
}

function recipientOf(contactId: string, channel: string): string {
	const id = /^[a-z]+:/i.test(contactId) ? addressOf(contactId)[1] : contactId;
	// A number of up to six digits is a short code.
	const address = /^\d{7,15}$/.test(id) && channel !== 'messenger' ? `+${id}` : id;
	const isPossible =
		channel === '' ? /^(\+\d{7,15}|\d{3,6})$/.test(address) : /^\+?[\w.-]{3,}$/.test(address);
	if (isPossible) return channel === '' ? address : `${channel}:${address}`;
	throw new ChannelError(
		'The contact id is no address of Twilio: it must be a phone number with its country code, like +16505551234',
		"Use the providerContactId of the trigger's item.",
	);
}

/** `text`: what can't be told in words goes as a link. */
type Kind = 'text' | 'mms' | 'whatsapp';

/** MMS exists within and between the USA and Canada, and within Australia; elsewhere it is refused. */
function kindOf(channel: string, from: string, to: string): Kind {
	if (channel !== '') return channel === 'whatsapp' ? channel : 'text';
	const country = ['+1', '+61'].find((code) => to.startsWith(code));
	const isSame = country !== undefined && (!from.startsWith('+') || from.startsWith(country));
	return isSame ? 'mms' : 'text';
}

function forms(message: OutgoingMessage, kind: Kind): Form[] {
	if (message.type === 'attachment') return attachmentForms(message, kind);
	if (message.type === 'location' && kind === 'whatsapp') return locationForms(message);
	return texts(messageAsText(message));
}

function texts(text: string): Form[] {
	return splitText(text, MAX_TEXT, utf16Length).map((Body) => ({ Body }));
}

/** https://www.twilio.com/docs/whatsapp/message-features#location-messages-with-whatsapp: a body is required. */
function locationForms(message: OutgoingMessage & { type: 'location' }): Form[] {
	const { latitude, longitude, address } = message;
	const point = `${latitude},${longitude}`;
	const label = textOf(address)?.replaceAll('|', ' ');
	const [Body, ...rest] = splitText(textOf(address) ?? point, MAX_TEXT, utf16Length);
	const PersistentAction = joined([`geo:${point}`, rest.length === 0 ? label : undefined], '|');
	return [{ Body, PersistentAction }, ...rest.map((text) => ({ Body: text }))];
}

/**
 * What the channel takes (https://www.twilio.com/docs/messaging/guides/accepted-mime-types and
 * https://www.twilio.com/docs/whatsapp/guidance-whatsapp-media-messages), by what its MIME type begins with; anything else
 * goes as a link.
 */
const TAKEN: Readonly<Record<'mms' | 'whatsapp', Record<AttachmentType, readonly string[]>>> = {
	mms: {
		image: ['image/jpeg', 'image/png', 'image/gif'],
		video: ['video/mp4', 'video/3gpp', 'video/quicktime', 'video/webm', 'video/mpeg'],
		audio: ['audio/mpeg', 'audio/mp4', 'audio/ogg', 'audio/amr', 'audio/webm'],
		file: ['application/pdf', 'text/vcard', 'text/csv', 'text/calendar'],
	},
	whatsapp: {
		image: ['image/jpeg', 'image/png'],
		video: ['video/mp4'],
		audio: ['audio/ogg', 'audio/amr', 'audio/aac', 'audio/mpeg'],
		file: [
			'application/pdf',
			'application/msword',
			'application/vnd.openxmlformats-officedocument',
			'text/vcard',
		],
	},
};

function attachmentForms(message: OutgoingMessage & { type: 'attachment' }, kind: Kind): Form[] {
	const { type, url: MediaUrl, description } = message.attachment;
	const mimeType = mimeTypeOfAttachment(message.attachment);
	const isTaken =
		kind !== 'text' &&
		(mimeType === undefined
			? type !== 'file'
			: TAKEN[kind][type].some((taken) => mimeType.startsWith(taken)));
	if (!isTaken) return texts(messageAsText(message));
	const caption = textOf(description);
	if (caption === undefined) return [{ MediaUrl }];
	const fits =
		kind === 'mms'
			? utf16Length(caption) <= MAX_TEXT
			: ['image', 'video'].includes(type) && utf16Length(caption) <= MAX_WHATSAPP_CAPTION;
	return fits ? [{ MediaUrl, Body: caption }] : [{ MediaUrl }, ...texts(caption)];
}

/** Twilio calls it as it is, query and all. */
function statusCallback(context: OutgoingContext, part: number, parts: number): string | undefined {
	const given = textOf(context.settings.statusCallback)?.trim();
	if (given === undefined || !isHttpUrl(given)) return given;
	const reference = referenceOfPart(context, part, parts);
	if (reference === undefined) return given;
	const url = new URL(given);
	url.searchParams.set('reference', reference);
	return url.href;
}

function taken(body: unknown) {
	const sid = textOf(fieldsOf<MessageInstance>(body).sid);
	return sid !== undefined && /^[SM]M\w+$/.test(sid) ? { messageId: sid } : undefined;
}

/** A message may be answered as failed at once. */
function refused(body: unknown): string | undefined {
	const { status, errorCode, errorMessage } = fieldsOf<MessageInstance>(body);
	const { error_code: code = errorCode, error_message: words = errorMessage } = fieldsOf<{
		error_code: number;
		error_message: string;
	}>(body);
	if (status !== 'failed' && status !== 'undelivered' && idOf(code) === undefined) return undefined;
	return joined([words ?? 'Twilio did not send it', idOf(code) && `(error ${idOf(code)})`], ' ');
}
