import axios from 'axios';

import type { AgentInput } from '../../sandbox/respondio';
import type { Workflow } from '../../tools/n8n';
import { baseUrlOf } from '../../tools/templates';
import { openStage, ready, template, until, type Stage } from './stage';

/** The main job: a customer's text, an agent's answer and its receipts, through the installed package. */

const PACKAGE = 'n8n-nodes-respondio-custom-channel';
const TRIGGER = "Agent's Message";

/** Trigger -> one step that decides how the call ends. */
function endsWith(id: string, step: Workflow['nodes'][number], trigger = {}): Workflow {
	return ready({
		id,
		name: id,
		nodes: [
			{
				id: 'trigger',
				name: TRIGGER,
				type: `${PACKAGE}.respondIoCustomChannelTrigger`,
				typeVersion: 1,
				position: [0, 0],
				parameters: trigger,
			},
			step,
		],
		connections: { [TRIGGER]: { main: [[{ node: step.name, type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	});
}

const throwing = endsWith('throwing', {
	id: 'throw',
	name: 'Throw',
	type: 'n8n-nodes-base.stopAndError',
	typeVersion: 1,
	position: [200, 0],
	parameters: { errorMessage: 'the workflow is broken' },
});
const forgetting = endsWith('forgetting', {
	id: 'nothing',
	name: 'Nothing',
	type: 'n8n-nodes-base.noOp',
	typeVersion: 1,
	position: [200, 0],
	parameters: {},
});
const immediate = endsWith(
	'immediate',
	{
		id: 'nothing',
		name: 'Nothing',
		type: 'n8n-nodes-base.noOp',
		typeVersion: 1,
		position: [200, 0],
		parameters: {},
	},
	{ responseMode: 'onReceived', messageTypes: ['text'] },
);

let stage: Stage;
let webChat: Workflow;

beforeAll(async () => {
	stage = await openStage({
		workflows: async ({ url }) => {
			webChat = await template('web-chat', 'webchat', {
				replace: { 'http://127.0.0.1:3100': url },
			});
			return [webChat, throwing, forgetting, immediate];
		},
	});
	stage.sandbox.set({
		baseUrl: baseUrlOf(stage.n8n.url, webChat),
		providerWebhookUrl: `${stage.n8n.url}/webhook/web-chat`,
	});
});

afterAll(async () => await stage?.close());

beforeEach(() => {
	stage.sandbox.respondIo.reset();
	stage.sandbox.webChat.reset();
	stage.sandbox.set({ baseUrl: baseUrlOf(stage.n8n.url, webChat), providerDown: false });
});

const agentSays = async (input: Partial<AgentInput> = {}) =>
	await stage.sandbox.respondIo.send({
		contactId: 'mei',
		message: { type: 'text', text: 'How can we help?' },
		...input,
	});

const executionCount = async (workflow: Workflow) =>
	(await stage.n8n.rest.executions(workflow.id as string)).length;

it("brings a customer's text to respond.io", async () => {
	await stage.sandbox.webChat.write(
		'mei.tan@example.com',
		{ type: 'text', text: 'Hello 👋' },
		'Mei',
	);

	const entry = await until('the message', () => stage.sandbox.respondIo.ledger[0]);

	expect(entry).toMatchObject({
		type: 'message',
		contactId: 'mei=2Etan@example=2Ecom',
		mId: stage.sandbox.webChat.customerMessages[0].id,
		event: {
			timestamp: stage.sandbox.webChat.customerMessages[0].sentAt,
			message: { type: 'text', text: 'Hello 👋' },
		},
	});
	expect(stage.sandbox.respondIo.contacts.get(entry.contactId)).toEqual({ firstName: 'Mei' });
});

it("brings an agent's text to the customer, and its receipts back under the same id", async () => {
	const answer = await agentSays({ contactId: 'mei=2Etan@example=2Ecom' });

	const [sent] = stage.sandbox.webChat.sent;
	expect(sent.message).toMatchObject({ to: 'mei.tan@example.com', text: 'How can we help?' });
	expect(answer).toMatchObject({ ok: true, statusCode: 200, body: { mId: sent.id } });
	const statuses = await until('three statuses', () => {
		const { ledger } = stage.sandbox.respondIo;
		return ledger.length === 3 && ledger;
	});
	expect(
		statuses.map(({ mId, event }) => [mId, event.type === 'message_status' && event.status.value]),
	).toEqual([
		[sent.id, 'sent'],
		[sent.id, 'delivered'],
		[sent.id, 'read'],
	]);
	expect(statuses.every(({ contactId }) => contactId === 'mei=2Etan@example=2Ecom')).toBe(true);
	expect(stage.sandbox.respondIo.requests.every(({ status }) => status === 200)).toBe(true);
});

it('shows the agent why the provider did not take the message', async () => {
	stage.sandbox.set({ providerDown: true });

	const answer = await agentSays();

	expect(answer).toMatchObject({ ok: false, statusCode: 400 });
	expect(answer.error).toBe('The web chat is down for maintenance (503)');
	expect(stage.sandbox.webChat.sent).toEqual([]);
});

describe('a call that is refused starts no execution', () => {
	const cases: Array<[string, Partial<AgentInput>, number, RegExp]> = [
		['without a token', { override: { token: null } }, 401, /no bearer token/],
		[
			'with another token',
			{ override: { token: 'sandbox-tokem' } },
			401,
			/token is not this channel's/,
		],
		['for another channel', { override: { channelId: 'other' } }, 403, /another channel/],
		[
			'without a contact',
			{ override: { rawBody: '{"message":{"type":"text","text":"x"}}' } },
			400,
			/contactId/,
		],
		['without a message', { override: { rawBody: '{"contactId":"mei"}' } }, 400, /message/],
		[
			'with an empty text',
			{ message: { type: 'text', text: '' } },
			400,
			/message\.text must not be empty/,
		],
		['that is an array', { override: { rawBody: '[]' } }, 400, /contactId|object/],
	];

	it.each(cases)('%s', async (_name, input, statusCode, reason) => {
		const before = await executionCount(webChat);

		const answer = await agentSays(input);

		expect(answer).toMatchObject({ ok: false, statusCode });
		expect(answer.body).toEqual({ error: { message: expect.stringMatching(reason) } });
		expect(await executionCount(webChat)).toBe(before);
	});

	it('of a type that is not chosen', async () => {
		stage.sandbox.set({ baseUrl: baseUrlOf(stage.n8n.url, immediate) });
		const before = await executionCount(immediate);
		const answer = await agentSays({ message: { type: 'location', latitude: 1, longitude: 2 } });
		expect(answer).toMatchObject({ ok: false, statusCode: 400 });
		expect(answer.error).toContain('Messages of type "location" are not sent');
		expect(await executionCount(immediate)).toBe(before);
	});

	it('with bad JSON (n8n itself answers)', async () => {
		const before = await executionCount(webChat);
		const answer = await agentSays({ override: { rawBody: '{"contactId":' } });
		expect(answer).toMatchObject({ ok: false, statusCode: 422 });
		expect(await executionCount(webChat)).toBe(before);
	});

	it('at an unknown path (n8n itself answers)', async () => {
		const before = await executionCount(webChat);
		const answer = await agentSays({ override: { path: '/message/message' } });
		expect(answer).toMatchObject({ ok: false, statusCode: 404 });
		expect(await executionCount(webChat)).toBe(before);
	});
});

it('answers 500 in the shape of the protocol when the workflow throws', async () => {
	stage.sandbox.set({ baseUrl: baseUrlOf(stage.n8n.url, throwing) });
	const answer = await agentSays();
	expect(answer).toMatchObject({ ok: false, statusCode: 500 });
	expect(answer.body).toEqual({ error: { message: expect.stringContaining('workflow failed') } });
});

it('answers 502 when the workflow ends without an answer', async () => {
	stage.sandbox.set({ baseUrl: baseUrlOf(stage.n8n.url, forgetting) });
	const answer = await agentSays();
	expect(answer).toMatchObject({ ok: false, statusCode: 502 });
	expect(answer.body).toEqual({
		error: {
			message:
				'The n8n workflow ended without an answer: no Accept, Reject or Answer step was reached for this message.',
		},
	});
});

it('answers at once with a fresh id where the trigger responds immediately', async () => {
	stage.sandbox.set({ baseUrl: baseUrlOf(stage.n8n.url, immediate) });
	const [first, second] = [await agentSays(), await agentSays()];
	expect(first).toMatchObject({ ok: true, statusCode: 200 });
	expect(first.mId).toMatch(/^[0-9a-f-]{36}$/);
	expect(second.mId).not.toBe(first.mId);

	const [execution] = await stage.n8n.rest.waitForExecutions('immediate', 2);
	const { data } = await stage.n8n.rest.execution(execution.id);
	const [[item]] = data.resultData.runData.Nothing[0].data?.main as Array<Array<{ json: object }>>;
	expect(item.json).toMatchObject({
		channelId: 'sandbox-channel',
		contactId: 'mei',
		providerContactId: 'mei',
		mId: second.mId,
		message: { type: 'text', text: 'How can we help?' },
		raw: { contactId: 'mei' },
	});
});

it('keeps the token out of logs and executions', async () => {
	await agentSays();
	const { results } = (await stage.n8n.rest.http.get('/rest/executions?limit=100')).data.data;
	const dumps = await Promise.all(
		results.map(async ({ id }: { id: string }) =>
			JSON.stringify(
				(
					await axios.get(`${stage.n8n.url}/rest/executions/${id}`, {
						headers: stage.n8n.rest.http.defaults.headers.common as never,
						proxy: false,
					})
				).data,
			),
		),
	);
	expect(dumps.length).toBeGreaterThan(0);
	for (const dump of [...dumps, stage.n8n.logs()]) expect(dump).not.toContain('sandbox-token');
});
