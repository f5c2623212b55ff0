import { ChannelError } from '../../channel/error';
import { codePointLength } from '../../channel/limits';
import { withExtension } from '../../channel/mimeTypes';
import type { AttachmentType } from '../../channel/schema';
import { messageAsText, mimeTypeOfAttachment, readMessage } from '../kit/message';
import { textOf } from '../kit/payload';
import type { OutgoingMessage } from '../provider';

/** What one request sends, before it is put into the words of an API. */
export type Sending =
	| { kind: 'text'; text: string }
	| { kind: 'location'; latitude: number; longitude: number; name: string; address: string }
	| {
			kind: 'image' | 'video' | 'audio' | 'document';
			url: string;
			/** With an extension. */
			fileName: string;
			/** As the message or the file's name tells it, else the commonest of its kind. */
			mimeType: string;
			caption?: string;
	  };

/** Longest caption that WhatsApp's apps let people write. */
const CAPTION = 1024;

/** What WhatsApp shows as such; other files go as documents. Audio is converted by the gateway. */
const SHOWN: Readonly<Record<AttachmentType, readonly string[] | 'all'>> = {
	image: ['image/jpeg', 'image/png', 'image/webp'],
	video: ['video/mp4', 'video/3gpp'],
	audio: 'all',
	file: [],
};

const COMMONEST = {
	image: 'image/jpeg',
	video: 'video/mp4',
	audio: 'audio/mpeg',
	document: 'application/octet-stream',
} as const;

/**
 * A message as what is sent for it. Quick replies are numbered lines: WhatsApp shows buttons and lists of the Cloud API
 * alone for sure, and those of others now and then, or never.
 */
export function sendingsOf(message: OutgoingMessage, provider: string): Sending[] {
	const read = readMessage(message, provider);
	switch (read.type) {
		case 'text':
		case 'quick_reply':
			return [{ kind: 'text', text: messageAsText(read) }];
		case 'location': {
			const { latitude, longitude } = read;
			const address = textOf(read.address) ?? `${latitude}, ${longitude}`;
			const name = address.split(',', 1)[0].trim();
			return [{ kind: 'location', latitude, longitude, name, address }];
		}
		case 'attachment':
			return fileSendings(read.attachment);
	}
}

type Attachment = (OutgoingMessage & { type: 'attachment' })['attachment'];

function fileSendings(attachment: Attachment): Sending[] {
	const { type, url } = attachment;
	const known = mimeTypeOfAttachment(attachment);
	const formats = SHOWN[type];
	const isShown =
		type !== 'file' && (formats === 'all' || known === undefined || formats.includes(known));
	const kind = isShown ? type : 'document';
	const mimeType = known ?? COMMONEST[kind];
	const path = new URL(url).pathname;
	const name = textOf(attachment.fileName) ?? path.slice(path.lastIndexOf('/') + 1);
	const words = textOf(attachment.description);
	const caption =
		kind !== 'audio' && words !== undefined && codePointLength(words) <= CAPTION
			? words
			: undefined;
	return [
		{
			kind,
			url,
			fileName: withExtension(name === '' ? 'file' : name, mimeType),
			mimeType,
			...(caption !== undefined && { caption }),
		},
		...(words === undefined || caption !== undefined
			? []
			: [{ kind: 'text' as const, text: words }]),
	];
}

/**
 * To whom: the number in digits, or the id of a group or of a person who hides the number as it is.
 * @param group The form of a group's id.
 */
export function gatewayRecipient(contactId: string, provider: string, group: RegExp): string {
	const id = contactId.trim();
	const digits = id.replace(/^\+/, '').replace(/@(s\.whatsapp\.net|c\.us)$/, '');
	if (/^\d{5,15}$/.test(digits)) return digits;
	if (/^\d+@lid$/.test(id) || group.test(id)) return id;
	throw new ChannelError(
		`The contact id is none of ${provider}: it must be a phone number with its country code, a hidden number like 12345678901234@lid, or a group's id`,
		"Use the providerContactId of the trigger's item.",
	);
}

/** Group ids as WhatsApp has them; older ones hold a hyphen. */
export const GROUP = /^\d+(-\d+)?@g\.us$/;
