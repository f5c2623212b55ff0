import type { messagingApi, webhook } from '@line/bot-sdk';

import { ChannelError } from '../../channel/error';
import { ATTACHMENT_TYPES, type AttachmentType } from '../../channel/schema';
import { combined, eachOf, ignored, messageEvents, withDownloads } from '../kit/incoming';
import { messageAsText, mimeTypeOfAttachment, readMessage } from '../kit/message';
import {
	attachmentParts,
	labelOf,
	locationParts,
	type Part,
	saidParts,
	textParts,
} from '../kit/parts';
import {
	bodyOf,
	type Fields,
	fieldsOf,
	foreign,
	idOf,
	joined,
	listOf,
	lookUp,
	numberOf,
	required,
	textOf,
	timeOf,
} from '../kit/payload';
import { encodedUrl, isHttpUrl, jsonRequest } from '../kit/request';
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
 * LINE's Messaging API (https://developers.line.biz/en/reference/messaging-api/). In: a webhook, from the Webhook node; one
 * holds several events. The contact is the user, or the group or room, in which each text begins with the user's id: a
 * webhook tells no names. Message ids are LINE's own; a redelivered event has the id of the first one. Files come by the
 * ids of their messages: `https://api-data.line.me/v2/bot/message/{id}/content` needs the token.
 *
 * Out: push messages, up to five in a request; the HTTP Request node adds the channel access token (Bearer Auth). LINE
 * has no files, shows no video without a preview picture and no audio without its length: those are sent as links.
 * Settings: `previewImageUrl` (JPEG or PNG, before videos), `audioDuration` (milliseconds, with an audio), `baseUrl`
 * (default https://api.line.me). There are no receipts, and so no reference.
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: (response) => readResponse(response, { displayName: NAME, taken, refused }),
};

const NAME = 'LINE';

/** UTF-16 units, but for the counts. */
const LIMIT = {
	text: 5000,
	messages: 5,
	quickReplies: 13,
	label: 20,
	tap: 300,
	place: 100,
	url: 2000,
} as const;

function incoming(payload: unknown, { now, binary }: IncomingContext): Incoming {
	const body = bodyOf(payload);
	const { events } = fieldsOf<webhook.CallbackRequest>(body);
	if (!Array.isArray(events)) throw foreign(NAME, body);
	// LINE's own test of the address has no events.
	if (events.length === 0) return ignored('webhook test');
	const found = eachOf(events, 'events', (event) => readEvent(event, now));
	return withDownloads(combined(found), binary);
}

type LineEvent = Fields<webhook.Event>;

function readEvent(value: unknown, now: number): Incoming {
	const event = fieldsOf<webhook.Event>(value);
	const type = required(textOf(event.type), NAME, 'events[].type');
	const { userId, groupId, roomId } = fieldsOf<webhook.Source>(event.source);
	const group = idOf(groupId) ?? idOf(roomId);
	const sender = group === undefined ? undefined : textOf(userId);
	const read = lookUp(EVENTS, type);
	if (read === undefined) return ignored(type);
	const contactId = required(group ?? idOf(userId), NAME, 'events[].source.userId');
	const timestamp = timeOf(event.timestamp, now);
	const { messageId, parts } = read(event, sender, timestamp);
	return messageEvents('message', { contactId, messageId, timestamp }, parts);
}

interface Message {
	messageId: string;
	parts: Part[];
}

/** @param sender Of what is in a group; nothing elsewhere, where it is the contact. */
type Reader = (event: LineEvent, sender: string | undefined, timestamp: number) => Message;

