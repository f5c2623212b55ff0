import { byRequest, incoming, outgoing } from '../lanes';
import { drain } from '../outbox';
import { webhook } from '../steps';
import { channel, publish, webhookUrl } from '../todo';
import type { Template } from '../workflow';

export const webChat: Template = {
	file: 'web-chat',
	name: 'Web chat in respond.io',
	about:
		"Joins a web chat with a plain HTTP interface to an inbox in respond.io: customers' messages and receipts go up, agents' answers come down.\n\nThe web chat speaks *Generic JSON*: the documentation of the node shows its few fields. If yours speaks another form, put an *Edit Fields* step in between.",
	document: {
		title: 'A web chat of your own',
		row: {
			incoming: 'Webhook',
			outgoing: 'HTTP Request',
			receipts: 'sent, delivered, read, failed',
			shown: 'all, as _Generic JSON_',
		},
		text: 'The template that `npm run demo` shows: a plain form, for any provider that can speak it or be mapped to it.',
	},
	todo: [
		[
			'The web chat',
			'In **Build Request** put the address where your web chat takes messages. In **Send to Web Chat** create and choose a *Header Auth* credential with its key.',
		],
		channel(),
		webhookUrl,
		[
			"Customers' messages",
			'Open **From Web Chat**, copy its *Production URL* and give it to the web chat as its webhook.',
		],
		publish(),
	],
	lanes: [
		incoming({
			provider: 'generic',
			text: 'One step reads messages, echoes and receipts, and posts each as what it is. The web chat is answered when that is done.',
			steps: [webhook('From Web Chat', { path: 'web-chat' }, [0, 1])],
			links: [],
			triggers: ['From Web Chat'],
			from: ['From Web Chat'],
			column: 2,
		}),
		outgoing({
			provider: 'generic',
			settings: { url: 'http://127.0.0.1:3100/provider/messages' },
			send: byRequest('Send to Web Chat', { generic: 'httpHeaderAuth' }),
		}),
		drain,
	],
};
