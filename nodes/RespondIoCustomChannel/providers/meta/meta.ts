import { ChannelError } from '../../channel/error';
import { codePointLength } from '../../channel/limits';
import type { AttachmentType } from '../../channel/schema';
import { combined, eachOf, ignored, messageEvents, ownEcho, statusEvents } from '../kit/incoming';
import { messageAsText, mimeTypeOfAttachment, readMessage } from '../kit/message';
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
} from '../kit/payload';
import { readReference } from '../kit/reference';
import { jsonRequest } from '../kit/request';
import { readResponse } from '../kit/response';
import { baseUrl, setting } from '../kit/settings';
import { splitText } from '../kit/text';
import type {
	Incoming,
	IncomingContext,
	OutgoingContext,
	OutgoingMessage,
	ProviderRequest,
	ProviderResponse,
} from '../provider';

/**
 * What Messenger and Instagram have in common: the webhook's `messaging` events and the Send API
 * (https://developers.facebook.com/documentation/business-messaging/messenger-platform). No type package describes
 * them. The contact is the customer's scoped id; message ids are Meta's own, unique and long. Names are not in the
 * webhook. Files come as public, expiring links.
 */
export interface MetaPlatform {
	displayName: string;
	/** The webhook's `object`. */
	object: string;
}

interface Webhook {
	object: string;
	entry: unknown;
}

interface Entry {
	id: string;
	messaging: unknown;
	/** The same events, while another app has the conversation. */
	standby: unknown;
	changes: unknown;
}

interface MessagingEvent {
	sender: unknown;
	recipient: unknown;
	timestamp: number;
	message: unknown;
	message_edit: unknown;
	postback: unknown;
	referral: unknown;
	reaction: unknown;
	delivery: unknown;
	read: unknown;
}

type Event = Fields<MessagingEvent>;

/** Reads the whole webhook, or one of its entries, as n8n's Facebook Trigger outputs them. */
export function metaIncoming(
	platform: MetaPlatform,
	payload: unknown,
	{ now }: IncomingContext,
): Incoming {
	const body = bodyOf(payload);
	const webhook = fieldsOf<Webhook>(body);
	if (webhook.object === platform.object && Array.isArray(webhook.entry)) {
		const entry = (each: unknown, place: string) => readEntry(platform, each, `${place}.`, now);
		return combined(eachOf(webhook.entry, 'entry', entry), 'empty webhook');
	}
	const { messaging, standby, changes } = fieldsOf<Entry>(body);
	const isEntry = [messaging, standby, changes].some(Array.isArray);
	if (webhook.object === undefined && isEntry) return readEntry(platform, body, '', now);
	throw foreign(platform.displayName, body);
}

/** @param path What comes before the names of the entry's fields, in the places of its events. */
function readEntry(platform: MetaPlatform, value: unknown, path: string, now: number): Incoming {
	const entry = fieldsOf<Entry>(value);
	const context = { platform, account: idOf(entry.id), now };
	const event = (each: unknown) => readEvent(each, context);
	const change = (each: unknown) => {
		const { field, value: changed } = fieldsOf<{ field: string; value: unknown }>(each);
		const isMessaging = fieldsOf<MessagingEvent>(changed).sender !== undefined;
		return isMessaging ? readEvent(changed, context) : ignored(textOf(field) ?? 'changes');
	};
	return combined(
		[
			...eachOf(entry.messaging, `${path}messaging`, event),
			...eachOf(entry.standby, `${path}standby`, event),
			...eachOf(entry.changes, `${path}changes`, change),
		],
		'empty webhook',
	);
}

interface ReadContext {
	platform: MetaPlatform;
	/** The page or the professional account. */
	account?: string;
	now: number;
}

const ENVELOPE: ReadonlySet<string> = new Set(['sender', 'recipient', 'timestamp']);

function readEvent(value: unknown, context: ReadContext): Incoming {
	const event = fieldsOf<MessagingEvent>(value);
	if (event.message !== undefined) return readMessaging(event, context);
	if (event.message_edit !== undefined) return readEdit(event, context);
	if (event.postback !== undefined) return readPostback(event, context);
	// A link or an advertisement that was opened, in a conversation that exists.
	if (event.referral !== undefined) return readPostback({ ...event, postback: event }, context);
	if (event.reaction !== undefined) return readReaction(event, context);
	if (event.delivery !== undefined) return readDelivery(event, context);
	if (event.read !== undefined) return readRead(event, context);
	const kind = isObject(value) && Object.keys(value).find((name) => !ENVELOPE.has(name));
	return ignored(kind || 'empty event');
}

function idIn(value: unknown): string | undefined {
	return idOf(fieldsOf<{ id: string }>(value).id);
}

