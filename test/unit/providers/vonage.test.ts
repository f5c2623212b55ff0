import type { OutgoingMessage } from '../../../nodes/RespondIoCustomChannel/providers/provider';
import { vonage } from '../../../nodes/RespondIoCustomChannel/providers/vonage';
import { whatsapp } from '../../../nodes/RespondIoCustomChannel/providers/whatsapp';
import { describeLaws, NOW, payloadsOf, shownOf } from './laws';

const payloads = payloadsOf('vonage');
const read = (name: string, binary = {}) =>
	vonage.incoming(payloads[name], { now: NOW, binary }).events;

const to = '60123456789';
const from = '447700900000';
const send = (message: OutgoingMessage, settings: Record<string, string> = {}, contactId = to) =>
	vonage
		.outgoing(message, contactId, { now: NOW, settings: { from, ...settings } })
		.map(({ body }) => body);

/** The longest text and caption of each channel. */
const LIMITS: Record<string, [text: number, caption: number]> = {
	sms: [1000, 0],
	mms: [1000, 1000],
	rcs: [3072, 0],
	messenger: [640, 0],
	viber_service: [1000, 1000],
	whatsapp: [4096, 1024],
};

interface Suggestion {
	text: string;
}

describe.each(Object.entries(LIMITS))('Vonage, %s', (channel, [maxText, maxCaption]) => {
	describeLaws(vonage, {
		// What arrives is read without settings: once is enough.
		payloads: channel === 'sms' ? payloads : { text: payloads.text },
		receipt: (value, client_ref) => ({
			message_uuid: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
			to: '16505551234',
			status: value === 'failed' ? 'rejected' : value,
			client_ref,
		}),
		contactId: to,
		settings: { from, channel },
		requestFaults: ({ url, body }) => {
			const type = String(body.message_type);
			const { text = '', suggestions = [] } = body as {
				text?: string;
				suggestions?: Suggestion[];
			};
			// Meta counts characters, the others UTF-16 units.
			const length = (value: string) =>
				channel === 'whatsapp' ? Array.from(value).length : value.length;
			const { caption = '' } = (body[type] ?? {}) as { caption?: string };
			return [
				...(url === 'https://api.nexmo.com/v1/messages' ? [] : ['url']),
				...(body.to === to && body.from === from ? [] : ['to or from']),
				...(body.channel === channel ? [] : ['channel']),
				...(type in body ? [] : ['content']),
				...(length(text) > maxText || (type === 'text' && text.trim() === '') ? ['text'] : []),
				...(length(caption) > maxCaption ? ['caption'] : []),
				...(suggestions.some((chip) => Array.from(chip.text).length > 25) ? ['chip'] : []),
			];
		},
	});
});

