import { openReceiver, until, useSandbox } from './support';

const stage = useSandbox();
const { call } = stage;
const KEY = { headers: { 'x-api-key': 'webchat-key' } };
const text = { to: 'mei', type: 'text', text: 'Hello' };

describe("the web chat's API", () => {
	it.each([
		text,
		{ to: 'mei', type: 'image', url: 'https://example.com/a.jpg', text: 'Our cat' },
		{ to: 'mei', type: 'video', url: 'https://example.com/a.mp4' },
		{ to: 'mei', type: 'audio', url: 'https://example.com/a.mp3' },
		{ to: 'mei', type: 'file', url: 'https://example.com/a.pdf', fileName: 'a.pdf' },
		{ to: 'mei', type: 'location', latitude: 3.1, longitude: 101.7, address: 'Kuala Lumpur' },
		{ to: 'mei', type: 'buttons', title: 'Which size?', buttons: ['S', 'L'] },
	])('takes %j', async (message) => {
		const { status, data } = await call('POST', '/provider/messages', message, KEY);
		expect(status).toBe(200);
		expect(data).toEqual({ id: expect.stringMatching(/^wc_/), status: 'accepted' });
		expect(stage.sandbox.webChat.sent).toMatchObject([{ id: data.id, message }]);
	});

	it('gives every message an id of its own', () => {
		stage.sandbox.set({ receipts: [] });
		const { webChat } = stage.sandbox;
		const ids = Array.from({ length: 500 }, () => webChat.take({ ...text, type: 'text' }).id);
		expect(new Set(ids).size).toBe(500);
	});

	it.each([
		['nobody to send to', { type: 'text', text: 'Hello' }, 'to: Required'],
		['no text', { to: 'mei', type: 'text' }, 'text: Required'],
		['a link that is none', { to: 'mei', type: 'image', url: 'a.jpg' }, 'url: Invalid url'],
		['no button', { to: 'mei', type: 'buttons', title: 'Size?', buttons: [] }, 'buttons: '],
		['an unknown type', { to: 'mei', type: 'sticker' }, 'type: '],
	])('refuses %s', async (_what, message, fault) => {
		const { status, data } = await call('POST', '/provider/messages', message, KEY);
		expect(status).toBe(422);
		expect(data).toEqual({ error: { code: 'invalid', message: expect.stringContaining(fault) } });
		expect(stage.sandbox.webChat.sent).toEqual([]);
	});

	it.each([{}, { 'x-api-key': 'wrong' }])('refuses the key of %j', async (headers) => {
		const { status, data } = await call('POST', '/provider/messages', text, { headers });
		expect(status).toBe(401);
		expect(data.error.code).toBe('unauthorized');
		expect(stage.sandbox.webChat.sent).toEqual([]);
	});

	it('can be down', async () => {
		await call('PUT', '/control/settings', { providerDown: true });
		const { status, data } = await call('POST', '/provider/messages', text, KEY);
		expect(status).toBe(503);
		expect(data.error).toEqual({ code: 'unavailable', message: expect.any(String) });
		expect(stage.sandbox.webChat.sent).toEqual([]);
	});
});

describe('the receipts', () => {
	it('come one after the other, as told in the settings', async () => {
		const bridge = await openReceiver();
		try {
			stage.sandbox.set({ providerWebhookUrl: `${bridge.url}/in` });
			const { data } = await call('POST', '/provider/messages', text, KEY);
			const [sent] = stage.sandbox.webChat.sent;
			await until(() => sent.receipts.length === 3);
			expect(bridge.received).toMatchObject(
				['sent', 'delivered', 'read'].map((status) => ({
					path: '/in',
					body: { event: 'status', id: data.id, to: 'mei', status, timestamp: expect.any(Number) },
				})),
			);
			expect(sent.receipts).toEqual(
				['sent', 'delivered', 'read'].map((status) => ({ status, statusCode: 200 })),
			);
		} finally {
			await bridge.close();
		}
	});

	it('can be left out, and sent by hand', async () => {
		const bridge = await openReceiver();
		try {
			stage.sandbox.set({ providerWebhookUrl: bridge.url, receipts: [] });
			const { data } = await call('POST', '/provider/messages', text, KEY);
			const receipt = { id: data.id, status: 'failed', error: 'Blocked' };
			const { data: sent } = await call('POST', '/control/provider/receipts', receipt);
			expect(bridge.received.map(({ body }) => body)).toEqual([
				{ event: 'status', ...receipt, to: 'mei', timestamp: expect.any(Number) },
			]);
			expect(sent.receipts).toEqual([{ status: 'failed', statusCode: 200 }]);
			const unknown = await call('POST', '/control/provider/receipts', { ...receipt, id: 'x' });
			expect(unknown.status).toBe(404);
		} finally {
			await bridge.close();
		}
	});

	it('of what a reset forgot do not come any more', async () => {
		let release = () => {};
		const first = new Promise<void>((resolve) => (release = resolve));
		const bridge = await openReceiver(async () => {
			await first;
			return {};
		});
		try {
			stage.sandbox.set({ providerWebhookUrl: bridge.url });
			await call('POST', '/provider/messages', text, KEY);
			await until(() => bridge.received.length === 1);
			await call('POST', '/control/reset');
			const { data } = await call('POST', '/provider/messages', text, KEY);
			release();
			await until(() => stage.sandbox.webChat.sent[0].receipts.length === 3);
			const ids = bridge.received.map(({ body }) => (body as { id: string }).id);
			expect(ids.slice(1)).toEqual([data.id, data.id, data.id]);
		} finally {
			await bridge.close();
		}
	});
});

