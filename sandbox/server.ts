import { createHash, timingSafeEqual } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fastify, type FastifyReply, type FastifyRequest } from 'fastify';
import { z, ZodError } from 'zod';

import { STATUS_VALUES, type EventsRequest } from '../nodes/RespondIoCustomChannel/channel/schema';
import { faultsSchema, type FaultAction } from './faults';
import { RespondIo } from './respondio';
import { describeIssues, settingsSchema, type Settings } from './settings';
import { sendSchema, WebChat } from './webChat';

export interface Sandbox {
	url: string;
	port: number;
	respondIo: RespondIo;
	webChat: WebChat;
	settings(): Settings;
	set(changes: Partial<Settings>): void;
	close(): Promise<void>;
}

/** A pack of 100 events with the longest texts must pass. */
const BODY_LIMIT = 5 * 1024 * 1024;
const FILE_LIMIT = 300 * 1024 * 1024;
const WEBHOOK = '/custom/channel/webhook';

/** The customer's or the agent's words: text, or a message in the side's own form. */
const words = {
	contactId: z.string().min(1),
	text: z.string().min(1).optional(),
	message: z.record(z.unknown()).optional(),
};
const hasWords = ({ text, message }: { text?: string; message?: object }) =>
	text !== undefined || message !== undefined;
const needsWords = { message: 'Required, unless there is a message', path: ['text'] };
const customerSchema = z
	.object({ ...words, name: z.string().optional(), id: z.string().optional() })
	.strict()
	.refine(hasWords, needsWords);
const agentSchema = z
	.object({
		...words,
		override: z
			.object({
				token: z.string().nullable().optional(),
				channelId: z.string().nullable().optional(),
				path: z.string().optional(),
				rawBody: z.string().optional(),
				headers: z.record(z.string()).optional(),
			})
			.strict()
			.optional(),
	})
	.strict()
	.refine(hasWords, needsWords);
const receiptSchema = z
	.object({ id: z.string(), status: z.enum(STATUS_VALUES), error: z.string().optional() })
	.strict();
/** `last`: of each list no more than so many of the newest. */
const stateSchema = z.object({ last: z.coerce.number().int().positive().optional() }).strict();

