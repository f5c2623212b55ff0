import type { OutgoingMessage } from '../../../nodes/RespondIoCustomChannel/providers/provider';
import { viber } from '../../../nodes/RespondIoCustomChannel/providers/viber';
import { describeLaws, NOW, payloadsOf, shownOf } from './laws';

const payloads = payloadsOf('viber');
const read = (name: string) => viber.incoming(payloads[name], { now: NOW }).events;

const receiver = '01234567890A=';
const settings = { senderName: 'Leggy Cat' };
const send = (message: OutgoingMessage, more: Record<string, string> = {}, to = receiver) =>
	viber
		.outgoing(message, to, { now: NOW, settings: { ...settings, ...more } })
		.map(({ body }) => body);

interface Button {
	Text: string;
	ActionBody: string;
}

const buttonsOf = (body: Record<string, unknown>): Button[] =>
	(body.keyboard as { Buttons?: Button[] } | undefined)?.Buttons ?? [];

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

describe.each([
	['whose size is not known', {}],
	['whose size is known', { fileSize: '10000' }],
])('Viber, with attachments %s', (_, more) => {
	describeLaws(viber, {
		payloads,
		contactId: receiver,
		settings: { ...settings, ...more },
		requestFaults: ({ url, body }) => {
			const { type, text = '' } = body as { type: string; text?: string };
			const needsSize = type === 'video' || type === 'file';
			return [
				...(url === 'https://chatapi.viber.com/pa/send_message' ? [] : ['url']),
				...(body.receiver === receiver ? [] : ['receiver']),
				...(type === 'text' && (text.length > 7000 || text.trim() === '') ? ['text'] : []),
				...(type === 'picture' && text.length > 768 ? ['caption'] : []),
				...(needsSize && typeof body.size !== 'number' ? ['size'] : []),
				...(type === 'file' && typeof body.file_name !== 'string' ? ['file_name'] : []),
				...(buttonsOf(body).some(({ Text }) => Text.length > 250) ? ['button'] : []),
				...(bytes(body) > 30_000 ? ['bytes'] : []),
			];
		},
	});
});

