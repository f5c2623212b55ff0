import { ChannelError } from '../channel/error';
import { attachmentTypeOf, essence, mimeTypeOf, withExtension } from '../channel/mimeTypes';
import type { AttachmentType } from '../channel/schema';
import { fileTypeOf, HEAD_BYTES } from './fileType';
import { mediaLink } from './link';

/** A binary of the workflow. */
export interface PublishFile<Content extends AsyncIterable<Uint8Array>> {
	/** As n8n or the provider says; the file's content has the last word. */
	mimeType?: string;
	fileName?: string;
	/** Called twice: for the beginning that shows the type, and for the whole that is stored. */
	open(): Promise<Content>;
}

/** Stores content for good, and returns n8n's id of it; undefined where n8n keeps binaries in memory. */
export type Store<Content> = (
	content: Content,
	fileName: string,
	mimeType: string,
) => Promise<string | undefined>;

export interface PublishContext {
	/** The credential's. */
	publicMediaUrl: string;
	key: Buffer;
	/** Epoch milliseconds. */
	expiresAt: number;
}

export interface PublishedFile {
	url: string;
	attachmentType: AttachmentType;
	mimeType: string;
	fileName: string;
	/** Epoch milliseconds. */
	expiresAt: number;
}

/**
 * Stores a file again, since n8n renames what a webhook trigger stored when its execution ends, and links to it. The
 * file is never in memory as a whole.
 * @throws {ChannelError} when n8n keeps no files, or the credential has no usable Public Media URL.
 */
export async function publish<Content extends AsyncIterable<Uint8Array>>(
	file: PublishFile<Content>,
	store: Store<Content>,
	{ publicMediaUrl, key, expiresAt }: PublishContext,
): Promise<PublishedFile> {
	const given = essence(file.mimeType ?? '');
	// n8n itself writes text/plain where it knows nothing.
	const isVague = given === '' || given === 'application/octet-stream' || given === 'text/plain';
	const named = isVague ? mimeTypeOf(file.fileName ?? '') : undefined;
	const mimeType = fileTypeOf(await readHead(await file.open()), named ?? file.mimeType);
	const fileName = withExtension(file.fileName ?? '', mimeType);
	const binaryId = await store(await file.open(), fileName, mimeType);
	if (binaryId === undefined) {
		throw new ChannelError(
			'n8n keeps the files of executions in memory, so no link can lead to them',
			'Set N8N_DEFAULT_BINARY_DATA_MODE to filesystem, database or s3, or send a public URL instead of a file.',
		);
	}
	const url = mediaLink(publicMediaUrl, { binaryId, mimeType, fileName, expiresAt }, key);
	return { url, attachmentType: attachmentTypeOf(mimeType), mimeType, fileName, expiresAt };
}

async function readHead(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
	let head = Buffer.alloc(0);
	for await (const chunk of content) {
		head = Buffer.concat([head, chunk]);
		// Leaving the loop closes the stream.
		if (head.length >= HEAD_BYTES) break;
	}
	return head.subarray(0, HEAD_BYTES);
}
