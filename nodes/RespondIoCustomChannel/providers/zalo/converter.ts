import { fieldsOf, idOf, isObject, numberOf, textOf, withoutUndefined } from '../kit/payload';
import { readResponse } from '../kit/response';
import type { Converter } from '../provider';
import { incoming } from './incoming';
import { outgoing } from './outgoing';
import { reasonOf } from './reasons';

/**
 * Zalo's Official Account API, version 3 (https://developers.zalo.me/docs/official-account). In: an event, from the
 * Webhook node. The contact is the user's id at the Official Account; message ids are Zalo's own. Files come as links. What
 * people write in Zalo's own inbox is an echo; what programs send, which no person's id marks, is taken for ours.
 *
 * Out: consultation messages ("tin tư vấn"), free within 48 hours after the customer last wrote, called or tapped, charged
 * within 7 days, and refused later. Zalo answers 200 to what it refuses, with an `error` other than 0. The token goes into
 * the header `access_token`. Settings: `baseUrl` (default https://openapi.zalo.me). JPEG and PNG up to 1 MB are shown,
 * other files go as links: Zalo takes few types, uploaded before, and no video or audio. Receipts carry no reference: a
 * message of several requests has the id of the last.
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: (response) =>
		readResponse(asResponse(response), { displayName: 'Zalo', taken, refused }),
};

interface ZaloAnswer {
	error: number;
	message: string;
	data: unknown;
}

/** A body whose `error` is a number is Zalo's own, and no item that n8n makes of an error. */
function asResponse(response: unknown): unknown {
	const isAnswer = isObject(response) && typeof response.error === 'number';
	return isAnswer ? { statusCode: 200, body: response } : response;
}

function taken(body: unknown) {
	const { error, data } = fieldsOf<ZaloAnswer>(body);
	const messageId = idOf(fieldsOf<{ message_id: string }>(data).message_id);
	return numberOf(error) === 0 ? withoutUndefined({ messageId }) : undefined;
}

function refused(body: unknown): string | undefined {
	const { error, message } = fieldsOf<ZaloAnswer>(body);
	const code = numberOf(error);
	if (code === undefined || code === 0) return undefined;
	return reasonOf(String(code), textOf(message));
}
