import type { ServerError } from 'whatsapp-api-js/types' with { 'resolution-mode': 'import' };

import { fieldsOf, idOf, joined, listOf, lookUp, textOf } from '../kit/payload';
import { failureReason } from '../kit/reasons';

/**
 * Codes whose own words tell an agent too little, in words
 * (https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes).
 */
export const WHATSAPP_REASONS: Readonly<Record<string, string>> = {
	130429: 'Too many messages were sent in a short time. Send it again later.',
	130472: 'WhatsApp did not deliver it: the customer is part of an experiment of Meta.',
	131026:
		'The message could not be delivered: the customer may have no WhatsApp on this number, an old version, or not have accepted its terms.',
	131031: "The business's WhatsApp account is locked.",
	131042: "There is a problem with the WhatsApp account's payment method.",
	131047:
		'More than 24 hours have passed since the customer last wrote: only a template message can be sent.',
	131048: 'Too many messages from this number were reported as spam.',
	131049: 'WhatsApp did not deliver it, to keep the customer from too many marketing messages.',
	131050: 'The customer has opted out of marketing messages.',
	131051: 'WhatsApp does not support this type of message.',
	131053: 'The file could not be sent: its type, size or link does not suit WhatsApp.',
	131056: 'Too many messages were sent to this customer in a short time. Send it again later.',
	133010: "The business's phone number is not registered with the Cloud API.",
};

/** What an error means in this very case; an older form has it beside the code. */
export function detailsOf(error: unknown): string | undefined {
	const { error_data, details } = fieldsOf<ServerError & { details: string }>(error);
	return textOf(fieldsOf<{ details: string }>(error_data).details) ?? textOf(details);
}

/** Why WhatsApp did not deliver a message, of the errors of its status. */
export function reasonOf(errors: unknown): string {
	const [first] = listOf(errors);
	const { code, title, message } = fieldsOf<ServerError>(first);
	return failureReason('WhatsApp', {
		code: idOf(code),
		ours: lookUp(WHATSAPP_REASONS, idOf(code) ?? ''),
		theirs: joined([title ?? message, detailsOf(first)], ': '),
	});
}
