import { createHash, createHmac } from 'node:crypto';

import { validateSignature } from '@line/bot-sdk';
import axios from 'axios';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks';

import { encodeContactId } from '../../../nodes/RespondIoCustomChannel/channel/contactId';
import type { ProviderEvent } from '../../../nodes/RespondIoCustomChannel/providers/provider';
import { until } from '../stage';
import {
	callOf,
	echoOf,
	PICTURE,
	proofOf,
	receiptOf,
	refusalOf,
	SCENES,
	secretOf,
	told,
	withText,
	type Scene,
} from './scenes';
import { pictureOf, type Sent } from './standIn';
import { SECRETS, world } from './world';

/** How each provider calls, what it gets and how it answers: data for the scenes that all templates play. */

const SIGNAL_USER = '0a6e4f6d-2f5b-4c1e-9d0a-6b1f3c7e8d21';
export const LINE_USER = 'U4af4980629a0b1c2d3e4f5a6b7c8d9e0';

/** The address of a template's Webhook node. */
export const hookOf = (name: string, node: string): string => {
	const found = world.workflows[name].nodes.find((each) => each.name === node);
	return `${world.stage.n8n.url}/webhook/${String(found?.parameters.path ?? found?.webhookId)}`;
};
export const call = async (url: string, body: unknown, headers: Record<string, string> = {}) =>
	await axios.post<unknown>(url, body, { proxy: false, headers, validateStatus: () => true });

const signed = async (url: string, body: object, sign: (raw: string) => Record<string, string>) => {
	const raw = JSON.stringify(body);
	return await call(url, Buffer.from(raw), { 'content-type': 'application/json', ...sign(raw) });
};
export const hmac = (algorithm: string, key: string, text: string) =>
	createHmac(algorithm, key).update(text).digest('hex');

