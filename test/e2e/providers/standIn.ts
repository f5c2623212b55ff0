import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import axios from 'axios';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { generate } from 'selfsigned';
import hoodiecrow from 'hoodiecrow-imap';
import { SMTPServer } from 'smtp-server';
import TelegramServer from 'telegram-test-api';

import { freePorts } from '../../../tools/n8n';
import { apiOf, faultsIn, FILES, PICTURE, SCENES } from './scenes';

/** The APIs of the providers on the loopback address, as strict as their published rules; one text refuses. */

export const REFUSED = 'refuse this';
/** The id of a file that its provider no longer has. */
export const GONE = '404';
/** WhatsApp's file with this id: each is another. */
export const pictureOf = (id: string) => Buffer.concat([PICTURE, Buffer.from(id)]);
/** The beginning of an MP4, by which its kind is known. */
export const VIDEO = Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42', 'latin1');
/** The text of a file on which MAX works for ever. */
export const NEVER_READY = 'Never ready';

const HOSTS = [
	'api-data.line.me',
	'api.gupshup.io',
	'api.line.me',
	'api.nexmo.com',
	'api.plivo.com',
	'api.telnyx.com',
	'api.twilio.com',
	'chatapi.viber.com',
	'discord.com',
	'files.example',
	'files.slack.com',
	'fu.oneme.ru',
	'graph.facebook.com',
	'graph.instagram.com',
	'i.oneme.ru',
	'lookaside.fbsbx.com',
	'media.plivo.com',
	'oauth.zaloapp.com',
	'openapi.zalo.me',
	'platform-api2.max.ru',
	'slack.com',
	'xxxxx.api.infobip.com',
	...SCENES.map((scene) => apiOf(scene).host),
];

/** What n8n's general credentials of the tests send along. */
const CREDENTIALS = [`Basic ${Buffer.from('key:secret').toString('base64')}`, 'Bearer line-token'];

/** A request that sends a message, as its provider got it. */
export interface Sent {
	provider: string;
	path: string;
	body: Record<string, unknown>;
	/** What the provider's answer names it. */
	id: string;
	/** Epoch milliseconds. */
	startedAt: number;
	answeredAt?: number;
}

/** What befalls the requests that send, by their number since the last reset, from 1. */
export interface Faults {
	refuse?: number;
	/** Answered late. */
	slow?: number;
}

/** Zalo's access tokens. */
export interface Zalo {
	/** How often each account's was renewed, by the account in the name of its tokens. */
	renewals: Record<string, number>;
	/** Seconds that the next one is good for. */
	expiresIn: number;
	/** It renews none. */
	refuses: boolean;
}

/** Milliseconds that a slow answer takes. */
const SLOW = 700;

export interface StandIn {
	/** What n8n must be started with, to reach the stand-in under the providers' names. */
	env: Record<string, string>;
	/** Plain HTTP, for what has its address in a credential. */
	url: string;
	smtpPort: number;
	imapPort: number;
	/** Puts a mail into the mailbox. */
	receiveMail(raw: string): void;
	sent: Sent[];
	mails: string[];
	faults: Faults;
	/** Forgets what was sent, and the faults. */
	reset(): void;
	/** Where a provider was told to send its events, by its name. */
	webhooks: Record<string, string>;
	/** A person on Telegram, with the chat's id 42: writes to the bot with the token, and sees what it has sent. */
	telegramUser(token: string): ReturnType<TelegramServer['getClient']>;
	/** The secret that Telegram was told to send along, by the bot's token. */
	telegramSecrets: Record<string, string>;
	/** What Discord's channel holds, the newest first. */
	discordMessages: object[];
	zalo: Zalo;
	/** What customers have sent to Telnyx, by its id. */
	telnyxMessages: Record<string, object>;
	close(): Promise<void>;
}

type Body = Record<string, unknown>;
const bodyOf = (request: FastifyRequest) => (request.body ?? {}) as Body;

