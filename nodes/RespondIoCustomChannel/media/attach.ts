import type { IBinaryData, IExecuteFunctions, IN8nHttpFullResponse } from 'n8n-workflow';

import { download, type DownloadAnswer } from './download';

/** Milliseconds to the beginning of each answer. */
const TIMEOUT = 30_000;

/** The part of n8n's helpers that this needs; triggers and nodes both have it. */
export type FileHelpers = Pick<IExecuteFunctions['helpers'], 'httpRequest' | 'prepareBinaryData'>;

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
	const get = async (target: string): Promise<DownloadAnswer> => {
		const { statusCode, headers, body } = (await helpers.httpRequest({
			url: target,
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			timeout: TIMEOUT,
		})) as IN8nHttpFullResponse;
		return { statusCode, headers, body: body as unknown as DownloadAnswer['body'] };
	};
	const file = await download(url, known, { get, allowPrivateAddresses });
	return await helpers.prepareBinaryData(file.content, file.fileName, file.mimeType);
}

/** The attachment in the trigger's form of a message; undefined where it has none. */
export function attachmentIn(message: unknown): AttachmentMessage | undefined {
	const { type, url } = (message ?? {}) as { type?: unknown; url?: unknown };
	const isAttachment = ['image', 'video', 'audio', 'file'].includes(String(type));
	return isAttachment && typeof url === 'string' ? (message as AttachmentMessage) : undefined;
}