/** Starts both sides on the loopback address. Without a port, on any that is free. */
export async function createSandbox(
	options: { port?: number; settings?: Partial<Settings> } = {},
): Promise<Sandbox> {
	let settings = settingsSchema.parse(options.settings ?? {});
	const current = () => settings;
	const set = (changes: Partial<Settings>) => {
		settings = settingsSchema.parse({ ...settings, ...changes });
	};
	const closing = new AbortController();
	// One call adds one listener; hundreds at once are no leak.
	setMaxListeners(0, closing.signal);
	const respondIo = new RespondIo(current, closing.signal);
	const webChat = new WebChat(current, closing.signal);
	const app = fastify({ bodyLimit: BODY_LIMIT, forceCloseConnections: true });
	app.removeContentTypeParser('text/plain');
	app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
		// Clients name a type even where they send nothing.
		if (body.length === 0) return done(null);
		const error = new Error('content-type must be application/json');
		done(Object.assign(error, { statusCode: 415 }));
	});

	app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
		const status = error instanceof ZodError ? 400 : (error.statusCode ?? 500);
		const message = error instanceof ZodError ? describeIssues(error) : error.message;
		if (request.routeOptions.url === `${WEBHOOK}/`) {
			respondIo.close(respondIo.open(undefined).record, status, [message]);
		}
		return reply.status(status).send({ error: { message } });
	});

	// respond.io's side.

	app.post(`${WEBHOOK}/`, async (request, reply) => {
		const { record, fault } = respondIo.open(request.body);
		const answer = (status: number, body: object, faults?: string[]) => {
			respondIo.close(record, status, faults);
			return reply.status(status).send(body);
		};
		if (settings.answerDelay > 0) await pause(settings.answerDelay);
		if (fault && !acceptsFirst(fault)) {
			return await applyFault(fault, request, reply, (status) => respondIo.close(record, status));
		}
		if (!hasToken(request, settings.apiToken)) {
			return answer(401, { error: { message: 'Unauthorized' } }, ['wrong token']);
		}
		const faults = respondIo.check(request.body);
		if (faults.length > 0) {
			return answer(400, { error: { message: faults.join('; ') } }, faults);
		}
		respondIo.accept(request.body as EventsRequest, record);
		if (fault) {
			return await applyFault(fault, request, reply, (status) => respondIo.close(record, status));
		}
		return answer(200, { status: 'success' });
	});
	// As the real one has been seen to do with addresses that are nearly right.
	app.post(WEBHOOK, async (_request, reply) => await reply.redirect(`${WEBHOOK}/`, 301));
	app.all('/custom/*', async (_request, reply) =>
		reply.type('text/html').send('<!DOCTYPE html><html><body>404 not Found!</body></html>'),
	);

	// The web chat's side.

	app.post('/provider/messages', async (request, reply) => {
		if (!hasApiKey(request, settings.apiKey)) {
			return await reply.status(401).send(providerError('unauthorized', 'x-api-key is wrong'));
		}
		if (settings.providerDown) {
			return await reply
				.status(503)
				.send(providerError('unavailable', 'The web chat is down for maintenance'));
		}
		const message = sendSchema.safeParse(request.body);
		if (!message.success) {
			const [issue] = message.error.issues;
			return await reply
				.status(422)
				.send(providerError('invalid', `${issue.path.join('.')}: ${issue.message}`));
		}
		const { id, message: taken } = webChat.take(message.data);
		const { reference } = taken;
		return { id, status: 'accepted', ...(reference !== undefined && { reference }) };
	});
	await app.register(async (files) => {
		files.removeAllContentTypeParsers();
		files.addContentTypeParser(
			'*',
			{ parseAs: 'buffer', bodyLimit: FILE_LIMIT },
			(_request, body, done) => done(null, body),
		);
		files.post<{ Querystring: { name?: string } }>('/provider/files', async (request, reply) => {
			if (!Buffer.isBuffer(request.body)) {
				return await reply.status(400).send(providerError('invalid', 'send the bytes of a file'));
			}
			const id = webChat.store({
				contentType: request.headers['content-type'] ?? 'application/octet-stream',
				fileName: request.query.name,
				bytes: request.body,
			});
			return {
				id,
				url: `${url}/provider/files/${id}`,
				privateUrl: `${url}/provider/private/${id}`,
			};
		});
	});
	const serveFile = async (id: string, reply: FastifyReply) => {
		const file = webChat.files.get(id);
		if (!file) return await reply.status(404).send(providerError('unknown', 'no such file'));
		if (file.fileName !== undefined) {
			const name = encodeURIComponent(file.fileName);
			void reply.header('content-disposition', `inline; filename*=UTF-8''${name}`);
		}
		return await reply.type(file.contentType).send(file.bytes);
	};
	app.get<{ Params: { id: string } }>(
		'/provider/files/:id',
		async (request, reply) => await serveFile(request.params.id, reply),
	);
	app.get<{ Params: { id: string } }>('/provider/private/:id', async (request, reply) => {
		if (!hasApiKey(request, settings.apiKey)) {
			return await reply.status(401).send(providerError('unauthorized', 'x-api-key is wrong'));
		}
		return await serveFile(request.params.id, reply);
	});

	// Both sides, driven from outside.

	app.get('/control/state', async (request) => {
		const { last } = stateSchema.parse(request.query);
		const newest = <Item>(list: Item[]) => (last === undefined ? list : list.slice(-last));
		return {
			settings,
			faults: respondIo.faults,
			contacts: Object.fromEntries(newest([...respondIo.contacts])),
			ledger: newest(respondIo.ledger),
			requests: newest(respondIo.requests),
			refused: newest(respondIo.requests.filter(({ faults }) => faults !== undefined)),
			agentMessages: newest(respondIo.agentMessagesWithStatuses()),
			provider: {
				sent: newest(webChat.sent),
				customerMessages: newest(webChat.customerMessages),
			},
		};
	});
	app.put('/control/settings', async (request) => {
		set(settingsSchema.partial().parse(request.body));
		return settings;
	});
	app.post('/control/customer/messages', async (request) => {
		const { contactId, text, message, name, id } = customerSchema.parse(request.body);
		return await webChat.write(contactId, message ?? { type: 'text', text }, name, id);
	});
	app.post('/control/agent/messages', async (request) => {
		const { contactId, text, message, override } = agentSchema.parse(request.body);
		return await respondIo.send({
			contactId,
			message: message ?? { type: 'text', text },
			...(override && { override }),
		});
	});
	app.post('/control/provider/receipts', async (request, reply) => {
		const { id, status, error } = receiptSchema.parse(request.body);
		const sent = webChat.sent.find((message) => message.id === id);
		if (!sent) return await reply.status(404).send({ error: { message: `no message ${id}` } });
		await webChat.report(sent, status, error);
		return sent;
	});
	app.get('/control/ledger', async () => ({
		ledger: respondIo.ledger,
		requests: respondIo.requests,
	}));
	app.post<{ Params: { seq: string } }>('/control/ledger/:seq/fetch', async (request, reply) => {
		const entry = respondIo.ledger.find(({ seq }) => seq === Number(request.params.seq));
		if (!entry) return await reply.status(404).send({ error: { message: 'no such entry' } });
		return await respondIo.fetchAttachment(entry);
	});
	app.get('/control/faults', async () => respondIo.faults);
	app.put('/control/faults', async (request) => {
		respondIo.setFaults(faultsSchema.parse(request.body));
		return respondIo.faults;
	});
	app.delete('/control/faults', async () => {
		respondIo.setFaults();
		return respondIo.faults;
	});
	app.post('/control/reset', async () => {
		respondIo.reset();
		webChat.reset();
		return {};
	});

	app.get('/', async (_request, reply) =>
		reply.type('text/html').send(await readFile(path.join(__dirname, 'page.html'), 'utf8')),
	);

	const url = await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });
	return {
		url,
		port: Number(new URL(url).port),
		respondIo,
		webChat,
		settings: current,
		set,
		close: async () => {
			closing.abort();
			await app.close();
		},
	};
}

