import { Container } from '@n8n/di';
import { BinaryDataService, ExecuteContext } from 'n8n-core';

import { readMediaQuery, deriveMediaKey } from '../../nodes/RespondIoCustomChannel/media/link';
import type { Item } from './harness';
import { errorsOf, jsonOf, POST, STATUS, useSandbox } from './support';

/** Every operation in a whole workflow: Items -> the operation -> a node behind each of its outputs. */

const stage = useSandbox();
const onError = 'continueErrorOutput' as const;
const LONG = 'One sentence of the text. '.repeat(700);
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').toString('base64');
const PUBLIC = 'https://n8n.example.com/webhook/1f0c/media';

function credential() {
	const { channelId, apiToken, idType } = stage.sandbox.settings();
	const webhookUrl = `${stage.sandbox.url}/custom/channel/webhook/`;
	return { channelId, apiToken, idType, webhookUrl, publicMediaUrl: PUBLIC };
}

const file = (json: Item['json'], fileName = 'photo'): Item => ({
	json,
	binary: { data: { data: PNG, mimeType: 'image/png', fileName } },
});
const generic = (json: object) => ({ event: 'message', from: 'mei', ...json });

/** The id of the item that another came from, as n8n traces it. */
const ORIGIN = "={{ $('Items').item.json.id }}";

interface Case {
	operation: string;
	parameters: Record<string, unknown>;
	items: Item[];
	/** The items that the node behind each output traces its own back to. */
	origins: [string[], string[]];
	/** What each error says. */
	errors: RegExp[];
}

const items = (...all: Array<Item['json']>): Item[] => all.map((json) => ({ json }));

const CASES: Case[] = [
	...['post', 'postEcho'].map((operation) => ({
		operation: `message: ${operation}`,
		parameters: { ...POST, operation },
		items: items({ id: 'a', text: LONG }, { id: 'b', text: ' ' }, { id: 'c' }),
		origins: [['a', 'a', 'a', 'c'], ['b']] as Case['origins'],
		errors: [/Text is empty.*\[item 1\]/],
	})),
	{
		operation: 'message: post, as JSON',
		parameters: {
			resource: 'message',
			operation: 'post',
			inputMode: 'json',
			eventJson: '={{ $json.body }}',
		},
		items: items(
			{
				id: 'a',
				body: {
					contactId: 'mei',
					events: ['1', '2'].map((mId) => ({ mId, message: { type: 'text', text: 'Hi' } })),
				},
			},
			{ id: 'b', body: { contactId: 'mei', mId: '3', message: { type: 'text', text: '' } } },
		),
		origins: [['a', 'a'], ['b']],
		errors: [/events\.0\.message\.text must not be empty.*\[item 1\]/],
	},
	{
		operation: 'messageStatus: post',
		parameters: STATUS,
		items: items(
			{ id: 'a', status: 'read' },
			{ id: 'b', status: 'seen' },
			{ id: 'c', status: 'failed' },
			{ id: 'd', status: 'failed', error: 'Blocked' },
		),
		origins: [
			['a', 'd'],
			['b', 'c'],
		],
		errors: [/Status "seen" is not known.*\[item 1\]/, /Error Message is empty.*\[item 2\]/],
	},
	{
		operation: 'outgoingMessage: accept',
		parameters: { resource: 'outgoingMessage', operation: 'accept', messageId: '={{ $json.id }}' },
		items: items({ id: 'a' }, { id: 'b' }),
		origins: [['a', 'b'], []],
		errors: [],
	},
	{
		operation: 'outgoingMessage: accept, without an id',
		parameters: { resource: 'outgoingMessage', operation: 'accept', messageId: '={{ $json.no }}' },
		items: items({ id: 'a' }, { id: 'b' }),
		origins: [[], ['a', 'b']],
		errors: [/Message ID is empty/, /Message ID is empty/],
	},
	{
		operation: 'outgoingMessage: reject',
		parameters: { resource: 'outgoingMessage', operation: 'reject', errorMessage: 'No' },
		items: items({ id: 'a' }, { id: 'b' }),
		origins: [['a', 'b'], []],
		errors: [],
	},
	{
		operation: 'provider: relay',
		parameters: { resource: 'provider', operation: 'relay', provider: 'generic' },
		items: items(
			generic({ id: 'a', text: LONG }),
			generic({ id: 'b', from: 'x'.repeat(51), text: 'Hi' }),
			generic({ id: 'c', event: 'typing' }),
			generic({ id: 'd', event: 'echo', to: 'mei', text: 'Hi' }),
			generic({ id: 'e', event: 'status', to: 'mei', status: 'read' }),
		),
		origins: [['a', 'a', 'a', 'c', 'd', 'e'], ['b']],
		errors: [/Contact ID "x+" does not fit.*51.*\[item 1\]/],
	},
	{
		operation: 'provider: buildRequest',
		parameters: {
			resource: 'provider',
			operation: 'buildRequest',
			provider: 'whatsapp',
			contactId: '={{ $json.to }}',
			payload: '={{ $json.message }}',
			phoneNumberId: '123',
		},
		items: items(
			{ id: 'a', to: '60177872890', message: { type: 'text', text: 'word '.repeat(1500) } },
			{ id: 'b', to: '', message: { type: 'text', text: 'Hi' } },
			{ id: 'c', to: '60177872891', message: { type: 'text', text: 'Hi' } },
		),
		origins: [['a', 'a', 'c'], ['b']],
		errors: [/Contact ID is empty.*\[item 1\]/],
	},
	{
		operation: 'media: publish',
		parameters: { resource: 'media', operation: 'publish', binaryPropertyName: 'data' },
		items: [file({ id: 'a' }), { json: { id: 'b' } }, file({ id: 'c' })],
		origins: [['a', 'c'], ['b']],
		errors: [/binary file 'data'/],
	},
];