export const meta = async (object: string, body: object) => {
	// n8n subscribes some time after it has started.
	const url = await until('the subscription', () => world.standIn.webhooks[object]);
	return await signed(url, body, (raw) => ({
		'x-hub-signature': `sha1=${hmac('sha1', 'app-secret', raw)}`,
		'x-hub-signature-256': `sha256=${hmac('sha256', 'app-secret', raw)}`,
	}));
};
const slackEvent = async (event: object) => {
	const timestamp = String(Math.floor(Date.now() / 1000));
	const trigger = world.workflows.slack.nodes.find(({ name }) => name === 'From Slack');
	await signed(
		`${world.stage.n8n.url}/webhook/${trigger?.webhookId}/webhook`,
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
export const waMessages = (...messages: object[]) =>
	whatsapp({
		messaging_product: 'whatsapp',
		metadata: { display_phone_number: '1', phone_number_id: '106540352242922' },
		contacts: [{ profile: { name: 'Mei' }, wa_id: '60123456789' }],
		messages: messages.map((message) => ({
			from: '60123456789',
			timestamp: '1769851800',
			...message,
		})),
	});
export const waMessage = (message: object) => waMessages(message);
const messaging = (object: string, event: object) => ({
	object,
	entry: [{ id: '999', time: 1769851800000, messaging: [{ timestamp: 1769851800000, ...event }] }],
});
/** https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/message-echoes */
const metaEcho = (object: string, customer: string, { id, body }: Sent) => {
	const { text = 'ours', metadata } = body.message as { text?: string; metadata?: string };
	return messaging(object, {
		sender: { id: '999' },
		recipient: { id: customer },
		message: {
			mid: id,
			is_echo: true,
			text,
			...(object === 'page' && { app_id: 4242 }),
			...(metadata && { metadata }),
		},
	});
};
export const lineEvents = (...messages: object[]) => ({
	destination: 'x',
	events: messages.map((message) => ({
		type: 'message',
		mode: 'active',
		timestamp: 1769851800000,
		source: { type: 'user', userId: LINE_USER },
		webhookEventId: '01',
		deliveryContext: { isRedelivery: false },
		message,
	})),
});
/** https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/ */
export const lineCall = async (body: object, template = 'line', secret = SECRETS.line) =>
	await signed(hookOf(template, 'From LINE'), body, (raw) => {
		const signature = createHmac('sha256', secret).update(raw).digest('base64');
		expect(validateSignature(raw, secret, signature)).toBe(true);
		return { 'x-line-signature': signature };
	});
/** https://developers.viber.com/docs/api/rest-bot-api/#callbacks */
export const viberCall = async (body: object, token = SECRETS.viber) =>
	await signed(hookOf('viber', 'From Viber'), body, (raw) => ({
		'x-viber-content-signature': hmac('sha256', token, raw),
	}));
/** https://dev.max.ru/docs-api/methods/POST/subscriptions */
export const maxCall = async (update: object, secret = 'max-secret') =>
	await call(hookOf('max', 'From MAX'), update, { 'x-max-bot-api-secret': secret });
/** The server calls with the user name and the password of its address. */
export const signalCall = async (content: object, password = 'secret') =>
	await call(
		hookOf('signal', 'From Signal'),
		{
			jsonrpc: '2.0',
			method: 'receive',
			params: {
				envelope: {
					sourceNumber: '+60123456789',
					sourceUuid: SIGNAL_USER,
					sourceName: 'Mei',
					timestamp: 1769851800000,
					...content,
				},
				account: '+60111111111',
			},
		},
		{ authorization: `Basic ${Buffer.from(`key:${password}`).toString('base64')}` },
	);
export const signalMessage = (message: object) => ({
	dataMessage: { timestamp: 1769851800000, message: null, ...message },
});
export const maxMessage = (body: object) => ({
	update_type: 'message_created',
	timestamp: 1769851800000,
	message: {
		recipient: { chat_id: 182182182, chat_type: 'dialog' },
		timestamp: 1769851800000,
		sender: { user_id: 123456789, first_name: 'Mei', is_bot: false },
		body: { mid: 'mid.000000000adf429c', seq: 1, ...body },
	},
});
/** https://developer.vonage.com/en/getting-started/concepts/webhooks#decoding-signed-webhooks: a JSON Web Token */
export const vonageCall = async (body: object, secret = 'vonage-secret') =>
	await signed(hookOf('vonage', 'From Vonage'), body, () => {
		const part = (claims: object) => Buffer.from(JSON.stringify(claims)).toString('base64url');
		const iat = Math.floor(Date.now() / 1000);
		const claims = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iss: 'Vonage', iat })}`;
		const signature = createHmac('sha256', secret).update(claims).digest('base64url');
		return { authorization: `Bearer ${claims}.${signature}` };
	});
export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
/** https://www.twilio.com/docs/usage/security#validating-requests, signed by Twilio's own library */
export const twilioCall = async (
	fields: Record<string, string>,
	token = SECRETS.twilio,
	query = '',
) => {
	const url = `${hookOf('twilio', 'From Twilio')}${query}`;
	return await call(url, new URLSearchParams(fields).toString(), {
		...FORM,
		'x-twilio-signature': getExpectedTwilioSignature(token, url, fields),
	});
};
/** https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks; of a message that Telnyx knows, or does not */
export const telnyxCall = async (event_type: string, payload: object, query = '') =>
	await call(`${hookOf('telnyx', 'From Telnyx')}${query}`, {
		data: { event_type, id: 'e', occurred_at: '2026-01-31T09:30:00.000Z', payload },
	});
export const telnyxMessage = (id: string) => ({
	id,
	direction: 'inbound',
	type: 'SMS',
	from: { phone_number: '+13125550001' },
	to: [{ phone_number: '+14155238886', status: 'webhook_delivered' }],
	text: 'Hello',
	received_at: '2026-01-31T09:30:00.000Z',
});
/**
 * https://www.plivo.com/docs/messaging/concepts/signature-validation: version 2, and in calls that carry it version 3.
 * @param signed The fields that version 3 signs.
 */
export const plivoCall = async (
	fields: Record<string, string>,
	{ token = SECRETS.plivo, query = '', signed }: PlivoSigning = {},
) => {
	const url = hookOf('plivo', 'From Plivo');
	const nonce = '05429567804466091622';
	const sign = (text: string) => createHmac('sha256', token).update(text).digest('base64');
	const sorted = (values: string | Record<string, string>) => {
		const found = new URLSearchParams(values);
		found.sort();
		return [...found];
	};
	const queries = sorted(query).map((pair) => pair.join('='));
	const all = `${queries.join('&')}${queries.length > 0 ? '.' : ''}${sorted(signed ?? {})
		.flat()
		.join('')}`;
	return await call(`${url}${query}`, new URLSearchParams(fields).toString(), {
		...FORM,
		'x-plivo-signature-v2-nonce': nonce,
		'x-plivo-signature-v2': sign(`${url}${nonce}`),
		...(signed && {
			'x-plivo-signature-v3-nonce': nonce,
			'x-plivo-signature-v3': sign(`${url}?${all}.${nonce}`),
		}),
	});
};
export const plivoMms = (MessageUUID: string, file: string) => ({
	MessageUUID,
	From: '13125550001',
	To: '14155238886',
	Type: 'mms',
	Body: 'Look',
	MediaCount: '1',
	Media0: `https://media.plivo.com/Account/MAXXXXXXXXXXXXXXXXXX/Media/${file}`,
});
interface PlivoSigning {
	token?: string;
	query?: string;
	signed?: Record<string, string>;
}
export const infobipMessage = (messageId: string, text: string) => ({
	messageId,
	from: '41793026834',
	to: '14155238886',
	text,
	receivedAt: '2026-01-31T09:30:00.000+0000',
});
/** With a user and a password of our own */
export const infobipCall = async (results: object | object[], password = 'secret') =>
	await call(
		hookOf('infobip', 'From Infobip'),
		{ results: [results].flat() },
		{ authorization: `Basic ${Buffer.from(`key:${password}`).toString('base64')}` },
	);
