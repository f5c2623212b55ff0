import { randomUUID } from 'node:crypto';
import type { IExecuteFunctions } from 'n8n-workflow';

import {
	buildMessages,
	messageEvents,
	type LocationKey,
	type MessageInput,
} from '../../channel/build';
import { normaliseContact } from '../../channel/contact';
import { encodeContactId } from '../../channel/contactId';
import type { LongText } from '../../channel/fit';
import { idParameter, textParameter } from '../parameters';
import type { ItemPosts, PostingContext } from '../operation';
import { buildContext, wholeEventPosts } from '../posting';

interface MessageOptionParameters {
	longText?: LongText;
	locationKey?: LocationKey;
}

/** The posts of one item: a message or an echo, from its fields or from its JSON. */
export async function messagePosts(
	context: PostingContext,
	itemIndex: number,
	kind: 'message' | 'message_echo',
): Promise<ItemPosts> {
	const { execute } = context;
	if (execute.getNodeParameter('inputMode', itemIndex, 'fields') === 'json') {
		return { posts: wholeEventPosts(context, itemIndex, kind) };
	}
	const build = buildContext(context);
	const contactId = encodeContactId(idParameter(execute, 'contactId', itemIndex), build.idType);
	const contact = normaliseContact(
		execute.getNodeParameter('contact', itemIndex, {}) as Record<string, unknown>,
		context.now,
	);
	const { longText = 'split', locationKey = 'both' } = execute.getNodeParameter(
		'options',
		itemIndex,
		{},
	) as MessageOptionParameters;

	const messages = buildMessages(inputOf(execute, itemIndex), { longText, locationKey });
	const timestamp = execute.getNodeParameter('timestamp', itemIndex, '');
	const messageId = idParameter(execute, 'messageId', itemIndex) || newId(context);
	const events = messageEvents({ kind, messageId, timestamp }, messages, build);
	return {
		posts: events.map((event) => ({
			itemIndex,
			contactId,
			...(contact !== undefined && { contact }),
			event,
		})),
	};
}

function newId(context: PostingContext): string {
	context.hint(
		"Some messages have no Message ID, so each run gives them a new one: a repeated run posts them again, whatever Skip Duplicates says. Set it to the provider's ID of the message.",
	);
	return randomUUID();
}

function inputOf(execute: IExecuteFunctions, itemIndex: number): MessageInput {
	const text = (name: string) => textParameter(execute, name, itemIndex);
	const type = execute.getNodeParameter('messageType', itemIndex, 'text') as string;
	switch (type) {
		case 'attachment':
			return {
				type,
				url: text('attachmentUrl'),
				attachmentType: text('attachmentType'),
				fileName: text('fileName'),
				mimeType: text('mimeType'),
				description: text('description'),
			};
		case 'location':
			return {
				type,
				latitude: execute.getNodeParameter('latitude', itemIndex),
				longitude: execute.getNodeParameter('longitude', itemIndex),
				address: text('address'),
			};
		case 'quickReply':
			return {
				type,
				title: text('title'),
				replies: execute.getNodeParameter('replies', itemIndex),
			};
		default:
			// An unknown type, by expression, is told by what builds the message.
			return { type: type as 'text', text: text('text') };
	}
}
