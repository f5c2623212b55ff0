import type {
	ActionsBlock,
	AllMessageEvents,
	Button,
	ImageBlock,
	ReactionAddedEvent,
	RichTextEmoji,
	SectionBlock,
} from '@slack/types';

import { ChannelError } from '../../channel/error';
import { codePointLength } from '../../channel/limits';
import { attachmentTypeOf } from '../../channel/mimeTypes';
import { contactOf } from '../kit/contact';
import { ignored, messageEvents, ownEcho, withDownloads } from '../kit/incoming';
import { messageAsText, mimeTypeOfAttachment, readMessage } from '../kit/message';
import { attachmentParts, labelOf, type Part, textParts } from '../kit/parts';
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
	parsed,
	required,
	textOf,
	timeOf,
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
 * Slack's Events API and interactions (https://docs.slack.dev/apis/events-api). In: an event, as n8n's Slack Trigger
 * outputs it (the inner event alone) or as the Webhook node does (the envelope; a form where a button was tapped or a
 * command given). The contact is the conversation; where it is no direct message, each text begins with the id of who
 * wrote it, since an event tells no names. Message ids are `<conversation>:<ts>`: a `ts` is unique within a conversation
 * alone. Files come by their ids, for their links need the token. What a bot wrote is left out: it is what this app sent.
 *
 * Out: `chat.postMessage`; n8n's Slack credential adds the token. Slack answers 200 to what it refuses, with `ok: false`
 * and the reason in `error`. Setting: `baseUrl` (default https://slack.com/api). There are no receipts, and so no
 * reference.
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: (response) => readResponse(response, { displayName: NAME, taken, refused }),
};

const NAME = 'Slack';

/** https://docs.slack.dev/reference/block-kit/blocks and /reference/methods/chat.postMessage#truncating */
const LIMIT = {
	text: 4000,
	section: 3000,
	imageUrl: 3000,
	altText: 2000,
	button: 75,
	buttons: 25,
} as const;

interface Envelope {
	type: string;
	event: unknown;
	api_app_id: string;
	authorizations: unknown;
	challenge: string;
	/** An interaction, as JSON in a form. */
	payload: string;
	command: string;
}

/**
 * `user_resolved` is the user's name, as n8n's Slack Trigger adds it where it is told to resolve ids; `app_id` is of the
 * app that wrote it.
 */
type SlackEvent = Fields<
	| AllMessageEvents
	| ReactionAddedEvent
	| { user_profile: unknown; user_resolved: string; app_id: string }
>;

function incoming(payload: unknown, context: IncomingContext): Incoming {
	const { now } = context;
	const body = bodyOf(payload);
	const envelope = fieldsOf<Envelope>(body);
	if (typeof envelope.payload === 'string') return readInteraction(parsed(envelope.payload), now);
	if (textOf(envelope.command) !== undefined) return readCommand(body, now);
	const event = fieldsOf<AllMessageEvents>(isObject(envelope.event) ? envelope.event : body);
	const type = textOf(event.type);
	if (type === undefined) throw foreign(NAME, body);
	if (isOwn(event, envelope)) return ownEcho();
	switch (type) {
		case 'message':
		case 'app_mention':
			return withDownloads(readMessageEvent(event, context), context.binary);
		case 'reaction_added':
		case 'reaction_removed':
			return readReaction(event, type === 'reaction_removed', now);
		case 'block_actions':
			return readInteraction(event, now);
		default:
			return ignored(type);
	}
}

/** What this app itself did, also in a user's name: the envelope tells which app and which bot user it is. */
function isOwn(event: SlackEvent, { api_app_id, authorizations }: Fields<Envelope>): boolean {
	const edited = isObject(event.message) ? (event.message as SlackEvent) : event;
	const { app_id } = fieldsOf<{ app_id: string }>(edited.bot_profile);
	const app = idOf(edited.app_id) ?? idOf(app_id);
	const author = idOf(edited.user);
	const isBot = listOf(authorizations).some((each) => {
		const { user_id, is_bot } = fieldsOf<{ user_id: string; is_bot: boolean }>(each);
		return is_bot === true && idOf(user_id) === author;
	});
	return (app !== undefined && app === idOf(api_app_id)) || (author !== undefined && isBot);
}

