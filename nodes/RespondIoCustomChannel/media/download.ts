import { ChannelError, shown } from '../channel/error';
import { essence, withExtension } from '../channel/mimeTypes';
import { parseUrl } from '../channel/url';
import { fileTypeOf, HEAD_BYTES } from './fileType';
import { checkPublicUrl, isPublicAddress } from './publicAddress';

/** An answer whose body is still on its way. */
export interface DownloadAnswer {
	statusCode: number;
	/** Names in lower case. */
	headers: Readonly<Record<string, unknown>>;
	body: AsyncIterable<Uint8Array> & {
		destroy(): unknown;
		/** Of the connection; absent where the body was unpacked on its way. */
		socket?: { remoteAddress?: string } | null;
	};
}

export interface DownloadOptions {
	/** Gets one URL, and follows no redirect. Rejects on network faults and time-outs. */
	get(url: string): Promise<DownloadAnswer>;
	/** Lets files come from private and loopback addresses too. */
	allowPrivateAddresses: boolean;
}

export interface DownloadedFile {
	content: Buffer;
	mimeType: string;
	fileName: string;
}

const MAX_REDIRECTS = 5;
/** Bytes. Agents can't send more than this in any channel of respond.io. */
const MAX_SIZE = 100 * 1024 * 1024;
/** Milliseconds for the whole body. */
const BODY_TIMEOUT = 60_000;

const HINT =
	'The message itself is complete in the item: fetch its URL in a later step if need be.';

/**
 * Fetches a file on behalf of someone else: http and https alone, no private address (also not by a redirect, nor, as
 * far as the connection shows it, by a name that leads to one), bounded in size, redirects and time.
 * @throws {ChannelError} saying which of these stood in the way.
 */
export async function download(
	url: string,
	known: { fileName?: string; mimeType?: string },
	options: DownloadOptions,
): Promise<DownloadedFile> {
	const { answer, location } = await follow(url, options);
	const content = await read(answer.body);
	const header = answer.headers['content-type'];
	const given = [known.mimeType, typeof header === 'string' ? header : undefined].find(
		(each) => each !== undefined && !['', 'application/octet-stream'].includes(essence(each)),
	);
	const mimeType = fileTypeOf(content.subarray(0, HEAD_BYTES), given);
	const name = known.fileName || decodeURIComponentSafely(location.pathname.split('/').pop() ?? '');
	return { content, mimeType, fileName: withExtension(name, mimeType) };
}

async function follow(
	url: string,
	{ get, allowPrivateAddresses }: DownloadOptions,
): Promise<{ answer: DownloadAnswer; location: URL }> {
	let next = url;
	for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
		const location = allowed(next, allowPrivateAddresses);
		const answer = await getFrom(location, get);
		const { statusCode, headers, body } = answer;
		const address = body.socket?.remoteAddress;
		if (!allowPrivateAddresses && address !== undefined && !isPublicAddress(address)) {
			body.destroy();
			throw refused(`${shown(location.hostname)} leads to a private address`);
		}
		if (statusCode >= 200 && statusCode < 300) return { answer, location };
		body.destroy();
		if (statusCode < 300 || statusCode >= 400 || typeof headers.location !== 'string') {
			throw refused(`${shown(location.hostname)} answered ${statusCode}`);
		}
		const target = parseUrl(headers.location, location.href);
		if (target === undefined) throw refused('a redirect leads nowhere');
		next = target.href;
	}
	throw refused(`there were more than ${MAX_REDIRECTS} redirects`);
}

async function getFrom(location: URL, get: DownloadOptions['get']): Promise<DownloadAnswer> {
	let fault: unknown;
	try {
		return await get(location.href);
	} catch (error) {
		fault = error;
	}
	const { code } = fault as { code?: unknown };
	const reason = typeof code === 'string' ? ` (${code})` : '';
	throw refused(`${shown(location.hostname)} could not be reached${reason}`);
}

function allowed(url: string, allowPrivateAddresses: boolean): URL {
	const checked = checkPublicUrl(url);
	if (checked.ok) return checked.url;
	const parsed = parseUrl(url);
	if (allowPrivateAddresses && parsed !== undefined && /^https?:$/.test(parsed.protocol)) {
		return parsed;
	}
	throw refused(checked.fault);
}

async function read(body: DownloadAnswer['body']): Promise<Buffer> {
	const chunks: Uint8Array[] = [];
	let size = 0;
	let isLate = false;
	AbortSignal.timeout(BODY_TIMEOUT).addEventListener('abort', () => {
		isLate = true;
		body.destroy();
	});
	let fault: unknown;
	try {
		// Leaving the loop closes the connection.
		for await (const chunk of body) {
			chunks.push(chunk);
			size += chunk.length;
			if (size > MAX_SIZE) break;
		}
	} catch (error) {
		fault = error;
	}
	if (size > MAX_SIZE) throw refused(`it has more than ${MAX_SIZE / 1024 / 1024} MB`);
	if (isLate) throw refused(`it took longer than ${BODY_TIMEOUT / 1000} s`);
	if (fault !== undefined) throw refused('the connection broke off');
	return Buffer.concat(chunks);
}

function refused(reason: string): ChannelError {
	return new ChannelError(`The attachment could not be fetched: ${reason}`, HINT);
}

function decodeURIComponentSafely(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
