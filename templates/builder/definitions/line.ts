import { byRequest, incoming, LOOP_ROOM, outgoing } from '../lanes';
import { fromLine, LINE_CREDENTIAL, LINE_PAYLOAD, LINE_RETRY_FOR } from '../line';
import { drain } from '../outbox';
import { channel, mediaUrl, publish, webhookUrl } from '../todo';
import type { Template } from '../workflow';

const events = fromLine(1, 'Has a File?');

export const line: Template = {
	file: 'line',
	name: 'LINE in respond.io',
	about:
		'A LINE Official Account with the Messaging API.\n\nLINE tells no names and no receipts. Files of agents go as links; pictures are shown.',
	document: {
		title: 'LINE',
		row: {
			incoming: 'Webhook',
			outgoing: 'HTTP Request',
			receipts: 'none exist',
			shown: 'pictures and places as such; other files as links; quick replies as buttons',
		},
		text: 'An Official Account. A webhook may hold several events: their files are fetched one after the other, then all are posted together, in their order.',
	},
	todo: [
		[
			'LINE',
			'In the LINE Developers Console issue a long-lived *channel access token*. Create a *Bearer Auth* credential from it, and choose it in **Download** and **Send to LINE**.\n\nCreate a *Crypto* credential whose *Hmac Secret* is the *channel secret* of the console, and choose it in **Signature**: only what LINE has signed is taken.',
		],
		channel(),
		webhookUrl,
		mediaUrl,
		publish(),
		[
			"Customers' messages",
			'Open **From LINE** and copy its *Production URL* into the console as *Webhook URL*. Switch on *Use webhook*, and *Webhook redelivery*: LINE then repeats what n8n could not take.',
		],
	],
	lanes: [
		incoming({
			provider: 'line',
			text: 'Files are fetched with the token and published as links. LINE is answered when the events are posted.',
			steps: events.steps,
			links: events.links,
			triggers: ['From LINE'],
			from: events.to,
			payload: LINE_PAYLOAD,
			column: 8,
			room: LOOP_ROOM,
			retryFor: LINE_RETRY_FOR,
		}),
		outgoing({ provider: 'line', send: byRequest('Send to LINE', LINE_CREDENTIAL) }),
		drain,
	],
};
