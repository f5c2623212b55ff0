import type { Channels } from '@vonage/messages';

import { ChannelError, shown } from '../../channel/error';
import { codePointLength } from '../../channel/limits';
import type { AttachmentType } from '../../channel/schema';
import { messageAsText, mimeTypeOfAttachment, readMessage } from '../kit/message';
import { lookUp, textOf, withoutUndefined } from '../kit/payload';
import { referenceOfPart } from '../kit/reference';
import { jsonRequest } from '../kit/request';
import { baseUrl, setting } from '../kit/settings';
import { splitText, utf16Length } from '../kit/text';
import type { OutgoingContext, OutgoingMessage, ProviderRequest } from '../provider';
import { recipientOf } from '../whatsapp/ids';
import { contentsOf } from '../whatsapp/outgoing';

const NAME = 'Vonage';

type ChannelName = Exclude<`${Channels}`, 'whatsapp'>;

interface Channel {
	text: number;
	/** 0: none. */
	caption: number;
	/** MIME types that are shown; others go as links. An attachment of unknown type is sent where its kind has some. */
	files: Partial<Record<AttachmentType, readonly string[]>>;
	/** Files of any type. */
	anyFile?: boolean;
}

const PHOTOS = ['image/jpeg', 'image/png'];
const PICTURES = [...PHOTOS, 'image/gif'];

/** Limits and types of the API's description (https://developer.vonage.com/en/api/messages). */
const CHANNELS: Readonly<Record<ChannelName, Channel>> = {
	sms: { text: 1000, caption: 0, files: {} },
	mms: {
		text: 1000,
		caption: 1000,
		files: {
			image: PICTURES,
			video: ['video/mp4', 'video/3gpp', 'video/quicktime'],
			audio: ['audio/mpeg', 'audio/mp4', 'audio/amr', 'audio/aac'],
		},
	},
	rcs: {
		text: 3072,
		caption: 0,
		files: { image: PHOTOS, video: ['video/mp4', 'video/webm'], file: ['application/pdf'] },
	},
	messenger: {
		text: 640,
		caption: 0,
		files: { image: PICTURES, video: ['video/mp4'], audio: ['audio/mpeg'] },
		anyFile: true,
	},
	// A video needs its duration and size, which are not known.
	viber_service: { text: 1000, caption: 1000, files: { image: PHOTOS } },
};

/** RCS shows replies as chips. */
const CHIPS = { count: 11, text: 25 } as const;

/** The requests that send a message with the Messages API. */
export function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const url = `${baseUrl(context, NAME, 'https://api.nexmo.com')}/v1/messages`;
	const from = setting(context, 'from', NAME).replace(/^\+(?=\d+$)/, '');
	const channel = setting(context, 'channel', NAME, 'sms').toLowerCase();
	if (channel === 'whatsapp') {
		return whatsAppBodies(message, contactId).map((body, index, { length }) =>
			jsonRequest(url, { channel, from, ...clientRef(context, index, length), ...body }),
		);
	}
	const limits = lookUp<Channel>(CHANNELS, channel);
	if (limits === undefined) {
		throw new ChannelError(
			`The setting channel of ${NAME} is none of ${Object.keys(CHANNELS).join(', ')}, whatsapp: ${shown(channel)}`,
			'Write the name of the channel as Vonage does.',
		);
	}
	const to = contactId.trim().replace(/^\+/, '');
	if (!/^\d{3,20}$/.test(to)) {
		throw new ChannelError(
			'The contact id is none of Vonage: it must be a phone number with its country code, or an id in digits',
			"Use the providerContactId of the trigger's item. A sender that is a name, like SUPPORT, can't be answered.",
		);
	}
	const isRcs = channel === 'rcs';
	return contents(readMessage(message, NAME), limits, isRcs).map(
		([message_type, content], index, { length }) =>
			jsonRequest(url, {
				channel,
				from,
				to,
				...clientRef(context, index, length),
				message_type,
				...content,
			}),
	);
}

/** What statuses bring back: up to 100 characters. */
function clientRef(context: OutgoingContext, index: number, parts: number) {
	const client_ref = referenceOfPart(context, index + 1, parts);
	return client_ref === undefined ? {} : { client_ref };
}

/** Vonage's names of what the Cloud API sends; anything else goes through whole, as `custom`. */
function whatsAppBodies(message: OutgoingMessage, contactId: string) {
	const recipient = recipientOf(contactId);
	const to = 'to' in recipient ? recipient.to : recipient.recipient;
	const isGroup = recipient.recipient_type === 'group';
	return contentsOf(readMessage(message, NAME), isGroup).map(([type, content]) => {
		const { body: text, link: url, caption, filename: name } = content;
		if (type === 'text') return { to, message_type: 'text', text };
		if (url === undefined) {
			return { to, message_type: 'custom', custom: { type, [type]: content } };
		}
		const kind = type === 'document' ? 'file' : type;
		return { to, message_type: kind, [kind]: withoutUndefined({ url, caption, name }) };
	});
}

type Content = [type: string, content: Record<string, unknown>];

function contents(message: OutgoingMessage, limits: Channel, isRcs: boolean): Content[] {
	if (message.type === 'attachment') return attachmentContents(message, limits);
	const isPossible =
		isRcs &&
		message.type === 'quick_reply' &&
		message.replies.length <= CHIPS.count &&
		message.replies.every((reply) => codePointLength(reply) <= CHIPS.text);
	if (!isPossible) return texts(messageAsText(message), limits);
	const suggestions = message.replies.map((text) => ({ type: 'reply', text, postback_data: text }));
	const parts = texts(message.title, limits);
	const [type, last] = parts[parts.length - 1];
	return [...parts.slice(0, -1), [type, { ...last, suggestions }]];
}

function texts(text: string, limits: Channel): Content[] {
	return splitText(text, limits.text, utf16Length).map((part) => ['text', { text: part }]);
}

function attachmentContents(
	message: OutgoingMessage & { type: 'attachment' },
	limits: Channel,
): Content[] {
	const { attachment } = message;
	const { type, url, description } = attachment;
	const mimeType = mimeTypeOfAttachment(attachment);
	const types = limits.files[type] ?? [];
	const isShown =
		mimeType === undefined ? types.length > 0 && type !== 'file' : types.includes(mimeType);
	if (!isShown && !limits.anyFile) return texts(messageAsText(message), limits);
	const kind = isShown ? type : 'file';
	const text = textOf(description);
	const caption = text !== undefined && utf16Length(text) <= limits.caption ? text : undefined;
	return [
		[kind, { [kind]: withoutUndefined({ url, caption }) }],
		...(text === undefined || caption !== undefined ? [] : texts(text, limits)),
	];
}
