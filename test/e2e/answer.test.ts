import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

import axios from 'axios';

import type { AgentInput } from '../../sandbox/respondio';
import type { Workflow } from '../../tools/n8n';
import { baseUrlOf } from '../../tools/templates';
import { openStage, ready, until, type Stage } from './stage';

/** The answer to an agent's message of one and of several requests, on the real n8n. */

type Node = Workflow['nodes'][number];

const PACKAGE = 'n8n-nodes-respondio-custom-channel';
const CHANNEL_NODE = `${PACKAGE}.respondIoCustomChannel`;
const TRIGGER = "Agent's Message";
/** Three parts of WhatsApp's 4,096 characters. */
const LONG = `one${'.'.repeat(4090)} two${'.'.repeat(4090)} three`;

/** A provider with the Graph API's form: takes WhatsApp messages, and refuses those whose text holds `refuse`. */
async function openProvider() {
	const taken: string[] = [];
	let delay: (text: string) => number = () => 0;
	let isDown = false;
	const server = http.createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const body = JSON.parse(Buffer.concat(chunks).toString()) as { text: { body: string } };
			const text = body.text.body;
			const answer = () => {
				response.setHeader('content-type', 'application/json');
				if (isDown) request.socket.destroy();
				else if (refusing !== undefined && text.includes(refusing)) {
					response.statusCode = 400;
					response.end(
						JSON.stringify({
							error: { message: '(#131047) Re-engagement message', code: 131047 },
						}),
					);
				} else {
					taken.push(text.slice(0, 5).replace(/[ .]/g, ''));
					references.push((body as { biz_opaque_callback_data?: string }).biz_opaque_callback_data);
					response.end(JSON.stringify({ messages: [{ id: `wamid.${taken.length}` }] }));
				}
			};
			setTimeout(answer, delay(text));
		});
	});
	let refusing: string | undefined;
	const references: Array<string | undefined> = [];
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		taken,
		references,
		reset() {
			taken.length = 0;
			references.length = 0;
			refusing = undefined;
			isDown = false;
			delay = () => 0;
		},
		refuse(text: string) {
			refusing = text;
		},
		slow(to: (text: string) => number) {
			delay = to;
		},
		down(down: boolean) {
			isDown = down;
		},
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		},
	};
}

const node = (name: string, type: string, parameters: object, more: object = {}): Node =>
	({
		id: name,
		name,
		type,
		typeVersion: 2,
		position: [0, 0],
		parameters,
		...more,
	}) as Node;

const trigger = (parameters = {}) =>
	node(TRIGGER, `${PACKAGE}.respondIoCustomChannelTrigger`, parameters, { typeVersion: 1 });
const build = (parameters: object) =>
	node('Build Request', CHANNEL_NODE, {
		resource: 'provider',
		operation: 'buildRequest',
		contactId: '={{ $json.providerContactId }}',
		...parameters,
	});
const whatsapp = () =>
	build({ provider: 'whatsapp', phoneNumberId: '1', settings: { baseUrl: provider.url } });
const loop = () =>
	node('Loop Over Items', 'n8n-nodes-base.splitInBatches', { options: {} }, { typeVersion: 3 });
const send = (more: object = {}, parameters: object = {}) =>
	node(
		'Send',
		'n8n-nodes-base.httpRequest',
		{
			method: 'POST',
			url: '={{ $json.url }}',
			sendBody: true,
			specifyBody: 'json',
			jsonBody: '={{ $json.body }}',
			options: {},
			...parameters,
		},
		{ typeVersion: 4.2, onError: 'continueRegularOutput', ...more },
	);
const answer = (parameters: object = { provider: 'whatsapp' }, more: object = {}) =>
	node(
		'Answer',
		CHANNEL_NODE,
		{ resource: 'outgoingMessage', operation: 'answer', ...parameters },
		more,
	);
const accept = (messageId: string) =>
	node('Accept', CHANNEL_NODE, { resource: 'outgoingMessage', operation: 'accept', messageId });
