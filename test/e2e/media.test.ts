import { createHash, randomBytes } from 'node:crypto';
import axios from 'axios';
import type { INode } from 'n8n-workflow';

import {
	deriveMediaKey,
	mediaLink,
	type MediaClaim,
} from '../../nodes/RespondIoCustomChannel/media/link';
import type { Workflow } from '../../tools/n8n';
import { baseUrlOf } from '../../tools/templates';
import { channelData, CHANNEL, openStage, ready, type Stage } from './stage';

/** Files from the provider to respond.io by links of ours, and from respond.io to the provider, byte for byte. */

const NODE = 'n8n-nodes-respondio-custom-channel.respondIoCustomChannel';

let column = 0;
const node = (name: string, type: string, parameters: INode['parameters'], more = {}): INode => ({
	id: name,
	name,
	type,
	typeVersion: { 'n8n-nodes-base.webhook': 2.1, 'n8n-nodes-base.httpRequest': 4.2 }[type] ?? 1,
	position: [200 * column++, 0],
	parameters,
	...more,
});
const chain = (id: string, ...nodes: INode[]): Workflow =>
	ready({
		id,
		name: id,
		nodes,
		connections: Object.fromEntries(
			nodes
				.slice(1)
				.map(({ name }, index) => [
					nodes[index].name,
					{ main: [[{ node: name, type: 'main' as const, index: 0 }]] },
				]),
		),
		settings: { executionOrder: 'v1' },
	});

const webhook = (path: string) =>
	node('In', 'n8n-nodes-base.webhook', {
		httpMethod: 'POST',
		path,
		responseMode: 'lastNode',
		options: {},
	});
/** As a provider's file behind its key is fetched. */
const download = node('Download', 'n8n-nodes-base.httpRequest', {
	url: '={{ $json.body.privateUrl }}',
	authentication: 'genericCredentialType',
	genericAuthType: 'httpHeaderAuth',
	options: { response: { response: { responseFormat: 'file' } } },
});

const relaying = chain(
	'relaying',
	webhook('relaying'),
	download,
	node('Relay', NODE, {
		resource: 'provider',
		operation: 'relay',
		provider: 'generic',
		payload: "={{ $('In').item.json }}",
	}),
);
const sending = chain(
	'sending',
	webhook('sending'),
	download,
	node('Post', NODE, {
		resource: 'message',
		operation: 'post',
		contactId: 'mei',
		messageType: 'attachment',
		attachmentSource: 'binary',
		binaryPropertyName: 'data',
		messageId: "={{ $('In').item.json.body.id }}",
		fileName: "={{ $('In').item.json.body.fileName }}",
	}),
);
const publishing = chain(
	'publishing',
	webhook('publishing'),
	download,
	node('Publish', NODE, { resource: 'media', operation: 'publish', binaryPropertyName: 'data' }),
);
const outwards = chain(
	'outwards',
	node("Agent's Message", `${NODE}Trigger`, {
		options: { downloadAttachments: true, allowPrivateAddresses: true },
	}),
	node('Upload', 'n8n-nodes-base.httpRequest', {
		method: 'POST',
		url: '={{ $json.raw.uploadTo }}',
		authentication: 'genericCredentialType',
		genericAuthType: 'httpHeaderAuth',
		sendBody: true,
		contentType: 'binaryData',
		inputDataFieldName: 'data',
	}),
	node('Accept', NODE, {
		resource: 'outgoingMessage',
		operation: 'accept',
		messageId: '={{ $json.id }}',
	}),
);
const careful = chain(
	'careful',
	node("Agent's Message", `${NODE}Trigger`, { options: { downloadAttachments: true } }),
	node('Accept', NODE, {
		resource: 'outgoingMessage',
		operation: 'accept',
		messageId: '={{ $json.mId }}',
	}),
);

const beginning = (hex: string, size: number) =>
	Buffer.concat([Buffer.from(hex, 'hex'), randomBytes(size)]);
const FILES: Array<[what: string, name: string, type: string, mimeType: string, bytes: Buffer]> = [
	['a photo', 'photo.jpg', 'image', 'image/jpeg', beginning('ffd8ffe000104a46494600', 90_000)],
	[
		'a voice note',
		'note.ogg',
		'audio',
		'audio/ogg',
		beginning(`4f67675300020000000000000000${'00'.repeat(14)}4f70757348656164`, 20_000),
	],
	['a video', 'clip.mp4', 'video', 'video/mp4', beginning('000000206674797069736f6d', 400_000)],
	['a PDF', 'größe 1.pdf', 'file', 'application/pdf', beginning('255044462d312e370a', 60_000)],
];

