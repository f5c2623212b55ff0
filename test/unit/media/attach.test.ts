import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';

import axios from 'axios';

import {
	fetchAttachment,
	type FileHelpers,
} from '../../../nodes/RespondIoCustomChannel/media/attach';

/** The bodies that n8n's helper gives: over real connections, by the library and the options that n8n uses. */

const NAME = 'files.example.com';
const MEGABYTE = 1024 * 1024;

let server: http.Server;
let folder: string;
/** What the server does next, and what it saw. */
let answer: (response: http.ServerResponse) => void;
let hits: number;
let closed: Promise<void>;
beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'attach-'));
	server = http.createServer((_request, response) => {
		hits++;
		closed = new Promise((resolve) => response.on('close', resolve));
		answer(response);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => (hits = 0));
afterEach(() => jest.restoreAllMocks());
afterAll(async () => {
	server.closeAllConnections();
	await new Promise((resolve) => server.close(resolve));
	await rm(folder, { recursive: true });
});

/** n8n up to 1.x hands over the connection's own body; 2.x, with `maxContentLength`, wraps it. */
const requester =
	(maxContentLength: number) =>
	async ({ url, headers, timeout, abortSignal }: Parameters<FileHelpers['httpRequest']>[0]) => {
		const {
			status,
			headers: given,
			data,
		} = await axios.get(url, {
			headers: headers as Record<string, string>,
			timeout,
			signal: abortSignal,
			responseType: 'stream',
			maxRedirects: 0,
			maxContentLength,
			validateStatus: () => true,
			proxy: false,
			lookup: (_name, _options, done) => done(null, '127.0.0.1', 4),
		});
		return { statusCode: status, headers: given, body: data };
	};
const inFile = async (content: Readable) => {
	const file = path.join(folder, 'stored');
	await writeFile(file, content);
	return await readFile(file);
};
/** By events, as n8n's database mode reads. */
const inMemory = async (content: Readable) =>
	await new Promise<Buffer>((resolve, reject) => {
		const chunks: Buffer[] = [];
		content.on('data', (chunk: Buffer) => chunks.push(chunk));
		content.once('end', () => resolve(Buffer.concat(chunks)));
		content.once('error', reject);
	});
const n8n = (store: (content: Readable) => Promise<Buffer>, version: 1 | 2 = 2) =>
	({
		httpRequest: requester(version === 1 ? -1 : Infinity),
		prepareBinaryData: async (content: Readable, fileName: string, mimeType: string) => ({
			data: (await store(content)).toString('base64'),
			fileName,
			mimeType,
		}),
		...(version === 2 && {
			getSecureEgressFilter: () => ({
				createSecureLookup:
					() => (_name: string, _options: unknown, done: (...given: unknown[]) => void) =>
						done(null, [{ address: '93.184.216.34', family: 4 }]),
			}),
		}),
	}) as unknown as FileHelpers;

const fetchFrom = async (helpers: FileHelpers) => {
	const { port } = server.address() as AddressInfo;
	return await fetchAttachment(helpers, { url: `http://${NAME}:${port}/a.bin` }, false).then(
		({ data, fileName }) => ({ bytes: Buffer.from(data, 'base64'), fileName, fault: undefined }),
		({ message }: Error) => ({ bytes: undefined, fileName: undefined, fault: message }),
	);
};
const STORES = [
	['a file', inFile],
	['memory, as for the database', inMemory],
] as const;

describe.each(STORES)('into %s', (_where, store) => {
	it.each([0, 1, 5 * MEGABYTE])('%s bytes arrive whole', async (size) => {
		const bytes = randomBytes(size);
		answer = (response) => response.end(bytes);
		const { bytes: stored, fileName, fault } = await fetchFrom(n8n(store));
		expect({ fault, fileName }).toEqual({ fault: undefined, fileName: 'a.bin' });
		expect(stored?.equals(bytes)).toBe(true);
	});

	it('what breaks off is not stored', async () => {
		answer = (response) => {
			response.setHeader('content-length', 2 * MEGABYTE);
			response.write(Buffer.alloc(MEGABYTE), () => response.destroy());
		};
		expect((await fetchFrom(n8n(store))).fault).toBe(
			'The attachment could not be fetched: the connection broke off',
		);
	});

	it('what never ends is cut at the limit', async () => {
		answer = (response) => {
			const more = () => {
				while (!response.destroyed && response.write(Buffer.alloc(MEGABYTE)));
			};
			response.on('drain', more);
			more();
		};
		expect((await fetchFrom(n8n(store))).fault).toBe(
			'The attachment could not be fetched: it has more than 100 MB',
		);
		await closed;
	});

	it('what stalls is given up', async () => {
		const late = new AbortController();
		jest.spyOn(AbortSignal, 'timeout').mockReturnValue(late.signal);
		answer = (response) => {
			response.write(Buffer.alloc(MEGABYTE));
			setTimeout(() => late.abort(), 200);
		};
		expect((await fetchFrom(n8n(store))).fault).toBe(
			'The attachment could not be fetched: it took longer than 60 s',
		);
		await closed;
	});
});

it.each([1, 2] as const)(
	'lets go of a redirect whose body never ends, in n8n %s',
	async (version) => {
		answer = (response) => {
			response.writeHead(302, { location: 'http://127.0.0.1/' });
			response.write(Buffer.alloc(5 * MEGABYTE));
		};
		const { fault } = await fetchFrom(n8n(inFile, version));
		expect(fault).toMatch(
			version === 1
				? /"files.example.com" leads to a private address$/
				: /"127.0.0.1" is not an address of the public internet$/,
		);
		await closed;
		expect(hits).toBe(1);
	},
);

it("says the store's own fault, and lets go of the connection", async () => {
	answer = (response) => response.write(Buffer.alloc(5 * MEGABYTE));
	const full = async () => await Promise.reject(new Error('The disk is full'));
	expect((await fetchFrom(n8n(full))).fault).toBe('The disk is full');
	await closed;
});

describe('in an n8n without an egress filter', () => {
	const store = jest.fn(inFile);

	it('the connection tells of a private address', async () => {
		answer = (response) => response.end('secret');
		expect((await fetchFrom(n8n(store, 1))).fault).toBe(
			'The attachment could not be fetched: "files.example.com" leads to a private address',
		);
		expect(store).not.toHaveBeenCalled();
	});

	it('a packed body, which does not tell, is not read', async () => {
		answer = (response) => {
			response.setHeader('content-encoding', 'gzip');
			response.end(gzipSync('secret'));
		};
		expect((await fetchFrom(n8n(store, 1))).fault).toBe(
			'The attachment could not be fetched: this n8n does not tell whether "files.example.com" leads to a private address',
		);
		expect(store).not.toHaveBeenCalled();
	});
});