/** By its id, since the `channel_type` is `app_home` in an app's own tab, and absent in a reaction or a tap. */
function isDirect(conversation: string): boolean {
	return conversation.startsWith('D');
}

/** Seconds with a fraction, in a text. */
function timeOfTs(ts: unknown, now: number): number {
	const seconds = numberOf(ts);
	return timeOf(seconds === undefined ? undefined : Math.round(seconds * 1000), now);
}

function readMessageEvent(event: SlackEvent, context: IncomingContext): Incoming {
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

type Profile = Record<
	'first_name' | 'last_name' | 'real_name' | 'display_name' | 'email' | 'image_192' | 'image_72',
	string
>;

function nameOf(value: unknown): string | undefined {
	const { display_name, real_name } = fieldsOf<Profile>(value);
	return textOf(display_name) ?? textOf(real_name);
}

function senderIn({ user_profile, user_resolved, user }: SlackEvent): string | undefined {
	return nameOf(user_profile) ?? textOf(user_resolved) ?? idOf(user);
}

function contactIn({ user_profile, user_resolved }: SlackEvent, now: number) {
	const { first_name, last_name, email, image_192, image_72 } = fieldsOf<Profile>(user_profile);
	const firstName = textOf(first_name) ?? nameOf(user_profile) ?? user_resolved;
	const lastName = textOf(first_name) === undefined ? undefined : last_name;
	return contactOf({ firstName, lastName, email, profilePic: image_192 ?? image_72 }, now);
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
	const message = { user, bot_id, subtype, text: 'A message was deleted in Slack' };
	return eventsOf(event, message, `${ts}:deleted`, context);
}

type Binary = IncomingContext['binary'];

/** n8n's Slack Trigger names what it downloads by its place in the message. */
function withPlace(value: unknown, index: number, binary: Binary = {}): unknown {
	const place = `file_${index}`;
	return Object.hasOwn(binary, place) ? { ...fieldsOf<SlackFile>(value), id: place } : value;
}

function partsOf(message: SlackEvent, label: string | undefined, binary: Binary): Part[] {
	const words = plainText(message.text);
	const shared = sharedIn(message.attachments);
	const text = joined([words && withEmoji(words, message.blocks), ...shared.map(sharedText)]);
	const said = text === undefined ? undefined : joined([label, text], ': ');
	const files = [message, ...shared]
		.flatMap((each) => listOf(each.files))
		.map((file, index) => withPlace(file, index, binary));
	const [only] = files;
	if (files.length === 1) return fileParts(only, said ?? label);
	if (files.length === 0) return textParts(said);
	return [
		...textParts(said ?? label, 'text'),
		// Parts of several files need ids of their own: their places in the message.
		...files.flatMap((file) => fileParts(file)).map((part) => ({ message: part.message })),
	];
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
	files: unknown;
}

/** The messages that were forwarded with this one; previews of links say nothing that the customer wrote. */
function sharedIn(attachments: unknown): Array<Fields<Shared>> {
	return listOf(attachments)
		.map((each) => fieldsOf<Shared>(each))
		.filter(({ is_share }) => is_share === true);
}

function sharedText({ author_name, text, fallback }: Fields<Shared>): string | undefined {
	return joined([author_name, plainText(text) ?? plainText(fallback)], ': ');
}

/** A text has the names of emoji; rich text, of which it was made, their characters as well. */
function withEmoji(text: string, blocks: unknown): string {
	return listOf(blocks).reduce<string>((shown, block) => {
		const { elements, name, unicode } = fieldsOf<RichTextEmoji & { elements: unknown }>(block);
		const emoji = textOf(unicode)?.replace(/-?([\da-f]{2,5})/g, (_, point: string) =>
			String.fromCodePoint(parseInt(point, 16)),
		);
		return emoji === undefined
			? withEmoji(shown, elements)
			: shown.replaceAll(`:${String(name)}:`, emoji);
	}, text);
}

/** https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages */
function plainText(given: unknown): string | undefined {
	return textOf(given)
		?.replace(/<([^<>|]+)(?:\|([^<>]*))?>/g, (_, target: string, label = '') =>
			shownLink(target, label as string),
		)
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
		.replaceAll('&amp;', '&');
}

function shownLink(target: string, label: string): string {
	const mark = target.charAt(0);
	if (mark === '!') return label === '' ? `@${target.slice(1)}` : label;
	if (mark === '@' || mark === '#') {
		return `${mark}${(label === '' ? target.slice(1) : label).replace(/^[@#]/, '')}`;
	}
	const address = target.replace(/^(mailto|tel):/, '');
	return label === '' || label === address ? address : `${label} (${address})`;
}

/** What somebody did otherwise than by a message. */
function textEvents(
	conversation: string,
	id: string,
	timestamp: number,
	name: string | undefined,
	texts: ReadonlyArray<string | undefined>,
): Incoming {
	const sender = isDirect(conversation) ? undefined : name;
	return messageEvents(
		'message',
		{ contactId: conversation, messageId: `${conversation}:${id}`, timestamp },
		texts.flatMap((text) => (text === undefined ? [] : textParts(joined([sender, text], ': ')))),
	);
}

function readReaction(value: SlackEvent, isRemoved: boolean, now: number): Incoming {
	const event = fieldsOf<ReactionAddedEvent>(value);
	const item = fieldsOf<ReactionAddedEvent['item']>(event.item);
	if (item.type !== undefined && item.type !== 'message') return ignored('reaction to no message');
	const conversation = required(idOf(item.channel), NAME, 'item.channel');
	const ts = required(idOf(item.ts), NAME, 'item.ts');
	const emoji = textOf(event.reaction) ?? 'emoji';
	const text = isRemoved ? `Removed the reaction :${emoji}:` : `Reacted with :${emoji}:`;
	const id = `${ts}:reaction:${idOf(event.event_ts) ?? now}`;
	return textEvents(conversation, id, timeOfTs(event.event_ts, now), senderIn(value), [text]);
}

interface Interaction {
	type: string;
	user: unknown;
	channel: unknown;
	container: unknown;
	actions: unknown;
}

/** A tap on a button, or a choice in a menu, comes as the customer's text; each action has an id of its own. */
function readInteraction(value: unknown, now: number): Incoming {
	const { type, user, channel, container, actions } = fieldsOf<Interaction>(value);
	const kind = required(textOf(type), NAME, 'payload.type');
	if (kind !== 'block_actions') return ignored(kind);
	const { channel_id, message_ts } =
		fieldsOf<Record<'channel_id' | 'message_ts', string>>(container);
	const conversation = idOf(fieldsOf<{ id: string }>(channel).id) ?? idOf(channel_id);
	// In a dialog, or in the app's home.
	if (conversation === undefined) return ignored('block_actions outside of a conversation');
	const time = fieldsOf<{ action_ts: string }>(listOf(actions)[0]).action_ts;
	const { id, name, username } = fieldsOf<Record<'id' | 'name' | 'username', string>>(user);
	return textEvents(
		conversation,
		`${idOf(message_ts) ?? ''}:action:${idOf(time) ?? now}`,
		timeOfTs(time, now),
		textOf(name) ?? textOf(username) ?? idOf(id),
		listOf(actions).map(chosenIn),
	);
}

/** Our own button's value is the reply, as it was; else the words that the customer saw, else the value behind them. */
function chosenIn(action: unknown): string | undefined {
	const { action_id, text, value, selected_option, selected_options, ...others } =
		fieldsOf<Record<string, unknown>>(action);
	const reply = textOf(action_id)?.startsWith(REPLY) === true ? textOf(value) : undefined;
	const labels = [selected_option, ...listOf(selected_options)].map((option) =>
		wordsOf(fieldsOf<{ text: unknown }>(option).text),
	);
	const picked = Object.entries(others)
		.filter(([name]) => name.startsWith('selected_'))
		.flatMap(([, each]) => each);
	return reply ?? wordsOf(text) ?? joined(labels, ', ') ?? textOf(value) ?? joined(picked, ', ');
}

function wordsOf(text: unknown): string | undefined {
	return plainText(fieldsOf<{ text: string }>(text).text);
}

interface Command {
	command: string;
	text: string;
	channel_id: string;
	user_id: string;
	user_name: string;
	trigger_id: string;
}

function readCommand(body: unknown, now: number): Incoming {
	const { command, text, channel_id, user_id, user_name, trigger_id } = fieldsOf<Command>(body);
	const conversation = required(idOf(channel_id), NAME, 'channel_id');
	const id = required(idOf(trigger_id), NAME, 'trigger_id');
	return textEvents(conversation, `command:${id}`, now, textOf(user_name) ?? idOf(user_id), [
		joined([command, plainText(text)], ' '),
	]);
}

function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const url = `${baseUrl(context, NAME, 'https://slack.com/api')}/chat.postMessage`;
	const channel = contactId.trim();
	if (!/^[CDGUW][A-Z0-9]{5,}$/.test(channel)) {
		throw new ChannelError(
			'The contact id is none of Slack: it must be the id of a conversation or a user, like D0123ABCD',
			"Use the providerContactId of the trigger's item.",
		);
	}
	return contents(readMessage(message, NAME)).map((content) =>
		jsonRequest(url, { channel, ...content }),
	);
}

