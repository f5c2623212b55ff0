import axios from 'axios';
import type { INode } from 'n8n-workflow';

import { fill, type Workflow } from '../../tools/n8n';
import { baseUrlOf, readWorkflow, withChoices } from '../../tools/templates';
import { publishAndFetch, publishing } from './media';
import { CHANNEL, openQueueStage, PACKAGE, ready, template, until, type QueueStage } from './stage';

/** n8n in queue mode with two workers: what the webhook process takes and a worker does fits together. */

jest.setTimeout(240_000);

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
			parameters: { httpMethod: 'POST', path: 'posting', responseMode: 'lastNode', options: {} },
		},
		{
			id: 'post',
			name: 'Post',
			type: `${PACKAGE}.respondIoCustomChannel`,
			typeVersion: 1,
			position: [200, 0],
			parameters: {
				resource: 'message',
				operation: 'post',
				messageType: 'text',
				contactId: '={{ $json.body.contactId }}',
				text: '={{ $json.body.text }}',
				messageId: '={{ $json.body.id }}',
			},
		},
	],
	connections: { In: { main: [[{ node: 'Post', type: 'main', index: 0 }]] } },
	settings: { executionOrder: 'v1' },
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
			return [webChat, immediate, forgetting, throwing, rejecting, posting, publishing];
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

/** How many executions each worker has begun. */
const begun = () =>
	stage.n8n.workers.map(({ logs }) => logs().match(/Worker started execution/g)?.length ?? 0);

it('Accept in a worker answers the call that the webhook process took', async () => {
	const answer = await agentSays(webChat);

	const [sent] = stage.sandbox.webChat.sent;
	expect(answer).toEqual({ ok: true, statusCode: 200, body: { mId: sent.id }, mId: sent.id });
	expect(stage.sandbox.webChat.sent).toHaveLength(1);
	expect(begun().some((count) => count > 0)).toBe(true);
});

