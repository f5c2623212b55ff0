import { Readable } from 'node:stream';

import Ajv from 'ajv';
import fc from 'fast-check';
import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { keepProtocolShape } from '../../../nodes/RespondIoCustomChannel/trigger/answer';
import { receive } from '../../../nodes/RespondIoCustomChannel/trigger/receive';
import schema from '../../../nodes/RespondIoCustomChannel/__schema__/v2.0.0.json';

const TOKEN = 'the-channels-token';
const ALL = ['text', 'image', 'video', 'audio', 'file', 'location', 'quickReply', 'other'];

interface Call {
	body?: unknown;
	headers?: Record<string, string | string[]>;
	ip?: string;
	parameters?: Record<string, unknown>;
	options?: Record<string, unknown>;
	credential?: Record<string, unknown> | Error;
	/** Of the trigger; another one's memory of tokens is its own. */
	id?: string;
	typeVersion?: number;
	mode?: string;
	/** What stands behind the trigger. */
	behind?: Step[];
}

interface Step {
	type: string;
	disabled?: boolean;
	parameters?: Record<string, unknown>;
}

const ACTION = 'n8n-nodes-respondio-custom-channel.respondIoCustomChannel';
const answering = (operation: unknown, more: Partial<Step> = {}): Step => ({
	type: ACTION,
	parameters: { resource: 'outgoingMessage', operation },
	...more,
});
let serial = 0;

/** What the caller and the workflow get. */
interface Result {
	returned: IWebhookResponseData;
	status: number;
	answer: unknown;
	credentialReads: number;
	/** What n8n answers with in the end. */
	response: { statusCode: number; json(body: unknown): unknown };
}

const FILE = Buffer.from('the file');
const HEADERS = { authorization: `Bearer ${TOKEN}` };
const TEXT = { contactId: 'mei', message: { type: 'text', text: 'Hello' } };

async function call({
	body = TEXT,
	headers = HEADERS,
	ip = '203.0.113.7',
	parameters = {},
	options = {},
	credential = { channelId: 'ch', apiToken: TOKEN, idType: 'custom' },
	id = `trigger ${serial++}`,
	typeVersion = 2,
	mode = 'webhook',
	behind = [answering('accept')],
}: Call = {}): Promise<Result> {
	let credentialReads = 0;
	let answer: unknown;
	const response = {
		statusCode: 200,
		status(code: number) {
			this.statusCode = code;
			return this;
		},
		json(value: unknown) {
			answer = value;
			return this;
		},
	};
	const values: Record<string, unknown> = {
		responseMode: 'responseNode',
		messageTypes: ALL,
		splitOutputs: false,
		options,
		...parameters,
	};
	const context = {
		getNode: () => ({
			id,
			name: 'Trigger',
			type: `${ACTION}Trigger`,
			typeVersion,
			credentials: { respondIoCustomChannelApi: { id: 'cred', name: 'Channel' } },
		}),
		getWorkflow: () => ({ id: 'workflow' }),
		getMode: () => mode,
		getChildNodes: (name: string) =>
			name === 'Trigger' ? behind.map((step) => ({ disabled: false, ...step })) : [],
		getResponseObject: () => response,
		getRequestObject: () => ({ ip, headers, method: 'POST' }),
		getHeaderData: () => headers,
		getBodyData: () => body,
		getNodeParameter: (name: string, fallback: unknown) => values[name] ?? fallback,
		getCredentials: async () => {
			credentialReads++;
			if (credential instanceof Error) throw credential;
			return credential;
		},
		helpers: {
			httpRequest: async () => ({ statusCode: 200, headers: {}, body: Readable.from([FILE]) }),
			prepareBinaryData: async (data: Readable, fileName: string, mimeType: string) => ({
				data: Buffer.concat(await data.toArray()).toString(),
				fileName,
				mimeType,
			}),
			getSecureEgressFilter: () => ({
				createSecureLookup:
					() => (_name: string, _options: unknown, done: (...given: unknown[]) => void) =>
						done(null, [{ address: '93.184.216.34', family: 4 }]),
			}),
		},
	} as unknown as IWebhookFunctions;
	const returned = await receive(context);
	return { returned, status: response.statusCode, answer, credentialReads, response };
}