let stage: Stage;
const open = async (mode: string) => {
	stage = await openStage({
		env: { N8N_DEFAULT_BINARY_DATA_MODE: mode },
		workflows: () => [relaying, sending, publishing, outwards, careful],
	});
	const { n8n, sandbox } = stage;
	const id = n8n.credentialIds[CHANNEL.id];
	await n8n.rest.http.patch(`/rest/credentials/${id}`, {
		name: CHANNEL.name,
		type: 'respondIoCustomChannelApi',
		data: { ...channelData(sandbox), publicMediaUrl: mediaUrl() },
	});
	sandbox.set({ baseUrl: baseUrlOf(n8n.url, outwards) });
};
const mediaUrl = () => `${baseUrlOf(stage.n8n.url, outwards)}/media`;

const http = axios.create({
	proxy: false,
	validateStatus: () => true,
	responseType: 'arraybuffer',
});
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const jsonOf = (data: Buffer) => JSON.parse(data.toString()) as Record<string, unknown>;

let count = 0;
/** Gives the workflow at the path a file that only the provider's key opens. */
const bring = async (
	path: string,
	bytes: Buffer,
	name: string,
	contentType: string,
	type = 'file',
) => {
	const stored = stage.sandbox.webChat.store({ contentType, bytes });
	const answer = await http.post(`${stage.n8n.url}/webhook/${path}`, {
		event: 'message',
		id: `m${++count}`,
		from: { id: 'mei' },
		type,
		fileId: stored,
		fileName: name,
		privateUrl: `${stage.sandbox.url}/provider/private/${stored}`,
	});
	return { status: answer.status, data: jsonOf(answer.data as Buffer) };
};

const attachmentOf = (entry: Stage['sandbox']['respondIo']['ledger'][number]) => {
	const { event } = entry;
	if (event.type === 'message_status' || event.message.type !== 'attachment')
		throw new Error(`no attachment: ${JSON.stringify(event)}`);
	return event.message.attachment;
};

