import { byRequest, incoming, outgoing } from '../lanes';
import { drain } from '../outbox';
import { core, decide, fetchFile } from '../steps';
import { channel, mediaUrl, publish, webhookUrl } from '../todo';
import type { Template } from '../workflow';

const CREDENTIAL = { predefined: 'whatsAppApi' };
const FILE =
	"((message) => ['image', 'video', 'audio', 'voice', 'document', 'sticker'].includes(message?.type) ? message[message.type]?.id : undefined)($json.messages?.[0])";

export const whatsapp: Template = {
	file: 'whatsapp',
	name: 'WhatsApp Cloud API in respond.io',
	about:
		"Your own WhatsApp number of Meta's Cloud API, with receipts.\n\nAn app has one webhook: Meta allows one WhatsApp Trigger for each app.",
	todo: [
		[
			'Meta',
			"In Meta's developer pages open your app. Create a *WhatsApp OAuth API* credential (client ID and secret) for **From WhatsApp**, and a *WhatsApp API* credential (permanent token) for **Get Link**, **Download** and **Send to WhatsApp**.",
		],
		channel(),
		[
			'Your number',
			'In **Build Request** put the *Phone Number ID* of the number that sends: the ID that Meta shows, not the number itself.',
		],
		webhookUrl,
		mediaUrl,
		publish('It registers itself at Meta.'),
	],
	lanes: [
		incoming({
			provider: 'whatsapp',
			text: 'Receipts and messages; files are fetched with the token and published as links.',
			steps: [
				core(
					'From WhatsApp',
					'whatsAppTrigger',
					1,
					{ updates: ['messages'], options: { messageStatusUpdates: ['all'] } },
					[0, 1],
				),
				decide('Has a File?', `${FILE} !== undefined`, [1, 1]),
				fetchFile(
					'Get Link',
					`=https://graph.facebook.com/v25.0/{{ ${FILE} }}`,
					CREDENTIAL,
					[2, 1],
					{
						isFile: false,
					},
				),
				// Under the file's id: Meta's call may hold other files too.
				fetchFile('Download', '={{ $json.url }}', CREDENTIAL, [3, 1], {
					property: '={{ $json.id }}',
				}),
			],
			links: [
				{ from: 'From WhatsApp', to: 'Has a File?' },
				{ from: 'Has a File?', to: 'Get Link' },
				{ from: 'Get Link', to: 'Download' },
			],
			triggers: ['From WhatsApp'],
			from: ['Download', { from: 'Has a File?', output: 1 }],
			payload: "={{ $('From WhatsApp').item.json }}",
			column: 4,
		}),
		outgoing({
			provider: 'whatsapp',
			settings: { phoneNumberId: 'YOUR-PHONE-NUMBER-ID' },
			send: byRequest('Send to WhatsApp', CREDENTIAL),
		}),
		drain,
	],
};
