import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { channelData, openStage, type Stage } from './stage';

/** The Test button of the credential, in a real n8n, against each answer that a person may meet. */

let stage: Stage;
let server: Server;
let url: string;
/** What stands at the Webhook URL. */
let answer: { status: number; type?: string; location?: string; body?: string };

beforeAll(async () => {
	stage = await openStage({ workflows: () => [] });
	server = createServer((request, response) => {
		request.resume();
		const { status, type = 'application/json', location, body = '{}' } = answer;
		response.writeHead(status, { 'content-type': type, ...(location && { location }) }).end(body);
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
});
afterAll(async () => {
	server?.close();
	await stage?.close();
});

const press = async (changes: Record<string, unknown> = {}) =>
	await stage.n8n.rest.testCredential({
		type: 'respondIoCustomChannelApi',
		data: { ...channelData(stage.sandbox), ...changes },
	});

const COPY = 'Copy the "Webhook URL for Incoming message" from the channel page, in full.';

it('says that the token fits, and creates nothing', async () => {
	expect(await press()).toEqual({
		status: 'OK',
		message: 'respond.io took the token. Nothing was created there.',
	});
	expect(stage.sandbox.respondIo.ledger).toEqual([]);
	expect(stage.sandbox.respondIo.contacts.size).toBe(0);
});

it.each<[string, () => Record<string, unknown>, string]>([
	[
		'of a token that is refused',
		() => ({ apiToken: 'developer-api-key' }),
		"respond.io refused the token (401). Copy the API Token of the channel's own configuration page: the token of the Developer API does not fit.",
	],
	[
		'of a path that a web page answers with 200',
		() => ({ webhookUrl: `${stage.sandbox.url}/custom/webhook` }),
		`The Webhook URL is wrong: a web page answered (200). ${COPY}`,
	],
	[
		'of an address without connection',
		() => ({ webhookUrl: 'http://127.0.0.1:9/' }),
		'No connection to 127.0.0.1:9 (ECONNREFUSED). Check the Webhook URL, and that this n8n may reach it.',
	],
	[
		'of a URL that is none',
		() => ({ webhookUrl: 'respond.io' }),
		'The credential\'s Webhook URL is not a complete http(s) URL: "respond.io/".',
	],
	[
		'of the old host',
		() => ({ webhookUrl: 'https://app.respond.io/custom/channel/webhook/' }),
		"The credential's Webhook URL must begin with https://webhook.respond.io now: respond.io has taken no messages at app.respond.io since 5 August 2026.",
	],
	[
		'of a Test URL',
		() => ({ webhookUrl: `${stage.n8n.url}/webhook-test/1f0c/message` }),
		"The credential's Webhook URL is a Test URL of n8n, but respond.io's own URL belongs there.",
	],
	[
		'of another URL for files',
		() => ({ publicMediaUrl: `${stage.n8n.url}/webhook/1f0c/message` }),
		"The credential's Public Media URL does not end in /media: copy the trigger's Production URL, and put /media in place of /message at its end.",
	],
	[
		'of a Test URL for files',
		() => ({ publicMediaUrl: `${stage.n8n.url}/webhook-test/1f0c/media` }),
		"The credential's Public Media URL is a Test URL, which works only while somebody listens: copy the trigger's Production URL, and put /media in place of /message at its end.",
	],
	['of no channel id', () => ({ channelId: '' }), "The credential's Channel ID is empty."],
	['of no token', () => ({ apiToken: '' }), "The credential's API Token is empty."],
])('says what to do %s', async (_what, changes, message) => {
	expect(await press(changes())).toEqual({ status: 'Error', message });
});

it('names the channel id that is not known', async () => {
	const { status, message } = await press({ channelId: 'other' });
	expect(status).toBe('Error');
	expect(message).toMatch(
		/^respond\.io does not know the Channel ID: ".*"\. Copy it from the channel page\.$/,
	);
});

it.each<[string, typeof answer, { status: string; message: string }]>([
	[
		'an OK that Express labels HTML',
		{ status: 200, type: 'text/html; charset=utf-8', body: 'OK' },
		{ status: 'OK', message: 'respond.io took the token. Nothing was created there.' },
	],
	[
		'a page',
		{ status: 200, type: 'text/html', body: '<h1>404 not Found!</h1>' },
		{ status: 'Error', message: `The Webhook URL is wrong: a web page answered (200). ${COPY}` },
	],
	[
		'404',
		{ status: 404 },
		{
			status: 'Error',
			message: `The Webhook URL is wrong: no channel takes messages there (404). ${COPY}`,
		},
	],
	[
		'a redirect',
		{ status: 301, location: 'https://example.com/login' },
		{ status: 'Error', message: `The Webhook URL redirects to https://example.com/login. ${COPY}` },
	],
	[
		'403',
		{ status: 403 },
		{
			status: 'Error',
			message:
				"respond.io refused the token (403). Copy the API Token of the channel's own configuration page: the token of the Developer API does not fit.",
		},
	],
	...[429, 503].map((status): [string, typeof answer, { status: string; message: string }] => [
		String(status),
		{ status },
		{
			status: 'Error',
			message: `respond.io could not answer just now (${status}). Try again in a moment; the values may be right.`,
		},
	]),
])('judges %s', async (_what, given, expected) => {
	answer = given;
	expect(await press({ webhookUrl: url })).toEqual(expected);
});
