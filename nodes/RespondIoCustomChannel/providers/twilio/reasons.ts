import { joined, lookUp } from '../kit/payload';
import { failureReason } from '../kit/reasons';

/** Codes in words (https://www.twilio.com/docs/api/errors): a webhook tells the number alone. */
const REASONS: Readonly<Record<string, string>> = {
	21211: "The customer's number is not valid.",
	21610: 'The customer has unsubscribed from this number (replied STOP).',
	21614: "The customer's number can't receive SMS.",
	30001: 'Too many messages are waiting. Send it again later.',
	30002: 'The Twilio account is suspended.',
	30003: "The customer's phone can't be reached: it is off, out of reach, or can't receive SMS.",
	30004: "The message was blocked, by the customer or the customer's carrier.",
	30005: "The customer's number is unknown or no longer in use.",
	30006: "The customer's number is a landline, or of a carrier that can't be reached.",
	30007: 'The message was filtered as unwanted by Twilio or a carrier.',
	30008: "The customer's carrier gave no reason.",
	30019: "The file is too large for the customer's carrier.",
	30032: 'The toll-free number that sent it is not verified.',
	30034: 'The number that sent it is not registered for business messages to the USA (A2P 10DLC).',
	63003: "The customer's address was not found on this channel: it may have no WhatsApp.",
	63005: 'The channel did not accept the content of the message.',
	63007: 'No channel was found for the address that sent it: check the setting from.',
	63013: "The message breaks the channel's rules.",
	63015: 'The WhatsApp sandbox sends to those alone who have joined it.',
	63016:
		'More than 24 hours have passed since the customer last wrote: only a template message can be sent.',
	63018: 'Too many messages were sent in a short time. Send it again later.',
	63019: 'The file could not be downloaded: its link must be public.',
	63021: "The channel can't take this content: e.g. its type or size of a file.",
	63024: "The customer's address can't receive messages on this channel.",
	63032: 'WhatsApp did not deliver it: the customer is part of an experiment of Meta.',
	63049: 'WhatsApp did not deliver it, to keep the customer from too many marketing messages.',
};

/**
 * Why Twilio did not deliver a message.
 * @param words What the webhook says, which is nothing in most cases.
 */
export function reasonOf(code: string | undefined, words: readonly unknown[]): string {
	return failureReason('Twilio', {
		code,
		ours: lookUp(REASONS, code ?? ''),
		theirs: joined(words, ': '),
	});
}
