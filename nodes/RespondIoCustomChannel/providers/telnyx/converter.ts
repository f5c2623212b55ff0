import { attachmentTypeOf } from '../../channel/mimeTypes';
import type { StatusValue } from '../../channel/schema';
import { contactOf } from '../kit/contact';
import { ignored, messageEvents, statusEvents, withDownloads } from '../kit/incoming';
import { readMessage } from '../kit/message';
import { attachmentParts, locationParts, type Part, textParts } from '../kit/parts';
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
	required,
	textOf,
	timeOf,
	withoutUndefined,
} from '../kit/payload';
import { failureReason } from '../kit/reasons';
import { jsonRequest } from '../kit/request';
import { readResponse } from '../kit/response';
import { baseUrl, setting } from '../kit/settings';
import {
	canBeMms,
	consentParts,
	isShortCode,
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
 * Telnyx Messaging, API v2: SMS and MMS (https://developers.telnyx.com/docs/messaging). In: the webhook of a messaging
 * profile, or of a message's own `webhook_url`, from the Webhook node; of RCS what people write as well. The contact is the
 * customer's number (`+1…`); message ids are Telnyx's UUIDs, in receipts too. What was sent to several people comes with
 * all their numbers, and is answered to the sender alone. Links of files are public.
 *
 * Out: JSON with an API key as bearer. Settings: `from` (number, short code or name; or the UUID of the messaging profile
 * that chooses the number), `messagingProfileId` (with a name), `statusCallback` (where receipts go; without it where the
 * profile says), `baseUrl` (default https://api.telnyx.com). Where a message takes several requests, the callback's query
 * carries the reference of each, and brings it back.
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: (response) => readResponse(response, { displayName: NAME, taken, refused }),
};

const NAME = 'Telnyx';
/** https://developers.telnyx.com/docs/messaging/messages/message-encoding */
const MAX_PARTS = 10;

interface Event {
	event_type: string;
	occurred_at: string;
	payload: unknown;
}

/** https://developers.telnyx.com/api-reference/callbacks/inbound-message and …/delivery-update */
type Message = Fields<
	Record<
		| 'id'
		| 'type'
		| 'from'
		| 'to'
		| 'cc'
		| 'text'
		| 'subject'
		| 'media'
		| 'body'
		| 'autoresponse_type'
		| 'received_at'
		| 'errors',
		unknown
	>
>;

function incoming(payload: unknown, context: IncomingContext): Incoming {
	const body = bodyOf(payload);
	const event = fieldsOf<Event>(fieldsOf<{ data: unknown }>(body).data);
	const type = textOf(event.event_type);
	if (type === undefined) throw foreign(NAME, body);
	const message = fieldsOf<Message>(event.payload);
	if (type === 'message.received') return readInbound(message, event, context);
	if (type !== 'message.sent' && type !== 'message.finalized') return ignored(type);
	// The address for receipts is ours, so what it carries comes back with each.
	const { query } = fieldsOf<{ query: unknown }>(body === payload ? undefined : payload);
	const { reference } = fieldsOf<{ reference: string }>(query);
	return readStatus(message, event, context.now, reference);
}

function readInbound(
	message: Message,
	event: Fields<Event>,
	{ now, binary = {} }: IncomingContext,
): Incoming {
	const contactId = required(numberIn(message.from), NAME, 'from.phone_number');
	const base = {
		contactId,
		messageId: required(idOf(message.id), NAME, 'id'),
		timestamp: timeOf(message.received_at ?? event.occurred_at, now),
		contact: contactOf({ phone: /^\+\d{7,}$/.test(contactId) ? contactId : undefined }, now),
	};
	const parts = [
		...partsOf(message, binary),
		...groupParts(message),
		...consentParts(message.autoresponse_type),
	];
	return withDownloads(messageEvents('message', base, parts), binary);
}

function numberIn(address: unknown): string | undefined {
	return idOf(fieldsOf<{ phone_number: string }>(address).phone_number);
}

function partsOf(message: Message, binary: Readonly<Record<string, BinaryFile>>): Part[] {
	const media = listOf(message.media).flatMap((each): SmsMedia[] => {
		const { url, content_type } = fieldsOf<Record<'url' | 'content_type', string>>(each);
		const link = textOf(url)?.trim();
		return link === undefined ? [] : [{ url: link, mimeType: textOf(content_type) }];
	});
	const parts = mmsParts(media, joined([message.subject, message.text]), binary);
	const all = parts.length > 0 ? parts : richParts(message.body);
	const type = textOf(message.type) ?? 'SMS';
	// Not to lose that something came in a way that is not known here.
	return all.length > 0 || /^[SM]MS$/i.test(type) ? all : textParts(`[${type}]`);
}

/** RCS and WhatsApp have their content in a body of its own. */
function richParts(value: unknown): Part[] {
	const body =
		fieldsOf<Record<'text' | 'user_file' | 'location' | 'suggestion_response', unknown>>(value);
	const { latitude, longitude } = fieldsOf<Record<'latitude' | 'longitude', number>>(body.location);
	const reply = fieldsOf<Record<'text' | 'postback_data', string>>(body.suggestion_response);
	const text = isObject(body.text) ? fieldsOf<{ body: string }>(body.text).body : body.text;
	const { payload } = fieldsOf<{ payload: unknown }>(body.user_file);
	const file = fieldsOf<Record<'file_uri' | 'mime_type' | 'file_name', string>>(payload);
	const url = textOf(file.file_uri)?.trim();
	const mimeType = textOf(file.mime_type);
	return [
		...(url === undefined
			? []
			: attachmentParts({
					type: attachmentTypeOf(mimeType ?? ''),
					source: { url },
					mimeType,
					fileName: file.file_name,
				})),
		...locationParts(latitude, longitude),
		...textParts(joined([text, textOf(reply.text) ?? reply.postback_data]), 'text'),
	];
}

/** The numbers of all who got it, where they were several (`<id>:group`). */
function groupParts({ to, cc }: Message): Part[] {
	const numbers = [...listOf(to), ...listOf(cc)].map(numberIn);
	if (numbers.length < 2) return [];
	return textParts(`[Sent to several: ${joined(numbers, ', ')}]`, 'group');
}

const STATUSES: Readonly<Record<string, StatusValue>> = {
	sent: 'sent',
	// Nobody will tell more of it.
	delivery_unconfirmed: 'sent',
	delivered: 'delivered',
	sending_failed: 'failed',
	delivery_failed: 'failed',
	expired: 'failed',
};

function readStatus(
	message: Message,
	event: Fields<Event>,
	now: number,
	reference: unknown,
): Incoming {
	const [recipient] = listOf(message.to);
	const { status } = fieldsOf<{ status: string }>(recipient);
	const word = required(textOf(status), NAME, 'to[0].status').trim().toLowerCase();
	const value = lookUp(STATUSES, word);
	if (value === undefined) return ignored(`status ${word}`);
	const base = {
		contactId: required(numberIn(recipient), NAME, 'to[0].phone_number'),
		messageId: required(idOf(message.id), NAME, 'id'),
		timestamp: timeOf(event.occurred_at, now),
	};
	const reason = reasonOf(message.errors) ?? failureReason(NAME, { ours: lookUp(WORDS, word) });
	return statusEvents(base, value, reason, reference);
}

/** Of failures without an error. */
const WORDS: Readonly<Record<string, string>> = {
	expired: 'The message expired before it could be sent.',
};

/** Codes whose own words tell an agent too little (https://developers.telnyx.com/docs/messaging/messages/error-codes). */
const REASONS: Readonly<Record<string, string>> = {
	40001: "The customer's number is a landline, or can't be reached by SMS.",
	40002: "The customer's carrier took the message for spam. Later it may get through.",
	40003: "The customer's carrier blocks the number that sent it, for spam.",
	40006: "The customer's carrier can't be reached at the moment. Send it again later.",
	40012: "The customer's number is not valid.",
	40300:
		'The customer has unsubscribed (replied STOP), and gets no messages until they write START.',
};

interface TelnyxError {
	code: string;
	title: string;
	detail: string;
}

/** The first error of a list of them. */
function reasonOf(errors: unknown): string | undefined {
	const [first] = listOf(errors);
	const { code, title, detail } = fieldsOf<TelnyxError>(first);
	const id = idOf(code);
	const theirs = joined(title === detail ? [title] : [title, detail], ': ');
	if (id === undefined && theirs === undefined) return undefined;
	return failureReason(NAME, { code: id, ours: lookUp(REASONS, id ?? ''), theirs });
}

function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const url = `${baseUrl(context, NAME, 'https://api.telnyx.com')}/v2/messages`;
	const given = setting(context, 'from', NAME);
	const from = /^\d{7,15}$/.test(given) ? `+${given}` : given;
	const digits = recipientDigits(contactId, NAME);
	const sender = withoutUndefined({
		from: isUuid(from) ? undefined : from,
		messaging_profile_id: isUuid(from) ? from : textOf(context.settings.messagingProfileId)?.trim(),
	});
	const contents = smsContents(readMessage(message, NAME), MAX_PARTS, canBeMms(from, digits));
	return contents.map((content, index) =>
		jsonRequest(
			url,
			withoutUndefined({
				...sender,
				to: isShortCode(digits) ? digits : `+${digits}`,
				...bodyWith(content),
				webhook_url: statusCallback(context, index + 1, contents.length),
			}),
		),
	);
}

function bodyWith({ text, media }: SmsContent) {
	return { text, ...(media !== undefined && { media_urls: [media], type: 'MMS' }) };
}

function taken(body: unknown) {
	const messageId = idOf(fieldsOf<{ id: string }>(fieldsOf<{ data: unknown }>(body).data).id);
	return messageId === undefined ? undefined : { messageId };
}

function refused(body: unknown): string | undefined {
	return reasonOf(fieldsOf<{ errors: unknown }>(body).errors);
}
