import { EventEmitter } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

import axios, { type AxiosRequestConfig } from 'axios';
import fc from 'fast-check';

import {
	deriveMediaKey,
	signClaim,
	type MediaClaim,
} from '../../../nodes/RespondIoCustomChannel/media/link';
import {
	contentDisposition,
	pipeRange,
	planMediaAnswer,
	safeContentType,
	serveMedia,
	type MediaStore,
} from '../../../nodes/RespondIoCustomChannel/media/serve';

const NOW = Date.parse('2026-01-31T09:30:00Z');
const KEY = deriveMediaKey('channel-token', 'gfd8g7fd89dgfd');
const CLAIM: MediaClaim = {
	binaryId: 'database:3f0c8f7e-6a51-4f1e-9b3a-5d2f4c1b7a90',
	mimeType: 'image/jpeg',
	fileName: 'photo.jpg',
	expiresAt: NOW + 1000,
};

const plan = (headers: Record<string, string | string[]> = {}, size = 1000, method = 'GET') =>
	planMediaAnswer({ method, headers }, CLAIM, size);
const ETAG = plan().headers.ETag;

describe('planMediaAnswer', () => {
	it('answers with the whole file, inline, under its type and name', () => {
		expect(plan()).toEqual({
			statusCode: 200,
			range: { start: 0, end: 999 },
			headers: {
				'Content-Type': 'image/jpeg',
				'Content-Length': '1000',
				'Content-Disposition': 'inline; filename="photo.jpg"',
				ETag: expect.stringMatching(/^"[\w-]{22}"$/),
				'Accept-Ranges': 'bytes',
				'Cache-Control': 'private, no-cache, no-transform',
				'X-Content-Type-Options': 'nosniff',
				'Cross-Origin-Resource-Policy': 'cross-origin',
				'Content-Security-Policy': expect.stringContaining('sandbox'),
			},
		});
	});

	it('answers HEAD with the same head as GET and no bytes, ranges left aside (RFC 9110, 14.2)', () => {
		const { range: _bytes, ...head } = plan();
		expect(plan({}, 1000, 'HEAD')).toEqual(head);
		expect(plan({ range: 'bytes=0-9' }, 1000, 'HEAD')).toEqual(head);
	});

	it('sends no bytes of an empty file', () => {
		expect(plan({}, 0)).toMatchObject({ statusCode: 200, headers: { 'Content-Length': '0' } });
		expect(plan({}, 0)).not.toHaveProperty('range');
	});

	it.each([
		['the first', 'bytes=0-99', 0, 99],
		['one', 'bytes=7-7', 7, 7],
		['from one to the end', 'bytes=500-', 500, 999],
		['the last', 'bytes=-100', 900, 999],
		['all, as players ask', 'bytes=0-', 0, 999],
		['up to past the end', 'bytes=990-2000', 990, 999],
		['more last ones than there are', 'bytes=-5000', 0, 999],
		['a unit in capitals', 'Bytes=0-0', 0, 0],
		['an end of a hundred digits', `bytes=1-${'9'.repeat(100)}`, 1, 999],
	])('sends a range: %s', (_what, range, start, end) => {
		expect(plan({ range })).toMatchObject({
			statusCode: 206,
			range: { start, end },
			headers: {
				'Content-Range': `bytes ${start}-${end}/1000`,
				'Content-Length': String(end - start + 1),
			},
		});
	});

	it.each([
		['several', 'bytes=0-1,5-6'],
		['backwards', 'bytes=9-1'],
		['no numbers', 'bytes=-'],
		['another unit', 'items=0-1'],
		['letters', 'bytes=a-b'],
		['negative numbers', 'bytes=--5'],
		['a fraction', 'bytes=0.5-1'],
		['nothing', ''],
	])('sends the whole file for a range that it does not serve: %s', (_what, range) => {
		expect(plan({ range })).toEqual(plan());
	});

	it.each(['bytes=1000-', 'bytes=1000-2000', 'bytes=-0', `bytes=${'9'.repeat(100)}-`])(
		'says how long the file is where none of it is in the range: %s',
		(range) => {
			const answer = plan({ range });
			expect(answer).toMatchObject({
				statusCode: 416,
				headers: { 'Content-Range': 'bytes */1000' },
			});
			expect(answer).not.toHaveProperty('range');
		},
	);

	it('serves exactly the bytes that RFC 9110 selects, for any size and range', () => {
		const position = fc.integer({ min: 0, max: 60 });
		const header = fc.oneof(
			fc.tuple(position, position).map(([first, last]) => ({ first, last })),
			position.map((first) => ({ first, last: Infinity })),
			position.map((suffix) => ({ suffix })),
		);
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 50 }), header, (size, spec) => {
				const isSuffix = 'suffix' in spec;
				const range = isSuffix
					? `bytes=-${spec.suffix}`
					: `bytes=${spec.first}-${spec.last === Infinity ? '' : spec.last}`;
				const all = Array.from({ length: size }, (_, index) => index);
				const selected = isSuffix
					? all.slice(Math.max(size - spec.suffix, 0))
					: all.slice(spec.first, spec.last + 1);
				// A list that begins after its end is no range at all; the last bytes of nothing are all of it.
				const isIgnored = isSuffix ? size === 0 && spec.suffix > 0 : spec.last < spec.first;
				const answer = plan({ range }, size);
				const sent = answer.range && all.slice(answer.range.start, answer.range.end + 1);
				if (isIgnored) {
					expect(answer).toEqual(plan({}, size));
				} else if (selected.length === 0) {
					expect([answer.statusCode, sent]).toEqual([416, undefined]);
				} else {
					expect([answer.statusCode, sent]).toEqual([206, selected]);
					expect(answer.headers['Content-Length']).toBe(String(selected.length));
				}
			}),
			{ numRuns: 2000 },
		);
	});

	it('is consistent for any header whatever', () => {
		const characters = fc.string({ unit: fc.constantFrom(...'bytes=0123456789-, W/"*') });
		const names = ['range', 'if-range', 'if-match', 'if-none-match'];
		const headers = fc.dictionary(
			fc.constantFrom(...names),
			fc.oneof(characters, fc.constant(ETAG)),
		);
		fc.assert(
			fc.property(headers, fc.nat(2000), fc.constantFrom('GET', 'HEAD'), (given, size, method) => {
				const answer = planMediaAnswer({ method, headers: given }, CLAIM, size);
				const { range } = answer;
				if (range !== undefined) {
					expect(0 <= range.start && range.start <= range.end && range.end < size).toBe(true);
					expect(answer.headers['Content-Length']).toBe(String(range.end - range.start + 1));
				}
				expect('Content-Range' in answer.headers).toBe([206, 416].includes(answer.statusCode));
				expect('message' in answer).toBe(answer.statusCode >= 400);
				expect(method === 'HEAD' && range !== undefined).toBe(false);
			}),
			{ numRuns: 2000 },
		);
	});

	it.each([
		['its tag', ETAG],
		['its tag, weakened by a proxy', `W/${ETAG}`],
		['its tag among others', `"a", W/"b,c", ${ETAG}`],
		['anything', '*'],
	])('says 304 where the client has %s', (_what, tags) => {
		for (const method of ['GET', 'HEAD']) {
			expect(plan({ 'if-none-match': tags, range: 'bytes=0-1' }, 1000, method)).toEqual({
				statusCode: 304,
				headers: {
					ETag: ETAG,
					'Cache-Control': 'private, no-cache, no-transform',
					'Accept-Ranges': 'bytes',
				},
			});
		}
	});

	it.each(['"other"', '', 'x*', `x${ETAG.slice(1)}`])(
		'sends the file where the client has %j',
		(tags) => {
			expect(plan({ 'if-none-match': tags }).statusCode).toBe(200);
		},
	);

	it.each([
		[ETAG, 206],
		[`W/${ETAG}`, 200],
		['"other"', 200],
		['Sat, 31 Jan 2026 09:30:00 GMT', 200],
	])('sends the range only of the same file: If-Range %s', (tag, statusCode) => {
		expect(plan({ range: 'bytes=0-1', 'if-range': tag }).statusCode).toBe(statusCode);
	});

	it.each([
		[ETAG, 200],
		['*', 200],
		['"other"', 412],
		[`W/${ETAG}`, 412],
	])('fails where the client wants only another file: If-Match %s', (tag, statusCode) => {
		expect(plan({ 'if-match': tag }).statusCode).toBe(statusCode);
	});

	it('has another tag for another binary or size', () => {
		const other = { ...CLAIM, binaryId: 'database:00000000-0000-4000-8000-000000000000' };
		const tags = [
			ETAG,
			plan({}, 999).headers.ETag,
			planMediaAnswer({ method: 'GET', headers: {} }, other, 1000).headers.ETag,
		];
		expect(new Set(tags).size).toBe(3);
	});

	it('leaves PDF out of the sandbox, in which Chrome does not show it', () => {
		const claim = { ...CLAIM, mimeType: 'application/pdf' };
		const { headers } = planMediaAnswer({ method: 'GET', headers: {} }, claim, 1);
		expect(headers).not.toHaveProperty('Content-Security-Policy');
	});
});

