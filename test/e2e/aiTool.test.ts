import axios from 'axios';
import fastify, { type FastifyInstance } from 'fastify';
import type {
	INodeParameters,
	INodeProperties,
	INodeTypeDescription,
	NodeConnectionType,
} from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';

import { RespondIoCustomChannel } from '../../nodes/RespondIoCustomChannel/RespondIoCustomChannel.node';
import type { Workflow } from '../../tools/n8n';
import { openStage, ready, type Stage } from './stage';

/** The node as a tool of n8n's AI Agent: the schema that n8n makes of it for the model, and what a call of it does. */

const PACKAGE = 'n8n-nodes-respondio-custom-channel';
const TOOL = `${PACKAGE}.respondIoCustomChannelTool`;
const MODEL_CREDENTIAL = { id: 'model', name: 'Model' };

/** What an operation is set to in the editor; all that it then shows is left to the model. */
const TOOLS: Record<string, INodeParameters> = {
	post_text: { resource: 'message', operation: 'post', messageType: 'text' },
	post_attachment: { resource: 'message', operation: 'post', messageType: 'attachment' },
	post_location: { resource: 'message', operation: 'post', messageType: 'location' },
	post_quick_reply: { resource: 'message', operation: 'post', messageType: 'quickReply' },
	post_json: { resource: 'message', operation: 'post', inputMode: 'json' },
	post_echo: { resource: 'message', operation: 'postEcho', messageType: 'text' },
	post_delivered: { resource: 'messageStatus', operation: 'post', status: 'delivered' },
	post_failed: { resource: 'messageStatus', operation: 'post', status: 'failed' },
	accept: { resource: 'outgoingMessage', operation: 'accept' },
	reject: { resource: 'outgoingMessage', operation: 'reject' },
	answer: { resource: 'outgoingMessage', operation: 'answer', provider: 'generic' },
	relay: { resource: 'provider', operation: 'relay', provider: 'generic' },
	build_request: { resource: 'provider', operation: 'buildRequest', provider: 'generic' },
	publish: { resource: 'media', operation: 'publish' },
};

/** Types that are no texts; n8n gives JSON none, since it takes objects and lists. */
const TYPES: Record<string, string | undefined> = { Latitude: 'number', Longitude: 'number' };
const typeOfOthers = (key: string) =>
	key === 'Payload' || key === 'Event__JSON_' ? undefined : 'string';

interface FunctionSchema {
	name: string;
	description: string;
	parameters: {
		required?: string[];
		properties: Record<string, { type?: string; description?: string; anyOf?: unknown[] }>;
	};
}

let model: FastifyInstance;
let modelUrl: string;
let stage: Stage;
/** The functions that n8n has offered to the model in its last request. */
let offered: FunctionSchema[] = [];

/**
 * A stand-in of https://platform.openai.com/docs/api-reference/chat: it calls the function that the prompt names, with
 * the arguments there, and then repeats what the function gave.
 */
