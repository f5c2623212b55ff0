import { setTimeout as sleep } from 'node:timers/promises';
import axios, { type AxiosInstance } from 'axios';
import { Agent } from 'node:http';
import type { IConnections, INode } from 'n8n-workflow';

import type { Sandbox } from '../../sandbox/server';
import type { Workflow } from '../../tools/n8n';
import { readTemplate, withChoices } from '../../tools/templates';
import type { Report } from '../../tools/run';
import { goal, shown, spreadOf } from './figures';
import { processorTime } from './memory';
import {
	chain,
	itemsOfCall,
	node,
	openStage,
	PACKAGE,
	RESPOND_IO,
	type Stage,
	WEB_CHAT,
} from './stage';

const SETTINGS: Workflow['settings'] = { executionOrder: 'v1', saveDataSuccessExecution: 'none' };
/** Of n8n's list of processed items: as many as a workflow remembers. */
const FULL_MEMORY = 10_000;

const trigger = (responseMode: 'onReceived' | 'responseNode') =>
	node("Agent's Message", `${PACKAGE}.respondIoCustomChannelTrigger`, 2, {
		responseMode,
		messageTypes: ['text', 'image', 'video', 'audio', 'file', 'location', 'quickReply'],
		options: {},
	});
/** n8n's own, which asks for the same token. */
const webhook = (
	path: string,
	responseMode: 'onReceived' | 'responseNode',
	hasToken = true,
): INode => ({
	...node('Webhook', 'n8n-nodes-base.webhook', 2.1, {
		httpMethod: 'POST',
		path,
		responseMode,
		...(hasToken && { authentication: 'headerAuth' }),
		options: {},
	}),
	...(hasToken && { credentials: { httpHeaderAuth: RESPOND_IO.httpHeaderAuth } }),
});
const accept = node('Accept', `${PACKAGE}.respondIoCustomChannel`, 2, {
	resource: 'outgoingMessage',
	operation: 'accept',
	messageId: '={{ $json.mId }}',
});
const respond = (id: string) =>
	node('Respond', 'n8n-nodes-base.respondToWebhook', 1.4, {
		respondWith: 'json',
		responseBody: `={{ { mId: ${id} } }}`,
		options: {},
	});
const nothing = node('Nothing', 'n8n-nodes-base.noOp', 1, {});

/** What people build by hand: the token, the type, the provider's form, the answer. */
const handBuilt = (url: string): Workflow => {
	const isText = node('If', 'n8n-nodes-base.if', 2.2, {
		conditions: {
			options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
			conditions: [
				{
					id: 'a',
					leftValue: '={{ $json.body.message.type }}',
					rightValue: 'text',
					operator: { type: 'string', operation: 'equals' },
				},
			],
			combinator: 'and',
		},
		options: {},
	});
	const send = node('Send', 'n8n-nodes-base.httpRequest', 4.2, {
		method: 'POST',
		url,
		authentication: 'genericCredentialType',
		genericAuthType: 'httpHeaderAuth',
		sendBody: true,
		specifyBody: 'json',
		jsonBody: "={{ { to: $json.body.contactId, type: 'text', text: $json.body.message.text } }}",
		options: {},
	});
	const nodes = [webhook('hand-built', 'responseNode'), isText, send, respond('$json.id')];
	return chain('hand-built', nodes, SETTINGS, WEB_CHAT);
};

/** The template as it comes, but for the address of the web chat, and executions that are not saved. */
const webChat = async (id: string, sandbox: Sandbox): Promise<Workflow> => {
	const template = await readTemplate('web-chat', { 'http://127.0.0.1:3100': sandbox.url });
	const nodes = template.nodes.map((each) =>
		each.type === 'n8n-nodes-base.webhook'
			? { ...each, parameters: { ...each.parameters, path: id } }
			: each,
	);
	return withChoices({ ...template, nodes, id, name: id, settings: SETTINGS }, WEB_CHAT);
};

/** The workflow with a webhook beside it that fills its memory with messages of customers. */
const withFilling = (workflow: Workflow): Workflow => {
	const filling = chain(`fill-${workflow.id}`, [
		...itemsOfCall(`fill-${workflow.id}`),
		node('Fill', `${PACKAGE}.respondIoCustomChannel`, 2, {
			resource: 'message',
			operation: 'post',
			contactId: '={{ $json.contactId }}',
			messageType: 'text',
			text: 'Hello',
			messageId: '={{ $json.mId }}',
			options: { eventsPerRequest: 100 },
		}),
	]);
	return {
		...workflow,
		nodes: [...workflow.nodes, ...filling.nodes],
		connections: { ...workflow.connections, ...filling.connections } as IConnections,
	};
};

interface Subject {
	id: string;
	name: string;
	/** The id of what it is measured beside. */
	beside?: string;
	/** Its memory is filled before. */
	isFull?: boolean;
	workflow(sandbox: Sandbox): Workflow | Promise<Workflow>;
}

