import type { AllMessageEvents } from '@slack/types';

import { attachmentTypeOf } from '../../channel/mimeTypes';
import { ignored, messageEvents } from '../kit/incoming';
import {
	attachmentParts,
	deletionText,
	labelOf,
	type Part,
	textAndFileParts,
	textParts,
} from '../kit/parts';
import { type Fields, fieldsOf, idOf, joined, listOf, required, textOf } from '../kit/payload';
import type { Incoming, IncomingContext } from '../provider';
import { contactIn, isDirect, senderIn, type SlackEvent, timeOfTs } from './event';
import { plainText } from './text';

const NAME = 'Slack';

/** A message, a change of one, or its deletion. */
export function readMessageEvent(event: SlackEvent, context: IncomingContext): Incoming {
	const subtype = textOf(event.subtype);
	if (subtype === 'message_changed') return readEdit(event, context);
	if (subtype === 'message_deleted') return readDeletion(event, context);
	const ts = required(idOf(event.ts), NAME, 'ts');
	return eventsOf(event, event, ts, context);
}

/** What is no customer's message: what a bot wrote, and the subtypes that tell who joined, or what was set. */
function leftOut({ bot_id, subtype }: SlackEvent): string | undefined {
	if (idOf(bot_id) !== undefined || subtype === 'bot_message') return 'bot message';
	const kind = textOf(subtype);
	return kind === undefined || SHOWN.has(kind) ? undefined : kind;
}

const SHOWN: ReadonlySet<string> = new Set([
	'file_share',
	'me_message',
	'thread_broadcast',
	'file_comment',
]);

/** @param message What it shows; the event around it has the conversation. */
function eventsOf(
	event: SlackEvent,
	message: SlackEvent,
	id: string,
	context: IncomingContext,
	isEdited = false,
): Incoming {
	const kind = leftOut(message);
	if (kind !== undefined) return ignored(kind);
	const conversation = required(idOf(event.channel), NAME, 'channel');
	const direct = isDirect(conversation);
	const sender = direct ? undefined : senderIn(message);
	return messageEvents(
		'message',
		{
			contactId: conversation,
			messageId: `${conversation}:${id}`,
			timestamp: timeOfTs(event.event_ts ?? event.ts, context.now),
			contact: direct ? contactIn(message, context.now) : undefined,
		},
		partsOf(message, labelOf(sender, isEdited), context.binary),
	);
}

/**
 * Slack also reports a change when it adds the preview of a link: the words stay the same. Of the deleted start of a
 * thread, a tombstone stays.
 */
function readEdit(event: SlackEvent, context: IncomingContext): Incoming {
	const message = fieldsOf<AllMessageEvents>(event.message);
	const before = fieldsOf<AllMessageEvents>(event.previous_message);
	if (message.subtype === 'tombstone') {
		return readDeletion({ ...event, deleted_ts: message.ts }, context);
	}
	if (message.text === before.text) return ignored('message_changed without new words');
	const ts = required(idOf(message.ts), NAME, 'message.ts');
	return eventsOf(event, message, `${ts}:edit:${idOf(event.ts) ?? context.now}`, context, true);
}

function readDeletion(event: SlackEvent, context: IncomingContext): Incoming {
	const { user, bot_id, subtype } = fieldsOf<AllMessageEvents>(event.previous_message);
	const ts = required(idOf(event.deleted_ts), NAME, 'deleted_ts');
	const message = { user, bot_id, subtype, text: deletionText(NAME) };
	return eventsOf(event, message, `${ts}:deleted`, context);
}

type Binary = IncomingContext['binary'];

function partsOf(message: SlackEvent, label: string | undefined, binary: Binary): Part[] {
	const shared = sharedIn(message.attachments);
	const text = joined([plainText(message.text, message.blocks), ...shared.map(sharedText)]);
	const files = [message, ...shared]
		.flatMap((each) => listOf(each.files))
		.map((file, index) => withPlace(file, index, binary));
	return textAndFileParts(
		label,
		text,
		files.map((file) => (caption) => fileParts(file, caption)),
	);
}

/** n8n's Slack Trigger names what it downloads by its place in the message. */
function withPlace(value: unknown, index: number, binary: Binary = {}): unknown {
	const place = `file_${index}`;
	return Object.hasOwn(binary, place) ? { ...fieldsOf<SlackFile>(value), id: place } : value;
}

interface SlackFile {
	id: string;
	name: string;
	title: string;
	mimetype: string;
	mode: string;
	url_private: string;
	permalink: string;
}

function fileParts(value: unknown, caption?: string): Part[] {
	const { id, name, title, mimetype, mode, url_private, permalink } = fieldsOf<SlackFile>(value);
	const fileId = idOf(id);
	const fileName = textOf(name) ?? textOf(title);
	const link = textOf(url_private)?.trim() ?? textOf(permalink);
	if (mode === 'external' && link !== undefined) {
		return textParts(joined([caption, fileName, link]));
	}
	if (fileId === undefined || mode === 'tombstone' || mode === 'hidden_by_limit') {
		return textParts(joined([caption, joined(['[file]', fileName, 'no longer in Slack'], ' ')]));
	}
	const mimeType = textOf(mimetype);
	const type = mimeType === undefined ? 'file' : attachmentTypeOf(mimeType);
	return attachmentParts({ type, source: { fileId }, mimeType, fileName }, caption);
}

interface Shared {
	is_share: boolean;
	author_name: string;
	text: string;
	fallback: string;
	message_blocks: unknown;
	files: unknown;
}

/** The messages that were forwarded with this one; previews of links say nothing that the customer wrote. */
function sharedIn(attachments: unknown): Array<Fields<Shared>> {
	return listOf(attachments)
		.map((each) => fieldsOf<Shared>(each))
		.filter(({ is_share }) => is_share === true);
}

function sharedText(shared: Fields<Shared>): string | undefined {
	const { author_name, text, fallback, message_blocks } = shared;
	return joined([author_name, plainText(text, message_blocks) ?? plainText(fallback)], ': ');
}