describe('Viber', () => {
	describe('incoming', () => {
		it.each([
			['text', ['a message to the service']],
			[
				'picture',
				[
					'image https://dl-media.example/cat.jpg?Expires=1769855400&Signature=lL-Wc cat.jpg My cat',
				],
			],
			['video', ['video https://dl-media.example/clip.mp4?Expires=1769855400', 'Look']],
			['file', ['file https://dl-media.example/bill?Expires=1769855400 bill.pdf']],
			['sticker', ['image https://content.example/stickers/100/40100/00040138.png']],
			['stickerWithoutPicture', ['[sticker] 40138']],
			['contact', ['Contact: Ali Rahman\n+60123456789']],
			['location', ['50.76891,6.11499']],
			['url', ['This one\nhttps://shop.example/offer']],
			['unknownType', ['[hologram]']],
			['delivered', ['delivered']],
			['seen', ['read']],
			['failed', ['failed: failure description']],
			['failedWithoutReason', ['failed: Viber gave no reason for the failure.']],
		])('%s', (name, shown) => {
			expect(read(name).map(shownOf)).toEqual(shown);
		});

		it.each([
			['emptyText', 'empty message'],
			['webhook', 'webhook'],
			['subscribed', 'subscribed'],
			['unsubscribed', 'unsubscribed'],
			['conversationStarted', 'conversation_started'],
			['payment', 'client_status'],
		])('%s: no message, counted', (name, kind) => {
			expect(viber.incoming(payloads[name], { now: NOW })).toEqual({
				events: [],
				failures: [],
				ignored: { [kind]: 1 },
			});
		});

		it('tells who wrote, what and when', () => {
			expect(read('text')).toEqual([
				{
					type: 'message',
					contactId: receiver,
					messageId: '4912661846655238000',
					timestamp: 1769851800000,
					contact: {
						firstName: 'John McClane',
						profilePic: 'https://media-direct.example/avatar.jpg',
						countryCode: 'GB',
						language: 'en',
					},
					message: { type: 'text', text: 'a message to the service' },
				},
			]);
		});

		it('leaves out what respond.io would not take of a contact', () => {
			expect(read('textOfUnusualSender')).toMatchObject([{ contact: { firstName: 'Subscriber' } }]);
			expect(Object.keys(read('textOfUnusualSender')[0].contact ?? {})).toEqual(['firstName']);
		});
	});

	it('has one id of a message in its answer and its statuses, whether its token is rounded or not', () => {
		const answer = '{"status":0,"status_message":"ok","message_token":4912661846655238145}';
		const status = '{"event":"seen","message_token":4912661846655238145,"user_id":"01234567890A="}';
		const [event] = viber.incoming(JSON.parse(status), { now: NOW }).events;
		expect(viber.readResponse(JSON.parse(answer))).toEqual({
			taken: true,
			messageId: event.messageId,
		});
		expect(viber.readResponse({ status: 0, message_token: '4912661846655238145' })).toEqual({
			taken: true,
			messageId: event.messageId,
		});
	});

	it('finds no message id in a refusal, which Viber answers with 200', () => {
		const refusal = {
			status: 6,
			status_message: 'notSubscribed',
			message_token: 4912661846655238000,
		};
		expect(viber.readResponse(refusal)).toEqual({
			taken: false,
			reason: 'notSubscribed (status 6)',
		});
		expect(viber.readResponse({ ...refusal, status: 0 })).toEqual({
			taken: true,
			messageId: '4912661846655238000',
		});
	});

	describe('outgoing', () => {
		const link = (name: string) => `https://files.example/${name}`;
		const attachment = (type: 'image' | 'video' | 'audio' | 'file', name: string, more = {}) => ({
			type: 'attachment' as const,
			attachment: { type, url: link(name), ...more },
		});
		const sender = { name: 'Leggy Cat' };

		it('is JSON from the named sender, without a secret', () => {
			const context = { now: NOW, settings: { ...settings, senderAvatar: link('cat.png') } };
			expect(viber.outgoing({ type: 'text', text: 'Hi' }, receiver, context)).toEqual([
				{
					method: 'POST',
					url: 'https://chatapi.viber.com/pa/send_message',
					headers: { 'content-type': 'application/json' },
					contentType: 'json',
					body: {
						receiver,
						sender: { name: 'Leggy Cat', avatar: link('cat.png') },
						type: 'text',
						text: 'Hi',
					},
				},
			]);
		});

		it('refuses a sender name that Viber would refuse', () => {
			const senderName = 'x'.repeat(29);
			expect(() => send({ type: 'text', text: 'Hi' }, { senderName })).toThrow(/29 .*28/);
			expect(() => send({ type: 'text', text: 'Hi' }, { senderName: ' ' })).toThrow(/senderName/);
		});

		it.each(['', 'mei', '+60123456789', '60123456789', '01234567 890A='])(
			'refuses the contact id %j',
			(contactId) => {
				expect(() => send({ type: 'text', text: 'Hi' }, {}, contactId)).toThrow('none of Viber');
			},
		);

		it.each([
			['image', 'a.jpg', { type: 'picture', text: '', media: link('a.jpg') }],
			['image', 'a.PNG?sig=1', { type: 'picture', text: '', media: link('a.PNG?sig=1') }],
			['image', 'a.gif', { type: 'url', media: link('a.gif') }],
			['image', 'a.webp', { type: 'text', text: link('a.webp') }],
			['image', 'a', { type: 'text', text: link('a') }],
			['video', 'a.mp4', { type: 'text', text: link('a.mp4') }],
			['audio', 'a.mp3', { type: 'text', text: link('a.mp3') }],
			['file', 'a.pdf', { type: 'text', text: link('a.pdf') }],
		] as const)('sends %s %s of unknown size as it can', (type, name, content) => {
			expect(send(attachment(type, name))).toEqual([{ receiver, sender, ...content }]);
		});

		it.each([
			['image', 'a.webp', 1000, 'file'],
			['video', 'a.mp4', 1000, 'video'],
			['video', 'a.webm', 1000, 'file'],
			['video', 'a.mp4', 27 * 1024 * 1024, 'file'],
			['audio', 'a.mp3', 1000, 'file'],
			['file', 'a.pdf', 1000, 'file'],
			['file', 'a', 1000, 'text'],
			['file', 'a.pdf', 51 * 1024 * 1024, 'text'],
			['file', 'a.pdf', 0, 'text'],
		] as const)('sends %s %s of %i bytes as %s', (type, name, size, kind) => {
			const [body] = send(attachment(type, name), { fileSize: String(size) });
			expect(body).toMatchObject(
				{
					text: { type: 'text', text: link(name) },
					video: { type: 'video', media: link(name), size },
					file: { type: 'file', media: link(name), size, file_name: name },
				}[kind],
			);
		});

		it('sends the link of a file that does not end in an extension', () => {
			const file = attachment('file', 'download', { fileName: 'bill.pdf' });
			expect(send(file, { fileSize: '1000' })).toMatchObject([
				{ type: 'text', text: `bill.pdf\n${link('download')}` },
			]);
		});

		it.each([
			['a.jpg', 768, ['picture']],
			['a.jpg', 769, ['picture', 'text']],
			['a.gif', 5, ['url', 'text']],
		])('the caption of %s, %i characters', (name, length, types) => {
			const sent = send(attachment('image', name, { description: 'x'.repeat(length) }));
			expect(sent.map(({ type }) => type)).toEqual(types);
		});

		it('sends the address after the place', () => {
			const place = { type: 'location' as const, latitude: 3.1, longitude: 101.7, address: 'KL' };
			expect(send(place)).toMatchObject([
				{ type: 'location', location: { lat: 3.1, lon: 101.7 } },
				{ type: 'text', text: 'KL' },
			]);
		});

		it('shows quick replies as a keyboard whose taps are messages', () => {
			const [body] = send({ type: 'quick_reply', title: 'Size?', replies: ['S', 'M & <L>'] });
			expect(body).toMatchObject({ type: 'text', text: 'Size?', keyboard: { Type: 'keyboard' } });
			expect(buttonsOf(body)).toEqual([
				{ Columns: 6, Rows: 1, ActionType: 'reply', ActionBody: 'S', Text: 'S' },
				{
					Columns: 6,
					Rows: 1,
					ActionType: 'reply',
					ActionBody: 'M & <L>',
					Text: 'M &amp; &lt;L&gt;',
				},
			]);
		});

		it('numbers a reply that no button holds', () => {
			const reply = 'x'.repeat(251);
			expect(send({ type: 'quick_reply', title: 'Size?', replies: [reply] })).toMatchObject([
				{ type: 'text', text: `Size?\n\n1. ${reply}` },
			]);
		});

		it.each([
			['with buttons where they fit', '😀'.repeat(3400), 10],
			['without where they do not', '\u0001'.repeat(4600), 0],
		])('keeps a request below 30 kB, %s', (_, title, buttons) => {
			const replies = Array.from({ length: 10 }, (_unused, index) => `${index}`.padEnd(200, '文'));
			const sent = send({ type: 'quick_reply', title, replies });
			expect(sent.map(bytes).filter((length) => length > 30_000)).toEqual([]);
			expect(sent.flatMap(buttonsOf)).toHaveLength(buttons);
			expect(JSON.stringify(sent).includes(replies[9])).toBe(true);
		});

		it('keeps a request below 30 kB that has the longest of links in it', () => {
			const senderAvatar = link(`${'a'.repeat(1970)}.png`);
			const sent = send({ type: 'text', text: '\u0001'.repeat(7000) }, { senderAvatar });
			expect(sent.map(bytes).filter((length) => length > 30_000)).toEqual([]);
		});
	});
});
