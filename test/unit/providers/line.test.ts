import { line } from '../../../nodes/RespondIoCustomChannel/providers/line';
import type { OutgoingMessage } from '../../../nodes/RespondIoCustomChannel/providers/provider';
import { describeLaws, NOW, payloadsOf, shownOf } from './laws';

const payloads = payloadsOf('line');
const read = (name: string, binary = {}) =>
	line.incoming(payloads[name], { now: NOW, binary }).events;

const user = 'U4af4980629a0b1c2d3e4f5a6b7c8d9e0';
const send = (message: OutgoingMessage, settings: Record<string, string> = {}, to = user) =>
	line.outgoing(message, to, { now: NOW, settings }).map(({ body }) => body);
const messages = (message: OutgoingMessage, settings: Record<string, string> = {}) =>
	send(message, settings).flatMap((body) => body.messages as Array<Record<string, unknown>>);

interface LineMessage {
	type: string;
	text?: string;
	title?: string;
	address?: string;
	originalContentUrl?: string;
	previewImageUrl?: string;
	duration?: number;
	quickReply?: { items: Array<{ action: { label: string; text: string } }> };
}

/** The rules of the reference, by hand: the type package has no lengths. */
function faultsOf(message: LineMessage): string[] {
	const { type, text = '', title = '', address = '', quickReply } = message;
	const items = quickReply?.items ?? [];
	return [
		...(['text', 'image', 'video', 'audio', 'location'].includes(type) ? [] : ['type']),
		...(type === 'text' && (text.trim() === '' || text.length > 5000) ? ['text'] : []),
		...(type === 'location' && (title.trim() === '' || title.length > 100) ? ['title'] : []),
		...(type === 'location' && (address.trim() === '' || address.length > 100) ? ['address'] : []),
		...(['image', 'video'].includes(type) && !message.previewImageUrl ? ['preview'] : []),
		...(type === 'audio' && !message.duration ? ['duration'] : []),
		...(items.length > 13 ? ['items'] : []),
		...items.filter(({ action }) => action.label.length > 20).map(() => 'label'),
		...items.filter(({ action }) => action.text.length > 300).map(() => 'text of a tap'),
	];
}

describe.each([
	['alone', {}],
	[
		'with a preview and a length',
		{ previewImageUrl: 'https://a.example/p.jpg', audioDuration: '9' },
	],
])('LINE, attachments %s', (_, settings) => {
	describeLaws(line, {
		payloads,
		contactId: user,
		settings,
		lists: ['events'],
		requestFaults: ({ url, body }) => {
			const list = body.messages as LineMessage[];
			return [
				...(url === 'https://api.line.me/v2/bot/message/push' ? [] : ['url']),
				...(body.to === user ? [] : ['to']),
				...(list.length >= 1 && list.length <= 5 ? [] : ['messages']),
				...list.flatMap(faultsOf),
			];
		},
	});
});