/** An event with its two sides told apart. */
function message(
	event: Event,
	{ platform, account, now }: ReadContext,
	id: string | undefined,
	parts: readonly Part[],
): Incoming {
	const { is_echo, metadata, app_id } = fieldsOf<MetaMessage>(event.message);
	const isEcho = is_echo === true || (account !== undefined && idIn(event.sender) === account);
	if (isEcho && isOwnMark(metadata)) return ownEcho();
	const customer = isEcho ? 'recipient' : 'sender';
	return messageEvents(
		isEcho ? 'message_echo' : 'message',
		{
			contactId: required(idIn(event[customer]), platform.displayName, `${customer}.id`),
			messageId: required(id, platform.displayName, 'mid'),
			timestamp: timeOf(event.timestamp, now),
			mayBeOurs: isEcho && !INBOXES.has(idOf(app_id) ?? '') ? true : undefined,
		},
		parts,
	);
}

/** Our own request's reference; or the bare word, which a request made by hand may carry in its place. */
function isOwnMark(metadata: unknown): boolean {
	return readReference(metadata) !== undefined || textOf(metadata)?.trim() === 'respond.io';
}

/**
 * The apps by which people answer in Meta's own inboxes
 * (https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/message-echoes,
 * which has the first with a digit less, and /conversations/handover-protocol).
 */
const INBOXES: ReadonlySet<string> = new Set([
	'263902037430900',
	'26390203743090',
	'1217981644879628',
]);

interface MetaMessage {
	mid: string;
	text: string;
	attachments: unknown;
	is_echo: boolean;
	/** Of an echo: what the request that sent it carried, and the app that made it. */
	metadata: string;
	app_id: number;
	is_self: boolean;
	is_deleted: boolean;
	is_unsupported: boolean;
	reply_to: unknown;
	referral: unknown;
}

function readMessaging(event: Event, context: ReadContext): Incoming {
	const given = fieldsOf<MetaMessage>(event.message);
	// A test of the account with itself.
	if (given.is_self === true) return ignored('message to oneself');
	const mid = idOf(given.mid);
	if (given.is_deleted === true) {
		const id = mid && `${mid}:deleted`;
		return message(event, context, id, textParts('Deleted a message'));
	}
	const contents = [...textParts(given.text), ...attachmentsOf(given.attachments)];
	const unsupported = `[A message that ${context.platform.displayName} does not pass on]`;
	const shown =
		contents.length === 0 && given.is_unsupported === true ? textParts(unsupported) : contents;
	return message(event, context, mid, [
		...shown,
		...storyParts(given.reply_to),
		...referralParts(given.referral),
	]);
}

interface MetaAttachment {
	type: string;
	title: string;
	url: string;
	payload: unknown;
}

interface MetaPayload {
	url: string;
	title: string;
	subtitle: string;
	text: string;
	image_url: string;
	buttons: unknown;
	coordinates: unknown;
	elements: unknown;
	generic: unknown;
	product: unknown;
	status: string;
	start_time: number;
	end_time: number;
	timezone: string;
}

const FILES: Readonly<Record<string, AttachmentType>> = {
	image: 'image',
	animated_image: 'image',
	sticker: 'image',
	video: 'video',
	reel: 'video',
	ig_reel: 'video',
	audio: 'audio',
	file: 'file',
};

/** A reel's own page, which is no video. */
const PAGE = /^https:\/\/(www\.)?(facebook|instagram)\.com\//;

/** A post that is shared on Instagram comes twice, as `share` and as `ig_post`, with one link. */
function attachmentsOf(value: unknown): Part[] {
	const attachments = listOf(value).map((each) => fieldsOf<MetaAttachment>(each));
	const links = attachments.map(({ payload, url }) => fieldsOf<MetaPayload>(payload).url ?? url);
	return attachments
		.filter((_, index) => links[index] === undefined || links.indexOf(links[index]) === index)
		.flatMap(readAttachment)
		.map((part) => ({ message: part.message }));
}

function readAttachment(attachment: Fields<MetaAttachment>): Part[] {
	const payload = fieldsOf<MetaPayload>(attachment.payload);
	const type = textOf(attachment.type) ?? 'attachment';
	const url = textOf(payload.url) ?? textOf(attachment.url);
	const title = textOf(payload.title) ?? textOf(attachment.title);
	const kind = lookUp(FILES, type);
	if (kind !== undefined && url !== undefined && !PAGE.test(url)) {
		return attachmentParts({ type: kind, source: { url } }, title);
	}
	if (payload.coordinates !== undefined) {
		const { lat, long } = fieldsOf<{ lat: number; long: number }>(payload.coordinates);
		const place = locationParts(lat, long, title);
		if (place.length > 0) return place;
	}
	// Shares, mentions, templates, products, appointments: what they say, when and where they are.
	const times = [payload.start_time, payload.end_time].map(
		(time) => time && new Date(timeOf(time, 0)).toISOString(),
	);
	return textParts(
		joined([
			`[${type.replace(/_/g, ' ')}]`,
			payload.status,
			...times,
			payload.timezone,
			...wordsOf({ ...payload, title, url }),
		]),
	);
}

