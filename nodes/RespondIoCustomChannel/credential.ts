import type { ICredentialDataDecryptedObject, IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { IdType } from './channel/schema';
import { parseUrl } from './channel/url';

export const CREDENTIAL_TYPE = 'respondIoCustomChannelApi';

/** Took events until 5 August 2026, as respond.io's help page says; the path is the same at the new host. */
const OLD_HOST = 'app.respond.io';
const HOST = 'webhook.respond.io';
/** n8n's own: a URL that answers only while somebody listens for a test event. */
const TEST_URL = /\/webhook-test\//;

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

/** What the credential lacks, in a sentence without a full stop; undefined when all that a post needs is there. */
export function channelFault(channel: Channel): string | undefined {
	const { channelId, webhookUrl } = channel;
	if (channelId === '') return "The credential's Channel ID is empty";
	if (tokenOf(channel) === '') return "The credential's API Token is empty";
	if (!isHttpUrl(webhookUrl)) {
		return `The credential's Webhook URL is not a complete http(s) URL: "${webhookUrl.slice(0, 100)}"`;
	}
	if (TEST_URL.test(webhookUrl)) {
		return "The credential's Webhook URL is a Test URL of n8n, but respond.io's own URL belongs there";
	}
	return undefined;
}

/** What to change, in a sentence without a full stop, where the Webhook URL names the host that respond.io gave up. */
export function oldHostFault(webhookUrl: string): string | undefined {
	if (parseUrl(webhookUrl)?.hostname !== OLD_HOST) return undefined;
	return `The credential's Webhook URL must begin with https://${HOST} now: respond.io has taken no messages at ${OLD_HOST} since 5 August 2026`;
}

/** What is wrong with the Public Media URL, in a sentence without a full stop; it may be empty. */
export function mediaUrlFault({ publicMediaUrl }: Channel): string | undefined {
	if (publicMediaUrl === '') return undefined;
	const name = "The credential's Public Media URL";
	const how = "copy the trigger's Production URL, and put /media in place of /message at its end";
	const url = isHttpUrl(publicMediaUrl) ? parseUrl(publicMediaUrl) : undefined;
	if (url === undefined) {
		return `${name} is not a complete http(s) URL: "${publicMediaUrl.slice(0, 100)}"`;
	}
	if (TEST_URL.test(publicMediaUrl)) {
		return `${name} is a Test URL, which works only while somebody listens: ${how}`;
	}
	if (!url.pathname.endsWith('/media')) {
		return `${name} does not end in /media: ${how}`;
	}
	return undefined;
}

function isHttpUrl(text: string): boolean {
	return /^https?:\/\//i.test(text) && parseUrl(text) !== undefined;
}

/** Exactly one trailing slash: respond.io redirects other forms, and a redirect loses the body. */
function normaliseWebhookUrl(url: string): string {
	return url === '' || url.includes('?') ? url : url.replace(/\/*$/, '/');
}
