import type { AttachmentType } from '../../channel/schema';
import { messageAsText, mimeTypeOfAttachment, readMessage } from '../kit/message';
import { textOf } from '../kit/payload';
import { jsonRequest } from '../kit/request';
import { baseUrl } from '../kit/settings';
import { splitText, utf16Length } from '../kit/text';
import type { OutgoingContext, OutgoingMessage, ProviderRequest } from '../provider';
import { targetOf } from './contactId';

const NAME = 'Telegram';
const MAX_TEXT = 4096;
const MAX_CAPTION = 1024;
const MAX_CALLBACK_DATA_BYTES = 64;

/** The Bot API's calls (https://core.telegram.org/bots/api#available-methods), with a place for the token. */
export function requestsOf(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const target = targetOf(contactId, textOf(context.settings.businessConnectionId)?.trim());
	const base = baseUrl(context, NAME, 'https://api.telegram.org');
	// Reply keyboards do not exist in groups, channels and business accounts.
	const hasKeyboard =
		target.business_connection_id === undefined && /^\d/.test(String(target.chat_id));
	return callsOf(readMessage(message, NAME), hasKeyboard).map(([method, body]) =>
		jsonRequest(`${base}/bot{token}/${method}`, { ...target, ...body }),
	);
}

type Call = [method: string, body: Record<string, unknown>];

function callsOf(message: OutgoingMessage, hasKeyboard: boolean): Call[] {
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
			const reply_markup = hasKeyboard
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

/** Its buttons make a callback query, which comes in as the button's label. */
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
