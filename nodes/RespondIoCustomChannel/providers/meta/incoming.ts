import { combined, eachOf, ignored, messageEvents, ownEcho, statusEvents } from '../kit/incoming';
import { type Part, textParts } from '../kit/parts';
import {
	bodyOf,
	type Fields,
	fieldsOf,
	foreign,
	idOf,
	isObject,
	listOf,
	required,
	textOf,
	timeOf,
} from '../kit/payload';
import { readReference } from '../kit/reference';
import type { Incoming, IncomingContext } from '../provider';
import { attachmentsOf, feedbackParts, idIn, sourceParts, storyParts } from './contents';
import { type MetaPlatform, USER_REF } from './meta';

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
	messaging_feedback: unknown;
	response_feedback: unknown;
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
	if (event.messaging_feedback !== undefined) return readFeedback(event, context);
	if (event.response_feedback !== undefined) return readFeedback(event, context);
	if (event.delivery !== undefined) return readDelivery(event, context);
	if (event.read !== undefined) return readRead(event, context);
	const kind = isObject(value) && Object.keys(value).find((name) => !ENVELOPE.has(name));
	return ignored(kind || 'empty event');
}

/**
 * The person's scoped id. Of who came by a plugin or a marketing message there is a `user_ref` in its place, to which an
 * answer can be sent as well.
 */
function personIn(value: unknown): string | undefined {
	const reference = textOf(fieldsOf<{ user_ref: string }>(value).user_ref)?.trim();
	return idIn(value) ?? (reference && `${USER_REF}${reference}`);
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
			contactId: required(personIn(event[customer]), platform.displayName, `${customer}.id`),
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
		...sourceParts(given.referral),
	]);
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
	const sender = personIn(event.sender);
	const time = idOf(event.timestamp);
	const fallback = sender && time && `${sender}:postback:${time}`;
	return message(event, context, idOf(mid) ?? fallback, [
		...textParts(textOf(title) ?? payload),
		...sourceParts(referral),
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

function readFeedback(event: Event, context: ReadContext): Incoming {
	const { messaging_feedback, response_feedback } = event;
	const about = idOf(fieldsOf<MetaMessage>(response_feedback).mid) ?? personIn(event.sender);
	const id = about && `${about}:feedback:${timeOf(event.timestamp, context.now)}`;
	return message(event, context, id, feedbackParts(messaging_feedback ?? response_feedback));
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