describe.each(['filesystem', 'database'])('n8n keeps files in mode %s', (mode) => {
	beforeAll(async () => await open(mode));
	afterAll(async () => await stage?.close());
	beforeEach(() => stage.sandbox.respondIo.reset());

	describe.each(['relaying', 'sending'])('%s', (path) => {
		it.each(FILES)(
			'%s arrives, whole, as often as respond.io asks',
			async (_what, name, type, mimeType, bytes) => {
				const { status, data } = await bring(path, bytes, name, 'application/octet-stream', type);
				expect({ status, delivery: data.delivery }).toEqual({ status: 200, delivery: 'delivered' });
				const [entry] = stage.sandbox.respondIo.ledger;
				expect(attachmentOf(entry)).toMatchObject({ type, mimeType, fileName: name });

				for (let time = 0; time < 2; time++) {
					const [head, range, whole] = await stage.sandbox.respondIo.fetchAttachment(entry);
					expect(head).toMatchObject({ status: 200, contentType: mimeType, bytes: 0 });
					expect(head.contentLength).toBe(bytes.length);
					expect(head.contentDisposition).toMatch(/^inline; filename="/);
					expect(range).toMatchObject({ status: 206, sha256: sha256(bytes.subarray(0, 100)) });
					expect(whole).toMatchObject({ status: 200, sha256: sha256(bytes) });
				}
			},
		);
	});

	it('a link answers conditional requests, and several forms of range', async () => {
		const bytes = randomBytes(5000);
		const { data } = await bring('publishing', bytes, 'a.bin', 'application/octet-stream');
		const url = String(data.url);
		const whole = await http.get(url);
		const { etag } = whole.headers;
		expect((await http.get(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
		const last = await http.get(url, { headers: { range: 'bytes=-10' } });
		expect([last.status, last.headers['content-range']]).toEqual([206, 'bytes 4990-4999/5000']);
		expect(last.data).toEqual(bytes.subarray(-10));
		expect((await http.get(url, { headers: { range: 'bytes=5000-' } })).status).toBe(416);
	});

	it('a text is not compressed on its way, so its length and ranges are right', async () => {
		const text = Buffer.from('a line of text\n'.repeat(1000));
		const { data } = await bring('publishing', text, 'a.txt', 'text/plain');
		const headers = { 'accept-encoding': 'gzip' };
		const whole = await http.get(String(data.url), { headers });
		expect(whole.headers['content-encoding']).toBeUndefined();
		expect(whole.headers['content-length']).toBe(String(text.length));
		const part = await http.get(String(data.url), { headers: { ...headers, range: 'bytes=5-9' } });
		expect(part.data.toString()).toBe('e of ');
	});

	it.each([
		['HTML', 'page.html', 'text/html', '<!doctype html><script>alert(1)</script>'],
		[
			'SVG',
			'a.svg',
			'image/svg+xml',
			'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
		],
		[
			'HTML that is called a picture',
			'a.png',
			'image/png',
			'<html><script>alert(1)</script></html>',
		],
	])('%s is never run by a browser', async (_what, name, contentType, text) => {
		const { data } = await bring('publishing', Buffer.from(text), name, contentType);
		const { status, headers } = await http.get(String(data.url));
		expect(status).toBe(200);
		expect(headers['x-content-type-options']).toBe('nosniff');
		const isInert =
			headers['content-type'] === 'application/octet-stream' ||
			(headers['content-type'] === 'image/png' &&
				String(headers['content-security-policy']).includes('sandbox'));
		expect({ type: headers['content-type'], isInert }).toMatchObject({ isInert: true });
	});

	it('a file name can not add a header', async () => {
		const name = 'a"\r\nset-cookie: x=1\r\n.pdf';
		const { data } = await bring('publishing', FILES[3][4], name, 'application/pdf');
		const { headers } = await http.get(String(data.url));
		expect(headers['set-cookie']).toBeUndefined();
	});

	it('nothing is served but what a link of this channel is signed for, until it expires', async () => {
		const { data } = await bring('publishing', FILES[0][4], 'photo.jpg', 'image/jpeg');
		const link = new URL(String(data.url));
		const [payload, signature] = String(link.searchParams.get('t')).split('.');
		const [binaryId, mimeType, fileName] = JSON.parse(
			Buffer.from(payload, 'base64url').toString(),
		) as string[];
		const { apiToken, channelId } = stage.sandbox.settings();
		const claim: MediaClaim = { binaryId, mimeType, fileName, expiresAt: Date.now() + 60_000 };
		const signed = (changes: Partial<MediaClaim>, token = apiToken, channel = channelId) =>
			mediaLink(mediaUrl(), { ...claim, ...changes }, deriveMediaKey(token, channel));
		const withToken = (t: string) => `${mediaUrl()}?t=${encodeURIComponent(t)}`;
		const retold = (index: number, value: unknown) => {
			const fields = JSON.parse(Buffer.from(payload, 'base64url').toString()) as unknown[];
			fields[index] = value;
			const changed = Buffer.from(JSON.stringify(fields)).toString('base64url');
			return withToken(`${changed}.${signature}`);
		};
		const status = async (url: string) => {
			const answer = await http.get(url);
			const { error } = jsonOf(answer.data as Buffer) as { error?: { message?: string } };
			expect(typeof error?.message).toBe('string');
			return answer.status;
		};

		expect((await http.get(signed({}))).status).toBe(200);
		expect(await status(mediaUrl())).toBe(403);
		expect(await status(withToken(payload))).toBe(403);
		expect(await status(withToken(`${payload}.${'A'.repeat(signature.length)}`))).toBe(403);
		expect(
			await status(
				retold(
					0,
					binaryId.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
				),
			),
		).toBe(403);
		expect(await status(retold(1, 'text/html'))).toBe(403);
		expect(await status(retold(3, Date.now() + 9e9))).toBe(403);
		expect(await status(signed({ expiresAt: Date.now() - 1 }))).toBe(410);
		expect(await status(signed({}, 'another-token'))).toBe(403);
		expect(await status(signed({}, apiToken, 'another-channel'))).toBe(403);
		expect(await status(`${mediaUrl()}/../media`)).toBe(403);
		expect((await http.post(String(data.url))).status).toBe(404);
	});

	// Of n8n's own cost of a call, which is most of the time, no mode makes a difference.
	const tokens = mode === 'filesystem' ? 1000 : 50;
	it(`${tokens} random tokens open nothing`, async () => {
		const tries = Array.from({ length: tokens }, (_, index) =>
			index % 2
				? randomBytes(80).toString('base64url')
				: `${randomBytes(90).toString('base64url')}.${randomBytes(32).toString('base64url')}`,
		);
		const statuses = new Set<number>();
		for (let start = 0; start < tries.length; start += 20) {
			const answers = await Promise.all(
				tries.slice(start, start + 20).map(async (t) => await http.get(`${mediaUrl()}?t=${t}`)),
			);
			for (const { status } of answers) statuses.add(status);
		}
		expect([...statuses]).toEqual([403]);
	});

	it('a file that n8n has deleted with its execution is gone, and the link says so', async () => {
		const { data } = await bring('publishing', FILES[0][4], 'photo.jpg', 'image/jpeg');
		expect((await http.get(String(data.url))).status).toBe(200);
		const executions = await stage.n8n.rest.waitForExecutions('publishing', 1);
		const ids = executions.map(({ id }) => id);
		await stage.n8n.rest.http.post('/rest/executions/delete', { ids });
		const answer = await http.get(String(data.url));
		expect(answer.status).toBe(404);
		expect(jsonOf(answer.data as Buffer)).toEqual({
			error: {
				message: `The file is gone: n8n has deleted it, as it does with the data of old executions${
					mode === 'filesystem'
						? ', or another process of n8n keeps it in a folder of its own: with separate workers, share one folder among all processes, or keep files in the database or S3'
						: ''
				}.`,
			},
		});
	});

	it("a link dies with the channel's token, and says so", async () => {
		const { n8n, sandbox } = stage;
		const { data } = await bring('publishing', FILES[0][4], 'photo.jpg', 'image/jpeg');
		const patch = async (more: object) =>
			await n8n.rest.http.patch(`/rest/credentials/${n8n.credentialIds[CHANNEL.id]}`, {
				name: CHANNEL.name,
				type: 'respondIoCustomChannelApi',
				data: { ...channelData(sandbox), publicMediaUrl: mediaUrl(), ...more },
			});
		await patch({ apiToken: 'the-token-after' });
		const answer = await http.get(String(data.url));
		await patch({});
		expect({ status: answer.status, body: jsonOf(answer.data as Buffer) }).toEqual({
			status: 403,
			body: {
				error: {
					message:
						'The signature of the link is not right: it was altered, or made with another API token.',
				},
			},
		});
		expect((await http.get(String(data.url))).status).toBe(200);
	});

	it.each(FILES)(
		'%s of an agent reaches the provider, byte for byte',
		async (_what, name, type, contentType, bytes) => {
			const { sandbox } = stage;
			sandbox.set({ baseUrl: baseUrlOf(stage.n8n.url, outwards) });
			const stored = sandbox.webChat.store({ contentType, bytes });
			const answer = await sandbox.respondIo.send({
				contactId: 'mei',
				message: {},
				override: {
					rawBody: JSON.stringify({
						contactId: 'mei',
						message: {
							type: 'attachment',
							attachment: { type, url: `${sandbox.url}/provider/files/${stored}`, fileName: name },
						},
						uploadTo: `${sandbox.url}/provider/files?name=x`,
					}),
				},
			});
			expect(answer).toMatchObject({ ok: true });
			const file = sandbox.webChat.files.get(String(answer.mId));
			expect(sha256(file?.bytes as Buffer)).toBe(sha256(bytes));
			expect(file?.contentType).toBe(contentType);
		},
	);

	it.each([
		['a private address', (url: string) => `${url}/provider/files/f1`, /public internet/],
		[
			'a name that is local',
			(url: string) => url.replace('127.0.0.1', 'localhost'),
			/public internet/,
		],
		['another scheme', () => 'file:///etc/passwd', /http|url/],
	])('an attachment at %s is not fetched, and the agent is told', async (_what, target, reason) => {
		const { sandbox } = stage;
		sandbox.set({ baseUrl: baseUrlOf(stage.n8n.url, careful) });
		const answer = await sandbox.respondIo.send({
			contactId: 'mei',
			message: { type: 'attachment', attachment: { type: 'image', url: target(sandbox.url) } },
		});
		expect(answer).toMatchObject({ ok: false, statusCode: 400 });
		expect(answer.error).toMatch(reason);
	});
});

describe('n8n keeps files in memory', () => {
	beforeAll(async () => await open('default'));
	afterAll(async () => await stage?.close());

	it('so no link can be made, and the error says what to set', async () => {
		await bring('publishing', FILES[0][4], 'photo.jpg', 'image/jpeg');
		const [{ id }] = await stage.n8n.rest.waitForExecutions('publishing', 1);
		const { resultData } = (await stage.n8n.rest.execution(id)).data;
		const error = resultData.error as unknown as { message: string; description: string };
		expect(error.message).toMatch(/in memory.*\[item 0\]/);
		expect(error.description).toContain('N8N_DEFAULT_BINARY_DATA_MODE');
	});
});
