import { createHash } from 'node:crypto';

import { essence, extensionOf } from '../channel/mimeTypes';
import { readMediaQuery, type MediaClaim } from './link';
import { isMissing, whyMissing } from './missing';

export interface MediaRequest {
	method: string;
	/** By lower-case name. */
	headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Bytes from one to another, both included. */
export interface ByteRange {
	start: number;
	end: number;
}

export interface MediaAnswer {
	statusCode: 200 | 206 | 304 | 412 | 416;
	headers: Record<string, string>;
	/** The bytes of the file to send; absent where none are: HEAD, 304, an empty file, an error. */
	range?: ByteRange;
	/** Why the request can't be met; absent on success. */
	message?: string;
}

/**
 * A cache has to ask again each time, so the link's expiry holds for its copy too. Without `no-transform` n8n compresses
 * texts on their way out, which loses Content-Length and makes ranges wrong.
 */
const CACHE_CONTROL = 'private, no-cache, no-transform';

/**
 * Answers a request for a file as RFC 9110 has it. In the order of its section 13.2.2: If-Match, If-None-Match, then for
 * GET alone Range, if If-Range allows. A range that is no valid range, or several of them, gets the whole file, as that
 * RFC permits.
 * @param size Of the stored file, in bytes.
 */
export function planMediaAnswer(
	{ method, headers }: MediaRequest,
	claim: MediaClaim,
	size: number,
): MediaAnswer {
	const etag = etagOf(claim, size);
	const shared = { ETag: etag, 'Cache-Control': CACHE_CONTROL, 'Accept-Ranges': 'bytes' };
	const isGet = method.toUpperCase() === 'GET';

	const ifMatch = headers['if-match'];
	if (ifMatch !== undefined && !isListed(etag, ifMatch)) {
		return {
			statusCode: 412,
			headers: shared,
			message: 'The file is not the one that If-Match names.',
		};
	}
	const ifNoneMatch = headers['if-none-match'];
	if (ifNoneMatch !== undefined && isListed(etag, weakened(ifNoneMatch))) {
		return { statusCode: 304, headers: shared };
	}

	const ifRange = headers['if-range'];
	const wanted =
		isGet && (ifRange === undefined || ifRange === etag)
			? parseByteRange(headers.range, size)
			: 'whole';
	if (wanted === 'unsatisfiable') {
		return {
			statusCode: 416,
			headers: { ...shared, 'Content-Range': `bytes */${size}` },
			message: `The file has ${size} bytes; none of them is in the range.`,
		};
	}

	const range = wanted === 'whole' ? { start: 0, end: size - 1 } : wanted;
	const length = range.end - range.start + 1;
	return {
		statusCode: wanted === 'whole' ? 200 : 206,
		headers: {
			...shared,
			...contentHeaders(claim),
			'Content-Length': String(length),
			...(wanted !== 'whole' && {
				'Content-Range': `bytes ${range.start}-${range.end}/${size}`,
			}),
		},
		...(isGet && length > 0 && { range }),
	};
}

/** A binary never changes under its id, so the id and the size tell its content. */
function etagOf({ binaryId }: MediaClaim, size: number): string {
	const hash = createHash('sha256').update(`${size} ${binaryId}`, 'utf8').digest('base64url');
	return `"${hash.slice(0, 22)}"`;
}

/** By the strong comparison of RFC 9110, 8.8.3.2: a weak tag is never ours. */
function isListed(etag: string, header: string | string[]): boolean {
	const list = String(header).trim();
	const tags: string[] = list.match(/(W\/)?"[^"]*"/g) ?? [];
	return list === '*' || tags.includes(etag);
}

/** The weak comparison that If-None-Match takes is the strong one without the marks of weakness. */
function weakened(header: string | string[]): string {
	return String(header).replace(/W\/"/g, '"');
}

function parseByteRange(
	header: string | string[] | undefined,
	size: number,
): ByteRange | 'whole' | 'unsatisfiable' {
	const match = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(typeof header === 'string' ? header : '');
	if (match === null) return 'whole';
	const [, first, last] = match;
	if (first === '') {
		if (last === '') return 'whole';
		if (Number(last) === 0) return 'unsatisfiable';
		// The last bytes of nothing are all of it, but no Content-Range can say so.
		return size === 0 ? 'whole' : { start: Math.max(size - Number(last), 0), end: size - 1 };
	}
	if (last !== '' && Number(last) < Number(first)) return 'whole';
	if (Number(first) >= size) return 'unsatisfiable';
	return { start: Number(first), end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}

function contentHeaders({ mimeType, fileName }: MediaClaim): Record<string, string> {
	const { contentType, disposition } = safeContentType(mimeType);
	return {
		'Content-Type': contentType,
		'Content-Disposition': contentDisposition(fileName, disposition),
		'X-Content-Type-Options': 'nosniff',
		// respond.io's pages show the file from another origin than theirs.
		'Cross-Origin-Resource-Policy': 'cross-origin',
		// Chrome shows no PDF in a sandbox; its viewer is one of its own.
		...(contentType !== 'application/pdf' && {
			'Content-Security-Policy':
				"default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox",
		}),
	};
}

/** A media type with parameters (RFC 9110, 8.3.1). */
const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+(\s*;\s*[\w-]+=([\w.+-]+|"[\w.+, -]*"))*$/;

/**
 * What a file may be served as from n8n's own origin: pictures, sound, video and documents inline, as what they are. All
 * else is a download without a type, above all what a browser would run: HTML, XML with its SVG, scripts, styles.
 */
export function safeContentType(mimeType: string): {
	contentType: string;
	disposition: 'inline' | 'attachment';
} {
	const type = essence(mimeType);
	const isActive = /[/+](html|xml)$|script|css/.test(type);
	const isKnown = /^(image|audio|video)\//.test(type) || extensionOf(type) !== undefined;
	const contentType = mimeType.trim();
	if (!isKnown || isActive || !MEDIA_TYPE.test(contentType)) {
		return { contentType: 'application/octet-stream', disposition: 'attachment' };
	}
	// Browsers would read a text without a charset as Windows-1252.
	const isBareText = type.startsWith('text/') && !/charset=/i.test(contentType);
	return {
		contentType: isBareText ? `${contentType}; charset=utf-8` : contentType,
		disposition: 'inline',
	};
}

/** Line breaks and other controls, and the marks that turn the direction of writing: "exe.gpj" for "jpg.exe". */
const UNSAFE_IN_NAME = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069/\\]/gu;

/**
 * The header of RFC 6266: the name in ASCII, and where that is not all of it, in UTF-8 as RFC 8187 (once RFC 5987)
 * writes it. Whatever the name holds, the header stays one line of ASCII with one name.
 */
export function contentDisposition(fileName: string, disposition: 'inline' | 'attachment'): string {
	// Through UTF-8, so that half a surrogate pair becomes a replacement character.
	const name = Buffer.from(fileName, 'utf8').toString('utf8').replace(UNSAFE_IN_NAME, '_');
	// Some browsers decode a percent sign in the plain form (RFC 6266, appendix D).
	const ascii = name.replace(/[^\x20-\x7e]|["%]/gu, '_');
	const plain = `${disposition}; filename="${ascii}"`;
	return ascii === name ? plain : `${plain}; filename*=UTF-8''${extendedValue(name)}`;
}

function extendedValue(text: string): string {
	return encodeURIComponent(text).replace(
		/['()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}

/** The part of an HTTP response (Express's, Node's) that serving needs. */
export interface MediaResponse {
	statusCode: number;
	readonly destroyed: boolean;
	setHeader(name: string, value: string): unknown;
	/** False: wait for `drain`. */
	write(chunk: Uint8Array): boolean;
	end(body?: string): unknown;
	/** Breaks the connection, so that the client sees that the body is not complete. */
	destroy(): unknown;
	on(event: 'drain' | 'close', listener: () => void): unknown;
	off(event: 'drain' | 'close', listener: () => void): unknown;
}

/** n8n's store of binaries, of any mode. Both reject when the file is gone. */
export interface MediaStore {
	/** In bytes. */
	size(binaryId: string): Promise<number>;
	open(binaryId: string, chunkSize?: number): Promise<AsyncIterable<Uint8Array>>;
}

/** n8n opens a file at its beginning alone. What lies before a range is read in large pieces, which costs a fraction. */
const SKIPPING_CHUNK = 1024 * 1024;

export interface ServeContext {
	key: Buffer;
	/** Epoch milliseconds. */
	now: number;
	store: MediaStore;
}

/**
 * Serves what a signed link is for, as a stream, or answers with an error status and `{ "error": { "message" } }`: 403
 * for a link that is not ours, 410 for one that has expired, 404 when n8n has deleted the file, 500 when it can't read
 * it. Never rejects; nothing of the store is touched before the signature was found right.
 */
export async function serveMedia(
	request: MediaRequest & { query: Readonly<Record<string, unknown>> },
	response: MediaResponse,
	{ key, now, store }: ServeContext,
): Promise<void> {
	const read = readMediaQuery(request.query, key, now);
	if (!read.ok) return fail(request, response, read);
	const { claim } = read;
	const { binaryId } = claim;

	const size = await attempt(binaryId, () => store.size(binaryId));
	if (!size.ok) return fail(request, response, size);
	const { statusCode, headers, range, message } = planMediaAnswer(request, claim, size.value);
	if (message !== undefined) return fail(request, response, { statusCode, headers, message });

	const chunkSize = (range?.start ?? 0) > SKIPPING_CHUNK ? SKIPPING_CHUNK : undefined;
	// Opened before the head is written: only then can its failure still be told.
	const source = range && (await attempt(binaryId, () => store.open(binaryId, chunkSize)));
	if (source?.ok === false) return fail(request, response, source);
	writeHead(response, statusCode, headers);
	if (range === undefined || source === undefined) {
		response.end();
		return;
	}
	const sent = await attempt(binaryId, () => pipeRange(source.value, range, response));
	if (sent.ok && sent.value) response.end();
	else response.destroy();
}

/**
 * Writes a range of the source's bytes, no faster than the client takes them, and leaves the source closed: at the
 * range's end, on an error, or when the client goes away.
 * @returns Whether all of the range was written.
 */
export async function pipeRange(
	source: AsyncIterable<Uint8Array>,
	{ start, end }: ByteRange,
	response: Pick<MediaResponse, 'destroyed' | 'write' | 'on' | 'off'>,
): Promise<boolean> {
	let position = 0;
	for await (const chunk of source) {
		if (response.destroyed) return false;
		const part = chunk.subarray(Math.max(start - position, 0), end + 1 - position);
		position += chunk.length;
		if (part.length > 0 && !response.write(part)) await drained(response);
		if (position > end) return !response.destroyed;
	}
	return false;
}

async function drained(response: Pick<MediaResponse, 'destroyed' | 'on' | 'off'>): Promise<void> {
	if (response.destroyed) return;
	await new Promise<void>((resolve) => {
		const done = () => {
			response.off('drain', done);
			response.off('close', done);
			resolve();
		};
		response.on('drain', done);
		response.on('close', done);
	});
}

interface Failure {
	statusCode: number;
	message: string;
	headers?: Record<string, string>;
}

function fail(
	{ method }: MediaRequest,
	response: MediaResponse,
	{ statusCode, message, headers }: Failure,
): void {
	const body = JSON.stringify({ error: { message } });
	writeHead(response, statusCode, {
		'Cache-Control': 'no-store',
		...headers,
		'Content-Type': 'application/json; charset=utf-8',
		'Content-Length': String(Buffer.byteLength(body)),
		'X-Content-Type-Options': 'nosniff',
	});
	response.end(method.toUpperCase() === 'HEAD' ? undefined : body);
}

function writeHead(
	response: MediaResponse,
	statusCode: number,
	headers: Record<string, string>,
): void {
	response.statusCode = statusCode;
	for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

async function attempt<T>(
	binaryId: string,
	work: () => Promise<T>,
): Promise<{ ok: true; value: T } | ({ ok: false } & Failure)> {
	try {
		return { ok: true, value: await work() };
	} catch (error) {
		return { ok: false, ...failureOf(error, binaryId) };
	}
}

/** The error's own words may name n8n's internals. */
function failureOf(error: unknown, binaryId: string): Failure {
	return isMissing(error)
		? { statusCode: 404, message: `The file is gone: ${whyMissing(binaryId)}.` }
		: { statusCode: 500, message: "n8n can't read the file at the moment." };
}