describe('Vonage', () => {
	const media = 'https://api-us.nexmo.com/v3/media/1b456509-974c-458b-aafa-45fc48a4d976';

	describe('incoming', () => {
		it.each([
			['sms', ['Nexmo Verification code: 12345']],
			['mmsImage', [`image ${media} image.jpg My cat`]],
			['mmsImageAndText', [`image ${media} image.jpg`, 'Below it']],
			['mmsVcard', [`file ${media} contact.vcf`]],
			['mmsContent', [`image ${media} a.jpg One`, `file ${media}2 bill.pdf`, 'lost?']],
			['text', ['Hello there']],
			['image', [`image ${media} image.jpg Look`]],
			['imageWithoutLink', ['[image]\nimage.jpg\nLook']],
			['video', [`video ${media} clip.mp4`, 'Watch']],
			['audio', [`audio ${media}`]],
			['file', [`file ${media} bill.pdf`, 'The bill']],
			['sticker', [`image ${media}`]],
			['location', ['3.157764,101.711861 Twin Towers, Kuala Lumpur']],
			['reply', ['Express\nNext day']],
			['replyShortened', ['Deliver it to my neighbour, please']],
			['button', ['Yes, please']],
			['form', ['Sent\nflow_token: unused\nsize: L\ncount: 2\ngift: true\ncolours: blue, red']],
			['reaction', ['Reacted with 👍']],
			['reactionRemoved', ['Removed the reaction']],
			['order', ['Order: Love these!\n2 × r07qei73l7 (30 USD)']],
			['contacts', ['[contacts]\nAli Rahman\n+60123456789']],
			['unsupported', ['[unsupported]']],
			[
				'fromAd',
				['Is it in stock?', 'Came from: Chat with us\nSummer is here\nhttps://fb.me/3cr4Wqqkv'],
			],
			['messenger', ['Hi']],
			['messengerUnsupported', ['[unsupported]']],
			['viber', [`image ${media} viber.jpg`]],
			['rcsReply', ['Yes']],
			['rcsLocation', ['3.157764,101.711861']],
			['smsApi', ['Hello']],
			['smsApiPart', ['the second part']],
			['smsApiDelivered', ['delivered']],
			['smsApiExpired', ['failed: Vonage gave no reason for the failure.']],
			['submitted', ['sent']],
			['delivered', ['delivered']],
			['read', ['read']],
			[
				'rejected',
				[
					'failed: Too many messages were sent in a short time. Send it again later. (Vonage error 1000)',
				],
			],
			[
				'rejectedNested',
				[
					"failed: The customer's number is barred and may not receive messages. (Vonage error 1050)",
				],
			],
			['undeliverable', ['failed: Not part of the provider network (Vonage error 1300)']],
			['rejectedInWords', ['failed: Rejected: Phone number is not in a supported country']],
			['rejectedWithoutReason', ['failed: Vonage gave no reason for the failure.']],
		])('%s', (name, shown) => {
			expect(read(name).map(shownOf)).toEqual(shown);
		});

		it.each([
			['emptyText', 'empty message'],
			['smsApiBinary', 'empty message'],
			['smsApiBuffered', 'status buffered'],
			['clicked', 'status clicked'],
		])('%s: no message, counted', (name, kind) => {
			expect(vonage.incoming(payloads[name], { now: NOW })).toEqual({
				events: [],
				failures: [],
				ignored: { [kind]: 1 },
			});
		});

		it('tells who wrote, what and when', () => {
			expect(read('text')).toEqual([
				{
					type: 'message',
					contactId: to,
					messageId: 'aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab',
					timestamp: 1769851800000,
					contact: { firstName: 'Mei Tan', phone: '+60123456789' },
					message: { type: 'text', text: 'Hello there' },
				},
			]);
		});

		it.each([
			['sms', to],
			['messenger', '5512345678901234'],
			['withoutNumber', 'US.13491208655302741918'],
			['delivered', to],
			['smsApi', to],
			['smsApiDelivered', to],
			['deliveredToUserId', 'US.13491208655302741918'],
		])('%s: the contact is %s, never the business', (name, contactId) => {
			expect(read(name).map((event) => event.contactId)).toEqual([contactId]);
		});

		it('tells what and when of the older SMS API', () => {
			expect(read('smsApi')).toMatchObject([
				{
					messageId: '0A0000000123ABCD1',
					timestamp: 1769851800000,
					contact: { phone: '+60123456789' },
				},
			]);
		});

		it("takes no Messenger's id for a phone number", () => {
			expect(read('messenger')[0].contact).toBeUndefined();
		});

		it('points at what the workflow has downloaded', () => {
			const file = { mimeType: 'image/jpeg', fileName: 'cat.jpg' };
			expect(read('image', { data: file }).map(shownOf)).toEqual(['image data image.jpg Look']);
			const named = { '1b456509-974c-458b-aafa-45fc48a4d9762': {}, other: {} };
			expect(read('mmsContent', named).map(shownOf)).toEqual([
				`image ${media} a.jpg One`,
				'file 1b456509-974c-458b-aafa-45fc48a4d9762 bill.pdf',
				'lost?',
			]);
		});

		it('tells how to get out of version 0.1 of the webhooks', () => {
			const old = {
				message_uuid: 'aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab',
				from: { type: 'sms', number: to },
				to: { type: 'sms', number: from },
				message: { content: { type: 'text', text: 'Hi' } },
			};
			expect(() => vonage.incoming(old, { now: NOW })).toThrow('version 0.1');
		});
	});

	describe('outgoing', () => {
		const link = (name: string) => `https://files.example/${name}`;
		const attachment = (type: 'image' | 'video' | 'audio' | 'file', name: string, more = {}) => ({
			type: 'attachment' as const,
			attachment: { type, url: link(name), ...more },
		});
		const text = { type: 'text' as const, text: 'Hi' };

		it('is JSON to the Messages API, without a secret', () => {
			const settings = {
				from: `+${from}`,
				channel: 'WhatsApp',
				baseUrl: 'https://messages-sandbox.nexmo.com/',
			};
			expect(vonage.outgoing(text, `+${to}`, { now: NOW, settings })).toEqual([
				{
					method: 'POST',
					url: 'https://messages-sandbox.nexmo.com/v1/messages',
					headers: { 'content-type': 'application/json' },
					contentType: 'json',
					body: { channel: 'whatsapp', from, to, message_type: 'text', text: 'Hi' },
				},
			]);
		});

		it.each([
			['sms', '+60123456789', to],
			['whatsapp', '+60123456789', to],
			['whatsapp', 'US.13491208655302741918', 'US.13491208655302741918'],
			['messenger', '5512345678901234', '5512345678901234'],
		])('by %s, %s is reached at %s', (channel, contactId, number) => {
			expect(send(text, { channel }, contactId)).toMatchObject([{ to: number }]);
		});

		it('keeps a sender that is a name', () => {
			expect(send(text, { from: 'Acme+1' })).toMatchObject([{ from: 'Acme+1' }]);
		});

		it.each(['', 'mei', '60 12', 'US.1349'])('refuses the contact id %j', (contactId) => {
			expect(() => send(text, {}, contactId)).toThrow('none of Vonage');
		});

		it('names the channels it knows', () => {
			expect(() => send(text, { channel: 'pigeon' })).toThrow(/sms.*whatsapp.*pigeon/);
			expect(() => send(text, { channel: 'constructor' })).toThrow('channel');
		});

		it.each([
			['sms', 'image', 'a.jpg', 'text'],
			['mms', 'image', 'a.jpg', 'image'],
			['mms', 'image', 'a', 'image'],
			['mms', 'file', 'a.pdf', 'text'],
			['mms', 'file', 'a', 'text'],
			['rcs', 'image', 'a.png', 'image'],
			['rcs', 'image', 'a.gif', 'text'],
			['rcs', 'audio', 'a.mp3', 'text'],
			['rcs', 'file', 'a.pdf', 'file'],
			['messenger', 'audio', 'a.mp3', 'audio'],
			['messenger', 'audio', 'a.ogg', 'file'],
			['messenger', 'file', 'a.zip', 'file'],
			['viber_service', 'image', 'a.png', 'image'],
			['viber_service', 'image', 'a.gif', 'text'],
			['viber_service', 'video', 'a.mp4', 'text'],
			['whatsapp', 'image', 'a.jpg', 'image'],
			['whatsapp', 'image', 'a.gif', 'file'],
			['whatsapp', 'audio', 'a.ogg', 'audio'],
			['whatsapp', 'file', 'a.zip', 'file'],
		] as const)('by %s, %s %s goes as %s', (channel, type, name, kind) => {
			const content = kind === 'text' ? link(name) : { url: link(name) };
			expect(send(attachment(type, name), { channel })).toMatchObject([
				{ message_type: kind, [kind]: content },
			]);
		});

		it("keeps the name and the caption of WhatsApp's document", () => {
			const message = attachment('file', 'x', { fileName: 'bill.pdf', description: 'The bill' });
			expect(send(message, { channel: 'whatsapp' })).toMatchObject([
				{ file: { url: link('x'), name: 'bill.pdf', caption: 'The bill' } },
			]);
		});

		it.each([
			['mms', 1000, ['image']],
			['mms', 1001, ['image', 'text', 'text']],
			['rcs', 5, ['image', 'text']],
		])('by %s, a caption of %i characters', (channel, length, types) => {
			const sent = send(attachment('image', 'a.jpg', { description: 'x'.repeat(length) }), {
				channel,
			});
			expect(sent.map(({ message_type }) => message_type)).toEqual(types);
		});

		it("sends places and quick replies as WhatsApp's own messages", () => {
			const place = { type: 'location' as const, latitude: 3.1, longitude: 101.7, address: 'KL' };
			const replies = { type: 'quick_reply' as const, title: 'Size?', replies: ['S', 'M'] };
			const [{ body }] = whatsapp.outgoing(place, to, {
				now: NOW,
				settings: { phoneNumberId: '1' },
			});
			expect(body.location).toMatchObject({ address: 'KL' });
			expect(send(place, { channel: 'whatsapp' })).toMatchObject([
				{ message_type: 'custom', custom: { type: 'location', location: body.location } },
			]);
			expect(send(replies, { channel: 'whatsapp' })).toMatchObject([
				{
					message_type: 'custom',
					custom: { type: 'interactive', interactive: { type: 'button', body: { text: 'Size?' } } },
				},
			]);
		});

		it.each([
			['rcs', ['S', 'M'], 2],
			['rcs', ['x'.repeat(26)], 0],
			['sms', ['S', 'M'], 0],
			['messenger', ['S', 'M'], 0],
		])('by %s, the replies %j as %i chips, else numbered', (channel, replies, chips) => {
			const [body] = send({ type: 'quick_reply', title: 'Size?', replies }, { channel });
			expect(body.suggestions ?? []).toEqual(
				replies.slice(0, chips).map((reply) => ({
					type: 'reply',
					text: reply,
					postback_data: reply,
				})),
			);
			expect(body.text).toEqual(chips > 0 ? 'Size?' : expect.stringContaining(`1. ${replies[0]}`));
		});
	});

	it('finds the message id in the answer', () => {
		const answer = { message_uuid: 'aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab' };
		expect(vonage.readResponse(answer)).toEqual({ taken: true, messageId: answer.message_uuid });
		expect(vonage.readResponse({ statusCode: 202, headers: {}, body: answer })).toEqual({
			taken: true,
			messageId: answer.message_uuid,
		});
	});
});
