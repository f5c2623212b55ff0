import type {
	Chat,
	DirectMessagesTopic,
	ExternalReplyInfo,
	Invoice,
	LivePhoto,
	Message,
	PaidMedia,
	Poll,
	ReactionType,
	Story,
	TextQuote,
	Update,
	User,
} from '@grammyjs/types';

import { ChannelError } from '../../channel/error';
import { attachmentTypeOf } from '../../channel/mimeTypes';
import type { AttachmentType, Contact } from '../../channel/schema';
import { contactOf } from '../kit/contact';
import { ignored, messageEvents, ownEcho, withDownloads } from '../kit/incoming';
import { messageAsText, mimeTypeOfAttachment, readMessage } from '../kit/message';
import { attachmentParts, labelOf, locationParts, type Part, textParts } from '../kit/parts';
import {
	bodyOf,
	type Fields,
	fieldsOf,
	foreign,
	idOf,
	isObject,
	joined,
	listOf,
	numberOf,
	required,
	textOf,
	timeOf,
	withoutUndefined,
} from '../kit/payload';
import { jsonRequest } from '../kit/request';
import { readResponse } from '../kit/response';
import { baseUrl } from '../kit/settings';
import { splitText, utf16Length } from '../kit/text';
import type {
	Converter,
	Incoming,
	IncomingContext,
	OutgoingContext,
	OutgoingMessage,
	ProviderRequest,
} from '../provider';

/**
 * Telegram's Bot API (https://core.telegram.org/bots/api). In: an update, from n8n's Telegram Trigger or the Webhook
 * node. The contact is the chat, so a group is one contact, and in it each text begins with the sender's name. In the
 * direct messages of a channel, which are one chat, it is `<chat id>:<topic id>`, as each customer has a topic. Message
 * ids are unique within a chat alone, so they are `<chat id>:<message id>`, with `<business connection id>:` before
 * it in a connected business account, whose chats number their messages on their own.
 *
 * Out: the Bot API wants its token in the path, and n8n's Telegram credential works in n8n's Telegram node alone. So the
 * URL holds the placeholder `{token}` for a template to fill in, and the body keeps the API's own field names: the last
 * part of the URL and the body's fields also set up n8n's Telegram node by expressions.
 * Settings: `baseUrl` (default https://api.telegram.org), `businessConnectionId`. There are no receipts, and so no
 * reference.
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: (response) => readResponse(response, { displayName: NAME, taken, refused }),
};

const NAME = 'Telegram';
const MAX_TEXT = 4096;
const MAX_CAPTION = 1024;
const MAX_CALLBACK_DATA_BYTES = 64;

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

function incoming(payload: unknown, context: IncomingContext): Incoming {
	const body = bodyOf(payload);
	const update = fieldsOf<Update>(body);
	const kinds = Object.keys(MESSAGE_UPDATES) as Array<keyof Update>;
	const message = kinds.find((kind) => update[kind] !== undefined);
	const { now } = context;
	if (message !== undefined) {
		return withDownloads(
			readMessageUpdate(update[message], MESSAGE_UPDATES[message] ?? {}, now),
			context.binary,
		);
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

type TelegramMessage = Fields<Message>;

function readMessageUpdate(value: unknown, kind: UpdateKind, now: number): Incoming {
	const message = fieldsOf<Message>(value);
	const messageId = required(
		messageIdOf(message),
		NAME,
		'message_id, or no usable chat.id, in its message',
	);
	const { contactId, customer } = conversationOf(message);
	const from = fieldsOf<User>(message.from);
	// The bot that sent it for the business account; a bot sees none of its messages elsewhere.
	if (message.sender_business_bot !== undefined) return ownEcho();
	if (kind.edited && message.location !== undefined) return ignored('live location update');

	// In a channel's direct messages the customer is not the chat.
	const isOwner =
		(kind.business || customer !== message.chat) && idOf(from.id) !== idOf(customer.id);
	const sender = isPrivate(customer) ? undefined : senderOf(message);
	const label = labelOf(labelled(sender, message.forward_origin && 'Forwarded'), kind.edited);
	const parts = partsOf(message, label);
	if (parts === undefined) return ignored(serviceOf(message));
	const edited = kind.edited ? `:edit:${idOf(message.edit_date) ?? now}` : '';
	return messageEvents(
		isOwner ? 'message_echo' : 'message',
		{
			contactId: required(contactId, NAME, 'chat.id'),
			messageId: `${messageId}${edited}`,
			timestamp: timeOf(kind.edited ? message.edit_date : message.date, now),
			contact: contactOfChat(customer, from, now),
		},
		[...parts, ...quotedParts(message)],
	);
}

function conversationOf({ chat, direct_messages_topic }: TelegramMessage) {
	const { topic_id, user } = fieldsOf<DirectMessagesTopic>(direct_messages_topic);
	return {
		contactId: joined([idOf(fieldsOf<Chat>(chat).id), topic_id], ':'),
		customer: fieldsOf<Chat>(user ?? chat),
	};
}

/** The one form of message ids, in messages and in the answers to requests. */
function messageIdOf(message: TelegramMessage): string | undefined {
	const chat = idOf(fieldsOf<Chat>(message.chat).id);
	// That of an ephemeral message is 0, and its own number may be used again.
	const number =
		message.message_id === 0
			? joined([0, message.ephemeral_message_id, message.date], '.')
			: idOf(message.message_id);
	if (chat === undefined || number === undefined) return undefined;
	return joined([message.business_connection_id, chat, number], ':');
}

