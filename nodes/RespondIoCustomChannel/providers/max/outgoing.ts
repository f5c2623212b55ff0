import { ChannelError } from '../../channel/error';
import type { AttachmentType } from '../../channel/schema';
import { messageAsText, mimeTypeOfAttachment, readMessage } from '../kit/message';
import { textOf } from '../kit/payload';
import { jsonRequest } from '../kit/request';
import { baseUrl } from '../kit/settings';
import { splitText, utf16Length } from '../kit/text';
import type { OutgoingContext, OutgoingMessage, ProviderRequest } from '../provider';
import { NAME } from './names';

const MAX_TEXT = 4000;
const MAX_BUTTON = 128;

export function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const base = baseUrl(context, NAME, 'https://platform-api2.max.ru');
	const url = `${base}/messages?${targetOf(contactId)}`;
	return contents(readMessage(message, NAME)).map((content) => jsonRequest(url, content));
}

function targetOf(contactId: string): string {
	const [, user, number] = /^(user\/)?(-?\d{1,19})$/.exec(contactId.trim()) ?? [];
	if (number !== undefined) return `${user === undefined ? 'chat_id' : 'user_id'}=${number}`;
	throw new ChannelError(
		"The contact id is none of MAX: it must be a chat's number, or user/ and a user's number",
		"Use the providerContactId of the trigger's item.",
	);
}

/** Without `format` MAX shows texts as they are. */
interface Content extends Record<string, unknown> {
	text?: string;
	attachments?: object[];
}

function contents(message: OutgoingMessage): Content[] {
	switch (message.type) {
		case 'text':
			return texts(message.text);
		case 'attachment':
			return attachmentContents(message);
		case 'location': {
			const { latitude, longitude } = message;
			return withText(message.address, { type: 'location', latitude, longitude });
		}
		case 'quick_reply': {
			const { title, replies } = message;
			if (replies.some((reply) => utf16Length(reply) > MAX_BUTTON || reply.trim() === '')) {
				return texts(messageAsText(message));
			}
			const parts = texts(title);
			const last = { ...parts[parts.length - 1], attachments: [keyboard(replies)] };
			return [...parts.slice(0, -1), last];
		}
	}
}

function texts(text: string): Content[] {
	return splitText(text, MAX_TEXT, utf16Length).map((part) => ({ text: part }));
}

/** A tap sends the button's text as the customer's own message. */
function keyboard(replies: readonly string[]) {
	const buttons = replies.map((text) => [{ type: 'message', text }]);
	return { type: 'inline_keyboard', payload: { buttons } };
}

/** A text that is too long for one message follows the attachment. */
function withText(words: string | undefined, attachment: object): Content[] {
	const text = textOf(words);
	if (text === undefined) return [{ attachments: [attachment] }];
	return utf16Length(text) <= MAX_TEXT
		? [{ text, attachments: [attachment] }]
		: [{ attachments: [attachment] }, ...texts(text)];
}

/** What MAX takes as such; other files, and those of another type, go as files. Of audio it takes what people record. */
const FORMATS: Readonly<Record<AttachmentType, readonly string[] | 'all'>> = {
	image: ['image/jpeg', 'image/png', 'image/gif', 'image/tiff', 'image/bmp', 'image/heic'],
	video: ['video/mp4', 'video/quicktime', 'video/x-matroska', 'video/webm'],
	audio: 'all',
	file: 'all',
};

function attachmentContents({ attachment }: OutgoingMessage & { type: 'attachment' }): Content[] {
	const { type, url, description } = attachment;
	const mimeType = mimeTypeOfAttachment(attachment);
	const formats = FORMATS[type];
	const isTaken = formats === 'all' || mimeType === undefined || formats.includes(mimeType);
	return withText(description, { type: isTaken ? type : 'file', payload: { url } });
}
