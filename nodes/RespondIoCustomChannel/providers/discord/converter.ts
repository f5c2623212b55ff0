import type {
	APIActionRowComponent,
	APIAttachment,
	APIButtonComponent,
	APIEmbed,
	APIMessage,
	APIMessageComponentInteraction,
	APIStickerItem,
	APIUser,
	GatewayDispatchPayload,
	GatewayMessageCreateDispatchData,
	GatewayMessageDeleteBulkDispatchData,
	GatewayMessageDeleteDispatchData,
	GatewayMessageReactionAddDispatchData,
} from 'discord-api-types/v10';

import { ChannelError } from '../../channel/error';
import { attachmentTypeOf } from '../../channel/mimeTypes';
import { contactOf } from '../kit/contact';
import { combined, eachOf, ignored, messageEvents } from '../kit/incoming';
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
	lookUp,
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
 * Discord's API, version 10 (https://docs.discord.com/developers/reference). In: a message as the API has it, which n8n's
 * Discord node outputs when it gets a channel's messages, or a list of them; a dispatch of the gateway (`{ t, d }`), as a
 * bot of one's own forwards it; an interaction, from the Webhook node. The contact is the channel, so a server's channel
 * is one contact, and in it each text begins with its author's name. What a bot wrote is left out: it is what this app
 * sent. Links of files are public, and end after a day.
 *
 * Out: a message in the channel; n8n's Discord Bot credential adds the token. Settings: `buttons` (true: quick replies are
 * buttons, whose taps reach the application's interactions endpoint alone; else they are numbered), `baseUrl` (default
 * https://discord.com/api/v10). There are no receipts, and so no reference.
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: (response) => readResponse(response, { displayName: NAME, taken }),
};

const NAME = 'Discord';

/** https://docs.discord.com/developers/resources/message#create-message and /components/reference */
const LIMIT = { text: 2000, rows: 5, perRow: 5, label: 80, url: 2048 } as const;

function incoming(payload: unknown, { now }: IncomingContext): Incoming {
	const body = bodyOf(payload);
	if (Array.isArray(body)) {
		// The API lists the newest first.
		const found = eachOf(body, '', (message) => readOne(message, now));
		return combined(found.reverse(), 'empty list');
	}
	return readOne(body, now);
}

type DiscordMessage = Fields<APIMessage>;

function readOne(value: unknown, now: number): Incoming {
	const { t, d } = fieldsOf<GatewayDispatchPayload>(value);
	if (typeof t === 'string') return readDispatch(t, d, now);
	const given = fieldsOf<APIMessage & { token: string; version: number; event: unknown }>(value);
	if (given.application_id !== undefined && given.token !== undefined) {
		return readInteraction(value, now);
	}
	// https://docs.discord.com/developers/events/webhook-events: none of them is a message to the app.
	if (given.application_id !== undefined && given.version !== undefined) {
		return ignored(textOf(fieldsOf<{ type: string }>(given.event).type) ?? 'webhook test');
	}
	if (idOf(given.channel_id) === undefined || idOf(given.id) === undefined) {
		throw foreign(NAME, value);
	}
	return readMessageObject(given, now);
}

function readDispatch(name: string, data: unknown, now: number): Incoming {
	switch (name) {
		case 'MESSAGE_CREATE':
			return readMessageObject(fieldsOf<APIMessage>(data), now, true);
		case 'MESSAGE_UPDATE': {
			const message = fieldsOf<APIMessage>(data);
			// Discord also reports a change when it adds the preview of a link.
			if (textOf(message.edited_timestamp) === undefined) {
				return ignored('MESSAGE_UPDATE without new words');
			}
			return readMessageObject(message, now, true);
		}
		case 'MESSAGE_DELETE':
		case 'MESSAGE_DELETE_BULK': {
			const { id, ids, channel_id } = fieldsOf<
				GatewayMessageDeleteDispatchData | GatewayMessageDeleteBulkDispatchData
			>(data);
			const deleted = required(joined([id, ...listOf(ids)].map(idOf), ','), NAME, 'd.id');
			const count = deleted.split(',').length;
			return messageEvents(
				'message',
				{
					contactId: required(idOf(channel_id), NAME, 'd.channel_id'),
					messageId: `${deleted}:deleted`,
					timestamp: now,
				},
				textParts(`${count === 1 ? 'A message was' : `${count} messages were`} deleted in Discord`),
			);
		}
		case 'MESSAGE_REACTION_ADD':
		case 'MESSAGE_REACTION_REMOVE':
			return readReaction(data, name === 'MESSAGE_REACTION_REMOVE', now);
		default:
			return ignored(name);
	}
}

