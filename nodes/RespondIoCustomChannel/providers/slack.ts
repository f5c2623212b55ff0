import type {
	ActionsBlock,
	AllMessageEvents,
	Button,
	ImageBlock,
	ReactionAddedEvent,
	SectionBlock,
} from '@slack/types';

import { codePointLength } from '../channel/limits';
import { attachmentTypeOf } from '../channel/mimeTypes';
import {
	ProviderError,
	type Incoming,
	type IncomingContext,
	type OutgoingContext,
	type OutgoingMessage,
	type Provider,
	type ProviderRequest,
} from './provider';
import {
	answerOf,
	attachmentParts,
	baseUrl,
	bodyOf,
	contactOf,
	fieldsOf,
	foreign,
	idOf,
	ignored,
	isObject,
	joined,
	jsonRequest,
	labelOf,
	listOf,
	messageAsText,
	messageEvents,
	mimeTypeOfAttachment,
	numberOf,
	parsed,
	readMessage,
	required,
	splitText,
	textOf,
	textParts,
	timeOf,
	utf16Length,
	withDownloads,
	type Fields,
	type Part,
} from './shared';

/**
 * Slack's Events API and interactions (https://docs.slack.dev/apis/events-api). In: an event, as n8n's Slack Trigger
 * outputs it (the inner event alone) or as the Webhook node does (the envelope; a form where a button was tapped or a
 * command given). The contact is the conversation; where it is no direct message, each text begins with the id of who
 * wrote it, since an event tells no names. Message ids are `<conversation>:<ts>`: a `ts` is unique within a conversation
 * alone. Files come by their ids, for their links need the token. What a bot wrote is left out: it is what this app sent.
 *
 * Out: `chat.postMessage`; n8n's Slack credential adds the token. Slack answers 200 to what it refuses, with `ok: false`
 * and the reason in `error`. Setting: `baseUrl` (default https://slack.com/api).
 */
export const slack: Provider = {
	name: 'slack',
	displayName: 'Slack',
	capabilities: {
		text: 4000,
		attachments: ['image'],
		location: false,
		quickReplies: 25,
		statuses: [],
		echoes: false,
	},
	incoming,
	outgoing,
	messageId,
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
	challenge: string;
	/** An interaction, as JSON in a form. */
	payload: string;
	command: string;
}

type SlackEvent = Fields<AllMessageEvents | ReactionAddedEvent | { user_profile: unknown }>;

