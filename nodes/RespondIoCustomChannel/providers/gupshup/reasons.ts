import { fieldsOf, idOf, lookUp, textOf } from '../kit/payload';
import { failureReason } from '../kit/reasons';
import { WHATSAPP_REASONS } from '../whatsapp/reasons';

/** Gupshup's own codes in words (https://docs.gupshup.io/docs/error-and-status-messages); others are WhatsApp's. */
const REASONS: Readonly<Record<string, string>> = {
	...WHATSAPP_REASONS,
	1002: 'The customer has no WhatsApp on this number.',
	1003: "There is too little money in the business's Gupshup wallet.",
	...same(
		[1004, 1005, 1006, 1007, 1008],
		'More than 24 hours have passed since the customer last wrote: only a template message can be sent.',
	),
	1010: 'The file could not be fetched: its link must be public.',
	1011: 'The file is too large for WhatsApp.',
	1012: 'The customer has opted out of messages.',
	4001: 'Too many messages were sent in a short time. Send it again later.',
};

function same(codes: number[], reason: string): Record<string, string> {
	return Object.fromEntries(codes.map((code) => [code, reason]));
}

/** Why a message was not delivered. */
export function reasonOf(failure: unknown): string {
	const { code, reason } = fieldsOf<{ code: number; reason: string }>(failure);
	return failureReason('Gupshup', {
		code: idOf(code),
		ours: lookUp(REASONS, idOf(code) ?? ''),
		theirs: textOf(reason),
	});
}
