import type {
	OutgoingMessage,
	Provider,
} from '../../../nodes/RespondIoCustomChannel/providers/provider';
import { twilio } from '../../../nodes/RespondIoCustomChannel/providers/twilio';
import { describeLaws, NOW, payloadsOf, shownOf, webhookItem } from './laws';
import { formFaults } from './twilioOpenApi';

const payloads = payloadsOf('twilio');
const read = (name: string, binary = {}) =>
	twilio.incoming(payloads[name], { now: NOW, binary }).events;

const accountSid = `AC${'X'.repeat(32)}`;
const sid = `SM${'X'.repeat(31)}1`;
const SMS = { accountSid, from: '+14155238886' };
const AUSTRALIA = { accountSid, from: '+61400000000' };
const SERVICE = { accountSid, messagingServiceSid: 'MG01' };
const WHATSAPP = { accountSid, from: 'whatsapp:+14155238886' };
const send = (
	message: OutgoingMessage,
	settings: Record<string, string> = SMS,
	contactId = '+16505551234',
) => twilio.outgoing(message, contactId, { now: NOW, settings }).map(({ body }) => body);

/** The laws know a text by the field names of JSON; Twilio's form calls it Body. */
const withLowerCaseBody: Provider = {
	...twilio,
	outgoing: (...given) =>
		twilio.outgoing(...given).map((request) => {
			const { Body, ...others } = request.body;
			return { ...request, body: Body === undefined ? others : { ...others, body: Body } };
		}),
};

describe.each([
	['SMS and MMS', SMS, '+16505551234', '+16505551234'],
	['SMS elsewhere', SMS, '+60123456789', '+60123456789'],
	['WhatsApp', WHATSAPP, '60123456789', 'whatsapp:+60123456789'],
])('Twilio, %s', (name, settings, contactId, To) => {
	describeLaws(withLowerCaseBody, {
		// What arrives is read without settings: once is enough.
		payloads: name === 'SMS and MMS' ? payloads : { sms: payloads.sms },
		lists: [''],
		// The address for statuses is ours.
		receipt: (MessageStatus, reference) => ({
			...webhookItem({ MessageSid: sid, MessageStatus, To: '+16505551234' }),
			query: { reference },
		}),
		contactId,
		settings,
		requestFaults: ({ url, contentType, body }) => {
			const { body: text = '', MediaUrl, ...others } = body as Record<string, string>;
			return [
				...formFaults({ ...others, ...(MediaUrl && { MediaUrl }), ...(text && { Body: text }) }),
				...(url.endsWith(`/2010-04-01/Accounts/${accountSid}/Messages.json`) ? [] : ['url']),
				...(contentType === 'form-urlencoded' ? [] : ['contentType']),
				...(others.To === To && others.From === settings.from ? [] : ['To or From']),
				...(text.length > 1600 ? ['Body'] : []),
				...(text.trim() === '' && MediaUrl === undefined ? ['empty'] : []),
				...Object.values(body).filter((value) => typeof value !== 'string'),
			].map(String);
		},
	});
});

it.each<[what: string, fields: object, fault: RegExp]>([
	['an unknown field', { To: '+16505551234', Text: 'Hi' }, /additional/],
	['a place for the number', { To: 'somewhere in Kuala Lumpur' }, /To .*format/],
	['a link that is none', { To: '+16505551234', MediaUrl: 'no link' }, /MediaUrl.*uri/],
	['nobody to send to', { Body: 'Hi' }, /required/],
])("Twilio's OpenAPI document refuses %s", (_what, fields, fault) => {
	expect(formFaults(fields).join()).toMatch(fault);
});

