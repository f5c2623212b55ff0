import { byRequest, incoming, outgoing } from '../lanes';
import { drain } from '../outbox';
import { webhook } from '../steps';
import { channel, publish, webhookUrl } from '../todo';
import { gatewayAbout } from '../whatsappGateway';
import type { Template } from '../workflow';

/** Z-API wants its key in the path, where no credential of HTTP Request can put it. */
const send: typeof byRequest = (name, credential) => (column) => {
	const lane = byRequest(name, credential)(column);
	return {
		...lane,
		steps: lane.steps.map((step) => ({
			...step,
			parameters: { ...step.parameters, url: "={{ $json.url.replace('{token}', 'YOUR-TOKEN') }}" },
		})),
	};
};

export const zapi: Template = {
	file: 'zapi',
	name: 'WhatsApp by Z-API in respond.io',
	about: gatewayAbout('Z-API'),
	document: {
		title: 'WhatsApp by Z-API',
		row: {
			incoming: 'Webhook',
			outgoing: 'HTTP Request',
			receipts: 'sent, delivered, read, failed; echoes',
			shown: 'all as such; quick replies numbered',
		},
		text: 'The rented gateway. It is linked to a WhatsApp account like another device of it and is not of Meta, whose terms do not allow such clients: the account can be banned. Z-API wants the key of the instance in the address, where no credential can put it: it stands in the step that sends, and opens nothing without the key of the account.',
	},
	todo: [
		[
			'Z-API',
			"In Z-API open *Security* and switch on the *account security token*. Create a *Header Auth* credential named `Client-Token` with it, and choose it in **Send to Z-API**.\n\nIn **Build Request** put the ID of your instance. In the *URL* of **Send to Z-API** put the instance's own token in place of `YOUR-TOKEN`: Z-API wants it in the address, where no credential can put it. Whoever may open the workflow can read it there; it opens nothing without the account's token.",
		],
		channel(),
		webhookUrl,
		publish(),
		[
			"Customers' messages",
			"Create a second *Header Auth* credential, named `z-api-token`, with the instance's token as its value, and choose it in **From Z-API**: Z-API sends that header with each call, and only such calls are taken.\n\nIn Z-API open the instance's webhooks. Paste the *Production URL* of **From Z-API** as *On receive*, *On send* and *Message status*, and switch on *Notify sent by me*.",
		],
	],
	lanes: [
		incoming({
			provider: 'zapi',
			text: 'One step reads messages, echoes and receipts, and posts each as what it is. Files are links that Z-API keeps for 30 days.',
			steps: [webhook('From Z-API', { authentication: 'headerAuth' }, [0, 1])],
			links: [],
			triggers: ['From Z-API'],
			from: ['From Z-API'],
			column: 2,
		}),
		outgoing({
			provider: 'zapi',
			settings: { instanceId: 'YOUR-INSTANCE-ID' },
			send: send('Send to Z-API', { generic: 'httpHeaderAuth' }),
		}),
		drain,
	],
};
