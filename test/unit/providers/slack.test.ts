import type { OutgoingMessage } from '../../../nodes/RespondIoCustomChannel/providers/provider';
import { slack } from '../../../nodes/RespondIoCustomChannel/providers/slack';
import { describeLaws, NOW, payloadsOf, shownOf } from './laws';

const payloads = payloadsOf('slack');
const read = (name: string, binary = {}) =>
	slack.incoming(payloads[name], { now: NOW, binary }).events;

const conversation = 'D024BE91L';
const send = (message: OutgoingMessage, to = conversation) =>
	slack.outgoing(message, to, { now: NOW, settings: {} }).map(({ body }) => body);

interface Block {
	type: string;
	text?: { text: string };
	image_url?: string;
	alt_text?: string;
	elements?: Array<{ action_id: string; text: { text: string }; value: string }>;
}

/** The rules of the block reference, by hand: the type package has no lengths. */
function blockFaults({ type, text, image_url, alt_text, elements = [] }: Block): string[] {
	const ids = elements.map(({ action_id }) => action_id);
	return [
		...(type === 'section' && (text?.text ?? '').length > 3000 ? ['section'] : []),
		...(type === 'image' && (image_url ?? '').length > 3000 ? ['image_url'] : []),
		...(type === 'image' && !alt_text ? ['alt_text'] : []),
		...(elements.length > 25 || new Set(ids).size < ids.length ? ['elements'] : []),
		...elements.filter((each) => each.text.text.length > 75).map(() => 'button'),
		...elements.filter((each) => each.value.length > 2000).map(() => 'value'),
	];
}

describe('Slack, as every provider', () => {
	describeLaws(slack, {
		payloads,
		contactId: conversation,
		settings: {},
		requestFaults: ({ url, body }) => {
			const {
				channel,
				text,
				blocks = [],
			} = body as {
				channel: string;
				text: string;
				blocks?: Block[];
			};
			return [
				...(url === 'https://slack.com/api/chat.postMessage' ? [] : ['url']),
				...(channel === conversation ? [] : ['channel']),
				...(text.trim() === '' || text.length > 4000 ? ['text'] : []),
				...(/[<>]|&(?!amp;|lt;|gt;)/.test(text) ? ['escaping'] : []),
				...blocks.flatMap(blockFaults),
			];
		},
	});
});

