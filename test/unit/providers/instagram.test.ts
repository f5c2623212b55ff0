import { instagram } from '../../../nodes/RespondIoCustomChannel/providers/instagram';
import type { OutgoingMessage } from '../../../nodes/RespondIoCustomChannel/providers/provider';
import { describeLaws, NOW, payloadsOf, shownOf } from './laws';

const payloads = payloadsOf('instagram');
const IGSID = '1254459154682919';
const read = (name: string) => instagram.incoming(payloads[name], { now: NOW });
const send = (message: OutgoingMessage, settings = {}) =>
	instagram.outgoing(message, IGSID, { now: NOW, settings });
const url = 'https://lookaside.fbsbx.example/ig_messaging_cdn/?asset_id=';

describe('Instagram', () => {
	describeLaws(instagram, {
		payloads,
		contactId: IGSID,
		settings: {},
		lists: [
			'entry',
			...['messaging', 'standby', 'changes'].flatMap((list) => [list, `entry.*.${list}`]),
		],
		requestFaults: ({ url: to, body }) => {
			const { text = '' } = body.message as { text?: string };
			return [
				...(to === 'https://graph.instagram.com/v25.0/me/messages' ? [] : ['url']),
				...(Buffer.byteLength(text) > 1000 ? ['text'] : []),
			];
		},
	});

	describe('incoming', () => {
		it.each([
			['text', ['Hello']],
			['image', [`image ${url}1&signature=a`]],
			['voice', [`audio ${url}2`]],
			['reel', [`video ${url}3`, 'How to brew']],
			['sharedPost', [`[share]\nNew teas\n${url}4`]],
			['storyMention', [`[story mention]\n${url}5`]],
			['storyReply', ['Nice!', 'In reply to your story: https://lookaside.fbsbx.example/story/1']],
			['fromShop', ['Is this in stock?', 'Came from: product 4242424242']],
			['disappearing', ['[ephemeral]']],
			['referral', ['Came from: bio-link']],
			['quickReply', ['Red']],
			['deleted', ['Deleted a message']],
			['unsupported', ['[A message that Instagram does not pass on]']],
			['echo', ['Hi, how can we help?']],
			['read', ['read']],
			['reaction', ['Reacted with ❤️']],
			['reactionRemoved', ['Removed the reaction']],
			['postback', ['Opening hours']],
			['edit', ['Edited: Hello there']],
			['seenAsChange', ['From the dashboard']],
		])('%s', (name, shown) => {
			expect(read(name).events.map(shownOf)).toEqual(shown);
		});

		it.each([
			['toOneself', 'message to oneself'],
			['comment', 'comments'],
			['newAsEdit', 'message_edit'],
		])('%s: no message, counted', (name, kind) => {
			expect(read(name)).toEqual({ events: [], failures: [], ignored: { [kind]: 1 } });
		});

		it('names the message that was read', () => {
			const [echo] = read('echo').events;
			expect(read('read').events).toMatchObject([
				{ type: 'message_status', contactId: IGSID, messageId: echo.messageId },
			]);
		});
	});

	describe('outgoing', () => {
		it.each([
			['image', 'a.png', true],
			['image', 'a.webp', false],
			['video', 'a.mp4', true],
			['video', 'a.mkv', false],
			['audio', 'a.m4a', true],
			['audio', 'a.mp3', false],
			['file', 'a.pdf', true],
			['file', 'a.docx', false],
			['file', 'a', false],
		] as const)('%s %s: taken by URL %s, else a link', (type, name, isTaken) => {
			const link = `https://files.example/${name}`;
			const bodies = send({ type: 'attachment', attachment: { type, url: link } });
			expect(bodies.map(({ body }) => body.message)).toEqual([
				isTaken ? { attachment: { type, payload: { url: link } } } : { text: link },
			]);
		});

		it('counts bytes, not characters', () => {
			const lengths = send({ type: 'text', text: '文'.repeat(334) }).map(
				({ body }) => (body.message as { text: string }).text.length,
			);
			expect(lengths.length).toBe(2);
			expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(334);
		});
	});
});
