import { contactOf } from '../kit/contact';
import { combined, eachOf, ignored, messageEvents, withDownloads } from '../kit/incoming';
import { deletionText, labelOf, referralParts, saidParts, textParts } from '../kit/parts';
import {
	bodyOf,
	type Fields,
	fieldsOf,
	foreign,
	idOf,
	joined,
	listOf,
	lookUp,
	required,
	textOf,
	timeOf,
} from '../kit/payload';
import { failureReason } from '../kit/reasons';
import { readResponse } from '../kit/response';
import type { Converter, Incoming, IncomingContext } from '../provider';
import { nameOf, partsOf, type User } from './contents';
import { NAME } from './names';
import { outgoing } from './outgoing';

/**
 * MAX's bot API (https://dev.max.ru/docs-api). In: an update, from the Webhook node, or the list that GET /updates gives.
 * The contact is the chat, which a customer's dialog with the bot is, too; `user/<number>` where an update tells no chat.
 * A message's id is its `mid`. A bot gets no receipts, and what bots write is left out.
 *
 * Out: POST /messages, with the bot's token in the header `Authorization`. MAX takes pictures by link; of videos, audio and
 * other files the link stands in `payload.url` where MAX wants a token: the step that sends has to upload the file (POST
 * /uploads?type=…) and put `payload.token` in its place. Setting: `baseUrl` (default https://platform-api2.max.ru).
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: (response) => readResponse(response, { displayName: NAME, taken, refused }),
};

interface Update {
	update_type: string;
	timestamp: number;
	message: unknown;
	callback: unknown;
	user: unknown;
	user_locale: string;
	chat_id: number;
	message_id: string;
	payload: string;
}

type Reader = (update: Fields<Update>, context: IncomingContext) => Incoming;

/** Others tell who came, left or muted the bot. */
const READERS: Readonly<Record<string, Reader>> = {
	message_created: (update, context) => readMessage(update, context, false),
	message_edited: (update, context) => readMessage(update, context, true),
	message_removed: readRemoval,
	message_callback: readCallback,
	bot_started: readStart,
};

function incoming(payload: unknown, context: IncomingContext): Incoming {
	const body = bodyOf(payload);
	const { updates } = fieldsOf<{ updates: unknown }>(body);
	const found =
		updates === undefined
			? readUpdate(body, context)
			: combined(
					eachOf(updates, 'updates', (update) => readUpdate(update, context)),
					'no updates',
				);
	return withDownloads(found, context.binary);
}

function readUpdate(value: unknown, context: IncomingContext): Incoming {
	const update = fieldsOf<Update>(value);
	const type = textOf(update.update_type);
	if (type === undefined) throw foreign(NAME, value);
	const read = lookUp(READERS, type);
	return read === undefined ? ignored(type) : read(update, context);
}

interface Message {
	sender: unknown;
	recipient: unknown;
	timestamp: number;
	link: unknown;
	body: unknown;
}

interface Recipient {
	chat_id: number;
	chat_type: string;
}

function readMessage(
	update: Fields<Update>,
	context: IncomingContext,
	isEdited: boolean,
): Incoming {
	const message = fieldsOf<Message>(update.message);
	const sender = fieldsOf<User>(message.sender);
	// Ours, too.
	if (sender.is_bot === true) return ignored('message of a bot');
	const { now, binary } = context;
	const time = isEdited ? update.timestamp : message.timestamp;
	const { isDialog, ...fields } = conversation(message.recipient, sender, update, now);
	const messageId = required(messageIdOf(message), NAME, 'mid in its message');
	return messageEvents(
		'message',
		{
			...fields,
			messageId: isEdited ? `${messageId}:edit:${idOf(time) ?? now}` : messageId,
			timestamp: timeOf(time, now),
		},
		partsOf(message, labelOf(isDialog ? undefined : nameOf(sender), isEdited), binary),
	);
}

/** A forwarded message may come without a body of its own. */
function messageIdOf({ body, link, timestamp }: Fields<Message>): string | undefined {
	const own = idOf(fieldsOf<{ mid: string }>(body).mid);
	if (own !== undefined) return own;
	const { message } = fieldsOf<{ message: unknown }>(link);
	const linked = idOf(fieldsOf<{ mid: string }>(message).mid);
	return linked === undefined ? undefined : joined([linked, timestamp], ':');
}