/** Default, reply, and the commands of applications; the others tell who joined, what was pinned … */
const SHOWN: ReadonlySet<unknown> = new Set([undefined, 0, 19, 20, 23]);

function readMessageObject(message: DiscordMessage, now: number, isDispatch = false): Incoming {
	const contactId = required(idOf(message.channel_id), NAME, 'channel_id');
	const id = required(idOf(message.id), NAME, 'id');
	const author = fieldsOf<APIUser>(message.author);
	if (author.bot === true || message.webhook_id !== undefined) return ignored('bot message');
	if (!SHOWN.has(message.type)) return ignored(`message of type ${String(message.type)}`);
	const edited = textOf(message.edited_timestamp);
	const { guild_id, channel_type, member } = fieldsOf<GatewayMessageCreateDispatchData>(message);
	// What the API lists does not tell the server; n8n reads the channels of servers alone.
	const direct = channel_type === undefined ? isDispatch && !guild_id : channel_type === 1;
	return messageEvents(
		'message',
		{
			contactId,
			messageId: edited === undefined ? id : `${id}:edit:${timeOf(edited, now)}`,
			timestamp: timeOf(edited ?? message.timestamp, now),
			contact: direct ? contactOfUser(author, now) : undefined,
		},
		partsOf(message, labelOf(direct ? undefined : nameOf(author, member), edited !== undefined)),
	);
}

function nameOf(user: Fields<APIUser>, member?: unknown): string | undefined {
	const { nick } = fieldsOf<{ nick: string }>(member);
	return textOf(nick) ?? textOf(user.global_name) ?? textOf(user.username) ?? idOf(user.id);
}

/** https://docs.discord.com/developers/reference#image-formatting */
function contactOfUser(user: Fields<APIUser>, now: number) {
	const [id, avatar] = [idOf(user.id), textOf(user.avatar)];
	const profilePic =
		id === undefined || avatar === undefined
			? undefined
			: `https://cdn.discordapp.com/avatars/${id}/${avatar}.png`;
	return contactOf({ firstName: nameOf(user), language: user.locale, profilePic }, now);
}

function partsOf(message: DiscordMessage, label: string | undefined): Part[] {
	const forwarded = listOf(message.message_snapshots).map((each) =>
		fieldsOf<APIMessage>(fieldsOf<{ message: unknown }>(each).message),
	);
	const text = joined([
		plainText(message.content, message),
		...forwarded.map(forwardedText),
		pollText(message.poll),
	]);
	const said = text && joined([label, text], ': ');
	const files = [message, ...forwarded].flatMap(filesOf);
	if (files.length === 1) return files[0](said ?? label);
	if (files.length === 0) return textParts(said);
	return [
		...textParts(said ?? label, 'text'),
		// Parts of several files need ids of their own: their places in the message.
		...files.flatMap((read) => read()).map((part) => ({ message: part.message })),
	];
}

type FileReader = (caption?: string) => Part[];

function filesOf(message: DiscordMessage): FileReader[] {
	return [
		...listOf(message.attachments).map((each): FileReader => {
			const { url, filename, content_type, description } = fieldsOf<APIAttachment>(each);
			const mimeType = textOf(content_type);
			const link = textOf(url)?.trim() ?? '';
			const type = mimeType === undefined ? 'file' : attachmentTypeOf(mimeType);
			return (caption) =>
				attachmentParts(
					{ type, source: { url: link }, mimeType, fileName: filename },
					joined([caption, description]),
				);
		}),
		...listOf(message.sticker_items).map((each): FileReader => {
			const { id, name, format_type } = fieldsOf<APIStickerItem>(each);
			const url = stickerUrl(idOf(id), format_type);
			if (url === undefined) {
				return (caption) => textParts(joined([caption, joined(['[Sticker]', name], ' ')]));
			}
			return (caption) => attachmentParts({ type: 'image', source: { url } }, caption ?? name);
		}),
	];
}

/** PNG, APNG and GIF are pictures; Lottie, which no browser shows, is not. */
function stickerUrl(id: string | undefined, format: unknown): string | undefined {
	if (id === undefined || !/^\d+$/.test(id)) return undefined;
	if (format === 1 || format === 2) return `https://cdn.discordapp.com/stickers/${id}.png`;
	return format === 4 ? `https://media.discordapp.net/stickers/${id}.gif` : undefined;
}

