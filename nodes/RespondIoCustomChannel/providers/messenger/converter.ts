import { utf16Length } from '../kit/text';
import { metaIncoming } from '../meta/incoming';
import { metaResponse } from '../meta/meta';
import { metaOutgoing, type MetaSending } from '../meta/outgoing';
import type { Converter } from '../provider';

const MESSENGER: MetaSending = {
	displayName: 'Messenger',
	object: 'page',
	baseUrl: 'https://graph.facebook.com/v25.0',
	accountSetting: 'pageId',
	text: 2000,
	size: utf16Length,
	files: {},
	isMarked: true,
	extra: { messaging_type: 'RESPONSE' },
};

/**
 * Facebook Messenger. Settings: `pageId`, `baseUrl`, `tag`. That a customer has read comes as a time without a message's
 * id, so no such status can be posted. Receipts carry no reference: a message of several requests has the id of the last.
 * Each request carries one in `metadata`, which its echo brings back.
 */
export const converter: Converter = {
	incoming: (payload, context) => metaIncoming(MESSENGER, payload, context),
	outgoing: (message, contactId, context) => metaOutgoing(MESSENGER, message, contactId, context),
	readResponse: (response) => metaResponse(MESSENGER, response),
};