describe('Slack', () => {
	describe('incoming', () => {
		it.each([
			['text', ['Are <you> there & open?']],
			['fromTrigger', ["As n8n's trigger gives it"]],
			[
				'links',
				[
					'See the offer (https://shop.example/a?b=1&c=2), https://shop.example, a@b.example, @U024BE7LH, #general @here Feb 18',
				],
			],
			['channelText', ['U061F7AUR: Live long and prospect.']],
			['mention', ['U061F7AUR: @U0LAN0Z89 is it everything?']],
			['file', ['image F0S43PZDF tedair.gif Look']],
			['fileWithoutText', ['file F1 bill.pdf']],
			['files', ['Both', 'image F1 tedair.gif', 'video F2 clip.mp4']],
			['externalFile', ['tedair.gif\nhttps://drive.example/doc']],
			['lostFile', ['[file] no longer in Slack']],
			['shared', ['Ali: Earlier words']],
			['unfurled', ['https://shop.example']],
			['me', ['is waving']],
			['broadcast', ['To all']],
			['edited', ['Edited: Hello again']],
			['deleted', ['U061F7AUR: A message was deleted in Slack']],
			['reaction', ['Reacted with :thumbsup:']],
			['reactionRemoved', ['U061F7AUR: Removed the reaction :thumbsup:']],
			['tap', ['M & L']],
			['choice', ['mei: Large', 'mei: 2026-02-01']],
			['command', ['Steve: /weather 94070']],
			['resolvedByTrigger', ['Hi']],
			['channelTextResolved', ['spock: Live long and prospect.']],
			['reactionResolved', ['spock: Reacted with :thumbsup:']],
			['appHome', ["From the app's own tab"]],
			['botIdNull', ['Not of a bot']],
			['emoji', ['Hi 👋🏻 ❤️ :party-parrot: at 10:heart']],
			['connectFile', ['file F123ABC456', 'U061F7AUR']],
			['canvas', ['file F0A1B2C3D Plan.bin']],
			['snippet', ['file F0A1B2C3E Untitled.txt', 'The log']],
			['hiddenFile', ['Old one\n[file] no longer in Slack']],
			[
				'forwardedFile',
				['file F5 receipt.pdf', 'See this\nAli: [January 31st, 2026 1:28 AM] ali: '],
			],
			['threadStartDeleted', ['U061F7AUR: A message was deleted in Slack']],
			['quickReplyTap', ['mei: 👍 Yes']],
			['choiceOfUsers', ['mei: U061F7AUR, U222222222']],
		])('%s', (name, shown) => {
			expect(read(name).map(shownOf)).toEqual(shown);
		});

		it.each([
			['bot', 'echo of our own message'],
			['botMessage', 'bot message'],
			['editedByBot', 'bot message'],
			['unfurlAdded', 'message_changed without new words'],
			['joined', 'channel_join'],
			['reactionToFile', 'reaction to no message'],
			['shortcut', 'shortcut'],
			['verification', 'url_verification'],
			['home', 'app_home_opened'],
			['threadStartOfBotDeleted', 'bot message'],
			['huddle', 'huddle_thread'],
			['huddleEnded', 'huddle_thread'],
			['joinDeleted', 'channel_join'],
			['replied', 'message_replied'],
			['tapInView', 'block_actions outside of a conversation'],
		])('%s: no message, counted', (name, kind) => {
			expect(slack.incoming(payloads[name], { now: NOW })).toEqual({
				events: [],
				failures: [],
				ignored: { [kind]: 1 },
			});
		});

		it('tells who wrote, what and when', () => {
			expect(read('profile')).toEqual([
				{
					type: 'message',
					contactId: conversation,
					messageId: `${conversation}:1769851800.009600`,
					timestamp: 1769851800010,
					contact: {
						firstName: 'Mei',
						lastName: 'Lim',
						email: 'mei@example.com',
						profilePic: 'https://avatars.example/192.png',
					},
					message: { type: 'text', text: 'Hi' },
				},
			]);
		});

		describe('what this app itself did, which the envelope tells', () => {
			const BOT = 'U123ABC456';
			const enveloped = (event: object, more: object = {}) =>
				slack.incoming(
					{
						api_app_id: 'A123ABC456',
						authorizations: [{ user_id: BOT, is_bot: true }],
						event: { channel: conversation, ts: '1769851800.009600', user: 'U061F7AUR', ...event },
						...more,
					},
					{ now: NOW },
				);

			it.each([
				["a message in a user's name", { type: 'message', text: 'Hi', app_id: 'A123ABC456' }],
				[
					'the same, told by its profile',
					{ type: 'message', text: 'Hi', bot_profile: { app_id: 'A123ABC456' } },
				],
				['a message of its bot user', { type: 'message', text: 'Hi', user: BOT }],
				[
					'a file of its bot user',
					{ type: 'message', subtype: 'file_share', files: [], user: BOT },
				],
				[
					'a change of its message',
					{
						type: 'message',
						subtype: 'message_changed',
						user: undefined,
						message: { ts: '1.1', text: 'Hi!', user: BOT },
						previous_message: { ts: '1.1', text: 'Hi', user: BOT },
					},
				],
				[
					'a reaction of its bot user',
					{
						type: 'reaction_added',
						user: BOT,
						reaction: 'eyes',
						item: { type: 'message', channel: conversation, ts: '1.1' },
					},
				],
			])('%s is left out', (_, event) => {
				expect(enveloped(event)).toEqual({
					events: [],
					failures: [],
					ignored: { 'echo of our own message': 1 },
				});
			});

			it.each([
				['of a person', { type: 'message', text: 'Hi' }, {}],
				['by another app', { type: 'message', text: 'Hi', app_id: 'A999' }, {}],
				[
					'of the user who installed the app',
					{ type: 'message', text: 'Hi' },
					{ authorizations: [{ user_id: 'U061F7AUR', is_bot: false }] },
				],
			])('a message %s is not', (_, event, more) => {
				expect(enveloped(event, more).events.map(shownOf)).toEqual(['Hi']);
			});
		});

		it("has the name that n8n's trigger found", () => {
			expect(read('resolvedByTrigger')).toMatchObject([{ contact: { firstName: 'mei.lim' } }]);
		});

		it('says which field is no JSON', () => {
			expect(() => slack.incoming({ payload: '{' }, { now: NOW })).toThrow(/payload/);
		});

		it('points at what the workflow has downloaded', () => {
			expect(read('files', { F2: {} }).map(shownOf)).toEqual([
				'Both',
				'image F1 tedair.gif',
				'video F2 clip.mp4',
			]);
			const byPlace = read('files', { file_0: {}, file_1: {} });
			expect(byPlace.map(shownOf)).toEqual([
				'Both',
				'image file_0 tedair.gif',
				'video file_1 clip.mp4',
			]);
			expect(read('files', { F2: {} })[2]).toMatchObject({
				message: { attachment: { source: { binaryPropertyName: 'F2' } } },
			});
		});
	});

	it('has one id of a message in its answer and its events', () => {
		const answer = { ok: true, channel: conversation, ts: '1769851800.009600', message: {} };
		expect(slack.readResponse(answer)).toEqual({
			taken: true,
			messageId: read('text')[0].messageId,
		});
		expect(slack.readResponse({ ok: false, error: 'channel_not_found' })).toEqual({
			taken: false,
			reason: 'channel_not_found',
		});
		expect(
			slack.readResponse({
				ok: false,
				error: 'invalid_blocks',
				response_metadata: { messages: ['[ERROR] must be less than 76 characters'] },
			}),
		).toEqual({ taken: false, reason: 'invalid_blocks: [ERROR] must be less than 76 characters' });
	});

	describe('outgoing', () => {
		const link = (name: string) => `https://files.example/${name}`;

		it.each(['', 'mei', '+60123456789', 'd024be91l'])('refuses the contact id %j', (contactId) => {
			expect(() => send({ type: 'text', text: 'Hi' }, contactId)).toThrow('none of Slack');
		});

		it('escapes what Slack would take for a mention or a link', () => {
			expect(send({ type: 'text', text: 'a < b & <!here>' })).toEqual([
				{ channel: conversation, text: 'a &lt; b &amp; &lt;!here&gt;' },
			]);
		});

		it('keeps the limit of a text that grows by escaping', () => {
			const sent = send({ type: 'text', text: '&'.repeat(3000) });
			expect(sent.map(({ text }) => String(text).length)).toEqual([4000, 4000, 4000, 3000]);
		});

		it.each([
			['image', 'a.jpg', 'image'],
			['image', 'a.gif', 'image'],
			['image', 'a.webp', undefined],
			['video', 'a.mp4', undefined],
			['file', 'a.pdf', undefined],
		] as const)('sends %s %s as it can', (type, name, block) => {
			const [body, after] = send({
				type: 'attachment',
				attachment: { type, url: link(name), description: 'Look' },
			});
			if (block === undefined) expect(body.text).toBe(`Look\n${link(name)}`);
			else {
				expect(body.blocks).toEqual([
					{ type: 'image', image_url: link(name), alt_text: 'Picture' },
				]);
				expect(after.text).toBe('Look');
			}
		});

		it('escapes the name of a picture where it stands for the picture', () => {
			const url = link('a.jpg');
			const attachment = { type: 'image' as const, url, fileName: '<!here> & b.jpg' };
			expect(send({ type: 'attachment', attachment })).toEqual([
				{
					channel: conversation,
					text: '&lt;!here&gt; &amp; b.jpg',
					blocks: [{ type: 'image', image_url: url, alt_text: '<!here> & b.jpg' }],
				},
			]);
		});

		it('shows quick replies as buttons, else numbered', () => {
			const [body] = send({ type: 'quick_reply', title: 'Size?', replies: ['S', 'M'] });
			expect(body).toMatchObject({
				text: 'Size?',
				blocks: [
					{ type: 'section', text: { type: 'mrkdwn', text: 'Size?' } },
					{
						type: 'actions',
						elements: [
							{ type: 'button', action_id: 'reply_1', value: 'S' },
							{ type: 'button', action_id: 'reply_2', value: 'M' },
						],
					},
				],
			});
			const long = 'x'.repeat(76);
			expect(send({ type: 'quick_reply', title: 'Size?', replies: [long] })).toEqual([
				{ channel: conversation, text: `Size?\n\n1. ${long}` },
			]);
		});
	});
});
