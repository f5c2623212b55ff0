import { randomUUID } from 'node:crypto';

import {
	buildMessages,
	messageEvents,
	type LocationKey,
	type MessageInput,
	type MessageOptions,
} from '../../channel/build';
import { normaliseContact } from '../../channel/contact';
import { encodeContactId } from '../../channel/contactId';
import type { LongText } from '../../channel/fit';
import { idParameter, textParameter } from '../parameters';
import type { ItemPosts, PostingContext } from '../operation';
import { buildContext, wholeEventPosts } from '../posting';
import { publishBinary } from '../publishing';

export interface MessageOptionParameters {
	longText?: LongText;
	locationKey?: LocationKey;
	linkExpiry?: unknown;
}

export function messageOptions({
	longText = 'split',
	locationKey = 'both',
}: MessageOptionParameters): MessageOptions {
	return { longText, locationKey };
}

/** The posts of one item: a message or an echo, from its fields or from its JSON. */
export async function messagePosts(
	context: PostingContext,
	itemIndex: number,
	kind: 'message' | 'message_echo',
): Promise<ItemPosts> {
	const { parameters } = context;
	if (parameters.getNodeParameter('inputMode', itemIndex, 'fields') === 'json') {
		return { posts: wholeEventPosts(context, itemIndex, kind) };
	}
	const build = buildContext(context);
	const contactId = encodeContactId(idParameter(parameters, 'contactId', itemIndex), build.idType);
	const contact = normaliseContact(
		parameters.getNodeParameter('contact', itemIndex, {}),
		context.now,
	);
	const options = parameters.getNodeParameter('options', itemIndex, {}) as MessageOptionParameters;

	const input = await inputOf(context, itemIndex, options.linkExpiry);
	const messages = buildMessages(input, messageOptions(options));
	const timestamp = parameters.getNodeParameter('timestamp', itemIndex, '');
	const messageId = idParameter(parameters, 'messageId', itemIndex) || newId(context);
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

async function inputOf(
	context: PostingContext,
	itemIndex: number,
	linkExpiry: unknown,
): Promise<MessageInput> {
	const { parameters } = context;
	const text = (name: string) => textParameter(parameters, name, itemIndex);
	const type = parameters.getNodeParameter('messageType', itemIndex, 'text') as string;
	switch (type) {
		case 'attachment':
			return {
				type,
				description: text('description'),
				...(await attachmentOf(context, itemIndex, linkExpiry)),
			};
		case 'location':
			return {
				type,
				latitude: parameters.getNodeParameter('latitude', itemIndex),
				longitude: parameters.getNodeParameter('longitude', itemIndex),
				address: text('address'),
			};
		case 'quickReply':
			return {
				type,
				title: text('title'),
				replies: parameters.getNodeParameter('replies', itemIndex),
			};
		default:
			// An unknown type, by expression, is told by what builds the message.
			return { type: type as 'text', text: text('text') };
	}
}

/** Where the file is and what it is: a public link as given, or a binary that gets one. */
async function attachmentOf(context: PostingContext, itemIndex: number, linkExpiry: unknown) {
	const { parameters } = context;
	const text = (name: string) => textParameter(parameters, name, itemIndex);
	const attachmentType = text('attachmentType');
	const fileName = text('fileName');
	const mimeType = text('mimeType');
	if (parameters.getNodeParameter('attachmentSource', itemIndex, 'url') !== 'binary') {
		return { url: text('attachmentUrl'), attachmentType, fileName, mimeType };
	}
	const property = idParameter(parameters, 'binaryPropertyName', itemIndex);
	const file = await publishBinary(context, itemIndex, property, {
		fileName,
		mimeType,
		linkExpiry,
	});
	const isDetected = attachmentType === '' || attachmentType === 'detect';
	return { ...file, attachmentType: isDetected ? file.attachmentType : attachmentType };
}
