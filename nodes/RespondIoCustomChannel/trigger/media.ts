import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { tokenOf } from '../credential';
import { deriveMediaKey } from '../media/link';
import { serveMedia } from '../media/serve';
import { refuse } from './answer';
import { readChannel } from './channel';

/** A payload and an HMAC-SHA-256, both as base64url. */
const LINK_TOKEN = /^[\w-]+\.[\w-]{43}$/;

/** Serves what a signed link of this channel is for. Starts no execution, whatever the answer. */
export async function serve(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const response = context.getResponseObject();
	const query = context.getQueryData() as Record<string, unknown>;
	// Anyone may ask, and reading the credential costs n8n some 15 ms.
	if (!LINK_TOKEN.test(String(query.t))) {
		return refuse(response, {
			statusCode: 403,
			message: 'The link is not complete. Files are served by signed links alone.',
		});
	}
	const opened = await readChannel(context);
	if ('refusal' in opened) return refuse(response, opened.refusal);
	const { channelId, credential } = opened.channel;
	if (tokenOf(opened.channel) === '') {
		return refuse(response, {
			statusCode: 500,
			message: "The API Token of the n8n trigger's credential is empty.",
		});
	}
	const { method, headers } = context.getRequestObject();
	const { helpers } = context;
	await serveMedia({ method, headers, query }, response, {
		key: deriveMediaKey(String(credential.apiToken), channelId),
		now: Date.now(),
		store: {
			size: async (binaryId) => (await helpers.getBinaryMetadata(binaryId)).fileSize,
			open: async (binaryId, chunkSize) => await helpers.getBinaryStream(binaryId, chunkSize),
		},
	});
	return { noWebhookResponse: true };
}
