import { createHmac } from 'node:crypto';

import { validateSignature } from '@line/bot-sdk';
import axios from 'axios';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks';

import { encodeContactId } from '../../../nodes/RespondIoCustomChannel/channel/contactId';
import type { Credential, Workflow } from '../../../tools/n8n';
import { baseUrlOf, readTemplate, withChoices, type Choices } from '../../../tools/templates';
import { CHANNEL, channelData, openStage, until, WEB_CHAT_KEY, type Stage } from '../stage';
import { openStandIn, PICTURE, REFUSED, type StandIn } from './standIn';

/** Each template as people import it, on the real n8n: both directions, receipts and refusals. */

const LINE_USER = 'U4af4980629a0b1c2d3e4f5a6b7c8d9e0';

let standIn: StandIn;
let stage: Stage;
const workflows: Record<string, Workflow> = {};

const credentials = (): Credential[] => {
	const { url, smtpPort, imapPort } = standIn;
	const given: Array<[type: string, data: Record<string, unknown>]> = [
		['whatsAppTriggerApi', { clientId: 'app', clientSecret: 'app-secret' }],
		['whatsAppApi', { accessToken: 'wa-token', businessAccountId: '1' }],
		['facebookGraphAppApi', { accessToken: 'app-token', appSecret: 'app-secret' }],
		['facebookGraphApi', { accessToken: 'page-token' }],
		['slackApi', { accessToken: 'xoxb-token', signatureSecret: 'slack-secret' }],
		['httpBearerAuth', { token: 'line-token' }],
		['twilioApi', { authType: 'authToken', accountSid: 'AC1', authToken: 'auth-token' }],
		['httpBasicAuth', { user: 'key', password: 'secret' }],
		['discordBotApi', { botToken: 'discord-token' }],
		[
			'smtp',
			{
				user: 'shop',
				password: 'mail-password',
				host: '127.0.0.1',
				port: smtpPort,
				secure: false,
				disableStartTls: true,
			},
		],
		[
			'imap',
			{
				user: 'shop',
				password: 'mail-password',
				host: '127.0.0.1',
				port: imapPort,
				secure: false,
				allowUnauthorizedCerts: true,
			},
		],
		['openAiApi', { apiKey: 'sk-test', url: `${url}/v1` }],
		['jwtAuth', { keyType: 'passphrase', secret: 'vonage-secret', algorithm: 'HS256' }],
	];
	return [
		...given.map(([type, data]) => ({ id: type, name: type, type, data })),
		...Object.entries(SECRETS).map(([name, hmacSecret]) => ({
			id: `crypto-${name}`,
			name: `crypto-${name}`,
			type: 'crypto',
			data: { hmacSecret },
		})),
		// A bot has one webhook.
		...TELEGRAM.map((name) => ({
			id: `telegram-${name}`,
			name: `telegram-${name}`,
			type: 'telegramApi',
			data: { accessToken: `token-${name}`, baseUrl: url },
		})),
		{
			id: 'viber',
			name: 'viber',
			type: 'httpHeaderAuth',
			data: { name: 'X-Viber-Auth-Token', value: 'viber-token' },
		},
	];
};

/** What calls of the provider are signed with, by template. */
const SECRETS: Record<string, string> = {
	line: 'line-secret',
	slack: 'slack-secret',
	twilio: 'auth-token',
	'two-providers': 'line-secret',
	viber: 'viber-token',
};
const TELEGRAM = ['telegram', 'ai-first', 'two-providers'];
const TEMPLATES = [
	'ai-first',
	'discord',
	'email',
	'instagram',
	'line',
	'messenger',
	'office-hours',
	'slack',
	'telegram',
	'twilio',
	'two-providers',
	'viber',
	'vonage',
	'whatsapp',
];

/** What a person fills in. */
const FILLED_IN: Record<string, string> = {
	'YOUR-PHONE-NUMBER-ID': '106540352242922',
	'YOUR-ACCOUNT-SID': 'AC1',
	'YOUR-NUMBER': '14155238886',
	'YOUR-APP-ID': '4242',
	'YOUR-SERVER-ID': '290926798626357999',
	'YOUR-CHANNEL-ID': '290926798999357250',
	'YOUR-PRODUCTION-URL-OF-FROM-TWILIO': 'https://n8n.example/webhook/twilio',
	// A minute is long for a test.
	'"field": "minutes",': '"field": "seconds", "secondsInterval": 2,',
};

