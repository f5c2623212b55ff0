import {
	download,
	type DownloadAnswer,
} from '../../../nodes/RespondIoCustomChannel/media/download';

const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(64, 1)]);

interface Page {
	statusCode?: number;
	headers?: Record<string, unknown>;
	chunks?: Iterable<Buffer>;
	/** Breaks the connection after the chunks. */
	breaks?: boolean;
	remoteAddress?: string;
}

/** An internet of a few pages. */
function internet(pages: Record<string, Page | Error>) {
	const asked: string[] = [];
	const closed: string[] = [];
	const get = async (url: string, signal: AbortSignal): Promise<DownloadAnswer> => {
		asked.push(url);
		const page = pages[url] ?? { statusCode: 404 };
		if (page instanceof Error) throw page;
		const { statusCode = 200, headers = {}, chunks = [PNG], breaks, remoteAddress } = page;
		signal.addEventListener('abort', () => closed.push(url));
		return {
			statusCode,
			headers,
			body: {
				async *[Symbol.asyncIterator]() {
					yield* chunks;
					if (breaks) throw new Error('aborted');
				},
				destroy: () => {},
				...(remoteAddress !== undefined && { socket: { remoteAddress } }),
			},
		};
	};
	return { get, asked, closed };
}

const from = async (
	url: string,
	pages: Record<string, Page | Error>,
	{
		allowPrivateAddresses = false,
		known = {},
		resolve = async () => ['93.184.216.34'],
	}: {
		allowPrivateAddresses?: boolean;
		known?: Parameters<typeof download>[1];
		/** Null: this n8n has no filter. */
		resolve?: ((name: string) => Promise<string[]>) | null;
	} = {},
) => {
	const net = internet(pages);
	const result = await download(
		url,
		known,
		{ get: net.get, allowPrivateAddresses, ...(resolve && { resolve }) },
		async (parts, fileName, mimeType) => {
			const chunks: Uint8Array[] = [];
			for await (const part of parts) chunks.push(part);
			return { content: Buffer.concat(chunks), mimeType, fileName };
		},
	).then(
		(file) => ({ file, fault: undefined }),
		(error: Error) => ({ file: undefined, fault: error.message }),
	);
	return { ...result, ...net };
};

const A = 'https://files.example.com/a';

it('gives the bytes, the type that they show, and a name with its extension', async () => {
	const { file } = await from(A, { [A]: { headers: { 'content-type': 'text/html' } } });
	expect(file).toEqual({ content: PNG, mimeType: 'image/png', fileName: 'a.png' });
});

it("takes respond.io's word for the type and the name before the server's", async () => {
	const chunks = [Buffer.from('plain words')];
	const pages = { [A]: { chunks, headers: { 'content-type': 'application/octet-stream' } } };
	const known = { fileName: 'note.csv', mimeType: 'text/csv' };
	const { file } = await from(A, pages, { known });
	expect(file).toMatchObject({ mimeType: 'text/csv', fileName: 'note.csv' });
});

it('follows redirects, also relative ones, each checked', async () => {
	const B = 'https://cdn.example.com/x/b.png';
	const { file, asked } = await from(A, {
		[A]: { statusCode: 302, headers: { location: 'https://cdn.example.com/x/r' } },
		'https://cdn.example.com/x/r': { statusCode: 307, headers: { location: 'b.png' } },
		[B]: {},
	});
	expect(file?.fileName).toBe('b.png');
	expect(asked).toHaveLength(3);
});