function forwardedText(message: DiscordMessage): string | undefined {
	// The other embeds are previews of links.
	const embeds = listOf(message.embeds).filter((each) => fieldsOf<APIEmbed>(each).type === 'rich');
	const text = plainText(wordsOf([message.content, embeds, message.components]), message);
	return text && `Forwarded: ${text}`;
}

const WORDS = /^(title|name|description|content|label|value|text|url|\d+)$/;

/** The words in embeds, components or a form, in the order of reading. */
function wordsOf(value: unknown, depth = 0): string | undefined {
	// Discord nests less.
	if (typeof value !== 'object' || depth > 20) return undefined;
	return joined(
		Object.entries(value ?? {}).map(
			([name, each]) => wordsOf(each, depth + 1) ?? (WORDS.test(name) ? each : undefined),
		),
	);
}

function pollText(value: unknown): string | undefined {
	const { question, answers } = fieldsOf<{ question: unknown; answers: unknown }>(value);
	const words = (media: unknown) => textOf(fieldsOf<{ text: string }>(media).text);
	const title = words(question);
	if (title === undefined) return undefined;
	const choices = listOf(answers).map(
		(answer, index) =>
			`${index + 1}. ${words(fieldsOf<{ poll_media: unknown }>(answer).poll_media) ?? ''}`,
	);
	return joined([`Poll: ${title}`, ...choices]);
}

