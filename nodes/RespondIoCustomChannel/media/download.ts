import { ChannelError, shown } from '../channel/error';
import { essence, withExtension } from '../channel/mimeTypes';
import { egressSetting } from '../channel/reason';
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
		/** Of the connection; n8n 2.41 wraps the body, and shows none. */
		socket?: { remoteAddress?: string } | null;
	};
}

export interface DownloadOptions {
	/** Gets one URL, and follows no redirect. Rejects on network faults and time-outs. The signal ends the connection. */
	get(url: string, signal: AbortSignal): Promise<DownloadAnswer>;
	/** Lets files come from private and loopback addresses too. */
	allowPrivateAddresses: boolean;
	/**
	 * All addresses of a host, by n8n's egress filter, which rejects for one that it blocks. Where n8n has none, the
	 * connection is asked.
	 */
	resolve?(hostname: string): Promise<string[]>;
}

/** Takes the content while it comes. Rejects when the content does. */
export type StoreDownload<Stored> = (
	content: AsyncIterable<Uint8Array>,
	fileName: string,
	mimeType: string,
	body: DownloadAnswer['body'],
) => Promise<Stored>;

const MAX_REDIRECTS = 5;
/** Bytes. Agents can't send more than this in any channel of respond.io. */
const MAX_SIZE = 100 * 1024 * 1024;
/** Milliseconds for the whole body. */
const BODY_TIMEOUT = 60_000;

const HINT =
	'The message itself is complete in the item: fetch its URL in a later step if need be.';

/**
 * Fetches a file on behalf of someone else: http and https alone, no private address (also not by a redirect or by a
 * name that leads to one), bounded in size, redirects and time. It is stored while it comes, and never held as a whole.
 * @throws {ChannelError} saying which of these stood in the way.
 */
export async function download<Stored>(
	url: string,
	known: { fileName?: string; mimeType?: string },
	options: DownloadOptions,
	store: StoreDownload<Stored>,
): Promise<Stored> {
	const connection = await follow(url, options);
	const { location, headers, body } = connection;
	const source = new Source(connection);
	const head = await source.head();
	if (source.fault !== undefined) throw refused(source.fault);
	const header = headers['content-type'];
	const given = [known.mimeType, typeof header === 'string' ? header : undefined].find(
		(each) => each !== undefined && !['', 'application/octet-stream'].includes(essence(each)),
	);
	const mimeType = fileTypeOf(head, given);
	const name = known.fileName || decodeURIComponentSafely(location.pathname.split('/').pop() ?? '');
	let stored: { value: Stored } | undefined;
	let fault: unknown;
	try {
		stored = {
			value: await store(source.content(), withExtension(name, mimeType), mimeType, body),
		};
	} catch (error) {
		fault = error;
	}
	// What stopped the content says more than what n8n's store makes of it.
	if (source.fault !== undefined) throw refused(source.fault);
	if (stored !== undefined) return stored.value;
	connection.close();
	throw fault;
}

/** An answer, and how to let go of it. */
interface Connection extends DownloadAnswer {
	location: URL;
	/** Destroying a body that n8n wraps, and that nobody has read yet, leaves the connection open: so both end. */
	close(): void;
}

async function follow(url: string, options: DownloadOptions): Promise<Connection> {
	const { allowPrivateAddresses, resolve } = options;
	let next = url;
	for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
		const location = allowed(next, allowPrivateAddresses);
		if (!allowPrivateAddresses && resolve !== undefined) await checkAddresses(location, resolve);
		const connection = await connect(location, options);
		if (!allowPrivateAddresses && resolve === undefined) checkPeer(connection);
		const { statusCode, headers } = connection;
		if (statusCode >= 200 && statusCode < 300) return connection;
		connection.close();
		if (statusCode < 300 || statusCode >= 400 || typeof headers.location !== 'string') {
			throw refused(`${shown(location.hostname)} answered ${statusCode}`);
		}
		const target = parseUrl(headers.location, location.href);
		if (target === undefined) throw refused('a redirect leads nowhere');
		next = target.href;
	}
	throw refused(`there were more than ${MAX_REDIRECTS} redirects`);
}