const ours = (id: string, nodes: INode[]) => chain(id, nodes, SETTINGS);
const withAccept = (id: string) => ours(id, [trigger('responseNode'), accept]);

const SUBJECTS: readonly Subject[] = [
	{
		id: 'webhook-alone',
		name: "n8n's Webhook, header auth, immediately",
		workflow: () =>
			chain('webhook-alone', [webhook('webhook-alone', 'onReceived'), nothing], SETTINGS),
	},
	{
		id: 'trigger-alone',
		name: 'trigger, immediately',
		beside: 'webhook-alone',
		workflow: () => ours('trigger-alone', [trigger('onReceived'), nothing]),
	},
	{
		id: 'webhook-respond',
		name: "n8n's Webhook, header auth → Respond",
		workflow: () =>
			chain(
				'webhook-respond',
				[webhook('webhook-respond', 'responseNode'), respond('$json.body.contactId')],
				SETTINGS,
			),
	},
	{
		id: 'webhook-open',
		name: "n8n's Webhook, no token → Respond",
		beside: 'webhook-respond',
		workflow: () =>
			chain(
				'webhook-open',
				[webhook('webhook-open', 'responseNode', false), respond('$json.body.contactId')],
				SETTINGS,
			),
	},
	{
		id: 'trigger-accept',
		name: 'trigger → Accept',
		beside: 'webhook-respond',
		workflow: () => withAccept('trigger-accept'),
	},
	{
		id: 'trigger-accept-empty',
		name: 'trigger → Accept, beside what can fill its memory',
		workflow: () => withFilling(withAccept('trigger-accept-empty')),
	},
	{
		id: 'trigger-accept-full',
		name: 'trigger → Accept, full memory',
		beside: 'trigger-accept-empty',
		isFull: true,
		workflow: () => withFilling(withAccept('trigger-accept-full')),
	},
	{
		id: 'hand-built',
		name: 'hand-built: Webhook → IF → HTTP Request → Respond',
		workflow: ({ url }) => handBuilt(`${url}/provider/messages`),
	},
	{
		id: 'template',
		name: 'web-chat template',
		beside: 'hand-built',
		workflow: async (sandbox) => await webChat('template', sandbox),
	},
	{
		id: 'template-empty',
		name: 'web-chat template, beside what can fill its memory',
		workflow: async (sandbox) => withFilling(await webChat('template-empty', sandbox)),
	},
	{
		id: 'template-full',
		name: 'web-chat template, full memory',
		beside: 'template-empty',
		isFull: true,
		workflow: async (sandbox) => withFilling(await webChat('template-full', sandbox)),
	},
];

/** The production URL that a call of respond.io's goes to. */
const urlOf = ({ n8n, workflows }: Stage, id: string): string => {
	const nodes = workflows.find((each) => each.id === id)?.nodes ?? [];
	const ownTrigger = nodes.find(({ type }) => type.endsWith('.respondIoCustomChannelTrigger'));
	const path = ownTrigger ? `${ownTrigger.webhookId}/message` : id;
	return `${n8n.url}/webhook/${path}`;
};

const fill = async (stage: Stage, id: string) => {
	const pack = 1000;
	for (let done = 0; done < FULL_MEMORY; done += pack) {
		const items = Array.from({ length: pack }, (_, index) => ({
			contactId: `c${index % 10}`,
			mId: `${id} ${done + index}`,
		}));
		const { status } = await stage.call(`fill-${id}`, { items });
		if (status !== 200) throw new Error(`filling the memory of ${id} ended with ${status}`);
	}
};

interface Figures {
	/** Executions a second. */
	rate: number;
	/** Milliseconds of n8n's processor time for each: says more than the rate on a machine that others use too. */
	cost: number;
}

/** Calls that wait for their answers on so many connections, until n8n has done all that they started. */
const load = async (
	stage: Stage,
	http: AxiosInstance,
	id: string,
	connections: number,
	seconds: number,
): Promise<Figures> => {
	const url = urlOf(stage, id);
	const { apiToken: token, channelId } = stage.sandbox.settings();
	const headers = { authorization: `Bearer ${token}` };
	const message = { type: 'text', text: 'How can we help you?' };
	const pid = stage.n8n.pid();
	const used = await processorTime(pid);
	const began = performance.now();
	let count = 0;
	const connection = async () => {
		while (performance.now() - began < seconds * 1000) {
			const { status, data } = await http.post(
				url,
				{ channelId, contactId: 'mei', message },
				{ headers },
			);
			if (status !== 200) throw new Error(`${id} answered ${status}: ${JSON.stringify(data)}`);
			count++;
		}
	};
	await Promise.all(Array.from({ length: connections }, connection));
	// Where the answer comes at once, executions are still under way.
	const isBusy = async () =>
		(await stage.n8n.rest.executions(id)).some(({ status }) => /new|running/.test(status));
	while (await isBusy()) await sleep(20);
	return {
		rate: (count / (performance.now() - began)) * 1000,
		cost: ((await processorTime(pid)) - used) / count,
	};
};