describe('the customer', () => {
	it('writes to the webhook', async () => {
		const bridge = await openReceiver(async (_request, reply) => await reply.status(202).send({}));
		try {
			stage.sandbox.set({ providerWebhookUrl: bridge.url });
			const { data } = await call('POST', '/control/customer/messages', {
				contactId: 'mei',
				name: 'Mei Tan',
				text: 'Hello',
			});
			expect(bridge.received.map(({ body }) => body)).toEqual([
				{
					event: 'message',
					id: data.id,
					from: { id: 'mei', name: 'Mei Tan' },
					type: 'text',
					text: 'Hello',
					timestamp: data.sentAt,
				},
			]);
			expect(data).toMatchObject({ id: expect.stringMatching(/^wc_in_/), statusCode: 202 });
			expect(stage.sandbox.webChat.customerMessages).toEqual([data]);
		} finally {
			await bridge.close();
		}
	});

	it('may write any message, with any id', async () => {
		const bridge = await openReceiver();
		try {
			stage.sandbox.set({ providerWebhookUrl: bridge.url });
			await call('POST', '/control/customer/messages', {
				contactId: 'mei',
				id: 'same-again',
				message: { type: 'location', latitude: 3.1, longitude: 101.7 },
			});
			expect(bridge.received[0].body).toMatchObject({
				id: 'same-again',
				from: { id: 'mei' },
				type: 'location',
				latitude: 3.1,
			});
		} finally {
			await bridge.close();
		}
	});

	it('is told that there is no webhook', async () => {
		const body = { contactId: 'mei', text: 'Hello' };
		const { data } = await call('POST', '/control/customer/messages', body);
		expect(data.error).toBe('the web chat has no webhook URL yet');
	});
});

describe('a file', () => {
	it.each([
		['image/png', Buffer.from([0x89, 0x50, 0x4e, 0x47])],
		['text/plain', Buffer.from('Hello')],
		['application/json', Buffer.from('{"a":1}')],
		['video/mp4', Buffer.alloc(6 * 1024 * 1024, 1)],
	])('of %s comes back as it was, inline', async (type, bytes) => {
		const { data } = await call('POST', '/provider/files?name=k%C3%A4se.bin', bytes, {
			headers: { 'content-type': type },
		});
		const path = new URL(data.url).pathname;
		const answer = await call('GET', path, undefined, { responseType: 'arraybuffer' });
		expect(answer.headers).toMatchObject({
			'content-type': expect.stringContaining(type),
			'content-length': String(bytes.length),
			'content-disposition': "inline; filename*=UTF-8''k%C3%A4se.bin",
		});
		expect(bytes.equals(Buffer.from(answer.data))).toBe(true);
		expect((await call('HEAD', path)).headers['content-length']).toBe(String(bytes.length));
	});

	it('at its private address needs the key', async () => {
		const { data } = await call('POST', '/provider/files', Buffer.from('secret'), {
			headers: { 'content-type': 'text/plain' },
		});
		const path = new URL(data.privateUrl).pathname;
		expect((await call('GET', path)).status).toBe(401);
		expect((await call('GET', path, undefined, KEY)).data).toBe('secret');
	});

	it('that nobody stored is not there', async () => {
		expect((await call('GET', '/provider/files/x')).status).toBe(404);
	});
});