const reject = () =>
	node('Reject', CHANNEL_NODE, { resource: 'outgoingMessage', operation: 'reject' });

const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];

/** Each step after the one before it; a loop goes on at its second output, and back to it from the last step. */
function workflow(id: string, nodes: Node[], more: Workflow['connections'] = {}): Workflow {
	const connections: Workflow['connections'] = {};
	nodes.forEach(({ name, type }, index) => {
		const next = nodes[index + 1]?.name;
		const isLoop = type.endsWith('splitInBatches');
		if (next !== undefined) connections[name] = { main: isLoop ? [[], to(next)] : [to(next)] };
	});
	const first = nodes.find(({ type }) => type.endsWith('splitInBatches'));
	if (first !== undefined) connections[nodes[nodes.length - 1].name] = { main: [to(first.name)] };
	return ready({
		id,
		name: id,
		nodes,
		connections: { ...connections, ...more },
		settings: { executionOrder: 'v1' },
	});
}

let provider: Awaited<ReturnType<typeof openProvider>>;
let stage: Stage;
const workflows: Record<string, Workflow> = {};

beforeAll(async () => {
	provider = await openProvider();
	stage = await openStage({
		workflows: ({ url }) => {
			const webChat = build({ provider: 'generic', url: `${url}/provider/messages` });
			const header = { authentication: 'genericCredentialType', genericAuthType: 'httpHeaderAuth' };
			const all = [
				workflow('looped', [trigger(), whatsapp(), loop(), send(), answer()]),
				workflow('error-output', [
					trigger(),
					whatsapp(),
					loop(),
					send(),
					answer(undefined, { onError: 'continueErrorOutput' }),
				]),
				workflow('at-once', [trigger(), whatsapp(), send(), answer()]),
				workflow('web-chat', [trigger(), webChat, loop(), send({}, header), answer({})]),
				workflow('web-chat-reject', [
					trigger(),
					webChat,
					send({ onError: 'continueErrorOutput' }, header),
					reject(),
				]),
				workflow('receipts', [
					node(
						'From Web Chat',
						'n8n-nodes-base.webhook',
						{ httpMethod: 'POST', path: 'receipts', options: {} },
						{ typeVersion: 2.1, webhookId: 'receipts' },
					),
					node('Relay', CHANNEL_NODE, {
						resource: 'provider',
						operation: 'relay',
						provider: 'generic',
						options: {},
					}),
				]),
				workflow('twice', [trigger(), whatsapp(), send(), answer(), accept('again')]),
				workflow('without-reason', [
					trigger(),
					whatsapp(),
					loop(),
					node(
						'Send',
						'n8n-nodes-base.stopAndError',
						{ errorMessage: 'broken' },
						{ typeVersion: 1, onError: 'continueRegularOutput' },
					),
					answer(),
				]),
				workflow('by-hand', [
					trigger(),
					node(
						'Three',
						'n8n-nodes-base.code',
						{
							jsCode: `return ['one', 'two', 'three'].map((body) => ({ json: { url: '${provider.url}', body: { text: { body } } } }))`,
						},
						{ typeVersion: 2 },
					),
					loop(),
					send(),
					answer(),
				]),
				workflow('immediate', [
					trigger({ responseMode: 'onReceived' }),
					whatsapp(),
					loop(),
					send(),
					answer(),
				]),
				workflow('fragile', [
					trigger(),
					whatsapp(),
					loop(),
					send({ onError: 'stopWorkflow' }),
					answer(),
				]),
				workflow('child', [
					node(
						'When Called',
						'n8n-nodes-base.executeWorkflowTrigger',
						{ inputSource: 'passthrough' },
						{ typeVersion: 1.1 },
					),
					whatsapp(),
					loop(),
					send(),
					answer(),
				]),
				workflow('parent', [
					trigger(),
					node(
						'Call',
						'n8n-nodes-base.executeWorkflow',
						{ workflowId: { __rl: true, mode: 'id', value: 'child' } },
						{ typeVersion: 1.2 },
					),
				]),
			];
			const fragile = all.find(({ id }) => id === 'web-chat-reject') as Workflow;
			fragile.connections.Send = { main: [[], to('Reject')] };
			const errorOutput = all.find(({ id }) => id === 'error-output') as Workflow;
			errorOutput.nodes.push(node('Refused', 'n8n-nodes-base.noOp', {}, { typeVersion: 1 }));
			errorOutput.connections.Answer.main.push(to('Refused'));
			for (const each of all) workflows[each.id as string] = each;
			return all;
		},
	});
});

