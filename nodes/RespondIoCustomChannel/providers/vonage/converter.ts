import type { MessageSuccessResponse } from '@vonage/messages';

import { fieldsOf, idOf, joined, listOf, textOf } from '../kit/payload';
import { readResponse } from '../kit/response';
import type { Converter } from '../provider';
import { incoming } from './incoming';
import { outgoing } from './outgoing';

/**
 * Vonage's Messages API, version 1 (https://developer.vonage.com/en/api/messages): SMS, MMS, RCS, WhatsApp, Messenger and
 * Viber. In: the inbound and the status webhook, or those of the older SMS API, from the Webhook node. The contact is the
 * customer's number in digits, or the id at the channel; message ids are Vonage's own (`message_uuid`). Links of files end
 * after 48 hours. Where the application secures them, the workflow downloads a file before this step, into a binary
 * property named like the link's last part, or of any name where it is one.
 *
 * Out: the HTTP Request node adds a JWT, or the API key and secret as basic authentication. Settings: `from` (required:
 * number without `+`, or the sender's id), `channel` (sms, mms, rcs, whatsapp, messenger, viber_service; default sms),
 * `baseUrl` (default https://api.nexmo.com; messages-sandbox.nexmo.com for tests). WhatsApp's own message objects go
 * through as they are. Where a message takes several requests, `client_ref` carries the reference of each into its statuses.
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: (response) => readResponse(response, { displayName: 'Vonage', taken, refused }),
};

/** An answer of the older SMS API (https://developer.vonage.com/en/api/sms). */
interface SmsAnswer {
	messages: unknown;
	'message-id': string;
	status: string;
	'error-text': string;
}

function taken(body: unknown) {
	const { message_uuid } = fieldsOf<MessageSuccessResponse>(body);
	const [sms] = listOf(fieldsOf<SmsAnswer>(body).messages);
	const messageId = idOf(message_uuid) ?? idOf(fieldsOf<SmsAnswer>(sms)['message-id']);
	return messageId === undefined ? undefined : { messageId };
}

/** The older SMS API answers 200 whatever it did; a long text may be several messages. */
function refused(body: unknown): string | undefined {
	const failed = listOf(fieldsOf<SmsAnswer>(body).messages)
		.map((each) => fieldsOf<SmsAnswer>(each))
		.find(({ status }) => idOf(status) !== undefined && idOf(status) !== '0');
	if (failed !== undefined) {
		return `${textOf(failed['error-text']) ?? 'Vonage gave no reason'} (status ${idOf(failed.status)})`;
	}
	const { title, detail } = fieldsOf<Record<'title' | 'detail', string>>(body);
	return textOf(title) && textOf(detail) && joined([title, detail], ': ');
}