it.each(CASES)(
	'$operation: what follows finds the item that its own came from, at both outputs',
	async ({ parameters, items: given, origins, errors }) => {
		const result = await stage.run(parameters as typeof POST, [], {
			items: given,
			credential: credential(),
			onError,
			followedBy: ORIGIN,
		});
		expect(result.error).toBeUndefined();
		expect(result.followed).toEqual(origins);
		expect(errorsOf(result).map(({ message }) => message)).toEqual(
			errors.map((words) => expect.stringMatching(words) as unknown),
		);
		// With one output for all, each error stands in the place of its item.
		const mixed = await stage.run(parameters as typeof POST, [], {
			items: given,
			credential: credential(),
			onError: 'continueRegularOutput',
			followedBy: ORIGIN,
		});
		expect(mixed.followed).toEqual([origins.flat().sort(), []]);
	},
);

it('media: publish links to the file as it is stored, for the time that was asked', async () => {
	const before = Date.now();
	const result = await stage.run(
		{
			resource: 'media',
			operation: 'publish',
			binaryPropertyName: 'data',
			options: { fileName: 'cat', linkExpiry: 2 },
		},
		[],
		{ items: [file({ id: 'a' }), file({ id: 'b' })], credential: credential() },
	);
	const [published, other] = jsonOf(result);
	expect(other.url).not.toBe(published.url);
	expect(published).toEqual({
		url: expect.stringContaining(`${PUBLIC}?t=`),
		attachmentType: 'image',
		mimeType: 'image/png',
		fileName: 'cat.png',
		expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
	});
	const expiresAt = Date.parse(String(published.expiresAt));
	expect(expiresAt).toBeGreaterThanOrEqual(before + 2 * 86_400_000);
	expect(expiresAt).toBeLessThanOrEqual(Date.now() + 2 * 86_400_000);
	const { channelId, apiToken } = stage.sandbox.settings();
	const t = new URL(String(published.url)).searchParams.get('t');
	expect(readMediaQuery({ t }, deriveMediaKey(apiToken, channelId), Date.now())).toMatchObject({
		ok: true,
		claim: { mimeType: 'image/png', fileName: 'cat.png', expiresAt },
	});
	expect(result.credentialReads).toBe(1);
});

