import { createHash } from 'node:crypto';

import { ChannelError } from './error';
import { codePointLength, LIMITS } from './limits';

/** Namespace of the UUIDs that stand for long message ids. Never to change: receipts of older messages need it. */
const NAMESPACE = Buffer.from('8f0c1d5ab9e2475f9b3a6c7d2e41f058', 'hex');

/**
 * A provider's message id as respond.io takes it: up to 50 characters as it is, a longer one as the UUIDv5 of it
 * (RFC 9562, 5.5). The same everywhere, so that receipts match without any storage.
 * @throws {ChannelError} when the id is empty.
 */
export function toMessageId(id: string): string {
	if (id === '') {
		throw new ChannelError(
			'The Message ID is empty',
			"Set it to the provider's ID of the message, by an expression on the provider's data.",
		);
	}
	return codePointLength(id) <= LIMITS.messageId ? id : uuidV5(id);
}

/**
 * The id of the n-th part (from 0) of a message that is posted in several: the first keeps the message's own, so that
 * receipts match; the others get `#2`, `#3` … before the rule for long ids.
 */
export function partMessageId(id: string, part: number): string {
	return toMessageId(part === 0 ? id : `${id}#${part + 1}`);
}

function uuidV5(name: string): string {
	const bytes = createHash('sha1').update(NAMESPACE).update(name, 'utf8').digest().subarray(0, 16);
	bytes[6] = (bytes[6] & 0x0f) | 0x50;
	bytes[8] = (bytes[8] & 0x3f) | 0x80;
	const hex = bytes.toString('hex');
	return [
		hex.slice(0, 8),
		hex.slice(8, 12),
		hex.slice(12, 16),
		hex.slice(16, 20),
		hex.slice(20),
	].join('-');
}
