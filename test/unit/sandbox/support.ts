import axios, { type AxiosRequestConfig, type AxiosResponse } from 'axios';
import { fastify, type FastifyReply, type FastifyRequest } from 'fastify';

import type { ChannelEvent } from '../../../nodes/RespondIoCustomChannel/channel/schema';
import { createSandbox, type Sandbox } from '../../../sandbox/server';

export const TIME = Date.parse('2026-01-31T09:30:00Z');
export const CHANNEL = { channelId: 'sandbox-channel', idType: 'custom' } as const;

/** A customer's text, legal in every respect. */
export function textEvent(mId: string): ChannelEvent {
	return { type: 'message', mId, timestamp: TIME, message: { type: 'text', text: 'Hello' } };
}

export function statusEvent(mId: string, status: object): object {
	return { type: 'message_status', mId, timestamp: TIME, status };
}

/** A request with these events, legal if they are. */
export function requestOf(events: unknown[], changes: object = {}): Record<string, unknown> {
	return { channelId: CHANNEL.channelId, contactId: 'mei', events, ...changes };
}

const http = axios.create({ proxy: false, validateStatus: () => true, maxRedirects: 0 });

/** A sandbox for one file of tests, as new before each. */
export function useSandbox() {
	let sandbox: Sandbox;
	let defaults: ReturnType<Sandbox['settings']>;
	beforeAll(async () => {
		sandbox = await createSandbox({ settings: { receiptDelay: 0 } });
		defaults = sandbox.settings();
	});
	beforeEach(() => {
		sandbox.respondIo.reset();
		sandbox.webChat.reset();
		sandbox.set(defaults);
	});
	afterAll(async () => await sandbox.close());

	const call = async (
		method: string,
		path: string,
		data?: unknown,
		config?: AxiosRequestConfig,
	): Promise<AxiosResponse> =>
		await http.request({ method, url: sandbox.url + path, data, ...config });

	return {
		get sandbox() {
			return sandbox;
		},
		call,
		/** Posts to the channel's webhook as an integration does. */
		post: async (body: unknown, config: AxiosRequestConfig = {}) =>
			await call('POST', '/custom/channel/webhook/', body, {
				// A text goes as it stands; axios would make JSON of it.
				...(typeof body === 'string' && { transformRequest: (text: string) => text }),
				...config,
				headers: {
					authorization: 'Bearer sandbox-token',
					'content-type': 'application/json',
					...config.headers,
				},
			}),
	};
}

/** The bridge's side: keeps each body and header that comes to any path, and answers as told. */
export async function openReceiver(
	answer: (request: FastifyRequest, reply: FastifyReply) => unknown = () => ({}),
) {
	const received: Array<{ path: string; body: unknown; authorization?: string }> = [];
	const app = fastify({ forceCloseConnections: true });
	app.all('/*', async (request, reply) => {
		const { url, body, headers } = request;
		received.push({ path: url, body, authorization: headers.authorization });
		return await answer(request, reply);
	});
	const url = await app.listen({ host: '127.0.0.1', port: 0 });
	return { url, received, close: async () => await app.close() };
}

/** Waits until the thing itself is there. */
export async function until<Value>(look: () => Value | undefined | false): Promise<Value> {
	const deadline = Date.now() + 4_000;
	for (;;) {
		const found = look();
		if (found !== undefined && found !== false) return found;
		if (Date.now() > deadline) throw new Error(`It did not come: ${look.toString()}`);
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}
