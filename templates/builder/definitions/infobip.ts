import { byRequest, incoming, outgoing } from '../lanes';
import { drain } from '../outbox';
import { webhook } from '../steps';
import { channel, publish, webhookUrl } from '../todo';
import type { Template } from '../workflow';

export const infobip: Template = {
	file: 'infobip',
	name: 'Infobip in respond.io',
	about: 'SMS of an Infobip number or sender, with receipts. Files of agents go as links.',
	document: {
		title: 'Infobip: SMS',
		row: {
			incoming: 'Webhook',
			outgoing: 'HTTP Request',
			receipts: 'sent, delivered, failed',
			shown: 'files as links; quick replies numbered',
		},
		text: "The SMS API, version 3. Messages and delivery reports come by a subscription, with a user and a password of one's own. Which words of customers unsubscribe them is set at the number's keywords in Infobip.",
	},
	todo: [
		[
			'Infobip',
			"In Infobip's web interface make an API key for SMS (*Developer Tools > API keys*). Create a *Header Auth* credential with the name `Authorization` and the value `App YOUR-API-KEY`, and choose it in **Send to Infobip**.",
		],
		channel(),
		[
			'Your number',
			'In **Build Request** put the base URL that is shown beside the API key, e.g. `https://xxxxx.api.infobip.com`, and as *From* the number or name that sends. A name gets no answers.',
		],
		webhookUrl,
		[
			"Customers' messages",
			"Open **From Infobip**, create a *Basic Auth* credential with a user and a long password of your own, and choose it there: only who knows them is heard. Copy its *Production URL*.\n\nIn Infobip's web interface, *Developer Tools > Subscriptions Management*, make an authentication setting of the type *Basic* with both, and a subscription of the category *SMS* for inbound messages and delivery reports, whose notification profile has the URL and the setting. Set the number's inbound configuration to *Follow subscription*.",
		],
		publish(),
	],
	lanes: [
		incoming({
			provider: 'infobip',
			text: 'One step reads messages and delivery reports, several in a call, and posts each as what it is. Infobip is answered when that is done, and repeats what was not answered.',
			steps: [webhook('From Infobip', { authentication: 'basicAuth' }, [0, 1])],
			links: [],
			triggers: ['From Infobip'],
			from: ['From Infobip'],
			column: 2,
		}),
		outgoing({
			provider: 'infobip',
			settings: { baseUrl: 'YOUR-BASE-URL', from: 'YOUR-NUMBER' },
			send: byRequest('Send to Infobip', { generic: 'httpHeaderAuth' }),
		}),
		drain,
	],
};
