import http from 'node:http';
import type { AddressInfo } from 'node:net';

import axios from 'axios';

import type { Workflow } from '../../tools/n8n';
import { baseUrlOf } from '../../tools/templates';
import { openStage, PACKAGE, ready, type Stage } from './stage';

/**
 * Echoes that carry no mark of ours, of a message whose two requests were built by hand: nothing but the ids that Accept
 * gets tells them from what the business has sent elsewhere, and they are here before Accept has run.
 */

type Node = Workflow['nodes'][number];

/** Milliseconds that the second request takes, so long after the echo of the first. */
const SLOW = 400;
const CUSTOMER = '2222222';

const metaEcho = (object: string) => (mid: string) => ({
	object,
	entry: [
		{
			id: '1111111',
			time: Date.now(),
			messaging: [
				{
					sender: { id: '1111111' },
					recipient: { id: CUSTOMER },
					timestamp: Date.now(),
					message: { mid, is_echo: true, text: 'Hello' },
				},
			],
		},
	],
});
/** What each provider reports of a message with this id. */
const ECHOES: Record<string, (id: string) => object> = {
	generic: (id) => ({ event: 'echo', id, to: { id: CUSTOMER }, type: 'text', text: 'Hello' }),
	instagram: metaEcho('instagram'),
	messenger: metaEcho('page'),
};

const node = (
	name: string,
	type: string,
	typeVersion: number,
	parameters: Node['parameters'],
	more: Partial<Node> = {},
): Node => ({ id: name, name, type, typeVersion, position: [0, 0], parameters, ...more });
const to = (name: string) => ({ main: [[{ node: name, type: 'main' as const, index: 0 }]] });

function bridge(provider: string, providerUrl: string): Workflow {
	const requests = `return [1, 2].map((part) => ({ json: { url: '${providerUrl}/${provider}', part } }))`;
	return ready({
		id: provider,
		name: provider,
		nodes: [
			node("Agent's Message", `${PACKAGE}.respondIoCustomChannelTrigger`, 2, {}),
			node('Two Requests', 'n8n-nodes-base.code', 2, { jsCode: requests }),
			node('Send', 'n8n-nodes-base.httpRequest', 4.2, {
				method: 'POST',
				url: '={{ $json.url }}',
				sendBody: true,
				specifyBody: 'json',
				jsonBody: '={{ { part: $json.part } }}',
				options: {},
			}),
			node('Accept', `${PACKAGE}.respondIoCustomChannel`, 2, {
				resource: 'outgoingMessage',
				operation: 'accept',
				messageId: '={{ $json.message_id }}',
			}),
			node('From Provider', 'n8n-nodes-base.webhook', 2.1, {
				httpMethod: 'POST',
				path: provider,
				responseMode: 'lastNode',
				options: {},
			}),
			node('Relay', `${PACKAGE}.respondIoCustomChannel`, 2, {
				resource: 'provider',
				operation: 'relay',
				provider,
			}),
		],
		connections: {
			"Agent's Message": to('Two Requests'),
			'Two Requests': to('Send'),
			Send: to('Accept'),
			'From Provider': to('Relay'),
		},
		settings: { executionOrder: 'v1' },
	});
}

let server: http.Server;
let stage: Stage;
const workflows: Record<string, Workflow> = {};
let count = 0;
/** What n8n says to the echoes, which the provider sends before it answers. */
let told: Array<Promise<unknown>> = [];

const report = async (provider: string, id: string) =>
	(
		await axios.post<unknown>(`${stage.n8n.url}/webhook/${provider}`, ECHOES[provider](id), {
			proxy: false,
		})
	).data;

beforeAll(async () => {
	server = http.createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const { part } = JSON.parse(Buffer.concat(chunks).toString()) as { part: number };
			const message_id = `m_${++count}.${part}`;
			told.push(report(String(request.url).slice(1), message_id));
			response.setHeader('content-type', 'application/json');
			setTimeout(() => response.end(JSON.stringify({ message_id })), part === 2 ? SLOW : 0);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	stage = await openStage({
		workflows: () =>
			Object.keys(ECHOES).map((provider) => {
				workflows[provider] = bridge(provider, `http://127.0.0.1:${port}`);
				return workflows[provider];
			}),
	});
});
afterAll(async () => {
	await stage?.close();
	server.closeAllConnections();
	await new Promise((resolve) => server.close(resolve));
});

describe.each(Object.keys(ECHOES))('of %s', (provider) => {
	it('none is posted, before the answer and after it; one of another message is', async () => {
		const { respondIo } = stage.sandbox;
		respondIo.reset();
		told = [];
		count = 0;
		stage.sandbox.set({ baseUrl: baseUrlOf(stage.n8n.url, workflows[provider]) });

		const { statusCode, body } = await respondIo.send({
			contactId: CUSTOMER,
			message: { type: 'text', text: 'Hello' },
		});
		const { mId } = body as { mId: string };
		expect({ statusCode, mId }).toEqual({
			statusCode: 200,
			mId: expect.stringMatching(/^m_[12]\.1$/) as string,
		});

		const skipped = { type: 'message_echo', delivery: 'skipped', reason: 'echoOfAccepted' };
		expect(await Promise.all(told)).toMatchObject([skipped, skipped]);
		const ids = mId === 'm_1.1' ? ['m_1.1', 'm_2.2'] : ['m_1.2', 'm_2.1'];
		for (const id of ids) expect(await report(provider, id)).toMatchObject({ ...skipped, mId: id });
		expect(respondIo.ledger).toEqual([]);

		expect(await report(provider, 'm_elsewhere')).toMatchObject({ delivery: 'delivered' });
		expect(respondIo.ledger).toMatchObject([{ type: 'message_echo', mId: 'm_elsewhere' }]);
	});
});