async function imported(name: string, sandboxUrl: string): Promise<Workflow> {
	const workflow = await readTemplate(name, {
		...FILLED_IN,
		'http://127.0.0.1:3100': sandboxUrl,
		// Closed at any hour: the test can't wait for the night.
		'$now.hour < 9': '$now.hour >= 0',
	});
	const choices: Choices = {
		...Object.fromEntries(credentials().map(({ id, type }) => [type, { id, name: id }])),
		respondIoCustomChannelApi: CHANNEL,
		telegramApi: { id: `telegram-${name}`, name: `telegram-${name}` },
		crypto: { id: `crypto-${name}`, name: `crypto-${name}` },
		httpHeaderAuth: name === 'viber' ? { id: 'viber', name: 'viber' } : WEB_CHAT_KEY,
	};
	workflows[name] = withChoices({ ...workflow, id: name }, choices);
	return workflows[name];
}

beforeAll(async () => {
	standIn = await openStandIn();
	stage = await openStage({
		env: standIn.env,
		credentials: credentials(),
		workflows: async ({ url }) =>
			await Promise.all(TEMPLATES.map(async (name) => await imported(name, url))),
	});
	await choosePublicMediaUrl();
});
/** Published files need the address of one of the workflows. */
async function choosePublicMediaUrl() {
	const { n8n, sandbox } = stage;
	const publicMediaUrl = `${baseUrlOf(n8n.url, workflows.telegram)}/media`;
	await n8n.rest.http.patch(`/rest/credentials/${n8n.credentialIds[CHANNEL.id]}`, {
		name: CHANNEL.name,
		type: 'respondIoCustomChannelApi',
		data: { ...channelData(sandbox), publicMediaUrl },
	});
}

afterAll(async () => {
	await stage?.close();
	await standIn?.close();
});
beforeEach(() => {
	stage.sandbox.respondIo.reset();
	standIn.sent.length = 0;
	standIn.mails.length = 0;
});

/** The address of a template's Webhook node. */
const hookOf = (name: string, node: string): string => {
	const found = workflows[name].nodes.find((each) => each.name === node);
	return `${stage.n8n.url}/webhook/${found?.webhookId}`;
};
const call = async (url: string, body: unknown, headers: Record<string, string> = {}) =>
	await axios.post(url, body, { proxy: false, headers });

const signed = async (url: string, body: object, sign: (raw: string) => Record<string, string>) => {
	const raw = JSON.stringify(body);
	return await call(url, Buffer.from(raw), { 'content-type': 'application/json', ...sign(raw) });
};
const hmac = (algorithm: string, key: string, text: string) =>
	createHmac(algorithm, key).update(text).digest('hex');

const meta = async (object: string, body: object) =>
	await signed(standIn.webhooks[object], body, (raw) => ({
		'x-hub-signature': `sha1=${hmac('sha1', 'app-secret', raw)}`,
		'x-hub-signature-256': `sha256=${hmac('sha256', 'app-secret', raw)}`,
	}));
const slackEvent = async (event: object) => {
	const timestamp = String(Math.floor(Date.now() / 1000));
	const trigger = workflows.slack.nodes.find(({ name }) => name === 'From Slack');
	await signed(
		`${stage.n8n.url}/webhook/${trigger?.webhookId}/webhook`,
		{ type: 'event_callback', event },
		(raw) => ({
			'x-slack-request-timestamp': timestamp,
			'x-slack-signature': `v0=${hmac('sha256', 'slack-secret', `v0:${timestamp}:${raw}`)}`,
		}),
	);
};
const whatsapp = (value: object) => ({
	object: 'whatsapp_business_account',
	entry: [{ id: '1', changes: [{ field: 'messages', value }] }],
});
const waMessage = (message: object) =>
	whatsapp({
		messaging_product: 'whatsapp',
		metadata: { display_phone_number: '1', phone_number_id: '106540352242922' },
		contacts: [{ profile: { name: 'Mei' }, wa_id: '60123456789' }],
		messages: [{ from: '60123456789', timestamp: '1769851800', ...message }],
	});
const messaging = (object: string, event: object) => ({
	object,
	entry: [{ id: '999', time: 1769851800000, messaging: [{ timestamp: 1769851800000, ...event }] }],
});
const lineEvents = (message: object) => ({
	destination: 'x',
	events: [
		{
			type: 'message',
			mode: 'active',
			timestamp: 1769851800000,
			source: { type: 'user', userId: LINE_USER },
			webhookEventId: '01',
			deliveryContext: { isRedelivery: false },
			message,
		},
	],
});
/** https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/ */
const lineCall = async (body: object, template = 'line', secret = SECRETS.line) =>
	await signed(hookOf(template, 'From LINE'), body, (raw) => {
		const signature = createHmac('sha256', secret).update(raw).digest('base64');
		expect(validateSignature(raw, secret, signature)).toBe(true);
		return { 'x-line-signature': signature };
	});
