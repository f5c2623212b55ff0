import type { Chat, DirectMessagesTopic } from '@grammyjs/types';

import { ChannelError } from '../../channel/error';
import { fieldsOf, idOf, numberOf, textOf, withoutUndefined } from '../kit/payload';
import type { TelegramMessage } from './envelope';

/**
 * A contact is a chat; where one holds several conversations, its id also tells which, so that an answer goes there:
 * - `<chat>:<topic>`: a customer in the direct messages of a channel,
 * - `<chat>/<topic>`: a topic of a forum,
 * - `<chat>@<connection>`: a chat of a connected business account, which is another one than the bot's own chat with the
 *   same person, though both have the same number.
 * @return Undefined for a message without a chat.
 */
export function contactIdOf(message: TelegramMessage): string | undefined {
	const chat = idOf(fieldsOf<Chat>(message.chat).id);
	return chat === undefined ? undefined : `${chat}${conversationIn(message)}`;
}

/** The topic that all forums have; its messages are sent without a topic, and Telegram refuses its number. */
const GENERAL = '1';

function conversationIn(message: TelegramMessage): string {
	const connection = textOf(message.business_connection_id)?.trim();
	if (connection !== undefined) return `@${connection}`;
	const direct = idOf(fieldsOf<DirectMessagesTopic>(message.direct_messages_topic).topic_id);
	if (direct !== undefined) return `:${direct}`;
	// Elsewhere a thread is the answers to one message, and no place to write to.
	const topic = message.is_topic_message === true ? idOf(message.message_thread_id) : undefined;
	return topic === undefined || topic === GENERAL ? '' : `/${topic}`;
}

const CONTACT_ID = /^(-?\d{1,19}|@\w{4,32})(?::(\d+)|\/(\d+)|@(\S+))?$/;

/**
 * The fields of a request that say where it goes.
 * @param connection That of a business account, for contact ids that name none.
 * @throws {ChannelError} when the contact id is none of Telegram.
 */
export function targetOf(contactId: string, connection: string | undefined) {
	const [, chat, direct, topic, own] = CONTACT_ID.exec(contactId.trim()) ?? [];
	if (chat === undefined) {
		throw new ChannelError(
			'The contact id is no chat of Telegram: it must be a number or an @username',
			"Use the providerContactId of the trigger's item.",
		);
	}
	return withoutUndefined({
		business_connection_id: own ?? connection,
		chat_id: Number.isSafeInteger(Number(chat)) ? Number(chat) : chat,
		direct_messages_topic_id: numberOf(direct),
		message_thread_id: numberOf(topic),
	});
}
