import { byRequest, incoming, outgoing } from '../lanes';
import { drain } from '../outbox';
import { core, decide, webhook, type Credential } from '../steps';
import { channel, mediaUrl, publish, webhookUrl } from '../todo';
import { gatewayAbout } from '../whatsappGateway';
import type { Template } from '../workflow';

const CREDENTIAL: Credential = { generic: 'httpHeaderAuth' };
const SERVER = 'https://evolution.example.com';
const INSTANCE = 'YOUR-INSTANCE';

/** A file, or what may hold one; its link is encrypted, unless Evolution has a store of its own. */
const HAS_FILE =
	"$json.body.event === 'messages.upsert' && /^(image|video|ptv|audio|document|sticker|viewOnce|ephemeral|associatedChild|lottieSticker)/.test($json.body.data?.messageType ?? '') && !$json.body.data.message?.mediaUrl";

const post = (
	name: string,
	path: string,
	jsonBody: string,
	at: readonly [number, number],
	onError?: 'continueRegularOutput',
) =>
	core(
		name,
		'httpRequest',
		4.2,
		{
			method: 'POST',
			url: `${SERVER}/${path}/${INSTANCE}`,
			authentication: 'genericCredentialType',
			genericAuthType: 'httpHeaderAuth',
			sendBody: true,
			specifyBody: 'json',
			jsonBody,
			options: { timeout: 60000 },
		},
		at,
		onError && { onError },
	);

export const evolution: Template = {
	file: 'evolution',
	name: 'WhatsApp by Evolution API in respond.io',
	about: gatewayAbout('Evolution API (version 2)'),
	document: {
		title: 'WhatsApp by Evolution API',
		row: {
			incoming: 'Webhook',
			outgoing: 'HTTP Request',
			receipts: 'sent, delivered, read, failed; echoes',
			shown: 'all as such; audio as voice notes; quick replies numbered',
		},
		text: 'Version 2 of the gateway, on a server of your own. It is linked to a WhatsApp account like another device of it and is not of Meta, whose terms do not allow such clients: the account can be banned. _Register Once_ tells Evolution the webhook; its calls carry a secret of yours in a header. Files are fetched from Evolution by the id of their message.',
	},
	todo: [
		[
			'Evolution API',
			'Create a *Header Auth* credential named `apikey` with the key of your instance, and choose it in **Get File**, **Send to Evolution** and **Register at Evolution**. In **Get File** and **Register at Evolution** put the address of your server and the name of your instance into the URL; in **Build Request** put both into their fields.\n\nEvolution must keep messages (`DATABASE_SAVE_DATA_NEW_MESSAGE=true`, as it does by itself), for the files and the receipts of them.',
		],
		channel(),
		webhookUrl,
		mediaUrl,
		publish(),
		[
			"Customers' messages",
			'Think of a long secret. Create a second *Header Auth* credential, named `X-Webhook-Secret`, with the secret as its value, and choose it in **From Evolution**: only calls that carry it are taken.\n\nPut the *Production URL* of **From Evolution** and the secret into **Register at Evolution**, and execute **Register Once**. Then take the secret out of that step again.',
		],
	],
	lanes: [
		incoming({
			provider: 'evolution',
			text: 'Messages, echoes and receipts; files are fetched from Evolution and published as links.',
			steps: [
				webhook('From Evolution', { authentication: 'headerAuth' }, [0, 1]),
				decide('Has a File?', HAS_FILE, [1, 1]),
				post(
					'Get File',
					'chat/getBase64FromMediaMessage',
					'={{ { message: { key: { id: $json.body.data.key.id } }, convertToMp4: false } }}',
					[2, 1],
					'continueRegularOutput',
				),
				core(
					'Make File',
					'convertToFile',
					1.1,
					{
						operation: 'toBinary',
						sourceProperty: 'base64',
						binaryPropertyName: 'data',
						options: { fileName: '={{ $json.fileName }}', mimeType: '={{ $json.mimetype }}' },
					},
					[3, 1],
					{ onError: 'continueRegularOutput' },
				),
			],
			links: [
				{ from: 'From Evolution', to: 'Has a File?' },
				{ from: 'Has a File?', to: 'Get File' },
				{ from: 'Get File', to: 'Make File' },
			],
			triggers: ['From Evolution'],
			from: ['Make File', { from: 'Has a File?', output: 1 }],
			payload: "={{ $('From Evolution').item.json }}",
			column: 4,
		}),
		outgoing({
			provider: 'evolution',
			settings: { baseUrl: SERVER, instance: INSTANCE },
			send: byRequest('Send to Evolution', CREDENTIAL),
		}),
		drain,
		{
			title: 'Register once',
			text: 'Tells Evolution where to send, and what.',
			colour: 7,
			steps: [
				core('Register Once', 'manualTrigger', 1, {}, [0, 0]),
				post(
					'Register at Evolution',
					'webhook/set',
					"={{ { webhook: { enabled: true, url: 'YOUR-PRODUCTION-URL-OF-FROM-EVOLUTION', headers: { 'X-Webhook-Secret': 'YOUR-SECRET' }, byEvents: false, base64: false, events: ['MESSAGES_UPSERT', 'MESSAGES_UPDATE', 'MESSAGES_EDITED', 'MESSAGES_DELETE'] } } }}",
					[1, 0],
				),
			],
			links: [{ from: 'Register Once', to: 'Register at Evolution' }],
		},
	],
};
