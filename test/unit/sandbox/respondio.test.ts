import { createHash } from 'node:crypto';

import {
	openReceiver,
	requestOf,
	statusEvent,
	textEvent,
	TIME,
	until,
	useSandbox,
} from './support';

const stage = useSandbox();
const { post, call } = stage;

describe("the channel's webhook", () => {
	it('takes a legal request into the ledger', async () => {
		const before = Date.now();
		const { status } = await post(
			requestOf([textEvent('a'), textEvent('b')], { contact: { firstName: 'Mei' } }),
		);
		expect(status).toBe(200);
		const { data } = await call('GET', '/control/ledger');
		expect(data.ledger).toEqual(
			['a', 'b'].map((mId) => ({
				seq: expect.any(Number),
				receivedAt: expect.any(Number),
				request: data.requests[0].seq,
				contactId: 'mei',
				type: 'message',
				mId,
				event: textEvent(mId),
				repeat: false,
			})),
		);
		expect(data.ledger[0].seq).toBeLessThan(data.ledger[1].seq);
		expect(data.ledger[0].receivedAt).toBeGreaterThanOrEqual(before);
		expect(data.requests).toEqual([
			{
				seq: expect.any(Number),
				startedAt: expect.any(Number),
				endedAt: expect.any(Number),
				contactId: 'mei',
				mIds: ['a', 'b'],
				status: 200,
			},
		]);
	});

	it('keeps what it first heard of a contact', async () => {
		await post(requestOf([textEvent('a')], { contact: { firstName: 'Mei' } }));
		await post(requestOf([textEvent('b')], { contact: { firstName: 'Another' } }));
		await post(requestOf([textEvent('c')], { contactId: 'tom' }));
		expect(Object.fromEntries(stage.sandbox.respondIo.contacts)).toEqual({
			mei: { firstName: 'Mei' },
			tom: {},
		});
	});

	it('notes a repeat, and takes it all the same', async () => {
		const read = statusEvent('a', { value: 'read' });
		const requests = [
			[requestOf([textEvent('a')]), false],
			[requestOf([textEvent('a')]), true],
			[requestOf([textEvent('a')], { contactId: 'tom' }), false],
			[requestOf([statusEvent('a', { value: 'sent' })]), false],
			[requestOf([read]), false],
			[requestOf([read]), true],
			[requestOf([{ ...textEvent('a'), type: 'message_echo' }]), false],
		] as const;
		for (const [body] of requests) expect((await post(body)).status).toBe(200);
		expect(stage.sandbox.respondIo.ledger.map(({ repeat }) => repeat)).toEqual(
			requests.map(([, repeat]) => repeat),
		);
	});

	const json = JSON.stringify(requestOf([textEvent('a')]));
	it.each([
		{
			what: 'a wrong token',
			config: { headers: { authorization: 'Bearer sandbox-tokem' } },
			status: 401,
			fault: 'wrong token',
		},
		{
			what: 'a token without Bearer',
			config: { headers: { authorization: 'sandbox-token' } },
			status: 401,
			fault: 'wrong token',
		},
		{
			what: 'a wrong channel',
			body: JSON.stringify(requestOf([textEvent('a')], { channelId: 'another' })),
			status: 400,
			fault: 'channelId does not match this channel',
		},
		{
			what: 'another content type',
			config: { headers: { 'content-type': 'text/plain' } },
			status: 415,
			fault: 'content-type must be application/json',
		},
		{ what: 'a body that is no JSON', body: '{', status: 400, fault: 'not valid JSON' },
		{ what: 'no body', body: '', status: 400, fault: 'Body cannot be empty' },
		{
			what: 'a body that is too large',
			body: JSON.stringify('a'.repeat(6 * 1024 * 1024)),
			status: 413,
			fault: 'Request body is too large',
		},
	])('refuses $what, and keeps why', async ({ body = json, config = {}, status, fault }) => {
		const answer = await post(body, config);
		expect(answer.status).toBe(status);
		expect(answer.data).toEqual({ error: { message: expect.any(String) } });
		const { ledger, requests } = stage.sandbox.respondIo;
		expect(ledger).toEqual([]);
		expect(requests).toHaveLength(1);
		expect(requests[0]).toMatchObject({ status, faults: [expect.stringContaining(fault)] });
		const { data } = await call('GET', '/control/state');
		expect(data.refused).toEqual(requests);
	});

	it('tells every fault in its answer', async () => {
		const { data } = await post(requestOf([textEvent('')], { contactId: '' }));
		expect(data.error.message).toBe('contactId must not be empty; events.0.mId must not be empty');
	});

	it('keeps no token that was sent', async () => {
		await post(json);
		await post(json, { headers: { authorization: 'Bearer secret-of-somebody' } });
		const { data } = await call('GET', '/control/state');
		expect(JSON.stringify(data)).not.toContain('secret-of-somebody');
		expect(JSON.stringify(data.requests)).not.toContain('sandbox-token');
	});

	it.each([
		['without the last slash, redirects', '/custom/channel/webhook', 301, ''],
		['with the channel id in the path, is a web page', '/custom/channel/webhook/x', 200, '404'],
		['of older samples, is a web page', '/custom/webhook', 200, '404'],
	])('nearly right: %s', async (_what, path, status, text) => {
		const answer = await call('POST', path, json, {
			headers: { 'content-type': 'application/json' },
		});
		expect(answer.status).toBe(status);
		expect(answer.data).toContain(text);
		if (status === 301) expect(answer.headers.location).toBe('/custom/channel/webhook/');
		else expect(answer.headers['content-type']).toContain('text/html');
		expect(stage.sandbox.respondIo.requests).toEqual([]);
	});

	it('goes by the settings as they are now', async () => {
		await call('PUT', '/control/settings', {
			apiToken: 'another-token',
			channelId: 'another',
			idType: 'phone',
		});
		const body = requestOf([textEvent('a')], { channelId: 'another', contactId: '+60177872890' });
		expect((await post(body)).status).toBe(401);
		const headers = { authorization: 'Bearer another-token' };
		expect((await post(body, { headers })).status).toBe(200);
		expect((await post({ ...body, contactId: 'mei' }, { headers })).status).toBe(400);
	});

	it('answers late when told to', async () => {
		stage.sandbox.set({ answerDelay: 60 });
		const started = performance.now();
		await post(json);
		expect(performance.now() - started).toBeGreaterThanOrEqual(55);
	});
});

