import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { createSandbox, type Sandbox } from '../../sandbox/server';
import type { Settings } from '../../sandbox/settings';
import { startN8n, type Credential, type N8n, type Workflow } from '../../tools/n8n';
import { packedTarball } from '../../tools/pack';

// A first start of n8n takes some 15 s on a fast machine.
jest.setTimeout(180_000);

/** A real n8n with the packed package, beside the sandbox. */
export interface Stage {
	n8n: N8n;
	sandbox: Sandbox;
	/** Ids of the credentials that every stage has. */
	close(): Promise<void>;
}

export const CHANNEL = { id: 'channel', name: 'Sandbox channel' };
export const WEB_CHAT_KEY = { id: 'web-chat', name: 'Web chat key' };

export interface StageOptions {
	settings?: Partial<Settings>;
	env?: Record<string, string>;
	/** More credentials than those of the channel and the web chat. */
	credentials?: Credential[];
	/** Built once the sandbox's address is known. */
	workflows(sandbox: Sandbox): Workflow[] | Promise<Workflow[]>;
}

export async function openStage({
	settings,
	env,
	credentials = [],
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

/** A template as people import it, with the choices they make in the editor: credentials, and the provider's address. */
export async function template(
	name: string,
	id: string,
	{ replace = {} }: { replace?: Record<string, string> } = {},
): Promise<Workflow> {
	const file = path.join(__dirname, '..', '..', 'templates', `${name}.json`);
	let text = await readFile(file, 'utf8');
	for (const [from, to] of Object.entries(replace)) text = text.replaceAll(from, to);
	const workflow = JSON.parse(text) as Workflow;
	return withChoices({ ...workflow, id });
}

/** Chooses credentials, and gives each webhook the id that the editor gives on import. */
export function withChoices(workflow: Workflow): Workflow {
	return {
		...workflow,
		nodes: workflow.nodes.map((node) => {
			const credentials = {
				...(node.type.includes('respondIoCustomChannel') && {
					respondIoCustomChannelApi: CHANNEL,
				}),
				...(node.parameters.genericAuthType === 'httpHeaderAuth' && {
					httpHeaderAuth: WEB_CHAT_KEY,
				}),
			};
			return {
				...node,
				...(Object.keys(credentials).length > 0 && { credentials }),
				...(/webhook$|Trigger$/.test(node.type) && { webhookId: webhookId(workflow, node.name) }),
			};
		}),
	};
}

const webhookIds = new Map<string, string>();

function webhookId({ id }: Workflow, node: string): string {
	const key = `${id}/${node}`;
	const known = webhookIds.get(key) ?? randomUUID();
	webhookIds.set(key, known);
	return known;
}

/** What people paste into respond.io: the trigger's production URL without `/message`. */
export function baseUrl({ url }: N8n, workflow: Workflow, triggerName: string): string {
	return `${url}/webhook/${webhookId(workflow, triggerName)}`;
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
