import { ChannelError } from '../../channel/error';
import { codePointLength } from '../../channel/limits';
import { messageAsText, mimeTypeOfAttachment, readMessage } from '../kit/message';
import { textOf, withoutUndefined } from '../kit/payload';
import { jsonRequest } from '../kit/request';
import { baseUrl } from '../kit/settings';
import { splitText } from '../kit/text';
import type { OutgoingContext, OutgoingMessage, ProviderRequest } from '../provider';

const NAME = 'Zalo';
const MAX_TEXT = 2000;
const SHOWN = ['image/jpeg', 'image/png'];

/** The requests that send a message. */
export function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const url = `${baseUrl(context, NAME, 'https://openapi.zalo.me')}/v3.0/oa/message/cs`;
	const user_id = contactId.trim();
	if (!/^\d{10,25}$/.test(user_id)) {
		throw new ChannelError(
			"The contact id is none of Zalo: it must be a user's id at the Official Account, like 2512523625412515",
			"Use the providerContactId of the trigger's item.",
		);
	}
	return contents(readMessage(message, NAME)).map((content) =>
		jsonRequest(url, { recipient: { user_id }, message: content }),
	);
}

type Content = Record<string, unknown>;

function contents(message: OutgoingMessage): Content[] {
	if (message.type !== 'attachment') return texts(messageAsText(message));
	const { attachment } = message;
	const mimeType = mimeTypeOfAttachment(attachment);
	const isShown =
		attachment.type === 'image' && (mimeType === undefined || SHOWN.includes(mimeType));
	if (!isShown) return texts(messageAsText(message));
	const caption = textOf(attachment.description);
	const isCaption = caption !== undefined && codePointLength(caption) <= MAX_TEXT;
	return [
		withoutUndefined({
			text: isCaption ? caption : undefined,
			attachment: {
				type: 'template',
				payload: {
					template_type: 'media',
					elements: [{ media_type: 'image', url: attachment.url }],
				},
			},
		}),
		...(caption === undefined || isCaption ? [] : texts(caption)),
	];
}

function texts(text: string): Content[] {
	return splitText(text, MAX_TEXT).map((part) => ({ text: part }));
}
