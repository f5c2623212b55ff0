import path from 'node:path';

import axios from 'axios';

import type { Workflow } from '../../tools/n8n';
import { baseUrlOf } from '../../tools/templates';
import { CHANNEL, channelData, openStage, PACKAGE, ready, template, type Stage } from './stage';

/** What people read where n8n's own filter keeps this package from respond.io, or a workflow from the provider. */

/** All of them lead to this machine. */
const HERE = [['127.0.0.1']];
const NAMES = {
	'allowed.example.com': HERE,
	'private.example.com': HERE,
	'blocked.example.com': HERE,
};

const posting: Workflow = ready({
	id: 'posting',
	name: 'posting',
	nodes: [
		{
			id: 'in',
			name: 'In',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2.1,
			position: [0, 0],
			parameters: { httpMethod: 'POST', path: 'posting', options: {} },
		},
		{
			id: 'post',
			name: 'Post',
			type: `${PACKAGE}.respondIoCustomChannel`,
			typeVersion: 2,
			position: [200, 0],
			parameters: {
				resource: 'message',
				operation: 'post',
				contactId: 'mei',
				messageType: 'text',
				text: 'Hello',
				messageId: '={{ $json.body.id }}',
			},
			onError: 'continueErrorOutput',
		},
	],
	connections: { In: { main: [[{ node: 'Post', type: 'main', index: 0 }]] } },
	settings: { executionOrder: 'v1' },
});

let stage: Stage;
let bridge: Workflow;

beforeAll(async () => {
	stage = await openStage({
		env: {
			NODE_OPTIONS: `--require ${path.join(__dirname, 'names.cjs')}`,
			TEST_NAMES: JSON.stringify(NAMES),
			N8N_SSRF_PROTECTION_ENABLED: 'true',
			N8N_SSRF_ALLOWED_HOSTNAMES: 'allowed.example.com',
			N8N_SSRF_BLOCKED_HOSTNAMES: 'blocked.example.com',
		},
		workflows: async ({ port }) => {
			bridge = await template('web-chat', 'bridge', {
				replace: { 'http://127.0.0.1:3100': `http://private.example.com:${port}` },
			});
			return [posting, bridge];
		},
	});
	stage.sandbox.set({ baseUrl: baseUrlOf(stage.n8n.url, bridge) });
});
afterAll(async () => await stage?.close());
beforeEach(() => stage.sandbox.respondIo.reset());

const channelAt = (host: string) => ({
	...channelData(stage.sandbox),
	webhookUrl: `http://${host}:${stage.sandbox.port}/custom/channel/webhook/`,
});
const press = async (host: string) =>
	await stage.n8n.rest.testCredential({
		type: 'respondIoCustomChannelApi',
		data: channelAt(host),
	});
/** What leaves the step, by output, and how long it took. */
const post = async (host: string) => {
	const { n8n } = stage;
	await n8n.rest.http.patch(`/rest/credentials/${n8n.credentialIds[CHANNEL.id]}`, {
		name: CHANNEL.name,
		type: 'respondIoCustomChannelApi',
		data: channelAt(host),
	});
	const { length } = await n8n.rest.executions('posting');
	await axios.post(`${n8n.url}/webhook/posting`, { id: host }, { proxy: false });
	const [{ id }] = await n8n.rest.waitForExecutions('posting', length + 1);
	const [run] = (await n8n.rest.execution(id)).data.resultData.runData.Post;
	return {
		outputs: run.data?.main.map((items) => (items ?? []).map(({ json }) => json)),
		seconds: run.executionTime / 1000,
	};
};

it('a host that is on the list of allowed ones passes', async () => {
	expect(await press('allowed.example.com')).toEqual({
		status: 'OK',
		message: 'respond.io took the token. Nothing was created there.',
	});
	const { outputs } = await post('allowed.example.com');
	expect(outputs).toMatchObject([[{ delivery: 'delivered' }], []]);
});

const ALLOW =
	'add its host name to N8N_SSRF_ALLOWED_HOSTNAMES, or its address to N8N_SSRF_ALLOWED_IP_RANGES';

it.each([
	['127.0.0.1', ALLOW],
	['private.example.com', ALLOW],
	['blocked.example.com', 'take its host name out of N8N_SSRF_BLOCKED_HOSTNAMES'],
])('of a Webhook URL at %s they read what lets it pass, at once', async (host, setting) => {
	const { port } = stage.sandbox;
	expect(await press(host)).toEqual({
		status: 'Error',
		message: `n8n's own filter (N8N_SSRF_PROTECTION_ENABLED) refused ${host}:${port}. Correct the Webhook URL or, if it is right, ${setting}.`,
	});
	const { outputs, seconds } = await post(host);
	expect(outputs).toMatchObject([
		[],
		[
			{
				error: {
					message: `n8n's own filter (N8N_SSRF_PROTECTION_ENABLED) refused the Webhook URL http://${host}:${port}/custom/channel/webhook/ [item 0]`,
					description: `Correct the URL in the credential or, if it is right, ${setting}. The event is in the item, ready to be sent again.`,
					delivery: 'undelivered',
					attempts: 1,
					retryable: true,
				},
			},
		],
	]);
	expect(seconds).toBeLessThan(5);
	expect(stage.sandbox.respondIo.requests).toEqual([]);
});

it("of a provider's address the agent reads it", async () => {
	const answer = await stage.sandbox.respondIo.send({
		contactId: 'mei',
		message: { type: 'text', text: 'Hello' },
	});
	expect(answer).toMatchObject({
		ok: false,
		statusCode: 400,
		error: `n8n's own filter refused the provider's address: to allow it, ${ALLOW}`,
	});
});
