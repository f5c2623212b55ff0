import { buildMessages, messageEvents, statusEvent, type MessageInput } from '../../channel/build';
import { normaliseContact } from '../../channel/contact';
import { encodeContactId } from '../../channel/contactId';
import { ChannelError } from '../../channel/error';
import type { ChannelEvent } from '../../channel/schema';
import type { Post } from '../../delivery/plan';
import type {
	Capabilities,
	IncomingAttachment,
	IncomingMessage,
	ProviderEvent,
} from '../../providers/provider';
import { bodyOf } from '../../providers/kit/payload';
import { messageOptions, type MessageOptionParameters } from '../message/posts';
import type { PostFailure, PostingContext, PostingOperation } from '../operation';
import { showFor } from '../parameters';
import { buildContext } from '../posting';
import { deliveryOptions, linkExpiry, locationKey, longText } from '../postingFields';
import { publishBinary } from '../publishing';
import { provider } from './fields';
import { payloadField, payloadOf, providerOf } from './payload';

/** A provider's webhook as it came, to the messages, echoes and statuses that it holds. */
export const relay: PostingOperation = {
	kind: 'posting',
	description: showFor(
		'provider',
		['relay'],
		[
			provider,
			payloadField(
				"What the provider's trigger node or a Webhook node gives. Files that the trigger has downloaded are published as links.",
			),
			deliveryOptions([linkExpiry, longText, locationKey]),
		],
	),
	async posts(context, itemIndex) {
		const { execute, parameters, now } = context;
		const { binary } = execute.getInputData()[itemIndex];
		const payload = payloadOf(context, itemIndex);
		const chosen = providerOf(context, itemIndex);
		const converter = await chosen.load();
		const { events, failures, ignored } = converter.incoming(payload, {
			now,
			idType: context.idType,
			...(binary && { binary }),
		});
		const options = parameters.getNodeParameter(
			'options',
			itemIndex,
			{},
		) as MessageOptionParameters;
		const posts: Post[] = [];
		const failed: PostFailure[] = [...failures];
		for (const event of events) {
			try {
				const marks = marksOf(event, chosen.capabilities);
				for (const post of await postsOf(context, itemIndex, event, options)) {
					posts.push({ ...post, ...marks });
				}
			} catch (error) {
				failed.push({
					...wordsOf(error as Error),
					...(event.contactHint !== undefined && { hint: event.contactHint }),
					...(event.origin ?? { payload: bodyOf(payload) }),
				});
			}
		}
		const isEmpty = posts.length + failed.length === 0;
		return {
			posts,
			...(failed.length > 0 && { failures: failed }),
			...(isEmpty && { note: { delivery: 'nothing', ignored } }),
		};
	},
};

/** Errors of the floors below have a hint, those of n8n a description. */
function wordsOf(error: Error & { hint?: string; description?: string | null }): PostFailure {
	const hint = error.hint ?? error.description ?? undefined;
	return { message: error.message, ...(hint !== undefined && { hint }) };
}

/** What the memory has to look for, since the provider does not tell it. */
function marksOf(event: ProviderEvent, { references }: Capabilities): Partial<Post> {
	if (event.type === 'message_status') {
		const { ofEarlierPart } = event;
		return {
			...(!references && { mayBeOfPart: true }),
			...(ofEarlierPart === true && { ofEarlierPart }),
		};
	}
	return event.mayBeOurs === true ? { mayBeOurs: true } : {};
}

async function postsOf(
	context: PostingContext,
	itemIndex: number,
	event: ProviderEvent,
	options: MessageOptionParameters,
): Promise<Post[]> {
	const contact = normaliseContact(event.contact, context.now);
	const shared = {
		itemIndex,
		contactId: encodeContactId(event.contactId, context.idType),
		...(contact !== undefined && { contact }),
	};
	const events = await channelEvents(context, itemIndex, event, options);
	return events.map((each) => ({ ...shared, event: each }));
}

async function channelEvents(
	context: PostingContext,
	itemIndex: number,
	event: ProviderEvent,
	options: MessageOptionParameters,
): Promise<ChannelEvent[]> {
	const { messageId, timestamp } = event;
	const build = buildContext(context);
	if (event.type === 'message_status') {
		const { value: status, message: errorMessage } = event.status;
		return [statusEvent({ messageId, status, errorMessage, timestamp }, build)];
	}
	const input = await inputOf(context, itemIndex, event.message, options.linkExpiry);
	const messages = buildMessages(input, messageOptions(options));
	return messageEvents({ kind: event.type, messageId, timestamp }, messages, build);
}

async function inputOf(
	context: PostingContext,
	itemIndex: number,
	message: IncomingMessage,
	expiry: unknown,
): Promise<MessageInput> {
	if (message.type === 'quick_reply') return { ...message, type: 'quickReply' };
	if (message.type !== 'attachment') return message;
	const { source, type, ...facts } = message.attachment;
	if ('url' in source)
		return { type: 'attachment', url: source.url, attachmentType: type, ...facts };
	if ('fileId' in source) {
		context.hint(
			"Some files are not in the items, so their messages say so in place of the file. Switch on the download in the provider's trigger, or fetch the file before this step.",
		);
		return { type: 'text', text: missingFile(message.attachment) };
	}
	const file = await publishBinary(context, itemIndex, source.binaryPropertyName, {
		...facts,
		linkExpiry: expiry,
	}).catch((error: unknown) => error as Error);
	if (file instanceof ChannelError) {
		context.hint([file.message, file.hint].filter(Boolean).join('. '));
		return { type: 'text', text: missingFile(message.attachment) };
	}
	if (file instanceof Error) throw file;
	return { ...facts, ...file, type: 'attachment', attachmentType: type };
}

/** The message must not be lost because its file is: the agent sees that there was one, and can ask for it. */
function missingFile({ type, fileName, mimeType, description }: IncomingAttachment): string {
	const what = [fileName, mimeType].filter(Boolean).join(', ');
	const lines = [`[${type}${what === '' ? '' : `: ${what}`}: the file could not be passed on]`];
	return [...lines, ...(description ? [description] : [])].join('\n');
}