it('the receipts follow under the same id, never backwards', async () => {
	const { mId: id } = await agentSays(webChat);
	const { respondIo } = stage.sandbox;
	const statuses = () =>
		respondIo.ledger.flatMap(({ mId, event }) =>
			event.type === 'message_status' && mId === id ? event.status.value : [],
		);
	await until('the last receipt', () => statuses().includes('read'));
	// One that is overtaken is left out.
	expect(['sent delivered read', 'sent read', 'delivered read', 'read']).toContain(
		statuses().join(' '),
	);
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
		'The n8n workflow ended without an answer: no Accept, Reject or Answer step was reached for this message.',
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

const http = axios.create({ proxy: false, validateStatus: () => true });
const calls = async (path: string, body: object) =>
	await http.post(`${stage.n8n.url}/webhook/${path}`, body);

it('what one worker has delivered, every worker skips', async () => {
	const message = { contactId: 'mei', id: 'again and again', text: 'Hello' };
	const before = begun();

	const outcomes: unknown[] = [];
	for (let time = 0; time < 8; time++) {
		const { status, data } = await calls('posting', message);
		outcomes.push([status, data.delivery, data.reason]);
	}

	expect(outcomes).toEqual([
		[200, 'delivered', undefined],
		...Array.from({ length: 7 }, () => [200, 'skipped', 'duplicate']),
	]);
	expect(stage.sandbox.respondIo.ledger).toHaveLength(1);
	expect(begun().every((count, worker) => count > before[worker])).toBe(true);
});

it('what a worker could not deliver is not skipped when it comes again', async () => {
	const message = { contactId: 'mei', id: 'refused at first', text: 'Hello' };
	stage.sandbox.respondIo.setFaults({
		rules: [{ when: { mId: message.id }, times: 1, do: { kind: 'status', status: 400 } }],
	});
	const statuses: number[] = [];
	for (let time = 0; time < 3; time++) statuses.push((await calls('posting', message)).status);
	expect(statuses).toEqual([500, 200, 200]);
	expect(stage.sandbox.respondIo.ledger.map(({ mId }) => mId)).toEqual([message.id]);
});

it('a file that a worker has published is served by the webhook process, out of the database', async () => {
	const { bytes, url, status, contentType, fetched } = await publishAndFetch(stage);
	expect(url.startsWith(`${stage.n8n.url}/webhook/`)).toBe(true);
	expect({ status, contentType }).toEqual({ status: 200, contentType: 'application/pdf' });
	expect(fetched.equals(bytes)).toBe(true);
});

describe('a gate in Redis (docs/recipes/exactly-once-redis.json)', () => {
	/** Seconds for which a claim holds; the recipe's own are too long for a test. */
	const CLAIM = 8;

	beforeAll(async () => {
		const { n8n } = stage;
		const redis = { id: 'redis', name: 'Redis' };
		const workflow = await readWorkflow('docs/recipes/exactly-once-redis.json', {
			'"ttl": 300': `"ttl": ${CLAIM}`,
		});
		const chosen = withChoices(workflow, {
			respondIoCustomChannelApi: { id: n8n.credentialIds[CHANNEL.id], name: CHANNEL.name },
			redis,
		});
		await fill(
			n8n.rest,
			{
				credentials: [{ ...redis, type: 'redis', data: n8n.redis.credential }],
				workflows: [{ ...chosen, id: 'gate' }],
			},
			n8n.url,
		);
	});

	/** Sends until told 200; what was told. */
	const sends = async (message: object) => {
		const told: number[] = [];
		while (told.at(-1) !== 200) {
			if (told.length === 100) throw new Error(`told ${told.join(' ')}`);
			if (told.length > 0) await new Promise((resolve) => setTimeout(resolve, 500));
			const call = calls('exactly-once', { ...message, timestamp: Date.now() });
			told.push(await call.then(({ status }) => status).catch(() => 0));
		}
		return told;
	};
	const arrived = () => stage.sandbox.respondIo.ledger.map(({ mId }) => mId).sort();

	it('posts each message once, though each webhook comes twice at once', async () => {
		const messages = Array.from({ length: 40 }, (_, index) => ({
			contactId: `c${index % 10}`,
			id: `gate ${index + 100}`,
			text: 'Hello',
		}));
		await Promise.all(messages.flatMap((message) => [sends(message), sends(message)]));
		expect(arrived()).toEqual(messages.map(({ id }) => id));
	}, 120_000);

	it('gives a message free that could not be delivered', async () => {
		const { respondIo } = stage.sandbox;
		respondIo.setFaults({ rules: [{ when: {}, times: 1, do: { kind: 'status', status: 400 } }] });
		const message = { contactId: 'mei', id: 'refused once', text: 'Hello' };
		expect(await sends(message)).toEqual([500, 200]);
		expect(await sends(message)).toEqual([200]);
		expect(arrived()).toEqual(['refused once']);
	});

	it('a worker that dies before the post holds the message up for as long as its claim, and no longer', async () => {
		const { respondIo } = stage.sandbox;
		respondIo.setFaults({ rules: [{ when: {}, do: { kind: 'status', status: 503 } }] });
		const message = { contactId: 'mei', id: 'of the dead', text: 'Hello' };
		// Nobody answers this one any more.
		void calls('exactly-once', { ...message, timestamp: Date.now() }).catch(() => {});
		await until('the first attempt', () => respondIo.requests.length > 0);
		const { workers } = stage.n8n;
		await Promise.all(workers.map(async (worker) => await worker.kill()));
		await Promise.all(workers.map(async (worker) => await worker.restart()));
		await Promise.all(workers.map(async (worker) => await worker.ready()));
		respondIo.setFaults();
		expect((await sends(message)).at(-1)).toBe(200);
		expect(arrived()).toEqual(['of the dead']);
	}, 120_000);
});
