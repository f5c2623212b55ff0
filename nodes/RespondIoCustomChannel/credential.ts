import type { ICredentialDataDecryptedObject, IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { IdType } from './channel/schema';
import { parseUrl } from './channel/url';

export const CREDENTIAL_TYPE = 'respondIoCustomChannelApi';

/** The credential's values. The token stays where it is: only requests and signatures read it. */
export interface Channel {
	channelId: string;
	idType: IdType;
	webhookUrl: string;
	/** Empty: files can't be published. */
	publicMediaUrl: string;
	credential: ICredentialDataDecryptedObject;
}

export function toChannel(credential: ICredentialDataDecryptedObject): Channel {
	const text = (name: string) => String(credential[name] ?? '').trim();
	return {
		channelId: text('channelId'),
		idType: text('idType') === 'phone' ? 'phone' : 'custom',
		webhookUrl: normaliseWebhookUrl(text('webhookUrl')),
		publicMediaUrl: text('publicMediaUrl'),
		credential,
	};
}

export function tokenOf({ credential }: Channel): string {
	return String(credential.apiToken ?? '').trim();
}

/**
 * Reads the credential, once for all items of an execution: each read costs n8n some 15 ms.
 * @throws {NodeOperationError} when a value that every post needs is missing.
 */
export async function openChannel(context: IExecuteFunctions): Promise<Channel> {
	const channel = toChannel(await context.getCredentials(CREDENTIAL_TYPE));
	const fault = channelFault(channel);
	if (fault !== undefined) {
		throw new NodeOperationError(context.getNode(), fault, {
			description: 'Open the credential and copy the value from the channel page in respond.io.',
			itemIndex: 0,
		});
	}
	return channel;
}

/** What the credential lacks, in a sentence; undefined when it is complete. */
export function channelFault(channel: Channel): string | undefined {
	if (channel.channelId === '') return "The credential's Channel ID is empty";
	if (tokenOf(channel) === '') {
		return "The credential's API Token is empty";
	}
	if (!/^https?:\/\//i.test(channel.webhookUrl) || parseUrl(channel.webhookUrl) === undefined) {
		return `The credential's Webhook URL is not a complete http(s) URL: "${channel.webhookUrl.slice(0, 100)}"`;
	}
	return undefined;
}

/** Exactly one trailing slash: respond.io redirects other forms, and a redirect loses the body. */
function normaliseWebhookUrl(url: string): string {
	return url === '' || url.includes('?') ? url : url.replace(/\/*$/, '/');
}