/** https://docs.zaloplatforms.com/docs/OA/webhook/tin-nhan/su-kien-nguoi-dung-gui-tin-nhan: a digest, no HMAC */
export const zaloCall = async (event: object, secret = SECRETS.zalo) => {
	const body = { app_id: '4242', timestamp: '1769851800000', ...event };
	return await signed(hookOf('zalo', 'From Zalo'), body, (raw) => ({
		'x-zevent-signature': `mac=${createHash('sha256')
			.update(`${body.app_id}${raw}${body.timestamp}${secret}`)
			.digest('hex')}`,
	}));
};
/** A picture that the provider keeps for us. */
const fileLink = (name: string) => `${world.standIn.url}/file/${name}/photos/file_1.png`;
export const ZALO_USER = '246845883529197922';
/** What the Official Account did, or what became of it. */
export const zaloOwn = async (event_name: string, message: object) =>
	await zaloCall({
		event_name,
		sender: { id: '388613280878808645' },
		recipient: { id: ZALO_USER },
		message,
	});
/** https://docs.gupshup.io/docs/inbound-messages; nothing is signed */
export const gupshupCall = async (type: string, payload: object) =>
	await call(hookOf('gupshup', 'From Gupshup'), {
		app: 'ExampleShop',
		timestamp: 1769851800000,
		version: 2,
		type,
		payload,
	});
/** https://docs.slack.dev/authentication/verifying-requests-from-slack */
export const slackTap = async (payload: object, { secret = SECRETS.slack, age = 0 } = {}) => {
	const raw = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
	const timestamp = String(Math.floor(Date.now() / 1000) - age);
	return await call(hookOf('slack', 'Button Taps'), raw, {
		...FORM,
		'x-slack-request-timestamp': timestamp,
		'x-slack-signature': `v0=${hmac('sha256', secret, `v0:${timestamp}:${raw}`)}`,
	});
};
export const telegramUpdate = async (message: object, name = 'telegram') =>
	await call(
		world.standIn.webhooks[`token-${name}`],
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
		{ 'x-telegram-bot-api-secret-token': world.standIn.telegramSecrets[`token-${name}`] },
	);

export interface Case {
	/** The template; the case's own name by default. */
	template?: string;
	contactId: string;
	customerWrites?(): Promise<unknown>;
	/** What respond.io gets of it; `Hello` by default. */
	says?: string;
	/** With a file, where the provider's need the workflow to fetch them. */
	customerSends?(): Promise<unknown>;
	/** The file; the picture by default. */
	file?: Buffer;
	/** The words that come with it, where they are told. */
	caption?: string;
	/** The trigger of what a person lets the workflow do once. */
	once?: string;
	/** Other calls of the provider's, and what respond.io gets of each. */
	more?: Record<string, { comes(): Promise<unknown>; becomes(): object }>;
	/** A call of somebody else, with another secret or none, and the status that it is answered with. */
	forged?: { comes(secret: string | null): Promise<unknown>; status: number };
	/** What is on the customer's side then, where the stand-in has one. */
	customerSees?(): Promise<unknown>;
	/** What the provider gets of the agent's text `Hello <back> & *so*`. */
	gets: object;
	/** The id under which respond.io is told of a request; the provider's own by default. */
	mIdOf?(sent: Sent): string;
	/** What respond.io is told where the provider refuses. */
	refusal: string;
	/** A message that takes several requests, and the text or link of each. */
	parts?: { message: object; are: string[] };
	/** What the provider gets of a picture with the caption `Look`, by its requests. */
	picture: object[];
	/** It fetches files by their links. */
	fetches?: boolean;
	/** Requests that carry a reference are told under respond.io's own id. */
	isReferenced?: boolean;
	receipt?(sent: Sent, status: 'delivered' | 'failed'): Promise<unknown>;
	/** What the receipt says; delivered by default. */
	status?: 'read';
	/** The provider reports the business's own message. */
	echo?(sent: Sent): Promise<unknown>;
}

