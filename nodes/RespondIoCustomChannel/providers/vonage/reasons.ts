import { fieldsOf, idOf, isObject, joined, lookUp, textOf } from '../kit/payload';
import { failureReason } from '../kit/reasons';

/**
 * Codes whose own words tell an agent too little (https://developer.vonage.com/en/api-errors/messages); the others have
 * theirs in `detail`.
 */
const REASONS: Readonly<Record<string, string>> = {
	1000: 'Too many messages were sent in a short time. Send it again later.',
	1050: "The customer's number is barred and may not receive messages.",
	1070: "The business's Vonage account has too little credit, or its quota is used up.",
	1120: 'The sender is not allowed in the country of the customer.',
};

interface VonageError {
	error: unknown;
	type: string;
	title: string;
	detail: string;
}

/** Codes of the older SMS API's receipts, which tell no words (https://developer.vonage.com/en/messaging/sms/guides/delivery-receipts). */
const SMS_REASONS: Readonly<Record<string, string>> = {
	2: "The customer's phone could not be reached for the time being.",
	3: "The customer's number is no longer in use.",
	4: 'The customer has barred such messages.',
	5: "The customer's number has moved to another carrier, which could not be found.",
	6: "The message was filtered as unwanted by the customer's carrier.",
	7: "The customer's phone was busy.",
	8: "There was a fault in the network of the customer's carrier.",
	9: "The customer's number is not valid.",
	11: "There is no way to the customer's carrier.",
	12: "The customer's phone could not be reached.",
	14: "The customer's carrier has blocked the number that sent it.",
	15: 'The customer has too little credit to receive it.',
};

/**
 * Why Vonage did not deliver a message.
 * @param given The error: by itself or, in some channels' webhooks, within one of the same name.
 * @param smsCode The code in a receipt of the older SMS API.
 */
export function reasonOf(given: unknown, smsCode: unknown): string {
	const sms = idOf(smsCode);
	if (given === undefined && sms !== undefined) {
		return failureReason('Vonage', { code: sms, ours: lookUp(SMS_REASONS, sms) });
	}
	const outer = fieldsOf<VonageError>(given);
	const error = isObject(outer.error) ? fieldsOf<VonageError>(outer.error) : outer;
	const title = idOf(error.title);
	const code = [title, textOf(error.type)?.split('#').pop()].find((id) => /^\d+$/.test(id ?? ''));
	return failureReason('Vonage', {
		code,
		ours: lookUp(REASONS, code ?? ''),
		theirs: joined([title === code ? undefined : title, error.detail], ': '),
	});
}
