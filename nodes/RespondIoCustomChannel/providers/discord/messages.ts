import type {
	APIAttachment,
	APIEmbed,
	APIMessage,
	APIStickerItem,
	APIUser,
	GatewayMessageCreateDispatchData,
} from 'discord-api-types/v10';

import { attachmentTypeOf } from '../../channel/mimeTypes';
import { ignored, messageEvents } from '../kit/incoming';
import { attachmentParts, labelOf, type Part, textAndFileParts, textParts } from '../kit/parts';
import {
	type Fields,
	fieldsOf,
	idOf,
	joined,
	listOf,
	required,
	textOf,
	timeOf,
} from '../kit/payload';
import type { Incoming } from '../provider';
import { plainText, wordsOf } from './text';
import { contactOfUser, nameOf } from './user';

const NAME = 'Discord';

type DiscordMessage = Fields<APIMessage>;

/** Default, reply, and the commands of applications; the others tell who joined, what was pinned … */
const SHOWN: ReadonlySet<unknown> = new Set([undefined, 0, 19, 20, 23]);

/** @param isDispatch Whether it came by the gateway, which names the server of what is no direct message. */
export function readMessage(message: DiscordMessage, now: number, isDispatch = false): Incoming {
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

function partsOf(message: DiscordMessage, label: string | undefined): Part[] {
	const forwarded = listOf(message.message_snapshots).map((each) =>
		fieldsOf<APIMessage>(fieldsOf<{ message: unknown }>(each).message),
	);
	const text = joined([
		plainText(message.content, message),
		...forwarded.map(forwardedText),
		pollText(message.poll),
	]);
	const files = [message, ...forwarded].flatMap(filesOf);
	return textAndFileParts(label, text, files);
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
