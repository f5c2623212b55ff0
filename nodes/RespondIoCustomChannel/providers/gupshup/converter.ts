import { fieldsOf, idOf, joined, wordsIn } from '../kit/payload';
import { failureReason } from '../kit/reasons';
import { readResponse } from '../kit/response';
import type { Converter } from '../provider';
import { incoming } from './incoming';
import { outgoing } from './outgoing';

/**
 * WhatsApp by Gupshup (https://docs.gupshup.io/). In: a callback in Gupshup's own format,
 * version 2, from the Webhook node. The contact is as with WhatsApp's Cloud API: the number in digits, on a channel of
 * phone numbers as people dial it. Message ids are WhatsApp's in messages, Gupshup's own in what becomes of ours: receipts
 * bring them back as `gsId`. Links of files are public and end after a week.
 *
 * Out: the API wants a form, in which `message` is JSON, and the key in the header `apikey` (Header Auth). Settings:
 * `source` (required: the number that sends), `appName` (required), `baseUrl` (default https://api.gupshup.io). Receipts
 * carry no reference: a message of several requests has the id of the last.
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: (response) => readResponse(response, { displayName: 'Gupshup', taken, refused }),
};

interface GupshupAnswer {
	status: string;
	messageId: string;
	message: unknown;
}

function taken(body: unknown) {
	const { status, messageId } = fieldsOf<GupshupAnswer>(body);
	const id = idOf(messageId);
	return status === 'submitted' && id !== undefined ? { messageId: id } : undefined;
}

function refused(body: unknown): string | undefined {
	const { status, message } = fieldsOf<GupshupAnswer>(body);
	if (status !== 'error') return undefined;
	return failureReason('Gupshup', { theirs: joined(wordsIn(message), ': ') });
}
