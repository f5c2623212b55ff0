import { fieldsOf, idOf, joined, lookUp, textOf } from '../kit/payload';
import { readResponse } from '../kit/response';
import type { ProviderResponse } from '../provider';

/**
 * What Messenger and Instagram have in common: the webhook's `messaging` events and the Send API
 * (https://developers.facebook.com/documentation/business-messaging/messenger-platform). No type package describes
 * them. The contact is the customer's scoped id; message ids are Meta's own, unique and long. Names are not in the
 * webhook. Files come as public, expiring links.
 */
export interface MetaPlatform {
	displayName: string;
	/** The webhook's `object`. */
	object: string;
}

/** Begins the contact id of a person of whom Meta tells a `user_ref` alone. */
export const USER_REF = 'user_ref:';

/** The Send API's answer: `{ recipient_id, message_id }`, or `{ error }`. */
export function metaResponse({ displayName }: MetaPlatform, response: unknown): ProviderResponse {
	return readResponse(response, {
		displayName,
		taken: (body) => {
			const messageId = idOf(fieldsOf<{ message_id: string }>(body).message_id);
			return messageId === undefined ? undefined : { messageId };
		},
		refused: refusal,
	});
}

const TOO_LATE =
	"The customer's last message is older than Meta allows for an answer: set a Message Tag, or answer in Meta's own inbox.";
const UNKNOWN = 'The customer has not written to this account, or is there no more.';
const UNAVAILABLE = 'The customer takes no messages from this account now.';

/**
 * What Meta's words do not tell, by its subcode or code
 * (https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes).
 */
const OURS: Readonly<Record<string, string>> = {
	2018278: TOO_LATE,
	2534022: TOO_LATE,
	2018001: UNKNOWN,
	2534014: UNKNOWN,
	551: UNAVAILABLE,
	1545041: UNAVAILABLE,
	190: 'The access token is not valid any more: renew it in the credential of the sending step.',
};

/** Ours, then Meta's own. */
function refusal(body: unknown): string | undefined {
	const theirs = metaRefusal(body);
	return theirs === undefined ? undefined : joined([oursOf(body), theirs], ' ');
}

function oursOf(body: unknown): string | undefined {
	const { error } = fieldsOf<{ error: unknown }>(body);
	const { code, error_subcode } = fieldsOf<GraphError>(error ?? body);
	const [ours] = [error_subcode, code].flatMap((each) => lookUp(OURS, idOf(each) ?? '') ?? []);
	return ours;
}

interface GraphError {
	message: string;
	code: number;
	error_subcode: number;
	error_data: unknown;
	error_user_msg: string;
}

/**
 * The words of the Graph API's error, in its envelope or alone: what it is, and what it means in this case
 * (https://developers.facebook.com/docs/graph-api/guides/error-handling).
 */
export function metaRefusal(body: unknown): string | undefined {
	const { error } = fieldsOf<{ error: unknown }>(body);
	const { message, code, error_data, error_user_msg } = fieldsOf<GraphError>(error ?? body);
	const words = textOf(message);
	if (words === undefined || idOf(code) === undefined) return undefined;
	const details =
		textOf(fieldsOf<{ details: string }>(error_data).details) ?? textOf(error_user_msg);
	return details === undefined || words.includes(details) ? words : `${words}: ${details}`;
}