afterAll(async () => {
	await stage?.close();
	await provider?.close();
});

beforeEach(() => {
	stage.sandbox.respondIo.reset();
	stage.sandbox.webChat.reset();
	stage.sandbox.set({ providerDown: false, receipts: ['sent', 'delivered', 'read'] });
	provider.reset();
});

const agentSays = async (
	id: string,
	message: AgentInput['message'] = { type: 'text', text: LONG },
) => {
	stage.sandbox.set({ baseUrl: baseUrlOf(stage.n8n.url, workflows[id]) });
	const { statusCode, body } = await stage.sandbox.respondIo.send({
		contactId: '491234567',
		message,
	});
	return { statusCode, body };
};

const lastExecution = async (id: string) => {
	const [{ id: execution }] = await stage.n8n.rest.waitForExecutions(id, 1);
	return await stage.n8n.rest.execution(execution);
};

const refusal = (message: string) => ({ statusCode: 400, body: { error: { message } } });

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;

describe('in a loop', () => {
	it("answers with the trigger's id when every part was taken, and sends them in order", async () => {
		// The first takes longest: all at once, it would come last.
		provider.slow((text) => (text.startsWith('one') ? 300 : 0));

		const { statusCode, body } = await agentSays('looped');

		expect(statusCode).toBe(200);
		expect(body).toEqual({ mId: expect.stringMatching(UUID) });
		expect(provider.taken).toEqual(['one', 'two', 'three']);
		const { mId } = body as { mId: string };
		expect(provider.references).toEqual([1, 2, 3].map((part) => `respondio.${part}.3.${mId}`));
	});

	it("answers with the provider's id where there is one part", async () => {
		expect(await agentSays('looped', { type: 'text', text: 'Hi' })).toEqual({
			statusCode: 200,
			body: { mId: 'wamid.1' },
		});
		expect(provider.references).toEqual([undefined]);
	});

	it.each([
		['one', [], 'Part 1 of 3 was refused: (#131047) Re-engagement message (400); nothing was sent'],
		[
			'two',
			['one'],
			'Part 2 of 3 was refused: (#131047) Re-engagement message (400); part 1 was sent',
		],
		[
			'three',
			['one', 'two'],
			'Part 3 of 3 was refused: (#131047) Re-engagement message (400); parts 1 and 2 were sent',
		],
	])(
		'tells what arrived when part "%s" is refused, and sends no later one',
		async (part, taken, sentence) => {
			provider.refuse(part);

			expect(await agentSays('looped')).toEqual(refusal(sentence));

			expect(provider.taken).toEqual(taken);
			expect((await lastExecution('looped')).status).toBe('success');
		},
	);

	it('tells the reason alone where there is one part', async () => {
		provider.refuse('no');
		expect(await agentSays('looped', { type: 'text', text: 'no' })).toEqual(
			refusal('(#131047) Re-engagement message (400)'),
		);
	});

	it('gives a refusal to the error output', async () => {
		provider.refuse('two');
		const sentence =
			'Part 2 of 3 was refused: (#131047) Re-engagement message (400); part 1 was sent';

		expect(await agentSays('error-output')).toEqual(refusal(sentence));

		const { runData } = (await lastExecution('error-output')).data.resultData;
		expect(runData.Refused).toHaveLength(1);
		expect(runData.Refused[0].data?.main[0]?.map(({ json }) => json.error)).toEqual([
			{ message: sentence },
		]);
		expect(provider.taken).toEqual(['one']);
	});
});

