import type { IExecuteFunctions, IN8nHttpFullResponse } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

import type { Channel } from '../credential';
import { CREDENTIAL_TYPE } from '../credential';
import type { Answer } from '../delivery/retry';
import type { EventsRequest } from '../channel/schema';

/** Milliseconds that respond.io has for the beginning of an answer. */
const ANSWER_TIMEOUT = 30_000;
/** Milliseconds for the body after the status. It only explains, so it may not hold up the next event. */
const BODY_TIMEOUT = 3_000;
/** Characters of an answer that are read; respond.io's own are far shorter. */
const ANSWER_LIMIT = 64 * 1024;

/** Posts one request of events and reads the answer, whatever its status; rejects on network faults and time-outs. */
export async function postEvents(
	context: IExecuteFunctions,
	channel: Channel,
	body: EventsRequest,
): Promise<Answer> {
	const abort = new AbortController();
	const response = (await context.helpers.httpRequestWithAuthentication.call(
		endedBy(abort.signal, context),
		CREDENTIAL_TYPE,
		{
			method: 'POST',
			url: channel.webhookUrl,
			headers: { 'content-type': 'application/json', accept: 'application/json' },
			body: JSON.stringify(body),
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			// A redirect would turn the POST into a GET and carry the token to another address.
			disableFollowRedirect: true,
			timeout: ANSWER_TIMEOUT,
		},
		// Already read: without it n8n reads and decrypts the credential for every request.
		{ credentialsDecrypted: { id: '', name: '', type: CREDENTIAL_TYPE, data: channel.credential } },
	)) as IN8nHttpFullResponse;
	return {
		statusCode: response.statusCode,
		headers: response.headers as Answer['headers'],
		body: await readBounded(response.body as unknown as AsyncIterable<Uint8Array>, () =>
			abort.abort(),
		),
	};
}

/**
 * The context, whose execution ends the request, and so does the signal. n8n takes the signal of a request from here,
 * whatever the request says.
 */
function endedBy(signal: AbortSignal, context: IExecuteFunctions): IExecuteFunctions {
	const cancelled = context.getExecutionCancelSignal();
	const either = cancelled === undefined ? signal : AbortSignal.any([cancelled, signal]);
	return Object.create(context, {
		getExecutionCancelSignal: { value: () => either },
	}) as IExecuteFunctions;
}

/**
 * The first characters of a body. The status line has decided already, the body only explains it: so an answer that
 * never ends, stalls or breaks off is cut, not an error.
 * @param abort Ends the request: n8n 2.41 wraps bodies, and to destroy a wrapper that waits for more ends nothing.
 */
async function readBounded(body: AsyncIterable<Uint8Array>, abort: () => void): Promise<string> {
	const chunks: Uint8Array[] = [];
	let length = 0;
	let isWhole = false;
	const timeout = AbortSignal.timeout(BODY_TIMEOUT);
	timeout.addEventListener('abort', abort);
	try {
		for await (const chunk of body) {
			chunks.push(chunk);
			length += chunk.length;
			if (length >= ANSWER_LIMIT) break;
		}
		isWhole = length < ANSWER_LIMIT;
	} catch {
		isWhole = false;
	}
	timeout.removeEventListener('abort', abort);
	if (!isWhole) abort();
	return Buffer.concat(chunks).subarray(0, ANSWER_LIMIT).toString('utf8');
}

/** Milliseconds between two looks at the signal: a pause of n8n's can't be ended early, and lives on as a timer. */
const LOOK = 200;

/** Waits, but no longer than the execution lives. */
export async function sleepUnlessCancelled(ms: number, signal?: AbortSignal): Promise<void> {
	for (let left = ms; left > 0 && signal?.aborted !== true; left -= LOOK) {
		await sleep(Math.min(left, LOOK));
	}
}