const itemsOf = ({ returned }: Result) => (returned.workflowData ?? []).flat();

/** Faults of a refusal: no execution, an error status, the documented shape, no token. */
function faultsOfRefusal({ returned, status, answer }: Result): string[] {
	const { error } = (answer ?? {}) as { error?: { message?: unknown } };
	return [
		...(returned.noWebhookResponse === true ? [] : ['n8n would answer too']),
		...(returned.workflowData === undefined ? [] : ['an execution would start']),
		...(status >= 400 && status < 500 ? [] : [`status ${status}`]),
		...(typeof error?.message === 'string' && error.message !== '' ? [] : ['no message']),
		...(JSON.stringify(answer).includes(TOKEN) ? ['the token is in the answer'] : []),
	];
}

it('gives one clean item, and a fresh id for the mode that answers at once', async () => {
	const result = await call({
		body: {
			channelId: 'ch',
			contactId: 'mei=2Etan',
			message: { type: 'text', text: 'Hi' },
			more: 1,
		},
	});
	const [{ json }] = itemsOf(result);
	expect(json).toEqual({
		channelId: 'ch',
		contactId: 'mei=2Etan',
		providerContactId: 'mei.tan',
		mId: expect.stringMatching(/^[0-9a-f-]{36}$/),
		receivedAt: expect.stringMatching(/^\d{4}-.*Z$/),
		message: { type: 'text', text: 'Hi' },
		raw: expect.objectContaining({ more: 1 }),
	});
	expect(result.returned.webhookResponse).toEqual({ mId: json.mId });
});

it('gives what its schema says, and all of it', async () => {
	const attachment = {
		type: 'image',
		url: 'https://a.example/b.jpg',
		mimeType: 'image/jpeg',
		fileName: 'b.jpg',
		description: 'Look',
	};
	const { message, ...item } = schema.properties;
	const fits = new Ajv({ strict: true }).addKeyword('version').compile({
		...schema,
		additionalProperties: false,
		properties: { ...item, message: { ...message, additionalProperties: false } },
	});
	const fields = new Set<string>();
	for (const each of [
		TEXT.message,
		{ type: 'attachment', attachment },
		{ type: 'location', latitude: 3.1, longitude: 101.7, address: 'Kuala Lumpur' },
		{ type: 'quick_reply', title: 'When?', replies: ['Now'] },
		{ type: 'sticker', sticker: { id: 1 } },
	]) {
		const [{ json }] = itemsOf(await call({ body: { contactId: 'mei', message: each } }));
		expect([fits(json), fits.errors]).toEqual([true, null]);
		for (const field of Object.keys(json.message as object)) fields.add(field);
	}
	expect([...fields].sort()).toEqual(Object.keys(message.properties).sort());
});

