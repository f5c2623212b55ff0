import type { ICredentialTestFunctions } from 'n8n-workflow';

import { testCredential } from '../../../nodes/RespondIoCustomChannel/actions/credentialTest';

interface Answer {
	statusCode: number;
	headers?: Record<string, string>;
	body?: unknown;
}

const press = async (answer: Answer | Error, data: Record<string, string> = {}) => {
	const requests: unknown[] = [];
	const context = {
		helpers: {
			request: async (request: unknown) => {
				requests.push(request);
				if (answer instanceof Error) throw answer;
				return { headers: {}, body: undefined, ...answer };
			},
		},
	} as unknown as ICredentialTestFunctions;
	const result = await testCredential.call(context, {
		id: '1',
		name: 'Channel',
		type: 'respondIoCustomChannelApi',
		data: {
			channelId: 'ch',
			apiToken: 'the-token',
			idType: 'custom',
			webhookUrl: 'https://webhook.respond.io/custom/channel/webhook/',
			...data,
		},
	});
	return { ...result, requests };
};

const OK = 'respond.io took the token. Nothing was created there.';
const COPY = 'Copy the "Webhook URL for Incoming message" from the channel page, in full.';
const HTML = { 'content-type': 'text/html; charset=utf-8' };

it.each<[string, Answer, string, string]>([
	['200', { statusCode: 200, body: { ok: true } }, 'OK', OK],
	['a plain OK that Express labels HTML', { statusCode: 200, headers: HTML, body: 'OK' }, 'OK', OK],
	['no events', { statusCode: 400, body: { error: { message: 'events is empty' } } }, 'OK', OK],
	[
		'a page with 200',
		{ statusCode: 200, headers: HTML, body: '\n<h1>404 not Found!</h1>' },
		'Error',
		`The Webhook URL is wrong: a web page answered (200). ${COPY}`,
	],
	[
		'a page that calls itself JSON',
		{ statusCode: 400, headers: { 'content-type': 'application/json' }, body: '<!doctype html>' },
		'Error',
		`The Webhook URL is wrong: a web page answered (400). ${COPY}`,
	],
	[
		'404 in JSON',
		{ statusCode: 404, body: { error: { message: 'no such path' } } },
		'Error',
		`The Webhook URL is wrong: no channel takes messages there (404). ${COPY}`,
	],
	...[401, 403].map((statusCode): [string, Answer, string, string] => [
		String(statusCode),
		{ statusCode, headers: HTML, body: '<p>Unauthorized' },
		'Error',
		`respond.io refused the token (${statusCode}). Copy the API Token of the channel's own configuration page: the token of the Developer API does not fit.`,
	]),
	[
		'a redirect',
		{ statusCode: 302, headers: { location: 'https://example.com/login' } },
		'Error',
		`The Webhook URL redirects to https://example.com/login. ${COPY}`,
	],
	...[429, 503].map((statusCode): [string, Answer, string, string] => [
		String(statusCode),
		{ statusCode },
		'Error',
		`respond.io could not answer just now (${statusCode}). Try again in a moment; the values may be right.`,
	]),
	[
		'an unknown channel',
		{ statusCode: 400, body: { error: { message: 'Channel not found' } } },
		'Error',
		'respond.io does not know the Channel ID: "{"error":{"message":"Channel not found"}}". Copy it from the channel page.',
	],
])('the answer %s', async (_what, answer, status, message) => {
	const result = await press(answer);
	expect({ status: result.status, message: result.message }).toEqual({ status, message });
	expect(result.requests).toEqual([
		expect.objectContaining({ body: { channelId: 'ch', events: [] }, followRedirect: false }),
	]);
});

it('no answer at all', async () => {
	const { message } = await press(Object.assign(new Error('the-token'), { code: 'ECONNREFUSED' }));
	expect(message).toBe(
		'No connection to webhook.respond.io (ECONNREFUSED). Check the Webhook URL, and that this n8n may reach it.',
	);
});

it.each<[Record<string, string>, string]>([
	[
		{ webhookUrl: 'https://app.respond.io/custom/channel/webhook/' },
		"The credential's Webhook URL must begin with https://webhook.respond.io now: respond.io has taken no messages at app.respond.io since 5 August 2026.",
	],
	[
		{ webhookUrl: 'https://n8n.example.com/webhook-test/1f0c' },
		"The credential's Webhook URL is a Test URL of n8n, but respond.io's own URL belongs there.",
	],
	[
		{ publicMediaUrl: 'https://n8n.example.com/webhook/1f0c/message' },
		"The credential's Public Media URL does not end in /media: copy the trigger's Production URL, and put /media in place of /message at its end.",
	],
	[
		{ publicMediaUrl: 'https://n8n.example.com/webhook-test/1f0c/media' },
		"The credential's Public Media URL is a Test URL, which works only while somebody listens: copy the trigger's Production URL, and put /media in place of /message at its end.",
	],
])('refuses %j before it asks anybody', async (data, message) => {
	expect(await press({ statusCode: 200 }, data)).toEqual({
		status: 'Error',
		message,
		requests: [],
	});
});

it.each([
	[
		'SsrfBlockedIpError',
		'add its host name to N8N_SSRF_ALLOWED_HOSTNAMES, or its address to N8N_SSRF_ALLOWED_IP_RANGES',
	],
	['SsrfBlockedHostnameError', 'take its host name out of N8N_SSRF_BLOCKED_HOSTNAMES'],
])("no connection by n8n's own filter: %s", async (name, setting) => {
	const { message } = await press(Object.assign(new Error('the-token'), { name }));
	expect(message).toBe(
		`n8n's own filter (N8N_SSRF_PROTECTION_ENABLED) refused webhook.respond.io. Correct the Webhook URL or, if it is right, ${setting}.`,
	);
});
