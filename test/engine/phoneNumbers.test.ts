import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { decodeContactId } from '../../nodes/RespondIoCustomChannel/channel/contactId';
import { ProcessedItems } from './harness';
import { errorsOf, jsonOf, useSandbox } from './support';

/** Providers of phone numbers on a channel that tells contacts apart by them. */

const stage = useSandbox();
beforeEach(() => stage.sandbox.set({ idType: 'phone' }));

const relay = (provider: string): INodeParameters => ({
	resource: 'provider',
	operation: 'relay',
	provider,
});
const ACCEPT: INodeParameters = {
	resource: 'outgoingMessage',
	operation: 'accept',
	messageId: '={{ $json.messages[0].id }}',
};

const whatsApp = (value: object) => ({
	messaging_product: 'whatsapp',
	metadata: { display_phone_number: '15550783881', phone_number_id: '1' },
	field: 'messages',
	...value,
});
const textFrom = (from: string, id: string) =>
	whatsApp({
		contacts: [{ profile: { name: 'Luz' }, wa_id: from }],
		messages: [{ from, id, timestamp: '1769851800', type: 'text', text: { body: 'Hola' } }],
	});
const receipt = (recipient_id: string, id: string, status: string) =>
	whatsApp({ statuses: [{ id, status, timestamp: '1769851900', recipient_id }] });

/** Who, what, and of what status. */
const posted = () =>
	stage.ledger.map(({ contactId, mId, event }) => [
		contactId,
		mId,
		event.type === 'message_status' ? event.status.value : event.type,
	]);

it.each([
	['Brazil', '+5582999448232', '5582999448232', '558299448232'],
	['Mexico', '+525512345678', '5215512345678', '5215512345678'],
])(
	'in %s receipts and answers belong to the contact whom agents wrote to first',
	async (_country, contactId, to, waId) => {
		const memory = new ProcessedItems();
		const requests = await stage.run(
			{
				resource: 'provider',
				operation: 'buildRequest',
				provider: 'whatsapp',
				contactId,
				phoneNumberId: '1',
			},
			[{ message: { type: 'text', text: 'Hello' } }],
		);
		expect(jsonOf(requests).map(({ body }) => (body as IDataObject).to)).toEqual([to]);
		const taken = { contacts: [{ input: to, wa_id: waId }], messages: [{ id: 'wamid.1' }] };
		await stage.run(ACCEPT, [taken], { memory });
		for (const webhook of [receipt(waId, 'wamid.1', 'delivered'), textFrom(waId, 'wamid.2')]) {
			const { error } = await stage.run(relay('whatsapp'), [webhook], { memory });
			expect(error).toBeUndefined();
		}
		expect(posted()).toEqual([
			[contactId, 'wamid.1', 'delivered'],
			[contactId, 'wamid.2', 'message'],
		]);
	},
);

it('an answer reaches the number of Mexico that wrote', async () => {
	await stage.run(relay('whatsapp'), [textFrom('5215512345678', 'wamid.3')]);
	const [{ contactId }] = stage.ledger;
	expect(contactId).toBe('+525512345678');
	const built = await stage.run(
		{
			resource: 'provider',
			operation: 'buildRequest',
			provider: 'whatsapp',
			contactId: decodeContactId(contactId, 'phone'),
			phoneNumberId: '1',
		},
		[{ message: { type: 'text', text: 'Hello' } }],
	);
	expect(jsonOf(built).map(({ body }) => (body as IDataObject).to)).toEqual(['5215512345678']);
});

it('receipts that come late or twice, and webhooks that come again, are posted once', async () => {
	const memory = new ProcessedItems();
	const webhooks = [
		receipt('60123456789', 'wamid.4', 'delivered'),
		receipt('60123456789', 'wamid.4', 'sent'),
		receipt('60123456789', 'wamid.4', 'delivered'),
		textFrom('60123456789', 'wamid.5'),
		textFrom('60123456789', 'wamid.5'),
	];
	for (const webhook of webhooks) {
		const { error } = await stage.run(relay('whatsapp'), [webhook], { memory });
		expect(error).toBeUndefined();
	}
	expect(posted()).toEqual([
		['+60123456789', 'wamid.4', 'delivered'],
		['+60123456789', 'wamid.5', 'message'],
	]);
});

it('of two pictures of one webhook the one that was fetched is posted as a picture, the other told', async () => {
	const picture = (id: string, fileId: string) => ({
		from: '60123456789',
		id,
		timestamp: '1769851800',
		type: 'image',
		image: { id: fileId, mime_type: 'image/jpeg' },
	});
	const json = whatsApp({ messages: [picture('wamid.6', '111'), picture('wamid.7', '222')] });
	const data = { data: 'aGk=', mimeType: 'image/jpeg', fileName: 'media.jpg' };
	const { channelId, apiToken, idType } = stage.sandbox.settings();
	const { error } = await stage.run(relay('whatsapp'), [], {
		items: [{ json: json as IDataObject, binary: { data } }],
		credential: {
			channelId,
			apiToken,
			idType,
			webhookUrl: `${stage.sandbox.url}/custom/channel/webhook/`,
			publicMediaUrl: 'https://n8n.example.com/webhook/1f0c/media',
		},
	});
	expect(error).toBeUndefined();
	const messages = stage.ledger.map(({ event }) =>
		event.type === 'message_status' ? undefined : event.message,
	);
	expect(messages).toEqual([
		{
			type: 'attachment',
			attachment: {
				type: 'image',
				url: expect.stringContaining('https://n8n.example.com/webhook/1f0c/media'),
				mimeType: 'image/jpeg',
				fileName: 'media.jpg',
			},
		},
		{ type: 'text', text: '[image: image/jpeg: the file could not be passed on]' },
	]);
});

it('a name as the sender of an SMS is an error that says what to do, and costs no other item', async () => {
	const sms = (From: string, MessageSid: string) => ({
		MessageSid,
		SmsStatus: 'received',
		From,
		To: '+14155238886',
		Body: 'You have a reply',
		NumMedia: '0',
	});
	const result = await stage.run(
		relay('twilio'),
		[sms('SUPPORT', 'SM1'), sms('68849', 'SM2'), sms('+16505551234', 'SM3')],
		{ onError: 'continueErrorOutput' },
	);
	expect(posted()).toEqual([
		['+68849', 'SM2', 'message'],
		['+16505551234', 'SM3', 'message'],
	]);
	expect(errorsOf(result)).toMatchObject([
		{
			message: 'The Contact ID "SUPPORT" is not a phone number with its country code [item 0]',
			description: expect.stringContaining('the channel in respond.io needs the ID type Custom ID'),
		},
	]);
});
