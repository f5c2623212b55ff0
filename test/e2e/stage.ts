import { createSandbox, type Sandbox } from '../../sandbox/server';
import type { Settings } from '../../sandbox/settings';
import { startN8n, type Credential, type N8n, type Workflow } from '../../tools/n8n';
import { packedTarball } from '../../tools/pack';
import { readTemplate, withChoices, type Choices } from '../../tools/templates';

// A first start of n8n takes some 15 s on a fast machine.
jest.setTimeout(180_000);

/** A real n8n with the packed package, beside the sandbox. */
export interface Stage {
	n8n: N8n;
	sandbox: Sandbox;
	close(): Promise<void>;
}

export const CHANNEL = { id: 'channel', name: 'Sandbox channel' };
export const WEB_CHAT_KEY = { id: 'web-chat', name: 'Web chat key' };

export interface StageOptions {
	settings?: Partial<Settings>;
	env?: Record<string, string>;
	/** More credentials than those of the channel and the web chat. */
	credentials?: Credential[];
	/** Ids of the workflows to publish at once; all by default. */
	publish?: string[];
	/** Built once the sandbox's address is known. */
	workflows(sandbox: Sandbox): Workflow[] | Promise<Workflow[]>;
}

export async function openStage({
	settings,
	env,
	credentials = [],
	publish,
	workflows,
}: StageOptions): Promise<Stage> {
	const sandbox = await createSandbox(settings ? { settings } : {});
	try {
		const n8n = await startN8n({
			tarball: packedTarball(),
			credentials: [
				{
					...CHANNEL,
					type: 'respondIoCustomChannelApi',
					data: channelData(sandbox),
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
