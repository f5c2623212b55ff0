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
	const response = (await context.helpers.httpRequestWithAuthentication.call(
		context,
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
		body: await readBounded(response.body as unknown as Body),
	};
}

interface Body extends AsyncIterable<Uint8Array> {
	destroy(): void;
}

/**
 * The first characters of a body. The status line has decided already, the body only explains it: so an answer that
 * never ends, stalls or breaks off is cut, not an error.
 */
async function readBounded(stream: Body): Promise<string> {
	const chunks: Uint8Array[] = [];
	let length = 0;
	AbortSignal.timeout(BODY_TIMEOUT).addEventListener('abort', () => stream.destroy());
	try {
		// Leaving the loop destroys the stream.
		for await (const chunk of stream) {
			chunks.push(chunk);
			length += chunk.length;
			if (length >= ANSWER_LIMIT) break;
		}
	} catch {
		stream.destroy();
	}
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