it.each<[string, string, Record<string, Page | Error>, RegExp]>([
	['a private address', 'http://10.0.0.1/a', {}, /public internet/],
	['loopback in another spelling', 'http://2130706433/a', {}, /public internet/],
	['the metadata service', 'http://169.254.169.254/latest', {}, /public internet/],
	['a local name', 'http://localhost/a', {}, /public internet/],
	['a URL with a password', 'https://u:p@files.example.com/a', {}, /password/],
	['another scheme', 'ftp://files.example.com/a', {}, /http/],
	['no URL', 'a.png', {}, /complete URL/],
	[
		'a redirect to a private address',
		A,
		{ [A]: { statusCode: 302, headers: { location: 'http://127.0.0.1/secret' } } },
		/public internet/,
	],
	[
		'redirects without end',
		A,
		{ [A]: { statusCode: 301, headers: { location: A } } },
		/more than 5 redirects/,
	],
	['a redirect to nowhere', A, { [A]: { statusCode: 301 } }, /answered 301/],
	['an error', A, { [A]: { statusCode: 410 } }, /answered 410/],
	[
		'a server that is gone',
		A,
		{ [A]: Object.assign(new Error(), { code: 'ENOTFOUND' }) },
		/ENOTFOUND/,
	],
	['a connection that breaks off', A, { [A]: { breaks: true } }, /broke off/],
])('does not fetch from %s', async (_what, url, pages, fault) => {
	expect((await from(url, pages)).fault).toMatch(fault);
});

it('stops reading at the limit, whatever Content-Length says', async () => {
	let sent = 0;
	const chunks = (function* () {
		for (;;) {
			sent++;
			yield Buffer.alloc(1024 * 1024);
		}
	})();
	const { fault } = await from(A, { [A]: { chunks, headers: { 'content-length': '5' } } });
	expect(fault).toMatch(/more than 100 MB/);
	expect(sent).toBe(101);
});

it('fetches from a private address where that is allowed', async () => {
	const url = 'http://127.0.0.1:3100/a';
	const pages = { [url]: {} };
	expect((await from(url, pages, { allowPrivateAddresses: true })).file).toBeDefined();
	expect((await from('file:///etc/passwd', {}, { allowPrivateAddresses: true })).fault).toMatch(
		/http/,
	);
});

it('lets go of every answer that it does not read', async () => {
	const { closed } = await from(A, {
		[A]: { statusCode: 302, headers: { location: 'https://files.example.com/b' } },
		'https://files.example.com/b': { statusCode: 500 },
	});
	expect(closed).toEqual([A, 'https://files.example.com/b']);
});

it.each([
	['a name that n8n blocks', async () => await Promise.reject(new Error('blocked'))],
	['a name with one address that is private', async () => ['93.184.216.34', '127.0.0.1']],
	['a range that n8n leaves out', async () => ['100.64.0.1']],
])('asks nothing of %s', async (_what, resolve) => {
	const { fault, asked } = await from(A, { [A]: {} }, { resolve });
	expect({ fault, asked }).toEqual({
		fault: 'The attachment could not be fetched: "files.example.com" leads to a private address',
		asked: [],
	});
});

it('checks the name of a redirect before it asks', async () => {
	const pages = { [A]: { statusCode: 302, headers: { location: 'https://in.example.com/' } } };
	const resolve = async (name: string) => [name.startsWith('in.') ? '10.0.0.1' : '93.184.216.34'];
	const { fault, asked } = await from(A, pages, { resolve });
	expect(fault).toBe(
		'The attachment could not be fetched: "in.example.com" leads to a private address',
	);
	expect(asked).toEqual([A]);
});

it.each([
	['a public address', '93.184.216.34', undefined],
	['a private one', '10.0.0.1', '"files.example.com" leads to a private address'],
	[
		'none',
		undefined,
		'this n8n does not tell whether "files.example.com" leads to a private address',
	],
])('without a filter, takes a connection that shows %s accordingly', async (_what, peer, words) => {
	const page = peer === undefined ? {} : { remoteAddress: peer };
	const { fault, file, closed } = await from(A, { [A]: page }, { resolve: null });
	expect(fault).toBe(words && `The attachment could not be fetched: ${words}`);
	expect(file?.content).toEqual(words === undefined ? PNG : undefined);
	expect(closed).toEqual(words === undefined ? [] : [A]);
});

it('without a filter, still asks no address that the URL shows to be private', async () => {
	const { fault, asked } = await from('http://[::ffff:10.0.0.1]/a', {}, { resolve: null });
	expect(fault).toBe(
		'The attachment could not be fetched: "::ffff:a00:1" is not an address of the public internet',
	);
	expect(asked).toEqual([]);
});
