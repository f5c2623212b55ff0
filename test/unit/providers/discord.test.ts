import { discord } from '../../../nodes/RespondIoCustomChannel/providers/discord';
import type { OutgoingMessage } from '../../../nodes/RespondIoCustomChannel/providers/provider';
import { describeLaws, NOW, payloadsOf, shownOf } from './laws';

const payloads = payloadsOf('discord');
const read = (name: string) => discord.incoming(payloads[name], { now: NOW }).events;

const channel = '290926798999357250';
const send = (message: OutgoingMessage, settings: Record<string, string> = {}, to = channel) =>
	discord.outgoing(message, to, { now: NOW, settings }).map(({ body }) => body);

interface Row {
	components: Array<{ label: string; custom_id: string }>;
}

describe.each([
	['numbered', {}],
	['buttons', { buttons: 'true' }],
])('Discord, quick replies %s', (_, settings) => {
	describeLaws(discord, {
		payloads,
		contactId: channel,
		settings,
		lists: [''],
		requestFaults: ({ url, body }) => {
			const {
				content = '',
				embeds = [],
				components = [],
			} = body as { content?: string; embeds?: unknown[]; components?: Row[] };
			const buttons = components.flatMap((row) => row.components);
			return [
				...(url === `https://discord.com/api/v10/channels/${channel}/messages` ? [] : ['url']),
				...(content.trim() === '' && embeds.length === 0 ? ['empty'] : []),
				...(content.length > 2000 ? ['content'] : []),
				...(components.length > 5 ? ['rows'] : []),
				...(components.some((row) => row.components.length > 5) ? ['row'] : []),
				...(buttons.some(({ label }) => label.length > 80) ? ['label'] : []),
				...(new Set(buttons.map(({ custom_id }) => custom_id)).size < buttons.length
					? ['custom_id']
					: []),
			];
		},
	});
});

