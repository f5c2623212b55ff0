import { essence } from '../../channel/mimeTypes';
import type { AttachmentType } from '../../channel/schema';
import { type Part, quoteParts, saidParts } from '../kit/parts';
import { type Fields, fieldsOf, isObject, joined, listOf, lookUp, textOf } from '../kit/payload';
import type { IncomingAttachment } from '../provider';
import {
	adPartsOf,
	fileParts,
	messageParts,
	placeParts,
	pollText,
	unknownText,
	vcardText,
} from '../whatsappGateways/contents';
import { serviceKind } from '../whatsappGateways/wrapping';

/** A message in a webhook, and in what tells that something happened to one. */
export interface WahaMessage {
	id: string;
	timestamp: number;
	from: string;
	to: string;
	participant: string;
	author: string;
	fromMe: boolean;
	source: string;
	body: string;
	hasMedia: boolean;
	media: unknown;
	location: unknown;
	vCards: unknown;
	replyTo: unknown;
	reaction: unknown;
	editedMessageId: string;
	eventResponse: unknown;
	_data: unknown;
}

interface Raw {
	/** Of NOWEB and of GOWS. */
	message: unknown;
	Message: unknown;
	/** Of WEBJS. */
	type: string;
	pollName: string;
	pollOptions: unknown;
}

/** What WhatsApp's web page tells of a chat, and is no message of a person. */
const SERVICE_TYPES: ReadonlySet<string> = new Set([
	'ciphertext',
	'protocol',
	'e2e_notification',
	'notification',
	'notification_template',
	'broadcast_notification',
	'debug',
	'gp2',
	'call_log',
	'pinned_message',
	'album',
]);

/** What a message is when it is no message to a person; undefined of one that is. */
export function leftOutKind(data: unknown): string | undefined {
	const raw = rawMessageOf(data);
	if (raw !== undefined) return serviceKind(raw);
	const type = textOf(fieldsOf<Raw>(data).type);
	return type !== undefined && SERVICE_TYPES.has(type) ? type : undefined;
}

/** The message as WhatsApp has it, where the engine gives it. */
function rawMessageOf(data: unknown): unknown {
	const { message, Message } = fieldsOf<Raw>(data);
	return isObject(message) ? message : isObject(Message) ? Message : undefined;
}

/**
 * What a message shows: in WAHA's own fields what all engines have in common, else as WhatsApp has it.
 * @param fileId Under which the workflow keeps the file.
 */
export function shownParts(
	message: Fields<WahaMessage>,
	fileId: string,
	sender: string | undefined,
): Part[] {
	const raw = rawMessageOf(message._data);
	const own = mediaParts(message, fileId, sender) ?? placeOf(message, sender);
	if (own === undefined && raw !== undefined) return messageParts(raw, { sender });
	const parts = own ?? wordsOf(message, sender);
	return [...parts, ...quoteOf(message.replyTo), ...adPartsOf(raw)];
}

interface Media {
	url: string;
	mimetype: string;
	filename: string;
	s3: unknown;
}

const TYPES: Readonly<Record<string, AttachmentType>> = {
	image: 'image',
	video: 'video',
	audio: 'audio',
};

function mediaParts(
	{ media, body }: Fields<WahaMessage>,
	fileId: string,
	sender: string | undefined,
): Part[] | undefined {
	const { url, mimetype, filename, s3 } = fieldsOf<Media>(media);
	const link = textOf(url)?.trim();
	if (link === undefined) return undefined;
	const mimeType = textOf(mimetype)?.trim();
	const type = lookUp(TYPES, essence(mimeType ?? '').split('/', 1)[0]) ?? 'file';
	// Links of S3 are signed, and open without the key of WAHA.
	const source: IncomingAttachment['source'] = isObject(s3) ? { url: link } : { fileId };
	return fileParts(type, { sender, source }, { mimeType, fileName: filename, caption: body });
}

interface Place {
	latitude: string;
	longitude: string;
	live: boolean;
	name: string;
	address: string;
	description: string;
	url: string;
}

function placeOf(
	{ location }: Fields<WahaMessage>,
	sender: string | undefined,
): Part[] | undefined {
	if (!isObject(location)) return undefined;
	const { latitude, longitude, live, name, address, description, url } = fieldsOf<Place>(location);
	const words = joined([name, address], ', ') ?? description;
	const parts = placeParts({ sender }, { latitude, longitude, isLive: live, lines: [words], url });
	return parts.length > 0 ? parts : undefined;
}

/** What engines without WhatsApp's own form of a message tell of it. */
function wordsOf(message: Fields<WahaMessage>, sender: string | undefined): Part[] {
	const { type, pollName, pollOptions } = fieldsOf<Raw>(message._data);
	const kind = textOf(type);
	const cards = joined(listOf(message.vCards).map(vcardText), '\n\n');
	const options = listOf(pollOptions).map((option) => fieldsOf<{ name: string }>(option).name);
	const poll = textOf(pollName) === undefined ? undefined : pollText(pollName, options);
	const file =
		message.hasMedia === true ? joined([`[${kind ?? 'file'}]`, message.body]) : undefined;
	const words = cards ?? poll ?? file ?? textOf(message.body);
	return saidParts(sender, words ?? (kind === undefined ? undefined : unknownText(kind)));
}

function quoteOf(replyTo: unknown): Part[] {
	const { body, hasMedia } = fieldsOf<{ body: string; hasMedia: boolean }>(replyTo);
	return quoteParts(joined([hasMedia === true ? '[file]' : undefined, body]));
}
