import type { MessageListInstanceCreateOptions } from 'twilio/lib/rest/api/v2010/account/message';

import { ChannelError } from '../../channel/error';
import type { AttachmentType } from '../../channel/schema';
import { messageAsText, mimeTypeOfAttachment, readMessage } from '../kit/message';
import { joined, textOf, withoutUndefined } from '../kit/payload';
import { baseUrl, setting } from '../kit/settings';
import { statusCallback } from '../kit/sms';
import { splitText, utf16Length } from '../kit/text';
import type { OutgoingContext, OutgoingMessage, ProviderRequest } from '../provider';
import { numberAtWhatsApp } from '../whatsapp/ids';
import { addressOf } from './address';

const NAME = 'Twilio';
const MAX_TEXT = 1600;
/** WhatsApp's own, below Twilio's. */
const MAX_WHATSAPP_CAPTION = 1024;

/** The API's parameters are the type package's options with a capital. */
type Form = Partial<Record<Capitalize<keyof MessageListInstanceCreateOptions>, string>>;

/** The requests that send a message. */
export function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const base = baseUrl(context, NAME, 'https://api.twilio.com');
	const account = encodeURIComponent(setting(context, 'accountSid', NAME));
	const { from, service } = senderOf(context);
	const channel = from === '' ? '' : addressOf(from)[0];
	const To = recipientOf(contactId.trim(), channel);
	const sender: Form = withoutUndefined({
		To,
		From: from === '' ? undefined : from,
		MessagingServiceSid: service,
	});
	const kind = kindOf(channel, from, To);
	return forms(readMessage(message, NAME), kind).map((form, index, { length }) => ({
		method: 'POST',
		url: `${base}/2010-04-01/Accounts/${account}/Messages.json`,
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
		contentType: 'form-urlencoded',
		body: withoutUndefined({
			...sender,
			StatusCallback: statusCallback(context, index + 1, length),
			...form,
		}),
	}));
}

/** In the node's second version From also names the messaging service that chooses the number. */
function senderOf(context: OutgoingContext): { from: string; service?: string } {
	const service = textOf(context.settings.messagingServiceSid)?.trim();
	const from = setting(context, 'from', NAME, service === undefined ? undefined : '').trim();
	return /^MG[0-9a-f]{32}$/i.test(from) ? { from: '', service: from } : { from, service };
}

function recipientOf(contactId: string, channel: string): string {
	const [, id] = addressOf(contactId);
	const number = /^\d{7,15}$/.test(id) && channel !== 'messenger' ? `+${id}` : id;
	if (channel !== '' && /^\+?[\w.-]{3,}$/.test(id)) {
		return `${channel}:${channel === 'whatsapp' ? numberAtWhatsApp(number) : number}`;
	}
	if (channel === '' && /^\+\d{7,15}$/.test(number)) return number;
	// A short code, to which a channel of phone numbers has put the +.
	if (channel === '' && /^\+?\d{3,6}$/.test(id)) return id.replace('+', '');
	throw new ChannelError(
		'The contact id is no address of Twilio: it must be a phone number with its country code, like +16505551234',
		"Use the providerContactId of the trigger's item. A sender that is a name, like SUPPORT, can't be answered.",
	);
}

/** `text`: what can't be told in words goes as a link. */
type Kind = 'text' | 'mms' | 'rcs' | 'whatsapp';

/** MMS exists within and between the USA and Canada, and within Australia; elsewhere it is refused. */
function kindOf(channel: string, from: string, to: string): Kind {
	if (channel === 'whatsapp' || channel === 'rcs') return channel;
	if (channel !== '') return 'text';
	const country = ['+1', '+61'].find((code) => to.startsWith(code));
	const isSame = country !== undefined && (!from.startsWith('+') || from.startsWith(country));
	return isSame ? 'mms' : 'text';
}

function forms(message: OutgoingMessage, kind: Kind): Form[] {
	if (message.type === 'attachment') return attachmentForms(message, kind);
	if (message.type === 'location' && kind === 'whatsapp') return locationForms(message);
	return texts(messageAsText(message));
}

function texts(text: string): Form[] {
	return splitText(text, MAX_TEXT, utf16Length).map((Body) => ({ Body }));
}

/** https://www.twilio.com/docs/whatsapp/message-features#location-messages-with-whatsapp: a body is required. */
function locationForms(message: OutgoingMessage & { type: 'location' }): Form[] {
	const { latitude, longitude, address } = message;
	const point = `${latitude},${longitude}`;
	const label = textOf(address)?.replaceAll('|', ' ');
	const [Body, ...rest] = splitText(textOf(address) ?? point, MAX_TEXT, utf16Length);
	const PersistentAction = joined([`geo:${point}`, rest.length === 0 ? label : undefined], '|');
	return [{ Body, PersistentAction }, ...rest.map((text) => ({ Body: text }))];
}

/**
 * What the channel takes (https://www.twilio.com/docs/messaging/guides/accepted-mime-types and
 * https://www.twilio.com/docs/whatsapp/guidance-whatsapp-media-messages), by what its MIME type begins with; anything else
 * goes as a link.
 */
const TAKEN: Readonly<Record<Exclude<Kind, 'text'>, Record<AttachmentType, readonly string[]>>> = {
	mms: {
		image: ['image/jpeg', 'image/png', 'image/gif'],
		video: ['video/mp4', 'video/3gpp', 'video/quicktime', 'video/webm', 'video/mpeg'],
		audio: ['audio/mpeg', 'audio/mp4', 'audio/ogg', 'audio/amr', 'audio/webm'],
		file: ['application/pdf', 'text/vcard', 'text/csv', 'text/calendar'],
	},
	rcs: {
		image: ['image/jpeg', 'image/png', 'image/gif'],
		video: ['video/mp4', 'video/mpeg', 'video/webm'],
		audio: ['audio/mpeg', 'audio/mp4', 'audio/x-m4a', 'audio/m4a', 'audio/ogg'],
		file: ['application/pdf'],
	},
	whatsapp: {
		image: ['image/jpeg', 'image/png'],
		video: ['video/mp4'],
		audio: ['audio/ogg', 'audio/amr', 'audio/aac', 'audio/mpeg'],
		file: [
			'application/pdf',
			'application/msword',
			'application/vnd.openxmlformats-officedocument',
			'text/vcard',
		],
	},
};

function attachmentForms(message: OutgoingMessage & { type: 'attachment' }, kind: Kind): Form[] {
	const { type, url: MediaUrl, description } = message.attachment;
	const mimeType = mimeTypeOfAttachment(message.attachment);
	const isTaken =
		kind !== 'text' &&
		(mimeType === undefined
			? type !== 'file'
			: TAKEN[kind][type].some((taken) => mimeType.startsWith(taken)));
	if (!isTaken) return texts(messageAsText(message));
	const caption = textOf(description);
	if (caption === undefined) return [{ MediaUrl }];
	const fits = utf16Length(caption) <= longestCaption(kind, type);
	return fits ? [{ MediaUrl, Body: caption }] : [{ MediaUrl }, ...texts(caption)];
}

/** RCS has a text beside a file in cards alone. */
function longestCaption(kind: Kind, type: AttachmentType): number {
	if (kind === 'mms') return MAX_TEXT;
	return kind === 'whatsapp' && ['image', 'video'].includes(type) ? MAX_WHATSAPP_CAPTION : 0;
}
