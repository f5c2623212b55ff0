import { byRequest, incoming, outgoing, signed } from '../lanes';
import { drain } from '../outbox';
import { decide, fetchFile, webhook, type Credential } from '../steps';
import { channel, mediaUrl, publish, webhookUrl } from '../todo';
import { gatewayAbout } from '../whatsappGateway';
import type { Template } from '../workflow';

const CREDENTIAL: Credential = { generic: 'httpHeaderAuth' };
const SERVER = 'https://waha.example.com';

const signature = signed(
	{
		from: 'From WAHA',
		provider: 'WAHA',
		secret: "the webhook's HMAC key",
		hmac: {
			binaryData: true,
			binaryPropertyName: 'data',
			type: 'SHA512',
			encoding: 'hex',
			dataPropertyName: 'signature',
		},
		valid: "$json.signature === $json.headers['x-webhook-hmac']",
	},
	1,
);

const BODY = "$('From WAHA').item.json.body";
const PAYLOAD = `${BODY}.payload`;

/** The chat of a message, or of what happened to one: the middle of its id. */
const CHAT = `((${PAYLOAD}?.id ?? ${PAYLOAD}?.vote?.id ?? ${PAYLOAD}?.after?.id ?? '').split('_')[1] ?? '')`;

/** With the number that WAHA knows of who hides it. */
const WITH_NUMBER = `={{ { ${['id', 'event', 'timestamp', 'session', 'me', 'payload']
	.map((name) => `${name}: ${BODY}.${name}`)
	.join(', ')}, pn: $('Get Number').isExecuted ? $('Get Number').item.json.pn : undefined } }}`;

export const waha: Template = {
	file: 'waha',
	name: 'WhatsApp by WAHA in respond.io',
	about: gatewayAbout('WAHA'),
	document: {
		title: 'WhatsApp by WAHA',
		row: {
			incoming: 'Webhook',
			outgoing: 'HTTP Request',
			receipts: 'sent, delivered, read, failed; echoes',
			shown: 'all as such; audio as voice notes; quick replies numbered',
		},
		text: 'The gateway with any of its engines, on a server of your own. It is linked to a WhatsApp account like another device of it and is not of Meta, whose terms do not allow such clients: the account can be banned. Only what WAHA has signed is taken. _Get Number_ asks WAHA for numbers that WhatsApp hides, so that one person is one contact.',
	},
	todo: [
		[
			'WAHA',
			'Create a *Header Auth* credential named `X-Api-Key` with the key of WAHA, and choose it in **Get Number**, **Download** and **Send to WAHA**. Put the address of your server into the URL of **Get Number** and into **Build Request**; there put the name of the session, too, if it is not `default`.\n\nWAHA must know its address (`WAHA_BASE_URL`), since **Download** fetches files where WAHA says that they are.',
		],
		channel(),
		webhookUrl,
		mediaUrl,
		publish(),
		[
			"Customers' messages",
			"Think of a long secret, and create a *Crypto* credential with it as the *Hmac Secret*. Choose it in **Signature**: only what WAHA has signed is taken.\n\nIn WAHA's dashboard open the session's configuration, and add a webhook: the *Production URL* of **From WAHA**; the events `message.any`, `message.reaction`, `message.edited`, `message.revoked`, `message.ack` and `poll.vote`; and the secret as its *HMAC key*.",
		],
	],
	lanes: [
		incoming({
			provider: 'waha',
			text: 'Messages, echoes and receipts. WAHA is asked for numbers that WhatsApp hides, so that one person is one contact; files are fetched with the key and published as links.',
			steps: [
				webhook('From WAHA', { options: { rawBody: true } }, [0, 1]),
				...signature.steps,
				decide('Number Hidden?', `${CHAT}.endsWith('@lid')`, [3, 1]),
				fetchFile(
					'Get Number',
					`=${SERVER}/api/{{ ${BODY}.session }}/lids/{{ ${CHAT}.split('@')[0] }}`,
					CREDENTIAL,
					[4, 1],
					{ isFile: false },
				),
				decide(
					'Has a File?',
					`typeof ${PAYLOAD}?.media?.url === 'string' && !${PAYLOAD}.media.s3`,
					[5, 1],
				),
				fetchFile('Download', `={{ ${PAYLOAD}.media.url }}`, CREDENTIAL, [6, 1]),
			],
			links: [
				...signature.links,
				{ ...signature.to, to: 'Number Hidden?' },
				{ from: 'Number Hidden?', to: 'Get Number' },
				{ from: 'Number Hidden?', to: 'Has a File?', output: 1 },
				{ from: 'Get Number', to: 'Has a File?' },
				{ from: 'Has a File?', to: 'Download' },
			],
			triggers: ['From WAHA'],
			from: ['Download', { from: 'Has a File?', output: 1 }],
			payload: WITH_NUMBER,
			column: 7,
		}),
		outgoing({
			provider: 'waha',
			settings: { baseUrl: SERVER, settings: { session: 'default' } },
			send: byRequest('Send to WAHA', CREDENTIAL),
		}),
		drain,
	],
};