/** In a dialog the contact is the customer; of other chats MAX does not tell the title. */
function conversation(recipient: unknown, user: Fields<User>, update: Fields<Update>, now: number) {
	const { chat_id, chat_type } = fieldsOf<Recipient>(recipient);
	const isDialog = chat_type !== 'chat' && chat_type !== 'channel';
	return {
		isDialog,
		contactId: required(contactIdOf(chat_id, user), NAME, 'chat_id'),
		contact: isDialog ? contactOfUser(user, update, now) : undefined,
	};
}

function contactIdOf(chat: unknown, { user_id }: Fields<User>): string | undefined {
	const user = idOf(user_id);
	return idOf(chat) ?? (user && `user/${user}`);
}

function contactOfUser(user: Fields<User>, { user_locale }: Fields<Update>, now: number) {
	const { first_name, last_name, name, avatar_url } = user;
	return contactOf(
		{
			firstName: textOf(first_name) ?? name,
			lastName: last_name,
			profilePic: avatar_url,
			language: textOf(user_locale)?.split(/[-_]/)[0],
		},
		now,
	);
}

/** A tap on a button that sends no message: its label, else what the bot gave it. */
function readCallback(update: Fields<Update>, { now }: IncomingContext): Incoming {
	const callback = fieldsOf<{
		callback_id: string;
		timestamp: number;
		payload: string;
		user: unknown;
	}>(update.callback);
	const user = fieldsOf<User>(callback.user);
	const message = fieldsOf<Message>(update.message);
	const { isDialog, ...fields } = conversation(message.recipient, user, update, now);
	const id = required(idOf(callback.callback_id), NAME, 'callback.callback_id');
	const label = buttonLabel(message.body, callback.payload) ?? callback.payload;
	return messageEvents(
		'message',
		{
			...fields,
			// The id is the keyboard's, which may be tapped on again.
			messageId: `callback:${id}:${idOf(callback.timestamp) ?? now}`,
			timestamp: timeOf(callback.timestamp, now),
		},
		saidParts(isDialog ? undefined : nameOf(user), label),
	);
}

function buttonLabel(body: unknown, payload: unknown): string | undefined {
	const { attachments } = fieldsOf<{ attachments: unknown }>(body);
	const buttons = listOf(attachments)
		.map((each) => fieldsOf<{ payload: unknown }>(each).payload)
		.flatMap((keyboard) => listOf(fieldsOf<{ buttons: unknown }>(keyboard).buttons))
		.flatMap(listOf)
		.map((each) => fieldsOf<{ text: string; payload: string }>(each));
	return textOf(
		buttons.find((each) => each.payload !== undefined && each.payload === payload)?.text,
	);
}

function readRemoval(update: Fields<Update>, { now }: IncomingContext): Incoming {
	const id = required(idOf(update.message_id), NAME, 'message_id');
	return messageEvents(
		'message',
		{
			contactId: required(idOf(update.chat_id), NAME, 'chat_id'),
			messageId: `${id}:removed`,
			timestamp: timeOf(update.timestamp, now),
		},
		textParts(deletionText(NAME)),
	);
}

/** A customer opens the dialog; the link may carry where from. */
function readStart(update: Fields<Update>, { now }: IncomingContext): Incoming {
	const user = fieldsOf<User>(update.user);
	const contactId = required(contactIdOf(update.chat_id, user), NAME, 'chat_id');
	return messageEvents(
		'message',
		{
			contactId,
			messageId: `${contactId}:start:${idOf(update.timestamp) ?? now}`,
			timestamp: timeOf(update.timestamp, now),
			contact: contactOfUser(user, update, now),
		},
		[...textParts('Started the bot'), ...referralParts([update.payload])],
	);
}

function taken(body: unknown) {
	const { message } = fieldsOf<{ message: unknown }>(body);
	const { body: sent } = fieldsOf<{ body: unknown }>(message);
	const messageId = idOf(fieldsOf<{ mid: string }>(sent).mid);
	return messageId === undefined ? undefined : { messageId };
}

/** What MAX's words do not tell, by its code. */
const OURS: Readonly<Record<string, string>> = {
	'attachment.not.ready': 'MAX was still working on the file: send it again in a while.',
	'chat.denied': 'The customer has stopped the bot, or the bot may not write in this chat.',
	'chat.not.found': 'MAX knows no such chat of this bot.',
	'verify.token': "The credential of the sending step holds no token of this bot's.",
};

function refused(body: unknown): string | undefined {
	const { code, message } = fieldsOf<{ code: string; message: string }>(body);
	const key = textOf(code);
	if (key === undefined) return undefined;
	return failureReason(NAME, { code: key, ours: lookUp(OURS, key), theirs: textOf(message) });
}
