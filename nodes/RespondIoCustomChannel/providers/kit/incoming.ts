import { ChannelError } from '../../channel/error';
import { attachmentTypeOf, withExtension } from '../../channel/mimeTypes';
import type { AttachmentType, Contact, StatusValue } from '../../channel/schema';
import { wellFormed } from '../../channel/wellFormed';
import type { BinaryFile, Incoming, IncomingAttachment, ProviderEvent } from '../provider';
import type { Part } from './parts';
import { withoutUndefined } from './payload';
import { readReference, statusOfPart } from './reference';

/** No event, and one of this kind counted. */
export function ignored(kind: string): Incoming {
	return { events: [], failures: [], ignored: { [Array.from(kind).slice(0, 60).join('')]: 1 } };
}

/** What the provider reports of a message that we sent: respond.io has it already. */
export function ownEcho(): Incoming {
	return ignored('echo of our own message');
}

/** All that was found, in its order; where that is nothing at all, one of the kind `empty` counted. */
export function combined(parts: readonly Incoming[], empty?: string): Incoming {
	const counts = new Map<string, number>();
	for (const part of parts) {
		for (const [kind, count] of Object.entries(part.ignored)) {
			counts.set(kind, (counts.get(kind) ?? 0) + count);
		}
	}
	const events = parts.flatMap((part) => part.events);
	const failures = parts.flatMap((part) => part.failures);
	const isEmpty = events.length + failures.length + counts.size === 0;
	if (isEmpty && empty !== undefined) return ignored(empty);
	return { events, failures, ignored: Object.fromEntries(counts) };
}

/**
 * Reads each element of a list by itself: one that can't be read becomes a failure, and costs the others nothing. Events
 * and failures know their places.
 * @param place Of the list; empty where it is the payload itself.
 */
export function eachOf(
	list: unknown,
	place: string,
	read: (element: unknown, place: string) => Incoming,
): Incoming[] {
	if (list === undefined || list === null) return [];
	if (!Array.isArray(list)) return [failed(new ChannelError('This is no list'), place, list)];
	return list.map((payload: unknown, index) => {
		const origin = { place: `${place}[${index}]`, payload };
		try {
			const found = read(payload, origin.place);
			// What was read from a list within knows a closer place.
			return { ...found, events: found.events.map((event) => ({ origin, ...event })) };
		} catch (error) {
			return failed(error as Error, origin.place, payload);
		}
	});
}

function failed(error: Error, place: string, payload: unknown): Incoming {
	const { message, hint } =
		error instanceof ChannelError
			? error
			: new ChannelError(`This piece of the payload can't be read: ${error.message}`);
	return {
		events: [],
		failures: [withoutUndefined({ message, hint, place, payload })],
		ignored: {},
	};
}

export interface EventBase {
	contactId: string;
	messageId: string;
	timestamp: number;
	contact?: Contact;
	contactHint?: string;
}

/** An echo's base also tells whether it may be ours. */
interface MessageBase extends EventBase {
	mayBeOurs?: true;
}

/** The events of one provider's message; where it shows nothing, none, and `empty message` counted. */
export function messageEvents(
	type: 'message' | 'message_echo',
	base: MessageBase,
	parts: readonly Part[],
): Incoming {
	if (parts.length === 0) return ignored('empty message');
	const events = parts.map(({ message, suffix }, index): ProviderEvent => ({
		type,
		...withoutUndefined(base),
		messageId: index === 0 ? base.messageId : `${base.messageId}:${suffix ?? index + 1}`,
		message,
	}));
	return { events, failures: [], ignored: {} };
}

/**
 * What became of a message that we sent.
 * @param message The reason of a failure; not read with other values.
 * @param reference What the provider carries back of ours, where it does: it tells which message a request was part of.
 */
export function statusEvents(
	base: EventBase,
	value: StatusValue,
	message?: string,
	reference?: unknown,
): Incoming {
	const part = readReference(reference);
	// Of a message of one request respond.io was told the provider's own id.
	const messageId =
		part === undefined || part.parts === 1 ? base.messageId : statusOfPart(part, value);
	if (messageId === undefined) return ignored('receipt of an earlier part');
	const status =
		value === 'failed' ? withoutUndefined({ value, message: wellFormed(message) }) : { value };
	return {
		events: [
			{
				type: 'message_status',
				...base,
				messageId,
				status,
				...(part !== undefined && part.part < part.parts && { ofEarlierPart: true as const }),
			},
		],
		failures: [],
		ignored: {},
	};
}

/**
 * Points attachments at what the workflow has downloaded: the binary property that is named like the file's id, or the
 * only one (n8n's Telegram Trigger calls it `data`): of several files it is the first of its type, which workflows fetch.
 */
export function withDownloads(
	incoming: Incoming,
	binary: Readonly<Record<string, BinaryFile>> = {},
): Incoming {
	const { events } = incoming;
	const files = events.filter((event) => fileIdOf(event) !== undefined);
	const isNamed = files.some((event) => Object.hasOwn(binary, fileIdOf(event) ?? ''));
	const [only, ...others] = isNamed ? [] : Object.keys(binary);
	const mimeType = only === undefined ? undefined : binary[only].mimeType;
	const type = mimeType === undefined ? undefined : attachmentTypeOf(mimeType);
	const first = files.length === 1 ? files[0] : files.find((event) => typeOfFile(event) === type);
	return {
		...incoming,
		events: events.map((event) => {
			const fileId = fileIdOf(event);
			if (fileId === undefined) return event;
			if (Object.hasOwn(binary, fileId)) return withDownload(event, fileId, binary[fileId]);
			const isIt = event === first && only !== undefined && others.length === 0;
			return isIt ? withDownload(event, only, binary[only]) : event;
		}),
	};
}

/**
 * A file of which the provider gives a link that may need a key: its id is the link's last part, by which, or as the
 * only file, the workflow may have downloaded it.
 */
export function linkedFile(
	url: string,
	isOnly: boolean,
	binary: Readonly<Record<string, BinaryFile>>,
): IncomingAttachment['source'] {
	const fileId = url.slice(url.lastIndexOf('/') + 1);
	const isDownloaded =
		Object.hasOwn(binary, fileId) || (isOnly && Object.keys(binary).length === 1);
	return fileId !== '' && isDownloaded ? { fileId } : { url };
}

function fileIdOf(event: ProviderEvent): string | undefined {
	if (event.type === 'message_status' || event.message.type !== 'attachment') return undefined;
	const { source } = event.message.attachment;
	return 'fileId' in source ? source.fileId : undefined;
}

function typeOfFile(event: ProviderEvent): AttachmentType | undefined {
	if (event.type === 'message_status' || event.message.type !== 'attachment') return undefined;
	return event.message.attachment.type;
}

function withDownload(event: ProviderEvent, name: string, file: BinaryFile): ProviderEvent {
	if (event.type === 'message_status' || event.message.type !== 'attachment') return event;
	const { attachment } = event.message;
	const mimeType = attachment.mimeType ?? file.mimeType;
	const fileName = attachment.fileName ?? (file.fileName && withExtension(file.fileName, mimeType));
	return {
		...event,
		message: {
			type: 'attachment',
			attachment: {
				...withoutUndefined({ ...attachment, mimeType, fileName }),
				source: { binaryPropertyName: name },
			},
		},
	};
}