/** What shows something; who followed, left or came near a beacon does not. */
const EVENTS: Readonly<Record<string, Reader>> = {
	message: ({ message }, sender) => ({
		messageId: idOfMessage(message),
		parts: partsOf(message, sender),
	}),
	// In groups alone, so far: https://developers.line.biz/en/reference/messaging-api/#edit-event
	messageEdited: ({ message }, sender, timestamp) => ({
		messageId: `${idOfMessage(message)}:edit:${timestamp}`,
		parts: partsOf(message, labelOf(sender, true)),
	}),
	postback: ({ postback, webhookEventId }, sender) => {
		const { data, params } = fieldsOf<webhook.PostbackContent>(postback);
		const chosen = fieldsOf<Record<string, string>>(params);
		// Who turns a page of the rich menu says nothing.
		const isTurn = 'newRichMenuAliasId' in chosen;
		return {
			messageId: required(idOf(webhookEventId), NAME, 'events[].webhookEventId'),
			parts: isTurn ? [] : saidParts(sender, joined([data, ...Object.values(chosen)])),
		};
	},
	unsend: ({ unsend }, sender) => {
		const { messageId } = fieldsOf<webhook.UnsendDetail>(unsend);
		return {
			messageId: `${required(idOf(messageId), NAME, 'events[].unsend.messageId')}:unsend`,
			parts: saidParts(sender, 'A message was unsent in LINE'),
		};
	},
};

function idOfMessage(message: unknown): string {
	const { id } = fieldsOf<webhook.MessageContent>(message);
	return required(idOf(id), NAME, 'events[].message.id');
}

const MIME_TYPES: Readonly<Record<string, string>> = {
	image: 'image/jpeg',
	video: 'video/mp4',
	audio: 'audio/mp4',
};

function partsOf(value: unknown, sender: string | undefined): Part[] {
	const message = fieldsOf<webhook.MessageContent>(value);
	const type = textOf(message.type) ?? 'text';
	const file = ATTACHMENT_TYPES.find((each) => each === type);
	if (file !== undefined) return fileParts(file, message, sender);
	switch (type) {
		case 'text':
			return saidParts(sender, message.text);
		case 'location': {
			const { latitude, longitude, title, address } = message;
			const parts = locationParts(latitude, longitude, joined([title, address], ', '));
			return parts.length === 0 ? [] : [...parts, ...textParts(sender, 'from')];
		}
		case 'sticker':
			return saidParts(
				sender,
				joined(['[Sticker]', message.text, joined(listOf(message.keywords), ', ')], ' '),
			);
		default:
			return saidParts(sender, joined([`[${type}]`, message.text], ' '));
	}
}

/** A file is LINE's, by the id of its message, or of the page that sent it, by its link. */
function fileParts(
	type: AttachmentType,
	message: Fields<webhook.MessageContent>,
	sender: string | undefined,
): Part[] {
	const { originalContentUrl } = fieldsOf<webhook.ContentProvider>(message.contentProvider);
	const url = textOf(originalContentUrl)?.trim();
	const fileId = idOf(message.id) ?? '';
	return attachmentParts(
		{
			type,
			source: url === undefined ? { fileId } : { url },
			mimeType: url === undefined ? MIME_TYPES[type] : undefined,
			fileName: message.fileName,
		},
		sender,
	);
}

type LineMessage = messagingApi.Message;

function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const url = `${baseUrl(context, NAME, 'https://api.line.me')}/v2/bot/message/push`;
	const to = contactId.trim();
	if (!/^[UCR][0-9a-f]{32}$/.test(to)) {
		throw new ChannelError(
			'The contact id is none of LINE: it must be the id of a user, group or room: U, C or R and 32 hexadecimal digits',
			"Use the providerContactId of the trigger's item.",
		);
	}
	const messages = messagesOf(readMessage(message, NAME), context);
	const requests = Math.ceil(messages.length / LIMIT.messages);
	return Array.from({ length: requests }, (_, index) =>
		jsonRequest(url, {
			to,
			messages: messages.slice(index * LIMIT.messages, (index + 1) * LIMIT.messages),
		}),
	);
}