describe('safeContentType', () => {
	it.each([
		['image/jpeg', 'image/jpeg'],
		['IMAGE/PNG', 'IMAGE/PNG'],
		['audio/ogg; codecs=opus', 'audio/ogg; codecs=opus'],
		['video/mp4; codecs="avc1.42E01E, mp4a.40.2"', 'video/mp4; codecs="avc1.42E01E, mp4a.40.2"'],
		['application/pdf', 'application/pdf'],
		['application/json', 'application/json'],
		['text/plain', 'text/plain; charset=utf-8'],
		['text/csv; charset=iso-8859-1', 'text/csv; charset=iso-8859-1'],
		[
			'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
			'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
		],
	])('serves %s inline', (mimeType, contentType) => {
		expect(safeContentType(mimeType)).toEqual({ contentType, disposition: 'inline' });
	});

	it.each([
		'text/html',
		'TEXT/HTML; charset=utf-8',
		' text/html ',
		'application/xhtml+xml',
		'image/svg+xml',
		'image/svg+xml; charset=utf-8',
		'text/xml',
		'application/xml',
		'application/rss+xml',
		'application/mathml+xml',
		'text/javascript',
		'application/javascript',
		'application/ecmascript',
		'application/x-javascript',
		'text/css',
		'text/xsl',
		'multipart/x-mixed-replace; boundary=a',
		'multipart/related',
		'message/rfc822',
		'application/x-shockwave-flash',
		'application/wasm',
		'application/octet-stream; x',
		'image/png, text/html',
		'image/png\r\nX-Header: 1',
		'image/png; a="\r\n"',
		'image/png;text/html',
		'image',
		'*/*',
		'',
	])('serves %j as a download without a type', (mimeType) => {
		expect(safeContentType(mimeType)).toEqual({
			contentType: 'application/octet-stream',
			disposition: 'attachment',
		});
	});
});