const PUBLISH = { resource: 'media', operation: 'publish', binaryPropertyName: 'data' };

it('media: publish works in an n8n that does not tell the settings of a workflow', async () => {
	let contexts = ExecuteContext.prototype as object;
	while (!Object.hasOwn(contexts, 'getWorkflowSettings'))
		contexts = Object.getPrototypeOf(contexts);
	const { getWorkflowSettings } = contexts as ExecuteContext;
	Object.assign(contexts, { getWorkflowSettings: undefined });
	const result = await stage.run(PUBLISH, [], {
		items: [file({ id: 'a' })],
		credential: credential(),
	});
	Object.assign(contexts, { getWorkflowSettings });
	expect(result.hints).toEqual([]);
	expect(jsonOf(result)).toMatchObject([{ fileName: 'photo.png' }]);
});

it.each([
	['database', ''],
	[
		'filesystem-v2',
		', or another process of n8n keeps it in a folder of its own: with separate workers, share one folder among all processes, or keep files in the database or S3',
	],
])('media: publish says why a file of mode %s may be missing', async (mode, more) => {
	jest
		.spyOn(Container.get(BinaryDataService), 'getAsStream')
		.mockRejectedValueOnce(new Error('File not found'));
	const data = { data: mode, id: `${mode}:gone`, mimeType: 'image/png' };
	const { error } = await stage.run(PUBLISH, [], {
		items: [{ json: {}, binary: { data } }],
		credential: credential(),
	});
	expect(error?.message).toBe(
		`The file can't be read: n8n has deleted it, as it does with the data of old executions${more} [item 0]`,
	);
	expect(error?.description).toBe('Publish a file in the execution that made it.');
});

const CONTACT = {
	firstName: ' Mei ',
	lastName: 'Tan',
	profilePic: 'https://example.com/mei.jpg',
	locale: 'en-us',
	countryCode: 'my',
	timezone: 'Asia/Kuala_Lumpur',
	email: '={{ $json.email }}',
	phone: '60 17-787 2890',
	language: 'EN',
};

it('message: post sends the whole contact, normalised, and without what is empty', async () => {
	const parameters = { ...POST, contact: CONTACT };
	const [mei, ken] = ['mei', 'ken'].map((contact) => ({ id: contact, contact }));
	await stage.run(parameters, [{ ...mei, email: 'mei@example.com' }, ken]);
	const known = {
		firstName: 'Mei',
		lastName: 'Tan',
		profilePic: 'https://example.com/mei.jpg',
		locale: 'en_US',
		countryCode: 'MY',
		timezone: 8,
		phone: '+60177872890',
		language: 'en',
	};
	const { contacts } = stage.sandbox.respondIo;
	expect(contacts.get('mei')).toEqual({ ...known, email: 'mei@example.com' });
	expect(contacts.get('ken')).toEqual(known);
});

const url = 'https://example.com/f';
const attachment = { messageType: 'attachment', attachmentUrl: url };

