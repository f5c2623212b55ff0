import type { ActionsBlock, Button, ImageBlock, SectionBlock } from '@slack/types';

import { ChannelError } from '../../channel/error';
import { codePointLength } from '../../channel/limits';
import { messageAsText, mimeTypeOfAttachment, readMessage } from '../kit/message';
import { textOf } from '../kit/payload';
import { jsonRequest } from '../kit/request';
import { baseUrl } from '../kit/settings';
import { splitText, utf16Length } from '../kit/text';
import type { OutgoingContext, OutgoingMessage, ProviderRequest } from '../provider';

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

/** Requests of `chat.postMessage` (https://docs.slack.dev/reference/methods/chat.postMessage). */
export function requestsOf(
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

/** Begins the ids of our own buttons. */
export const REPLY = 'reply_';

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
