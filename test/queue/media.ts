import { randomBytes } from 'node:crypto';
import axios from 'axios';
import type { INode } from 'n8n-workflow';

import type { Workflow } from '../../tools/n8n';
import { baseUrlOf } from '../../tools/templates';
import { channelData, CHANNEL, PACKAGE, ready, type QueueStage } from './stage';

/** A file that a worker publishes, and the webhook process is asked for. */

const node = (name: string, type: string, typeVersion: number, parameters: INode['parameters']) =>
	({ id: name, name, type, typeVersion, position: [0, 0], parameters }) as INode;
const to = (name: string) => ({ main: [[{ node: name, type: 'main' as const, index: 0 }]] });

const NODE = `${PACKAGE}.respondIoCustomChannel`;

/** A webhook that fetches a file with the provider's key and publishes it; and the trigger that serves it. */
export const publishing: Workflow = ready({
	id: 'publishing',
	name: 'publishing',
	nodes: [
		node('In', 'n8n-nodes-base.webhook', 2.1, {
			httpMethod: 'POST',
			path: 'publishing',
			responseMode: 'lastNode',
			options: {},
		}),
		node('Download', 'n8n-nodes-base.httpRequest', 4.2, {
			url: '={{ $json.body.url }}',
			authentication: 'genericCredentialType',
			genericAuthType: 'httpHeaderAuth',
			options: { response: { response: { responseFormat: 'file' } } },
		}),
		node('Publish', NODE, 1, {
			resource: 'media',
			operation: 'publish',
			binaryPropertyName: 'data',
		}),
		node("Agent's Message", `${NODE}Trigger`, 1, {}),
		node('Accept', NODE, 1, {
			resource: 'outgoingMessage',
			operation: 'accept',
			messageId: '={{ $json.mId }}',
		}),
	],
	connections: {
		In: to('Download'),
		Download: to('Publish'),
		"Agent's Message": to('Accept'),
	},
	settings: { executionOrder: 'v1' },
});

const http = axios.create({ proxy: false, validateStatus: () => true });

/** Publishes a file of 300 kB; what a fetch of its link gives: its status, and its bytes or the error's text. */
export async function publishAndFetch({ n8n, sandbox }: QueueStage) {
	await n8n.rest.http.patch(`/rest/credentials/${n8n.credentialIds[CHANNEL.id]}`, {
		name: CHANNEL.name,
		type: 'respondIoCustomChannelApi',
		data: {
			...channelData(sandbox),
			publicMediaUrl: `${baseUrlOf(n8n.url, publishing)}/media`,
		},
	});
	const bytes = Buffer.concat([Buffer.from('255044462d312e370a', 'hex'), randomBytes(300_000)]);
	const stored = sandbox.webChat.store({ contentType: 'application/pdf', bytes });
	const { status, data } = await http.post(`${n8n.url}/webhook/publishing`, {
		url: `${sandbox.url}/provider/private/${stored}`,
	});
	if (status !== 200) throw new Error(`publishing answered ${status}: ${JSON.stringify(data)}`);
	const { url } = data as { url: string };
	const fetched = await http.get<ArrayBuffer>(url, { responseType: 'arraybuffer' });
	return {
		bytes,
		url,
		status: fetched.status,
		contentType: String(fetched.headers['content-type']),
		fetched: Buffer.from(fetched.data),
	};
}