describe("an agent's message", () => {
	const message = { type: 'text', text: 'Good morning' };

	it('goes to <baseUrl>/message with the token, as respond.io sends it', async () => {
		const bridge = await openReceiver(() => ({ mId: 'm1' }));
		try {
			stage.sandbox.set({ baseUrl: `${bridge.url}/webhook/abc` });
			const { data } = await call('POST', '/control/agent/messages', {
				contactId: 'mei',
				text: 'Good morning',
			});
			expect(bridge.received).toEqual([
				{
					path: '/webhook/abc/message',
					authorization: 'Bearer sandbox-token',
					body: { channelId: 'sandbox-channel', contactId: 'mei', message },
				},
			]);
			expect(data).toEqual({
				seq: expect.any(Number),
				sentAt: expect.any(Number),
				durationMs: expect.any(Number),
				contactId: 'mei',
				message,
				ok: true,
				statusCode: 200,
				body: { mId: 'm1' },
				mId: 'm1',
			});
		} finally {
			await bridge.close();
		}
	});

	it.each([
		{ override: { token: null }, received: { authorization: undefined } },
		{ override: { token: 'wrong' }, received: { authorization: 'Bearer wrong' } },
		{ override: { channelId: null }, received: { body: { contactId: 'mei', message } } },
		{
			override: { channelId: 'another' },
			received: { body: { channelId: 'another', contactId: 'mei', message } },
		},
		{ override: { path: '/message/message' }, received: { path: '/message/message' } },
		{ override: { rawBody: '[1]' }, received: { body: [1] } },
		{ override: { headers: { authorization: 'Basic x' } }, received: { authorization: 'Basic x' } },
	])('for tests, goes with $override', async ({ override, received }) => {
		const bridge = await openReceiver();
		try {
			stage.sandbox.set({ baseUrl: bridge.url });
			await call('POST', '/control/agent/messages', { contactId: 'mei', message, override });
			expect(bridge.received).toEqual([expect.objectContaining(received)]);
		} finally {
			await bridge.close();
		}
	});

	it.each([
		[200, { mId: 'm1' }, { ok: true, mId: 'm1' }],
		[200, { mId: '' }, { ok: false, error: 'answered 200 without an error message' }],
		[200, {}, { ok: false, error: 'answered 200 without an error message' }],
		[201, { mId: 'm1' }, { ok: false, error: 'answered 201 without an error message' }],
		[400, { error: { message: 'No such number' } }, { ok: false, error: 'No such number' }],
		[500, 'oops', { ok: false, error: 'answered 500 without an error message' }],
	])('that is answered with %i %j comes back as %j', async (statusCode, body, result) => {
		const bridge = await openReceiver(
			async (_request, reply) => await reply.status(statusCode).send(body),
		);
		try {
			stage.sandbox.set({ baseUrl: bridge.url });
			const sent = await stage.sandbox.respondIo.send({ contactId: 'mei', message });
			expect(sent).toMatchObject({ ...result, statusCode, body });
			expect(stage.sandbox.respondIo.agentMessages).toEqual([sent]);
		} finally {
			await bridge.close();
		}
	});

	it('that is not answered in time has failed', async () => {
		const bridge = await openReceiver(async () => await new Promise(() => {}));
		try {
			stage.sandbox.set({ baseUrl: bridge.url, agentTimeout: 50 });
			const sent = await stage.sandbox.respondIo.send({ contactId: 'mei', message });
			expect(sent).toMatchObject({ ok: false, error: 'no answer: timeout of 50ms exceeded' });
		} finally {
			await bridge.close();
		}
	});

	it('has nowhere to go without a base URL', async () => {
		const sent = await stage.sandbox.respondIo.send({ contactId: 'mei', message });
		expect(sent).toMatchObject({
			ok: false,
			error: 'no answer: the API base URL is not set yet',
		});
	});

	it('shows the statuses of its mId, also those that came before the answer', async () => {
		const bridge = await openReceiver(async () => {
			await post(requestOf([statusEvent('m1', { value: 'sent' })]));
			return { mId: 'm1' };
		});
		try {
			stage.sandbox.set({ baseUrl: bridge.url });
			await stage.sandbox.respondIo.send({ contactId: 'mei', message });
			await post(requestOf([statusEvent('m2', { value: 'delivered' })]));
			await post(requestOf([statusEvent('m1', { value: 'failed', message: 'Blocked' })]));
			const { data } = await call('GET', '/control/state');
			expect(data.agentMessages).toHaveLength(1);
			expect(data.agentMessages[0].statuses).toEqual([
				{ value: 'sent' },
				{ value: 'failed', message: 'Blocked' },
			]);
		} finally {
			await bridge.close();
		}
	});
});

