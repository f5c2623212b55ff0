import type { Chat, Message, ReactionType, Update, User } from '@grammyjs/types';

import { ignored, messageEvents, ownEcho, withDownloads } from '../kit/incoming';
import { deletionText, labelOf, reactionText, saidParts, textParts } from '../kit/parts';
import {
	bodyOf,
	type Fields,
	fieldsOf,
	foreign,
	idOf,
	isObject,
	joined,
	listOf,
	required,
	textOf,
	timeOf,
} from '../kit/payload';
import type { Incoming, IncomingContext } from '../provider';
import { contactIdOf } from './contactId';
import { partsOf, serviceOf } from './contents';
import {
	contactOfChat,
	customerOf,
	isPrivate,
	messageIdOf,
	nameOf,
	senderOf,
	type TelegramMessage,
} from './envelope';

const NAME = 'Telegram';

interface UpdateKind {
	edited?: boolean;
	/** Of a connected business account, where the owner's own messages arrive too. */
	business?: boolean;
}

const MESSAGE_UPDATES: Partial<Record<keyof Update, UpdateKind>> = {
	message: {},
	edited_message: { edited: true },
	channel_post: {},
	edited_channel_post: { edited: true },
	business_message: { business: true },
	edited_business_message: { business: true, edited: true },
	guest_message: {},
};

/** Reads an update (https://core.telegram.org/bots/api#update). */
export function readUpdate(payload: unknown, context: IncomingContext): Incoming {
	const body = bodyOf(payload);
	const update = fieldsOf<Update>(body);
	const kinds = Object.keys(MESSAGE_UPDATES) as Array<keyof Update>;
	const message = kinds.find((kind) => update[kind] !== undefined);
	const { now } = context;
	if (message !== undefined) {
		const found = readMessage(update[message], MESSAGE_UPDATES[message] ?? {}, now);
		return withDownloads(found, context.binary);
	}
	if (update.callback_query !== undefined) return readCallback(update.callback_query, now);
	if (update.message_reaction !== undefined) {
		return readReaction(update.message_reaction, idOf(update.update_id), now);
	}
	if (update.deleted_business_messages !== undefined) {
		return readDeletion(update.deleted_business_messages, now);
	}
	// Polls and payments under way, members, boosts, settings.
	if (typeof update.update_id !== 'number' || !isObject(body)) throw foreign(NAME, body);
	return ignored(Object.keys(body).find((name) => name !== 'update_id') ?? 'empty update');
}

function readMessage(value: unknown, kind: UpdateKind, now: number): Incoming {
	const message = fieldsOf<Message>(value);
	const messageId = required(
		messageIdOf(message),
		NAME,
		'message_id, or no usable chat.id, in its message',
	);
	// The bot that sent it for the business account; a bot sees none of its messages elsewhere.
	if (message.sender_business_bot !== undefined) return ownEcho();
	if (kind.edited && message.location !== undefined) return ignored('live location update');

	const customer = customerOf(message);
	const from = fieldsOf<User>(message.from);
	// In a channel's direct messages the customer is not the chat.
	const isOwner =
		(kind.business || customer !== message.chat) && idOf(from.id) !== idOf(customer.id);
	const parts = partsOf(message, labelIn(message, customer, kind));
	if (parts === undefined) return ignored(serviceOf(message));
	const edited = kind.edited ? `:edit:${idOf(message.edit_date) ?? now}` : '';
	return messageEvents(
		isOwner ? 'message_echo' : 'message',
		{
			contactId: required(contactIdOf(message), NAME, 'chat.id'),
			messageId: `${messageId}${edited}`,
			timestamp: timeOf(kind.edited ? message.edit_date : message.date, now),
			contact: contactOfChat(customer, from, now),
		},
		parts,
	);
}