describe('refuses', () => {
	it.each<[string, Call, number, RegExp]>([
		['no token', { headers: {} }, 401, /no bearer token/],
		['another scheme', { headers: { authorization: 'Basic abc' } }, 401, /no bearer token/],
		['two headers', { headers: { authorization: [TOKEN, TOKEN] } }, 401, /no bearer token/],
		['another token', { headers: { authorization: 'Bearer x' } }, 401, /not this channel's/],
		[
			'the token and more',
			{ headers: { authorization: `Bearer ${TOKEN}x` } },
			401,
			/not this channel's/,
		],
		[
			'an empty token where the credential is empty',
			{ headers: { authorization: 'Bearer x' }, credential: { channelId: 'ch', apiToken: '' } },
			401,
			/not this channel's/,
		],
		['another channel', { body: { ...TEXT, channelId: 'other' } }, 403, /another channel/],
		[
			'an address that is not on the list',
			{ options: { ipAllowlist: '198.51.100.0/24' } },
			403,
			/203\.0\.113\.7 is not on the IP allowlist/,
		],
		['no contact', { body: { message: TEXT.message } }, 400, /contactId/],
		['no message', { body: { contactId: 'mei' } }, 400, /message/],
		[
			'two faults, both named',
			{ body: { contactId: '', message: { type: 'text' } } },
			400,
			/contactId.*/,
		],
		[
			'a type that was not chosen',
			{ parameters: { messageTypes: ['image'] } },
			400,
			/"text".*takes image/,
		],
	])('%s', async (_what, input, status, message) => {
		const result = await call(input);
		expect(faultsOfRefusal(result)).toEqual([]);
		expect(result.status).toBe(status);
		expect((result.answer as { error: { message: string } }).error.message).toMatch(message);
	});

	it('with 500 what only the one who runs n8n can mend', async () => {
		const unreadable = await call({ credential: new Error('decryption key') });
		expect(unreadable).toMatchObject({ status: 500, returned: { noWebhookResponse: true } });
		expect(JSON.stringify(unreadable.answer)).not.toContain('decryption');
		const badList = await call({ options: { ipAllowlist: 'example.com' } });
		expect(badList).toMatchObject({ status: 500, credentialReads: 0 });
		expect(JSON.stringify(badList.answer)).toContain('example.com');
	});
});

it.each<[string, Call, number]>([
	['a call without a token', { headers: {} }, 0],
	['a foreign address', { options: { ipAllowlist: '198.51.100.1' } }, 0],
	['a wrong token', { headers: { authorization: 'Bearer x' } }, 1],
	['a right call', {}, 1],
])('reads the credential for %s %#: %i times', async (_what, input, reads) => {
	expect((await call(input)).credentialReads).toBe(reads);
});

describe('an accepted token', () => {
	beforeEach(() => jest.useFakeTimers({ now: 1_000_000 }));
	afterEach(() => jest.useRealTimers());
	const reads = async (input: Call) => (await call(input)).credentialReads;

	it('is accepted again for ten seconds without a look at the credential, and no longer', async () => {
		const input = { id: 'a' };
		expect(await reads(input)).toBe(1);
		jest.setSystemTime(1_009_999);
		expect(await reads(input)).toBe(0);
		jest.setSystemTime(1_010_000);
		expect(await reads(input)).toBe(1);
	});

	it('is remembered of this trigger alone', async () => {
		expect(await reads({ id: 'b' })).toBe(1);
		expect(await reads({ id: 'c' })).toBe(1);
	});

	it('does not make another one right, which is looked up and refused each time', async () => {
		await call({ id: 'd' });
		for (let time = 0; time < 2; time++) {
			const result = await call({ id: 'd', headers: { authorization: 'Bearer other' } });
			expect([result.status, result.credentialReads]).toEqual([401, 1]);
		}
		expect(await reads({ id: 'd' })).toBe(0);
	});

	it('keeps no channel from the check of its own', async () => {
		await call({ id: 'e' });
		expect((await call({ id: 'e', body: { ...TEXT, channelId: 'other' } })).status).toBe(403);
	});

	it('is not remembered in version 1, nor where tokens are not verified', async () => {
		for (const input of [
			{ id: 'f', typeVersion: 1 },
			{ id: 'g', options: { verifyToken: false } },
		]) {
			expect(await reads(input)).toBe(1);
			expect(await reads(input)).toBe(1);
		}
	});

	it('is taken back with the clock', async () => {
		await call({ id: 'h' });
		jest.setSystemTime(0);
		expect(await reads({ id: 'h' })).toBe(1);
	});
});

describe('where no step would answer', () => {
	const MESSAGE =
		'No step of this workflow answers respond.io, so the message was not sent. Add an "Outgoing Message" step behind the trigger and keep it switched on (Answer from Responses, or Accept and Reject), or let the trigger respond immediately.';
	const NONE: Array<[string, Step[]]> = [
		['nothing is there', []],
		['another node is', [{ type: 'n8n-nodes-base.httpRequest', parameters: {} }]],
		[
			'n8n answers, which no community trigger can use',
			[{ type: 'n8n-nodes-base.respondToWebhook' }],
		],
		['the step is disabled', [answering('accept', { disabled: true })]],
		[
			'the node does something else',
			[{ type: ACTION, parameters: { resource: 'message', operation: 'post' } }],
		],
	];

	it.each(NONE)('respond.io is told so, and nothing starts: %s', async (_what, behind) => {
		const result = await call({ behind });
		expect(result).toMatchObject({
			status: 500,
			answer: { error: { message: MESSAGE } },
			returned: { noWebhookResponse: true },
		});
		expect(result.returned.workflowData).toBeUndefined();
	});

	it('a stranger is told nothing of it', async () => {
		expect((await call({ behind: [], headers: { authorization: 'Bearer x' } })).status).toBe(401);
	});

	it.each<[string, Call]>([
		...['accept', 'reject', 'answer'].map((operation): [string, Call] => [
			`${operation} is there`,
			{ behind: [{ type: 'n8n-nodes-base.set' }, answering(operation)] },
		]),
		['an expression chooses the operation', { behind: [answering('={{ $json.do }}')] }],
		['n8n does not tell the parameters', { behind: [{ type: ACTION }] }],
		['the trigger answers at once', { behind: [], parameters: { responseMode: 'onReceived' } }],
		['version 1, as it always did', { behind: [], typeVersion: 1 }],
	])('it starts where %s', async (_what, input) => {
		expect(itemsOf(await call(input))).toHaveLength(1);
	});

	it('who listens for a test event sees the error at the trigger; respond.io is told the same', async () => {
		const behind = [{ type: 'n8n-nodes-base.httpRequest' }];
		await expect(call({ mode: 'manual', behind })).rejects.toMatchObject({
			name: 'NodeOperationError',
			message: 'No step of this workflow answers respond.io, so the message was not sent',
			description: expect.stringMatching(/^Add an "Outgoing Message" step behind the trigger/),
		});
	});

	it('who tests the trigger alone gets the item, while respond.io is told that it was not sent', async () => {
		for (const behind of [[], [answering('accept', { disabled: true })]]) {
			const result = await call({ mode: 'manual', behind });
			expect(itemsOf(result)).toHaveLength(1);
			expect([result.status, result.answer]).toEqual([500, { error: { message: MESSAGE } }]);
			expect(result.returned.noWebhookResponse).toBe(true);
		}
	});
});

it.each(['Bearer', 'bearer', 'BEARER', 'Bearer '])('takes the scheme as "%s"', async (scheme) => {
	const result = await call({ headers: { authorization: `${scheme} ${TOKEN}` } });
	expect(itemsOf(result)).toHaveLength(1);
});

it('asks for no token where that is switched off', async () => {
	const result = await call({ headers: {}, options: { verifyToken: false } });
	expect(itemsOf(result)).toHaveLength(1);
});

it.each([
	['203.0.113.7', '203.0.113.7'],
	['203.0.113.0/24, 2001:db8::/32', '203.0.113.200'],
	['203.0.113.0/24\n2001:db8::/32', '2001:db8::1'],
	['203.0.113.7', '::ffff:203.0.113.7'],
])('lets in by the allowlist %j the address %s', async (ipAllowlist, ip) => {
	expect(itemsOf(await call({ ip, options: { ipAllowlist } }))).toHaveLength(1);
});

it.each(['', ' \n'])(
	'lets everyone in by the allowlist %j: it is not in use',
	async (ipAllowlist) => {
		expect(itemsOf(await call({ options: { ipAllowlist } }))).toHaveLength(1);
	},
);

it("takes the caller's address from n8n, which knows its proxies, and from no header", async () => {
	const options = { ipAllowlist: '203.0.113.7' };
	const forwarded = { 'x-forwarded-for': '203.0.113.7', 'x-real-ip': '203.0.113.7' };
	const headers = { ...HEADERS, ...forwarded };
	expect((await call({ ip: '198.51.100.9', headers, options })).status).toBe(403);
	expect(
		itemsOf(await call({ options, headers: { ...HEADERS, 'x-forwarded-for': '198.51.100.9' } })),
	).toHaveLength(1);
});

it('gives each chosen type its own output, in the order of the list', async () => {
	const parameters = { splitOutputs: true, messageTypes: ['location', 'text', 'image'] };
	const image = { type: 'attachment', attachment: { type: 'image', url: 'https://a.example/b' } };
	const outputs = async (message: object) =>
		(await call({ parameters, body: { contactId: 'mei', message } })).returned.workflowData?.map(
			(items) => items.length,
		);
	expect(await outputs(TEXT.message)).toEqual([1, 0, 0]);
	expect(await outputs(image)).toEqual([0, 1, 0]);
	expect(await outputs({ type: 'location', latitude: 1, longtitude: 2 })).toEqual([0, 0, 1]);
});

it('turns a quick reply into a numbered text where asked', async () => {
	const body = {
		contactId: 'mei',
		message: { type: 'quick_reply', title: 'When?', replies: ['Now', 'Later'] },
	};
	const [{ json }] = itemsOf(await call({ body, options: { quickReplyAsText: true } }));
	expect(json.message).toEqual({
		type: 'text',
		text: expect.stringMatching(/When\?[^]*1.*Now[^]*2.*Later/),
	});
	expect(itemsOf(await call({ body }))[0].json.message).toEqual({
		type: 'quickReply',
		title: 'When?',
		replies: ['Now', 'Later'],
	});
});

it('renders a quick reply as text, but takes and sorts it as the quick reply that it is', async () => {
	const body = {
		contactId: 'mei',
		message: { type: 'quick_reply', title: 'When?', replies: ['Now'] },
	};
	const options = { quickReplyAsText: true };
	const split = (messageTypes: string[]) => ({ splitOutputs: true, messageTypes });
	const taken = await call({ body, options, parameters: split(['text', 'quickReply']) });
	expect(taken.returned.workflowData?.map((items) => items.length)).toEqual([0, 1]);
	expect((await call({ body, options, parameters: split(['text']) })).status).toBe(400);
});

describe('downloads the file of an attachment', () => {
	const attachment = (url: string) => ({
		contactId: 'mei',
		message: { type: 'attachment', attachment: { type: 'file', url, fileName: 'a.txt' } },
	});
	const URL = 'https://files.example.com/a.txt';

	it('where asked', async () => {
		const options = { downloadAttachments: true };
		const [item] = itemsOf(await call({ body: attachment(URL), options }));
		expect(item.json.message).toMatchObject({ type: 'file', url: URL });
		expect(item.binary?.data).toMatchObject({ data: 'the file', fileName: 'a.txt' });
		expect(itemsOf(await call({ options }))[0].binary).toBeUndefined();
		expect(itemsOf(await call({ body: attachment(URL) }))[0].binary).toBeUndefined();
	});

	it('but not from a private address, unless that is allowed', async () => {
		const body = attachment('http://127.0.0.1/a.txt');
		const options = { downloadAttachments: true };
		const refused = await call({ body, options });
		expect(faultsOfRefusal(refused)).toEqual([]);
		expect(JSON.stringify(refused.answer)).toContain('could not be fetched');
		const allowed = await call({ body, options: { ...options, allowPrivateAddresses: true } });
		expect(itemsOf(allowed)[0].binary).toBeDefined();
	});
});

it('lets no answer of n8n pass for a delivery', async () => {
	const { response } = await call();
	response.json(undefined);
	expect(response.statusCode).toBe(502);
});

describe('what n8n answers in place of the workflow gets the shape of the protocol', () => {
	it.each<[string, number, unknown, number]>([
		['a failed workflow', 500, { message: 'Error in workflow' }, 500],
		['a workflow that ends without an answer', 200, undefined, 502],
		['an empty object', 200, {}, 502],
	])('%s', async (_what, written, body, status) => {
		let answer: unknown;
		const response = {
			statusCode: 200,
			status(code: number) {
				this.statusCode = code;
				return this;
			},
			json(value: unknown) {
				answer = value;
			},
		};
		keepProtocolShape(response as never);
		response.status(written).json(body);
		expect(response.statusCode).toBe(status);
		expect(answer).toEqual({ error: { message: expect.any(String) } });
		response.status(200).json({ mId: 'x' });
		expect([response.statusCode, answer]).toEqual([200, { mId: 'x' }]);
	});
});

// 105,000 cases in `npm test`, a twentieth of them in the fast loop.
const share = process.env.THOROUGH === 'yes' ? 1 : 0.05;

describe('whatever comes', () => {
	const check = async (input: Call) => {
		const result = await call(input);
		const items = itemsOf(result);
		if (items.length === 0) expect(faultsOfRefusal(result)).toEqual([]);
		else {
			expect(items).toHaveLength(1);
			expect(result.answer).toBeUndefined();
		}
	};
	const LEGAL: object[] = [
		{ channelId: 'ch', ...TEXT },
		{
			contactId: '+60177872890',
			message: { type: 'location', location: { latitude: 1, longitude: 2 } },
		},
		{
			contactId: 'mei=2Etan',
			message: {
				type: 'attachment',
				attachment: {
					type: 'image',
					url: 'https://a.example/b.jpg',
					mimeType: 'image/jpeg',
					fileName: 'b.jpg',
					description: 'x',
				},
			},
		},
		{ contactId: 'a', message: { type: 'quick_reply', title: 't', replies: ['a', 'b'] } },
		{ contactId: 'a', message: { type: 'carousel', cards: [] } },
	];
	/** A legal body with the value at one of its places changed or gone. */
	const changed = fc
		.tuple(fc.constantFrom(...LEGAL), fc.nat(), fc.option(fc.jsonValue(), { nil: undefined }))
		.map(([body, at, value]) => {
			let place = 0;
			const places = JSON.stringify(body).split('":').length - 1;
			return JSON.parse(JSON.stringify(body), (key, each: unknown) =>
				key !== '' && Number.isNaN(Number(key)) && place++ === at % places ? value : each,
			) as unknown;
		});
	const settings = {
		parameters: fc.record({
			splitOutputs: fc.boolean(),
			messageTypes: fc.subarray(ALL, { minLength: 1 }),
		}),
		options: fc.record({ quickReplyAsText: fc.boolean() }),
		credential: fc.record({
			channelId: fc.constant('ch'),
			apiToken: fc.constant(TOKEN),
			idType: fc.constantFrom('custom', 'phone'),
		}),
	};

	it.each<[string, fc.Arbitrary<Call>, number]>([
		['any JSON', fc.record({ body: fc.jsonValue(), ...settings }), 40_000],
		[
			'a legal body with a field changed or gone',
			fc.record({ body: changed, ...settings }),
			50_000,
		],
		[
			'any header',
			fc.record({
				headers: fc.dictionary(
					fc.constantFrom('authorization', 'content-type', 'x-forwarded-for'),
					fc.oneof(
						fc.string(),
						fc.string().map((text) => `Bearer ${text}`),
					),
				),
				ip: fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()),
				options: fc.record({ ipAllowlist: fc.constantFrom('', '10.0.0.0/8', '::/0') }),
			}),
			15_000,
		],
	])(
		'%s: one item, or a refusal that starts nothing',
		async (_what, input, numRuns) => {
			await fc.assert(fc.asyncProperty(input, check), { numRuns: numRuns * share });
		},
		120_000,
	);
});