async function openModel() {
	model = fastify();
	model.post('/v1/chat/completions', async (request, reply) => {
		const { messages, tools, stream } = request.body as {
			messages: Array<{ role: string; content: string }>;
			tools: Array<{ function: FunctionSchema }>;
			stream?: boolean;
		};
		offered = tools.map((tool) => tool.function);
		const { role, content } = messages[messages.length - 1];
		const message = { role: 'assistant', ...(role === 'tool' ? { content } : callOf(content)) };
		const choice = { index: 0, finish_reason: role === 'tool' ? 'stop' : 'tool_calls' };
		const answer = { id: 'chatcmpl-1', created: 1769851800, model: 'test' };
		if (stream === true) {
			const choices = [{ ...choice, delta: message }];
			const chunk = { ...answer, object: 'chat.completion.chunk', choices };
			return await reply
				.type('text/event-stream')
				.send(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
		}
		return { ...answer, object: 'chat.completion', choices: [{ ...choice, message }] };
	});
	modelUrl = `${await model.listen({ port: 0, host: '127.0.0.1' })}/v1`;
}

function callOf(prompt: string) {
	const { name, arguments: args } = JSON.parse(prompt) as { name: string; arguments: object };
	return {
		content: null,
		tool_calls: [
			{
				index: 0,
				id: 'call_1',
				type: 'function',
				function: { name, arguments: JSON.stringify(args) },
			},
		],
	};
}

/** What the editor writes when somebody lets the model define a parameter. */
function fromAi({ displayName, type }: INodeProperties, description: string) {
	const key = displayName.replace(/[^a-zA-Z0-9-]/g, '_').slice(0, 63);
	const kind = ['boolean', 'number', 'json'].includes(type) ? type : 'string';
	return `={{ /*n8n-auto-generated-fromAI-override*/ $fromAI('${key}', \`${description}\`, '${kind}') }}`;
}

/** The parameters of the tool with everything left to the model that the editor lets be left to it. */
function leftToModel(
	type: INodeTypeDescription,
	chosen: INodeParameters,
	describe: (property: INodeProperties) => string,
): INodeParameters {
	const defaults = NodeHelpers.getNodeParameters(
		type.properties,
		chosen,
		true,
		true,
		{ typeVersion: 1 },
		type,
	) as INodeParameters;
	const parameters: INodeParameters = { ...defaults };
	for (const property of type.properties) {
		const isShown = NodeHelpers.displayParameter(defaults, property, { typeVersion: 1 }, type);
		if (!isShown || property.noDataExpression || property.name === 'toolDescription') continue;
		if (property.name === 'contact') {
			parameters.contact = Object.fromEntries(
				(property.options as INodeProperties[]).map((field) => [
					field.name,
					fromAi(field, describe(field)),
				]),
			);
		} else if (property.type !== 'options' && property.type !== 'collection') {
			parameters[property.name] = fromAi(property, describe(property));
		}
	}
	return parameters;
}

function agent(
	id: string,
	typeVersion: number,
	type: INodeTypeDescription,
	describe: (property: INodeProperties) => string,
): Workflow {
	const tools = Object.entries(TOOLS).map(([name, chosen], index) => ({
		id: name,
		name,
		type: TOOL,
		typeVersion: 1,
		position: [index * 100, 200] as [number, number],
		parameters: leftToModel(type, chosen, describe),
	}));
	const toAgent = (connection: NodeConnectionType) => ({
		[connection]: [[{ node: 'Agent', type: connection, index: 0 }]],
	});
	return ready({
		id,
		name: id,
		nodes: [
			{
				id: 'in',
				name: 'In',
				type: 'n8n-nodes-base.webhook',
				typeVersion: 2.1,
				position: [0, 0],
				parameters: { httpMethod: 'POST', path: id, responseMode: 'lastNode', options: {} },
			},
			{
				id: 'agent',
				name: 'Agent',
				type: '@n8n/n8n-nodes-langchain.agent',
				typeVersion,
				position: [200, 0],
				parameters: {
					promptType: 'define',
					text: '={{ JSON.stringify($json.body) }}',
					options: { enableStreaming: false },
				},
			},
			{
				id: 'model',
				name: 'Model',
				type: '@n8n/n8n-nodes-langchain.lmChatOpenAi',
				typeVersion: 1.2,
				position: [100, 200],
				parameters: { model: { __rl: true, mode: 'id', value: 'test' }, options: {} },
				credentials: { openAiApi: MODEL_CREDENTIAL },
			},
			...tools,
		],
		connections: {
			In: { main: [[{ node: 'Agent', type: 'main', index: 0 }]] },
			Model: toAgent('ai_languageModel'),
			...Object.fromEntries(tools.map(({ name }) => [name, toAgent('ai_tool')])),
		},
		settings: { executionOrder: 'v1' },
	});
}

beforeAll(async () => {
	await openModel();
	const type = new RespondIoCustomChannel().description;
	stage = await openStage({
		credentials: [
			{ ...MODEL_CREDENTIAL, type: 'openAiApi', data: { apiKey: 'sk-test', url: modelUrl } },
		],
		workflows: () => [
			// One click in the editor gives no description; those who write one will say what the field's own says.
			agent('agent-1', 1.9, type, () => ''),
			agent('agent-3', 3.1, type, ({ description = '' }) => description.replaceAll('`', "'")),
		],
	});
});

afterAll(async () => {
	await stage?.close();
	await model?.close();
});
beforeEach(() => stage.sandbox.respondIo.reset());

/** Lets the model call a function, and returns what it is told then: the agent's last words repeat it. */
async function call(path: string, name: string, args: Record<string, unknown>): Promise<string> {
	const { data } = await axios.post<{ output?: string }>(
		`${stage.n8n.url}/webhook/${path}`,
		{ name, arguments: args },
		{ proxy: false, validateStatus: () => true },
	);
	return data.output ?? JSON.stringify(data);
}

const CONTACT = [
	'Country_Code',
	'Email',
	'First_Name',
	'Language',
	'Last_Name',
	'Locale',
	'Phone',
	'Profile_Picture_URL',
	'Timezone',
];
const MESSAGE = ['Message_ID', 'Timestamp', ...CONTACT];
const STATUS = ['Contact_ID', 'Message_ID', 'Error_Message', 'Timestamp'];

/** What the model is to fill in, and in what words n8n tells it what the tool does. */
const SCHEMAS: Record<string, [action: string, keys: string[]]> = {
	post_text: ["Post a customer's message", ['Contact_ID', 'Text', ...MESSAGE]],
	post_attachment: [
		"Post a customer's message",
		['Contact_ID', 'Attachment_URL', 'File_Name', 'MIME_Type', 'Description', ...MESSAGE],
	],
	post_location: [
		"Post a customer's message",
		['Contact_ID', 'Latitude', 'Longitude', 'Address', ...MESSAGE],
	],
	post_quick_reply: ["Post a customer's message", ['Contact_ID', 'Title', 'Replies', ...MESSAGE]],
	post_json: ["Post a customer's message", ['Event__JSON_']],
	post_echo: [
		'Post an echo of a message sent outside respond.io',
		['Contact_ID', 'Text', ...MESSAGE],
	],
	post_delivered: ['Post the delivery status of a message', STATUS],
	post_failed: ['Post the delivery status of a message', STATUS],
	accept: ["Accept an agent's message", ['Message_ID']],
	reject: ["Reject an agent's message", ['Error_Message']],
	answer: [
		"Answer for an agent's message from the provider's responses",
		['ID_Field', 'Error_Field'],
	],
	relay: ["Relay a provider's webhook", ['Payload']],
	build_request: [
		"Build a provider's request from an agent's message",
		['Contact_ID', 'Payload', 'URL'],
	],
	publish: ['Publish a file as a link', ['Input_Data_Field_Name']],
};

describe.each([
	['agent-1', 'runs tools by itself', false],
	['agent-3', 'lets the engine run them', true],
])('for an agent that %s', (path, _how, described) => {
	it('offers every operation with names, types and words that a model can go by', async () => {
		await call(path, 'post_text', { Contact_ID: 'mei', Text: 'Hello' });
		expect(offered.map(({ name }) => name).sort()).toEqual(Object.keys(SCHEMAS).sort());
		for (const { name, description, parameters } of offered) {
			const [action, keys] = SCHEMAS[name];
			const { properties, required } = parameters;
			expect({ name, description }).toEqual({
				name,
				description: `${action} in Respond.io Custom Channel`,
			});
			expect({ name, keys: Object.keys(properties).sort() }).toEqual({ name, keys: keys.sort() });
			expect(required?.sort()).toEqual(keys.sort());
			for (const [key, property] of Object.entries(properties)) {
				expect([key, property.type]).toEqual([key, TYPES[key] ?? typeOfOthers(key)]);
				if (described) expect(property.description?.length).toBeGreaterThan(10);
			}
		}
	});

	it.each<[tool: string, args: Record<string, unknown>, event: Record<string, unknown>]>([
		['post_text', { Text: 'Hi 👋🏽' }, { message: { type: 'text', text: 'Hi 👋🏽' } }],
		[
			'post_attachment',
			{ Attachment_URL: 'https://example.com/a.jpg', Description: 'Look' },
			{
				message: {
					type: 'attachment',
					attachment: {
						type: 'image',
						url: 'https://example.com/a.jpg',
						mimeType: 'image/jpeg',
						description: 'Look',
					},
				},
			},
		],
		[
			'post_location',
			{ Latitude: 3.1, Longitude: 101.7, Address: 'Kuala Lumpur' },
			{
				message: {
					type: 'location',
					latitude: 3.1,
					longitude: 101.7,
					longtitude: 101.7,
					address: 'Kuala Lumpur',
				},
			},
		],
		[
			'post_quick_reply',
			{ Title: 'When?', Replies: 'Now\nLater' },
			{ message: { type: 'quick_reply', title: 'When?', replies: ['Now', 'Later'] } },
		],
		[
			'post_quick_reply',
			{ Title: 'When?', Replies: '["Now", "Later"]' },
			{ message: { type: 'quick_reply', title: 'When?', replies: ['Now', 'Later'] } },
		],
		['post_echo', { Text: 'From the shop' }, { type: 'message_echo' }],
		['post_delivered', {}, { type: 'message_status', status: { value: 'delivered' } }],
		[
			'post_failed',
			{ Error_Message: 'Number not in use' },
			{ status: { value: 'failed', message: 'Number not in use' } },
		],
	])('posts what the model fills in: %s %j', async (tool, args, event) => {
		const messageId = `${path} ${tool} ${JSON.stringify(args)}`;
		const told = await call(path, tool, {
			// A model leaves blank what it doesn't know.
			...Object.fromEntries(SCHEMAS[tool][1].map((key) => [key, ''])),
			Contact_ID: 'mei.tan',
			Message_ID: messageId,
			...(tool !== 'post_delivered' && tool !== 'post_failed' && { First_Name: 'Mei' }),
			...args,
		});
		expect(told).toContain('"delivery":"delivered"');
		const [entry] = stage.sandbox.respondIo.ledger;
		expect(entry).toMatchObject({ contactId: 'mei=2Etan', event });
		expect(entry.event.timestamp).toBeGreaterThan(Date.now() - 60_000);
	});

	it('posts a whole event, and relays what a provider said', async () => {
		await call(path, 'post_json', {
			Event__JSON_: {
				contactId: 'mei',
				events: [{ type: 'message', mId: `${path}-j`, message: { type: 'text', text: 'Hi' } }],
			},
		});
		await call(path, 'relay', {
			Payload: {
				event: 'message',
				id: `${path}-r`,
				from: { id: 'mei' },
				type: 'text',
				text: 'Hello',
			},
		});
		expect(stage.sandbox.respondIo.ledger).toMatchObject([
			{ contactId: 'mei', mId: `${path}-j` },
			{ contactId: 'mei', mId: `${path}-r` },
		]);
	});

	it("tells the model the request of an agent's message", async () => {
		const told = await call(path, 'build_request', {
			Contact_ID: 'mei',
			Payload: { message: { type: 'text', text: 'Hello' } },
			URL: 'https://chat.example.com/messages',
		});
		expect(JSON.parse(told)).toMatchObject([
			{
				method: 'POST',
				url: 'https://chat.example.com/messages',
				body: { to: 'mei', type: 'text', text: 'Hello' },
			},
		]);
	});

	it('refuses what breaks a limit, naming field and limit, and posts nothing', async () => {
		const told = await call(path, 'post_location', {
			...Object.fromEntries(SCHEMAS.post_location[1].map((key) => [key, ''])),
			Contact_ID: 'mei',
			Latitude: 91,
			Longitude: 0,
		});
		const { rest } = stage.n8n;
		const [{ id }] = await rest.waitForExecutions(path, 1);
		const [run] = (await rest.execution(id)).data.resultData.runData.post_location;
		const refusal = /Latitude must be a number from -90 to 90 \(91 given\) \[item 0\]/;
		expect(run.error?.message).toMatch(refusal);
		// Agents of old keep a tool's error from the model, whatever the tool.
		expect(told).toMatch(path === 'agent-1' ? /^$/ : refusal);
		expect(stage.sandbox.respondIo.requests).toEqual([]);
	});

	it('is told that Answer from Responses is no tool for it', async () => {
		const before = await stage.n8n.rest.executions(path);
		const told = await call(path, 'answer', { ID_Field: 'id', Error_Field: 'error' });
		const [{ id }] = await stage.n8n.rest.waitForExecutions(path, before.length + 1);
		const [run] = (await stage.n8n.rest.execution(id)).data.resultData.runData.answer;
		const refusal =
			'Answer from Responses is no tool for an agent: it reads what the step before it got from the provider';
		const hint = 'Give the agent Accept and Reject, which it tells what happened.';
		// Agents of old keep a tool's error from the model, whatever the tool.
		expect({ message: run.error?.message, told }).toEqual(
			path === 'agent-1'
				? { message: `${refusal}\n\nDetails: ${hint}`, told: '' }
				: { message: refusal, told: JSON.stringify([{ error: refusal }]) },
		);
	});
});