it.each<[string, Record<string, unknown>, object[]]>([
	['a text', { text: 'Hi' }, [{ type: 'text', text: 'Hi' }]],
	...['image', 'video', 'audio', 'file'].map(
		(type): [string, Record<string, unknown>, object[]] => [
			`${type} by URL`,
			{ ...attachment, attachmentType: type, fileName: 'f', mimeType: 'application/pdf' },
			[
				{
					type: 'attachment',
					attachment: { type, url, mimeType: 'application/pdf', fileName: 'f.pdf' },
				},
			],
		],
	),
	[
		'an image with its caption',
		{ ...attachment, attachmentType: 'image', description: 'Look' },
		[{ type: 'attachment', attachment: { type: 'image', url, description: 'Look' } }],
	],
	[
		'a file with a caption, which respond.io shows at images alone',
		{ ...attachment, description: 'Look' },
		[
			{ type: 'attachment', attachment: { type: 'file', url } },
			{ type: 'text', text: 'Look' },
		],
	],
	[
		'a binary',
		{ messageType: 'attachment', attachmentSource: 'binary', binaryPropertyName: 'data' },
		[
			{
				type: 'attachment',
				attachment: {
					type: 'image',
					url: expect.stringContaining(`${PUBLIC}?t=`),
					mimeType: 'image/png',
					fileName: 'photo.png',
				},
			},
		],
	],
	[
		'a location',
		{ messageType: 'location', latitude: '={{ "3.1" }}', longitude: 101.7, address: 'KL' },
		[{ type: 'location', latitude: 3.1, longitude: 101.7, longtitude: 101.7, address: 'KL' }],
	],
	...(
		[
			['lines', 'Now\nLater'],
			['a list', '={{ ["Now", "Later"] }}'],
		] as const
	).map(([what, replies]): [string, Record<string, unknown>, object[]] => [
		`a quick reply, its replies as ${what}`,
		{ messageType: 'quickReply', title: 'When?', replies },
		[{ type: 'quick_reply', title: 'When?', replies: ['Now', 'Later'] }],
	]),
])('message: post and post echo send %s', async (_what, fields, messages) => {
	for (const operation of ['post', 'postEcho']) {
		stage.sandbox.respondIo.reset();
		const { error } = await stage.run(
			{ ...POST, ...(fields as typeof POST), operation, contactId: 'mei', messageId: 'a' },
			[],
			{ items: [file({})], credential: credential() },
		);
		expect(error).toBeUndefined();
		expect(stage.ledger.map(({ event }) => 'message' in event && event.message)).toEqual(messages);
		expect(stage.ledger.map(({ mId }) => mId)).toEqual(['a', 'a#2'].slice(0, messages.length));
	}
});

it.each<[string, Record<string, unknown>, RegExp]>([
	['a text', { options: { longText: 'error' }, text: LONG }, /Text.* 7,000 .* 18,200/],
	['a URL', { ...attachment, attachmentUrl: 'f.jpg' }, /Attachment URL .*http.*"f\.jpg"/],
	[
		'a place',
		{ messageType: 'location', latitude: 91, longitude: 0 },
		/Latitude .*-90 to 90 \(91 given\)/,
	],
	[
		'a reply',
		{ messageType: 'quickReply', title: 'T', replies: `A\n${'x'.repeat(257)}` },
		/Reply 2 .*256.*257/,
	],
	['a contact', { contact: { firstName: 'x'.repeat(51) } }, /First Name .*50.*51/],
	['a country', { contact: { countryCode: 'MYS' } }, /Country Code .*two letters.*"MYS"/],
	['a contact id', { contactId: 'x'.repeat(51) }, /Contact ID .*50.*51/],
	['a time', { timestamp: 'yesterday' }, /Timestamp "yesterday"/],
])(
	'before anything is sent, an error names the field of %s, its rule and the item',
	async (_what, fields, words) => {
		const { error } = await stage.run({ ...POST, ...(fields as typeof POST) }, [{ id: 'a' }]);
		expect(error?.message).toMatch(words);
		expect(error?.message).toMatch(/\[item 0\]$/);
		expect(error?.context).toMatchObject({ itemIndex: 0 });
		expect(error?.description).toMatch(/\w/);
		expect(stage.sandbox.respondIo.requests).toEqual([]);
	},
);

it('media: publish names the item once in the error of an option', async () => {
	const { error } = await stage.run(
		{ resource: 'media', operation: 'publish', options: { linkExpiry: '={{ $json.days }}' } },
		[],
		{ items: [file({ days: 1 }), file({ days: -1 })], credential: credential() },
	);
	expect(error?.message).toMatch(/^The option "Link Expiry" .*is "-1" \[item 1\]$/);
});
