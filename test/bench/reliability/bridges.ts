import type { INode } from 'n8n-workflow';

import type { Sandbox } from '../../../sandbox/server';
import type { Settings } from '../../../sandbox/settings';
import type { Credential, Workflow } from '../../../tools/n8n';
import { baseUrlOf } from '../../../tools/templates';
import { CHANNEL, PACKAGE, template, WEB_CHAT_KEY } from '../../stage';
import { node } from '../stage';

/** The bridges that are tried side by side, in one n8n and with one sandbox: ours, and what people build by hand. */

export const BRIDGES = ['template', 'node', 'handLast', 'handFirst'] as const;
export type BridgeId = (typeof BRIDGES)[number];

export const NAMES: Record<BridgeId, string> = {
	template: 'the template, with its outbox',
	node: 'our node alone, answered at once',
	handLast: 'by hand: HTTP Request, answered last',
	handFirst: 'by hand: HTTP Request, answered at once',
};

/** Where a bridge takes what comes in; addresses are complete. */
export interface Addresses {
	incoming: string;
	/** Left out where the bridge has no way back. */
	outgoing?: string;
}

export const BEARER = { id: 'bearer', name: 'Bearer' };
export const bearerOf = ({ apiToken }: Settings): Credential => ({
	...BEARER,
	type: 'httpHeaderAuth',
	data: { name: 'Authorization', value: `Bearer ${apiToken}` },
});

const SETTINGS: Workflow['settings'] = { executionOrder: 'v1' };

const webhook = (
	path: string,
	responseMode: 'onReceived' | 'responseNode',
	auth = false,
): INode => ({
	...node(responseMode === 'onReceived' ? 'In' : 'Call', 'n8n-nodes-base.webhook', 2.1, {
		httpMethod: 'POST',
		path,
		responseMode,
		...(auth && { authentication: 'headerAuth' }),
		options: {},
	}),
	webhookId: path,
	...(auth && { credentials: { httpHeaderAuth: BEARER } }),
});
const http = (
	name: string,
	url: string,
	jsonBody: string,
	credential: INode['credentials'],
	more: Partial<INode> = {},
): INode => ({
	...node(name, 'n8n-nodes-base.httpRequest', 4.2, {
		method: 'POST',
		url,
		authentication: 'genericCredentialType',
		genericAuthType: 'httpHeaderAuth',
		sendBody: true,
		specifyBody: 'json',
		jsonBody,
		options: { timeout: 20_000 },
	}),
	credentials: credential,
	...more,
});
const answer = (name: string, statusCode: number, responseBody: string) =>
	node(name, 'n8n-nodes-base.respondToWebhook', 1.4, {
		respondWith: 'json',
		responseBody,
		options: { responseCode: statusCode },
	});
const to = (...outputs: string[]) => ({
	main: outputs.map((name) => [{ node: name, type: 'main' as const, index: 0 }]),
});

/** A text of the web chat as an event of respond.io's. */
const EVENT = `={{ ({
	channelId: 'sandbox-channel',
	contactId: $json.body.from.id,
	events: [{
		type: 'message',
		mId: $json.body.id,
		timestamp: $json.body.timestamp,
		message: { type: 'text', text: $json.body.text },
	}],
}) }}`;
const postByHand = ({ url }: Sandbox) =>
	http('Post', `${url}/custom/channel/webhook/`, EVENT, { httpHeaderAuth: BEARER });

const handLast = (sandbox: Sandbox): Workflow => ({
	id: 'handLast',
	name: 'handLast',
	nodes: [
		webhook('hand-last', 'responseNode'),
		postByHand(sandbox),
		answer('Done', 200, '{}'),
		{ ...webhook('hand-out', 'responseNode', true), name: 'Agent', id: 'Agent' },
		http(
			'Send',
			`${sandbox.url}/provider/messages`,
			'={{ ({ to: $json.body.contactId, type: "text", text: $json.body.message.text }) }}',
			{ httpHeaderAuth: WEB_CHAT_KEY },
			{ onError: 'continueErrorOutput' },
		),
		answer('Sent', 200, '={{ ({ mId: $json.id }) }}'),
		answer('Refused', 400, '={{ ({ error: { message: "not sent" } }) }}'),
	],
	connections: {
		Call: to('Post'),
		Post: to('Done'),
		Agent: to('Send'),
		Send: to('Sent', 'Refused'),
	},
	settings: SETTINGS,
});
const handFirst = (sandbox: Sandbox): Workflow => ({
	id: 'handFirst',
	name: 'handFirst',
	nodes: [webhook('hand-first', 'onReceived'), postByHand(sandbox)],
	connections: { In: to('Post') },
	settings: SETTINGS,
});
/** Where the events go that our node alone could not deliver. */
const ERROR_OUTPUT = 'error-output';
const alone = ({ url }: Sandbox): Workflow => ({
	id: 'node',
	name: 'node',
	nodes: [
		webhook('node', 'onReceived'),
		{
			...node('Post', `${PACKAGE}.respondIoCustomChannel`, 2, {
				resource: 'provider',
				operation: 'relay',
				provider: 'generic',
				payload: '={{ $json }}',
				options: {},
			}),
			credentials: { respondIoCustomChannelApi: CHANNEL },
			onError: 'continueErrorOutput',
		},
		http('Keep', `${url}/provider/files?name=${ERROR_OUTPUT}`, '={{ $json }}', {
			httpHeaderAuth: WEB_CHAT_KEY,
		}),
	],
	connections: { In: to('Post'), Post: { main: [[], to('Keep').main[0]] } },
	settings: SETTINGS,
});

export interface Bridges {
	workflows: Workflow[];
	/** Once n8n has its address. */
	addresses(n8nUrl: string): Record<BridgeId, Addresses>;
}

export const bridges = async (sandbox: Sandbox): Promise<Bridges> => {
	const ours = await template('web-chat', 'template', {
		replace: { 'http://127.0.0.1:3100': sandbox.url },
	});
	return {
		workflows: [ours, alone(sandbox), handLast(sandbox), handFirst(sandbox)],
		addresses: (n8nUrl) => ({
			template: {
				incoming: `${n8nUrl}/webhook/web-chat`,
				outgoing: `${baseUrlOf(n8nUrl, ours)}/message`,
			},
			node: { incoming: `${n8nUrl}/webhook/node` },
			handLast: {
				incoming: `${n8nUrl}/webhook/hand-last`,
				outgoing: `${n8nUrl}/webhook/hand-out`,
			},
			handFirst: { incoming: `${n8nUrl}/webhook/hand-first` },
		}),
	};
};

/** Ids of the messages that left on the error output of our node alone. */
export const onErrorOutput = ({ webChat }: Sandbox): Set<string> =>
	new Set(
		[...webChat.files.values()]
			.filter(({ fileName }) => fileName === ERROR_OUTPUT)
			.map(({ bytes }) => (JSON.parse(bytes.toString()) as { error: { mId: string } }).error.mId),
	);