const JPG = 'https://files.example/a.jpg';
/** Three times as long as the limit of some, longer than that of most; words stay whole. */
export const longText = (letters: string, each: number) =>
	[...letters].map((letter) => letter.repeat(each)).join(' ');
const inParts = (letters: string, each: number) => ({
	message: { type: 'text', text: longText(letters, each) },
	are: [...letters].map((letter) => letter.repeat(each)),
});
/** A caption that is too long for one, of a picture that takes another request. */
const CAPTION_APART = {
	message: {
		type: 'attachment',
		attachment: { type: 'image', url: JPG, description: longText('ab', 600) },
	},
	are: [JPG, longText('ab', 600)],
};
const TELEGRAM_ANSWERS = {
	mIdOf: ({ id }: Sent) => `42:${id}`,
	refusal: 'Forbidden: bot was blocked by the user',
	parts: inParts('abc', 2100),
	picture: [{ body: { photo: JPG, caption: 'Look' } }],
};
const LINE_ANSWERS = {
	mIdOf: ({ id }: Sent) => `${id}0`,
	refusal: 'The request body has 1 error(s): Not allowed (400)',
	picture: [
		{
			body: {
				messages: [
					{ type: 'image', originalContentUrl: JPG, previewImageUrl: JPG },
					{ type: 'text', text: 'Look' },
				],
			},
		},
	],
};
const webChat = (template: string): Case => ({
	contactId: 'mei',
	customerWrites: async () =>
		await call(hookOf(template, 'From Web Chat'), {
			event: 'message',
			id: 'in-1',
			from: { id: 'mei' },
			type: 'text',
			text: 'Hello',
		}),
	gets: { provider: 'web-chat', body: { to: 'mei', type: 'text', text: 'Hello <back> & *so*' } },
	refusal: 'The web chat is down for maintenance (503)',
	isReferenced: true,
	parts: {
		message: {
			type: 'attachment',
			attachment: { type: 'video', url: 'https://files.example/a.mp4', description: 'Look' },
		},
		are: ['https://files.example/a.mp4', 'Look'],
	},
	picture: [{ body: { type: 'image', url: JPG, text: 'Look' } }],
	receipt: async ({ id, body: { reference } }, status) =>
		await call(hookOf(template, 'From Web Chat'), {
			event: 'status',
			id,
			to: 'mei',
			status,
			...(status === 'failed' && { error: 'The customer has left' }),
			reference,
			timestamp: 1769851800000,
		}),
	echo: async ({ id, body: { reference } }) =>
		await call(hookOf(template, 'From Web Chat'), {
			event: 'echo',
			id,
			to: 'mei',
			type: 'text',
			text: 'ours',
			reference,
			timestamp: 1769851800000,
		}),
});

const ofScene = (scene: Scene): Case => {
	const { incoming, outgoing, provider, sends, writes, file, echo, more = {}, proof } = scene;
	const { text: limit, references } = provider.capabilities;
	const eventOf = (name: string) => (incoming.cases[name].events as ProviderEvent[])[0];
	const messageOf = (name: string) => {
		const event = eventOf(name);
		if (event.type === 'message_status') throw new Error(`${name} is no message`);
		return event.message;
	};
	const comes = async (body: unknown, secret: string | null = secretOf(scene)) =>
		await signed(hookOf(scene.name, scene.webhook), body as object, (raw) =>
			proofOf(scene, raw, secret),
		);
	const said = messageOf(writes);
	const shown = file && messageOf(file.case);
	const written = async () => await comes(callOf(scene, { case: writes }));
	return {
		contactId: outgoing.contactId,
		once: scene.once,
		says: said.type === 'text' ? said.text : undefined,
		customerWrites: written,
		...(file && {
			customerSends: async () => await comes(callOf(scene, file, world.standIn.url)),
			caption: shown?.type === 'attachment' ? shown.attachment.description : undefined,
		}),
		more: Object.fromEntries(
			Object.entries(more).map(([name, { message, ...changed }]) => {
				const event = eventOf(changed.case);
				return [
					name,
					{
						comes: async () => await comes(callOf(scene, changed, world.standIn.url)),
						becomes: () => ({
							type: event.type,
							contactId: encodeContactId(event.contactId, 'custom'),
							mId: changed.id ?? event.messageId,
							event:
								event.type === 'message_status'
									? { status: event.status }
									: { message: told(scene, message ?? event.message, world.standIn.url) },
						}),
					},
				];
			}),
		),
		...(proof && {
			forged: {
				comes: async (secret = null) => await comes(callOf(scene, { case: writes }), secret),
				status: proof.hmac === undefined ? 403 : 500,
			},
		}),
		gets: { provider: scene.name, body: withText(scene, 'Hello <back> & *so*') },
		refusal: refusalOf(scene),
		isReferenced: references,
		parts: limit === undefined ? CAPTION_APART : inParts('abc', Math.floor(limit.max * 0.9)),
		picture: [{ body: sends.picture ?? withText(scene, `Look\n${JPG}`) }],
		fetches: sends.picture !== undefined,
		receipt: async (sent, status) => await comes(receiptOf(scene, sent, status)),
		...(echo && { echo: async (sent) => await comes(echoOf(scene, sent)) }),
	};
};