function incoming(payload: unknown, context: IncomingContext): Incoming {
	const { now } = context;
	const body = bodyOf(payload);
	const envelope = fieldsOf<Envelope>(body);
	if (typeof envelope.payload === 'string')
		return readInteraction(interactionIn(envelope.payload), now);
	if (textOf(envelope.command) !== undefined) return readCommand(body, now);
	const event = fieldsOf<AllMessageEvents>(isObject(envelope.event) ? envelope.event : body);
	const type = textOf(event.type);
	if (type === undefined) throw foreign(NAME, body);
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

function interactionIn(json: string): unknown {
	const interaction = parsed(json);
	if (typeof interaction !== 'string') return interaction;
	throw new ProviderError(
		'The Slack payload is no JSON in its field payload',
		'Give the whole form, as the Webhook node outputs it.',
	);
}

function isDirect(conversation: string, type?: unknown): boolean {
	return type === undefined ? conversation.startsWith('D') : type === 'im';
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
	if (event.bot_id !== undefined || subtype === 'bot_message') return ignored('bot message');
	if (subtype !== undefined && !SHOWN.has(subtype)) return ignored(subtype);
	const ts = required(idOf(event.ts), NAME, 'ts');
	return eventsOf(event, event, ts, context);
}

/** A message; the other subtypes tell who joined, or what was set. */
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
	const conversation = required(idOf(event.channel), NAME, 'channel');
	const direct = isDirect(conversation, event.channel_type);
	const sender = direct ? undefined : (nameOf(message.user_profile) ?? idOf(message.user));
	return messageEvents(
		'message',
		{
			contactId: conversation,
			messageId: `${conversation}:${id}`,
			timestamp: timeOfTs(event.event_ts ?? event.ts, context.now),
			contact: direct ? contactOfProfile(message.user_profile, context.now) : undefined,
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

function contactOfProfile(value: unknown, now: number) {
	const { first_name, last_name, email, image_192, image_72 } = fieldsOf<Profile>(value);
	const firstName = textOf(first_name) ?? nameOf(value);
	const lastName = textOf(first_name) === undefined ? undefined : last_name;
	return contactOf({ firstName, lastName, email, profilePic: image_192 ?? image_72 }, now);
}

/** Slack also reports a change when it adds the preview of a link: the words stay the same. */
function readEdit(event: SlackEvent, context: IncomingContext): Incoming {
	const message = fieldsOf<AllMessageEvents>(event.message);
	const before = fieldsOf<AllMessageEvents>(event.previous_message);
	if (message.bot_id !== undefined) return ignored('bot message');
	if (message.text === before.text) return ignored('message_changed without new words');
	const ts = required(idOf(message.ts), NAME, 'message.ts');
	return eventsOf(event, message, `${ts}:edit:${idOf(event.ts) ?? context.now}`, context, true);
}

function readDeletion(event: SlackEvent, context: IncomingContext): Incoming {
	const before = fieldsOf<AllMessageEvents>(event.previous_message);
	if (before.bot_id !== undefined) return ignored('bot message');
	const ts = required(idOf(event.deleted_ts), NAME, 'deleted_ts');
	const message = { user: before.user, text: 'A message was deleted in Slack' };
	return eventsOf(event, message, `${ts}:deleted`, context);
}

type Binary = IncomingContext['binary'];

/** n8n's Slack Trigger names what it downloads by its place in the message. */
function withPlace(value: unknown, index: number, binary: Binary = {}): unknown {
	const place = `file_${index}`;
	return Object.hasOwn(binary, place) ? { ...fieldsOf<SlackFile>(value), id: place } : value;
}

function partsOf(message: SlackEvent, label: string | undefined, binary: Binary): Part[] {
	const text = joined([plainText(message.text), ...sharedTexts(message.attachments)]);
	const said = text === undefined ? undefined : joined([label, text], ': ');
	const files = listOf(message.files).map((file, index) => withPlace(file, index, binary));
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

/** A message that was shared into this one; previews of links say nothing that the customer wrote. */
function sharedTexts(attachments: unknown): Array<string | undefined> {
	return listOf(attachments).map((each) => {
		const shared = fieldsOf<{
			is_share: boolean;
			author_name: string;
			text: string;
			fallback: string;
		}>(each);
		if (shared.is_share !== true) return undefined;
		return joined([shared.author_name, plainText(shared.text) ?? shared.fallback], ': ');
	});
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

function readReaction(value: SlackEvent, isRemoved: boolean, now: number): Incoming {
	const event = fieldsOf<ReactionAddedEvent>(value);
	const item = fieldsOf<ReactionAddedEvent['item']>(event.item);
	if (item.type !== undefined && item.type !== 'message') return ignored('reaction to no message');
	const conversation = required(idOf(item.channel), NAME, 'item.channel');
	const ts = required(idOf(item.ts), NAME, 'item.ts');
	const sender = isDirect(conversation) ? undefined : idOf(event.user);
	const emoji = textOf(event.reaction) ?? 'emoji';
	const text = isRemoved ? `Removed the reaction :${emoji}:` : `Reacted with :${emoji}:`;
	return messageEvents(
		'message',
		{
			contactId: conversation,
			messageId: `${conversation}:${ts}:reaction:${idOf(event.event_ts) ?? now}`,
			timestamp: timeOfTs(event.event_ts, now),
		},
		textParts(joined([sender, text], ': ')),
	);
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
	if (textOf(type) === undefined) throw foreign(NAME, value);
	if (type !== 'block_actions') return ignored(String(type));
	const { channel_id, message_ts } =
		fieldsOf<Record<'channel_id' | 'message_ts', string>>(container);
	const conversation = required(
		idOf(fieldsOf<{ id: string }>(channel).id) ?? idOf(channel_id),
		NAME,
		'channel.id',
	);
	const sender = isDirect(conversation) ? undefined : senderOf(user);
	const time = fieldsOf<{ action_ts: string }>(listOf(actions)[0]).action_ts;
	return messageEvents(
		'message',
		{
			contactId: conversation,
			messageId: `${conversation}:${idOf(message_ts) ?? ''}:action:${idOf(time) ?? now}`,
			timestamp: timeOfTs(time, now),
		},
		listOf(actions).flatMap((action) => textParts(joined([sender, chosenIn(action)], ': '))),
	);
}

function senderOf(user: unknown): string | undefined {
	const { id, name, username } = fieldsOf<Record<'id' | 'name' | 'username', string>>(user);
	return textOf(name) ?? textOf(username) ?? idOf(id);
}

/** The words that the customer saw, else the value behind them. */
function chosenIn(action: unknown): string | undefined {
	const { text, value, selected_option, selected_options, ...others } =
		fieldsOf<Record<string, unknown>>(action);
	const labels = [
		...(selected_option === undefined ? [] : [selected_option]),
		...listOf(selected_options),
	].map((option) => wordsOf(fieldsOf<{ text: unknown }>(option).text));
	const picked = Object.entries(others)
		.filter(([name]) => name.startsWith('selected_'))
		.map(([, each]) => each);
	return wordsOf(text) ?? joined(labels, ', ') ?? textOf(value) ?? joined(picked, ', ');
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
	const given = fieldsOf<Command>(body);
	const conversation = required(idOf(given.channel_id), NAME, 'channel_id');
	const id = required(idOf(given.trigger_id), NAME, 'trigger_id');
	const sender = isDirect(conversation)
		? undefined
		: (textOf(given.user_name) ?? idOf(given.user_id));
	const text = joined([given.command, plainText(given.text)], ' ');
	return messageEvents(
		'message',
		{ contactId: conversation, messageId: `${conversation}:command:${id}`, timestamp: now },
		textParts(joined([sender, text], ': ')),
	);
}

function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const url = `${baseUrl(context, NAME, 'https://slack.com/api')}/chat.postMessage`;
	const channel = contactId.trim();
	if (!/^[CDGUW][A-Z0-9]{5,}$/.test(channel)) {
		throw new ProviderError(
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

function button(reply: string, index: number): Button {
	return {
		type: 'button',
		action_id: `reply_${index + 1}`,
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
		{ text: alt_text, blocks: [{ type: 'image', image_url: url, alt_text }] },
		...texts(description ?? ''),
	];
}

function messageId(response: unknown): string | undefined {
	const { ok, channel, ts } = fieldsOf<{ ok: boolean; channel: string; ts: string }>(
		answerOf(response),
	);
	const ids = [idOf(channel), idOf(ts)];
	return ok === false || ids.includes(undefined) ? undefined : ids.join(':');
}