describe('Twilio', () => {
	describe('incoming', () => {
		const media = `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages/MM${'X'.repeat(32)}/Media`;

		it.each([
			['sms', ['Hello']],
			['mmsImage', [`image ${media}/ME1111 My cat`]],
			[
				'mmsAlbum',
				[`image ${media}/ME1111`, `video ${media}/ME2222`, `file ${media}/ME3333`, 'All of it'],
			],
			['mmsWithoutText', [`audio ${media}/ME1111`]],
			['whatsapp', ['Hello']],
			['whatsappImage', [`image ${media}/ME1111 Look`]],
			['whatsappLongCaption', [`image ${media}/ME1111`, 'word '.repeat(60)]],
			['whatsappVoice', [`audio ${media}/ME1111`]],
			['whatsappVideo', [`video ${media}/ME1111`, 'Watch']],
			['whatsappDocument', [`file ${media}/ME1111 bill.pdf`]],
			['whatsappSticker', [`image ${media}/ME1111`]],
			['whatsappContact', [`file ${media}/ME1111`]],
			['whatsappLocation', ['3.157764,101.711861 Twin Towers, Kuala Lumpur']],
			['whatsappPin', ['3.157764,101.711861']],
			['whatsappButton', ['Yes, please']],
			['whatsappButtonWithoutBody', ['Yes, please']],
			['whatsappList', ['Express']],
			['whatsappFlow', ['Sent\n{"size":"L"}']],
			['whatsappInteractive', ['Sent\n{"size":"L"}']],
			[
				'whatsappFromAd',
				['Is it in stock?', 'Came from: Chat with us\nSummer is here\nhttps://fb.me/3cr4Wqqkv'],
			],
			['whatsappUnsupported', ['[unsupported]']],
			['event', ['Ahoy!']],
			['eventWithFiles', ['See these', '[2 files, which Twilio holds]']],
			['batch', ['Ahoy!', 'read']],
			['sent', ['sent']],
			['delivered', ['delivered']],
			['eventDelivered', ['delivered']],
			['whatsappRead', ['read']],
			[
				'undelivered',
				[
					"failed: The customer's phone can't be reached: it is off, out of reach, or can't receive SMS. (Twilio error 30003)",
				],
			],
			[
				'eventUndelivered',
				["failed: The customer's number is unknown or no longer in use. (Twilio error 30005)"],
			],
			[
				'whatsappFailed',
				[
					'failed: More than 24 hours have passed since the customer last wrote: only a template message can be sent. (Twilio error 63016)',
				],
			],
			['failedUnknown', ['failed: Something new (Twilio error 39999)']],
			['whatsappFailedUnknown', ['failed: The channel says no (Twilio error 63999)']],
			['failedWithoutCode', ['failed: Twilio gave no reason for the failure.']],
			['canceled', ['failed: The message was cancelled before it was sent.']],
		])('%s', (name, shown) => {
			expect(read(name).map(shownOf)).toEqual(shown);
		});

		it.each([
			['empty', 'empty message'],
			['queued', 'status queued'],
			['eventQueued', 'status queued'],
			['eventOfCall', 'com.twilio.voice.status-callback.call.completed'],
			['eventOfSender', 'com.twilio.messaging.compliance.brand-registration.brand-reg'],
		])('%s: no message, counted', (name, kind) => {
			expect(twilio.incoming(payloads[name], { now: NOW })).toEqual({
				events: [],
				failures: [],
				ignored: { [kind]: 1 },
			});
		});

		it('tells who wrote and what; the webhook has no time', () => {
			expect(read('whatsapp')).toEqual([
				{
					type: 'message',
					contactId: '+60123456789',
					messageId: sid,
					timestamp: NOW,
					contact: { firstName: 'Mei Tan', phone: '+60123456789' },
					message: { type: 'text', text: 'Hello' },
				},
			]);
			expect(read('event')).toMatchObject([{ timestamp: 1769851800123 }]);
		});

		it.each([
			['sms', '+16505551234'],
			['shortCode', '72345'],
			['whatsappUserId', 'US.13491208655302741918'],
			['messenger', '5512345678901234'],
			['sent', '+16505551234'],
			['whatsappRead', '+60123456789'],
		])('%s: the contact is %s, never the business', (name, contactId) => {
			expect(read(name).map((event) => event.contactId)).toEqual([contactId]);
		});

		it('points at what the workflow has downloaded', () => {
			const file = { mimeType: 'image/jpeg', fileName: 'cat.jpg' };
			expect(read('mmsImage', { data: file }).map(shownOf)).toEqual(['image data cat.jpg My cat']);
			expect(read('mmsAlbum', { ME2222: {} }).map(shownOf)).toEqual([
				`image ${media}/ME1111`,
				'video ME2222',
				`file ${media}/ME3333`,
				'All of it',
			]);
		});
	});

	describe('outgoing', () => {
		const link = (name: string) => `https://files.example/${name}`;
		const attachment = (type: 'image' | 'video' | 'audio' | 'file', name: string, more = {}) => ({
			type: 'attachment' as const,
			attachment: { type, url: link(name), ...more },
		});

		it('is a form to the account, without a secret', () => {
			const settings = { ...SMS, statusCallback: 'https://n8n.example/webhook/status' };
			const message = { type: 'text' as const, text: 'Hi' };
			expect(twilio.outgoing(message, '16505551234', { now: NOW, settings })).toEqual([
				{
					method: 'POST',
					url: `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages.json`,
					headers: { 'content-type': 'application/x-www-form-urlencoded' },
					contentType: 'form-urlencoded',
					body: {
						To: '+16505551234',
						From: '+14155238886',
						StatusCallback: 'https://n8n.example/webhook/status',
						Body: 'Hi',
					},
				},
			]);
		});

		it.each([
			[{ from: '+14155238886' }, '16505551234', '+16505551234'],
			[{ from: '+14155238886' }, '72345', '72345'],
			[{ from: 'whatsapp:+14155238886' }, '+60123456789', 'whatsapp:+60123456789'],
			[{ from: 'whatsapp:+14155238886' }, 'whatsapp:+60123456789', 'whatsapp:+60123456789'],
			[
				{ from: 'whatsapp:+14155238886' },
				'US.13491208655302741918',
				'whatsapp:US.13491208655302741918',
			],
			[{ from: 'messenger:1098' }, '5512345678901234', 'messenger:5512345678901234'],
			[{ messagingServiceSid: 'MG01' }, '+16505551234', '+16505551234'],
		])('from %j, %s is reached at %s', (sender, contactId, To) => {
			const settings = { accountSid, ...sender } as Record<string, string>;
			expect(send({ type: 'text', text: 'Hi' }, settings, contactId)).toMatchObject([{ To }]);
		});

		it('sends from a messaging service, with or without a sender of it', () => {
			const text = { type: 'text' as const, text: 'Hi' };
			expect(send(text, SERVICE)).toEqual([
				{ To: '+16505551234', MessagingServiceSid: 'MG01', Body: 'Hi' },
			]);
			expect(send(text, { ...SERVICE, from: '+14155238886' })).toMatchObject([
				{ From: '+14155238886', MessagingServiceSid: 'MG01' },
			]);
		});

		it.each(['', 'mei', '+60 12', 'whatsapp:'])('refuses the contact id %j', (contactId) => {
			expect(() => send({ type: 'text', text: 'Hi' }, SMS, contactId)).toThrow(/Twilio/);
		});

		it.each([
			['accountSid', { from: '+14155238886' }],
			['from', { accountSid }],
		])('asks for the setting %s', (name, settings) => {
			expect(() => send({ type: 'text', text: 'Hi' }, settings)).toThrow(`setting ${name}`);
		});

		it.each([
			['within the USA', 'as a file', SMS, '+16505551234'],
			['from Australia to Australia', 'as a file', AUSTRALIA, '+61411111111'],
			['by a messaging service', 'as a file', SERVICE, '+16505551234'],
			['from the USA to Australia', 'as a link', SMS, '+61411111111'],
			['to Malaysia', 'as a link', SMS, '+60123456789'],
			['by RCS', 'as a link', { accountSid, from: 'rcs:brand' }, '+16505551234'],
		])('%s a picture goes %s', (_, form, settings, contactId) => {
			const [body] = send(attachment('image', 'a.jpg'), settings, contactId);
			const field = form === 'as a file' ? 'MediaUrl' : 'Body';
			expect(body).toMatchObject({ To: expect.any(String), [field]: link('a.jpg') });
			expect(Object.values(body).filter((value) => value === link('a.jpg'))).toHaveLength(1);
		});

		it.each([
			['image', 'a.png', 'as a file'],
			['image', 'a.gif', 'as a link'],
			['image', 'a.webp', 'as a link'],
			['image', 'a', 'as a file'],
			['video', 'a.mp4', 'as a file'],
			['video', 'a.webm', 'as a link'],
			['audio', 'a.ogg', 'as a file'],
			['audio', 'a.wav', 'as a link'],
			['file', 'a.pdf', 'as a file'],
			['file', 'a.zip', 'as a link'],
			['file', 'a', 'as a link'],
		] as const)('WhatsApp, %s %s goes %s', (type, name, form) => {
			const [body] = send(attachment(type, name), WHATSAPP);
			expect(body[form === 'as a file' ? 'MediaUrl' : 'Body']).toBe(link(name));
		});

		it.each([
			['an MMS', SMS, 'file', 'a.pdf', 1600, 1],
			['an MMS with more than a text holds', SMS, 'image', 'a.jpg', 1601, 3],
			['a picture of WhatsApp', WHATSAPP, 'image', 'a.jpg', 1024, 1],
			['a picture of WhatsApp with more than a caption', WHATSAPP, 'image', 'a.jpg', 1025, 2],
			["WhatsApp's document, which can have none", WHATSAPP, 'file', 'a.pdf', 5, 2],
		] as const)('the caption of %s', (_, settings, type, name, length, requests) => {
			const description = 'x'.repeat(length);
			const sent = send(attachment(type, name, { description }), settings);
			expect(sent).toHaveLength(requests);
			expect(sent.map(({ Body = '' }) => Body).join('')).toBe(description);
		});

		it('sends a place as WhatsApp shows it, elsewhere as a link', () => {
			const place = { type: 'location' as const, latitude: 3.1, longitude: 101.7 };
			const address = 'Twin Towers | KL';
			expect(send({ ...place, address }, WHATSAPP)).toMatchObject([
				{ Body: address, PersistentAction: 'geo:3.1,101.7|Twin Towers   KL' },
			]);
			expect(send(place, WHATSAPP)).toMatchObject([
				{ Body: '3.1,101.7', PersistentAction: 'geo:3.1,101.7' },
			]);
			expect(send({ ...place, address })).toMatchObject([
				{ Body: `${address}\nhttps://www.google.com/maps/search/?api=1&query=3.1,101.7` },
			]);
		});

		it('numbers quick replies', () => {
			expect(send({ type: 'quick_reply', title: 'Size?', replies: ['S', 'M'] })).toMatchObject([
				{ Body: 'Size?\n\n1. S\n2. M' },
			]);
		});
	});

	it('finds the message id in the answer, none in an error', () => {
		const answer = {
			sid: sid,
			status: 'queued',
			error_code: null,
		};
		expect(twilio.readResponse(answer)).toEqual({ taken: true, messageId: answer.sid });
		expect(twilio.readResponse({ statusCode: 201, headers: {}, body: answer })).toEqual({
			taken: true,
			messageId: answer.sid,
		});
		expect(
			twilio.readResponse({
				code: 21211,
				message: "Invalid 'To' Phone Number: +1500",
				more_info: 'https://www.twilio.com/docs/errors/21211',
				status: 400,
			}),
		).toEqual({ taken: false, reason: "Invalid 'To' Phone Number: +1500 (400)" });
		expect(
			twilio.readResponse({ ...answer, status: 'failed', error_code: 30008, error_message: null }),
		).toEqual({ taken: false, reason: 'Twilio did not send it (error 30008)' });
	});
});
