import { NodeOperationError, type IBinaryData } from 'n8n-workflow';

import { ChannelError } from '../channel/error';
import { tokenOf } from '../credential';
import { deriveMediaKey } from '../media/link';
import { isMissing, whyMissing } from '../media/missing';
import { publish, type PublishedFile } from '../media/publish';
import type { ItemContext } from './operation';

const DAY = 24 * 60 * 60 * 1000;
const DEFAULT_DAYS = 7;
const MOST_DAYS = 3650;

export interface PublishOptions {
	/** In place of the binary's own. */
	fileName?: string;
	mimeType?: string;
	/** Days until the link expires, as the option gives them. */
	linkExpiry?: unknown;
}

type Helpers = ItemContext['execute']['helpers'];
type Source = Parameters<Helpers['prepareBinaryData']>[0];

/** A binary's content in the form that n8n stores, readable as bytes as well. */
interface Content extends AsyncIterable<Uint8Array> {
	source: Source;
}

/**
 * Makes a binary of the item a public link that the trigger's media webhook serves.
 * @throws {NodeOperationError} when the item has no such binary.
 * @throws {ChannelError} when n8n has not got the file or keeps none, or the credential has no usable Public Media URL.
 */
export async function publishBinary(
	context: ItemContext,
	itemIndex: number,
	propertyName: string,
	{ fileName, mimeType, linkExpiry }: PublishOptions = {},
): Promise<PublishedFile> {
	const { execute, now } = context;
	const { helpers } = execute;
	const binary = helpers.assertBinaryData(itemIndex, propertyName);
	const channel = await context.channel();
	// Absent in n8n up to 1.123.16 and from 2.0 to 2.4.8.
	const settings = (execute as Partial<typeof execute>).getWorkflowSettings?.();
	if (settings?.saveDataSuccessExecution === 'none') {
		context.hint(
			'This workflow does not save its successful executions, and n8n deletes their files with them: links to files will not work. Set "Save successful production executions" in the workflow\'s settings.',
		);
	}
	return await publish(
		{
			mimeType: mimeType || binary.mimeType,
			fileName: fileName || nameOf(binary),
			open: async () =>
				contentOf(
					binary.id === undefined
						? await helpers.getBinaryDataBuffer(itemIndex, propertyName)
						: await streamOf(helpers, binary.id),
				),
		},
		async ({ source }: Content, name, type) =>
			(await helpers.prepareBinaryData(source, name, type)).id,
		{
			publicMediaUrl: channel.publicMediaUrl,
			key: deriveMediaKey(tokenOf(channel), channel.channelId),
			expiresAt: now + daysOf(context, linkExpiry, itemIndex) * DAY,
		},
	);
}

async function streamOf(helpers: Helpers, binaryId: string): Promise<Source> {
	let fault: unknown;
	try {
		return await helpers.getBinaryStream(binaryId);
	} catch (error) {
		fault = error;
	}
	if (!isMissing(fault)) throw fault;
	throw new ChannelError(
		`The file can't be read: ${whyMissing(binaryId)}`,
		'Publish a file in the execution that made it.',
	);
}

function nameOf({ fileName, fileExtension }: IBinaryData): string {
	return fileName ?? (fileExtension ? `file.${fileExtension}` : '');
}

function contentOf(source: Source): Content {
	return {
		source,
		async *[Symbol.asyncIterator]() {
			if (Buffer.isBuffer(source)) yield source;
			else yield* source as AsyncIterable<Uint8Array>;
		},
	};
}

function daysOf({ execute }: ItemContext, given: unknown, itemIndex: number): number {
	if (given === undefined || given === null || given === '') return DEFAULT_DAYS;
	const days = Number(given);
	if (days > 0 && days <= MOST_DAYS) return days;
	throw new NodeOperationError(
		execute.getNode(),
		`The option "Link Expiry" must be a number of days, more than 0 and at most ${MOST_DAYS}, but is "${String(given).slice(0, 50)}" [item ${itemIndex}]`,
		{ description: 'Change the option, or remove it to use 7 days.', itemIndex },
	);
}
