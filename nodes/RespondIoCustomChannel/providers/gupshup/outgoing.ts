import { ChannelError } from '../../channel/error';
import { readMessage } from '../kit/message';
import { fieldsOf, listOf, textOf, withoutUndefined } from '../kit/payload';
import { baseUrl, setting } from '../kit/settings';
import type { OutgoingContext, OutgoingMessage, ProviderRequest } from '../provider';
import { numberAtWhatsApp } from '../whatsapp/ids';
import { contentsOf } from '../whatsapp/outgoing';

const NAME = 'Gupshup';

/** The requests that send a message. */
export function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const url = `${baseUrl(context, NAME, 'https://api.gupshup.io')}/wa/api/v1/msg`;
	const source = setting(context, 'source', NAME).replace(/^\+/, '');
	const app = setting(context, 'appName', NAME);
	const destination = numberAtWhatsApp(contactId.trim()).replace(/^\+/, '');
	if (!/^\d{5,15}$/.test(destination)) {
		throw new ChannelError(
			'The contact id is none of Gupshup: it must be a phone number with its country code',
			"Use the providerContactId of the trigger's item.",
		);
	}
	return contentsOf(readMessage(message, NAME), false).map(([type, content]) => ({
		method: 'POST',
		url,
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
		contentType: 'form-urlencoded',
		body: {
			channel: 'whatsapp',
			source,
			destination,
			'src.name': app,
			message: withoutUndefined(messageOf(type, content)),
		},
	}));
}

/** What the Cloud API sends, in Gupshup's words (https://docs.gupshup.io/reference/post_wa-api-v1-msg-3 and its neighbours). */
function messageOf(type: string, content: Record<string, unknown>): Record<string, unknown> {
	const { link, caption } = content;
	switch (type) {
		case 'text':
			return { type, text: content.body };
		case 'image':
			return { type, originalUrl: link, previewUrl: link, caption };
		case 'document':
			return { type: 'file', url: link, filename: content.filename ?? nameIn(link), caption };
		case 'interactive':
			return interactiveOf(content);
		case 'location':
			return { type, ...content };
		default:
			return { type, url: link, caption };
	}
}

/** Gupshup asks for the name of a file. */
function nameIn(link: unknown): string {
	const path = new URL(String(link)).pathname;
	return path.slice(path.lastIndexOf('/') + 1) || 'file';
}

interface Action {
	buttons: unknown;
	button: string;
	sections: unknown;
}

/** A tap brings back the postback, which is the whole reply. */
function interactiveOf(interactive: Record<string, unknown>): Record<string, unknown> {
	const { text } = fieldsOf<{ text: string }>(interactive.body);
	const { buttons, button, sections } = fieldsOf<Action>(interactive.action);
	if (interactive.type === 'button') {
		const options = listOf(buttons).map((each) =>
			optionOf(fieldsOf<{ reply: unknown }>(each).reply),
		);
		return { type: 'quick_reply', content: { type: 'text', text }, options };
	}
	const [{ rows }] = listOf(sections).map((section) => fieldsOf<{ rows: unknown }>(section));
	const title = textOf(button);
	return {
		type: 'list',
		// Gupshup asks for it, and brings it back with the tap.
		msgid: 'replies',
		title,
		body: text,
		globalButtons: [{ type: 'text', title }],
		items: [{ title, options: listOf(rows).map(optionOf) }],
	};
}

function optionOf(option: unknown): Record<string, unknown> {
	const { id, title, description } =
		fieldsOf<Record<'id' | 'title' | 'description', string>>(option);
	return withoutUndefined({ type: 'text', title, description, postbackText: id });
}
