import { codePointLength } from '../../channel/limits';
import type { AttachmentType } from '../../channel/schema';
import { messageAsText, mimeTypeOfAttachment, readMessage } from '../kit/message';
import { textOf, withoutUndefined } from '../kit/payload';
import { referenceOfPart } from '../kit/reference';
import { jsonRequest } from '../kit/request';
import { baseUrl, setting } from '../kit/settings';
import { splitText } from '../kit/text';
import type { OutgoingContext, OutgoingMessage, ProviderRequest } from '../provider';
import { recipientOf } from './ids';

const NAME = 'WhatsApp';

const LIMIT = {
	text: 4096,
	caption: 1024,
	interactiveBody: 1024,
	buttons: 3,
	buttonTitle: 20,
	rows: 10,
	rowTitle: 24,
	rowDescription: 72,
} as const;

/** The requests that send a message with the Cloud API. */
export function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const base = baseUrl(context, NAME, 'https://graph.facebook.com/v25.0');
	const number = setting(context, 'phoneNumberId', NAME);
	const recipient = recipientOf(contactId);
	const isGroup = recipient.recipient_type === 'group';
	const contents = contentsOf(readMessage(message, NAME), isGroup);
	return contents.map(([type, content], index, { length }) => {
		const reference = referenceOfPart(context, index + 1, length);
		return jsonRequest(`${base}/${encodeURIComponent(number)}/messages`, {
			messaging_product: 'whatsapp',
			...recipient,
			...(reference !== undefined && { biz_opaque_callback_data: reference }),
			type,
			[type]: content,
		});
	});
}

type Content = [type: string, content: Record<string, unknown>];

/** WhatsApp's message objects, one a request. Groups take texts and files alone (…/whatsapp/groups). */
export function contentsOf(message: OutgoingMessage, isGroup: boolean): Content[] {
	if (isGroup && message.type !== 'attachment') return texts(messageAsText(message));
	switch (message.type) {
		case 'text':
			return texts(message.text);
		case 'attachment':
			return attachmentContents(message);
		case 'location': {
			const { latitude, longitude, address } = message;
			// An address is shown only with a name.
			const name = textOf(address?.split(',', 1)[0])?.trim();
			return [
				[
					'location',
					withoutUndefined({
						latitude: String(latitude),
						longitude: String(longitude),
						name,
						address,
					}),
				],
			];
		}
		case 'quick_reply': {
			const interactive = buttonsOrList(message);
			return interactive ? [['interactive', interactive]] : texts(messageAsText(message));
		}
	}
}

function texts(text: string): Content[] {
	return splitText(text, LIMIT.text).map((body) => ['text', { body }]);
}

function fits(text: string, limit: number): boolean {
	return codePointLength(text) <= limit;
}

/** Rows hold the whole reply as their id: the tap gives it back. */
function buttonsOrList({
	title,
	replies,
}: OutgoingMessage & { type: 'quick_reply' }): Record<string, unknown> | undefined {
	const titles = replies.map((reply) => reply.trim());
	const areAll = (most: number, longest: number) =>
		titles.length <= most && titles.every((reply) => fits(reply, longest));
	const isPossible =
		areAll(LIMIT.rows, LIMIT.rowDescription) &&
		new Set(titles).size === titles.length &&
		fits(title, LIMIT.interactiveBody);
	if (!isPossible) return undefined;
	const body = { text: title };
	if (areAll(LIMIT.buttons, LIMIT.buttonTitle)) {
		const buttons = titles.map((reply) => ({ type: 'reply', reply: { id: reply, title: reply } }));
		return { type: 'button', body, action: { buttons } };
	}
	const rows = titles.map((reply) =>
		fits(reply, LIMIT.rowTitle)
			? { id: reply, title: reply }
			: {
					id: reply,
					title: `${Array.from(reply)
						.slice(0, LIMIT.rowTitle - 1)
						.join('')}…`,
					description: reply,
				},
	);
	return { type: 'list', body, action: { button: 'Choose', sections: [{ rows }] } };
}

/**
 * What WhatsApp shows as such
 * (https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media);
 * other types go as documents.
 */
const SHOWN: Readonly<Record<AttachmentType, readonly string[]>> = {
	image: ['image/jpeg', 'image/png'],
	video: ['video/mp4', 'video/3gpp'],
	audio: [
		'audio/aac',
		'audio/amr',
		'audio/mpeg',
		'audio/mp4',
		'audio/x-m4a',
		'audio/ogg',
		'audio/opus',
	],
	file: [],
};

function attachmentContents(message: OutgoingMessage & { type: 'attachment' }): Content[] {
	const { attachment } = message;
	const { url: link, fileName: filename } = attachment;
	const mimeType = mimeTypeOfAttachment(attachment);
	const isShown =
		attachment.type !== 'file' &&
		(mimeType === undefined || SHOWN[attachment.type].includes(mimeType));
	const type = isShown ? attachment.type : 'document';
	const description = textOf(attachment.description);
	const isCaption =
		description !== undefined && type !== 'audio' && fits(description, LIMIT.caption);
	return [
		[
			type,
			withoutUndefined({
				link,
				caption: isCaption ? description : undefined,
				filename: type === 'document' ? filename : undefined,
			}),
		],
		...(description === undefined || isCaption ? [] : texts(description)),
	];
}
