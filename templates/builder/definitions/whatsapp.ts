import { fetchFiles } from '../files';
import { byRequest, incoming, LOOP_ROOM, outgoing } from '../lanes';
import { drain } from '../outbox';
import { core, decide, fetchFile } from '../steps';
import { channel, mediaUrl, publish, webhookUrl } from '../todo';
import type { Template } from '../workflow';

const CREDENTIAL = { predefined: 'whatsAppApi' };
/** What a call of Meta's holds; the trigger gives an item for each of its changes. */
const CHANGES = "$('From WhatsApp').all()";
const FILES = `${CHANGES}.flatMap(({ json }) => json.messages ?? []).filter(({ type }) => ['image', 'video', 'audio', 'voice', 'document', 'sticker'].includes(type)).map((message) => ({ id: message[message.type]?.id }))`;
/** The call as it came: its events are posted together, in their order. */
const PAYLOAD = `={{ { object: 'whatsapp_business_account', entry: [{ changes: ${CHANGES}.map(({ json }) => ({ field: json.field, value: json })) }] } }}`;
const ONCE = { executeOnce: true };

const files = fetchFiles(
	`={{ ${FILES} }}`,
	(at) => [
		fetchFile('Get Link', '=https://graph.facebook.com/v25.0/{{ $json.id }}', CREDENTIAL, at, {
			isFile: false,
		}),
		fetchFile('Download', '={{ $json.url }}', CREDENTIAL, [at[0] + 1, at[1]], {
			property: '={{ $json.id }}',
		}),
	],
	[2, 1],
);

export const whatsapp: Template = {
	file: 'whatsapp',
	name: 'WhatsApp Cloud API in respond.io',
	about:
		"Your own WhatsApp number of Meta's Cloud API, with receipts.\n\nAn app has one webhook: Meta allows one WhatsApp Trigger for each app.",
	document: {
		title: 'WhatsApp Cloud API',
		row: {
			incoming: 'WhatsApp Trigger',
			outgoing: 'HTTP Request',
			receipts: 'sent, delivered, read, failed',
			shown: 'all as such; quick replies as buttons or a list',
		},
		text: "Your own number. Files are fetched with the permanent token, all that a call of Meta's names, one after the other; the call's events are then posted together, in their order. After 24 hours without a message of the customer Meta takes template messages alone: the agent sees the refusal.",
	},
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
				{ ...decide('Has a File?', `${FILES}.length > 0`, [1, 1]), settings: ONCE },
				...files.steps,
			],
			links: [
				{ from: 'From WhatsApp', to: 'Has a File?' },
				{ from: 'Has a File?', to: files.first },
				...files.links,
			],
			triggers: ['From WhatsApp'],
			from: [files.last, { from: 'Has a File?', output: 1 }],
			payload: PAYLOAD,
			column: 6,
			room: LOOP_ROOM,
		}),
		outgoing({
			provider: 'whatsapp',
			settings: { phoneNumberId: 'YOUR-PHONE-NUMBER-ID' },
			send: byRequest('Send to WhatsApp', CREDENTIAL),
		}),
		drain,
	],
};