interface Row {
	setting: string;
	connections: number;
	subject: Subject;
	figures: Figures[];
	/** Of rates, and of costs upside down: 2 is twice as fast, or half as dear. */
	faster: number[];
	cheaper: number[];
}

interface Effort {
	rounds: number;
	seconds: number;
	/** Connections, each of which is measured by itself. */
	all: readonly number[];
	subjects: readonly Subject[];
}

const measure = async (
	report: Report,
	setting: string,
	env: Record<string, string>,
	{ rounds, seconds, all, subjects }: Effort,
): Promise<Row[]> => {
	const stage = await openStage(
		async (sandbox) =>
			await Promise.all(subjects.map(async ({ workflow }) => await workflow(sandbox))),
		{ settings: { receipts: [] }, env },
	);
	const agent = new Agent({ keepAlive: true });
	const http = axios.create({
		httpAgent: agent,
		proxy: false,
		timeout: 60_000,
		validateStatus: () => true,
	});
	const rows: Row[] = [];
	try {
		report(`${setting}: filling memories, and a warm-up`);
		for (const { id, isFull } of subjects) if (isFull) await fill(stage, id);
		for (const { id } of subjects) await load(stage, http, id, 5, 1);
		for (const connections of all) {
			const figures = new Map<string, Figures[]>(subjects.map(({ id }) => [id, []]));
			for (let round = 0; round < rounds; round++) {
				report(`${setting}: ${connections} connections, round ${round + 1} of ${rounds}`);
				for (const { id } of round % 2 ? [...subjects].reverse() : subjects)
					figures.get(id)?.push(await load(stage, http, id, connections, seconds));
			}
			for (const subject of subjects) {
				const own = figures.get(subject.id) ?? [];
				const others = figures.get(subject.beside ?? '') ?? [];
				const faster = others.map(({ rate }, round) => own[round].rate / rate);
				const cheaper = others.map(({ cost }, round) => cost / own[round].cost);
				rows.push({ setting, connections, subject, figures: own, faster, cheaper });
			}
		}
	} finally {
		agent.destroy();
		await stage.close();
	}
	return rows;
};

/** An agent's message through our nodes, and through what n8n has of its own, in one n8n, taking turns. */
export const outgoing = async (
	report: Report,
	{ quick, rounds, only }: { quick: boolean; rounds?: string; only?: string },
) => {
	const isChosen = ({ id }: Subject) => only === undefined || only.split(',').includes(id);
	// And what each is measured beside.
	const subjects = SUBJECTS.filter(
		(subject) =>
			isChosen(subject) || SUBJECTS.some((each) => isChosen(each) && each.beside === subject.id),
	);
	const effort = {
		...(quick ? { rounds: 1, seconds: 2, all: [10] } : { rounds: 3, seconds: 4, all: [1, 10, 20] }),
		...(rounds !== undefined && { rounds: Number(rounds) }),
		subjects,
	};
	const rows = [
		...(await measure(report, "n8n's defaults", {}, effort)),
		...(await measure(report, 'lazy', { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' }, effort)),
	];
	const nameOf = (id?: string) => SUBJECTS.find((subject) => subject.id === id)?.name ?? '';
	console.table(
		rows.map(({ setting, connections, subject, figures, faster, cheaper }) => ({
			setting,
			connections,
			workflow: subject.name,
			'a second': shown(spreadOf(figures.map(({ rate }) => rate)), 1),
			'processor ms': spreadOf(figures.map(({ cost }) => cost)).median.toFixed(1),
			beside: nameOf(subject.beside),
			faster: faster.length > 0 ? shown(spreadOf(faster)) : '',
			cheaper: cheaper.length > 0 ? shown(spreadOf(cheaper)) : '',
		})),
	);

	const worst = (id: string, setting: string, key: 'faster' | 'cheaper') =>
		Math.min(
			...rows
				.filter((row) => row.subject.id === id && row.setting === setting)
				.map((row) => spreadOf(row[key]).median),
		);
	const check = (what: string, id: string, setting: string, least: number) => {
		if (!subjects.some((each) => each.id === id)) return;
		const ratio = worst(id, setting, 'faster');
		const cheaper = worst(id, setting, 'cheaper').toFixed(2);
		goal(
			`${what}: ${ratio.toFixed(2)}, by processor time ${cheaper} (goal: ${least} at least)`,
			ratio >= least,
		);
	};
	check("Trigger alone, beside n8n's Webhook", 'trigger-alone', "n8n's defaults", 1);
	check('Template, beside the hand-built bridge', 'template', "n8n's defaults", 1);
	check("Lazy: trigger and Accept, beside n8n's Webhook and Respond", 'trigger-accept', 'lazy', 3);
	for (const setting of ["n8n's defaults", 'lazy'])
		for (const id of ['trigger-accept-full', 'template-full'])
			check(`${setting}: ${nameOf(id)}, beside an empty one`, id, setting, 0.95);
};