describe('an attachment', () => {
	const bytes = Buffer.from('The bytes of a picture. '.repeat(20));
	const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');
	const attachmentEvent = (url: string) => ({
		type: 'message',
		mId: 'a',
		timestamp: TIME,
		message: { type: 'attachment', attachment: { type: 'image', url } },
	});

	it('is fetched as respond.io does: HEAD, a range, whole, and again later', async () => {
		const host = await openReceiver(async (request, reply) => {
			void reply.type('image/png').header('content-disposition', 'inline');
			return request.headers.range === undefined
				? await reply.send(bytes)
				: await reply.status(206).send(bytes.subarray(0, 100));
		});
		try {
			stage.sandbox.set({ fetchAttachments: true });
			await post(requestOf([attachmentEvent(`${host.url}/photo.png`)]));
			const [entry] = stage.sandbox.respondIo.ledger;
			const fetches = await until(() => entry.fetches);
			const kind = { contentType: 'image/png', contentDisposition: 'inline' };
			const whole = { contentLength: bytes.length, bytes: bytes.length, sha256: sha256(bytes) };
			const expected = [
				{ ...kind, method: 'HEAD', status: 200, bytes: 0 },
				{
					...kind,
					method: 'GET',
					range: 'bytes=0-99',
					status: 206,
					contentLength: 100,
					bytes: 100,
					sha256: sha256(bytes.subarray(0, 100)),
				},
				{ ...kind, ...whole, method: 'GET', status: 200 },
			];
			expect(fetches).toMatchObject(expected);

			const { data } = await call('POST', `/control/ledger/${entry.seq}/fetch`);
			expect(data).toMatchObject(expected);
			expect(entry.fetches).toHaveLength(6);
		} finally {
			await host.close();
		}
	});

	it('that is gone is told with its status, one on no server with the error', async () => {
		const host = await openReceiver(
			async (_request, reply) => await reply.status(404).send('gone'),
		);
		await post(requestOf([attachmentEvent(`${host.url}/photo.png`)]));
		const [entry] = stage.sandbox.respondIo.ledger;
		const gone = await stage.sandbox.respondIo.fetchAttachment(entry);
		expect(gone.map(({ status }) => status)).toEqual([404, 404, 404]);
		await host.close();
		const nowhere = await stage.sandbox.respondIo.fetchAttachment(entry);
		expect(nowhere).toMatchObject(
			Array(3).fill({ status: 0, error: expect.stringContaining('Error') }),
		);
	});

	it('is not fetched unless told to', async () => {
		const host = await openReceiver();
		await post(requestOf([attachmentEvent(`${host.url}/photo.png`)]));
		await host.close();
		expect(stage.sandbox.respondIo.ledger).toHaveLength(1);
		expect(host.received).toEqual([]);
	});
});