describe('in a loop over requests made by hand', () => {
	it('answers when the last was taken, with its id', async () => {
		expect(await agentSays('by-hand')).toEqual({ statusCode: 200, body: { mId: 'wamid.3' } });
		expect(provider.taken).toEqual(['one', 'two', 'three']);
	});

	it('tells what arrived, and sends no more', async () => {
		provider.refuse('two');
		expect(await agentSays('by-hand')).toEqual(
			refusal('Part 2 of 3 was refused: (#131047) Re-engagement message (400); part 1 was sent'),
		);
		expect(provider.taken).toEqual(['one']);
	});
});

describe('with all requests at once', () => {
	it('answers once, when all were taken', async () => {
		expect(await agentSays('at-once')).toMatchObject({ statusCode: 200 });
		expect(provider.taken.sort()).toEqual(['one', 'three', 'two']);
	});

	it('tells which part was refused, and which were sent', async () => {
		provider.refuse('two');
		expect(await agentSays('at-once')).toEqual(
			refusal(
				'Part 2 of 3 was refused: (#131047) Re-engagement message (400); parts 1 and 3 were sent',
			),
		);
	});
});

describe('with the web chat', () => {
	it("answers with the web chat's id", async () => {
		const answered = await agentSays('web-chat', { type: 'text', text: 'Hi' });
		expect(answered).toEqual({ statusCode: 200, body: { mId: stage.sandbox.webChat.sent[0].id } });
	});

	it('shows the receipts of both parts at the one message', async () => {
		stage.sandbox.set({ providerWebhookUrl: `${stage.n8n.url}/webhook/receipts` });

		const { statusCode, body } = await agentSays('web-chat', {
			type: 'attachment',
			attachment: { type: 'video', url: `${stage.sandbox.url}/a.mp4`, description: 'Look' },
		});

		expect(statusCode).toBe(200);
		const { mId } = body as { mId: string };
		const { sent } = stage.sandbox.webChat;
		expect(sent.map(({ message }) => message)).toMatchObject([
			{ type: 'video', reference: `respondio.1.2.${mId}` },
			{ type: 'text', text: 'Look', reference: `respondio.2.2.${mId}` },
		]);
		await until('all receipts', () => sent.every(({ receipts }) => receipts.length === 3));
		// Those of the first part tell nothing of the whole.
		const ledger = await until('three statuses', () => {
			const { ledger: entries } = stage.sandbox.respondIo;
			return entries.length === 3 && entries;
		});
		expect(
			ledger.map(({ event, mId: of }) => [
				of,
				event.type === 'message_status' && event.status.value,
			]),
		).toEqual([
			[mId, 'sent'],
			[mId, 'delivered'],
			[mId, 'read'],
		]);
	});

	it('shows the message as failed when any part of it failed', async () => {
		const { webChat, respondIo } = stage.sandbox;
		stage.sandbox.set({ providerWebhookUrl: `${stage.n8n.url}/webhook/receipts`, receipts: [] });
		const { body } = await agentSays('web-chat', {
			type: 'attachment',
			attachment: { type: 'video', url: `${stage.sandbox.url}/a.mp4`, description: 'Look' },
		});

		await webChat.report(webChat.sent[1], 'sent');
		await webChat.report(webChat.sent[0], 'failed', 'The file can not be shown');

		const ledger = await until(
			'both statuses',
			() => respondIo.ledger.length === 2 && respondIo.ledger,
		);
		const { mId } = body as { mId: string };
		expect(
			ledger.map(({ mId: of, event }) => [of, event.type === 'message_status' && event.status]),
		).toEqual(
			expect.arrayContaining([
				[mId, { value: 'sent' }],
				[mId, { value: 'failed', message: 'The file can not be shown' }],
			]),
		);
	});

	it.each(['web-chat', 'web-chat-reject'])(
		"shows the agent the web chat's own words: %s",
		async (id) => {
			stage.sandbox.set({ providerDown: true });
			expect(await agentSays(id, { type: 'text', text: 'Hi' })).toEqual(
				refusal('The web chat is down for maintenance (503)'),
			);
		},
	);
});

