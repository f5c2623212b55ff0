import type { ICredentialDataDecryptedObject, IWebhookFunctions } from 'n8n-workflow';

import type { Channel } from '../credential';
import { CREDENTIAL_TYPE, toChannel } from '../credential';
import type { Refusal } from './answer';

/** The credential's values, or the answer to give where there are none. */
export async function readChannel(
	context: IWebhookFunctions,
): Promise<{ channel: Channel } | { refusal: Refusal }> {
	let credential: ICredentialDataDecryptedObject;
	try {
		credential = await context.getCredentials(CREDENTIAL_TYPE);
	} catch {
		// The reason may name n8n's internals; n8n shows it at the node.
		return {
			refusal: { statusCode: 500, message: 'The n8n trigger has no usable credential.' },
		};
	}
	return { channel: toChannel(credential) };
}
