import { fieldsOf, idOf, joined, listOf, textOf } from '../kit/payload';
import { jsonRequest } from '../kit/request';
import { serverUrl, setting } from '../kit/settings';
import type { OutgoingContext, OutgoingMessage, ProviderRequest } from '../provider';
import { GROUP, gatewayRecipient, type Sending, sendingsOf } from '../whatsappGateways/sending';
import { partsOfId } from './ids';

const NAME = 'WAHA';

/** The requests that send a message with WAHA. */
export function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const base = serverUrl(context, NAME);
	const session = setting(context, 'session', NAME, 'default');
	const recipient = gatewayRecipient(contactId, NAME, GROUP);
	const chatId = recipient.includes('@') ? recipient : `${recipient}@c.us`;
	return sendingsOf(message, NAME).map((sending) => {
		const [method, body] = callOf(sending);
		return jsonRequest(`${base}/api/${method}`, { session, chatId, ...body });
	});
}

function callOf(sending: Sending): [method: string, body: Record<string, unknown>] {
	if (sending.kind === 'text') return ['sendText', { text: sending.text }];
	if (sending.kind === 'location') {
		const { latitude, longitude, address } = sending;
		return ['sendLocation', { latitude, longitude, title: address }];
	}
	const { kind, url, fileName, mimeType: mimetype, caption } = sending;
	const file = { mimetype, filename: fileName, url };
	const words = caption === undefined ? {} : { caption };
	switch (kind) {
		case 'image':
			return ['sendImage', { file, ...words }];
		case 'video':
			return ['sendVideo', { file, convert: true, asNote: false, ...words }];
		case 'audio':
			return ['sendVoice', { file: { mimetype, url }, convert: true }];
		case 'document':
			return ['sendFile', { file, ...words }];
	}
}

interface Answer {
	id: unknown;
	key: unknown;
	_data: unknown;
}

/** The id is that of WAHA, as a text or in parts (WEBJS), or WhatsApp's own in a key (NOWEB). */
export function taken(body: unknown) {
	const answer = fieldsOf<Answer>(body);
	const { id, _serialized } = fieldsOf<{ id: string; _serialized: string }>(answer.id);
	const key = fieldsOf<{ id: string }>(answer.key);
	const found = idOf(answer.id) ?? idOf(id) ?? idOf(_serialized) ?? idOf(key.id);
	const messageId = found === undefined ? undefined : (partsOfId(found).own ?? found);
	return messageId === undefined ? undefined : { messageId };
}

interface Refusal {
	statusCode: number;
	error: string;
	message: unknown;
	exception: unknown;
}

/** The words are in `message`, as a text or a list, or within `exception`; `error` is the name of the status code alone. */
export function refused(body: unknown): string | undefined {
	const { statusCode, error, message, exception } = fieldsOf<Refusal>(body);
	if (typeof statusCode !== 'number' || statusCode < 400) return undefined;
	const words = joined(Array.isArray(message) ? listOf(message) : [message]);
	return words ?? textOf(fieldsOf<{ message: string }>(exception).message) ?? textOf(error);
}