interface Content {
	text: string;
	blocks?: Array<SectionBlock | ActionsBlock | ImageBlock>;
}

function contents(message: OutgoingMessage): Content[] {
	switch (message.type) {
		case 'text':
		case 'location':
			return texts(messageAsText(message));
		case 'attachment':
			return attachmentContents(message);
		case 'quick_reply': {
			const { title, replies } = message;
			const isPossible =
				replies.length <= LIMIT.buttons &&
				replies.every((reply) => utf16Length(reply) <= LIMIT.button);
			if (!isPossible) return texts(messageAsText(message));
			const parts = splitText(title, LIMIT.section, escapedLength).map(escaped);
			const last = parts[parts.length - 1];
			return [
				...parts.slice(0, -1).map((text) => ({ text })),
				{
					text: last,
					blocks: [
						{ type: 'section', text: { type: 'mrkdwn', text: last } },
						{ type: 'actions', elements: replies.map(button) },
					],
				},
			];
		}
	}
}

const REPLY = 'reply_';

function button(reply: string, index: number): Button {
	return {
		type: 'button',
		action_id: `${REPLY}${index + 1}`,
		text: { type: 'plain_text', text: reply, emoji: true },
		value: reply,
	};
}

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escaped(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function escapedLength(text: string): number {
	return utf16Length(escaped(text));
}

function texts(text: string): Content[] {
	return splitText(text, LIMIT.text, escapedLength).map((part) => ({ text: escaped(part) }));
}

const PICTURES = ['image/jpeg', 'image/png', 'image/gif'];

/** Pictures are shown by their links; anything else would need an upload, and goes as a link. */
function attachmentContents(message: OutgoingMessage & { type: 'attachment' }): Content[] {
	const { attachment } = message;
	const { type, url, description, fileName } = attachment;
	const mimeType = mimeTypeOfAttachment(attachment);
	const isPicture =
		type === 'image' &&
		url.length <= LIMIT.imageUrl &&
		(mimeType === undefined || PICTURES.includes(mimeType));
	if (!isPicture) return texts(messageAsText(message));
	const name = textOf(fileName);
	const alt_text = name !== undefined && codePointLength(name) <= LIMIT.altText ? name : 'Picture';
	return [
		{ text: escaped(alt_text), blocks: [{ type: 'image', image_url: url, alt_text }] },
		...texts(description ?? ''),
	];
}

interface SlackAnswer {
	ok: boolean;
	channel: string;
	ts: string;
	error: string;
	response_metadata: unknown;
}

function taken(body: unknown) {
	const { ok, channel, ts } = fieldsOf<SlackAnswer>(body);
	const ids = [idOf(channel), idOf(ts)];
	if (!ids.includes(undefined)) return { messageId: ids.join(':') };
	return ok === true ? {} : undefined;
}

/** A word, with a status code of success; its messages say more: `[ERROR] no more than 50 items allowed`. */
function refused(body: unknown): string | undefined {
	const { ok, error, response_metadata } = fieldsOf<SlackAnswer>(body);
	if (ok !== false) return undefined;
	const { messages } = fieldsOf<{ messages: unknown }>(response_metadata);
	return joined([error, joined(listOf(messages), '; ')], ': ') ?? 'Slack gave no reason.';
}