export const CASES: Record<string, Case> = {
	...Object.fromEntries(SCENES.map((scene) => [scene.name, ofScene(scene)])),
	telegram: {
		contactId: '42',
		customerWrites: async () => {
			const mei = world.standIn.telegramUser('token-telegram');
			await mei.sendMessage(mei.makeMessage('Hello'));
		},
		customerSees: async () => {
			const { result } = await world.standIn.telegramUser('token-telegram').getUpdates();
			return result.map(({ message }) => message);
		},
		customerSends: async () =>
			await telegramUpdate({
				message_id: 8,
				photo: [{ file_id: 'photo', file_unique_id: 'p', width: 1, height: 1 }],
				caption: 'Look',
			}),
		gets: { provider: 'telegram', body: { chat_id: 42, text: 'Hello &lt;back&gt; &amp; *so*' } },
		...TELEGRAM_ANSWERS,
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
		file: pictureOf('1'),
		caption: 'Look',
		gets: {
			provider: 'whatsapp',
			path: '/v25.0/106540352242922/messages',
			body: { to: '60123456789', type: 'text', text: { body: 'Hello <back> & *so*' } },
		},
		refusal: '(#131047) Re-engagement message (400)',
		isReferenced: true,
		parts: inParts('ab', 3000),
		picture: [{ body: { type: 'image', image: { link: JPG, caption: 'Look' } } }],
		receipt: async ({ id, body: { biz_opaque_callback_data } }, status) =>
			await meta(
				'whatsapp_business_account',
				whatsapp({
					messaging_product: 'whatsapp',
					metadata: { display_phone_number: '1', phone_number_id: '106540352242922' },
					statuses: [
						{
							id,
							status,
							timestamp: '1769851800',
							recipient_id: '60123456789',
							...(status === 'failed' && {
								errors: [{ code: 131026, title: 'Message undeliverable' }],
							}),
							biz_opaque_callback_data,
						},
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
		refusal: '(#131047) Re-engagement message (400)',
		parts: inParts('abc', 1500),
		picture: [
			{ body: { message: { attachment: { type: 'image', payload: { url: JPG } } } } },
			{ body: { message: { text: 'Look' } } },
		],
		receipt: async ({ id }) =>
			await meta(
				'page',
				messaging('page', {
					sender: { id: '7777777777777777' },
					recipient: { id: '999' },
					delivery: { mids: [id], watermark: 1769851800000 },
				}),
			),
		echo: async (sent) => await meta('page', metaEcho('page', '7777777777777777', sent)),
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
		refusal: '(#131047) Re-engagement message (400)',
		parts: inParts('abc', 800),
		picture: [
			{ body: { message: { attachment: { type: 'image', payload: { url: JPG } } } } },
			{ body: { message: { text: 'Look' } } },
		],
		status: 'read',
		receipt: async ({ id }) =>
			await meta(
				'instagram',
				messaging('instagram', {
					sender: { id: '8888888888888888' },
					recipient: { id: '999' },
					read: { mid: id },
				}),
			),
		echo: async (sent) => await meta('instagram', metaEcho('instagram', '8888888888888888', sent)),
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
		mIdOf: ({ id }) => `D024BE91L:${id}`,
		refusal: 'channel_not_found',
		parts: inParts('ab', 3000),
		picture: [
			{ body: { blocks: [{ type: 'image', image_url: JPG }] } },
			{ body: { text: 'Look' } },
		],
		echo: async ({ id, body: { text } }) =>
			await slackEvent({
				type: 'message',
				bot_id: 'B123ABC456',
				app_id: 'A123ABC456',
				user: 'U0BOT',
				text,
				ts: id,
				channel: 'D024BE91L',
				event_ts: id,
				channel_type: 'im',
			}),
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
		...LINE_ANSWERS,
	},
	max: {
		contactId: '182182182',
		customerWrites: async () => await maxCall(maxMessage({ text: 'Hello' })),
		customerSends: async () =>
			await maxCall(
				maxMessage({
					mid: 'mid.000000000adf429d',
					text: '',
					attachments: [
						{ type: 'image', payload: { photo_id: 1, token: 'tok', url: 'https://i.oneme.ru/i' } },
					],
				}),
			),
		gets: {
			provider: 'max',
			path: '/messages?chat_id=182182182',
			body: { text: 'Hello <back> & *so*' },
		},
		refusal:
			'The customer has stopped the bot, or the bot may not write in this chat. error.dialog.suspended (MAX error chat.denied) (403)',
		parts: inParts('abc', 2100),
		picture: [{ body: { text: 'Look', attachments: [{ type: 'image', payload: { url: JPG } }] } }],
	},
	signal: {
		contactId: SIGNAL_USER,
		customerWrites: async () => await signalCall(signalMessage({ message: 'Hello' })),
		customerSends: async () =>
			await signalCall(
				signalMessage({
					timestamp: 1769851801000,
					attachments: [{ contentType: 'image/png', id: '8QSxjA1.png' }],
				}),
			),
		gets: {
			provider: 'signal',
			body: {
				number: '+60111111111',
				recipients: [SIGNAL_USER],
				message: 'Hello <back> & *so*',
			},
		},
		refusal:
			'The customer is not on Signal, or Signal could not be reached. Failed to send message (400)',
		picture: [
			{
				body: {
					message: 'Look',
					base64_attachments: [
						`data:image/jpeg;filename=a.jpg;base64,${PICTURE.toString('base64')}`,
					],
				},
			},
		],
		receipt: async ({ id }) =>
			await signalCall({
				receiptMessage: { when: 1769851800000, isDelivery: true, timestamps: [Number(id)] },
			}),
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
		refusal:
			'The customer has not subscribed to the bot, or has left it. notSubscribed (Viber error 6)',
		parts: CAPTION_APART,
		picture: [{ body: { type: 'picture', media: JPG, text: 'Look' } }],
		receipt: async ({ id }, status) =>
			await viberCall({
				event: status,
				timestamp: 1769851800000,
				message_token: Number(id),
				user_id: '01234567890A=',
				...(status === 'failed' && { desc: 'failure description' }),
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
		refusal: 'Invalid params: The value of one or more parameters is invalid. (422)',
		isReferenced: true,
		parts: inParts('abc', 800),
		picture: [{ body: { message_type: 'text', text: `Look\n${JPG}` } }],
		receipt: async ({ id, body: { client_ref } }, status) =>
			await vonageCall({
				message_uuid: id,
				to: '60123456789',
				from: '14155238886',
				timestamp: '2026-01-31T09:30:00Z',
				status: status === 'failed' ? 'rejected' : status,
				...(status === 'failed' && { error: { title: '1320', detail: 'Unknown number' } }),
				channel: 'sms',
				client_ref,
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
		refusal: 'Attempt to send to unsubscribed recipient (400)',
		isReferenced: true,
		parts: inParts('abc', 1200),
		picture: [{ body: { Body: `Look\n${JPG}` } }],
		receipt: async ({ id, body: { StatusCallback } }, status) =>
			await twilioCall(
				{
					MessageSid: id,
					MessageStatus: status,
					From: '+14155238886',
					To: '+60123456789',
					...(status === 'failed' && { ErrorCode: '30003' }),
				},
				SECRETS.twilio,
				new URL(String(StatusCallback)).search,
			),
	},
	telnyx: {
		contactId: '+13125550001',
		customerWrites: async () => {
			const message = telnyxMessage('84cca175-9755-4859-b67f-4730d7f58aa3');
			world.standIn.telnyxMessages[message.id] = message;
			await telnyxCall('message.received', message);
		},
		customerSends: async () => {
			const message = {
				...telnyxMessage('84cca175-9755-4859-b67f-4730d7f58aa6'),
				type: 'MMS',
				text: 'Look',
				media: [
					{
						url: `${world.standIn.url}/file/telnyx/photos/file_1.png`,
						content_type: 'image/png',
						size: 70,
					},
				],
			};
			world.standIn.telnyxMessages[message.id] = message;
			await telnyxCall('message.received', message);
		},
		gets: {
			provider: 'telnyx',
			body: {
				from: '+14155238886',
				to: '+13125550001',
				text: 'Hello <back> & *so*',
				webhook_url: 'https://n8n.example/webhook/telnyx',
			},
		},
		refusal:
			"The customer has unsubscribed (replied STOP), and gets no messages until they write START. Blocked due to STOP message: Messages cannot be sent from '+14155238886' to '+13125550001' due to an existing block rule. (Telnyx error 40300) (409)",
		isReferenced: true,
		parts: inParts('abc', 1200),
		picture: [{ body: { text: 'Look', media_urls: [JPG], type: 'MMS' } }],
		receipt: async ({ id, body: { webhook_url } }, status) =>
			await telnyxCall(
				'message.finalized',
				{
					id,
					direction: 'outbound',
					from: { phone_number: '+14155238886' },
					to: [
						{
							phone_number: '+13125550001',
							status: status === 'failed' ? 'delivery_failed' : status,
						},
					],
					errors:
						status === 'failed' ? [{ code: '40001', title: 'Not routable', detail: 'x' }] : [],
				},
				new URL(String(webhook_url)).search,
			),
	},
	plivo: {
		contactId: '13125550001',
		customerWrites: async () =>
			await plivoCall({
				MessageUUID: 'd37cf6ee-c0ce-11ee-bcbb-0242ac110005',
				From: '13125550001',
				To: '14155238886',
				Type: 'sms',
				Text: 'Hello',
			}),
		customerSends: async () => {
			const mms = plivoMms(
				'd37cf6ee-c0ce-11ee-bcbb-0242ac110006',
				'801c2056-33ab-499c-80ef-58b574a462a2',
			);
			return await plivoCall(mms, { signed: mms });
		},
		gets: {
			provider: 'plivo',
			path: '/v1/Account/MAXXXXXXXXXXXXXXXXXX/Message/',
			body: {
				src: '14155238886',
				dst: '13125550001',
				type: 'sms',
				text: 'Hello <back> & *so*',
				url: 'https://n8n.example/webhook/plivo',
			},
		},
		refusal: 'src parameter is invalid (400)',
		isReferenced: true,
		parts: inParts('abc', 1200),
		picture: [{ body: { type: 'mms', text: 'Look', media_urls: [JPG] } }],
		receipt: async ({ id, body: { url } }, status) => {
			const fields = {
				MessageUUID: id,
				From: '14155238886',
				To: '13125550001',
				Type: 'sms',
				Status: status,
				...(status === 'failed' && { ErrorCode: '50' }),
			};
			const query = new URL(String(url)).search;
			return await plivoCall(fields, { query, signed: fields });
		},
	},
	zalo: {
		contactId: ZALO_USER,
		customerWrites: async () =>
			await zaloCall({
				event_name: 'user_send_text',
				sender: { id: ZALO_USER },
				recipient: { id: '388613280878808645' },
				message: { text: 'Hello', msg_id: '96d3cdf3af150460909' },
			}),
		customerSends: async () =>
			await zaloCall({
				event_name: 'user_send_image',
				sender: { id: ZALO_USER },
				recipient: { id: '388613280878808645' },
				message: {
					text: 'Look',
					msg_id: '96d3cdf3af150460910',
					attachments: [{ type: 'image', payload: { url: fileLink('zalo') } }],
				},
			}),
		gets: {
			provider: 'zalo',
			body: { recipient: { user_id: ZALO_USER }, message: { text: 'Hello <back> & *so*' } },
		},
		refusal:
			'More than 7 days have passed since the customer last wrote: only a template message can be sent. User has not interacted with the OA in the past 7 days (Zalo error -230)',
		parts: inParts('abc', 1500),
		picture: [
			{
				body: {
					message: {
						text: 'Look',
						attachment: { payload: { elements: [{ media_type: 'image', url: JPG }] } },
					},
				},
			},
		],
		receipt: async ({ id }) => await zaloOwn('user_received_message', { msg_id: id }),
		echo: async ({ id }) => await zaloOwn('oa_send_text', { msg_id: id, text: 'ours' }),
	},
	gupshup: {
		contactId: '60123456789',
		customerWrites: async () =>
			await gupshupCall('message', {
				id: 'ABEGkZUTIXZ0Ago6jWqOZm-Sz0WD',
				source: '60123456789',
				type: 'text',
				payload: { text: 'Hello' },
				sender: { phone: '60123456789', name: 'Mei' },
			}),
		customerSends: async () =>
			await gupshupCall('message', {
				id: 'ABEGkZUTIXZ0Ago6jWqOZm-Sz0WE',
				source: '60123456789',
				type: 'image',
				payload: { url: fileLink('gupshup'), contentType: 'image/png', caption: 'Look' },
				sender: { phone: '60123456789', name: 'Mei' },
			}),
		gets: {
			provider: 'gupshup',
			body: {
				channel: 'whatsapp',
				source: '14155238886',
				destination: '60123456789',
				'src.name': 'ExampleShop',
				message: { type: 'text', text: 'Hello <back> & *so*' },
			},
		},
		refusal: 'Invalid Destination (400)',
		parts: inParts('abc', 3000),
		picture: [{ body: { message: { type: 'image', originalUrl: JPG, caption: 'Look' } } }],
		receipt: async ({ id }, status) =>
			await gupshupCall('message-event', {
				id: 'gBEGkYaYVSEEAgnZxQ3JmKK6Wvg',
				gsId: id,
				type: status,
				destination: '60123456789',
				...(status === 'failed' && {
					payload: { code: 1002, reason: 'Number Does Not Exists On WhatsApp' },
				}),
			}),
	},
	infobip: {
		contactId: '41793026834',
		customerWrites: async () => await infobipCall(infobipMessage('817790313235066447', 'Hello')),
		gets: {
			provider: 'infobip',
			body: {
				messages: [
					{
						sender: '14155238886',
						destinations: [{ to: '41793026834' }],
						content: { text: 'Hello <back> & *so*' },
					},
				],
			},
		},
		refusal: 'Invalid destination address. (Infobip error REJECTED_DESTINATION)',
		isReferenced: true,
		parts: inParts('abc', 1200),
		picture: [{ body: { messages: [{ content: { text: `Look\n${JPG}` } }] } }],
		receipt: async ({ id, body: { messages } }, status) => {
			const [{ webhooks }] = messages as Array<{ webhooks?: { callbackData: string } }>;
			await infobipCall({
				messageId: id,
				to: '41793026834',
				doneAt: '2026-01-31T09:30:00.000+0000',
				status:
					status === 'failed'
						? { groupName: 'UNDELIVERABLE', name: 'UNDELIVERABLE_NOT_DELIVERED', description: 'x' }
						: { groupName: 'DELIVERED', name: 'DELIVERED_TO_HANDSET', description: 'x' },
				...webhooks,
			});
		},
	},
	discord: {
		contactId: '290926798999357250',
		says: 'mei: Hello',
		customerWrites: async () => {
			world.standIn.discordMessages.unshift({
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
		refusal: 'Missing Access (403)',
		parts: inParts('abc', 1500),
		picture: [{ body: { content: 'Look', embeds: [{ image: { url: JPG } }] } }],
		echo: async ({ id, body: { content } }) => {
			world.standIn.discordMessages.unshift({
				id,
				type: 0,
				channel_id: '290926798999357250',
				author: { id: '1', username: 'shop', bot: true },
				content,
				timestamp: '2026-01-31T09:31:00.000000+00:00',
				edited_timestamp: null,
				attachments: [],
				mentions: [],
			});
		},
	},
	'web-chat': webChat('web-chat'),
	'office-hours': { ...webChat('office-hours'), customerWrites: undefined },
	'ai-first': {
		contactId: '42',
		gets: { provider: 'telegram', body: { chat_id: 42, text: 'Hello &lt;back&gt; &amp; *so*' } },
		...TELEGRAM_ANSWERS,
	},
	'two-providers, to Telegram': {
		template: 'two-providers',
		contactId: '42',
		gets: { provider: 'telegram', body: { chat_id: 42, text: 'Hello &lt;back&gt; &amp; *so*' } },
		...TELEGRAM_ANSWERS,
	},
	'two-providers, to LINE': {
		template: 'two-providers',
		contactId: LINE_USER,
		gets: {
			provider: 'line',
			body: { to: LINE_USER, messages: [{ type: 'text', text: 'Hello <back> & *so*' }] },
		},
		...LINE_ANSWERS,
	},
};
