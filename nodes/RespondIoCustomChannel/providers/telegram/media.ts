import type { LivePhoto, Message, PaidMedia } from '@grammyjs/types';

import { attachmentTypeOf } from '../../channel/mimeTypes';
import type { AttachmentType } from '../../channel/schema';
import {
	attachmentParts,
	locationParts,
	numberedParts,
	type Part,
	saidParts,
	textParts,
} from '../kit/parts';
import { fieldsOf, joined, listOf, numberOf, textOf } from '../kit/payload';
import type { TelegramMessage } from './envelope';

/**
 * Reads one of a message's contents.
 * @param label What texts begin with, where the chat does not tell who wrote them.
 */
export type Reader = (
	value: unknown,
	message: TelegramMessage,
	label: string | undefined,
) => Part[];

/** A text with the addresses behind its words, which would be lost. */
export function withLinks(text: unknown, entities: unknown): string | undefined {
	const links = listOf(entities)
		.map((entity) => fieldsOf<{ type: string; url: string }>(entity))
		.filter(({ type }) => type === 'text_link')
		.map(({ url }) => url);
	return textOf(text) === undefined ? undefined : joined([text, ...links]);
}

function captionOf(message: TelegramMessage, label: string | undefined): string | undefined {
	return joined([label, withLinks(message.caption, message.caption_entities)], ': ');
}

interface TelegramFile {
	file_id: string;
	file_name: string;
	mime_type: string;
}

/** Files come by their ids: a link would need the bot's token. */
export function asFile(kind?: AttachmentType, defaultMimeType?: string): Reader {
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

export const asVideo = asFile('video', 'video/mp4');

/** A photo comes in several sizes: the largest is taken. */
function photoParts(sizes: unknown, caption?: string): Part[] {
	const [largest] = listOf(sizes)
		.map((size) => fieldsOf<{ file_id: string; width: number }>(size))
		.map(({ file_id, width }) => ({ fileId: textOf(file_id), width: numberOf(width) ?? 0 }))
		.filter(({ fileId }) => fileId !== undefined)
		.sort((a, b) => b.width - a.width);
	if (largest?.fileId === undefined) return [];
	const source = { fileId: largest.fileId };
	return attachmentParts({ type: 'image', source, mimeType: 'image/jpeg' }, caption);
}

export const asPhoto: Reader = (sizes, message, label) =>
	photoParts(sizes, captionOf(message, label));

export const asLivePhoto: Reader = (value, message, label) => [
	...asPhoto(message.photo ?? fieldsOf<LivePhoto>(value).photo, message, label),
	...asVideo(value, {}, undefined),
];

export const asPaidMedia: Reader = (value, message, label) => {
	const media = listOf(fieldsOf<{ paid_media: unknown }>(value).paid_media).flatMap((item) => {
		const { photo, video, live_photo } = fieldsOf<PaidMedia>(item);
		if (photo !== undefined) return photoParts(photo);
		return asVideo(video ?? live_photo, {}, undefined);
	});
	return numberedParts([...media, ...textParts(captionOf(message, label) ?? '[Paid media]')]);
};

/** Stickers are WEBP pictures, WEBM videos, or Lottie animations, which no browser shows: those become their emoji. */
export const asSticker: Reader = (value, _, label) => {
	const sticker = fieldsOf<NonNullable<Message['sticker']>>(value);
	const fileId = textOf(sticker.file_id);
	if (fileId === undefined) return [];
	if (sticker.is_animated === true) {
		return saidParts(label, joined(['[Sticker]', sticker.emoji], ' '));
	}
	const [type, mimeType] =
		sticker.is_video === true
			? (['video', 'video/webm'] as const)
			: (['image', 'image/webp'] as const);
	const caption = joined([label, sticker.emoji], ': ');
	return attachmentParts({ type, source: { fileId }, mimeType }, caption);
};

function placeParts(place: unknown, label: string | undefined, address?: string): Part[] {
	const { latitude, longitude } = fieldsOf<{ latitude: number; longitude: number }>(place);
	const parts = locationParts(latitude, longitude, address);
	return parts.length === 0 ? [] : [...parts, ...textParts(label, 'from')];
}

export const asPlace: Reader = (place, _, label) => placeParts(place, label);

export const asVenue: Reader = (value, _, label) => {
	const { location, title, address } = fieldsOf<NonNullable<Message['venue']>>(value);
	return placeParts(location, label, joined([title, address], ', '));
};

const asAudio = asFile('audio');
const asAnyFile = asFile();

/** Whatever files and places are in these fields. */
export function mediaIn(value: unknown): Part[] {
	const { photo, video, animation, audio, voice_note, document, location } =
		fieldsOf<Record<string, unknown>>(value);
	return [
		...photoParts(photo),
		...asVideo(video ?? animation, {}, undefined),
		...asAudio(audio ?? voice_note, {}, undefined),
		...asAnyFile(document, {}, undefined),
		...placeParts(location, undefined),
	];
}
