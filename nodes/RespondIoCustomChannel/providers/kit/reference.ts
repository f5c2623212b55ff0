import type { StatusValue } from '../../channel/schema';
import type { OutgoingContext } from '../provider';

/** One of the requests that a message from respond.io took. */
export interface Reference {
	/** respond.io's id of the message. */
	mId: string;
	/** From 1. */
	part: number;
	parts: number;
}

const FORM = /^respondio\.(\d{1,4})\.(\d{1,4})\.(.{1,150})$/s;

/** What a request carries, so that the provider's receipts and echoes tell which message it was part of. */
export function writeReference({ mId, part, parts }: Reference): string {
	return `respondio.${part}.${parts}.${encodeURIComponent(mId)}`;
}

/**
 * What one of a message's requests carries; nothing where it is the only one: its receipts name the provider's own id,
 * which respond.io is told.
 */
export function referenceOfPart(
	{ reference }: OutgoingContext,
	part: number,
	parts: number,
): string | undefined {
	return parts === 1 ? undefined : reference?.(part, parts);
}

/** What `writeReference` wrote; undefined for anything else. */
export function readReference(value: unknown): Reference | undefined {
	const [, part, parts, encoded] = (typeof value === 'string' && FORM.exec(value)) || [];
	const mId = encoded && decoded(encoded);
	return mId ? { mId, part: Number(part), parts: Number(parts) } : undefined;
}

function decoded(text: string): string | undefined {
	try {
		return decodeURIComponent(text);
	} catch {
		return undefined;
	}
}

/**
 * The id of the message whose status one of its requests tells: it failed where any failed, and was sent, delivered or
 * read when the last one was. Undefined where the request tells nothing of the whole.
 */
export function statusOfPart(
	{ mId, part, parts }: Reference,
	value: StatusValue,
): string | undefined {
	return value === 'failed' || part === parts ? mId : undefined;
}
