import type { INode } from 'n8n-workflow';

import type { Workflow } from '../../tools/n8n';
import { baseUrlOf } from '../../tools/templates';
import { channelData, openStage, ready, type Stage } from './stage';

/** Whether somebody will answer respond.io is asked before a workflow starts, and the token not at every call. */

const PACKAGE = 'n8n-nodes-respondio-custom-channel';
const node = (name: string, type: string, typeVersion: number, parameters: INode['parameters']) =>
	({ id: name, name, type, typeVersion, position: [0, 0], parameters }) as INode;
const trigger = (typeVersion = 2, responseMode = 'responseNode') =>
	node('Trigger', `${PACKAGE}.respondIoCustomChannelTrigger`, typeVersion, {
		responseMode,
		messageTypes: ['text'],
		options: {},
	});
const accept = (more: Partial<INode> = {}): INode => ({
	...node('Accept', `${PACKAGE}.respondIoCustomChannel`, 2, {
		resource: 'outgoingMessage',
		operation: 'accept',
		messageId: '={{ $json.mId }}',
	}),
	...more,
});
const nothing = node('Nothing', 'n8n-nodes-base.noOp', 1, {});
const row = (id: string, ...nodes: INode[]): Workflow =>
	ready({
		id,
		name: id,
		nodes,
		connections: Object.fromEntries(
			nodes
				.slice(1)
				.map(({ name }, index) => [
					nodes[index].name,
					{ main: [[{ node: name, type: 'main' as const, index: 0 }]] },
				]),
		),
		settings: { executionOrder: 'v1', saveManualExecutions: true },
	});

const WORKFLOWS = [
	row('none', trigger(), nothing),
	row('disabled', trigger(), nothing, accept({ disabled: true })),
	// n8n publishes what is called first.
	row(
		'called',
		node('Start', 'n8n-nodes-base.executeWorkflowTrigger', 1.1, { inputSource: 'passthrough' }),
		accept(),
	),
	row(
		'sub-workflow',
		trigger(),
		node('Call', 'n8n-nodes-base.executeWorkflow', 1.2, {
			workflowId: { __rl: true, mode: 'id', value: 'called' },
			options: {},
		}),
	),
	row('answered', trigger(), nothing, accept()),
	row('at-once', trigger(2, 'onReceived'), nothing),
	row('old', trigger(1), nothing),
];

let stage: Stage;
let say: (workflow: string) => ReturnType<Stage['sandbox']['respondIo']['send']>;
beforeAll(async () => {
	stage = await openStage({ workflows: () => WORKFLOWS });
	say = async (id) => {
		const workflow = WORKFLOWS.find((each) => each.id === id) as Workflow;
		stage.sandbox.set({ baseUrl: baseUrlOf(stage.n8n.url, workflow) });
		const message = { type: 'text', text: 'Hello' };
		return await stage.sandbox.respondIo.send({ contactId: 'mei', message });
	};
});
afterAll(async () => await stage?.close());

it.each(['none', 'disabled', 'sub-workflow'])(
	'%s: respond.io is told what is missing, and nothing starts',
	async (id) => {
		const { statusCode, body } = await say(id);
		expect([statusCode, body]).toEqual([
			500,
			{
				error: {
					message:
						'No step of this workflow answers respond.io, so the message was not sent. Add an "Outgoing Message" step behind the trigger and keep it switched on (Answer from Responses, or Accept and Reject), or let the trigger respond immediately.',
				},
			},
		]);
		expect(await stage.n8n.rest.executions(id)).toEqual([]);
	},
);

it.each(['answered', 'at-once'])('%s: the workflow starts', async (id) => {
	expect(await say(id)).toMatchObject({ ok: true, statusCode: 200 });
	expect(await stage.n8n.rest.waitForExecutions(id, 1)).toHaveLength(1);
});

it('version 1 starts without a step that answers, as it always did', async () => {
	expect(await say('old')).toMatchObject({
		statusCode: 502,
		body: {
			error: {
				message:
					'The n8n workflow ended without an answer: no Accept, Reject or Answer step was reached for this message.',
			},
		},
	});
	expect(await stage.n8n.rest.waitForExecutions('old', 1)).toHaveLength(1);
});

it('a token that was replaced in the credential is refused ten seconds later at the latest', async () => {
	const id = stage.n8n.credentialIds.channel;
	expect(await say('answered')).toMatchObject({ statusCode: 200 });
	const began = Date.now();
	await stage.n8n.rest.http.patch(`/rest/credentials/${id}`, {
		name: 'Sandbox channel',
		type: 'respondIoCustomChannelApi',
		data: { ...channelData(stage.sandbox), apiToken: 'the-new-token' },
	});
	let answer = await say('answered');
	while (answer.statusCode === 200 && Date.now() - began < 12_000) {
		await new Promise((resolve) => setTimeout(resolve, 250));
		answer = await say('answered');
	}
	expect(answer.statusCode).toBe(401);
	expect(Date.now() - began).toBeLessThan(11_500);
	// A workflow of version 1 refuses it at once.
	expect((await say('old')).statusCode).toBe(401);
	stage.sandbox.set({ apiToken: 'the-new-token' });
	expect(await say('answered')).toMatchObject({ statusCode: 200 });
});