/** https://docs.discord.com/developers/reference#message-formatting */
function plainText(content: unknown, message: DiscordMessage): string | undefined {
	const names = new Map(
		[...listOf(message.mentions), ...listOf(message.mention_channels)].map((each) => {
			const user = fieldsOf<APIUser & { name: string }>(each);
			return [idOf(user.id), textOf(user.name) ?? nameOf(user)];
		}),
	);
	return textOf(content)
		?.replace(/<([@#])[!&]?(\d+)>/g, (_, mark: string, id: string) => mark + (names.get(id) ?? id))
		.replace(/<a?(:\w+:)\d+>/g, '$1');
}

function readReaction(data: unknown, isRemoved: boolean, now: number): Incoming {
	const { channel_id, message_id, user_id, emoji, member, guild_id } =
		fieldsOf<GatewayMessageReactionAddDispatchData>(data);
	const contactId = required(idOf(channel_id), NAME, 'd.channel_id');
	const id = required(idOf(message_id), NAME, 'd.message_id');
	const person = fieldsOf<{ user: unknown }>(member);
	const user = { ...fieldsOf<APIUser>(person.user), id: idOf(user_id) };
	if (user.bot === true) return ignored('bot reaction');
	const sender = guild_id === undefined ? undefined : nameOf(user, member);
	const name = textOf(fieldsOf<{ name: string }>(emoji).name) ?? 'an emoji';
	const text = isRemoved ? `Removed the reaction ${name}` : `Reacted with ${name}`;
	const kind = isRemoved ? 'unreaction' : 'reaction';
	return messageEvents(
		'message',
		{ contactId, messageId: `${id}:${kind}:${idOf(user_id) ?? ''}:${name}`, timestamp: now },
		textParts(joined([sender, text], ': ')),
	);
}

/** https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-interaction-type */
const INTERACTIONS: Readonly<Record<string, string>> = {
	1: 'ping',
	4: 'autocomplete',
	5: 'modal',
};

function readInteraction(value: unknown, now: number): Incoming {
	const interaction = fieldsOf<APIMessageComponentInteraction>(value);
	const type = String(interaction.type);
	const words = lookUp(SAID, type)?.(interaction);
	if (words === undefined) return ignored(lookUp(INTERACTIONS, type) ?? 'interaction');
	const user = fieldsOf<APIUser>(
		interaction.user ?? fieldsOf<{ user: unknown }>(interaction.member).user,
	);
	const direct = interaction.member === undefined;
	return messageEvents(
		'message',
		{
			contactId: required(idOf(interaction.channel_id), NAME, 'channel_id'),
			messageId: required(idOf(interaction.id), NAME, 'id'),
			timestamp: now,
			contact: direct ? contactOfUser(user, now) : undefined,
		},
		textParts(joined([direct ? undefined : nameOf(user, interaction.member), words], ': ')),
	);
}

type Interaction = Fields<APIMessageComponentInteraction>;

const SAID: Readonly<Record<string, (interaction: Interaction) => string | undefined>> = {
	2: ({ data }) => commandText(data),
	3: chosenText,
	5: ({ data }) => wordsOf(fieldsOf<Component>(data).components),
};

/** A command with its groups and what is given: four levels. */
function commandText(data: unknown, depth = 0): string | undefined {
	const { name, value, options } = fieldsOf<{ name: string; value: string; options: unknown }>(
		data,
	);
	const named = joined([name, typeof value === 'boolean' ? String(value) : value], ': ');
	const given = depth > 3 ? [] : listOf(options).map((each) => commandText(each, depth + 1));
	return named && joined([depth === 0 ? `/${named}` : named, ...given], ' ');
}

interface Component {
	custom_id: string;
	label: string;
	components: unknown;
	options: unknown;
}

/** The words that the customer tapped, from the message that had them; else what the application called them. */
function chosenText(interaction: Interaction): string | undefined {
	const { custom_id, values } = fieldsOf<{ custom_id: string; values: unknown }>(interaction.data);
	const rows = fieldsOf<APIMessage>(interaction.message).components;
	const component = listOf(rows)
		.flatMap((row) => listOf(fieldsOf<Component>(row).components))
		.map((each) => fieldsOf<Component>(each))
		.find((each) => each.custom_id !== undefined && each.custom_id === custom_id);
	const options = listOf(component?.options).filter(isObject);
	const chosen = listOf(values).map((value) => {
		const option = options.find((each) => each.value === value);
		return textOf(option?.label) ?? value;
	});
	return joined(chosen, ', ') ?? textOf(component?.label) ?? textOf(custom_id);
}

function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const channel = contactId.trim();
	if (!/^\d{15,21}$/.test(channel)) {
		throw new ChannelError(
			'The contact id is none of Discord: it must be the id of a channel, of 15 to 21 digits',
			"Use the providerContactId of the trigger's item. A user's id is not enough: open a direct message first, and use the id of its channel.",
		);
	}
	const url = `${baseUrl(context, NAME, 'https://discord.com/api/v10')}/channels/${channel}/messages`;
	const withButtons = /^(true|yes|1)$/i.test(context.settings.buttons?.trim() ?? '');
	return contents(readMessage(message, NAME), withButtons).map((content) =>
		// A text of an agent must not ring everybody.
		jsonRequest(url, { ...content, allowed_mentions: { parse: [] } }),
	);
}

interface Content {
	content?: string;
	embeds?: Array<{ image: { url: string } }>;
	components?: Array<APIActionRowComponent<APIButtonComponent>>;
}

function contents(message: OutgoingMessage, withButtons: boolean): Content[] {
	switch (message.type) {
		case 'text':
		case 'location':
			return texts(messageAsText(message));
		case 'attachment':
			return attachmentContents(message);
		case 'quick_reply': {
			const { title, replies } = message;
			const isPossible =
				withButtons &&
				replies.length <= LIMIT.rows * LIMIT.perRow &&
				replies.every((reply) => utf16Length(reply) <= LIMIT.label);
			if (!isPossible) return texts(messageAsText(message));
			const parts = texts(title);
			return [
				...parts.slice(0, -1),
				{ ...parts[parts.length - 1], components: buttonRows(replies) },
			];
		}
	}
}

function buttonRows(replies: readonly string[]): Content['components'] {
	const buttons = replies.map((label, index): APIButtonComponent => ({
		type: 2,
		style: 2,
		label,
		custom_id: `reply_${index + 1}`,
	}));
	const rows = Math.ceil(buttons.length / LIMIT.perRow);
	return Array.from({ length: rows }, (_, row) => ({
		type: 1,
		components: buttons.slice(row * LIMIT.perRow, (row + 1) * LIMIT.perRow),
	}));
}

function texts(text: string): Content[] {
	return splitText(text, LIMIT.text, utf16Length).map((content) => ({ content }));
}

const PICTURES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

/** Pictures are shown by their links; anything else would need an upload, and goes as a link, which Discord previews. */
function attachmentContents(message: OutgoingMessage & { type: 'attachment' }): Content[] {
	const { attachment } = message;
	const { type, description } = attachment;
	const url = attachment.url;
	const mimeType = mimeTypeOfAttachment(attachment);
	const isPicture =
		type === 'image' &&
		url.length <= LIMIT.url &&
		(mimeType === undefined || PICTURES.includes(mimeType));
	if (!isPicture) return texts(messageAsText(message));
	const [first, ...rest] = texts(description ?? '');
	return [{ ...first, embeds: [{ image: { url } }] }, ...rest];
}

function taken(body: unknown) {
	const { id, channel_id } = fieldsOf<APIMessage>(body);
	const messageId = idOf(channel_id) === undefined ? undefined : idOf(id);
	return messageId === undefined ? undefined : { messageId };
}
