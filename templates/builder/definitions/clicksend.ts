import { byRequest, incoming, outgoing } from '../lanes';
import { drain } from '../outbox';
import { webhook } from '../steps';
import { channel, publish, webhookUrl } from '../todo';
import type { Template } from '../workflow';

export const clicksend: Template = {
	file: 'clicksend',
	name: 'ClickSend in respond.io',
	about: 'SMS of a ClickSend number, with receipts.',
	document: {
		title: 'ClickSend: SMS',
		row: {
			incoming: 'Webhook',
			outgoing: 'HTTP Request',
			receipts: 'sent, delivered, failed',
			shown: 'text, files as links; quick replies numbered',
		},
		text: "One webhook for messages and receipts, by two rules in ClickSend. ClickSend signs nothing, so the webhook's address is the secret: tell it to nobody. A receipt does not say whose it is: the request carries the customer's number for it.",
	},
	todo: [
		[
			'ClickSend',
			"Create a *Basic Auth* credential from your username and API key (ClickSend's dashboard, *API Credentials*), and choose it in **Send to ClickSend**.",
		],
		channel(),
		[
			'Your number',
			'In **Build Request** put the number that sends, as *From*, e.g. `+61411111111`. Customers can answer a number alone, not a name.',
		],
		webhookUrl,
		[
			"Customers' messages",
			'Open **From ClickSend** and copy its *Production URL*: tell it to nobody else, since ClickSend signs nothing. In the SMS settings of ClickSend add a rule for *Inbound SMS* and one for *Delivery Reports*, each for any message, with the action *URL*, that address, and JSON or POST as its form.',
		],
		publish(),
	],
	lanes: [
		incoming({
			provider: 'clicksend',
			text: 'One step reads messages and receipts, and posts each as what it is. ClickSend is answered when that is done.',
			steps: [webhook('From ClickSend', {}, [0, 1])],
			links: [],
			triggers: ['From ClickSend'],
			from: ['From ClickSend'],
			column: 2,
		}),
		outgoing({
			provider: 'clicksend',
			settings: { settings: { from: 'YOUR-NUMBER' } },
			send: byRequest('Send to ClickSend', { generic: 'httpBasicAuth' }),
		}),
		drain,
	],
};
