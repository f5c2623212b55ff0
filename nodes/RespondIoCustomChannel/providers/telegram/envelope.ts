import type { Chat, DirectMessagesTopic, Message, User } from '@grammyjs/types';

import type { Contact } from '../../channel/schema';
import { contactOf } from '../kit/contact';
import { type Fields, fieldsOf, idOf, joined, textOf } from '../kit/payload';

/** What stands around a message's contents: which one it is, in which chat, and from whom. */
export type TelegramMessage = Fields<Message>;

/** The one form of message ids, in messages and in the answers to requests. */
export function messageIdOf(message: TelegramMessage): string | undefined {
	const chat = idOf(fieldsOf<Chat>(message.chat).id);
	// That of an ephemeral message is 0, and its own number may be used again.
	const number =
		message.message_id === 0
			? joined([0, message.ephemeral_message_id, message.date], '.')
			: idOf(message.message_id);
	if (chat === undefined || number === undefined) return undefined;
	return joined([message.business_connection_id, chat, number], ':');
}

/** The chat itself, or in a channel's direct messages, which are one chat, the customer that the topic is of. */
export function customerOf({ chat, direct_messages_topic }: TelegramMessage): Fields<Chat> {
	const { user } = fieldsOf<DirectMessagesTopic>(direct_messages_topic);
	return fieldsOf<Chat>(user ?? chat);
}

export function isPrivate(chat: Fields<Chat>): boolean {
	return chat.type === 'private' || (chat.type === undefined && chat.title === undefined);
}

export function contactOfChat(
	chat: Fields<Chat>,
	from: Fields<User>,
	now: number,
): Contact | undefined {
	const isSender = idOf(from.id) === idOf(chat.id);
	return contactOf(
		{
			firstName: chat.first_name ?? chat.title,
			lastName: chat.last_name,
			language: isSender ? from.language_code : undefined,
		},
		now,
	);
}

/** What people call a person, a group or a channel. */
export function nameOf(value: unknown): string | undefined {
	const { first_name, last_name, title, username } = fieldsOf<User | Chat>(value);
	return joined([first_name, last_name], ' ') ?? textOf(title) ?? textOf(username);
}

export function senderOf(message: TelegramMessage): string | undefined {
	return nameOf(message.sender_chat) ?? nameOf(message.from);
}
