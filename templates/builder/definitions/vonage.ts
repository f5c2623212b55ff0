import { byRequest, incoming, outgoing } from '../lanes';
import { drain } from '../outbox';
import { webhook } from '../steps';
import { channel, publish, webhookUrl } from '../todo';
import type { Template } from '../workflow';

export const vonage: Template = {
	file: 'vonage',
	name: 'Vonage in respond.io',
	about: "SMS and the other channels of Vonage's Messages API, with receipts.",
	document: {
		title: 'Vonage: SMS and more',
		row: {
			incoming: 'Webhook',
			outgoing: 'HTTP Request',
			receipts: 'sent, delivered, read, failed',
			shown: 'as the channel takes them, else as links',
		},
		text: 'The Messages API, with webhooks of version v1, signed, on one address for messages and statuses.',
	},
	todo: [
		[
			'Vonage',
			'In Vonage create an application with *Messages*, webhook version **v1**. Create a *Basic Auth* credential from your API key and secret, and choose it in **Send to Vonage**.',
		],
		channel(),
		[
			'Your number',
			'In **Build Request** put the number that sends, without `+`, e.g. `14155238886`; and the setting *Channel*, where it is not SMS.',
		],
		webhookUrl,
		[
			"Customers' messages",
			"Open **From Vonage** and create a *JWT Auth* credential for it: key type *Passphrase*, algorithm HS256, and as secret the *signature secret* of your account (Vonage's dashboard, API settings). Only what Vonage has signed is taken.\n\nCopy its *Production URL* into the application, both as *Inbound URL* and as *Status URL*.",
		],
		publish(),
	],
	lanes: [
		incoming({
			provider: 'vonage',
			text: 'One step reads messages and receipts, and posts each as what it is. Vonage is answered when that is done.',
			steps: [webhook('From Vonage', { authentication: 'jwtAuth' }, [0, 1])],
			links: [],
			triggers: ['From Vonage'],
			from: ['From Vonage'],
			column: 2,
		}),
		outgoing({
			provider: 'vonage',
			settings: { from: 'YOUR-NUMBER', settings: { channel: 'sms' } },
			send: byRequest('Send to Vonage', { generic: 'httpBasicAuth' }),
		}),
		drain,
	],
};
