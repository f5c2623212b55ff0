import { byRequest, incoming, outgoing } from '../lanes';
import { drain } from '../outbox';
import { webhook } from '../steps';
import { channel, publish, webhookUrl } from '../todo';
import type { Template } from '../workflow';

export const gupshup: Template = {
	file: 'gupshup',
	name: 'Gupshup in respond.io',
	about:
		"A WhatsApp number of Gupshup's, with receipts.\n\nMore than 24 hours after the customer last wrote WhatsApp takes template messages alone: agents are told so.",
	document: {
		title: 'WhatsApp by Gupshup',
		row: {
			incoming: 'Webhook',
			outgoing: 'HTTP Request',
			receipts: 'sent, delivered, read, failed',
			shown: 'all as such; quick replies as buttons or a list',
		},
		text: "One webhook for messages and receipts, in Gupshup's own format, version 2. Gupshup signs nothing, so the webhook's address is the secret: tell it to nobody. Files are links that Gupshup keeps for a week.",
	},
	todo: [
		[
			'Gupshup',
			'Create a *Header Auth* credential named `apikey` with the API key of your Gupshup account, and choose it in **Send to Gupshup**.',
		],
		channel(),
		[
			'Your number',
			"In **Build Request** put the WhatsApp number that sends, e.g. `917834811114`, and the name of Gupshup's app that it belongs to.",
		],
		webhookUrl,
		publish(),
		[
			"Customers' messages",
			"Open **From Gupshup** and copy its *Production URL*. In Gupshup open the app's *Webhooks* and add it, in the format *Gupshup (v2)*, with the events *Message*, *Sent*, *Delivered*, *Read* and *Failed*. Gupshup calls the URL at once, so the workflow must be published before.\n\nGupshup signs nothing, so the URL is the secret: show it to nobody. Partners of Gupshup can have a header sent with each call (`meta` of their subscription API): then set *Authentication* of **From Gupshup** to *Header Auth*. Or ask Gupshup's support for the addresses that it calls from, and put them into *IP(s) Allowlist* of the step.",
		],
	],
	lanes: [
		incoming({
			provider: 'gupshup',
			text: 'One step reads messages and receipts, and posts each as what it is. Files are links that Gupshup keeps for a week. Gupshup is answered when that is done, and repeats what was not answered within ten seconds.',
			steps: [webhook('From Gupshup', {}, [0, 1])],
			links: [],
			triggers: ['From Gupshup'],
			from: ['From Gupshup'],
			column: 2,
		}),
		outgoing({
			provider: 'gupshup',
			settings: { source: 'YOUR-NUMBER', appName: 'YOUR-APP-NAME' },
			send: byRequest(
				'Send to Gupshup',
				{ generic: 'httpHeaderAuth' },
				{
					contentType: 'raw',
					rawContentType: 'application/x-www-form-urlencoded',
					body: "={{ Object.entries($json.body).map(([name, value]) => encodeURIComponent(name) + '=' + encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value))).join('&') }}",
				},
			),
		}),
		drain,
	],
};