/** What an attachment says, the cards within it, and their buttons. */
function wordsOf(payload: Fields<MetaPayload>): unknown[] {
	const cards = [payload, payload.generic, payload.product].flatMap((each) =>
		listOf(fieldsOf<MetaPayload>(each).elements),
	);
	return [payload, ...cards]
		.flatMap((card) => [card, ...listOf(fieldsOf<MetaPayload>(card).buttons)])
		.map((each) => {
			const { title, subtitle, text, image_url, url } = fieldsOf<MetaPayload>(each);
			return joined([title, subtitle, text, image_url, url]);
		});
}

function storyParts(value: unknown): Part[] {
	const { story } = fieldsOf<{ story: unknown }>(value);
	const url = textOf(fieldsOf<{ url: string }>(story).url);
	return textParts(url && `In reply to your story: ${url}`, 'story');
}

/** The advertisement, the link or the shop's page that the customer came from. */
function referralParts(value: unknown): Part[] {
	const { ref, product, ads_context_data } =
		fieldsOf<Record<'ref' | 'product' | 'ads_context_data', string>>(value);
	const { ad_title, photo_url, video_url, product_id } =
		fieldsOf<Record<'ad_title' | 'photo_url' | 'video_url' | 'product_id', string>>(
			ads_context_data,
		);
	const id = idIn(product) ?? idOf(product_id);
	const text = joined([ad_title, photo_url ?? video_url, ref, id && `product ${id}`]);
	return textParts(text && `Came from: ${text}`, 'referral');
}

function readEdit(event: Event, context: ReadContext): Incoming {
	const { mid, text, num_edit } = fieldsOf<{ mid: string; text: string; num_edit: number }>(
		event.message_edit,
	);
	const original = idOf(mid);
	const id =
		original && `${original}:edit:${idOf(num_edit) ?? timeOf(event.timestamp, context.now)}`;
	const edited = textOf(text);
	// Instagram tells of new messages so, too: without a text, and often without a sender.
	if (edited === undefined) return ignored('message_edit');
	return message(event, context, id, textParts(`Edited: ${edited}`));
}

/** A tap on a button: its label comes as the customer's text. */
function readPostback(event: Event, context: ReadContext): Incoming {
	const { mid, title, payload, referral } = fieldsOf<
		Record<'mid' | 'title' | 'payload' | 'referral', string>
	>(event.postback);
	// Webhooks of older versions have no mid in postbacks.
	const sender = idIn(event.sender);
	const time = idOf(event.timestamp);
	const fallback = sender && time && `${sender}:postback:${time}`;
	return message(event, context, idOf(mid) ?? fallback, [
		...textParts(textOf(title) ?? payload),
		...referralParts(referral),
	]);
}

function readReaction(event: Event, context: ReadContext): Incoming {
	const { mid, action, emoji, reaction } = fieldsOf<
		Record<'mid' | 'action' | 'emoji' | 'reaction', string>
	>(event.reaction);
	const original = idOf(mid);
	const id = original && `${original}:reaction:${timeOf(event.timestamp, context.now)}`;
	const sign = textOf(emoji) ?? textOf(reaction);
	const text = action === 'unreact' ? 'Removed the reaction' : sign && `Reacted with ${sign}`;
	return message(event, context, id, textParts(text));
}

function status(
	event: Event,
	{ platform, now }: ReadContext,
	mid: string,
	value: 'delivered' | 'read',
	time: unknown,
): Incoming {
	return statusEvents(
		{
			contactId: required(idIn(event.sender), platform.displayName, 'sender.id'),
			messageId: mid,
			timestamp: timeOf(time ?? event.timestamp, now),
		},
		value,
	);
}

/** Without `mids` it says "all before this time", and no one can tell which those are. */
function readDelivery(event: Event, context: ReadContext): Incoming {
	const { mids, watermark } = fieldsOf<{ mids: unknown; watermark: number }>(event.delivery);
	const ids = [...new Set(listOf(mids).map(idOf))].filter((id) => id !== undefined);
	if (ids.length === 0) return ignored('delivery without message ids');
	return combined(ids.map((id) => status(event, context, id, 'delivered', watermark)));
}

/** Instagram names the message; Messenger says "all before this time". */
function readRead(event: Event, context: ReadContext): Incoming {
	const mid = idOf(fieldsOf<{ mid: string }>(event.read).mid);
	if (mid === undefined) return ignored('read without message id');
	return status(event, context, mid, 'read', event.timestamp);
}