function providerError(code: string, message: string) {
	return { error: { code, message } };
}

function hasToken(request: FastifyRequest, token: string): boolean {
	return isSame(request.headers.authorization ?? '', `Bearer ${token}`);
}

function hasApiKey(request: FastifyRequest, apiKey: string): boolean {
	return isSame(String(request.headers['x-api-key'] ?? ''), apiKey);
}

function isSame(given: string, expected: string): boolean {
	const digest = (text: string) => createHash('sha256').update(text).digest();
	return timingSafeEqual(digest(given), digest(expected));
}

/** Waits, without keeping a closed sandbox's process alive. */
async function pause(milliseconds: number): Promise<void> {
	await sleep(milliseconds, undefined, { ref: false });
}

/** Faults that strike after the events were taken. */
function acceptsFirst({ kind }: FaultAction): boolean {
	return ['resetAfter', 'slow', 'neverEnding', 'stall'].includes(kind);
}

/** Milliseconds after which even an endless answer ends. */
const ENDLESS = 10 * 60_000;

async function applyFault(
	fault: FaultAction,
	request: FastifyRequest,
	reply: FastifyReply,
	close: (status: number) => void,
): Promise<unknown> {
	switch (fault.kind) {
		case 'status': {
			const { status, retryAfter, asDate, message } = fault;
			if (retryAfter !== undefined) {
				const value = asDate
					? new Date(Date.now() + retryAfter * 1000).toUTCString()
					: String(retryAfter);
				void reply.header('retry-after', value);
			}
			close(status);
			return await reply.status(status).send({ error: { message } });
		}
		case 'resetBefore':
		case 'resetAfter':
			close(0);
			reply.hijack();
			request.raw.socket.destroy();
			return reply;
		case 'slow':
			await pause(fault.milliseconds);
			close(200);
			return await reply.send({ status: 'success' });
		case 'neverEnding': {
			close(200);
			reply.hijack();
			const { raw } = reply;
			raw.writeHead(200, { 'content-type': 'application/json' });
			const drip = setInterval(() => raw.write(' '), 50);
			const end = setTimeout(() => raw.end(), ENDLESS);
			raw.on('close', () => {
				clearInterval(drip);
				clearTimeout(end);
			});
			return reply;
		}
		case 'stall': {
			close(200);
			reply.hijack();
			const { raw } = reply;
			raw.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
			const end = setTimeout(() => raw.end('{"status":"success"}'), fault.milliseconds);
			raw.on('close', () => clearTimeout(end));
			return reply;
		}
		case 'html':
			close(200);
			return await reply
				.type('text/html')
				.send('<!DOCTYPE html><html><body>404 not Found!</body></html>');
	}
}
