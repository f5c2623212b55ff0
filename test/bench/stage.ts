import { setTimeout as sleep } from 'node:timers/promises';
import axios, { type AxiosResponse } from 'axios';
import type { INode } from 'n8n-workflow';

import { createSandbox, type Sandbox } from '../../sandbox/server';
import type { Settings } from '../../sandbox/settings';
import { startN8n, type Credential, type N8n, type Workflow } from '../../tools/n8n';
import { packPackage } from '../../tools/pack';
import { withChoices, type Choices } from '../../tools/templates';

export const PACKAGE = 'n8n-nodes-respondio-custom-channel';
const CHANNEL = { id: 'channel', name: 'Channel' };
const BEARER = { id: 'bearer', name: 'Bearer' };
const KEY = { id: 'key', name: 'Web chat key' };
/** What a person chooses: a header credential for respond.io's side, or for the web chat's. */
export const RESPOND_IO: Choices = { respondIoCustomChannelApi: CHANNEL, httpHeaderAuth: BEARER };
export const WEB_CHAT: Choices = { ...RESPOND_IO, httpHeaderAuth: KEY };

export const node = (
	name: string,
	type: string,
	typeVersion: number,
	parameters: INode['parameters'],
) => ({ id: name, name, type, typeVersion, position: [0, 0], parameters }) as INode;

/** Nodes in a row. */
export const chain = (
	id: string,
	nodes: INode[],
	settings: Workflow['settings'] = {},
	choices = RESPOND_IO,
): Workflow =>
	withChoices(
		{
			id,
			name: id,
			nodes,
			connections: Object.fromEntries(
				nodes
					.slice(1)
					.map(({ name }, index) => [
						nodes[index].name,
						{ main: [[{ node: name, type: 'main' as const, index: 0 }]] },
					]),
			),
			settings: { executionOrder: 'v1', ...settings },
		},
		choices,
	);

/** A webhook whose call gives `body.items` as items, and is answered when the last node is done. */
export const itemsOfCall = (path: string): INode[] => [
	node('In', 'n8n-nodes-base.webhook', 2.1, {
		httpMethod: 'POST',
		path,
		responseMode: 'lastNode',
		options: {},
	}),
	node('Split', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'body.items', options: {} }),
];

export interface Stage {
	n8n: N8n;
	sandbox: Sandbox;
	workflows: Workflow[];
	/** Posts to a webhook of n8n's, and gives whatever it answers. */
	call(path: string, body: object): Promise<AxiosResponse>;
	close(): Promise<void>;
}

export const openStage = async (
	workflows: (sandbox: Sandbox) => Workflow[] | Promise<Workflow[]>,
	{
		settings,
		env,
		data = () => ({}),
	}: {
		settings?: Partial<Settings>;
		env?: Record<string, string>;
		/** More of the channel's credential. */
		data?: (sandbox: Sandbox) => Credential['data'];
	} = {},
): Promise<Stage> => {
	const tarball = await packPackage();
	const sandbox = await createSandbox(settings ? { settings } : {});
	try {
		const { channelId, apiToken, idType, apiKey } = sandbox.settings();
		const all = await workflows(sandbox);
		const n8n = await startN8n({
			tarball,
			env: { N8N_PAYLOAD_SIZE_MAX: '64', ...env },
			credentials: [
				{
					...CHANNEL,
					type: 'respondIoCustomChannelApi',
					data: {
						channelId,
						apiToken,
						idType,
						webhookUrl: `${sandbox.url}/custom/channel/webhook/`,
						...data(sandbox),
					},
				},
				{
					...BEARER,
					type: 'httpHeaderAuth',
					data: { name: 'Authorization', value: `Bearer ${apiToken}` },
				},
				{ ...KEY, type: 'httpHeaderAuth', data: { name: 'x-api-key', value: apiKey } },
			],
			workflows: all,
		});
		const call = async (path: string, body: object): Promise<AxiosResponse> => {
			for (let attempts = 1; ; attempts++) {
				const answer = await axios.post(`${n8n.url}/webhook/${path}`, body, {
					proxy: false,
					timeout: 300_000,
					validateStatus: () => true,
					maxBodyLength: Infinity,
				});
				// n8n registers a webhook a moment after it has said that the workflow is published.
				if (answer.status !== 404 || attempts >= 20) return answer;
				await sleep(250);
			}
		};
		return {
			n8n,
			sandbox,
			workflows: all,
			call,
			close: async () => {
				await n8n.stop();
				await sandbox.close();
			},
		};
	} catch (error) {
		await sandbox.close();
		throw error;
	}
};