describe('contentDisposition', () => {
	it.each([
		['photo.jpg', 'inline; filename="photo.jpg"'],
		['my photo (1).jpg', 'inline; filename="my photo (1).jpg"'],
		['Grüße.pdf', `inline; filename="Gr__e.pdf"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.pdf`],
		['照片.jpg', `inline; filename="__.jpg"; filename*=UTF-8''%E7%85%A7%E7%89%87.jpg`],
		['📷.jpg', `inline; filename="_.jpg"; filename*=UTF-8''%F0%9F%93%B7.jpg`],
		['100%.txt', `inline; filename="100_.txt"; filename*=UTF-8''100%25.txt`],
		[`a"b'(*).txt`, `inline; filename="a_b'(*).txt"; filename*=UTF-8''a%22b%27%28%2A%29.txt`],
		['a\r\nSet-Cookie: x=1.txt', 'inline; filename="a__Set-Cookie: x=1.txt"'],
		['../../etc/passwd', 'inline; filename=".._.._etc_passwd"'],
		['photo\u202Egpj.exe', 'inline; filename="photo_gpj.exe"'],
		['\ud800.jpg', `inline; filename="_.jpg"; filename*=UTF-8''%EF%BF%BD.jpg`],
	])('writes %j', (fileName, header) => {
		expect(contentDisposition(fileName, 'inline')).toBe(header);
	});

	it('is one legal header with one name, whatever the name is', () => {
		const shape =
			/^attachment; filename="[^"\\\x00-\x1f\x7f-\uffff]*"(; filename\*=UTF-8''([\w!#$&+.^`|~-]|%[0-9A-F]{2})*)?$/;
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (fileName) => {
				const header = contentDisposition(fileName, 'attachment');
				expect(header).toMatch(shape);
				expect(() => http.validateHeaderValue('Content-Disposition', header)).not.toThrow();
			}),
			{ numRuns: 2000 },
		);
	});

	it('tells the name in full, but for what is not safe in one', () => {
		fc.assert(
			fc.property(fc.stringMatching(/^[\p{L}\p{N} _()'"%;,=*.-]{1,30}$/u), (fileName) => {
				const header = contentDisposition(fileName, 'inline');
				const extended = /filename\*=UTF-8''(.*)$/.exec(header);
				const plain = /filename="(.*?)"/.exec(header);
				expect(extended ? decodeURIComponent(extended[1]) : plain?.[1]).toBe(fileName);
			}),
		);
	});
});

