import { byRequest, incoming, outgoing, signed } from '../lanes';
import { drain } from '../outbox';
import { decide, fetchFile, webhook, type Credential } from '../steps';
import { channel, mediaUrl, publish, webhookUrl } from '../todo';
import { gatewayAbout } from '../whatsappGateway';
import type { Template } from '../workflow';

const CREDENTIAL: Credential = { generic: 'httpHeaderAuth' };

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

export const waha: Template = {
	file: 'waha',
	name: 'WhatsApp by WAHA in respond.io',
	about: gatewayAbout('WAHA'),
	todo: [
		[
			'WAHA',
			'Create a *Header Auth* credential named `X-Api-Key` with the key of WAHA, and choose it in **Download** and **Send to WAHA**. In **Build Request** put the address of your server, and the name of the session, if it is not `default`.\n\nWAHA must know its address (`WAHA_BASE_URL`), since **Download** fetches files where WAHA says that they are.',
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
			text: 'Messages, echoes and receipts; files are fetched with the key and published as links.',
			steps: [
				webhook('From WAHA', { options: { rawBody: true } }, [0, 1]),
				...signature.steps,
				decide(
					'Has a File?',
					'$json.body.payload?.media?.url !== undefined && $json.body.payload.media.url !== null && !$json.body.payload.media.s3',
					[3, 1],
				),
				fetchFile('Download', '={{ $json.body.payload.media.url }}', CREDENTIAL, [4, 1]),
			],
			links: [
				...signature.links,
				{ ...signature.to, to: 'Has a File?' },
				{ from: 'Has a File?', to: 'Download' },
			],
			triggers: ['From WAHA'],
			from: ['Download', { from: 'Has a File?', output: 1 }],
			payload: "={{ $('From WAHA').item.json }}",
			column: 5,
		}),
		outgoing({
			provider: 'waha',
			settings: { baseUrl: 'https://waha.example.com', settings: { session: 'default' } },
			send: byRequest('Send to WAHA', CREDENTIAL),
		}),
		drain,
	],
};