function isPrivate(chat: Fields<Chat>): boolean {
	return chat.type === 'private' || (chat.type === undefined && chat.title === undefined);
}

function contactOfChat(chat: Fields<Chat>, from: Fields<User>, now: number): Contact | undefined {
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

function nameOf(person: unknown): string | undefined {
	const { first_name, last_name, title, username } = fieldsOf<User | Chat>(person);
	return joined([first_name, last_name], ' ') ?? textOf(title) ?? textOf(username);
}

function senderOf(message: TelegramMessage): string | undefined {
	return nameOf(message.sender_chat) ?? nameOf(message.from);
}

/** What a message answers where the chat does not have it: a post of a channel, a story; and the words picked out. */
function quotedParts({ external_reply, quote, reply_to_story }: TelegramMessage): Part[] {
	const { chat, message_id } = fieldsOf<ExternalReplyInfo>(external_reply);
	const story = reply_to_story && storyText(reply_to_story);
	const { text } = fieldsOf<TextQuote>(quote);
	return numbered(said('In reply to', joined([text, postText(chat, message_id), story])));
}

/** Who published a post or a story, and where it is shown. */
function postText(chat: unknown, path: unknown): string | undefined {
	const username = textOf(fieldsOf<Chat>(chat).username);
	return joined([nameOf(chat), username && `https://t.me/${username}/${String(path)}`], ' ');
}

function labelled(label: string | undefined, text: unknown): string | undefined {
	return joined([label, text], ': ');
}

type Reader = (value: unknown, message: TelegramMessage, label: string | undefined) => Part[];

const asVideo = file('video', 'video/mp4');
const asGiveaway = asFields('Giveaway', 'prize_description', 'winner_count');

/**
 * What a message holds, in the order in which to look: an animation also comes as a document, a venue as a location, a
 * live photo as a photo.
 */
const CONTENTS: ReadonlyArray<[keyof Message, Reader]> = [
	['text', (text, message, label) => said(label, withLinks(text, message.entities))],
	['rich_message', readRichMessage],
	['animation', file(undefined, 'video/mp4')],
	[
		'live_photo',
		(value, message, label) => [
			...photoParts(message.photo ?? fieldsOf<LivePhoto>(value).photo, captionOf(message, label)),
			...asVideo(value, {}, undefined),
		],
	],
	['paid_media', readPaidMedia],
	['photo', (sizes, message, label) => photoParts(sizes, captionOf(message, label))],
	['video', asVideo],
	['video_note', asVideo],
	['voice', file('audio', 'audio/ogg')],
	['audio', file('audio', 'audio/mpeg')],
	['document', file()],
	['sticker', readSticker],
	['venue', readVenue],
	['location', (place, _, label) => readLocation(place, label)],
	['contact', asText(contactCard)],
	['poll', asText(pollText)],
	['checklist', asText(checklistText)],
	['checklist_tasks_added', asText(checklistText)],
	['dice', asText(diceText)],
	['story', asText(storyText)],
	['game', asFields('Game', 'title', 'description')],
	['invoice', asPayment('Invoice')],
	['successful_payment', asPayment('Paid')],
	['refunded_payment', asPayment('Refunded')],
	['users_shared', asText(sharedUsersText)],
	['chat_shared', asFields('Chat', 'title', 'username', 'chat_id')],
	['web_app_data', asFields('', 'button_text', 'data')],
	['giveaway', asGiveaway],
	['giveaway_winners', asGiveaway],
	['gift', asFields('Gift', 'text')],
	['unique_gift', asFields('Gift', 'text')],
];

function asText(read: (value: unknown) => string | undefined): Reader {
	return (value, _, label) => said(label, read(value));
}

function asFields(title: string, ...names: string[]): Reader {
	return asText((value) => {
		const fields = fieldsOf<Record<string, unknown>>(value);
		return joined([title, joined(names.map((name) => fields[name]))], ': ');
	});
}

/** Undefined for what is no message: somebody joined, a title changed, a message was pinned … */
function partsOf(message: TelegramMessage, label: string | undefined): Part[] | undefined {
	const present = CONTENTS.filter(([name]) => message[name] !== undefined);
	if (present.length === 0) return undefined;
	return (
		present
			.map(([name, read]) => read(message[name], message, label))
			.find((parts) => parts.length > 0) ?? []
	);
}

/** What any message may have around its contents. */
const ENVELOPE =
	/^(message_(thread_)?id|from|(sender_)?chat|(edit_)?date|is_topic_message|direct_messages_topic|business_connection_id|reply_.+|media_group_id)$/;

function serviceOf(message: TelegramMessage): string {
	return Object.keys(message).find((name) => !ENVELOPE.test(name)) ?? 'empty message';
}

function said(label: string | undefined, text: string | undefined): Part[] {
	return text === undefined ? [] : textParts(labelled(label, text));
}

/** A text with the addresses behind its words, which would be lost. */
function withLinks(text: unknown, entities: unknown): string | undefined {
	const links = listOf(entities)
		.map((entity) => fieldsOf<{ type: string; url: string }>(entity))
		.filter(({ type }) => type === 'text_link')
		.map(({ url }) => url);
	return textOf(text) === undefined ? undefined : joined([text, ...links]);
}

function captionOf(message: TelegramMessage, label: string | undefined): string | undefined {
	return labelled(label, withLinks(message.caption, message.caption_entities));
}

interface TelegramFile {
	file_id: string;
	file_name: string;
	mime_type: string;
}

/** Files come by their ids: a link would need the bot's token. */
function file(kind?: AttachmentType, defaultMimeType?: string): Reader {
	return (value, message, label) => {
		const { file_id, file_name, mime_type } = fieldsOf<TelegramFile>(value);
		const fileId = textOf(file_id);
		if (fileId === undefined) return [];
		const mimeType = textOf(mime_type) ?? defaultMimeType;
		const type = kind ?? (mimeType === undefined ? 'file' : attachmentTypeOf(mimeType));
		return attachmentParts(
			{ type, source: { fileId }, mimeType, fileName: file_name },
			captionOf(message, label),
		);
	};
}

/** A photo comes in several sizes: the largest is taken. */
function photoParts(sizes: unknown, caption: string | undefined): Part[] {
	const [largest] = listOf(sizes)
		.map((size) => fieldsOf<{ file_id: string; width: number }>(size))
		.map(({ file_id, width }) => ({ fileId: textOf(file_id), width: numberOf(width) ?? 0 }))
		.filter(({ fileId }) => fileId !== undefined)
		.sort((a, b) => b.width - a.width);
	if (largest?.fileId === undefined) return [];
	const source = { fileId: largest.fileId };
	return attachmentParts({ type: 'image', source, mimeType: 'image/jpeg' }, caption);
}

function readPaidMedia(
	value: unknown,
	message: TelegramMessage,
	label: string | undefined,
): Part[] {
	const media = listOf(fieldsOf<{ paid_media: unknown }>(value).paid_media).flatMap((item) => {
		const { photo, video, live_photo } = fieldsOf<PaidMedia>(item);
		if (photo !== undefined) return photoParts(photo, undefined);
		return asVideo(video ?? live_photo, {}, undefined);
	});
	return numbered([...media, ...textParts(captionOf(message, label) ?? '[Paid media]', 'caption')]);
}

/** Parts of several attachments need ids of their own: their places in the message. */
function numbered(parts: readonly Part[]): Part[] {
	return parts.map(({ message }) => ({ message }));
}

/** Stickers are WEBP pictures, WEBM videos, or Lottie animations, which no browser shows: those become their emoji. */
function readSticker(value: unknown, _: TelegramMessage, label: string | undefined): Part[] {
	const sticker = fieldsOf<{
		file_id: string;
		emoji: string;
		is_animated: boolean;
		is_video: boolean;
	}>(value);
	const fileId = textOf(sticker.file_id);
	if (fileId === undefined) return [];
	const caption = labelled(label, sticker.emoji);
	if (sticker.is_animated === true) {
		return said(label, joined(['[Sticker]', sticker.emoji], ' '));
	}
	const [type, mimeType] =
		sticker.is_video === true
			? (['video', 'video/webm'] as const)
			: (['image', 'image/webp'] as const);
	return attachmentParts({ type, source: { fileId }, mimeType }, caption);
}

function readLocation(value: unknown, label: string | undefined, address?: string): Part[] {
	const { latitude, longitude } = fieldsOf<{ latitude: number; longitude: number }>(value);
	const parts = locationParts(latitude, longitude, address);
	return parts.length === 0 ? [] : [...parts, ...textParts(label, 'from')];
}

function readVenue(value: unknown, _: TelegramMessage, label: string | undefined): Part[] {
	const { location, title, address } = fieldsOf<{
		location: unknown;
		title: string;
		address: string;
	}>(value);
	return readLocation(location, label, joined([title, address], ', '));
}

function contactCard(value: unknown): string | undefined {
	const { phone_number, vcard } = fieldsOf<{ phone_number: string; vcard: string }>(value);
	const lines = joined([nameOf(value), ...new Set([phone_number, ...vcardLines(vcard)])]);
	return lines === undefined ? undefined : `Contact: ${lines}`;
}

/** What a vCard tells besides the name, which the contact has already. */
function vcardLines(vcard: unknown): string[] {
	return (textOf(vcard) ?? '')
		.split(/\r?\n/)
		.filter((line) => /^(\w+\.)?(TEL|EMAIL|ORG|TITLE|URL|ADR|BDAY|NOTE)[;:]/i.test(line))
		.map((line) =>
			line
				.slice(line.indexOf(':') + 1)
				.replace(/;+/g, ' ')
				.trim(),
		);
}

function pollText(value: unknown): string | undefined {
	const { question, description, explanation, options } = fieldsOf<Poll>(value);
	const choices = listOf(options).map(
		(option, index) => `${index + 1}. ${textOf(fieldsOf<{ text: string }>(option).text) ?? ''}`,
	);
	const text = joined([question, description, ...choices, explanation]);
	return text && `Poll: ${text}`;
}

function checklistText(value: unknown): string | undefined {
	const { title, tasks } = fieldsOf<{ title: string; tasks: unknown }>(value);
	const lines = listOf(tasks).map((item) => {
		const task = fieldsOf<{ text: string; completion_date: number }>(item);
		return `${task.completion_date ? '☑' : '☐'} ${textOf(task.text) ?? ''}`;
	});
	return joined([title, ...lines]);
}

function diceText(value: unknown): string | undefined {
	const { emoji, value: points } = fieldsOf<{ emoji: string; value: number }>(value);
	return joined([emoji, points], ' ');
}

function storyText(value: unknown): string | undefined {
	const { chat, id } = fieldsOf<Story>(value);
	return joined(['[Story]', postText(chat, `s/${String(id)}`)], ' ');
}

/** An amount counts the smallest units of its currency (https://core.telegram.org/bots/payments#supported-currencies). */
function asPayment(name: string): Reader {
	return asText((value) => {
		const { title, description, total_amount, currency } = fieldsOf<Invoice>(value);
		const amount = joined([total_amount, currency], ' ');
		return joined([
			joined([name, title], ': '),
			description,
			amount && `${amount} (in the currency's smallest unit)`,
		]);
	});
}

function sharedUsersText(value: unknown): string | undefined {
	return joined(
		listOf(fieldsOf<{ users: unknown }>(value).users).map((user) => {
			const { user_id, username } = fieldsOf<{ user_id: number; username: string }>(user);
			return joined(['Contact:', nameOf(user), username, user_id], ' ');
		}),
	);
}

/** Deeper nesting than the documented 16 levels is not followed. */
const MAX_DEPTH = 40;

function readRichMessage(value: unknown, _: TelegramMessage, label: string | undefined): Part[] {
	const { blocks } = fieldsOf<{ blocks: unknown }>(value);
	return numbered([...textParts(labelled(label, richText(blocks, '\n'))), ...richMedia(blocks)]);
}

/** Where a block or a piece of text keeps its words, in the order of reading, and what comes between several. */
const WORDS: ReadonlyArray<[name: string, separator: string]> = [
	['summary', ''],
	['label', ''],
	['text', ''],
	['expression', ''],
	['alternative_text', ''],
	['button', ''],
	['url', ''],
	['buttons', '\n'],
	['cells', '\n'],
	['items', '\n'],
	['blocks', '\n'],
	['caption', ''],
	['credit', ''],
];

function richText(value: unknown, separator: string, depth = 0): string | undefined {
	if (typeof value === 'string') return value;
	if (depth > MAX_DEPTH) return undefined;
	if (Array.isArray(value)) {
		const parts = value.map((part) => richText(part, ' ', depth + 1));
		return separator === '' ? parts.join('') : joined(parts, separator);
	}
	if (!isObject(value)) return undefined;
	const words = WORDS.map(([name, between]) => richText(value[name], between, depth + 1));
	return value.type === 'url' ? joined([...new Set(words)], ' ') : joined(words);
}

function richMedia(blocks: unknown, depth = 0): Part[] {
	if (depth > MAX_DEPTH) return [];
	return listOf(blocks).flatMap((each) => {
		const block = fieldsOf<Record<string, unknown>>(each);
		return [
			...photoParts(block.photo, undefined),
			...asVideo(block.video ?? block.animation, {}, undefined),
			...file('audio')(block.audio ?? block.voice_note, {}, undefined),
			...file()(block.document, {}, undefined),
			...readLocation(block.location, undefined),
			...richMedia(block.blocks ?? block.items, depth + 1),
		];
	});
}

/** A tap on an inline button: its label, else its data, comes as the customer's text. */
function readCallback(value: unknown, now: number): Incoming {
	const query = fieldsOf<{
		id: string;
		from: unknown;
		message: unknown;
		data: string;
	}>(value);
	const from = fieldsOf<User>(query.from);
	const message = fieldsOf<Message>(query.message);
	const conversation = conversationOf(isObject(message.chat) ? message : { chat: from });
	const { customer } = conversation;
	const contactId = required(conversation.contactId, NAME, 'callback_query.message.chat.id');
	const id = required(idOf(query.id), NAME, 'callback_query.id');
	const sender = isPrivate(customer) ? undefined : nameOf(from);
	return messageEvents(
		'message',
		{
			contactId,
			messageId: `${contactId}:callback:${id}`,
			timestamp: now,
			contact: contactOfChat(customer, from, now),
		},
		said(sender, buttonLabel(message, query.data) ?? textOf(query.data)),
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

function readReaction(value: unknown, updateId: string | undefined, now: number): Incoming {
	const reaction = fieldsOf<{
		chat: unknown;
		message_id: number;
		user: unknown;
		actor_chat: unknown;
		date: number;
		old_reaction: unknown;
		new_reaction: unknown;
	}>(value);
	const chat = fieldsOf<Chat>(reaction.chat);
	const contactId = required(idOf(chat.id), NAME, 'message_reaction.chat.id');
	const number = required(idOf(reaction.message_id), NAME, 'message_reaction.message_id');
	const added = emojis(reaction.new_reaction);
	const removed = emojis(reaction.old_reaction);
	const text =
		added === undefined ? removed && `Removed the reaction ${removed}` : `Reacted with ${added}`;
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
		said(sender, text),
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
	const { business_connection_id, chat, message_ids } = fieldsOf<{
		business_connection_id: string;
		chat: unknown;
		message_ids: unknown;
	}>(value);
	const contactId = required(
		idOf(fieldsOf<Chat>(chat).id),
		NAME,
		'deleted_business_messages.chat.id',
	);
	const ids = joined(listOf(message_ids).map(idOf), ',');
	if (ids === undefined) return ignored('empty message');
	const count = ids.split(',').length;
	return messageEvents(
		'message',
		{
			contactId,
			messageId: joined([business_connection_id, contactId, ids, 'deleted'], ':') ?? ids,
			timestamp: now,
			contact: contactOfChat(fieldsOf<Chat>(chat), {}, now),
		},
		textParts(`${count === 1 ? 'A message was' : `${count} messages were`} deleted in Telegram`),
	);
}

function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const [, chat, topic] = /^(-?\d{1,19}|@\w{4,32})(?::(\d+))?$/.exec(contactId.trim()) ?? [];
	if (chat === undefined) {
		throw new ChannelError(
			`The contact id is no chat of Telegram: it must be a number or an @username`,
			"Use the providerContactId of the trigger's item.",
		);
	}
	const base = baseUrl(context, NAME, 'https://api.telegram.org');
	const connection = textOf(context.settings.businessConnectionId)?.trim();
	const target = withoutUndefined({
		business_connection_id: connection,
		chat_id: Number.isSafeInteger(Number(chat)) ? Number(chat) : chat,
		direct_messages_topic_id: numberOf(topic),
	});
	return calls(readMessage(message, NAME), connection === undefined && /^\d/.test(chat)).map(
		([method, body]) => jsonRequest(`${base}/bot{token}/${method}`, { ...target, ...body }),
	);
}

type Call = [method: string, body: Record<string, unknown>];

/** @param isPrivateChat Reply keyboards do not exist in channels and business accounts. */
function calls(message: OutgoingMessage, isPrivateChat: boolean): Call[] {
	switch (message.type) {
		case 'text':
			return texts(message.text);
		case 'attachment':
			return attachmentCalls(message);
		case 'location': {
			const { latitude, longitude, address } = message;
			const title = address?.split(',').find((part) => part.trim() !== '');
			return address === undefined || title === undefined
				? [['sendLocation', { latitude, longitude }]]
				: [['sendVenue', { latitude, longitude, title: title.trim(), address }]];
		}
		case 'quick_reply': {
			const parts = texts(message.title);
			const [method, body] = parts[parts.length - 1];
			const reply_markup = isPrivateChat
				? replyKeyboard(message.replies)
				: inlineKeyboard(message.replies);
			return [...parts.slice(0, -1), [method, { ...body, reply_markup }]];
		}
	}
}

function texts(text: string): Call[] {
	return splitText(text, MAX_TEXT, utf16Length).map((part) => ['sendMessage', { text: part }]);
}

/** Its buttons send their text as the customer's own message. */
function replyKeyboard(replies: readonly string[]) {
	return {
		keyboard: replies.map((text) => [{ text }]),
		one_time_keyboard: true,
		resize_keyboard: true,
	};
}

/** Its buttons make a callback query, which `incoming` reads as the button's label. */
function inlineKeyboard(replies: readonly string[]) {
	return {
		inline_keyboard: replies.map((text, index) => [
			{
				text,
				callback_data:
					Buffer.byteLength(text) <= MAX_CALLBACK_DATA_BYTES ? text : `reply ${index + 1}`,
			},
		]),
	};
}

/**
 * What Telegram takes by URL, with the field that holds it; anything else would be refused and is sent as a link
 * (https://core.telegram.org/bots/api#sending-files: documents are GIF, PDF and ZIP alone, audio MP3 and M4A).
 */
const BY_URL: Record<AttachmentType, Readonly<Record<string, [method: string, field: string]>>> = {
	image: {
		'': ['sendPhoto', 'photo'],
		'image/jpeg': ['sendPhoto', 'photo'],
		'image/png': ['sendPhoto', 'photo'],
		'image/webp': ['sendPhoto', 'photo'],
		'image/gif': ['sendAnimation', 'animation'],
	},
	video: { '': ['sendVideo', 'video'], 'video/mp4': ['sendVideo', 'video'] },
	audio: {
		'': ['sendAudio', 'audio'],
		'audio/mpeg': ['sendAudio', 'audio'],
		'audio/mp4': ['sendAudio', 'audio'],
		'audio/x-m4a': ['sendAudio', 'audio'],
		'audio/ogg': ['sendVoice', 'voice'],
	},
	file: {
		'application/pdf': ['sendDocument', 'document'],
		'application/zip': ['sendDocument', 'document'],
		'image/gif': ['sendDocument', 'document'],
	},
};

function attachmentCalls(message: OutgoingMessage & { type: 'attachment' }): Call[] {
	const { attachment } = message;
	const methods = BY_URL[attachment.type];
	const call = methods[mimeTypeOfAttachment(attachment) ?? ''];
	if (call === undefined) return texts(messageAsText(message));
	const [method, field] = call;
	const caption = textOf(attachment.description);
	if (caption === undefined) return [[method, { [field]: attachment.url }]];
	return utf16Length(caption) <= MAX_CAPTION
		? [[method, { [field]: attachment.url, caption }]]
		: [[method, { [field]: attachment.url }], ...texts(caption)];
}

interface TelegramAnswer {
	ok: boolean;
	result: unknown;
	error_code: number;
	description: string;
}

function taken(body: unknown) {
	const { ok, result } = fieldsOf<TelegramAnswer>(body);
	const messageId = messageIdOf(fieldsOf<Message>(result));
	if (messageId !== undefined) return { messageId };
	return ok === true ? {} : undefined;
}

function refused(body: unknown): string | undefined {
	const { ok, description, error_code } = fieldsOf<TelegramAnswer>(body);
	if (ok !== false) return undefined;
	const words = textOf(description) ?? 'Telegram gave no reason';
	return error_code === undefined ? words : `${words} (${idOf(error_code)})`;
}