export async function openStandIn(): Promise<StandIn> {
	const sent: Sent[] = [];
	const mails: string[] = [];
	const webhooks: Record<string, string> = {};
	const discordMessages: object[] = [];
	const telegramSecrets: Record<string, string> = {};
	const telnyxMessages: Record<string, object> = {};
	const faults: Faults = {};
	const zalo: Zalo = { renewals: {}, expiresIn: 90_000, refuses: false };
	let count = 0;
	let tried = 0;
	/** What a request has sent, and its number. */
	const taken = new WeakMap<FastifyRequest, { number: number; entry: Sent }>();

	const { private: key, cert } = await generate([{ name: 'commonName', value: 'stand-in' }], {
		extensions: [
			{ name: 'basicConstraints', cA: true },
			{ name: 'subjectAltName', altNames: HOSTS.map((value) => ({ type: 2 as const, value })) },
		],
	});
	const folder = await mkdtemp(path.join(os.tmpdir(), 'stand-in-'));
	const certificate = path.join(folder, 'certificate.pem');
	await writeFile(certificate, cert);

	const providers = fastify({ https: { key, cert }, forceCloseConnections: true });
	const plain = fastify({ forceCloseConnections: true });
	for (const app of [providers, plain] as FastifyInstance[]) {
		app.setErrorHandler((error, request, reply) => {
			console.log(request.url, error);
			void reply.status(500).send();
		});
		app.addContentTypeParser(
			'application/x-www-form-urlencoded',
			{ parseAs: 'string' },
			(_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
		);
		app.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (_request, body, done) =>
			done(null, { parts: body.toString('latin1') }),
		);
	}

	/** Keeps what was sent, under the id that the provider gives it; undefined where the provider refuses. */
	const take = (
		provider: string,
		request: FastifyRequest,
		idOf: (number: number) => string,
	): string | undefined => {
		const number = ++tried;
		if (faults.refuse === number || JSON.stringify(bodyOf(request)).includes(REFUSED)) {
			return undefined;
		}
		const entry: Sent = {
			provider,
			path: request.url,
			body: bodyOf(request),
			id: idOf(++count),
			startedAt: Date.now(),
		};
		sent.push(entry);
		taken.set(request, { number, entry });
		return entry.id;
	};
	for (const app of [providers, plain] as FastifyInstance[]) {
		app.addHook('onSend', async (request) => {
			const found = taken.get(request);
			if (found === undefined) return;
			if (faults.slow === found.number) await sleep(SLOW);
			found.entry.answeredAt = Date.now();
		});
	}
	const route = (
		host: string,
		method: 'GET' | 'POST' | 'DELETE',
		url: string,
		answer: (request: FastifyRequest) => [status: number, body: unknown],
	) =>
		providers.route({
			method,
			url,
			constraints: { host },
			handler: async (request, reply) => {
				const [status, body] = answer(request);
				return await reply.status(status).send(body);
			},
		});
	const bearer = (request: FastifyRequest, token: string) =>
		request.headers.authorization === `Bearer ${token}`;

	// Meta: https://developers.facebook.com/docs/graph-api/webhooks and /docs/whatsapp/cloud-api
	route('graph.facebook.com', 'POST', '/:version/oauth/access_token', () => [
		200,
		{ access_token: 'app-token', token_type: 'bearer' },
	]);
	route('graph.facebook.com', 'GET', '/:version/:app/subscriptions', () => [200, { data: [] }]);
	route('graph.facebook.com', 'POST', '/:version/:app/subscriptions', (request) => {
		const { object, callback_url, fields } = bodyOf(request) as Record<string, string>;
		webhooks[object] = callback_url;
		return fields.length === 0 ? [400, { error: { message: 'fields' } }] : [200, { success: true }];
	});
	route('graph.facebook.com', 'DELETE', '/:version/:app/subscriptions', () => [
		200,
		{ success: true },
	]);
	const metaError = (message: string) => ({
		error: { message, type: 'OAuthException', code: 100, fbtrace_id: 'x' },
	});
	const sendWithMeta = (request: FastifyRequest): [number, unknown] => {
		const body = bodyOf(request);
		const isWhatsApp = body.messaging_product === 'whatsapp';
		const token = (request.query as { access_token?: string }).access_token;
		if (isWhatsApp ? !bearer(request, 'wa-token') : token !== 'page-token') {
			return [401, metaError('Invalid OAuth access token.')];
		}
		const message_id = take(isWhatsApp ? 'whatsapp' : 'meta', request, (number) =>
			isWhatsApp ? `wamid.${number}` : `m_${number}`,
		);
		if (message_id === undefined) return [400, metaError('(#131047) Re-engagement message')];
		if (!isWhatsApp) {
			const { id } = body.recipient as { id: string };
			return [200, { recipient_id: id, message_id }];
		}
		return [
			200,
			{
				messaging_product: 'whatsapp',
				contacts: [{ input: body.to, wa_id: body.to }],
				messages: [{ id: message_id }],
			},
		];
	};
	route('graph.facebook.com', 'POST', '/:version/:id/messages', sendWithMeta);
	route('graph.instagram.com', 'POST', '/:version/:id/messages', sendWithMeta);
	const mediaOf = (request: FastifyRequest) => (request.params as { media: string }).media;
	route('graph.facebook.com', 'GET', '/:version/:media', (request) => {
		const id = mediaOf(request);
		if (!bearer(request, 'wa-token')) return [401, metaError('Invalid OAuth access token.')];
		if (id === GONE) return [400, metaError('Unsupported get request.')];
		return [200, { url: `https://lookaside.fbsbx.com/media/${id}`, mime_type: 'image/png', id }];
	});
	providers.get(
		'/media/:media',
		{ constraints: { host: 'lookaside.fbsbx.com' } },
		async (request, reply) =>
			bearer(request, 'wa-token')
				? await reply.type('image/png').send(pictureOf(mediaOf(request)))
				: await reply.status(401).send(),
	);

	// https://docs.slack.dev/reference/methods/chat.postMessage
	route('slack.com', 'POST', '/api/chat.postMessage', (request) => {
		if (!bearer(request, 'xoxb-token')) return [200, { ok: false, error: 'invalid_auth' }];
		const { channel } = bodyOf(request);
		const ts = take('slack', request, (number) => `1769851800.${String(number).padStart(6, '0')}`);
		return ts === undefined
			? [200, { ok: false, error: 'channel_not_found' }]
			: [200, { ok: true, channel, ts, message: {} }];
	});
	route('slack.com', 'POST', '/api/conversations.info', () => [200, { ok: true, channel: {} }]);

	// https://developers.line.biz/en/reference/messaging-api/#send-push-message
	route('api.line.me', 'POST', '/v2/bot/message/push', (request) => {
		if (!bearer(request, 'line-token')) return [401, { message: 'Authentication failed' }];
		const { to, messages } = bodyOf(request) as { to: string; messages: unknown[] };
		const isLegal = /^[UCR][0-9a-f]{32}$/.test(to) && messages.length >= 1 && messages.length <= 5;
		const id = isLegal ? take('line', request, (number) => `46139${number}`) : undefined;
		return id === undefined
			? [400, { message: 'The request body has 1 error(s)', details: [{ message: 'Not allowed' }] }]
			: [200, { sentMessages: messages.map((_, index) => ({ id: `${id}${index}` })) }];
	});
	providers.get(
		'/v2/bot/message/:id/content',
		{ constraints: { host: 'api-data.line.me' } },
		async (request, reply) =>
			bearer(request, 'line-token')
				? await reply.type('image/png').send(PICTURE)
				: await reply.status(401).send(),
	);

	// https://developers.viber.com/docs/api/rest-bot-api/#send-message
	route('chatapi.viber.com', 'POST', '/pa/send_message', (request) => {
		if (request.headers['x-viber-auth-token'] !== 'viber-token') {
			return [200, { status: 2, status_message: 'invalidAuthToken' }];
		}
		const token = take('viber', request, (number) => String(5000 + number));
		return token === undefined
			? [200, { status: 6, status_message: 'notSubscribed' }]
			: [
					200,
					{ status: 0, status_message: 'ok', message_token: Number(token), chat_hostname: 'h' },
				];
	});

	// https://developer.vonage.com/en/api/messages
	route('api.nexmo.com', 'POST', '/v1/messages', (request) => {
		const basic = `Basic ${Buffer.from('key:secret').toString('base64')}`;
		if (request.headers.authorization !== basic) return [401, { title: 'Unauthorized' }];
		const message_uuid = take(
			'vonage',
			request,
			(number) => `aaaaaaaa-bbbb-4ccc-8ddd-${String(number).padStart(12, '0')}`,
		);
		return message_uuid === undefined
			? [
					422,
					{ title: 'Invalid params', detail: 'The value of one or more parameters is invalid.' },
				]
			: [202, { message_uuid }];
	});

	// https://www.twilio.com/docs/messaging/api/message-resource
	route('api.twilio.com', 'POST', '/2010-04-01/Accounts/:sid/Messages.json', (request) => {
		const basic = `Basic ${Buffer.from('AC1:auth-token').toString('base64')}`;
		if (request.headers.authorization !== basic) return [401, { code: 20003 }];
		const isForm = request.headers['content-type'] === 'application/x-www-form-urlencoded';
		const sid = isForm
			? take('twilio', request, (number) => `SM${String(number).padStart(32, '0')}`)
			: undefined;
		return sid === undefined
			? [400, { code: 21610, message: 'Attempt to send to unsubscribed recipient', status: 400 }]
			: [201, { sid, status: 'queued' }];
	});

	// https://docs.zaloplatforms.com/docs/OA/bat-dau/xac-thuc-va-uy-quyen-cho-ung-dung-new: a token renews once, and ends the
	// access token before it.
	const zaloToken = (kind: 'refresh' | 'access', token: unknown) => {
		const [, found, name = '', number] = /^zalo-(\w+)-(\w+)-(\d+)$/.exec(String(token)) ?? [];
		return { name, isNewest: found === kind && Number(number) === (zalo.renewals[name] ?? 0) };
	};
	route('oauth.zaloapp.com', 'POST', '/v4/oa/access_token', (request) => {
		const { refresh_token, app_id, grant_type } = bodyOf(request);
		const { name, isNewest } = zaloToken('refresh', refresh_token);
		const isLegal =
			request.headers.secret_key === 'zalo-app-secret' &&
			app_id === '4242' &&
			grant_type === 'refresh_token' &&
			isNewest;
		if (!isLegal || zalo.refuses) {
			return [200, { error: -14014, error_name: 'Invalid refresh token' }];
		}
		const number = (zalo.renewals[name] ?? 0) + 1;
		zalo.renewals[name] = number;
		return [
			200,
			{
				access_token: `zalo-access-${name}-${number}`,
				refresh_token: `zalo-refresh-${name}-${number}`,
				expires_in: String(zalo.expiresIn),
			},
		];
	});
	// https://docs.zaloplatforms.com/docs/OA/tin-nhan/tin-tu-van/gui-tin-tu-van-dang-van-ban
	route('openapi.zalo.me', 'POST', '/v3.0/oa/message/cs', (request) => {
		if (!zaloToken('access', request.headers.access_token).isNewest) {
			return [200, { error: -216, message: 'Access token is invalid' }];
		}
		const { recipient, message } = bodyOf(request) as {
			recipient: { user_id: string };
			message: { text?: string; attachment?: object };
		};
		const { text = '' } = message;
		const isLegal =
			/^\d+$/.test(recipient.user_id) &&
			Array.from(text).length <= 2000 &&
			(text.trim() !== '' || message.attachment !== undefined);
		if (!isLegal) return [200, { error: -201, message: 'message is invalid!' }];
		const message_id = take('zalo', request, (number) => `a74b0d6c6e9c4ac2${number}`);
		return message_id === undefined
			? [200, { error: -230, message: 'User has not interacted with the OA in the past 7 days' }]
			: [
					200,
					{
						data: { message_id, user_id: recipient.user_id, quota: { quota_type: 'reply' } },
						error: 0,
						message: 'Success',
					},
				];
	});

	// https://docs.gupshup.io/reference/post_wa-api-v1-msg-3: a form, in which the message is JSON
	route('api.gupshup.io', 'POST', '/wa/api/v1/msg', (request) => {
		if (request.headers.apikey !== 'gupshup-key') {
			return [401, { status: 'error', message: 'Portal User Not Found With APIKey' }];
		}
		const form = bodyOf(request) as Record<string, string>;
		const isLegal =
			request.headers['content-type'] === 'application/x-www-form-urlencoded' &&
			[form.source, form.destination].every((number) => /^\d{7,15}$/.test(number)) &&
			form['src.name'] === 'ExampleShop';
		if (isLegal) Object.assign(form, { message: JSON.parse(form.message) as unknown });
		const messageId = isLegal
			? take(
					'gupshup',
					request,
					(number) => `ee4a68a0-1203-4c85-8dc3-${String(number).padStart(12, '0')}`,
				)
			: undefined;
		return messageId === undefined
			? [400, { status: 'error', message: 'Invalid Destination' }]
			: [202, { status: 'submitted', messageId }];
	});

	for (const scene of SCENES) {
		const { host, isKey, faultsOf, answerOf, taken: success, refused } = apiOf(scene);
		const answer = (request: FastifyRequest): { status: number; body: unknown } => {
			const { method, url, headers } = request;
			const { authorization, 'content-type': type = '' } = headers;
			if (!(isKey?.(headers) ?? CREDENTIALS.includes(String(authorization)))) {
				return { status: 401, body: { error: 'Unauthorized' } };
			}
			const answered = answerOf(`${method} ${url}`, bodyOf(request));
			if (answered !== undefined) return { status: 200, body: answered };
			const contentType = type.startsWith('application/json') ? 'json' : 'form-urlencoded';
			const faults = faultsOf({ method, url, contentType, body: bodyOf(request) });
			if (faults.length > 0) return { status: 400, body: { error: faults.join('; ') } };
			const id = take(scene.name, request, (number) => `${scene.name}-${number}`);
			return id === undefined ? refused : { status: 200, body: success(id) };
		};
		providers.route({
			method: ['GET', 'POST'],
			url: '/*',
			constraints: { host },
			handler: async (request, reply) => {
				const { status, body } = answer(request);
				if (Buffer.isBuffer(body)) void reply.type('image/png');
				return await reply.status(status).send(body);
			},
		});
	}
	plain.get(`${FILES}/*`, async (_request, reply) => reply.type('image/png').send(PICTURE));

	/** What a provider's published rules have against a request of the number that the templates send from. */
	const rulesOf = (name: string) => {
		const faultsOf = faultsIn(name, '14155238886');
		return ({ method, hostname, url, headers, body }: FastifyRequest) =>
			faultsOf({
				method,
				url: `https://${hostname}${url}`,
				contentType: headers['content-type']?.startsWith('application/json') ? 'json' : undefined,
				body,
			}).join('; ');
	};

	// https://developers.telnyx.com/api-reference/messages/send-a-message
	const telnyxFaults = rulesOf('telnyx');
	route('api.telnyx.com', 'POST', '/v2/messages', (request) => {
		if (!bearer(request, 'line-token')) return [401, { errors: [{ code: '10009' }] }];
		const faults = telnyxFaults(request);
		if (faults !== '') {
			return [422, { errors: [{ code: '10015', title: 'Bad Request', detail: faults }] }];
		}
		const { from, to } = bodyOf(request);
		const id = take(
			'telnyx',
			request,
			(number) => `40385f64-5717-4562-b3fc-${String(number).padStart(12, '0')}`,
		);
		if (id !== undefined) return [200, { data: { id, record_type: 'message', errors: [] } }];
		const detail = `Messages cannot be sent from '${String(from)}' to '${String(to)}' due to an existing block rule.`;
		return [409, { errors: [{ code: '40300', title: 'Blocked due to STOP message', detail }] }];
	});
	// https://developers.telnyx.com/api-reference/messages/retrieve-a-message
	route('api.telnyx.com', 'GET', '/v2/messages/:id', (request) => {
		if (!bearer(request, 'line-token')) return [401, { errors: [{ code: '10009' }] }];
		const { id } = request.params as { id: string };
		const ours = sent.find((each) => each.provider === 'telnyx' && each.id === id);
		const data =
			ours === undefined
				? telnyxMessages[id]
				: { id, direction: 'outbound', from: { phone_number: ours.body.from } };
		return data === undefined
			? [404, { errors: [{ code: '10005', title: 'Resource not found' }] }]
			: [200, { data }];
	});

	// https://www.plivo.com/docs/messaging/api/messages
	const isKeyOwner = (request: FastifyRequest) =>
		request.headers.authorization === `Basic ${Buffer.from('key:secret').toString('base64')}`;
	const plivoFaults = rulesOf('plivo');
	route('api.plivo.com', 'POST', '/v1/Account/:account/Message/', (request) => {
		const api_id = 'db342550-7b9d-11e1-8ea2-1231380bc196';
		if (!isKeyOwner(request)) return [401, { api_id, error: 'Authentication credentials invalid' }];
		const faults = plivoFaults(request);
		if (faults !== '') return [400, { api_id, error: faults }];
		const id = take(
			'plivo',
			request,
			(number) => `d37cf6ee-c0ce-11ee-bcbb-${String(number).padStart(12, '0')}`,
		);
		return id === undefined
			? [400, { api_id, error: 'src parameter is invalid' }]
			: [202, { api_id, message: 'message(s) queued', message_uuid: [id] }];
	});
	providers.get<{ Params: { id: string } }>(
		'/Account/:account/Media/:id',
		{ constraints: { host: 'media.plivo.com' } },
		async (request, reply) => {
			if (!isKeyOwner(request)) return await reply.status(401).send();
			if (request.params.id === GONE) return await reply.status(404).send();
			return await reply.type('image/png').send(PICTURE);
		},
	);

	// https://www.infobip.com/docs/api/channels/sms: what is wrong with a message is told with a success
	const infobipFaults = rulesOf('infobip');
	route('xxxxx.api.infobip.com', 'POST', '/sms/3/messages', (request) => {
		if (request.headers.authorization !== 'App infobip-key') {
			return [401, { requestError: { serviceException: { text: 'Invalid login details' } } }];
		}
		const description = infobipFaults(request);
		if (description !== '') return [400, { errorCode: 'E400', description, action: 'Mend it.' }];
		const [{ destinations }] = bodyOf(request).messages as Array<{
			destinations: Array<{ to: string }>;
		}>;
		const [{ to: destination }] = destinations;
		const messageId = take('infobip', request, (number) => `2250be2d4219-3af1-78856-${number}`);
		const status =
			messageId === undefined
				? {
						groupName: 'REJECTED',
						name: 'REJECTED_DESTINATION',
						description: 'Invalid destination address.',
					}
				: {
						groupName: 'PENDING',
						name: 'PENDING_ACCEPTED',
						description: 'Message sent to next instance',
					};
		return [200, { messages: [{ messageId: messageId ?? 'refused', destination, status }] }];
	});

	// https://docs.discord.com/developers/resources/message
	const isBot = (request: FastifyRequest) => request.headers.authorization === 'Bot discord-token';
	route('discord.com', 'GET', '/api/v10/users/@me/guilds', () => [
		200,
		[{ id: '290926798626357999', name: 'Shop' }],
	]);
	route('discord.com', 'GET', '/api/v10/channels/:id', (request) => [
		200,
		{ id: (request.params as { id: string }).id, guild_id: '290926798626357999', type: 0 },
	]);
	route('discord.com', 'GET', '/api/v10/channels/:id/messages', (request) =>
		isBot(request) ? [200, discordMessages] : [401, { message: '401: Unauthorized', code: 0 }],
	);
	route('discord.com', 'POST', '/api/v10/channels/:id/messages', (request) => {
		if (!isBot(request)) return [401, { message: '401: Unauthorized', code: 0 }];
		const message = take(
			'discord',
			request,
			(number) => `3343851999${String(number).padStart(8, '0')}`,
		);
		const { id } = request.params as { id: string };
		return message === undefined
			? [403, { message: 'Missing Access', code: 50001 }]
			: [200, { id: message, channel_id: id }];
	});

	// https://core.telegram.org/bots/api: telegram-test-api carries texts, both ways. It knows no other kinds of messages,
	// no files, and not the secret that goes with each update: these are added here.
	const [telegramPort] = await freePorts(1);
	const telegram = new TelegramServer({ host: '127.0.0.1', port: telegramPort });
	await telegram.start();
	const toTelegram = async (token: string, method: string, body: object) => {
		const url = `${telegram.config.apiURL}/bot${token}/${method}`;
		return (await axios.post<unknown>(url, body, { proxy: false })).data;
	};
	plain.all<{ Params: Record<'token' | 'method', string> }>(
		'/bot:token/:method',
		async (request, reply) => {
			const { token, method } = request.params;
			const body = bodyOf(request);
			switch (method) {
				case 'setWebhook':
					webhooks[token] = String(body.url);
					telegramSecrets[token] = String(body.secret_token);
					await toTelegram(token, method, { url: `${url}/update/${token}` });
					return { ok: true, result: true };
				case 'getFile':
					return { ok: true, result: { file_id: 'photo', file_path: 'photos/file_1.png' } };
				case 'getWebhookInfo':
					return { ok: true, result: { url: '' } };
				case 'deleteWebhook':
					return { ok: true, result: true };
			}
			const id = take('telegram', request, (number) => String(number));
			if (id === undefined) {
				return await reply.status(403).send({
					ok: false,
					error_code: 403,
					description: 'Forbidden: bot was blocked by the user',
				});
			}
			if (method === 'sendMessage') {
				const answer = (await toTelegram(token, method, body)) as {
					result: { message_id: number };
				};
				Object.assign(taken.get(request)?.entry ?? {}, { id: String(answer.result.message_id) });
				return answer;
			}
			const chat = { id: Number(body.chat_id) };
			return { ok: true, result: { message_id: Number(id), chat, date: 1769851800 } };
		},
	);
	plain.post<{ Params: { token: string } }>('/update/:token', async (request, reply) => {
		const { token } = request.params;
		const { status } = await axios.post(webhooks[token], request.body, {
			proxy: false,
			headers: { 'x-telegram-bot-api-secret-token': telegramSecrets[token] },
		});
		return await reply.status(status).send();
	});
	plain.get('/file/:token/photos/file_1.png', async (_request, reply) =>
		reply.type('image/png').send(PICTURE),
	);

	// What agents send, and what customers of MAX have sent.
	for (const [host, url] of [
		['files.example', '/a.jpg'],
		['i.oneme.ru', '/i'],
	]) {
		providers.get(url, { constraints: { host } }, async (_request, reply) =>
			reply.type('image/jpeg').send(PICTURE),
		);
	}

	// https://dev.max.ru/docs-api: a file is uploaded first, and MAX works on it for a while.
	const ofMax =
		(answer: (request: FastifyRequest) => [number, unknown]) =>
		(request: FastifyRequest): [number, unknown] =>
			request.headers.authorization === 'max-token'
				? answer(request)
				: [401, { code: 'verify.token', message: 'Invalid access_token' }];
	providers.get('/v', { constraints: { host: 'i.oneme.ru' } }, async (_request, reply) =>
		reply.type('video/mp4').send(VIDEO),
	);
	route(
		'platform-api2.max.ru',
		'GET',
		'/videos/:token',
		ofMax((request) => {
			const { token } = request.params as { token: string };
			return token === 'video-token'
				? [
						200,
						{
							token,
							urls: { mp4_144: 'https://i.oneme.ru/gone', mp4_720: 'https://i.oneme.ru/v' },
						},
					]
				: [404, { code: 'not.found', message: 'Video not found' }];
		}),
	);
	let isReady = false;
	route(
		'platform-api2.max.ru',
		'POST',
		'/uploads',
		ofMax((request) => {
			const { type } = request.query as { type?: string };
			isReady = false;
			return type === 'file'
				? [200, { url: 'https://fu.oneme.ru/upload.do?sig=1' }]
				: [400, { code: 'proto.payload', message: 'Unexpected type' }];
		}),
	);
	route('fu.oneme.ru', 'POST', '/upload.do', (request) => {
		const { parts } = bodyOf(request) as { parts?: string };
		const isWhole = parts?.includes(PICTURE.toString('latin1')) && parts.includes('name="data"');
		return isWhole ? [200, { fileId: 1, token: 'file-token' }] : [400, {}];
	});
	route(
		'platform-api2.max.ru',
		'POST',
		'/messages',
		ofMax((request) => {
			const { chat_id } = request.query as { chat_id?: string };
			const { text, attachments = [] } = bodyOf(request) as {
				text?: string;
				attachments?: Array<{ type: string; payload: { url?: string; token?: string } }>;
			};
			const isTaken = attachments.every(({ type, payload }) =>
				type === 'image' ? payload.url !== undefined : payload.token === 'file-token',
			);
			if (!isTaken || !/^-?\d+$/.test(chat_id ?? '') || (text ?? '').length > 4000) {
				return [400, { code: 'proto.payload', message: 'Illegal message' }];
			}
			if (attachments.some(({ payload }) => payload.token !== undefined) && !isReady) {
				isReady = text !== NEVER_READY;
				const message = 'Key: errors.process.attachment.file.not.processed';
				return [400, { code: 'attachment.not.ready', message }];
			}
			const mid = take('max', request, (number) => `mid.${number}`);
			return mid === undefined
				? [403, { code: 'chat.denied', message: 'error.dialog.suspended' }]
				: [200, { message: { timestamp: Date.now(), body: { mid, seq: 1, text } } }];
		}),
	);

	// https://bbernhard.github.io/signal-cli-rest-api
	plain.get<{ Params: { id: string } }>('/v1/attachments/:id', async (request, reply) =>
		request.params.id.endsWith('.mp4')
			? reply.type('video/mp4').send(VIDEO)
			: reply.type('image/png').send(PICTURE),
	);
	plain.post('/v2/send', async (request, reply) => {
		const {
			number,
			recipients,
			base64_attachments: files = [],
		} = bodyOf(request) as {
			number?: string;
			recipients?: string[];
			base64_attachments?: string[];
		};
		const isLegal =
			/^\+\d+$/.test(number ?? '') &&
			recipients?.length === 1 &&
			files.every((file) => /^data:[^;]+;filename=[^;]+;base64,[A-Za-z\d+/]+=*$/.test(file));
		if (!isLegal) return await reply.status(400).send({ error: 'invalid request' });
		const timestamp = take('signal', request, (count) => String(1769851800000 + count));
		return timestamp === undefined
			? await reply.status(400).send({ error: 'Failed to send message' })
			: await reply.status(201).send({ timestamp });
	});

	// A web chat that speaks Generic JSON, as the sandbox's does.
	plain.post('/provider/messages', async (request, reply) => {
		if (request.headers['x-api-key'] !== 'webchat-key') {
			return await reply.status(401).send({ error: { message: 'x-api-key is wrong' } });
		}
		const id = take('web-chat', request, (number) => `wc_${number}`);
		const { reference } = bodyOf(request);
		if (id !== undefined) return { id, status: 'accepted', reference };
		const message = 'The web chat is down for maintenance';
		return await reply.status(503).send({ error: { code: 'unavailable', message } });
	});

	// https://platform.openai.com/docs/api-reference/chat
	plain.post('/v1/chat/completions', async (request, reply) => {
		const { messages, model, stream } = bodyOf(request) as {
			model: string;
			stream?: boolean;
			messages: Array<{ content: unknown }>;
		};
		const question = JSON.stringify(messages[messages.length - 1].content);
		const content = question.includes('person') ? 'HANDOVER' : 'We open at 9.';
		const answer = { id: 'chatcmpl-1', created: 1769851800, model };
		if (stream === true) {
			const chunk = {
				...answer,
				object: 'chat.completion.chunk',
				choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: 'stop' }],
			};
			return await reply
				.type('text/event-stream')
				.send(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
		}
		return {
			...answer,
			object: 'chat.completion',
			choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
			usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
		};
	});

	const smtp = new SMTPServer({
		authOptional: false,
		allowInsecureAuth: true,
		disabledCommands: ['STARTTLS'],
		onAuth: ({ username, password }, _session, done) =>
			username === 'shop' && password === 'mail-password'
				? done(null, { user: username })
				: done(new Error('Invalid login')),
		onRcptTo: ({ address }, _session, done) =>
			address.startsWith('nobody@') ? done(new Error('No such user here')) : done(),
		onData: (stream, _session, done) => {
			const chunks: Buffer[] = [];
			stream.on('data', (chunk: Buffer) => chunks.push(chunk));
			stream.on('end', () => {
				mails.push(Buffer.concat(chunks).toString('utf8'));
				done();
			});
		},
	});

	const imap = hoodiecrow({
		plugins: ['ID', 'IDLE', 'UIDPLUS', 'UNSELECT', 'NAMESPACE', 'SPECIAL-USE', 'LITERALPLUS'],
		users: { shop: { password: 'mail-password' } },
		storage: { INBOX: { messages: [] } },
	});
	await new Promise<void>((resolve) => imap.listen(0, '127.0.0.1', resolve));

	const url = await plain.listen({ port: 0, host: '127.0.0.1' });
	await providers.listen({ port: 0, host: '127.0.0.1' });
	const listening = smtp.listen(0, '127.0.0.1');
	if (!listening.listening) await once(listening, 'listening');
	const portOf = (address: unknown) => (address as AddressInfo).port;
	return {
		env: {
			NODE_OPTIONS: `--require ${path.join(__dirname, 'redirect.cjs')}`,
			NODE_EXTRA_CA_CERTS: certificate,
			STAND_IN_PORT: String(portOf(providers.server.address())),
			STAND_IN_HOSTS: HOSTS.join(','),
		},
		url,
		smtpPort: portOf(listening.address()),
		imapPort: portOf(imap.server.address()),
		receiveMail: (raw) => imap.appendMessage('INBOX', [], new Date(), raw),
		sent,
		mails,
		faults,
		reset() {
			sent.length = 0;
			mails.length = 0;
			tried = 0;
			delete faults.refuse;
			delete faults.slow;
		},
		webhooks,
		telegramUser: (token) =>
			telegram.getClient(token, { userId: 42, chatId: 42, firstName: 'Mei' }),
		telegramSecrets,
		discordMessages,
		zalo,
		telnyxMessages,
		async close() {
			await Promise.all([
				providers.close(),
				plain.close(),
				telegram.stop(),
				new Promise<void>((resolve) => smtp.close(() => resolve())),
				new Promise<void>((resolve) => imap.close(() => resolve())),
				rm(folder, { recursive: true, force: true }),
			]);
		},
	};
}
