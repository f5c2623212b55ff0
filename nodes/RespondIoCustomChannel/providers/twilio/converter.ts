import type { MessageInstance } from 'twilio/lib/rest/api/v2010/account/message';

import { fieldsOf, idOf, joined, textOf } from '../kit/payload';
import { readResponse } from '../kit/response';
import type { Converter } from '../provider';
import { incoming } from './incoming';
import { outgoing } from './outgoing';

/**
 * Twilio's Programmable Messaging: SMS, MMS, RCS and WhatsApp (https://www.twilio.com/docs/messaging). In: the form that
 * Twilio posts to a number's webhook or to a StatusCallback, through the Webhook node; or the CloudEvents of Event
 * Streams, as n8n's Twilio Trigger outputs them, which hold no links of files. The contact is the customer's address
 * without its channel (`whatsapp:+1…` is `+1…`); in a status it is the one that the message went to. Message ids are
 * Twilio's own (`SM…`, `MM…`).
 *
 * Links of files are public unless the account enforces HTTP authentication for media: then the workflow downloads a file
 * before this step, into a binary property named like the link's last part (`ME…`), or of any name where it is one.
 *
 * Out: the API wants a form with basic authentication: account SID and auth token, or API key and secret. Settings:
 * `accountSid`; `from` (`+1…`, or `whatsapp:+1…`: its channel is given to the customer's address too) or
 * `messagingServiceSid`, or both; `statusCallback` (where the statuses go); `baseUrl` (default https://api.twilio.com).
 * Where a message takes several requests, the callback's query carries the reference of each, and brings it back.
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: (response) => readResponse(response, { displayName: 'Twilio', taken, refused }),
};

function taken(body: unknown) {
	const sid = textOf(fieldsOf<MessageInstance>(body).sid);
	return sid !== undefined && /^[SM]M\w+$/.test(sid) ? { messageId: sid } : undefined;
}

/** A message may be answered as failed at once. */
function refused(body: unknown): string | undefined {
	const { status, errorCode, errorMessage } = fieldsOf<MessageInstance>(body);
	const { error_code: code = errorCode, error_message: words = errorMessage } = fieldsOf<{
		error_code: number;
		error_message: string;
	}>(body);
	if (status !== 'failed' && status !== 'undelivered' && idOf(code) === undefined) return undefined;
	return joined([words ?? 'Twilio did not send it', idOf(code) && `(error ${idOf(code)})`], ' ');
}