describe('Discord', () => {
	const file = (id: number, name: string) =>
		`https://cdn.discordapp.example/attachments/29/${id}/${name}`;

	describe('incoming', () => {
		it.each([
			['text', ['Supa Hot']],
			['channelText', ['Nell: Supa Hot']],
			['history', ['Nelly: Supa Hot']],
			['list', ['Nelly: First', 'Nelly: Second']],
			['marks', ['Hi @Nelly and @1, see #help :cat: :dance:']],
			['picture', [`image ${file(1, 'cat.jpg')}?ex=65d903de&is=65c68ede&hm=2481f3 cat.jpg Look`]],
			[
				'pictureWithoutText',
				[`image ${file(1, 'cat.jpg')}?ex=65d903de&is=65c68ede&hm=2481f3 cat.jpg A cat`],
			],
			[
				'files',
				[
					'Both',
					`image ${file(1, 'cat.jpg')}?ex=65d903de&is=65c68ede&hm=2481f3 cat.jpg`,
					`file ${file(2, 'bill.pdf')}?ex=1 bill.pdf`,
				],
			],
			['voice', [`audio ${file(3, 'voice-message.ogg')} voice-message.ogg`]],
			['fileWithoutType', [`file ${file(4, 'data.bin')} data.bin`]],
			['sticker', ['image https://cdn.discordapp.com/stickers/749054660769218631.png Wave']],
			['gifSticker', ['image https://media.discordapp.net/stickers/749054660769218632.gif Jump']],
			['lottieSticker', ['[Sticker] Fly']],
			['reply', ['Yes']],
			[
				'forward',
				[
					`image ${file(5, 'cat.jpg')}?ex=65d903de&is=65c68ede&hm=2481f3 cat.jpg Forwarded: Earlier words`,
				],
			],
			['forwardOfBot', ['Forwarded: Order 17\nTwo teas\nTotal\n9 MYR\nThank you']],
			[
				'forwardOfComponents',
				[`Forwarded: Your order\n${file(6, 'tea.png')}\nA cup\nArrives at nine\nTrack`],
			],
			['poll', ['Poll: Which size?\n1. S\n2. M']],
			['edited', ['Edited: Supa Hotter']],
			['deleted', ['A message was deleted in Discord']],
			['bulkDeleted', ['2 messages were deleted in Discord']],
			['reaction', ['Reacted with 🔥']],
			['channelReaction', ['Nelly: Removed the reaction LUL']],
			['tap', ['Small']],
			['tapInChannel', ['Nell: Small']],
			['choice', ['Small, Large']],
			['command', ['/order number: 17 gift: true']],
			['subcommand', ['/order add item: tea count: 2']],
			['modalWithWords', ['Very good tea\nS\nM\nNelly']],
		])('%s', (name, shown) => {
			expect(read(name).map(shownOf)).toEqual(shown);
		});

		it.each([
			['bot', 'bot message'],
			['webhookMessage', 'bot message'],
			['botReaction', 'bot reaction'],
			['joined', 'message of type 7'],
			['unfurled', 'MESSAGE_UPDATE without new words'],
			['typing', 'TYPING_START'],
			['ready', 'READY'],
			['ping', 'ping'],
			['modal', 'modal'],
			['webhookEvent', 'APPLICATION_AUTHORIZED'],
		])('%s: no message, counted', (name, kind) => {
			expect(discord.incoming(payloads[name], { now: NOW })).toEqual({
				events: [],
				failures: [],
				ignored: { [kind]: 1 },
			});
		});

		it('tells who wrote, what and when', () => {
			expect(read('text')).toEqual([
				{
					type: 'message',
					contactId: channel,
					messageId: '334385199974967042',
					timestamp: 1769851800000,
					contact: {
						firstName: 'Nelly',
						profilePic:
							'https://cdn.discordapp.com/avatars/80351110224678912/8342729096ea3675442027381ff50dfe.png',
					},
					message: { type: 'text', text: 'Supa Hot' },
				},
			]);
		});

		it('gives an edited message an id of its own, and a server no name', () => {
			expect(read('edited')[0].messageId).toBe('334385199974967042:edit:1769852100000');
			expect(read('channelText')[0].contact).toBeUndefined();
			expect(read('history')[0].contact).toBeUndefined();
		});
	});

	it('has one id of a message in its answer and its events', () => {
		expect(discord.readResponse(payloads.text)).toEqual({
			taken: true,
			messageId: read('text')[0].messageId,
		});
		expect(discord.readResponse({ message: 'Missing Access', code: 50001 })).toEqual({
			taken: false,
			reason: 'Missing Access',
		});
	});

	describe('outgoing', () => {
		const link = (name: string) => `https://files.example/${name}`;

		it.each(['', 'mei', '+60123456789', '123', '1'.repeat(22)])(
			'refuses the contact id %j',
			(contactId) => {
				expect(() => send({ type: 'text', text: 'Hi' }, {}, contactId)).toThrow('none of Discord');
			},
		);

		it('rings nobody', () => {
			expect(send({ type: 'text', text: '@everyone' })).toEqual([
				{ content: '@everyone', allowed_mentions: { parse: [] } },
			]);
		});

		it.each([
			['image', 'a.jpg', true],
			['image', 'a.webp', true],
			['image', 'a.bmp', false],
			['video', 'a.mp4', false],
			['file', 'a.pdf', false],
		] as const)('sends %s %s as it can', (type, name, isShown) => {
			const [body] = send({
				type: 'attachment',
				attachment: { type, url: link(name), description: 'Look' },
			});
			expect(body).toMatchObject(
				isShown
					? { content: 'Look', embeds: [{ image: { url: link(name) } }] }
					: { content: `Look\n${link(name)}` },
			);
		});

		it('writes the link of a picture as a URI, as Discord takes no other', () => {
			const url = 'https://files.example/naïve menu.png?sizes[]=1&at=a%20b';
			expect(send({ type: 'attachment', attachment: { type: 'image', url } })).toMatchObject([
				{
					embeds: [
						{
							image: { url: 'https://files.example/na%C3%AFve%20menu.png?sizes%5B%5D=1&at=a%20b' },
						},
					],
				},
			]);
		});

		it('shows quick replies as buttons where somebody hears their taps, else numbered', () => {
			const question = { type: 'quick_reply' as const, title: 'Size?', replies: [...'SMLXYZ'] };
			const [body] = send(question, { buttons: 'true' });
			expect((body.components as Row[]).map((row) => row.components.length)).toEqual([5, 1]);
			expect(send(question)[0].content).toMatch(/^Size\?\n\n1\. S\n/);
			const long = { ...question, replies: ['x'.repeat(81)] };
			expect(send(long, { buttons: 'true' })[0].content).toContain('1. xxx');
		});
	});
});
