import http from 'node:http';
import type { AddressInfo } from 'node:net';

import axios from 'axios';
import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import { postEvents } from '../../../nodes/RespondIoCustomChannel/actions/transport';
import { toChannel } from '../../../nodes/RespondIoCustomChannel/credential';

/** What is read of respond.io's answers, over real connections, by the library and the options that n8n uses. */

const KILOBYTE = 1024;

let server: http.Server;
/** What the server answers next. */
let answer: (response: http.ServerResponse) => void;
let closed: Promise<void>;
beforeAll(async () => {
	server = http.createServer((_request, response) => {
		closed = new Promise((resolve) => response.on('close', resolve));
		answer(response);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => jest.restoreAllMocks());
afterAll(async () => {
	server.closeAllConnections();
	await new Promise((resolve) => server.close(resolve));
});

/** n8n 2.41: the signal of a request is that of its execution, and bodies are wrapped. */
async function httpRequestWithAuthentication(
	this: IExecuteFunctions,
	_type: string,
	{ url, body, headers, timeout }: IHttpRequestOptions,
) {
	const {
		status,
		headers: given,
		data,
	} = await axios.post(url, body, {
		headers: headers as Record<string, string>,
		timeout,
		signal: this.getExecutionCancelSignal(),
		responseType: 'stream',
		maxRedirects: 0,
		maxContentLength: Infinity,
		validateStatus: () => true,
		proxy: false,
	});
	return { statusCode: status, headers: given, body: data };
}

const post = async (cancelled?: AbortSignal) => {
	const { port } = server.address() as AddressInfo;
	const context = {
		helpers: { httpRequestWithAuthentication },
		getExecutionCancelSignal: () => cancelled,
	} as unknown as IExecuteFunctions;
	const channel = toChannel({ webhookUrl: `http://127.0.0.1:${port}/` });
	const request = { channelId: 'c', contactId: 'mei', events: [] };
	const { statusCode, body } = await postEvents(context, channel, request);
	return { statusCode, body };
};

/** The time for the body is over as soon as the answer has begun. */
const outOfTime = () => {
	const late = new AbortController();
	jest.spyOn(AbortSignal, 'timeout').mockReturnValue(late.signal);
	return () => setTimeout(() => late.abort(), 100);
};

it('reads an answer', async () => {
	answer = (response) => response.end('{"status":"success"}');
	expect(await post()).toEqual({ statusCode: 200, body: '{"status":"success"}' });
});

it.each([
	['before its first word', ''],
	['after its first words', '{"error":'],
])('cuts an answer that stalls %s, and lets go of it', async (_where, words) => {
	const end = outOfTime();
	answer = (response) => {
		response.writeHead(503).flushHeaders();
		if (words !== '') response.write(words);
		end();
	};
	expect(await post()).toEqual({ statusCode: 503, body: words });
	await closed;
});

it('cuts an answer that breaks off', async () => {
	answer = (response) => {
		response.writeHead(200, { 'content-length': 100 });
		response.write('{"status":', () => response.destroy());
	};
	expect(await post()).toEqual({ statusCode: 200, body: '{"status":' });
});

it('cuts an answer that never ends at 64 kB, and lets go of it', async () => {
	answer = (response) => {
		const more = () => {
			while (!response.destroyed && response.write('x'.repeat(KILOBYTE)));
		};
		response.on('drain', more);
		more();
	};
	expect(await post()).toEqual({ statusCode: 200, body: 'x'.repeat(64 * KILOBYTE) });
	await closed;
});

it('ends with its execution', async () => {
	const execution = new AbortController();
	answer = () => execution.abort();
	await expect(post(execution.signal)).rejects.toMatchObject({ code: 'ERR_CANCELED' });
	await closed;
});
