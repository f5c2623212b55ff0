import { ChannelError } from '../../channel/error';
import { attachmentTypeOf, mimeTypeOf } from '../../channel/mimeTypes';
import type { BinaryFile, OutgoingContext, OutgoingMessage } from '../provider';
import { linkedFile } from './incoming';
import { messageAsText, mimeTypeOfAttachment } from './message';
import { attachmentParts, textAndFileParts, textParts, type Part } from './parts';
import { lookUp, textOf } from './payload';
import { referenceOfPart } from './reference';
import { isHttpUrl } from './request';
import { splitText, utf16Length } from './text';

/** What houses that send SMS, and MMS where it exists, have in common. */

/** The alphabet of 7 bits (3GPP TS 23.038), without the Greek letters, the euro and others that not all networks keep. */
const SEVEN_BITS = /^[\n\r -_a-~£¥èéùìòØøÅåÆæßÉ¡ÄÖÑÜ¿äöñüà§]*$/;
/** These take an escape as well. */
const ESCAPED = /[\^{}\\[\]~|]/;

/** A part of a long text holds 153 characters of 7 bits or, if there is any other in the text, 67 UTF-16 units. */
const PART = 153 * 67;

/** What a text takes in parts, of which each has the size `PART`. */
function smsSize(text: string): number {
	const isSevenBits = SEVEN_BITS.test(text);
	const room = isSevenBits ? 153 : 67;
	const sizeOf = (character: string) =>
		isSevenBits ? (ESCAPED.test(character) ? 2 : 1) : character.length;
	let full = 0;
	let used = 0;
	for (const character of text) {
		const size = sizeOf(character);
		// No part ends within a character.
		const fits = used + size <= room;
		if (!fits) full += 1;
		used = fits ? used + size : size;
	}
	return full * PART + used * (PART / room);
}

/** A text in messages that travel in at most so many parts each. */
export function splitSms(text: string, maxParts: number): string[] {
	return splitText(text, maxParts * PART, smsSize);
}

/**
 * The digits of the customer's number; of a short code, too, before which phone channels put a plus.
 * @throws {ChannelError} when the contact id is no number.
 */
export function recipientDigits(contactId: string, provider: string): string {
	const digits = contactId.trim().replace(/^\+/, '');
	if (/^\d{3,15}$/.test(digits)) return digits;
	throw new ChannelError(
		`The contact id is no number that ${provider} can write to: it must be a phone number with its country code, like +16505551234`,
		"Use the providerContactId of the trigger's item. A sender that is a name can't be answered.",
	);
}

/** A number of up to six digits. */
export function isShortCode(digits: string): boolean {
	return /^\d{3,6}$/.test(digits);
}

/** The id of a service that chooses the number, in place of a number. */
export function isUuid(sender: string): boolean {
	return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(sender);
}

/** MMS exists within and between the USA and Canada; elsewhere, and from a name, it is refused. */
export function canBeMms(sender: string, digits: string): boolean {
	const isThere = (number: string) => /^\+?1\d{10}$/.test(number);
	return isThere(digits) && (isThere(sender) || isShortCode(sender) || isUuid(sender));
}

/** One message of the house: with a text, a link of a file, or both. */
export interface SmsContent {
	text?: string;
	media?: string;
}

/** Characters of an MMS's text. */
const MMS_TEXT = 1600;

/** What phones show of an MMS; anything else goes as a link. */
const MMS_TYPES: readonly string[] = [
	'image/jpeg',
	'image/png',
	'image/gif',
	'video/mp4',
	'video/3gpp',
	'audio/mpeg',
	'audio/wav',
	'audio/amr',
	'audio/ogg',
	'application/pdf',
	'text/vcard',
];

/**
 * A message as SMS of at most so many parts each, or as MMS.
 * @param isMms Whether the customer can be sent one.
 */
export function smsContents(
	message: OutgoingMessage,
	maxParts: number,
	isMms = false,
): SmsContent[] {
	const texts = (text: string) => splitSms(text, maxParts).map((each) => ({ text: each }));
	const attachment = message.type === 'attachment' ? message.attachment : undefined;
	if (!isMms || attachment === undefined) return texts(messageAsText(message));
	const mimeType = mimeTypeOfAttachment(attachment);
	const isShown =
		mimeType === undefined ? attachment.type !== 'file' : MMS_TYPES.includes(mimeType);
	if (!isShown) return texts(messageAsText(message));
	const media = attachment.url;
	const text = textOf(attachment.description);
	if (text === undefined) return [{ media }];
	return utf16Length(text) <= MMS_TEXT ? [{ media, text }] : [{ media }, ...texts(text)];
}

/** The address for receipts, in whose query the reference of the request comes back. */
export function statusCallback(
	context: OutgoingContext,
	part: number,
	parts: number,
): string | undefined {
	const given = textOf(context.settings.statusCallback)?.trim();
	if (given === undefined || !isHttpUrl(given)) return given;
	const reference = referenceOfPart(context, part, parts);
	if (reference === undefined) return given;
	const url = new URL(given);
	url.searchParams.set('reference', reference);
	return url.href;
}

/** A file of an MMS that came in. */
export interface SmsMedia {
	url: string;
	mimeType?: string;
}

/** The text and the files of an MMS. */
export function mmsParts(
	media: readonly SmsMedia[],
	text: unknown,
	binary: Readonly<Record<string, BinaryFile>>,
): Part[] {
	const files = media.map(({ url, mimeType }) => {
		const source = linkedFile(url, media.length === 1, binary);
		const downloaded = 'fileId' in source ? fileNamed(source.fileId, binary)?.mimeType : undefined;
		const type = mimeType ?? downloaded ?? mimeTypeOf(url.replace(/[?#].*$/, ''));
		const file = { type: attachmentTypeOf(type ?? ''), source, mimeType: type };
		return (caption?: string) => attachmentParts(file, caption);
	});
	return textAndFileParts(undefined, textOf(text), files);
}

function fileNamed(
	name: string,
	binary: Readonly<Record<string, BinaryFile>>,
): BinaryFile | undefined {
	return Object.hasOwn(binary, name) ? binary[name] : Object.values(binary)[0];
}

const OPTED_OUT = '[Opted out: the customer has asked for no more messages.]';
const OPTED_IN = '[Opted in: the customer has asked for messages again.]';

/** By what the houses call it: the kind of answer, the intent, or the customer's word. */
const CONSENT: Readonly<Record<string, string>> = {
	stop: OPTED_OUT,
	stopall: OPTED_OUT,
	unsubscribe: OPTED_OUT,
	optout: OPTED_OUT,
	start: OPTED_IN,
	unstop: OPTED_IN,
	optin: OPTED_IN,
};

/** That the customer has unsubscribed or subscribed again, after the message that did it (`<id>:consent`). */
export function consentParts(word: unknown): Part[] {
	return textParts(lookUp(CONSENT, textOf(word)?.trim().toLowerCase() ?? ''), 'consent');
}
