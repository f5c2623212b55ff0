import axios from 'axios';

import type { AgentInput } from '../../sandbox/respondio';
import type { Workflow } from '../../tools/n8n';
import { baseUrlOf } from '../../tools/templates';
import { openStage, ready, template, until, type Stage } from './stage';

/** Every type of message, in both directions, with the fields of the node and with a provider's payload. */

const PACKAGE = 'n8n-nodes-respondio-custom-channel';
const ITEM = ['contactId', 'text', 'attachmentUrl', 'attachmentType', 'fileName', 'mimeType'];
const MORE = ['description', 'latitude', 'longitude', 'address', 'title', 'replies', 'messageId'];

/** A webhook whose body fills the node's parameters, by expression, as people wire it. */
function posting(path: string, operation: string): Workflow {
	const fields = [...ITEM, ...MORE, 'timestamp', 'messageType'].map((name) => [
		name,
		`={{ $json.body.${name} }}`,
	]);
	return ready({
		id: path,
		name: path,
		nodes: [
			{
				id: 'in',
				name: 'In',
				type: 'n8n-nodes-base.webhook',
				typeVersion: 2.1,
				position: [0, 0],
				parameters: { httpMethod: 'POST', path, responseMode: 'lastNode', options: {} },
			},
			{
				id: 'post',
				name: 'Post',
				type: `${PACKAGE}.respondIoCustomChannel`,
				typeVersion: 1,
				position: [200, 0],
				parameters: {
					resource: 'message',
					operation,
					...(Object.fromEntries(fields) as Record<string, string>),
					contact: {
						firstName: 'Mei',
						lastName: 'Tan',
						profilePic: 'https://example.com/mei.jpg',
						locale: 'en_US',
						countryCode: 'my',
						timezone: 'Asia/Kuala_Lumpur',
						email: 'mei@example.com',
						phone: '+60 17-787 2890',
						language: 'EN',
					},
				},
			},
		],
		connections: { In: { main: [[{ node: 'Post', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	});
}

let stage: Stage;
let webChat: Workflow;

beforeAll(async () => {
	stage = await openStage({
		workflows: async ({ url }) => {
			webChat = await template('web-chat', 'webchat', {
				replace: { 'http://127.0.0.1:3100': url },
			});
			return [webChat, posting('message', 'post'), posting('echo', 'postEcho')];
		},
	});
	stage.sandbox.set({
		baseUrl: baseUrlOf(stage.n8n.url, webChat),
		providerWebhookUrl: `${stage.n8n.url}/webhook/web-chat`,
		receipts: [],
	});
});

afterAll(async () => await stage?.close());

beforeEach(() => {
	stage.sandbox.respondIo.reset();
	stage.sandbox.webChat.reset();
});

const post = async (path: string, body: Record<string, unknown>) =>
	await axios.post(`${stage.n8n.url}/webhook/${path}`, body, {
		proxy: false,
		validateStatus: () => true,
	});

const MESSAGES: Array<[string, Record<string, unknown>, Record<string, unknown>]> = [
	['a text', { messageType: 'text', text: 'Hi 👋🏽' }, { type: 'text', text: 'Hi 👋🏽' }],
	...(['image', 'video', 'audio', 'file'] as const).map(
		(type): [string, Record<string, unknown>, Record<string, unknown>] => [
			`${type} by URL`,
			{
				messageType: 'attachment',
				attachmentType: type,
				attachmentUrl: 'https://example.com/f',
				fileName: 'f',
				mimeType: 'application/pdf',
			},
			{
				type: 'attachment',
				attachment: {
					type,
					url: 'https://example.com/f',
					mimeType: 'application/pdf',
					fileName: 'f.pdf',
				},
			},
		],
	),
	[
		'a picture with its caption, the type detected',
		{
			messageType: 'attachment',
			attachmentType: 'detect',
			attachmentUrl: 'https://example.com/photo.jpg',
			description: 'Look',
		},
		{
			type: 'attachment',
			attachment: {
				type: 'image',
				url: 'https://example.com/photo.jpg',
				mimeType: 'image/jpeg',
				description: 'Look',
			},
		},
	],
	[
		'a location',
		{ messageType: 'location', latitude: 3.1, longitude: '101.7', address: 'Kuala Lumpur' },
		{
			type: 'location',
			latitude: 3.1,
			longitude: 101.7,
			longtitude: 101.7,
			address: 'Kuala Lumpur',
		},
	],
	[
		'a quick reply, its replies as a list',
		{ messageType: 'quickReply', title: 'When?', replies: ['Now', 'Later'] },
		{ type: 'quick_reply', title: 'When?', replies: ['Now', 'Later'] },
	],
];

describe.each([
	['message', 'message'],
	['echo', 'message_echo'],
])('a %s from fields', (path, type) => {
	it.each(MESSAGES)('brings %s', async (what, fields, message) => {
		const { status, data } = await post(path, {
			contactId: 'mei.tan',
			messageId: `wamid.HBgLNjAxNzc4NzI4OTAVAgASGBQzQTc5RjI4NkU1RjQ3QzA4 ${what}`,
			timestamp: '2026-01-31T09:30:00Z',
			...fields,
		});
		expect({ status, delivery: data.delivery }).toEqual({ status: 200, delivery: 'delivered' });
		const [entry] = stage.sandbox.respondIo.ledger;
		expect(entry.event).toEqual({
			type,
			// The UUIDv5 of what is longer than 50 characters.
			mId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-5/),
			timestamp: Date.parse('2026-01-31T09:30:00Z'),
			message,
		});
		expect(entry.contactId).toBe('mei=2Etan');
		expect(stage.sandbox.respondIo.contacts.get('mei=2Etan')).toEqual({
			firstName: 'Mei',
			lastName: 'Tan',
			profilePic: 'https://example.com/mei.jpg',
			locale: 'en_US',
			countryCode: 'MY',
			timezone: 8,
			email: 'mei@example.com',
			phone: '+60177872890',
			language: 'en',
		});
	});
});

it('refuses what breaks a limit, names the field and the item, and sends nothing', async () => {
	const { status, data } = await post('message', {
		contactId: 'mei',
		messageType: 'location',
		latitude: 91,
		longitude: 0,
		messageId: 'm',
	});
	expect(status).toBe(500);
	expect(stage.sandbox.respondIo.requests).toEqual([]);
	const [{ id }] = await stage.n8n.rest.waitForExecutions('message', 1);
	const { resultData } = (await stage.n8n.rest.execution(id)).data;
	expect(resultData.error?.message).toMatch(/Latitude.*90.*91.*\[item 0\]/);
	expect(data).toBeDefined();
});

const file = (name: string, type: string) => ({
	type,
	url: `https://example.com/${name}`,
	fileName: name,
});

describe('a provider that speaks generic JSON', () => {
	it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
		['a text', { type: 'text', text: 'Hello' }, { type: 'text', text: 'Hello' }],
		[
			'a photo with its caption',
			{ ...file('a.jpg', 'image'), text: 'Look' },
			{
				type: 'attachment',
				attachment: {
					type: 'image',
					url: 'https://example.com/a.jpg',
					mimeType: 'image/jpeg',
					fileName: 'a.jpg',
					description: 'Look',
				},
			},
		],
		[
			'a voice note',
			file('a.ogg', 'audio'),
			{ type: 'attachment', attachment: expect.objectContaining({ type: 'audio' }) },
		],
		[
			'a video',
			file('a.mp4', 'video'),
			{ type: 'attachment', attachment: expect.objectContaining({ type: 'video' }) },
		],
		[
			'a document',
			file('a.pdf', 'file'),
			{ type: 'attachment', attachment: expect.objectContaining({ type: 'file' }) },
		],
		[
			'a location',
			{ type: 'location', latitude: 3.1, longitude: 101.7 },
			expect.objectContaining({ type: 'location', latitude: 3.1, longitude: 101.7 }),
		],
	])('relays %s', async (_what, message, expected) => {
		const { id } = await stage.sandbox.webChat.write('mei', message, 'Mei');
		const entry = await until('the message', () => stage.sandbox.respondIo.ledger[0]);
		expect(entry).toMatchObject({ type: 'message', mId: id, contactId: 'mei' });
		expect(entry.event).toMatchObject({ message: expected });
	});

	it('relays an echo and all four statuses', async () => {
		await axios.post(
			`${stage.n8n.url}/webhook/web-chat`,
			{
				events: [
					{ event: 'echo', id: 'e1', to: { id: 'mei' }, type: 'text', text: 'From the app' },
				],
			},
			{ proxy: false },
		);
		const echo = await until('the echo', () => stage.sandbox.respondIo.ledger[0]);
		expect(echo).toMatchObject({ type: 'message_echo', mId: 'e1', contactId: 'mei' });

		await axios.post(
			`${stage.n8n.url}/webhook/web-chat`,
			{
				events: ['sent', 'delivered', 'read', 'failed'].map((status) => ({
					event: 'status',
					id: `m ${status}`,
					to: 'mei',
					status,
					error: 'Number not in use',
				})),
			},
			{ proxy: false },
		);
		const ledger = await until('four statuses', () => {
			const statuses = stage.sandbox.respondIo.ledger.filter(
				({ type }) => type === 'message_status',
			);
			return statuses.length === 4 && statuses;
		});
		expect(ledger.map(({ event }) => event.type === 'message_status' && event.status)).toEqual([
			{ value: 'sent' },
			{ value: 'delivered' },
			{ value: 'read' },
			{ value: 'failed', message: 'Number not in use' },
		]);
	});

	it.each<[string, AgentInput['message'], Record<string, unknown>]>([
		['a text', { type: 'text', text: 'Hi' }, { type: 'text', text: 'Hi' }],
		...(['image', 'video', 'audio', 'file'] as const).map(
			(type): [string, AgentInput['message'], Record<string, unknown>] => [
				`${type}`,
				{
					type: 'attachment',
					attachment: { type, url: 'https://example.com/f.bin', fileName: 'f.bin' },
				},
				{ type, url: 'https://example.com/f.bin', fileName: 'f.bin' },
			],
		),
		[
			'a location with the longitude as the document spells it',
			{ type: 'location', latitude: 3.1, longtitude: 101.7 },
			{ type: 'location', latitude: 3.1, longitude: 101.7 },
		],
		[
			'a quick reply as buttons',
			{ type: 'quick_reply', title: 'When?', replies: ['Now', 'Later'] },
			{ type: 'buttons', title: 'When?', buttons: ['Now', 'Later'] },
		],
	])('is sent %s', async (_what, message, expected) => {
		const answer = await stage.sandbox.respondIo.send({ contactId: 'mei', message });
		expect(answer).toMatchObject({ ok: true, statusCode: 200 });
		const [sent] = stage.sandbox.webChat.sent;
		expect(sent.message).toMatchObject({ to: 'mei', ...expected });
		expect(answer.mId).toBe(sent.id);
	});

	it('is not sent a type that nobody knows yet: the agent sees it', async () => {
		const message = { type: 'sticker', sticker: { id: 1 } };
		const answer = await stage.sandbox.respondIo.send({ contactId: 'mei', message });
		expect(answer).toMatchObject({ ok: false, statusCode: 400 });
		expect(stage.sandbox.webChat.sent).toEqual([]);
	});
});