/** https://developers.viber.com/docs/api/rest-bot-api/#callbacks */
const viberCall = async (body: object, token = SECRETS.viber) =>
	await signed(hookOf('viber', 'From Viber'), body, (raw) => ({
		'x-viber-content-signature': hmac('sha256', token, raw),
	}));
/** https://developer.vonage.com/en/getting-started/concepts/webhooks#decoding-signed-webhooks: a JSON Web Token */
const vonageCall = async (body: object, secret = 'vonage-secret') =>
	await signed(hookOf('vonage', 'From Vonage'), body, () => {
		const part = (claims: object) => Buffer.from(JSON.stringify(claims)).toString('base64url');
		const iat = Math.floor(Date.now() / 1000);
		const claims = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iss: 'Vonage', iat })}`;
		const signature = createHmac('sha256', secret).update(claims).digest('base64url');
		return { authorization: `Bearer ${claims}.${signature}` };
	});
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
/** https://www.twilio.com/docs/usage/security#validating-requests, signed by Twilio's own library */
const twilioCall = async (fields: Record<string, string>, token = SECRETS.twilio) => {
	const url = hookOf('twilio', 'From Twilio');
	return await call(url, new URLSearchParams(fields).toString(), {
		...FORM,
		'x-twilio-signature': getExpectedTwilioSignature(token, url, fields),
	});
};
/** https://docs.slack.dev/authentication/verifying-requests-from-slack */
const slackTap = async (payload: object, { secret = SECRETS.slack, age = 0 } = {}) => {
	const raw = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
	const timestamp = String(Math.floor(Date.now() / 1000) - age);
	return await call(hookOf('slack', 'Button Taps'), raw, {
		...FORM,
		'x-slack-request-timestamp': timestamp,
		'x-slack-signature': `v0=${hmac('sha256', secret, `v0:${timestamp}:${raw}`)}`,
	});
};
const telegramUpdate = async (message: object, name = 'telegram') =>
	await call(
		standIn.webhooks[`token-${name}`],
		{
			update_id: 1,
			message: {
				message_id: 7,
				date: 1769851800,
				chat: { id: 42, type: 'private', first_name: 'Mei' },
				from: { id: 42, is_bot: false, first_name: 'Mei' },
				...message,
			},
		},
		{ 'x-telegram-bot-api-secret-token': standIn.telegramSecrets[`token-${name}`] },
	);

interface Case {
	contactId: string;
	customerWrites(): Promise<unknown>;
	/** With a file, where the provider's need the workflow to fetch them. */
	customerSends?(): Promise<unknown>;
	/** What is on the customer's side then, where the stand-in has one. */
	customerSees?(): Promise<unknown>;
	/** What the provider gets of the agent's text `Hello back`. */
	gets: object;
	/** The id that the provider gave, in the form that its receipts have. */
	mId: RegExp;
	/** The words of the provider's refusal. */
	refusal: RegExp;
	receipt?(mId: string): Promise<unknown>;
	/** What the receipt says; delivered by default. */
	status?: 'read';
}

const CASES: Record<string, Case> = {
	telegram: {
		contactId: '42',
		customerWrites: async () => {
			const mei = standIn.telegramUser('token-telegram');
			await mei.sendMessage(mei.makeMessage('Hello'));
		},
		customerSees: async () => {
			const { result } = await standIn.telegramUser('token-telegram').getUpdates();
			return result.map(({ message }) => message);
		},
		customerSends: async () =>
			await telegramUpdate({
				message_id: 8,
				photo: [{ file_id: 'photo', file_unique_id: 'p', width: 1, height: 1 }],
				caption: 'Look',
			}),
		gets: { provider: 'telegram', body: { chat_id: 42, text: 'Hello &lt;back&gt; &amp; *so*' } },
		mId: /^42:\d+$/,
		refusal: /bot was blocked by the user/,
	},
	whatsapp: {
		contactId: '60123456789',
		customerWrites: async () =>
			await meta(
				'whatsapp_business_account',
				waMessage({ id: 'wamid.in', type: 'text', text: { body: 'Hello' } }),
			),
		customerSends: async () =>
			await meta(
				'whatsapp_business_account',
				waMessage({
					id: 'wamid.file',
					type: 'image',
					image: { id: '1', mime_type: 'image/png', caption: 'Look' },
				}),
			),
		gets: {
			provider: 'whatsapp',
			path: '/v25.0/106540352242922/messages',
			body: { to: '60123456789', type: 'text', text: { body: 'Hello <back> & *so*' } },
		},
		mId: /^wamid\.\d+$/,
		refusal: /Re-engagement message/,
		receipt: async (id) =>
			await meta(
				'whatsapp_business_account',
				whatsapp({
					messaging_product: 'whatsapp',
					metadata: { display_phone_number: '1', phone_number_id: '106540352242922' },
					statuses: [
						{ id, status: 'delivered', timestamp: '1769851800', recipient_id: '60123456789' },
					],
				}),
			),
	},
	messenger: {
		contactId: '7777777777777777',
		customerWrites: async () =>
			await meta(
				'page',
				messaging('page', {
					sender: { id: '7777777777777777' },
					recipient: { id: '999' },
					message: { mid: 'm_in', text: 'Hello' },
				}),
			),
		gets: { provider: 'meta', body: { message: { text: 'Hello <back> & *so*' } } },
		mId: /^m_\d+$/,
		refusal: /Re-engagement message/,
		receipt: async (id) =>
			await meta(
				'page',
				messaging('page', {
					sender: { id: '7777777777777777' },
					recipient: { id: '999' },
					delivery: { mids: [id], watermark: 1769851800000 },
				}),
			),
	},
	instagram: {
		contactId: '8888888888888888',
		customerWrites: async () =>
			await meta(
				'instagram',
				messaging('instagram', {
					sender: { id: '8888888888888888' },
					recipient: { id: '999' },
					message: { mid: 'ig_in', text: 'Hello' },
				}),
			),
		gets: { provider: 'meta', body: { message: { text: 'Hello <back> & *so*' } } },
		mId: /^m_\d+$/,
		refusal: /Re-engagement message/,
		status: 'read',
		receipt: async (mid) =>
			await meta(
				'instagram',
				messaging('instagram', {
					sender: { id: '8888888888888888' },
					recipient: { id: '999' },
					read: { mid },
				}),
			),
	},
	slack: {
		contactId: 'D024BE91L',
		customerWrites: async () =>
			await slackEvent({
				type: 'message',
				user: 'U061F7AUR',
				text: 'Hello',
				ts: '1769851800.009600',
				channel: 'D024BE91L',
				event_ts: '1769851800.009600',
				channel_type: 'im',
			}),
		gets: {
			provider: 'slack',
			body: { channel: 'D024BE91L', text: 'Hello &lt;back&gt; &amp; *so*' },
		},
		mId: /^D024BE91L:\d+\.\d+$/,
		refusal: /channel_not_found/,
	},
	line: {
		contactId: LINE_USER,
		customerWrites: async () =>
			await lineCall(lineEvents({ id: '1', type: 'text', quoteToken: 'q', text: 'Hello' })),
		customerSends: async () =>
			await lineCall(
				lineEvents({ id: '2', type: 'image', quoteToken: 'q', contentProvider: { type: 'line' } }),
			),
		gets: {
			provider: 'line',
			body: { to: LINE_USER, messages: [{ type: 'text', text: 'Hello <back> & *so*' }] },
		},
		mId: /^\d+$/,
		refusal: /request body has 1 error|Not allowed/,
	},
	viber: {
		contactId: '01234567890A=',
		customerWrites: async () =>
			await viberCall({
				event: 'message',
				timestamp: 1769851800000,
				message_token: 4912661846655238000,
				sender: { id: '01234567890A=', name: 'Mei' },
				message: { type: 'text', text: 'Hello' },
			}),
		gets: {
			provider: 'viber',
			body: { receiver: '01234567890A=', type: 'text', text: 'Hello <back> & *so*' },
		},
		mId: /^\d+$/,
		refusal: /notSubscribed/,
		receipt: async (id) =>
			await viberCall({
				event: 'delivered',
				timestamp: 1769851800000,
				message_token: Number(id),
				user_id: '01234567890A=',
			}),
	},
	vonage: {
		contactId: '60123456789',
		customerWrites: async () =>
			await vonageCall({
				channel: 'sms',
				message_uuid: 'aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab',
				to: '14155238886',
				from: '60123456789',
				timestamp: '2026-01-31T09:30:00Z',
				message_type: 'text',
				text: 'Hello',
			}),
		gets: {
			provider: 'vonage',
			body: { channel: 'sms', to: '60123456789', text: 'Hello <back> & *so*' },
		},
		mId: /^aaaaaaaa-bbbb-cccc-dddd-/,
		refusal: /Invalid params|parameters is invalid/,
		receipt: async (id) =>
			await vonageCall({
				message_uuid: id,
				to: '60123456789',
				from: '14155238886',
				timestamp: '2026-01-31T09:30:00Z',
				status: 'delivered',
				channel: 'sms',
			}),
	},
	twilio: {
		contactId: '+60123456789',
		customerWrites: async () =>
			await twilioCall({
				MessageSid: `SM${'1'.repeat(32)}`,
				From: '+60123456789',
				To: '+14155238886',
				Body: 'Hello',
				NumMedia: '0',
			}),
		gets: {
			provider: 'twilio',
			path: '/2010-04-01/Accounts/AC1/Messages.json',
			body: {
				To: '+60123456789',
				Body: 'Hello <back> & *so*',
				StatusCallback: 'https://n8n.example/webhook/twilio',
			},
		},
		mId: /^SM\d{32}$/,
		refusal: /unsubscribed recipient/,
		receipt: async (MessageSid) =>
			await twilioCall({
				MessageSid,
				MessageStatus: 'delivered',
				From: '+14155238886',
				To: '+60123456789',
			}),
	},
	discord: {
		contactId: '290926798999357250',
		customerWrites: async () => {
			standIn.discordMessages.unshift({
				id: '334385199974967042',
				type: 0,
				channel_id: '290926798999357250',
				author: { id: '80351110224678912', username: 'mei' },
				content: 'Hello',
				timestamp: '2026-01-31T09:30:00.000000+00:00',
				edited_timestamp: null,
				attachments: [],
				mentions: [],
			});
		},
		gets: {
			provider: 'discord',
			path: '/api/v10/channels/290926798999357250/messages',
			body: { content: 'Hello <back> & *so*' },
		},
		mId: /^\d+$/,
		refusal: /Missing Access/,
	},
};

const TEXT = 'Hello <back> & *so*';

describe.each(Object.entries(CASES))('the template %s', (name, provider) => {
	const contactId = encodeContactId(provider.contactId, 'custom');
	const agentSays = async (text: string) => {
		stage.sandbox.set({ baseUrl: baseUrlOf(stage.n8n.url, workflows[name]) });
		return await stage.sandbox.respondIo.send({ contactId, message: { type: 'text', text } });
	};
	const entry = async (type: string) =>
		await until(`the ${type}`, () =>
			stage.sandbox.respondIo.ledger.find((each) => each.type === type),
		);

	it("brings a customer's text to respond.io", async () => {
		await provider.customerWrites();
		expect(await entry('message')).toMatchObject({
			contactId,
			repeat: false,
			event: { message: { type: 'text', text: expect.stringMatching(/Hello$/) as string } },
		});
	});

	if (provider.customerSends) {
		it('publishes the file that a customer sends', async () => {
			await provider.customerSends?.();
			const found = await entry('message');
			expect(found).toMatchObject({ event: { message: { type: 'attachment' } } });
			const [fetched] = await stage.sandbox.respondIo.fetchAttachment(found);
			expect(fetched).toMatchObject({ status: 200 });
		});
	}

	it("brings an agent's text to the customer, and tells respond.io its id", async () => {
		const answer = await agentSays(TEXT);
		expect(standIn.sent).toMatchObject([provider.gets]);
		if (provider.customerSees) {
			expect(await provider.customerSees()).toMatchObject([
				{ text: 'Hello &lt;back&gt; &amp; *so*' },
			]);
		}
		expect(answer).toMatchObject({
			ok: true,
			mId: expect.stringMatching(provider.mId) as string,
		});
		if (provider.receipt === undefined) return;

		const { mId = '' } = answer;
		await provider.receipt(mId);
		expect(await entry('message_status')).toMatchObject({
			contactId,
			mId,
			event: { status: { value: provider.status ?? 'delivered' } },
		});
	});

	it("rejects with the provider's words what the provider refuses", async () => {
		const answer = await agentSays(REFUSED);
		expect(answer.ok).toBe(false);
		expect(answer.error).toMatch(provider.refusal);
		expect(standIn.sent).toEqual([]);
	});
});

const ledger = () => stage.sandbox.respondIo.ledger;
const ofType = async (type: string) =>
	await until(`the ${type}`, () => ledger().find((each) => each.type === type));
const agentSends = async (name: string, contactId: string, message: object) => {
	stage.sandbox.set({ baseUrl: baseUrlOf(stage.n8n.url, workflows[name]) });
	return await stage.sandbox.respondIo.send({ contactId, message });
};

describe('the template telegram, of every kind of message', () => {
	const url = 'https://files.example/a';

	it.each([
		['image', 'jpg', 'sendPhoto', { photo: `${url}.jpg` }],
		['image', 'gif', 'sendAnimation', { animation: `${url}.gif` }],
		['video', 'mp4', 'sendVideo', { video: `${url}.mp4` }],
		['audio', 'mp3', 'sendAudio', { audio: `${url}.mp3` }],
		['audio', 'ogg', 'sendMessage', { text: `${url}.ogg` }],
		['file', 'pdf', 'sendDocument', { document: `${url}.pdf` }],
		['file', 'docx', 'sendMessage', { text: `${url}.docx` }],
	])('sends %s %s with %s', async (type, ending, method, body) => {
		const attachment = { type, url: `${url}.${ending}` };
		const answer = await agentSends('telegram', '42', { type: 'attachment', attachment });
		expect(answer).toMatchObject({ ok: true });
		expect(standIn.sent).toMatchObject([{ path: `/bottoken-telegram/${method}`, body }]);
	});

	it('sends a place, and one with an address as text', async () => {
		const place = { type: 'location', latitude: 3.15, longitude: 101.71 };
		await agentSends('telegram', '42', place);
		await agentSends('telegram', '42', { ...place, address: 'Twin Towers, KL' });
		expect(standIn.sent).toMatchObject([
			{ path: '/bottoken-telegram/sendLocation', body: { latitude: 3.15, longitude: 101.71 } },
			{
				path: '/bottoken-telegram/sendMessage',
				body: {
					text: 'Twin Towers, KL\nhttps://www.google.com/maps/search/?api=1&amp;query=3.15,101.71',
				},
			},
		]);
	});

	it('numbers quick replies', async () => {
		const replies = ['Yes', 'No'];
		await agentSends('telegram', '42', { type: 'quick_reply', title: 'Sure?', replies });
		expect(standIn.sent).toMatchObject([{ body: { text: 'Sure?\n1. Yes\n2. No' } }]);
	});

	it('sends a long text in parts, in their order, and tells the id of the first', async () => {
		const text = `${'a'.repeat(4000)} ${'b'.repeat(4000)}`;
		const answer = await agentSends('telegram', '42', { type: 'text', text });
		expect(standIn.sent.map(({ body }) => String(body.text).charAt(0))).toEqual(['a', 'b']);
		expect(standIn.sent).toHaveLength(2);
		expect(answer).toMatchObject({ ok: true });
	});
});

const TAP = {
	type: 'block_actions',
	user: { id: 'U061F7AUR', name: 'mei' },
	channel: { id: 'D024BE91L' },
};

describe('quick replies', () => {
	const question = { type: 'quick_reply', title: 'Sure?', replies: ['Yes', 'No'] };

	it('are buttons in Slack, whose taps come back as text', async () => {
		await agentSends('slack', 'D024BE91L', question);
		const [{ body }] = standIn.sent;
		const [, actions] = body.blocks as Array<{ elements?: object[] }>;
		const { data } = await slackTap({
			...TAP,
			container: { message_ts: '1769851790.000100' },
			actions: [{ ...actions.elements?.[0], action_ts: '1769851800.840180' }],
		});
		// Anything else would be shown, or refused.
		expect(data).toBe('');
		expect(await ofType('message')).toMatchObject({
			contactId: 'D024BE91L',
			event: { message: { type: 'text', text: 'Yes' } },
		});
	});

	it('are buttons in WhatsApp, whose taps come back as text', async () => {
		await agentSends('whatsapp', '60123456789', question);
		const [{ body }] = standIn.sent;
		const { action } = body.interactive as {
			action: { buttons: Array<{ reply: { id: string; title: string } }> };
		};
		await meta(
			'whatsapp_business_account',
			waMessage({
				id: 'wamid.tap',
				type: 'interactive',
				interactive: { type: 'button_reply', button_reply: action.buttons[1].reply },
			}),
		);
		expect(await ofType('message')).toMatchObject({
			event: { message: { type: 'text', text: 'No' } },
		});
	});
});

describe('what is not signed with the secret that the workflow knows', () => {
	const viber = {
		event: 'message',
		timestamp: 1769851800000,
		message_token: 1,
		sender: { id: '01234567890A=', name: 'Mei' },
		message: { type: 'text', text: 'Forged' },
	};
	const sms = { MessageSid: `SM${'2'.repeat(32)}`, From: '+60123456789', To: '+1', Body: 'Forged' };
	const action = { type: 'button', action_id: 'r', text: { type: 'plain_text', text: 'Forged' } };
	const tap = { ...TAP, actions: [{ ...action, action_ts: '1769851801.840180' }] };
	const text = { type: 'text', id: '3', quoteToken: 'q', text: 'Forged' };

	it.each<[what: string, template: string, forged: () => Promise<unknown>]>([
		['a LINE event', 'line', async () => await lineCall(lineEvents(text), 'line', 'guessed')],
		[
			'an unsigned LINE event',
			'line',
			async () => await call(hookOf('line', 'From LINE'), lineEvents(text)),
		],
		[
			'a LINE event to two providers',
			'two-providers',
			async () => await lineCall(lineEvents(text), 'two-providers', 'guessed'),
		],
		['a Viber callback', 'viber', async () => await viberCall(viber, 'guessed')],
		['a message of Twilio', 'twilio', async () => await twilioCall(sms, 'guessed')],
		[
			'a message of Twilio, altered',
			'twilio',
			async () => {
				const url = hookOf('twilio', 'From Twilio');
				const signature = getExpectedTwilioSignature(SECRETS.twilio, url, { ...sms, Body: 'Hi' });
				await call(url, new URLSearchParams(sms).toString(), {
					...FORM,
					'x-twilio-signature': signature,
				});
			},
		],
		['a tap in Slack', 'slack', async () => await slackTap(tap, { secret: 'guessed' })],
		['an old tap in Slack, sent again', 'slack', async () => await slackTap(tap, { age: 400 })],
	])('is not posted, and shown as an error: %s', async (_what, template, forged) => {
		const { rest } = stage.n8n;
		const { length } = await rest.executions(template);
		await forged();
		const [{ id }] = await rest.waitForExecutions(template, length + 1);
		const { error } = (await rest.execution(id)).data.resultData;
		expect(error?.message).toMatch(/^The call is not signed with \w+'s secret/);
		expect(ledger()).toEqual([]);
	});

	it('is refused by the Webhook node where it knows the form, as for Vonage', async () => {
		await expect(vonageCall({ message_uuid: 'x' }, 'guessed')).rejects.toMatchObject({
			response: { status: 403 },
		});
		expect(ledger()).toEqual([]);
	});
});

describe('the template email', () => {
	const mail = (lines: string[]) =>
		standIn.receiveMail(
			[
				'From: Mei Lim <mei.lim@example.com>',
				'To: shop@example.com',
				'Subject: Blue one',
				'Date: Sat, 31 Jan 2026 17:30:00 +0800',
				...lines,
			].join('\r\n'),
		);
	const contactId = encodeContactId('mei.lim@example.com', 'custom');

	it('brings a mail and its attachment to respond.io', async () => {
		mail([
			'Message-ID: <in-1@example.com>',
			'MIME-Version: 1.0',
			'Content-Type: multipart/mixed; boundary="b"',
			'',
			'--b',
			'Content-Type: text/plain',
			'',
			'Is it in stock?',
			'--b',
			'Content-Type: image/png; name="cat.png"',
			'Content-Disposition: attachment; filename="cat.png"',
			'Content-Transfer-Encoding: base64',
			'',
			PICTURE.toString('base64'),
			'--b--',
			'',
		]);
		const last = await until('the attachment', () => ledger()[1], 60_000);
		expect(ledger()[0]).toMatchObject({
			contactId,
			event: { message: { type: 'text', text: 'Subject: Blue one\n\nIs it in stock?' } },
		});
		expect(last).toMatchObject({ contactId, event: { message: { type: 'attachment' } } });
		const [fetched] = await stage.sandbox.respondIo.fetchAttachment(last);
		expect(fetched).toMatchObject({ status: 200 });
	}, 90_000);

	it("tells that a mail was not delivered, from the mail server's report", async () => {
		const { mId = '' } = await agentSends('email', contactId, { type: 'text', text: 'Gone?' });
		standIn.receiveMail(
			[
				'From: Mail Delivery System <MAILER-DAEMON@mx.example.com>',
				'To: shop@example.com',
				'Subject: Undelivered Mail Returned to Sender',
				'Date: Sat, 31 Jan 2026 17:31:00 +0800',
				'Auto-Submitted: auto-replied',
				'Message-ID: <report-1@mx.example.com>',
				`In-Reply-To: ${mId}`,
				'MIME-Version: 1.0',
				'Content-Type: multipart/report; report-type=delivery-status; boundary="r"',
				'',
				'--r',
				'Content-Type: text/plain',
				'',
				'<mei.lim@example.com>: host mx.example.com said: 550 5.1.1 User unknown',
				'--r',
				'Content-Type: message/delivery-status',
				'',
				'Reporting-MTA: dns; mx.example.com',
				'',
				'Final-Recipient: rfc822; mei.lim@example.com',
				'Action: failed',
				'Status: 5.1.1',
				'Diagnostic-Code: smtp; 550 5.1.1 User unknown',
				'',
				'--r--',
				'',
			].join('\r\n'),
		);
		const entry = await until('the receipt', () => ledger()[0], 60_000);
		expect(entry).toMatchObject({
			type: 'message_status',
			contactId,
			mId,
			event: {
				status: { value: 'failed', message: expect.stringContaining('User unknown') as string },
			},
		});
		expect(ledger()).toHaveLength(1);
	}, 90_000);

	it("sends an agent's answer, and rejects what the mail server refuses", async () => {
		const answer = await agentSends('email', contactId, { type: 'text', text: 'Yes, it is.' });
		expect(answer).toMatchObject({ ok: true });
		expect(standIn.mails).toHaveLength(1);
		expect(standIn.mails[0]).toContain('To: mei.lim@example.com');
		expect(standIn.mails[0]).toContain('Subject: Your question');
		expect(standIn.mails[0]).toContain('Yes, it is.');
		expect(standIn.mails[0]).toContain(String(answer.mId));

		const nobody = encodeContactId('nobody@example.com', 'custom');
		const refused = await agentSends('email', nobody, { type: 'text', text: 'Hi' });
		expect(refused.ok).toBe(false);
		expect(refused.error).toMatch(/No such user here|recipients were rejected/);
	});
});

describe('the template ai-first', () => {
	it("answers, shows both in respond.io, and leaves a person's conversation alone", async () => {
		await telegramUpdate({ message_id: 1, text: 'When do you open?' }, 'ai-first');
		await ofType('message_echo');
		expect(ledger()).toMatchObject([
			{ type: 'message', event: { message: { text: 'When do you open?' } } },
			{ type: 'message_echo', contactId: '42', event: { message: { text: 'We open at 9.' } } },
		]);
		expect(standIn.sent).toMatchObject([{ body: { chat_id: 42, text: 'We open at 9.' } }]);

		await telegramUpdate({ message_id: 2, text: 'May I speak to a person?' }, 'ai-first');
		await until('the question', () => ledger()[2]);
		await stage.n8n.rest.waitForExecutions('ai-first', 2);
		expect(standIn.sent).toHaveLength(1);

		await agentSends('ai-first', '42', { type: 'text', text: 'Here I am.' });
		await telegramUpdate({ message_id: 3, text: 'When do you open?' }, 'ai-first');
		await until('the message', () => ledger()[3]);
		await stage.n8n.rest.waitForExecutions('ai-first', 4);
		expect(standIn.sent).toHaveLength(2);
		expect(ledger()).toHaveLength(4);
	});
});

describe('the template office-hours', () => {
	it('gives notice once a day, and shows it in respond.io', async () => {
		const url = hookOf('office-hours', 'From Web Chat');
		const write = async (id: string) =>
			await call(url, { event: 'message', id, from: { id: 'mei' }, type: 'text', text: 'Hello?' });
		await write('o1');
		const echo = await ofType('message_echo');
		expect(echo).toMatchObject({
			contactId: 'mei',
			event: { message: { text: expect.stringContaining('9 to 18') as string } },
		});
		await write('o2');
		await until('the second message', () => ledger().find(({ mId }) => mId === 'o2'));
		await stage.n8n.rest.waitForExecutions('office-hours', 2);
		expect(ledger().filter(({ type }) => type === 'message_echo')).toHaveLength(1);
		expect(stage.sandbox.webChat.sent).toHaveLength(1);

		const answer = await agentSends('office-hours', 'mei', { type: 'text', text: 'Good morning' });
		expect(answer).toMatchObject({ ok: true });
	});
});

describe('the template two-providers', () => {
	it("sends each answer where its contact's id points", async () => {
		await telegramUpdate({ message_id: 9, text: 'From Telegram' }, 'two-providers');
		await lineCall(
			lineEvents({ id: '99', type: 'text', quoteToken: 'q', text: 'From LINE' }),
			'two-providers',
		);
		await until('both', () => ledger()[1]);
		expect(
			ledger()
				.map(({ contactId }) => contactId)
				.sort(),
		).toEqual(['42', LINE_USER]);

		const line = await agentSends('two-providers', LINE_USER, { type: 'text', text: 'One' });
		const telegram = await agentSends('two-providers', '42', { type: 'text', text: 'Two' });
		expect(line).toMatchObject({ ok: true, mId: expect.stringMatching(/^\d+$/) as string });
		expect(telegram).toMatchObject({ ok: true, mId: expect.stringMatching(/^42:\d+$/) as string });
		expect(standIn.sent).toMatchObject([{ provider: 'line' }, { provider: 'telegram' }]);
	});
});
