import { byRequest, incoming, outgoing } from '../lanes';
import { drain } from '../outbox';
import { decide, fail, fetchFile, webhook, type Credential } from '../steps';
import { channel, publish, webhookUrl } from '../todo';
import type { Template } from '../workflow';

const CREDENTIAL: Credential = { generic: 'httpBearerAuth' };

const CALL = "$('From Telnyx').item.json";
/** Telnyx knows the id, and tells the same sender and direction of it. */
const IS_KNOWN = `((known, told) => known?.id !== undefined && known.id === told.id && known.direction === told.direction && known.from?.phone_number === told.from?.phone_number)($json.data, ${CALL}.body.data.payload)`;

/** Telnyx repeats a webhook that was not answered within two seconds. */
const RETRY_FOR = 1;

export const telnyx: Template = {
	file: 'telnyx',
	name: 'Telnyx in respond.io',
	about: 'SMS and MMS of a Telnyx number, with receipts.',
	document: {
		title: 'Telnyx: SMS, MMS',
		row: {
			incoming: 'Webhook',
			outgoing: 'HTTP Request',
			receipts: 'sent, delivered, failed',
			shown: 'files as MMS within the USA and Canada, else as links; quick replies numbered',
		},
		text: "A Telnyx number. n8n has no step that checks Telnyx's signature (Ed25519): so Telnyx is asked for the message of each call, and what it does not know, or knows of another sender, is not taken. What a receipt says of a message that Telnyx knows is taken as it comes. Telnyx repeats, up to twice, what was not answered within two seconds.",
	},
	todo: [
		[
			'Telnyx',
			"Create a *Bearer Auth* credential from an API key (v2) of Telnyx's portal, and choose it in **Ask Telnyx** and **Send to Telnyx**.\n\nTelnyx signs its calls with Ed25519, which no step of n8n can check. So **Ask Telnyx** asks Telnyx itself for the message of each call, and what Telnyx does not know is not taken.",
		],
		channel(),
		[
			'Your number',
			'In **Build Request** put the number that sends as *From*, e.g. `+13125550123`: it must be in a messaging profile.',
		],
		[
			"Customers' messages",
			"Open **From Telnyx** and copy its *Production URL*. In Telnyx's portal open the messaging profile of the number, and paste it as its webhook URL, with *API v2*. Paste it into **Build Request** too, as *Status Callback*: receipts come there.",
		],
		webhookUrl,
		publish(),
	],
	lanes: [
		incoming({
			provider: 'telnyx',
			text: 'One step reads messages and receipts, and posts each as what it is: if Telnyx, when asked, knows the message. Telnyx is answered when that is done, and repeats what was not answered.',
			steps: [
				webhook('From Telnyx', {}, [0, 1]),
				fetchFile(
					'Ask Telnyx',
					'=https://api.telnyx.com/v2/messages/{{ encodeURIComponent($json.body.data.payload.id) }}',
					CREDENTIAL,
					[1, 1],
					{ isFile: false },
				),
				decide('Known to Telnyx?', IS_KNOWN, [2, 1]),
				fail(
					'Not Known',
					'Telnyx does not know the message of this call: choose a Bearer Auth credential with an API key of the account in Ask Telnyx. If it has the right one, and Telnyx can be reached, somebody else has called.',
					[3, 2],
				),
			],
			links: [
				{ from: 'From Telnyx', to: 'Ask Telnyx' },
				{ from: 'Ask Telnyx', to: 'Known to Telnyx?' },
				{ from: 'Known to Telnyx?', to: 'Not Known', output: 1 },
			],
			triggers: ['From Telnyx'],
			from: ['Known to Telnyx?'],
			payload: `={{ ${CALL} }}`,
			column: 3,
			retryFor: RETRY_FOR,
		}),
		outgoing({
			provider: 'telnyx',
			settings: {
				from: 'YOUR-NUMBER',
				settings: { statusCallback: 'YOUR-PRODUCTION-URL-OF-FROM-TELNYX' },
			},
			send: byRequest('Send to Telnyx', CREDENTIAL),
		}),
		drain,
	],
};
