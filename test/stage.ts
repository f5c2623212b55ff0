import { createSandbox, type Sandbox } from '../sandbox/server';
import type { Settings } from '../sandbox/settings';
import type { Credential, Workflow } from '../tools/n8n';
import { readTemplate, withChoices, type Choices } from '../tools/templates';

/** What every stage has, of one n8n or of a cluster: the sandbox, and the credentials that fit it. */

export const PACKAGE = 'n8n-nodes-respondio-custom-channel';
export const CHANNEL = { id: 'channel', name: 'Sandbox channel' };
export const WEB_CHAT_KEY = { id: 'web-chat', name: 'Web chat key' };

export interface StageOptions {
	settings?: Partial<Settings>;
	env?: Record<string, string>;
	/** More of the channel's credential. */
	channel?: Credential['data'];
	/** More credentials than those of the channel and the web chat. */
	credentials?: Credential[];
	/** Ids of the workflows to publish at once; all by default. */
	publish?: string[];
	/** Built once the sandbox's address is known. */
	workflows(sandbox: Sandbox): Workflow[] | Promise<Workflow[]>;
}

/** What n8n is to hold, for the sandbox. */
export interface Contents {
	credentials: Credential[];
	workflows: Workflow[];
	env?: Record<string, string>;
	publish?: string[];
}

/** A sandbox, and beside it what `start` makes of the contents; closed together. */
export async function besideSandbox<Started extends { stop(): Promise<void> }>(
	{ settings, env, publish, channel = {}, credentials = [], workflows }: StageOptions,
	start: (contents: Contents) => Promise<Started>,
): Promise<{ n8n: Started; sandbox: Sandbox; close(): Promise<void> }> {
	const sandbox = await createSandbox(settings ? { settings } : {});
	try {
		const n8n = await start({
			credentials: [
				{
					...CHANNEL,
					type: 'respondIoCustomChannelApi',
					data: { ...channelData(sandbox), ...channel },
				},
				{
					...WEB_CHAT_KEY,
					type: 'httpHeaderAuth',
					data: { name: 'x-api-key', value: sandbox.settings().apiKey },
				},
				...credentials,
			],
			workflows: await workflows(sandbox),
			...(env && { env }),
			...(publish && { publish }),
		});
		return {
			n8n,
			sandbox,
			async close() {
				await n8n.stop();
				await sandbox.close();
			},
		};
	} catch (error) {
		await sandbox.close();
		throw error;
	}
}

export function channelData(sandbox: Sandbox): Record<string, unknown> {
	const { channelId, apiToken, idType } = sandbox.settings();
	return {
		channelId,
		apiToken,
		idType,
		webhookUrl: `${sandbox.url}/custom/channel/webhook/`,
	};
}

const CHOICES: Choices = { respondIoCustomChannelApi: CHANNEL, httpHeaderAuth: WEB_CHAT_KEY };

/** A template as people import it, with the choices they make in the editor. */
export async function template(
	name: string,
	id: string,
	{ replace }: { replace?: Record<string, string> } = {},
): Promise<Workflow> {
	return ready({ ...(await readTemplate(name, replace)), id });
}

/** A workflow of a test, ready to be published. */
export function ready(workflow: Workflow): Workflow {
	return withChoices(workflow, CHOICES);
}

/** Waits until the thing itself is there. */
export async function until<Value>(
	what: string,
	look: () => Value | undefined | false,
	timeoutMs = 20_000,
): Promise<Value> {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		const found = look();
		if (found !== undefined && found !== false) return found;
		if (Date.now() > deadline) throw new Error(`${what} did not come within ${timeoutMs} ms`);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}
