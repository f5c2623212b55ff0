import { byteLength } from '../kit/text';
import { metaIncoming } from '../meta/incoming';
import { metaResponse } from '../meta/meta';
import { metaOutgoing, type MetaSending } from '../meta/outgoing';
import type { Converter } from '../provider';

/** https://developers.facebook.com/documentation/business-messaging/instagram-messaging/features/attachment-upload */
const INSTAGRAM: MetaSending = {
	displayName: 'Instagram',
	object: 'instagram',
	baseUrl: 'https://graph.instagram.com/v25.0',
	accountSetting: 'accountId',
	text: 1000,
	size: byteLength,
	files: {
		image: ['image/jpeg', 'image/png', 'image/gif'],
		video: ['video/mp4', 'video/quicktime', 'video/webm', 'video/x-msvideo', 'video/ogg'],
		audio: ['audio/aac', 'audio/mp4', 'audio/x-m4a', 'audio/wav', 'audio/x-wav'],
		file: ['application/pdf'],
	},
	isMarked: false,
	extra: {},
};

/**
 * Instagram's messages. Settings: `accountId`, `tag`, `baseUrl` (with a Facebook page's token:
 * https://graph.facebook.com/v25.0). Neither receipts nor echoes carry a reference: a message of several requests has the
 * id of the last, and the ids of all are remembered.
 */
export const converter: Converter = {
	incoming: (payload, context) => metaIncoming(INSTAGRAM, payload, context),
	outgoing: (message, contactId, context) => metaOutgoing(INSTAGRAM, message, contactId, context),
	readResponse: (response) => metaResponse(INSTAGRAM, response),
};
