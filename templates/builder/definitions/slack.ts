import { byRequest, incoming, outgoing, signed } from '../lanes';
import { drain } from '../outbox';
import { core, webhook } from '../steps';
import { channel, mediaUrl, publish, webhookUrl } from '../todo';
import type { Template } from '../workflow';

const signature = signed(
	{
		from: 'Raw Body',
		provider: 'Slack',
		secret: "the app's signing secret",
		hmac: {
			binaryData: false,
			type: 'SHA256',
			value: "={{ 'v0:' + $json.headers['x-slack-request-timestamp'] + ':' + $json.raw }}",
			encoding: 'hex',
			dataPropertyName: 'signature',
		},
		valid:
			"'v0=' + $json.signature === $json.headers['x-slack-signature'] && Math.abs(Date.now() / 1000 - $json.headers['x-slack-request-timestamp']) < 300",
	},
	2,
	2,
);

export const slack: Template = {
	file: 'slack',
	name: 'Slack in respond.io',
	about:
		'People write to your Slack app, or in channels that it is in; agents answer in respond.io.\n\nA conversation is one contact. In a channel each text begins with the id of who wrote it.',
	document: {
		title: 'Slack',
		row: {
			incoming: 'Slack Trigger',
			outgoing: 'HTTP Request',
			receipts: 'none exist',
			shown: 'pictures as such; other files as links; quick replies as buttons',
		},
		text: 'An app in direct messages and channels. Taps on buttons come by a second webhook.',
	},
	todo: [
		[
			'The app',
			'In Slack create an app with a bot and the scopes `chat:write`, `im:history`, `channels:history`, `files:read`, `reactions:read`, `channels:read`, `users:read`. Create a *Slack API* credential from its bot token and signing secret, and choose it in **From Slack** and **Send to Slack**.\n\nCreate a *Crypto* credential whose *Hmac Secret* is the signing secret too, and choose it in **Signature**: only taps that Slack has signed are taken.',
		],
		channel(),
		webhookUrl,
		mediaUrl,
		publish(),
		[
			"Customers' messages",
			"Copy the *Production URL* of **From Slack** into the app's *Event Subscriptions* (bot events `message.im`, `message.channels`, `reaction_added`), and that of **Button Taps** into *Interactivity & Shortcuts*.",
		],
	],
	lanes: [
		incoming({
			provider: 'slack',
			text: 'Events, and taps on the buttons of quick replies.',
			steps: [
				core(
					'From Slack',
					'slackTrigger',
					1,
					{ trigger: ['any_event'], watchWorkspace: true, downloadFiles: true, options: {} },
					[0, 1],
				),
				// Slack repeats no taps, and shows its users an error where it is not answered within three seconds.
				{
					...webhook('Button Taps', {}, [0, 2]),
					parameters: { httpMethod: 'POST', options: { rawBody: true, responseData: '' } },
				},
				core(
					'Raw Body',
					'extractFromFile',
					1.1,
					{
						operation: 'text',
						binaryPropertyName: 'data',
						destinationKey: 'raw',
						options: { encoding: 'utf8', keepSource: 'json' },
					},
					[1, 2],
				),
				...signature.steps,
			],
			links: [{ from: 'Button Taps', to: 'Raw Body' }, ...signature.links],
			triggers: ['From Slack', 'Button Taps'],
			from: ['From Slack', signature.to],
			column: 4,
		}),
		outgoing({ provider: 'slack', send: byRequest('Send to Slack', { predefined: 'slackApi' }) }),
		drain,
	],
};
