import type {
	OutgoingMessage,
	ProviderEvent,
} from '../../../nodes/RespondIoCustomChannel/providers/provider';
import { telegram } from '../../../nodes/RespondIoCustomChannel/providers/telegram';
import { describeLaws, NOW, payloadsOf, shownOf } from './laws';

const payloads = payloadsOf('telegram');
const context = { now: NOW };
const read = (name: string) => telegram.incoming(payloads[name], context);
const send = (message: OutgoingMessage, contactId = '521000111', settings = {}) =>
	telegram
		.outgoing(message, contactId, { now: NOW, settings })
		.map(({ url, body }) => [url.split('/').pop(), body]);

describe('Telegram', () => {
	describeLaws(telegram, {
		payloads,
		contactId: '521000111',
		settings: {},
		requestFaults: ({ body }) => {
			const { text, caption } = body as { text?: string; caption?: string };
			return [
				...((text?.length ?? 0) > 4096 ? ['text'] : []),
				...((caption?.length ?? 0) > 1024 ? ['caption'] : []),
				...(body.chat_id === 521000111 ? [] : ['chat_id']),
			];
		},
	});

	describe('incoming', () => {
		it.each([
			['text', ['Hello']],
			['textWithHiddenLink', ['See here\nhttps://shop.example/offer']],
			['photo', ['image AgACAgUAAxkBAAIlarge My cat']],
			['photoOfAlbum', ['image AgACAgUAAxkBAAIlarge']],
			['photoWithLongCaption', ['image AgACAgUAAxkBAAIlarge', 'word '.repeat(60)]],
			['video', ['video BAACAgUAAxkBAAIBY2 clip.mp4', 'Look']],
			['animation', ['video CgACAgUAAxkBAAIBY2 dance.mp4']],
			['gifAnimation', ['image CgACAgUAAxkGAAIBY2 wave.gif']],
			['audio', ['audio CQACAgUAAxkBAAIBY2 song.mp3']],
			['voice', ['audio AwACAgUAAxkBAAIBY2']],
			['videoNote', ['video DQACAgUAAxkBAAIBY2']],
			['document', ['file BQACAgUAAxkBAAIBY2 bill.pdf', 'The bill']],
			['imageDocument', ['image BQACAgUAAxkCAAIBY2 scan.png']],
			['sticker', ['image CAACAgUAAxkBAAIBY2 😀']],
			['animatedSticker', ['[Sticker] 👋']],
			['videoSticker', ['video CAACAgUAAxkDAAIBY2', '🎉']],
			['livePhoto', ['image AgACAgUAAxkBAAIlarge', 'video LPACAgUAAxkBAAIBY2']],
			[
				'livePhotoWithCaption',
				['image AgACAgUAAxkBAAIlarge By the sea', 'video LPACAgUAAxkBAAIBY2'],
			],
			['paidMedia', ['image AgACAgUAAxkBAAIlarge', 'video BAACAgUAAxkPAAIBY2', 'For you']],
			['location', ['3.139003,101.686855']],
			['venue', ['3.157764,101.711861 Twin Towers, Kuala Lumpur']],
			['contact', ['Contact: Ali Rahman\n+60123456789\nali@example.com']],
			[
				'contactOfSeveralNumbers',
				['Contact: Ali\n60123456789\n+60 12-345 6789\n+60312345678\nali@example.com'],
			],
			['poll', ['Poll: Which size?\n1. Small\n2. Large']],
			['quiz', ['Poll: Which tea?\nLook at the cups\n1. Green\n2. Black\nIt is roasted']],
			['openChecklist', ['To do\n☐ Pay\n☑ Choose']],
			['checklistTasksAdded', ['☐ Sugar']],
			['checklist', ['To buy\n☑ Tea\n☐ Milk']],
			['dice', ['🎲 6']],
			['story', ['[Story] Shop https://t.me/shop_news/s/12']],
			['successfulPayment', ["Paid\n1990 MYR (in the currency's smallest unit)"]],
			['giveaway', ['Giveaway: A teapot\n3']],
			['giveawayWinners', ['Giveaway: A teapot\n1']],
			['usersShared', ['Contact: Ali ali 600700800']],
			['webAppData', ['Choose\n{"size":"L"}']],
			['richMessage', ['Order\nTwo large teas\n1.\nNo sugar', 'image AgACAgUAAxkBAAIlarge']],
			['richList', ['See https://shop.example\n•\nTea\n•\nMilk']],
			['replyToPost', ['How much?', 'In reply to: The green cup\nNews https://t.me/shop_news/12']],
			['replyToStory', ['Still there?', 'In reply to: [Story] Shop https://t.me/shop_news/s/12']],
			['forwarded', ['Forwarded: Your parcel is late']],
			['forwardedOfHidden', ['image AgACAgUAAxkBAAIlarge Forwarded']],
			['editedText', ['Edited: Hello there']],
			['groupText', ['Mei Tan: Hello all']],
			['groupPhoto', ['image AgACAgUAAxkBAAIlarge Mei Tan']],
			['groupLocation', ['3.139003,101.686855', 'Mei Tan']],
			['channelPost', ['News: Open till nine']],
			['businessMessage', ['Is it in stock?']],
			['businessEcho', ['Yes, it is']],
			['deletedBusinessMessages', ['2 messages were deleted in Telegram']],
			['directMessage', ['Do you deliver?']],
			['tapInDirectMessages', ['Yes']],
			['callbackQuery', ['Yes, please']],
			['callbackQueryOfOldMessage', ['no']],
			['reaction', ['Reacted with 👍']],
			['reactionRemoved', ['Removed the reaction 👍']],
		])('%s', (name, shown) => {
			expect(read(name).events.map(shownOf)).toEqual(shown);
		});

		it.each([
			['liveLocationUpdate', 'live location update'],
			['businessSentByBot', 'echo of our own message'],
			['joined', 'new_chat_members'],
			['pinned', 'pinned_message'],
			['blockedByUser', 'my_chat_member'],
			['pollAnswer', 'poll_answer'],
			['unknownUpdate', 'telepathy'],
		])('%s: no message, counted', (name, kind) => {
			expect(read(name)).toEqual({ events: [], failures: [], ignored: { [kind]: 1 } });
		});

		it('has the chat for contact and in the message id', () => {
			expect(read('text').events).toEqual([
				{
					type: 'message',
					contactId: '521000111',
					messageId: '521000111:101',
					timestamp: 1769851800000,
					contact: { firstName: 'Mei', lastName: 'Tan', language: 'en' },
					message: { type: 'text', text: 'Hello' },
				},
			]);
			expect(read('groupText').events).toMatchObject([
				{ contactId: '-1001987654321', contact: { firstName: 'Family' } },
			]);
		});

		it('never takes for an echo what the bot itself sent for the business account, however it comes', () => {
			const sent = (payloads.businessSentByBot as { business_message: object }).business_message;
			for (const kind of ['business_message', 'edited_business_message']) {
				for (const more of [{}, { edit_date: 1769851900 }, { sender_business_bot: { id: 1 } }]) {
					expect(
						telegram.incoming({ update_id: 1, [kind]: { ...sent, ...more } }, context),
					).toEqual({
						events: [],
						failures: [],
						ignored: { 'echo of our own message': 1 },
					});
				}
			}
			expect(read('businessEcho').events[0]).not.toHaveProperty('mayBeOurs');
		});

		it("tells the owner's own messages of a business account from the customer's", () => {
			expect(read('businessMessage').events).toMatchObject([{ type: 'message' }]);
			expect(read('businessEcho').events).toMatchObject([
				{ type: 'message_echo', contactId: '521000111', messageId: 'Bconn1:521000111:901' },
			]);
		});

		it('gives an edited message its time and an id of its own', () => {
			const [event] = read('editedText').events;
			expect(event.timestamp).toBe(1769851860000);
			expect(event.messageId).toMatch(/^521000111:\d+:edit:1769851860$/);
		});

		it("tells the customers of a channel's direct messages apart, and its own answers", () => {
			const contactId = '-1002222222222:521000111';
			const contact = { firstName: 'Mei', lastName: 'Tan' };
			expect(read('directMessage').events).toMatchObject([{ type: 'message', contactId, contact }]);
			expect(read('tapInDirectMessages').events).toMatchObject([{ contactId, contact }]);
			expect(read('directMessageOfOwner').events).toMatchObject([
				{ type: 'message_echo', contactId, contact, message: { text: 'We do' } },
			]);
		});

		it('gives messages that have the number 0 ids of their own', () => {
			const ids = ['ephemeral', 'ephemeralLater'].map((name) => read(name).events[0].messageId);
			expect(ids[0]).toMatch(/^-1001987654321:0\.7\.\d+$/);
			expect(ids[1]).not.toBe(ids[0]);
		});

		it("points at what n8n's Telegram Trigger has downloaded", () => {
			const { events } = telegram.incoming(payloads.document, {
				now: NOW,
				binary: { data: { mimeType: 'application/pdf', fileName: 'file_7.pdf' } },
			});
			expect(attachmentOf(events[0])).toEqual({
				type: 'file',
				source: { binaryPropertyName: 'data' },
				mimeType: 'application/pdf',
				fileName: 'bill.pdf',
			});
		});
	});

	describe('outgoing', () => {
		const attachment = (type: 'image' | 'video' | 'audio' | 'file', name: string) => ({
			type: 'attachment' as const,
			attachment: { type, url: `https://files.example/${name}` },
		});
		const chat_id = 521000111;

		it('holds a place for the token, which is never known here', () => {
			const [request] = telegram.outgoing({ type: 'text', text: 'Hi' }, '521000111', {
				now: NOW,
				settings: { baseUrl: 'https://telegram.example/' },
			});
			expect(request).toEqual({
				method: 'POST',
				url: 'https://telegram.example/bot{token}/sendMessage',
				headers: { 'content-type': 'application/json' },
				contentType: 'json',
				body: { chat_id, text: 'Hi' },
			});
		});

		it.each([
			['image', 'a.jpg', 'sendPhoto', 'photo'],
			['image', 'a', 'sendPhoto', 'photo'],
			['image', 'a.gif', 'sendAnimation', 'animation'],
			['video', 'a.mp4', 'sendVideo', 'video'],
			['audio', 'a.mp3', 'sendAudio', 'audio'],
			['audio', 'a.ogg', 'sendVoice', 'voice'],
			['file', 'a.pdf', 'sendDocument', 'document'],
			['file', 'a.zip', 'sendDocument', 'document'],
		] as const)('sends %s %s by %s', (type, name, method, field) => {
			expect(send(attachment(type, name))).toEqual([
				[method, { chat_id, [field]: `https://files.example/${name}` }],
			]);
		});

		it.each([
			['file', 'a.docx'],
			['audio', 'a.wav'],
			['audio', 'a.opus'],
			['video', 'a.webm'],
			['image', 'a.svg'],
		] as const)('sends the link of what Telegram takes no %s from: %s', (type, name) => {
			expect(send(attachment(type, name))).toEqual([
				['sendMessage', { chat_id, text: `https://files.example/${name}` }],
			]);
		});

		it.each([
			[1024, ['sendPhoto']],
			[1025, ['sendPhoto', 'sendMessage']],
		])('a caption of %i characters', (length, methods) => {
			const url = 'https://files.example/a.jpg';
			const description = 'x'.repeat(length);
			const sent = send({ type: 'attachment', attachment: { type: 'image', url, description } });
			expect(sent.map(([method]) => method)).toEqual(methods);
		});

		it('shows quick replies as a keyboard whose taps are messages', () => {
			expect(send({ type: 'quick_reply', title: 'Size?', replies: ['S', 'M'] })).toEqual([
				[
					'sendMessage',
					{
						chat_id,
						text: 'Size?',
						reply_markup: {
							keyboard: [[{ text: 'S' }], [{ text: 'M' }]],
							one_time_keyboard: true,
							resize_keyboard: true,
						},
					},
				],
			]);
		});

		it.each([
			['a group', '-1001987654321', {}],
			['a business account', '521000111', { businessConnectionId: 'Bconn1' }],
		])('shows them in %s below the message, within 64 bytes', (_, contactId, settings) => {
			const long = 'é'.repeat(40);
			const [[, body]] = send(
				{ type: 'quick_reply', title: 'Size?', replies: ['S', long] },
				contactId,
				settings,
			);
			expect(body).toMatchObject({
				reply_markup: {
					inline_keyboard: [
						[{ text: 'S', callback_data: 'S' }],
						[{ text: long, callback_data: 'reply 2' }],
					],
				},
			});
		});

		it('sends a place with its address as a venue', () => {
			const place = { type: 'location' as const, latitude: 3.1, longitude: 101.7 };
			expect(send(place)).toEqual([['sendLocation', { chat_id, latitude: 3.1, longitude: 101.7 }]]);
			expect(send({ ...place, address: 'Twin Towers, KL' })).toEqual([
				[
					'sendVenue',
					{
						chat_id,
						latitude: 3.1,
						longitude: 101.7,
						title: 'Twin Towers',
						address: 'Twin Towers, KL',
					},
				],
			]);
		});

		it("answers in the customer's topic of a channel's direct messages", () => {
			expect(send({ type: 'text', text: 'Hi' }, '-1002222222222:521000111')).toEqual([
				[
					'sendMessage',
					{ chat_id: -1002222222222, direct_messages_topic_id: 521000111, text: 'Hi' },
				],
			]);
		});

		it('keeps an address that begins with a comma', () => {
			const place = { type: 'location' as const, latitude: 3.1, longitude: 101.7 };
			expect(send({ ...place, address: ', Kuala Lumpur' })).toMatchObject([
				['sendVenue', { title: 'Kuala Lumpur', address: ', Kuala Lumpur' }],
			]);
		});

		it.each(['+60123', 'mei', '', '12 34', '12:', ':12', '12:a'])(
			'refuses the contact id %j',
			(contactId) => {
				expect(() => send({ type: 'text', text: 'Hi' }, contactId)).toThrow('no chat of Telegram');
			},
		);
	});

	it.each([
		[{ ok: true, result: { message_id: 9, chat: { id: -1001, type: 'supergroup' } } }, '-1001:9'],
		[
			{ ok: true, result: { message_id: 9, chat: { id: 5 }, business_connection_id: 'Bconn1' } },
			'Bconn1:5:9',
		],
	])('gives the id of %j in the form of incoming messages', (response, id) => {
		expect(telegram.readResponse(response)).toEqual({ taken: true, messageId: id });
	});
});

function attachmentOf(event: ProviderEvent) {
	return event.type !== 'message_status' && event.message.type === 'attachment'
		? event.message.attachment
		: undefined;
}
