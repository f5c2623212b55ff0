import { byRequest, incoming, outgoing, signed } from '../lanes';
import { drain } from '../outbox';
import { webhook } from '../steps';
import { channel, publish, webhookUrl } from '../todo';
import type { Template } from '../workflow';

const signature = signed(
	{
		from: 'From Twilio',
		provider: 'Twilio',
		secret: 'the Auth Token of the account',
		hmac: {
			binaryData: false,
			// n8n's list lacks it, but takes it.
			type: "={{ 'SHA1' }}",
			// Twilio signs the whole URL, with the query that tells which part of a message a receipt is of.
			value:
				"={{ $json.webhookUrl + Object.entries($json.query).map(([name, value], index) => (index === 0 ? '?' : '&') + name + '=' + encodeURIComponent(value)).join('') + Object.keys($json.body).sort().map((name) => name + $json.body[name]).join('') }}",
			encoding: 'base64',
			dataPropertyName: 'signature',
		},
		valid: "$json.signature === $json.headers['x-twilio-signature']",
	},
	1,
);

export const twilio: Template = {
	file: 'twilio',
	name: 'Twilio in respond.io',
	about: 'SMS, MMS and WhatsApp of a Twilio number, with receipts.',
	document: {
		title: 'Twilio: SMS, MMS, WhatsApp',
		row: {
			incoming: 'Webhook',
			outgoing: 'HTTP Request',
			receipts: 'sent, delivered, read, failed',
			shown: 'files as MMS or WhatsApp take them, else as links; quick replies numbered',
		},
		text: "One template for SMS, MMS and WhatsApp: the sender's address decides. The signature covers the webhook's own URL, so Twilio must call the very address that n8n shows. Receipts of a message that took several requests carry a reference in that URL's query.",
	},
	todo: [
		[
			'Twilio',
			"Create a *Twilio API* credential and choose it in **Send to Twilio**. Create a *Crypto* credential whose *Hmac Secret* is the account's Auth Token, and choose it in **Signature**: only what Twilio has signed is taken.\n\nLinks of files are passed on: in Twilio's settings of Programmable Messaging, *HTTP Basic Authentication for media access* must be off.",
		],
		channel(),
		[
			'Your number',
			'In **Build Request** put your Account SID and, as *From*, the number that sends: `+14155238886`, or `whatsapp:+14155238886` for WhatsApp.',
		],
		[
			"Customers' messages",
			'Open **From Twilio** and copy its *Production URL*. In Twilio open the number and paste it as *A message comes in*, just as it is. Paste it into **Build Request** too, as *Status Callback*: receipts come there.',
		],
		webhookUrl,
		publish(),
	],
	lanes: [
		incoming({
			provider: 'twilio',
			text: 'One step reads messages and receipts, and posts each as what it is. Twilio is answered when that is done.',
			steps: [webhook('From Twilio', {}, [0, 1]), ...signature.steps],
			links: signature.links,
			triggers: ['From Twilio'],
			from: [signature.to],
			column: 3,
		}),
		outgoing({
			provider: 'twilio',
			settings: {
				accountSid: 'YOUR-ACCOUNT-SID',
				from: 'YOUR-NUMBER',
				settings: { statusCallback: 'YOUR-PRODUCTION-URL-OF-FROM-TWILIO' },
			},
			send: byRequest(
				'Send to Twilio',
				{ predefined: 'twilioApi' },
				{
					contentType: 'raw',
					rawContentType: 'application/x-www-form-urlencoded',
					body: "={{ Object.entries($json.body).map(([name, value]) => encodeURIComponent(name) + '=' + encodeURIComponent(value)).join('&') }}",
				},
			),
		}),
		drain,
	],
};