describe('LINE', () => {
	describe('incoming', () => {
		it.each([
			['text', ['@All @example Good Morning!! (love)']],
			['several', ['One', 'Two']],
			['image', ['image 354718705033693859']],
			['imageElsewhere', ['image https://files.example/cat.jpg']],
			['video', ['video 325708']],
			['audio', ['audio 325709']],
			['file', ['file 325710 bill.pdf']],
			[
				'location',
				['35.687574,139.72922 my location, 日本、〒160-0004 東京都新宿区四谷一丁目6番1号'],
			],
			['sticker', ['[Sticker] cony, sally, Staring, hi, whatsup']],
			['messageSticker', ["[Sticker] Let's\nhang out\nthis weekend! Anticipation"]],
			['unknownType', ['[hologram]']],
			['groupText', [`${user}: Hello, world`]],
			['groupImage', [`image 5 ${user}`]],
			['roomLocation', ['35.687574,139.72922']],
			['postback', ['storeId=12345\n2017-12-25T01:00']],
			['unsend', ['A message was unsent in LINE']],
			['quote', ['Yes, this one']],
		])('%s', (name, shown) => {
			expect(read(name).map(shownOf)).toEqual(shown);
		});

		it.each([
			['verification', 'webhook test'],
			['unfollow', 'unfollow'],
			['join', 'join'],
			['delivery', 'delivery'],
			['richMenuSwitch', 'empty message'],
		])('%s: no message, counted', (name, kind) => {
			expect(line.incoming(payloads[name], { now: NOW })).toEqual({
				events: [],
				failures: [],
				ignored: { [kind]: 1 },
			});
		});

		it('counts each event that is no message', () => {
			expect(line.incoming(payloads.noMessages, { now: NOW })).toEqual({
				events: [],
				failures: [],
				ignored: {
					leave: 1,
					memberJoined: 1,
					memberLeft: 1,
					videoPlayComplete: 1,
					beacon: 1,
					accountLink: 1,
					membership: 1,
					botSuspended: 1,
				},
			});
		});

		it('counts what it leaves out beside what it reads, and gives each event its own contact', () => {
			const { events, ignored } = line.incoming(payloads.several, { now: NOW });
			expect(ignored).toEqual({ follow: 1 });
			expect(events.map(({ contactId, messageId }) => [contactId, messageId])).toEqual([
				[user, '1'],
				[`${user.slice(0, -1)}1`, '2'],
			]);
		});

		it('gives a redelivered event the id of the first, so that it is posted once', () => {
			expect(read('redelivered')[0].messageId).toBe(read('text')[0].messageId);
		});

		it('has the group as the contact', () => {
			expect(read('groupText')[0].contactId).toBe('Ca56f94637c0a1b2c3d4e5f60718293a4');
			expect(read('roomLocation')[0].contactId).toBe('Ra8dbf4673c4c812cd491258042226c99');
		});

		it('points at what the workflow has downloaded', () => {
			expect(read('file', { data: { mimeType: 'application/pdf' } })).toMatchObject([
				{
					timestamp: 1769851800000,
					message: {
						attachment: {
							source: { binaryPropertyName: 'data' },
							mimeType: 'application/pdf',
							fileName: 'bill.pdf',
						},
					},
				},
			]);
		});
	});

	it('takes the id of the first message sent', () => {
		const answer = { sentMessages: [{ id: '461230966842064897', quoteToken: 'IStG5h1Tz7b' }] };
		expect(line.readResponse(answer)).toEqual({ taken: true, messageId: '461230966842064897' });
		expect(line.readResponse({ statusCode: 200, body: answer })).toEqual({
			taken: true,
			messageId: '461230966842064897',
		});
	});

	describe('outgoing', () => {
		const link = (name: string) => `https://files.example/${name}`;
		const attachment = (type: 'image' | 'video' | 'audio' | 'file', name: string, more = {}) => ({
			type: 'attachment' as const,
			attachment: { type, url: link(name), ...more },
		});

		it.each(['', 'mei', '+60123456789', 'U123', `X${user.slice(1)}`])(
			'refuses the contact id %j',
			(contactId) => {
				expect(() => send({ type: 'text', text: 'Hi' }, {}, contactId)).toThrow('none of LINE');
			},
		);

		it('fills a request with five messages before the next', () => {
			const bodies = send({ type: 'text', text: 'x'.repeat(5000 * 6) });
			expect(bodies.map((body) => (body.messages as unknown[]).length)).toEqual([5, 1]);
		});

		it.each([
			['image', 'a.jpg', {}, { type: 'image', previewImageUrl: link('a.jpg') }],
			['image', 'a.gif', {}, { type: 'text', text: link('a.gif') }],
			['video', 'a.mp4', {}, { type: 'text', text: link('a.mp4') }],
			[
				'video',
				'a.mp4',
				{ previewImageUrl: link('p.jpg') },
				{ type: 'video', previewImageUrl: link('p.jpg') },
			],
			['audio', 'a.m4a', {}, { type: 'text', text: link('a.m4a') }],
			['audio', 'a.m4a', { audioDuration: '60000' }, { type: 'audio', duration: 60000 }],
			['audio', 'a.wav', { audioDuration: '60000' }, { type: 'text', text: link('a.wav') }],
			['file', 'a.pdf', {}, { type: 'text', text: link('a.pdf') }],
		] as const)('sends %s %s with %j as it can', (type, name, settings, expected) => {
			expect(messages(attachment(type, name), settings)).toMatchObject([expected]);
		});

		it('sends a link of http, or too long, as text, which LINE would refuse as a picture', () => {
			for (const url of ['http://files.example/a.jpg', link(`${'a'.repeat(2000)}.jpg`)]) {
				expect(messages({ type: 'attachment', attachment: { type: 'image', url } })).toEqual([
					{ type: 'text', text: url },
				]);
			}
		});

		it.each([
			['写 真.jpg', '%E5%86%99%20%E7%9C%9F.jpg'],
			['100%25 [1]|2.jpg?a={b}&c=%2F', '100%25%20%5B1%5D%7C2.jpg?a=%7Bb%7D&c=%2F'],
		])('percent-encodes the link %s', (name, encoded) => {
			expect(messages(attachment('image', name))).toMatchObject([
				{ originalContentUrl: link(encoded), previewImageUrl: link(encoded) },
			]);
			const long = `${'写'.repeat(300)}.jpg`;
			expect(messages(attachment('image', long))).toEqual([{ type: 'text', text: link(long) }]);
		});

		it('gives the length of an audio in whole milliseconds', () => {
			const settings = { audioDuration: '12345.67' };
			expect(messages(attachment('audio', 'a.m4a'), settings)).toMatchObject([{ duration: 12346 }]);
		});

		it('sends a caption after the picture', () => {
			expect(messages(attachment('image', 'a.jpg', { description: 'Look' }))).toMatchObject([
				{ type: 'image' },
				{ type: 'text', text: 'Look' },
			]);
		});

		it('names a place, whose long address follows', () => {
			const place = { type: 'location' as const, latitude: 3.1, longitude: 101.7 };
			expect(messages(place)).toMatchObject([{ title: 'Location', address: '3.1, 101.7' }]);
			expect(messages({ ...place, address: 'Twin Towers, KL' })).toMatchObject([
				{ title: 'Twin Towers', address: 'Twin Towers, KL' },
			]);
			const address = 'word '.repeat(40).trim();
			expect(messages({ ...place, address })).toMatchObject([
				{ type: 'location' },
				{ type: 'text', text: address },
			]);
		});

		it('shows quick replies as buttons, else numbered', () => {
			expect(messages({ type: 'quick_reply', title: 'Size?', replies: ['S', 'M'] })).toEqual([
				{
					type: 'text',
					text: 'Size?',
					quickReply: {
						items: ['S', 'M'].map((reply) => ({
							type: 'action',
							action: { type: 'message', label: reply, text: reply },
						})),
					},
				},
			]);
			expect(
				messages({ type: 'quick_reply', title: 'Size?', replies: ['x'.repeat(21), 'M'] }),
			).toMatchObject([{ text: `Size?\n\n1. ${'x'.repeat(21)}\n2. M` }]);
		});
	});
});