export interface MetaSending extends MetaPlatform {
	baseUrl: string;
	/** The setting that holds the sending account; `me`, the token's own, where it is left out. */
	accountSetting: string;
	/** Longest text, as `size` counts it. */
	text: number;
	size(text: string): number;
	/** The MIME types that it takes by URL; all, where there is no list. Others go as a link. */
	files: Readonly<Partial<Record<AttachmentType, readonly string[]>>>;
	/** Whether its echoes bring back a message's `metadata`, which tells those of what we sent. */
	isMarked: boolean;
	/** Fields of every request besides the recipient and the message. */
	extra: Readonly<Record<string, unknown>>;
}

const MAX_QUICK_REPLIES = 13;
const MAX_QUICK_REPLY_TITLE = 20;

/** Settings: the account's, `baseUrl`, and `tag` (e.g. HUMAN_AGENT) for messages outside of the 24 hours. */
export function metaOutgoing(
	platform: MetaSending,
	given: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const id = contactId.trim();
	if (!/^\d{5,32}$/.test(id)) {
		throw new ChannelError(
			`The contact id is none of ${platform.displayName}: it must be the customer's scoped id, a number of 5 to 32 digits`,
			"Use the providerContactId of the trigger's item.",
		);
	}
	const { displayName, accountSetting } = platform;
	const base = baseUrl(context, displayName, platform.baseUrl);
	const account = setting(context, accountSetting, displayName, 'me');
	const tag = textOf(context.settings.tag)?.trim();
	const extra = tag === undefined ? platform.extra : { messaging_type: 'MESSAGE_TAG', tag };
	return contents(platform, readMessage(given, displayName)).map((content, index, { length }) => {
		const metadata = platform.isMarked ? context.reference?.(index + 1, length) : undefined;
		return jsonRequest(`${base}/${encodeURIComponent(account)}/messages`, {
			recipient: { id },
			...extra,
			message: metadata === undefined ? content : { ...content, metadata },
		});
	});
}

type Content = Record<string, unknown>;

function contents(platform: MetaSending, given: OutgoingMessage): Content[] {
	switch (given.type) {
		case 'text':
		case 'location':
			return texts(platform, messageAsText(given));
		case 'attachment':
			return attachmentContents(platform, given);
		case 'quick_reply': {
			const { title, replies } = given;
			const isPossible =
				replies.length <= MAX_QUICK_REPLIES &&
				replies.every((reply) => codePointLength(reply) <= MAX_QUICK_REPLY_TITLE);
			if (!isPossible) return texts(platform, messageAsText(given));
			const parts = texts(platform, title);
			const quick_replies = replies.map((reply) => ({
				content_type: 'text',
				title: reply,
				payload: reply,
			}));
			return [...parts.slice(0, -1), { ...parts[parts.length - 1], quick_replies }];
		}
	}
}

function texts({ text: limit, size }: MetaSending, text: string): Content[] {
	return splitText(text, limit, size).map((part) => ({ text: part }));
}

/** Neither shows captions: one follows as a text. */
function attachmentContents(
	platform: MetaSending,
	given: OutgoingMessage & { type: 'attachment' },
): Content[] {
	const { attachment } = given;
	const { type, url, description } = attachment;
	const mimeType = mimeTypeOfAttachment(attachment);
	const types = platform.files[type];
	const isTaken =
		types === undefined || (mimeType === undefined ? type !== 'file' : types.includes(mimeType));
	if (!isTaken) return texts(platform, messageAsText(given));
	return [
		{ attachment: { type, payload: { url } } },
		...(textOf(description) === undefined ? [] : texts(platform, description ?? '')),
	];
}

/** The Send API's answer: `{ recipient_id, message_id }`, or `{ error }`. */
export function metaResponse({ displayName }: MetaPlatform, response: unknown): ProviderResponse {
	return readResponse(response, {
		displayName,
		taken: (body) => {
			const messageId = idOf(fieldsOf<{ message_id: string }>(body).message_id);
			return messageId === undefined ? undefined : { messageId };
		},
		refused: metaRefusal,
	});
}

interface GraphError {
	message: string;
	code: number;
	error_data: unknown;
	error_user_msg: string;
}

/**
 * The words of the Graph API's error, in its envelope or alone: what it is, and what it means in this case
 * (https://developers.facebook.com/docs/graph-api/guides/error-handling).
 */
export function metaRefusal(body: unknown): string | undefined {
	const { error } = fieldsOf<{ error: unknown }>(body);
	const { message, code, error_data, error_user_msg } = fieldsOf<GraphError>(error ?? body);
	const words = textOf(message);
	if (words === undefined || idOf(code) === undefined) return undefined;
	const details =
		textOf(fieldsOf<{ details: string }>(error_data).details) ?? textOf(error_user_msg);
	return details === undefined || words.includes(details) ? words : `${words}: ${details}`;
}
