import type { IBinaryData, IExecuteFunctions, IN8nHttpFullResponse } from 'n8n-workflow';

import { download, type DownloadAnswer, type DownloadOptions } from './download';

/** Milliseconds to the beginning of each answer. */
const TIMEOUT = 30_000;

/** The part of n8n's helpers that this needs; triggers and nodes both have it. */
export type FileHelpers = Pick<IExecuteFunctions['helpers'], 'httpRequest' | 'prepareBinaryData'> &
	Partial<Pick<IExecuteFunctions['helpers'], 'getSecureEgressFilter'>>;

type Stream = Exclude<Parameters<FileHelpers['prepareBinaryData']>[0], Buffer>;

export interface AttachmentMessage {
	url: string;
	fileName?: string;
	mimeType?: string;
}

/**
 * Fetches the attachment of an agent's message into a binary, for providers that want an upload.
 * @throws {ChannelError} saying what stood in the way.
 */
export async function fetchAttachment(
	helpers: FileHelpers,
	{ url, ...known }: AttachmentMessage,
	allowPrivateAddresses: boolean,
): Promise<IBinaryData> {
	const get = async (target: string, signal: AbortSignal): Promise<DownloadAnswer> => {
		const { statusCode, headers, body } = (await helpers.httpRequest({
			url: target,
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			timeout: TIMEOUT,
			abortSignal: signal,
			// A packed body shows no connection, and unpacks to more than its length.
			headers: { 'accept-encoding': 'identity' },
		})) as IN8nHttpFullResponse;
		return { statusCode, headers, body: body as unknown as DownloadAnswer['body'] };
	};
	const resolve = resolverOf(helpers);
	return await download(
		url,
		known,
		{ get, allowPrivateAddresses, ...(resolve && { resolve }) },
		async (content, fileName, mimeType, body) =>
			await helpers.prepareBinaryData(streamOf(content, body), fileName, mimeType),
	);
}

/** n8n's filter, whatever its setting for the whole instance; older ones have none. */
function resolverOf(helpers: FileHelpers): DownloadOptions['resolve'] {
	const lookup = helpers.getSecureEgressFilter?.('enforced').createSecureLookup();
	if (lookup === undefined) return undefined;
	return async (hostname) =>
		await new Promise<string[]>((resolve, reject) => {
			lookup(hostname, { all: true }, (error, addresses) => {
				if (error) reject(error);
				else resolve((addresses as Array<{ address: string }>).map(({ address }) => address));
			});
		});
}

/**
 * Nodes may not import Node's streams, and n8n's database takes nothing else: so the class of the body, a `Readable` of
 * whatever kind, makes the stream.
 */
function streamOf(content: AsyncIterable<Uint8Array>, body: unknown): Stream {
	const { constructor } = body as { constructor: { from(source: unknown): Stream } };
	return constructor.from(content);
}

/** The attachment in the trigger's form of a message; undefined where it has none. */
export function attachmentIn(message: unknown): AttachmentMessage | undefined {
	const { type, url } = (message ?? {}) as { type?: unknown; url?: unknown };
	const isAttachment = ['image', 'video', 'audio', 'file'].includes(String(type));
	return isAttachment && typeof url === 'string' ? (message as AttachmentMessage) : undefined;
}
