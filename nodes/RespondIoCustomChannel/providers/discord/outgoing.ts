import type { APIActionRowComponent, APIButtonComponent } from 'discord-api-types/v10';

import { ChannelError } from '../../channel/error';
import { messageAsText, mimeTypeOfAttachment, readMessage } from '../kit/message';
import { jsonRequest } from '../kit/request';
import { baseUrl } from '../kit/settings';
import { splitText, utf16Length } from '../kit/text';
import type { OutgoingContext, OutgoingMessage, ProviderRequest } from '../provider';

const NAME = 'Discord';

/** https://docs.discord.com/developers/resources/message#create-message and /components/reference */
const LIMIT = { text: 2000, rows: 5, perRow: 5, label: 80, url: 2048 } as const;

/** Messages in the channel (https://docs.discord.com/developers/resources/message#create-message). */
export function requestsOf(
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