/** Before the request: n8n's HTTP helper takes no lookup of ours, so what is resolved here is resolved again there. */
async function checkAddresses(
	{ hostname }: URL,
	resolve: NonNullable<DownloadOptions['resolve']>,
): Promise<void> {
	let addresses: string[] = [];
	let fault: { code?: unknown } | undefined;
	try {
		addresses = await resolve(hostname.replace(/^\[|\]$/g, ''));
	} catch (error) {
		fault = error as { code?: unknown };
	}
	if (typeof fault?.code === 'string') {
		throw refused(`${shown(hostname)} could not be reached (${fault.code})`);
	}
	if (fault !== undefined || !addresses.every(isPublicAddress)) {
		throw refused(`${shown(hostname)} leads to a private address`);
	}
}

/** After the request, which is late: but nothing of the answer is read, unless the connection shows a public address. */
function checkPeer({ body, location, close }: Connection): void {
	const address = body.socket?.remoteAddress;
	if (address !== undefined && isPublicAddress(address)) return;
	close();
	if (address !== undefined) {
		throw refused(`${shown(location.hostname)} leads to a private address`);
	}
	throw new ChannelError(
		`The attachment could not be fetched: this n8n does not tell whether ${shown(location.hostname)} leads to a private address`,
		'Update n8n (2.41 tells), or fetch the URL of the message in a later step. "Allow Private Addresses" fetches it without that check.',
	);
}

async function connect(
	location: URL,
	{ get, allowPrivateAddresses }: DownloadOptions,
): Promise<Connection> {
	const abort = new AbortController();
	let fault: unknown;
	try {
		const answer = await get(location.href, abort.signal);
		return {
			...answer,
			location,
			close() {
				answer.body.destroy();
				abort.abort();
			},
		};
	} catch (error) {
		fault = error;
	}
	const host = shown(location.hostname);
	const setting = egressSetting(fault);
	if (setting !== undefined) {
		// A name that leads elsewhere since it was checked, or one that n8n does not let pass though we would.
		throw refused(
			allowPrivateAddresses
				? `n8n's own filter refused ${host}: to allow it, ${setting}`
				: `${host} leads to a private address`,
		);
	}
	const { code } = fault as { code?: unknown };
	const reason = typeof code === 'string' ? ` (${code})` : '';
	throw refused(`${host} could not be reached${reason}`);
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

/** A body, its beginning looked at first, bounded in size and time. */
class Source {
	/** Why the content stopped before its end. */
	fault?: string;

	private readonly chunks: AsyncIterator<Uint8Array>;

	private readonly begun: Uint8Array[] = [];

	private size = 0;

	private isDone = false;

	constructor(private readonly connection: Pick<Connection, 'body' | 'close'>) {
		this.chunks = connection.body[Symbol.asyncIterator]();
		AbortSignal.timeout(BODY_TIMEOUT).addEventListener('abort', () => {
			if (this.isDone) return;
			this.fault ??= `it took longer than ${BODY_TIMEOUT / 1000} s`;
			connection.close();
		});
	}

	async head(): Promise<Uint8Array> {
		let length = 0;
		while (length < HEAD_BYTES) {
			const chunk = await this.next();
			if (chunk === undefined) break;
			this.begun.push(chunk);
			length += chunk.length;
		}
		return Buffer.concat(this.begun).subarray(0, HEAD_BYTES);
	}

	async *content(): AsyncGenerator<Uint8Array> {
		yield* this.begun.splice(0);
		for (;;) {
			const chunk = await this.next();
			if (this.fault !== undefined) throw refused(this.fault);
			if (chunk === undefined) return;
			yield chunk;
		}
	}

	private async next(): Promise<Uint8Array | undefined> {
		if (this.isDone || this.fault !== undefined) return undefined;
		let chunk: Uint8Array | undefined;
		try {
			const { done, value } = await this.chunks.next();
			if (done === true) this.isDone = true;
			else chunk = value;
		} catch {
			this.fault ??= 'the connection broke off';
		}
		this.size += chunk?.length ?? 0;
		if (this.size > MAX_SIZE) {
			this.fault ??= `it has more than ${MAX_SIZE / 1024 / 1024} MB`;
			this.connection.close();
		}
		return this.fault === undefined ? chunk : undefined;
	}
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
