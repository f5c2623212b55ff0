import type { ServerSentMessageResponse } from 'whatsapp-api-js/types' with {
	'resolution-mode': 'import',
};

import { fieldsOf, idOf, listOf } from '../kit/payload';
import { readResponse } from '../kit/response';
import { metaRefusal } from '../meta/meta';
import type { Converter } from '../provider';
import { incoming } from './incoming';
import { outgoing } from './outgoing';

/**
 * WhatsApp's Cloud API (https://developers.facebook.com/documentation/business-messaging/whatsapp). In: the whole
 * webhook, one of its changes, or the item of n8n's WhatsApp Trigger (a change's `value` with its `field`). The contact
 * is the phone number in digits; the business-scoped user id (`US.1349…`) of who hides the number; or the group,
 * whose id is read out of its base64.
 * Message ids are WhatsApp's own (`wamid.…`). Files come by their ids: their links need the token.
 *
 * Out: settings `phoneNumberId` (required), `baseUrl` (default https://graph.facebook.com/v25.0). Where a message takes
 * several requests, `biz_opaque_callback_data` carries the reference of each into its statuses.
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: (response) =>
		readResponse(response, { displayName: 'WhatsApp', taken, refused: metaRefusal }),
};

function taken(body: unknown) {
	const { messages } = fieldsOf<ServerSentMessageResponse>(body);
	const messageId = idOf(fieldsOf<{ id: string }>(listOf(messages)[0]).id);
	return messageId === undefined ? undefined : { messageId };
}
