import { reasonOf, type WordsOf } from '../../channel/reason';
import { messageIn } from '../../channel/words';
import type { ProviderResponse } from '../provider';
import { isObject, parsed } from './payload';

type Taken = ProviderResponse & { taken: true };

/** How a provider's answers are read. */
interface Reader {
	/** What people call the provider. */
	displayName: string;
	/** The message in a body that says success, with its id where it holds one; undefined where it says none. */
	taken(body: unknown): Omit<Taken, 'taken'> | undefined;
	/** The refusal in a body that says one, with a status code of success too. */
	refused?(body: unknown): string | undefined;
}

/**
 * What became of one request, from all that a sending step can give: the body, HTTP Request's full response, and the
 * items that n8n makes of errors. What is neither a success nor a refusal counts as a refusal: "sent" is never told of
 * what is not known.
 */
export function readResponse(response: unknown, reader: Reader): ProviderResponse {
	const { error, statusCode, body } = opened(response);
	const wordsOf: WordsOf = (value) => reader.refused?.(value) ?? messageIn(value);
	if (error !== undefined) return { taken: false, reason: reasonOf(error, wordsOf) };
	if (statusCode !== undefined && statusCode >= 400) {
		return { taken: false, reason: reasonOf(withStatus(body, statusCode), wordsOf) };
	}
	const refusal = reader.refused?.(body);
	if (refusal !== undefined) return { taken: false, reason: refusal };
	const success = reader.taken(body);
	if (success !== undefined) return { taken: true, ...success };
	return { taken: false, reason: unknownReason(body, reader.displayName) };
}

/** An error's form, so that the code is told with the words. */
function withStatus(body: unknown, statusCode: number) {
	return { name: 'Error', message: '', error: body, statusCode };
}

function unknownReason(body: unknown, displayName: string): string {
	if (isRequest(body)) {
		return 'The sending step failed and did not say why: its error is in the list of executions.';
	}
	if (typeof body === 'string' && body.trim().startsWith('<')) return reasonOf(body);
	const words = isObject(body) ? messageIn(body) : undefined;
	if (words !== undefined) return reasonOf(body);
	return `${displayName} answered neither with a message's ID nor with a reason, so it is not known whether it was sent.`;
}

/** One of our own requests: n8n hands on a step's input where the step fails as a whole and the workflow continues. */
export function isRequest(body: unknown): boolean {
	return isObject(body) && ['method', 'url', 'contentType', 'body'].every((name) => name in body);
}

interface Opened {
	/** Of what failed on the way or was refused, in any of n8n's forms. */
	error?: unknown;
	statusCode?: number;
	body?: unknown;
}

function opened(response: unknown): Opened {
	if (response instanceof Error) return { error: response };
	if (!isObject(response)) return { body: parsed(response) };
	if (response.error === true) return { error: { ...response, error: undefined } };
	// `ok: false` is an API's own: its reader knows more of it than the word in `error`.
	if (isTold(response.error) && response.ok !== false) return { error: errorIn(response) };
	// HTTP Request's full response; a text is in its field `data`.
	const { statusCode } = response;
	const hasBody = 'body' in response || ('data' in response && 'headers' in response);
	if (typeof statusCode === 'number' && hasBody) {
		return { statusCode, body: parsed('body' in response ? response.body : response.data) };
	}
	// The body is no JSON, or is labelled as none.
	const isText = Object.keys(response).length === 1 && typeof response.data === 'string';
	return { body: isText ? parsed(response.data) : response };
}

/** HTTP Request 4.5 and newer tell the body beside the error. */
export function errorIn({ error, details }: Record<string, unknown>): unknown {
	const body = isObject(details) ? details.body : undefined;
	if (!isObject(details) || !isTold(body)) return error;
	return { name: 'Error', message: '', error: body, httpCode: details.httpCode };
}

/** Whether a field holds something: many APIs send `error: null` or `errors: []` with a success. */
export function isTold(value: unknown): boolean {
	if (value === undefined || value === null || value === false || value === '' || value === 0) {
		return false;
	}
	return typeof value !== 'object' || value instanceof Error || Object.keys(value).length > 0;
}
