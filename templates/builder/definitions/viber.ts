import { byRequest, incoming, outgoing, signed } from '../lanes';
import { drain } from '../outbox';
import { core, webhook } from '../steps';
import { channel, publish, webhookUrl } from '../todo';
import type { Template } from '../workflow';

const signature = signed(
	{
		from: 'From Viber',
		provider: 'Viber',
		secret: 'the token of the bot',
		hmac: {
			binaryData: true,
			binaryPropertyName: 'data',
			type: 'SHA256',
			encoding: 'hex',
			dataPropertyName: 'signature',
		},
		valid: "$json.signature === $json.headers['x-viber-content-signature']",
	},
	1,
);

export const viber: Template = {
	file: 'viber',
	name: 'Viber in respond.io',
	about:
		'A Viber bot, with receipts.\n\nA bot has one webhook: registering it anew takes it from whoever had it.',
	document: {
		title: 'Viber',
		row: {
			incoming: 'Webhook',
			outgoing: 'HTTP Request',
			receipts: 'delivered, read, failed',
			shown: 'pictures and places as such; other files as links; quick replies as a keyboard',
		},
		text: 'A bot. _Register Once_ tells Viber the webhook; that takes it from whoever had it before.',
	},
	todo: [
		[
			'Viber',
			'Create a *Header Auth* credential named `X-Viber-Auth-Token` with the token of your bot, and choose it in **Send to Viber** and **Register at Viber**.\n\nCreate a *Crypto* credential with the same token as its *Hmac Secret*, and choose it in **Signature**: only what Viber has signed is taken.',
		],
		channel(),
		['The name', 'In **Build Request** put the name that customers shall see.'],
		webhookUrl,
		publish(),
		[
			"Customers' messages",
			'Open **From Viber** and copy its *Production URL* into **Register at Viber**. Then execute **Register Once**. Viber asks the URL at once, so the workflow must be published before.',
		],
	],
	lanes: [
		incoming({
			provider: 'viber',
			text: 'One step reads messages and receipts, and posts each as what it is. Viber is answered when that is done.',
			steps: [webhook('From Viber', { options: { rawBody: true } }, [0, 1]), ...signature.steps],
			links: signature.links,
			triggers: ['From Viber'],
			from: [signature.to],
			column: 3,
		}),
		outgoing({
			provider: 'viber',
			settings: { senderName: 'Example Shop' },
			send: byRequest('Send to Viber', { generic: 'httpHeaderAuth' }),
		}),
		drain,
		{
			title: 'Register once',
			text: 'Tells Viber where to send.',
			colour: 7,
			steps: [
				core('Register Once', 'manualTrigger', 1, {}, [0, 0]),
				core(
					'Register at Viber',
					'httpRequest',
					4.2,
					{
						method: 'POST',
						url: 'https://chatapi.viber.com/pa/set_webhook',
						authentication: 'genericCredentialType',
						genericAuthType: 'httpHeaderAuth',
						sendBody: true,
						specifyBody: 'json',
						jsonBody:
							"={{ { url: 'YOUR-PRODUCTION-URL-OF-FROM-VIBER', event_types: ['delivered', 'seen', 'failed'], send_name: true, send_photo: true } }}",
						options: {},
					},
					[1, 0],
				),
			],
			links: [{ from: 'Register Once', to: 'Register at Viber' }],
		},
	],
};