it('never tells "sent" of a step that failed as a whole: n8n hands its input on', async () => {
	expect(await agentSays('without-reason', { type: 'text', text: 'Hi' })).toEqual(
		refusal('The sending step failed and did not say why: its error is in the list of executions.'),
	);
	expect(provider.taken).toEqual([]);
});

it('gives one answer, and says so at a second answering step', async () => {
	expect(await agentSays('twice', { type: 'text', text: 'Hi' })).toEqual({
		statusCode: 200,
		body: { mId: 'wamid.1' },
	});
	const { runData } = (await lastExecution('twice')).data.resultData;
	expect(runData.Accept[0].hints?.map(({ message }) => message)).toEqual([
		'respond.io has its answer already: an earlier step of this execution gave it, and a message gets one alone. What this step found was not told to respond.io.',
	]);
});

describe('where nobody waits', () => {
	it('says so behind a trigger that answers at once', async () => {
		const { statusCode } = await agentSays('immediate', { type: 'text', text: 'Hi' });
		expect(statusCode).toBe(200);
		const { status, data } = await lastExecution('immediate');
		expect(status).toBe('error');
		expect(data.resultData.error).toMatchObject({
			message: `Nobody waits for this answer: "Agent's Message" has told respond.io at once that the message was taken`,
			description: `In "Agent's Message" set Respond to the option with an answering step, or remove this step and report refusals with Message Status: Post.`,
		});
	});

	it('hints it at the editor', async () => {
		const listened = await stage.n8n.rest.http.post('/rest/workflows/immediate/run', {
			triggerToStartFrom: { name: TRIGGER },
		});
		expect(listened.data).toEqual({ data: { waitingForWebhook: true } });

		const { channelId, apiToken } = stage.sandbox.settings();
		const url = baseUrlOf(stage.n8n.url, workflows.immediate).replace(
			'/webhook/',
			'/webhook-test/',
		);
		const { status } = await axios.post(
			`${url}/message`,
			{ channelId, contactId: '491234567', message: { type: 'text', text: 'Hi' } },
			{ proxy: false, headers: { authorization: `Bearer ${apiToken}` } },
		);
		expect(status).toBe(200);

		const [{ id, mode }] = await stage.n8n.rest.waitForExecutions('immediate', 2);
		expect(mode).toBe('manual');
		const { runData, error } = (await stage.n8n.rest.execution(id)).data.resultData;
		expect(error).toBeUndefined();
		expect(runData.Answer[0].hints?.map(({ message }) => message)).toEqual([
			`Nobody waits for this answer: "Agent's Message" has told respond.io at once that the message was taken. In "Agent's Message" set Respond to the option with an answering step, or remove this step and report refusals with Message Status: Post.`,
		]);
	});

	it('says so in a sub-workflow', async () => {
		const { statusCode } = await agentSays('parent', { type: 'text', text: 'Hi' });
		expect(statusCode).toBe(500);
		const { data } = await lastExecution('child');
		expect(data.resultData.error?.message).toBe(
			'Nobody waits for this answer: n8n lets no sub-workflow answer the caller of the main one',
		);
	});

	it('says so in a retry, once the parts that were left are sent', async () => {
		provider.slow((text) => {
			if (text.startsWith('two')) provider.down(true);
			return 0;
		});
		const { statusCode } = await agentSays('fragile');
		expect(statusCode).toBe(500);
		expect(provider.taken).toEqual(['one']);
		const { id } = await lastExecution('fragile');

		provider.slow(() => 0);
		provider.down(false);
		await stage.n8n.rest.http.post(`/rest/executions/${id}/retry`, { loadWorkflow: false });

		const [{ id: retried, mode }] = await stage.n8n.rest.waitForExecutions('fragile', 2);
		expect(mode).toBe('retry');
		expect(provider.taken).toEqual(['one', 'two', 'three']);
		const { data } = await stage.n8n.rest.execution(retried);
		expect(data.resultData.error?.message).toBe(
			'Nobody waits for this answer: the execution is a retry, and respond.io was answered when the first one failed',
		);
	});
});