function messagesOf(message: OutgoingMessage, context: OutgoingContext): LineMessage[] {
	switch (message.type) {
		case 'text':
			return texts(message.text);
		case 'attachment':
			return attachmentMessages(message, context);
		case 'location':
			return locationMessages(message);
		case 'quick_reply': {
			const { title, replies } = message;
			const isPossible =
				replies.length <= LIMIT.quickReplies &&
				replies.every((reply) => utf16Length(reply) <= LIMIT.label);
			if (!isPossible) return texts(messageAsText(message));
			const parts = texts(title);
			const quickReply = { items: replies.map(quickReplyItem) };
			return [...parts.slice(0, -1), { ...parts[parts.length - 1], quickReply }];
		}
	}
}

/** A tap sends the text as the customer's own message. */
function quickReplyItem(reply: string): messagingApi.QuickReplyItem {
	return { type: 'action', action: { type: 'message', label: reply, text: reply } };
}

function texts(text: string): LineMessage[] {
	return splitText(text, LIMIT.text, utf16Length).map((part) => ({ type: 'text', text: part }));
}

/** Title and address are required. */
function locationMessages(message: OutgoingMessage & { type: 'location' }): LineMessage[] {
	const { latitude, longitude } = message;
	const given = textOf(message.address)?.trim();
	const [name = 'Location'] = splitText(
		given?.split(',', 1)[0].trim() ?? '',
		LIMIT.place,
		utf16Length,
	);
	const [address] = splitText(given ?? `${latitude}, ${longitude}`, LIMIT.place, utf16Length);
	return [
		{ type: 'location', title: name, address, latitude, longitude },
		...(given === undefined || address === given ? [] : texts(given)),
	];
}

const PICTURES = ['image/jpeg', 'image/png'];

function attachmentMessages(
	message: OutgoingMessage & { type: 'attachment' },
	{ settings }: OutgoingContext,
): LineMessage[] {
	const { type, url, description } = message.attachment;
	const mimeType = mimeTypeOfAttachment(message.attachment);
	const given = textOf(settings.previewImageUrl)?.trim();
	const previewImageUrl = given && isHttpUrl(given) ? encodedUrl(given) : given;
	const duration = numberOf(settings.audioDuration);
	const after = texts(description ?? '');
	if (url.startsWith('https://') && url.length <= LIMIT.url) {
		if (type === 'image' && (mimeType === undefined || PICTURES.includes(mimeType))) {
			const preview = previewImageUrl ?? url;
			return [{ type, originalContentUrl: url, previewImageUrl: preview }, ...after];
		}
		const isMp4 = mimeType === undefined || mimeType === 'video/mp4';
		if (type === 'video' && isMp4 && previewImageUrl !== undefined) {
			return [{ type, originalContentUrl: url, previewImageUrl }, ...after];
		}
		const isAudio = mimeType === undefined || AUDIO.includes(mimeType);
		if (type === 'audio' && isAudio && duration !== undefined && duration > 0) {
			return [{ type, originalContentUrl: url, duration: Math.round(duration) }, ...after];
		}
	}
	return texts(messageAsText(message));
}

const AUDIO = ['audio/mpeg', 'audio/mp4', 'audio/x-m4a'];

function taken(body: unknown) {
	const { sentMessages } = fieldsOf<messagingApi.PushMessageResponse>(body);
	const messageId = idOf(fieldsOf<messagingApi.SentMessage>(listOf(sentMessages)[0]).id);
	return messageId === undefined ? undefined : { messageId };
}

/** Its sentence says how many errors there are, and the details which. */
function refused(body: unknown): string | undefined {
	const { message, details } = fieldsOf<messagingApi.ErrorResponse>(body);
	if (textOf(message) === undefined) return undefined;
	const errors = listOf(details).map((each) => {
		const { message: words, property } = fieldsOf<messagingApi.ErrorDetail>(each);
		return joined([property, words], ': ');
	});
	return joined([message, joined(errors, '; ')], ': ');
}
