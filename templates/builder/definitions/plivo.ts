import { fetchFiles } from '../files';
import { byRequest, incoming, LOOP_ROOM, outgoing, signed } from '../lanes';
import { drain } from '../outbox';
import { decide, fetchFile, webhook, type Credential } from '../steps';
import { channel, mediaUrl, publish, webhookUrl } from '../todo';
import type { Template } from '../workflow';

const CREDENTIAL: Credential = { generic: 'httpBasicAuth' };

/** What Plivo signs: in the third version the URL with its query and all fields, in the second the URL alone. */
const QUERY =
	"Object.keys($json.query).sort().map((name) => name + '=' + $json.query[name]).join('&')";
const FIELDS = "Object.keys($json.body).sort().map((name) => name + $json.body[name]).join('')";
const V3 = `$json.webhookUrl + '?' + [${QUERY}, ${FIELDS}].filter(Boolean).join('.') + '.' + $json.headers['x-plivo-signature-v3-nonce']`;
const V2 = "$json.webhookUrl + $json.headers['x-plivo-signature-v2-nonce']";

const signature = signed(
	{
		from: 'From Plivo',
		provider: 'Plivo',
		secret: 'the Auth Token of the account',
		hmac: {
			binaryData: false,
			type: 'SHA256',
			value: `={{ $json.headers['x-plivo-signature-v3-nonce'] ? ${V3} : ${V2} }}`,
			encoding: 'base64',
			dataPropertyName: 'signature',
		},
		// A subaccount signs with its own token, and its main account beside it.
		valid:
			"['v3', 'ma-v3', 'v2', 'ma-v2'].some((kind) => ($json.headers['x-plivo-signature-' + kind] ?? '').split(',').includes($json.signature))",
	},
	1,
);

/** Media0, Media1 and so on: of Plivo alone, since the account's token goes along. */
const FILES =
	"Object.entries($json.body).filter(([name, url]) => /^Media\\d+$/.test(name) && /^https:\\/\\/([\\w-]+\\.)*plivo\\.com\\//.test(url)).map(([, url]) => ({ id: url.split('/').pop(), url }))";

const files = fetchFiles(
	`={{ ${FILES} }}`,
	(at) => [
		fetchFile('Download', '={{ $json.url }}', CREDENTIAL, at, { property: '={{ $json.id }}' }),
	],
	[4, 1],
);

export const plivo: Template = {
	file: 'plivo',
	name: 'Plivo in respond.io',
	about: 'SMS and MMS of a Plivo number, with receipts.',
	document: {
		title: 'Plivo: SMS, MMS',
		row: {
			incoming: 'Webhook',
			outgoing: 'HTTP Request',
			receipts: 'sent, delivered, failed',
			shown: 'files as MMS within the USA and Canada, else as links; quick replies numbered',
		},
		text: "A Plivo number. The signature covers the webhook's own URL, so Plivo must call the very address that n8n shows. Version 2 of it, which Plivo documents for messages, covers nothing else; version 3, where a call carries it, covers the fields too. Files are fetched, from Plivo alone, since its webhook does not tell what they are.",
	},
	todo: [
		[
			'Plivo',
			"Create a *Basic Auth* credential with the Auth ID of Plivo's console as user and the Auth Token as password, and choose it in **Download** and **Send to Plivo**. Create a *Crypto* credential whose *Hmac Secret* is the Auth Token, and choose it in **Signature**: only what Plivo has signed is taken. For SMS Plivo documents version 2 of its signature, which covers the address of a call and not its contents; where a call carries version 3, which covers both, that is checked.",
		],
		channel(),
		[
			'Your number',
			'In **Build Request** put your Auth ID and, as *From*, the number that sends, e.g. `13125550123`.',
		],
		[
			"Customers' messages",
			"Open **From Plivo** and copy its *Production URL*. In Plivo's console make an XML application with it as *Message URL*, method POST, and assign the number to it. Paste it into **Build Request** too, as *Status Callback*: receipts come there.",
		],
		webhookUrl,
		mediaUrl,
		publish(),
	],
	lanes: [
		incoming({
			provider: 'plivo',
			text: 'One step reads messages and receipts, and posts each as what it is. Files are fetched, since Plivo does not tell what they are, and published as links.',
			steps: [
				webhook('From Plivo', {}, [0, 1]),
				...signature.steps,
				decide('Has a File?', `${FILES}.length > 0`, [3, 1]),
				...files.steps,
			],
			links: [
				...signature.links,
				{ ...signature.to, to: 'Has a File?' },
				{ from: 'Has a File?', to: files.first },
				...files.links,
			],
			triggers: ['From Plivo'],
			from: [files.last, { from: 'Has a File?', output: 1 }],
			payload: "={{ $('From Plivo').first().json }}",
			column: 8,
			room: LOOP_ROOM,
		}),
		outgoing({
			provider: 'plivo',
			settings: {
				authId: 'YOUR-AUTH-ID',
				from: 'YOUR-NUMBER',
				settings: { statusCallback: 'YOUR-PRODUCTION-URL-OF-FROM-PLIVO' },
			},
			send: byRequest('Send to Plivo', CREDENTIAL),
		}),
		drain,
	],
};
