import type { INode } from 'n8n-workflow';

import type { Workflow } from '../../tools/n8n';
import { baseUrlOf } from '../../tools/templates';
import { openQueueStage, PACKAGE, ready, template, until, type QueueStage } from './stage';

/** An agent's message, taken by the webhook process and worked on in a worker: the answer finds its way back. */

jest.setTimeout(180_000);

const TRIGGER = "Agent's Message";

/** Trigger -> one step that decides how the call ends. */
function endsWith(id: string, step: Partial<INode>, trigger = {}): Workflow {
	const node = (name: string, more: Partial<INode>) =>
		({ id: name, name, typeVersion: 1, position: [0, 0], parameters: {}, ...more }) as INode;
	return ready({
		id,
		name: id,
		nodes: [
			node(TRIGGER, { type: `${PACKAGE}.respondIoCustomChannelTrigger`, parameters: trigger }),
			node('Step', step),
		],
		connections: { [TRIGGER]: { main: [[{ node: 'Step', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	});
}
const NOTHING = { type: 'n8n-nodes-base.noOp' };

const immediate = endsWith('immediate', NOTHING, { responseMode: 'onReceived' });
const forgetting = endsWith('forgetting', NOTHING);
const throwing = endsWith('throwing', {
	type: 'n8n-nodes-base.stopAndError',
	parameters: { errorMessage: 'the workflow is broken' },
});
const rejecting = endsWith('rejecting', {
	type: `${PACKAGE}.respondIoCustomChannel`,
	parameters: {
		resource: 'outgoingMessage',
		operation: 'reject',
		errorMessage: 'The number is not on this network',
	},
});

let stage: QueueStage;
let webChat: Workflow;

beforeAll(async () => {
	stage = await openQueueStage({
		// A cluster keeps no order between calls that come at one moment.
		settings: { receiptDelay: 1500 },
		workflows: async ({ url }) => {
			webChat = await template('web-chat', 'webchat', {
				replace: { 'http://127.0.0.1:3100': url },
			});
			return [webChat, immediate, forgetting, throwing, rejecting];
		},
	});
	stage.sandbox.set({ providerWebhookUrl: `${stage.n8n.url}/webhook/web-chat` });
});
afterAll(async () => await stage?.close());
beforeEach(() => {
	stage.sandbox.respondIo.reset();
	stage.sandbox.webChat.reset();
	stage.sandbox.set({ providerDown: false });
});

const agentSays = async (workflow: Workflow) => {
	stage.sandbox.set({ baseUrl: baseUrlOf(stage.n8n.url, workflow) });
	const { ok, statusCode, body, mId } = await stage.sandbox.respondIo.send({
		contactId: 'mei',
		message: { type: 'text', text: 'How can we help?' },
	});
	return { ok, statusCode, body, mId };
};

it('Accept in a worker answers the call that the webhook process took, and the receipts follow in order', async () => {
	const answer = await agentSays(webChat);

	const [sent] = stage.sandbox.webChat.sent;
	expect(answer).toEqual({ ok: true, statusCode: 200, body: { mId: sent.id }, mId: sent.id });
	const { respondIo } = stage.sandbox;
	await until('three statuses', () => respondIo.ledger.length === 3);
	expect(
		respondIo.ledger.map(({ mId, event }) => [
			mId,
			event.type === 'message_status' && event.status.value,
		]),
	).toEqual([
		[sent.id, 'sent'],
		[sent.id, 'delivered'],
		[sent.id, 'read'],
	]);
	expect(stage.n8n.workers.map(({ logs }) => logs()).join()).toMatch(/started execution/);
});

it("a customer's text reaches respond.io", async () => {
	await stage.sandbox.webChat.write('mei', { type: 'text', text: 'Hello 👋' }, 'Mei');
	const entry = await until('the message', () => stage.sandbox.respondIo.ledger[0]);
	expect([entry.contactId, entry.type, entry.mId]).toEqual([
		'mei',
		'message',
		stage.sandbox.webChat.customerMessages[0].id,
	]);
});

it('Reject in a worker answers with its reason', async () => {
	expect(await agentSays(rejecting)).toEqual({
		ok: false,
		statusCode: 400,
		body: { error: { message: 'The number is not on this network' } },
	});
});

it.each<[string, () => Workflow, number, string]>([
	[
		'a workflow that fails',
		() => throwing,
		500,
		'The n8n workflow failed before it answered. Its error is in the list of executions.',
	],
	[
		'a workflow that never answers',
		() => forgetting,
		502,
		'The n8n workflow ended without an answer: no Accept or Reject step was reached for this message.',
	],
])('%s is answered in the shape of the protocol', async (_what, workflow, statusCode, message) => {
	const answer = await agentSays(workflow());
	expect(answer).toEqual({ ok: false, statusCode, body: { error: { message } } });
});

it('answered at once, the message has a fresh id each time, which the worker sees', async () => {
	const answers = [await agentSays(immediate), await agentSays(immediate)];
	expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
	const executions = await stage.n8n.rest.waitForExecutions('immediate', 2);
	const seen = await Promise.all(
		executions.map(async ({ id }) => {
			const { data } = await stage.n8n.rest.execution(id);
			const [[item]] = data.resultData.runData.Step[0].data?.main as Array<
				Array<{ json: { mId: string } }>
			>;
			return item.json.mId;
		}),
	);
	expect(new Set(seen)).toEqual(new Set(answers.map(({ mId }) => mId)));
	expect(new Set(seen).size).toBe(2);
});
