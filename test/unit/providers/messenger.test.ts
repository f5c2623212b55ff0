import { messenger } from '../../../nodes/RespondIoCustomChannel/providers/messenger';
import type { OutgoingMessage } from '../../../nodes/RespondIoCustomChannel/providers/provider';
import { writeReference } from '../../../nodes/RespondIoCustomChannel/providers/reference';
import { describeLaws, NOW, payloadsOf, shownOf } from './laws';

const payloads = payloadsOf('messenger');
const PSID = '254477777772919';
const read = (name: string) => messenger.incoming(payloads[name], { now: NOW });
const send = (message: OutgoingMessage, settings = {}) =>
	messenger.outgoing(message, PSID, { now: NOW, settings });
const url = 'https://cdn.fbsbx.example/v/t59/file';

describe('Messenger', () => {
	describeLaws(messenger, {
		payloads,
		contactId: PSID,
		settings: { pageId: '682498302938465' },
		lists: [
			'entry',
			...['messaging', 'standby', 'changes'].flatMap((list) => [list, `entry.*.${list}`]),
		],
		requestFaults: ({ url: to, body }) => {
			const { text = '', quick_replies = [] } = body.message as {
				text?: string;
				quick_replies?: Array<{ title: string }>;
			};
			return [
				...(to === 'https://graph.facebook.com/v25.0/682498302938465/messages' ? [] : ['url']),
				...(text.length > 2000 ? ['text'] : []),
				...(quick_replies.length > 13 ? ['quick replies'] : []),
				...(quick_replies.some(({ title }) => Array.from(title).length > 20) ? ['title'] : []),
			];
		},
	});

	describe('incoming', () => {
		it.each([
			['text', ['Hello']],
			['triggerItem', ['Hello']],
			['quickReply', ['Red']],
			['images', [`image ${url}1.jpg?oh=1&oe=2`, `image ${url}2.jpg`]],
			['textAndVideo', ['Look', `video ${url}.mp4`]],
			['audio', [`audio ${url}.mp4`]],
			['file', [`file ${url}.pdf`]],
			['sticker', [`image ${url}.png`]],
			['stickerOfItsOwnType', [`image ${url}.png`]],
			['location', ["3.139003,101.686855 Mei's location"]],
			['link', ['https://shop.example/tea', '[fallback]\nTea\nhttps://shop.example/tea']],
			['template', ['[template]\nGreen tea\nRM12']],
			['post', ['[post]\nNew teas\nhttps://www.facebook.example/tea/posts/1']],
			['reelOnItsPage', ['[reel]\nHow to brew\nhttps://www.facebook.com/reel/1234567890']],
			['fallbackWithoutPayload', ['[fallback]']],
			[
				'appointment',
				[
					'[appointment booking]\nrequested\n2025-02-15T09:40:00.000Z\n2025-02-15T10:40:00.000Z\nAmerica/Los_Angeles',
				],
			],
			['fromShop', ['Do you have it in green?', 'Came from: product 4242424242']],
			['fromAd', ['How much?', 'Came from: New teas\nhttps://cdn.fbsbx.example/ad.jpg\nAD1']],
			['echo', ['Hello, how can we help?']],
			[
				'echoOfButtons',
				['[template]\nWhat next?\nVisit the shop\nhttps://shop.example/\nTalk to us'],
			],
			['referral', ['Came from: spring-sale']],
			['postback', ['Get Started']],
			['postbackWithoutMid', ['Get Started']],
			['reaction', ['Reacted with ❤']],
			['reactionRemoved', ['Removed the reaction']],
			['edit', ['Edited: Hello there']],
			['delivery', ['delivered', 'delivered']],
			['standby', ['While the inbox has it']],
		])('%s', (name, shown) => {
			expect(read(name).events.map(shownOf)).toEqual(shown);
		});

		it.each([
			['deliveryWithoutMids', 'delivery without message ids'],
			['read', 'read without message id'],
			['optin', 'optin'],
			['handover', 'pass_thread_control'],
			['referralWithoutRef', 'empty message'],
			['policy', 'policy_enforcement'],
			['feed', 'feed'],
		])('%s: no message, counted', (name, kind) => {
			expect(read(name)).toEqual({ events: [], failures: [], ignored: { [kind]: 1 } });
		});

		it("has the customer for contact, of the page's own messages too", () => {
			expect(read('text').events).toMatchObject([{ type: 'message', contactId: PSID }]);
			expect(read('echo').events).toMatchObject([{ type: 'message_echo', contactId: PSID }]);
			expect(read('delivery').events).toMatchObject([{ contactId: PSID }, { contactId: PSID }]);
		});

		const echoOf = (message: object) =>
			messenger.incoming(
				{
					id: '682498302938465',
					messaging: [
						{
							sender: { id: '682498302938465' },
							recipient: { id: PSID },
							timestamp: 1769851800000,
							message: { mid: 'm_1', is_echo: true, ...message },
						},
					],
				},
				{ now: NOW },
			);
		const picture = { attachments: [{ type: 'image', payload: { url: `${url}.jpg` } }] };

		it.each([
			['the only request of a message', { part: 1, parts: 1 }, { text: 'Hello' }],
			['the picture', { part: 1, parts: 2 }, picture],
			['its caption', { part: 2, parts: 2 }, { text: 'A cat' }],
			['a part whose echo has no app', { part: 2, parts: 3 }, { text: 'more', app_id: undefined }],
		])('leaves out the echo of our own: %s', (_, part, message) => {
			const metadata = writeReference({ mId: 'f3ab6a2e-5d8f-4c7e-9a53-0d1b2c3d4e5f', ...part });
			expect(echoOf({ app_id: 555000111, metadata, ...message })).toEqual({
				events: [],
				failures: [],
				ignored: { 'echo of our own message': 1 },
			});
		});

		it('leaves out the echo of a request that was made by hand and marked', () => {
			const { events, ignored } = echoOf({ text: 'Hello', metadata: 'respond.io' });
			expect([events, ignored]).toEqual([[], { 'echo of our own message': 1 }]);
		});

		it("leaves out our own in a conversation that another app has, and not the customer's message", () => {
			const metadata = writeReference({ mId: 'm1', part: 1, parts: 1 });
			const given = payloads.standby as { entry: Array<{ standby: object[] }> };
			const [event] = given.entry[0].standby;
			const echo = { ...event, message: { mid: 'm_2', is_echo: true, text: 'Hello', metadata } };
			const ours = messenger.incoming({ standby: [echo] }, { now: NOW });
			expect([ours.events, ours.ignored]).toEqual([[], { 'echo of our own message': 1 }]);
			const customer = { ...event, message: { mid: 'm_3', text: 'Hello', metadata } };
			expect(messenger.incoming({ standby: [customer] }, { now: NOW }).events).toMatchObject([
				{ type: 'message', messageId: 'm_3' },
			]);
		});

		it.each([
			['of another app', { app_id: 555000111 }, true],
			['of an app that marks its own messages', { app_id: 555000111, metadata: 'bot-1' }, true],
			['of no app', {}, true],
			["of a person in Meta's inbox", { app_id: 263902037430900 }, undefined],
			['of a person in the inbox, its id as a text', { app_id: '263902037430900' }, undefined],
			['of a person in the inbox, its id as documented', { app_id: 26390203743090 }, undefined],
		])('gives the echo %s, and whether it may be ours', (_, message, mayBeOurs) => {
			const { events } = echoOf({ text: 'Hello', ...message });
			expect(events).toEqual([
				{
					type: 'message_echo',
					contactId: PSID,
					messageId: 'm_1',
					timestamp: 1769851800000,
					message: { type: 'text', text: 'Hello' },
					...(mayBeOurs && { mayBeOurs }),
					origin: { place: 'messaging[0]', payload: expect.anything() },
				},
			]);
		});

		it('refuses the webhook of Instagram', () => {
			expect(() => messenger.incoming({ object: 'instagram', entry: [] }, { now: NOW })).toThrow(
				'no payload of Messenger',
			);
		});
	});

	describe('outgoing', () => {
		const recipient = { id: PSID };

		it('answers from the page of the token, unless told which', () => {
			expect(send({ type: 'text', text: 'Hi' })).toEqual([
				{
					method: 'POST',
					url: 'https://graph.facebook.com/v25.0/me/messages',
					headers: { 'content-type': 'application/json' },
					contentType: 'json',
					body: { recipient, messaging_type: 'RESPONSE', message: { text: 'Hi' } },
				},
			]);
		});

		it('tags a message that comes late', () => {
			const [{ body }] = send({ type: 'text', text: 'Hi' }, { tag: 'HUMAN_AGENT' });
			expect(body).toEqual({
				recipient,
				messaging_type: 'MESSAGE_TAG',
				tag: 'HUMAN_AGENT',
				message: { text: 'Hi' },
			});
		});

		it('sends a caption after the file', () => {
			const image = { type: 'image' as const, url: `${url}.jpg`, description: 'A cat' };
			const bodies = send({ type: 'attachment', attachment: image });
			expect(bodies.map(({ body }) => body.message)).toEqual([
				{ attachment: { type: 'image', payload: { url: `${url}.jpg` } } },
				{ text: 'A cat' },
			]);
		});

		it('sends a place as a link', () => {
			const [{ body }] = send({ type: 'location', latitude: 3.1, longitude: 101.7, address: 'KL' });
			expect(body.message).toEqual({
				text: 'KL\nhttps://www.google.com/maps/search/?api=1&query=3.1,101.7',
			});
		});

		it.each([
			[20, { quick_replies: [expect.objectContaining({ title: 'x'.repeat(20) })] }],
			[21, { text: `Tea?\n\n1. ${'x'.repeat(21)}` }],
		])('a reply of %i characters', (length, message) => {
			const [{ body }] = send({
				type: 'quick_reply',
				title: 'Tea?',
				replies: ['x'.repeat(length)],
			});
			expect(body.message).toMatchObject(message);
		});
	});

	it('finds the message id in the answer', () => {
		expect(messenger.readResponse({ recipient_id: PSID, message_id: 'm_AG5Hz2U' })).toEqual({
			taken: true,
			messageId: 'm_AG5Hz2U',
		});
	});
});