function labelIn(message: TelegramMessage, customer: Fields<Chat>, kind: UpdateKind) {
	const sender = isPrivate(customer) ? undefined : senderOf(message);
	return labelOf(joined([sender, message.forward_origin && 'Forwarded'], ': '), kind.edited);
}

/** A tap on an inline button: its label, else its data, comes as the customer's text. */
function readCallback(value: unknown, now: number): Incoming {
	const query = fieldsOf<{ id: string; from: unknown; message: unknown; data: string }>(value);
	const from = fieldsOf<User>(query.from);
	const shown = fieldsOf<Message>(query.message);
	const message: TelegramMessage = isObject(shown.chat) ? shown : { chat: from };
	const contactId = required(contactIdOf(message), NAME, 'callback_query.message.chat.id');
	const id = required(idOf(query.id), NAME, 'callback_query.id');
	const customer = customerOf(message);
	return messageEvents(
		'message',
		{
			contactId,
			messageId: `${contactId}:callback:${id}`,
			timestamp: now,
			contact: contactOfChat(customer, from, now),
		},
		saidParts(
			isPrivate(customer) ? undefined : nameOf(from),
			buttonLabel(shown, query.data) ?? query.data,
		),
	);
}

function buttonLabel(message: TelegramMessage, data: unknown): string | undefined {
	const { inline_keyboard } = fieldsOf<{ inline_keyboard: unknown }>(message.reply_markup);
	const button = listOf(inline_keyboard)
		.flatMap(listOf)
		.map((each) => fieldsOf<{ text: string; callback_data: string }>(each))
		.find(({ callback_data }) => callback_data !== undefined && callback_data === data);
	return textOf(button?.text);
}

/** In a forum it comes as from the forum itself: Telegram does not tell the topic. */
function readReaction(value: unknown, updateId: string | undefined, now: number): Incoming {
	const reaction = fieldsOf<NonNullable<Update['message_reaction']>>(value);
	const chat = fieldsOf<Chat>(reaction.chat);
	const contactId = required(contactIdOf({ chat }), NAME, 'message_reaction.chat.id');
	const number = required(idOf(reaction.message_id), NAME, 'message_reaction.message_id');
	const added = emojis(reaction.new_reaction);
	const removed = emojis(reaction.old_reaction);
	const text =
		added === undefined ? removed && reactionText(removed, true) : reactionText(added, false);
	const sender = isPrivate(chat)
		? undefined
		: (nameOf(reaction.user) ?? nameOf(reaction.actor_chat));
	return messageEvents(
		'message',
		{
			contactId,
			messageId: `${contactId}:${number}:reaction:${updateId ?? idOf(reaction.date) ?? now}`,
			timestamp: timeOf(reaction.date, now),
			contact: contactOfChat(chat, fieldsOf<User>(reaction.user), now),
		},
		saidParts(sender, text),
	);
}

function emojis(reactions: unknown): string | undefined {
	return joined(
		listOf(reactions).map((each) => {
			const { type, emoji } = fieldsOf<ReactionType>(each);
			return type === 'paid' ? '⭐' : (textOf(emoji) ?? 'a custom emoji');
		}),
		' ',
	);
}

function readDeletion(value: unknown, now: number): Incoming {
	const { business_connection_id, chat, message_ids } =
		fieldsOf<NonNullable<Update['deleted_business_messages']>>(value);
	const contactId = required(
		contactIdOf({ chat, business_connection_id }),
		NAME,
		'deleted_business_messages.chat.id',
	);
	const ids = listOf(message_ids).flatMap((id) => idOf(id) ?? []);
	if (ids.length === 0) return ignored('empty message');
	const { id } = fieldsOf<Chat>(chat);
	return messageEvents(
		'message',
		{
			contactId,
			messageId: `${joined([business_connection_id, idOf(id), ids.join()], ':')}:deleted`,
			timestamp: now,
			contact: contactOfChat(fieldsOf<Chat>(chat), {}, now),
		},
		textParts(deletionText(NAME, ids.length)),
	);
}
