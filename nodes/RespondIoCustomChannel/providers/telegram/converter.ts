import type { Message } from '@grammyjs/types';

import { fieldsOf, idOf, textOf } from '../kit/payload';
import { failureReason } from '../kit/reasons';
import { readResponse } from '../kit/response';
import type { Converter } from '../provider';
import { messageIdOf } from './envelope';
import { requestsOf } from './outgoing';
import { readUpdate } from './updates';

/**
 * Telegram's Bot API (https://core.telegram.org/bots/api). In: an update, from n8n's Telegram Trigger or the Webhook
 * node. The contact is the chat, so a group is one contact, and in it each text begins with the sender's name; a topic of
 * a forum, a customer in a channel's direct messages and a chat of a business account are contacts of their own
 * (contactId.ts), which are answered where they wrote. Message ids are unique within a chat alone, so they are `<chat
 * id>:<message id>`, with `<business connection id>:` before it in a connected business account, whose chats number their
 * messages on their own.
 *
 * Out: the Bot API wants its token in the path, and n8n's Telegram credential works in n8n's Telegram node alone. So the
 * URL holds the placeholder `{token}` for a template to fill in, and the body keeps the API's own field names: the last
 * part of the URL and the body's fields also set up n8n's Telegram node by expressions.
 * Settings: `baseUrl` (default https://api.telegram.org), `businessConnectionId` (for contact ids that name no
 * connection). There are no receipts, and so no reference.
 */
export const converter: Converter = {
	incoming: readUpdate,
	outgoing: requestsOf,
	readResponse: (response) => readResponse(response, { displayName: NAME, taken, refused }),
};

const NAME = 'Telegram';

/** https://core.telegram.org/bots/api#making-requests */
interface TelegramAnswer {
	ok: boolean;
	result: unknown;
	error_code: number;
	description: string;
	parameters: unknown;
}

function taken(body: unknown) {
	const { ok, result } = fieldsOf<TelegramAnswer>(body);
	const messageId = messageIdOf(fieldsOf<Message>(result));
	if (messageId !== undefined) return { messageId };
	return ok === true ? {} : undefined;
}

function refused(body: unknown): string | undefined {
	const { ok, description, error_code, parameters } = fieldsOf<TelegramAnswer>(body);
	if (ok !== false) return undefined;
	const { migrate_to_chat_id } = fieldsOf<{ migrate_to_chat_id: number }>(parameters);
	const supergroup = idOf(migrate_to_chat_id);
	return failureReason(NAME, {
		code: idOf(error_code),
		ours:
			supergroup &&
			`The group has become a supergroup (${supergroup}): as soon as somebody writes there it is a new contact, which can be answered.`,
		theirs: textOf(description),
	});
}
