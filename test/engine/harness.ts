import { randomUUID } from 'node:crypto';
import path from 'node:path';

import { Container } from '@n8n/di';
import {
	BinaryDataService,
	DataDeduplicationService,
	ExecutionLifecycleHooks,
	InstanceSettings,
	PackageDirectoryLoader,
	WorkflowExecute,
} from 'n8n-core';
import type {
	IBinaryKeyData,
	IConnection,
	IConnections,
	ICredentialDataDecryptedObject,
	IDataDeduplicator,
	IDataObject,
	IExecuteResponsePromiseData,
	IHttpRequestOptions,
	INodeExecutionData,
	INodeParameters,
	INodeType,
	INodeTypes,
	IRun,
	IWorkflowExecuteAdditionalData,
	NodeExecutionHint,
	OnError,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { createRunExecutionData, Workflow } from 'n8n-workflow';

/**
 * Runs workflows of the built nodes (dist/) in n8n's own engine, n8n-core's WorkflowExecute, with everything that the
 * engine does to nodes: parameters, expressions, pairedItem, error output, credentials, HTTP helper.
 */

const PACKAGE = 'n8n-nodes-respondio-custom-channel';
const ROOT = path.join(__dirname, '..', '..');

export interface Item {
	json: IDataObject;
	binary?: IBinaryKeyData;
}

export interface RunOptions {
	/** What the node under test gets. */
	items: Item[];
	parameters: INodeParameters;
	/** Of the node under test; 1 if left out. */
	typeVersion?: number;
	credential?: ICredentialDataDecryptedObject;
	onError?: OnError;
	/** Keeps what the workflow remembers from run to run. */
	memory?: ProcessedItems;
	/** Ends the execution, as its Stop button does. */
	cancel?: Promise<void>;
	/** An expression, evaluated for each item by a node behind each output. */
	followedBy?: string;
}

export interface RunResult {
	/** Items by output: the main one, then the error output. */
	outputs: INodeExecutionData[][];
	error?: Error & { description?: string; context?: IDataObject; httpCode?: string };
	/** What the node answered the caller of the workflow's webhook with. */
	responses: IExecuteResponsePromiseData[];
	hints: NodeExecutionHint[];
	/** What `followedBy` gave for each item, by output. */
	followed: unknown[][];
	/** How often the credential was read from its store. */
	credentialReads: number;
	run: IRun;
}

let loader: Promise<PackageDirectoryLoader> | undefined;

/** The package as n8n loads it: from its package.json. */
export async function loadPackage(): Promise<PackageDirectoryLoader> {
	loader ??= (async () => {
		const packageLoader = new PackageDirectoryLoader(ROOT);
		await packageLoader.loadAll();
		return packageLoader;
	})();
	return await loader;
}

function testNode(name: string, inputs: ['main'] | [], execute: INodeType['execute']): INodeType {
	return {
		description: {
			displayName: name,
			name,
			group: ['transform'],
			version: 1,
			description: '',
			defaults: {},
			inputs,
			outputs: ['main'],
			properties: [{ displayName: 'Value', name: 'value', type: 'string', default: '' }],
		},
		execute,
	};
}

const TEST_NODES: Readonly<Record<string, INodeType>> = {
	/** Gives its parameter's items. */
	'test.items': testNode('items', [], async function () {
		return [JSON.parse(this.getNodeParameter('value', 0) as string) as INodeExecutionData[]];
	}),
	/** What n8n's Loop Over Items does, with one item at a time. */
	'test.loop': {
		...testNode('loop', ['main'], async function () {
			const context = this.getContext('node') as {
				items?: INodeExecutionData[];
				done: INodeExecutionData[];
			};
			if (context.items === undefined)
				Object.assign(context, { items: this.getInputData(), done: [] });
			else context.done.push(...this.getInputData());
			const next = context.items?.shift();
			return next === undefined ? [context.done, []] : [[], [next]];
		}),
	},
	/** Takes each item, and gives what the script says. */
	'test.send': testNode('send', ['main'], async function () {
		return [
			await Promise.all(
				this.getInputData().map(async ({ json }, index) => {
					const next = scripted.shift();
					await new Promise((resolve) => setTimeout(resolve, next?.delay ?? 0));
					sent.push(json);
					return { json: next?.json ?? {}, pairedItem: { item: index } };
				}),
			),
		];
	}),
	/** Gives its parameter's value for each item. */
	'test.values': testNode('values', ['main'], async function () {
		return [
			this.getInputData().map((_item, index) => ({
				json: { value: this.getNodeParameter('value', index) as string },
				pairedItem: { item: index },
			})),
		];
	}),
};

async function nodeTypes(): Promise<INodeTypes> {
	const { nodeTypes: types } = await loadPackage();
	const find = (name: string): INodeType =>
		TEST_NODES[name] ?? (types[name.replace(`${PACKAGE}.`, '')].type as INodeType);
	return {
		getByName: find,
		getByNameAndVersion: find,
		getKnownTypes: () => ({}),
	};
}

/**
 * n8n's lists of processed items (the behaviour of its DeduplicationHelper in the mode `entries`), in memory: one for the
 * workflow and one for each node, trimmed at their old end, read and written as a whole.
 */
export class ProcessedItems implements IDataDeduplicator {
	private readonly lists = new Map<string, string[]>();

	/** Makes every call fail, as a database that is locked does. */
	broken = false;

	/** Of the workflow's list. */
	calls = 0;

	/** The workflow's, by which the nodes under test know what they have delivered. */
	readonly workflowId = randomUUID();

	/** The workflow's list. */
	get entries(): string[] {
		return this.lists.get('workflow') ?? [];
	}

	async checkProcessedAndRecord(
		keys: unknown[],
		scope: string,
		_data: unknown,
		options: { maxEntries?: number },
	) {
		this.touch(scope);
		const entries = this.lists.get(scope) ?? [];
		const known = new Set(entries);
		const texts = keys.map(String);
		const added = texts.filter((key) => !known.has(key));
		this.lists.set(scope, [...entries, ...added].slice(-(options.maxEntries ?? Infinity)));
		return { new: added, processed: texts.filter((key) => known.has(key)) };
	}

	async removeProcessed() {
		throw new Error('No node under test takes anything back');
	}

	async clearAllProcessedItems(scope: string) {
		this.lists.delete(scope);
	}

	async getProcessedDataCount(scope: string) {
		if (this.broken) throw new Error('the database is locked');
		return this.lists.get(scope)?.length ?? 0;
	}

	private touch(scope: string) {
		if (scope === 'workflow') this.calls++;
		if (this.broken) throw new Error('the database is locked');
	}
}

/** Runs `Items -> node under test -> a node behind each output` and returns what came out at each output. */
export async function runNode(name: string, options: RunOptions): Promise<RunResult> {
	const { items, parameters, credential, onError, memory = new ProcessedItems(), cancel } = options;
	const { typeVersion = 1 } = options;
	const followers = options.followedBy === undefined ? [] : ['First', 'Second'];
	await initialise(memory);
	const types = await nodeTypes();
	const workflow = new Workflow({
		id: memory.workflowId,
		name: 'engine',
		active: true,
		nodeTypes: types,
		settings: { executionOrder: 'v1' },
		nodes: [
			{
				id: 'a',
				name: 'Items',
				type: 'test.items',
				typeVersion: 1,
				position: [0, 0],
				parameters: { value: JSON.stringify(items) },
			},
			{
				id: 'b',
				name: 'Subject',
				type: `${PACKAGE}.${name}`,
				typeVersion,
				position: [200, 0],
				parameters,
				...(onError && { onError }),
				credentials: { respondIoCustomChannelApi: { id: '1', name: 'channel' } },
			},
			...followers.map((follower) => ({
				id: follower,
				name: follower,
				type: 'test.values',
				typeVersion: 1,
				position: [400, 0] as [number, number],
				parameters: { value: options.followedBy },
			})),
		],
		connections: {
			Items: { main: [[to('Subject')]] },
			Subject: { main: followers.map((follower) => [to(follower)]) },
		},
	});

	const { run, responses, credentialReads } = await execute(workflow, { credential, cancel });

	const { runData } = run.data.resultData;
	const task = runData.Subject?.[0];
	return {
		outputs: (task?.data?.main ?? []).map((output) => output ?? []),
		error: run.data.resultData.error as RunResult['error'],
		responses,
		hints: task?.hints ?? [],
		followed: followers.map((follower) =>
			(runData[follower]?.[0].data?.main[0] ?? []).map(({ json }) => json.value),
		),
		credentialReads,
		run,
	};
}

/** Runs a workflow from its node `Items`, as one that a webhook has started. */
async function execute(
	workflow: Workflow,
	{
		credential,
		cancel,
		mode = 'webhook',
	}: Pick<RunOptions, 'credential' | 'cancel'> & { mode?: WorkflowExecuteMode },
) {
	const { credentialTypes } = await loadPackage();
	let credentialReads = 0;
	const hooks = new ExecutionLifecycleHooks('webhook', '1', {
		id: 'engine',
		name: 'engine',
		active: true,
	} as never);
	const responses: IExecuteResponsePromiseData[] = [];
	hooks.addHandler('sendResponse', (response) => {
		responses.push(response);
	});

	const additionalData = {
		executionId: '1',
		hooks,
		variables: {},
		restApiUrl: '',
		instanceBaseUrl: '',
		webhookBaseUrl: 'http://127.0.0.1/webhook',
		webhookWaitingBaseUrl: 'http://127.0.0.1/webhook-waiting',
		formWaitingBaseUrl: 'http://127.0.0.1/form-waiting',
		currentNodeExecutionIndex: 0,
		getRunnerStatus: () => ({ available: true }),
		credentialsHelper: {
			getParentTypes: () => [],
			isCredentialUsableByNode: () => true,
			preAuthentication: async () => undefined,
			getCredentialsProperties: (type: string) => credentialTypes[type].type.properties,
			async getDecrypted() {
				credentialReads++;
				return { ...credential };
			},
			async authenticate(
				data: ICredentialDataDecryptedObject,
				type: string,
				request: IHttpRequestOptions,
			) {
				const { authenticate } = credentialTypes[type].type;
				if (typeof authenticate !== 'function') throw new Error('authenticate is not a function');
				return await authenticate(data, request);
			},
		},
	} as unknown as IWorkflowExecuteAdditionalData;

	const execution = new WorkflowExecute(
		additionalData,
		mode,
		createRunExecutionData({ startData: {}, resultData: { runData: {} } }),
	).run({ workflow, startNode: workflow.getNode('Items') ?? undefined });
	void cancel?.then(() => execution.cancel());
	const run = await execution;

	return { run, responses, credentialReads };
}

/** What the step that sends gives for each of its calls, in turn: an item's JSON, after some milliseconds. */
export type Script = Array<{ json: IDataObject; delay?: number }>;

export interface AnswerRun {
	/** Items of the trigger. */
	items: Item[];
	/** Parameters of Build Request. */
	build: INodeParameters;
	script: Script;
	/** Parameters of Answer from Responses. */
	answer?: INodeParameters;
	onError?: OnError;
	mode?: WorkflowExecuteMode;
	memory?: ProcessedItems;
	/** How many such chains follow each other in the execution. */
	chains?: number;
}

/** Runs `Items -> Build -> Loop -> Send -> Answer -> Loop`, our nodes being of version 2. */
export async function runAnswer(options: AnswerRun) {
	const { items, build, script, answer, onError, mode, chains = 1 } = options;
	const { memory = new ProcessedItems() } = options;
	await initialise(memory);
	scripted = [...script];
	sent = [];
	const node = (name: string, type: string, parameters: INodeParameters, more: object = {}) => ({
		id: name,
		name,
		type,
		typeVersion: 1,
		position: [0, 0] as [number, number],
		parameters,
		...more,
	});
	const channel = `${PACKAGE}.respondIoCustomChannel`;
	const chain = (number: number) => [
		node(
			`Build ${number}`,
			channel,
			{ resource: 'provider', operation: 'buildRequest', ...build },
			{ typeVersion: 2 },
		),
		node(`Loop ${number}`, 'test.loop', {}),
		node(`Send ${number}`, 'test.send', {}),
		node(
			`Answer ${number}`,
			channel,
			{ resource: 'outgoingMessage', operation: 'answer', ...answer },
			{ typeVersion: 2, ...(onError && { onError }) },
		),
	];
	const numbers = Array.from({ length: chains }, (_, index) => index + 1);
	const connections: IConnections = {
		Items: { main: [numbers.map((number) => to(`Build ${number}`))] },
	};
	for (const number of numbers) {
		connections[`Build ${number}`] = { main: [[to(`Loop ${number}`)]] };
		connections[`Loop ${number}`] = { main: [[], [to(`Send ${number}`)]] };
		connections[`Send ${number}`] = { main: [[to(`Answer ${number}`)]] };
		connections[`Answer ${number}`] = { main: [[to(`Loop ${number}`)]] };
	}
	const workflow = new Workflow({
		id: memory.workflowId,
		name: 'engine',
		active: true,
		nodeTypes: await nodeTypes(),
		settings: { executionOrder: 'v1' },
		nodes: [
			node('Items', 'test.items', { value: JSON.stringify(items) }),
			...numbers.flatMap((number) => chain(number)),
		],
		connections,
	});
	const { run, responses, credentialReads } = await execute(workflow, { mode });
	const { runData, error } = run.data.resultData;
	const answers = numbers.flatMap((number) => runData[`Answer ${number}`] ?? []);
	return {
		/** What was sent, in the order in which it arrived. */
		sent,
		responses,
		credentialReads,
		error: error as RunResult['error'],
		hints: answers.flatMap(({ hints }) => hints ?? []).map(({ message }) => message),
		/** What left the answering steps at their error output. */
		refused: answers.flatMap(({ data }) => data?.main[1] ?? []).map(({ json }) => json),
	};
}

let scripted: Script = [];
let sent: IDataObject[] = [];

function to(node: string): IConnection {
	return { node, type: 'main', index: 0 };
}

async function initialise(memory: ProcessedItems) {
	// The service keeps its first deduplicator: the tests put theirs behind one that stays.
	current = memory;
	if (initialised) return;
	initialised = true;
	Container.get(InstanceSettings);
	await Container.get(BinaryDataService).init();
	await DataDeduplicationService.init(switching);
}

let initialised = false;
let current: ProcessedItems;
/** Hands every call to the deduplicator of the present test. */
const switching: IDataDeduplicator = {
	checkProcessedAndRecord: async (...args) => await current.checkProcessedAndRecord(...args),
	removeProcessed: async () => await current.removeProcessed(),
	clearAllProcessedItems: async (scope) => await current.clearAllProcessedItems(scope),
	getProcessedDataCount: async (scope) => await current.getProcessedDataCount(scope),
};