/** A client that takes nothing until told to. */
class SlowClient extends EventEmitter {
	destroyed = false;
	written: Uint8Array[] = [];

	write(chunk: Uint8Array): boolean {
		this.written.push(Buffer.from(chunk));
		return false;
	}

	leave(): void {
		this.destroyed = true;
		this.emit('close');
	}
}

/** Lets everything that waits for nothing but itself go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('pipeRange', () => {
	it('writes exactly the bytes of the range, however the source is cut', async () => {
		const chunks = fc.array(fc.uint8Array({ minLength: 0, maxLength: 10 }), {
			minLength: 1,
			maxLength: 8,
		});
		await fc.assert(
			fc.asyncProperty(chunks, fc.nat(), fc.nat(), async (parts, a, b) => {
				const all = Buffer.concat(parts);
				fc.pre(all.length > 0);
				const [start, end] = [a % all.length, b % all.length].sort((x, y) => x - y);
				const client = new SlowClient();
				const write = jest.spyOn(client, 'write').mockImplementation((chunk) => {
					client.written.push(chunk);
					return true;
				});
				expect(await pipeRange(Readable.from(parts), { start, end }, client)).toBe(true);
				expect(Buffer.concat(client.written)).toEqual(all.subarray(start, end + 1));
				expect(write.mock.calls.every(([chunk]) => chunk.length > 0)).toBe(true);
			}),
		);
	});

	it('reads no further than the client takes', async () => {
		let read = 0;
		async function* source() {
			for (; read < 1000; read++) yield Buffer.alloc(1024);
		}
		const client = new SlowClient();
		const done = pipeRange(source(), { start: 0, end: 1000 * 1024 - 1 }, client);
		for (let taken = 0; taken < 5; taken++) {
			await settle();
			expect([read, client.written.length]).toEqual([taken, taken + 1]);
			client.emit('drain');
		}
		await settle();
		client.leave();
		expect(await done).toBe(false);
		expect(read).toBeLessThan(10);
	});

	it.each(['the range ends', 'the client goes away', 'the client was gone before'])(
		'closes the source when %s',
		async (when) => {
			const source = Readable.from(Array.from({ length: 100 }, () => Buffer.alloc(10)));
			const client = new SlowClient();
			client.destroyed = when === 'the client was gone before';
			const done = pipeRange(source, { start: 0, end: 15 }, client);
			if (when === 'the client goes away') {
				await settle();
				client.leave();
			} else {
				const timer = setInterval(() => client.emit('drain'), 1);
				await done;
				clearInterval(timer);
			}
			expect(await done).toBe(when === 'the range ends');
			expect(source.destroyed).toBe(true);
		},
	);

	it('leaves no listener behind', async () => {
		const client = new SlowClient();
		const source = Readable.from([Buffer.alloc(10), Buffer.alloc(10), Buffer.alloc(10)]);
		const done = pipeRange(source, { start: 0, end: 29 }, client);
		const timer = setInterval(() => client.emit('drain'), 1);
		await done;
		clearInterval(timer);
		expect(['drain', 'close'].map((event) => client.listenerCount(event))).toEqual([0, 0]);
	});

	it('says that a source which ends early was not all', async () => {
		const client = new SlowClient();
		jest.spyOn(client, 'write').mockReturnValue(true);
		const source = Readable.from([Buffer.alloc(10)]);
		expect(await pipeRange(source, { start: 0, end: 10 }, client)).toBe(false);
	});
});

describe('serveMedia', () => {
	const content = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251));
	const store: jest.Mocked<MediaStore> = { size: jest.fn(), open: jest.fn() };
	let server: http.Server;
	let origin: string;

	beforeAll((done) => {
		server = http.createServer((request, response) => {
			const url = new URL(request.url!, 'http://localhost');
			void serveMedia(
				{
					method: request.method!,
					headers: request.headers,
					query: Object.fromEntries(url.searchParams),
				},
				response,
				{ key: KEY, now: NOW, store },
			);
		});
		server.listen(0, '127.0.0.1', () => {
			origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
			done();
		});
	});

	afterAll((done) => {
		server.close(done);
		server.closeAllConnections();
	});

	beforeEach(() => {
		jest.resetAllMocks();
		store.size.mockResolvedValue(content.length);
		store.open.mockImplementation(async () =>
			Readable.from([content.subarray(0, 70_000), content.subarray(70_000)]),
		);
	});

	const ask = async (claim: Partial<MediaClaim> = {}, config: AxiosRequestConfig = {}) =>
		await axios.request<Buffer>({
			url: origin,
			params: { t: signClaim({ ...CLAIM, ...claim }, KEY) },
			responseType: 'arraybuffer',
			validateStatus: () => true,
			...config,
		});
	const messageOf = (data: Buffer) => JSON.parse(data.toString('utf8'));
	const ERROR = { error: { message: expect.any(String) } };

	it('serves the file of the link, and no other', async () => {
		const { status, data, headers } = await ask();
		expect([status, headers['content-type'], headers['content-length']]).toEqual([
			200,
			'image/jpeg',
			'100000',
		]);
		expect(data.equals(content)).toBe(true);
		expect(store.open).toHaveBeenCalledWith(CLAIM.binaryId, undefined);
	});

	it('serves a range across the chunks of the store', async () => {
		const { status, data, headers } = await ask({}, { headers: { Range: 'bytes=69990-70009' } });
		expect([status, headers['content-range']]).toEqual([206, 'bytes 69990-70009/100000']);
		expect(data.equals(content.subarray(69_990, 70_010))).toBe(true);
	});

	it('reads what lies before a late range in large pieces', async () => {
		const size = 3 * 1024 * 1024;
		store.size.mockResolvedValue(size);
		store.open.mockImplementation(async () =>
			Readable.from([Buffer.alloc(size - 1), Buffer.of(7)]),
		);
		const { status, data } = await ask({}, { headers: { Range: 'bytes=-1' } });
		expect({ status, bytes: [...data] }).toEqual({ status: 206, bytes: [7] });
		expect(store.open).toHaveBeenCalledWith(CLAIM.binaryId, 1024 * 1024);
	});

	it('answers HEAD and a known tag without opening the file', async () => {
		const head = await ask({}, { method: 'HEAD' });
		expect([head.status, head.headers['content-length']]).toEqual([200, '100000']);
		const known = await ask({}, { headers: { 'If-None-Match': head.headers.etag } });
		expect([known.status, known.data.length]).toEqual([304, 0]);
		expect(store.open).not.toHaveBeenCalled();
	});

	it('serves an empty file', async () => {
		store.size.mockResolvedValue(0);
		const { status, data } = await ask();
		expect([status, data.length]).toEqual([200, 0]);
	});

	it.each([
		['unsigned', { params: {} }, 403],
		['altered', { params: { t: `${signClaim(CLAIM, KEY)}x` } }, 403],
		['expired', { params: { t: signClaim({ ...CLAIM, expiresAt: NOW }, KEY) } }, 410],
	])('asks nothing of the store for a link that is %s', async (_what, config, statusCode) => {
		for (const method of ['GET', 'HEAD']) {
			const { status, data } = await ask({}, { ...config, method });
			expect(status).toBe(statusCode);
			expect(method === 'HEAD' ? data.length : messageOf(data)).toEqual(
				method === 'HEAD' ? 0 : ERROR,
			);
		}
		expect(store.size).not.toHaveBeenCalled();
	});

	class FileNotFoundError extends Error {}
	class EntityNotFoundError extends Error {}
	it.each([
		['the filesystem', new FileNotFoundError('File not found'), 404],
		['an older filesystem', Object.assign(new Error("ENOENT: no such file, stat '/x'")), 404],
		['the database', new EntityNotFoundError('Could not find any entity of type "File"'), 404],
		['S3', new Error('NoSuchKey: The specified key does not exist.'), 404],
		['a store that is down', new Error('connect ECONNREFUSED 10.0.0.5:5432'), 500],
		['a mode that is off', new Error('No binary data manager found for: s3'), 500],
		['what is no error', 'gone', 500],
	])('tells a failure of %s apart: %s is %s', async (_store, error, statusCode) => {
		store.size.mockRejectedValueOnce(error);
		const atSize = await ask();
		store.open.mockRejectedValueOnce(error);
		const atOpen = await ask();
		for (const { status, data } of [atSize, atOpen]) {
			expect(status).toBe(statusCode);
			expect(messageOf(data)).toEqual(ERROR);
			expect(data.toString('utf8')).not.toMatch(/10\.0\.0\.5|\/x|entity/);
		}
	});

	it.each([
		['database:3f0c8f7e-6a51-4f1e-9b3a-5d2f4c1b7a90', ''],
		[
			'filesystem-v2:workflows/a/executions/1/binary_data/3f0c8f7e-6a51-4f1e-9b3a-5d2f4c1b7a90',
			', or another process of n8n keeps it in a folder of its own: with separate workers, share one folder among all processes, or keep files in the database or S3',
		],
	])('says why a file may be missing: %s', async (binaryId, more) => {
		store.size.mockRejectedValueOnce(new FileNotFoundError('File not found'));
		const { status, data } = await ask(
			{},
			{ params: { t: signClaim({ ...CLAIM, binaryId }, KEY) } },
		);
		expect(status).toBe(404);
		expect(messageOf(data)).toEqual({
			error: {
				message: `The file is gone: n8n has deleted it, as it does with the data of old executions${more}.`,
			},
		});
	});

	it('a link dies with the token that it was signed by, and says so', async () => {
		const t = signClaim(CLAIM, deriveMediaKey('the token before', 'gfd8g7fd89dgfd'));
		const { status, data } = await ask({}, { params: { t } });
		expect(status).toBe(403);
		expect(messageOf(data)).toEqual({
			error: {
				message:
					'The signature of the link is not right: it was altered, or made with another API token.',
			},
		});
		expect(store.size).not.toHaveBeenCalled();
	});

	it('answers a range past the end with the error shape', async () => {
		const { status, data, headers } = await ask({}, { headers: { Range: 'bytes=100000-' } });
		expect([status, headers['content-range']]).toEqual([416, 'bytes */100000']);
		expect(messageOf(data)).toEqual(ERROR);
	});

	it.each([
		[
			'fails',
			() => {
				throw new Error('read error');
			},
		],
		['ends', () => undefined],
	])('breaks the connection where the store %s midway', async (_what, finish) => {
		store.open.mockImplementation(async () =>
			(async function* () {
				yield content.subarray(0, 10);
				finish();
			})(),
		);
		await expect(ask()).rejects.toThrow(/aborted|hang up|ECONNRESET/);
	});

	it('closes the store when the client goes away', async () => {
		const closed = new Promise<void>((resolve) => {
			store.size.mockResolvedValue(1e9);
			store.open.mockImplementation(async () =>
				(async function* () {
					try {
						for (;;) yield Buffer.alloc(65_536);
					} finally {
						resolve();
					}
				})(),
			);
		});
		const client = http.get(`${origin}/?t=${signClaim(CLAIM, KEY)}`, (response) => {
			response.once('data', () => client.destroy());
		});
		client.on('error', () => undefined);
		await closed;
	});

	it('holds a few of 200 MB at a time, for a client that is slower than the store', async () => {
		const size = 200 * 1024 * 1024;
		const chunk = Buffer.alloc(65_536);
		let read = 0;
		store.size.mockResolvedValue(size);
		store.open.mockImplementation(async () =>
			(async function* () {
				for (; read < size; read += chunk.length) yield chunk;
			})(),
		);
		const { data: body } = await ask({}, { responseType: 'stream' });
		let received = 0;
		let most = 0;
		for await (const part of body as unknown as Readable) {
			most = Math.max(most, read - received);
			received += (part as Buffer).length;
		}
		expect(received).toBe(size);
		// What the sockets of the machine buffer counts too.
		expect(most).toBeLessThan(32 * 1024 * 1024);
	});

	it.each(['text/html', 'image/svg+xml', 'application/xhtml+xml', 'text/javascript'])(
		'never serves %s as such',
		async (mimeType) => {
			const { headers } = await ask({ mimeType, fileName: 'page.html' });
			expect(headers).toMatchObject({
				'content-type': 'application/octet-stream',
				'content-disposition': 'attachment; filename="page.html"',
				'x-content-type-options': 'nosniff',
				'content-security-policy': expect.stringContaining('sandbox'),
			});
		},
	);
});
