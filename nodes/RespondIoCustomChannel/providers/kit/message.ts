import { ChannelError, shown } from '../../channel/error';
import { essence, mimeTypeOf } from '../../channel/mimeTypes';
import { parseOutgoing, quickReplyAsText } from '../../channel/outgoing';
import { parseUrl } from '../../channel/url';
import type { OutgoingMessage } from '../provider';
import { fieldsOf, joined, textOf } from './payload';
import { encodedUrl, isHttpUrl } from './request';

/**
 * An agent's message, in respond.io's own form or as the trigger's item holds it.
 * @throws {ChannelError} naming what is wrong with it, or its type, when it can't be sent.
 */
export function readMessage(message: unknown, provider: string): OutgoingMessage {
	const given = fieldsOf<{ type: string }>(message);
	// The trigger's name of the type; the fields are the same.
	const type = given.type === 'quickReply' ? 'quick_reply' : given.type;
	const read = parseOutgoing(
		{ contactId: '-', message: { ...given, type } },
		{ channelId: '', idType: 'custom', mId: '', receivedAt: '' },
	);
	if (!read.ok) {
		throw new ChannelError(
			`The message can't be sent with ${provider}: ${read.faults.join('; ')}`,
			"Give the message as the Respond.io Custom Channel Trigger's item holds it.",
		);
	}
	const { message: known } = read.value;
	const words =
		known.type === 'quickReply' ? known.title : 'text' in known ? known.text : undefined;
	if (words?.trim() === '') {
		throw new ChannelError(
			`The message can't be sent with ${provider}: its text is blank`,
			'Filter such messages out before this step, or answer respond.io with Reject.',
		);
	}
	if ('url' in known && !isHttpUrl(known.url)) {
		throw new ChannelError(
			`The attachment can't be sent with ${provider}: its url is no complete http(s) URL: ${shown(known.url)}`,
			'Give the public link of the file, e.g. that of Media: Publish.',
		);
	}
	switch (known.type) {
		case 'text':
		case 'location':
			return known;
		case 'quickReply':
			return { ...known, type: 'quick_reply' };
		case 'other':
			throw new ChannelError(
				`The message type ${shown(originalType(known.original, known.originalType))} can't be sent with ${provider}`,
				'Send it with a step of your own, or answer respond.io with Reject.',
			);
		default:
			return { type: 'attachment', attachment: { ...known, url: encodedUrl(known.url) } };
	}
}

/** An item of the trigger holds an unknown message inside, under the type `other`. */
function originalType(original: Record<string, unknown>, type: string): string {
	return type === 'other' ? (textOf(original.originalType) ?? type) : type;
}

/** A message as plain text, with all that is in it. */
export function messageAsText(message: OutgoingMessage): string {
	switch (message.type) {
		case 'text':
			return message.text;
		case 'attachment': {
			const { description, fileName, url } = message.attachment;
			return joined([description, fileName, url]) ?? url;
		}
		case 'location': {
			const { latitude, longitude, address } = message;
			// https://developers.google.com/maps/documentation/urls/get-started#search-action
			const link = `https://www.google.com/maps/search/?api=1&query=${latitude},${longitude}`;
			return joined([address, link]) ?? link;
		}
		case 'quick_reply':
			return quickReplyAsText(message.title, message.replies);
	}
}

/** The MIME type as the message tells it, else as the file name or the link's path does. */
export function mimeTypeOfAttachment(attachment: {
	url: string;
	mimeType?: string;
	fileName?: string;
}): string | undefined {
	const { url, mimeType, fileName } = attachment;
	if (mimeType !== undefined && mimeType.trim() !== '') return essence(mimeType);
	const path = parseUrl(url) !== undefined ? new URL(url).pathname : '';
	return mimeTypeOf(fileName ?? '') ?? mimeTypeOf(path);
}
