import { email } from '../../../nodes/RespondIoCustomChannel/providers/email';
import type { OutgoingMessage } from '../../../nodes/RespondIoCustomChannel/providers/provider';
import { describeLaws, NOW, payloadsOf, shownOf } from './laws';

const payloads = payloadsOf('email');
const read = (name: string, binary = {}) =>
	email.incoming(payloads[name], { now: NOW, binary }).events;

const to = 'mei.lim@example.com';
const settings = { subject: 'Your question' };
const send = (message: OutgoingMessage, address = to) =>
	email.outgoing(message, address, { now: NOW, settings });

describe('Email, as every provider', () => {
	describeLaws(email, {
		payloads,
		contactId: to,
		settings,
		requestFaults: ({ url, body }) => [
			...(url === `mailto:${to}` && body.to === to ? [] : ['to']),
			...(body.subject === settings.subject ? [] : ['subject']),
			...(String(body.text).trim() === '' ? ['text'] : []),
		],
	});
});

describe('Email', () => {
	describe('incoming', () => {
		it.each([
			['resolved', ['Subject: Blue one\n\nHello,\n\nis the blue one in stock?\n\nMei']],
			['reply', ['Great, thanks!']],
			['onlyQuote', ['> We have it.']],
			[
				'html',
				[
					'Hello you & all,\n\nsee this one (https://shop.example/a?b=1&c=2)\nor https://shop.example\n\ncafé\n\n😀',
				],
			],
			['simple', ['Subject: Blue one\n\nIs it in stock?']],
			['simpleHtml', ['Subject: Blue one\n\nIs it in stock?']],
			['nameless', ['Is it in stock?']],
			['simpleReply', ['Yes']],
			['quoteOfOwnWords', ['I bought two in 2024.\nAs you said to me:']],
			['generated', ['Subject: Order 1\n\nOrder 1 has been paid.']],
			['own', ['Subject: Blue one\n\nWe have it.']],
			[
				'bounce',
				[
					"failed: ** Address not found **\nYour message wasn't delivered to nobody@example.com because the address couldn't be found.\nThe response was:",
				],
			],
			['otherBounce', ["Subject: Undelivered Mail Returned to Sender\n\nI'm sorry"]],
		])('%s', (name, shown) => {
			expect(read(name).map(shownOf)).toEqual(shown);
		});

		it.each([
			['empty', 'empty message'],
			['outOfOffice', 'automatic reply'],
			['delayed', 'report'],
			['readReceipt', 'report'],
		])('%s: no message, counted', (name, kind) => {
			expect(email.incoming(payloads[name], { now: NOW })).toEqual({
				events: [],
				failures: [],
				ignored: { [kind]: 1 },
			});
		});

		it('tells who wrote, what and when', () => {
			expect(read('resolved')).toMatchObject([
				{
					type: 'message',
					contactId: to,
					messageId: 'CAF7+abc@mail.example.com',
					timestamp: 1769851800000,
					contact: { firstName: 'Mei Lim', email: to },
				},
			]);
			expect(read('simple')).toMatchObject([
				{
					contactId: to,
					messageId: 'CAF7+def@mail.example.com',
					timestamp: 1769851800000,
					contact: { firstName: 'Lim, Mei' },
				},
			]);
		});

		it.each([
			['bounce', 'nobody@example.com'],
			['bounceOfPostfix', 'nobody@example.net'],
			['bounceOfOneOfTwo', 'nobody@example.net'],
		])('%s: tells which message was not delivered, and to whom', (name, contactId) => {
			expect(read(name)).toMatchObject([
				{ type: 'message_status', contactId, messageId: '1@shop.example' },
			]);
		});

		it('reads a report that does not tell which message it is about as a mail', () => {
			expect(read('bounceWithoutId')).toMatchObject([{ type: 'message' }]);
			expect(read('bounceSimple')).toMatchObject([
				{ type: 'message', contactId: 'mailer-daemon@mx.example.com', timestamp: 1769851800000 },
			]);
		});

		it.each([
			['form', 'message', to, 'Mei Lim'],
			['formToItself', 'message', to, 'Mei Lim'],
			['formSimple', 'message', to, 'Mei Lim'],
			['viaList', 'message', to, 'Mei Lim'],
			['own', 'message_echo', to, undefined],
			['ownSimple', 'message_echo', to, undefined],
		])('%s: is a %s, the contact is %s', (name, type, contactId, firstName) => {
			expect(
				read(name).map((event) => [event.type, event.contactId, event.contact?.firstName]),
			).toEqual([[type, contactId, firstName]]);
		});

		it.each([
			[['SENT'], 'mei.lim@example.com', 'message_echo', to],
			[['SENT', 'INBOX'], 'shop@shop.example', 'message', 'shop@shop.example'],
			[['INBOX'], 'sales@shop.example', 'message', 'shop@shop.example'],
		])("with Gmail's labels %j, to %s: is a %s, the contact is %s", (labelIds, receiver, ...is) => {
			const mail = {
				id: '18a',
				labelIds,
				from: { text: '"Shop" <shop@shop.example>' },
				to: { text: receiver },
				headers: {},
				messageId: '<own1@mail.gmail.example>',
				text: 'It is on its way.',
			};
			const { events } = email.incoming(mail, { now: NOW });
			expect(events.map(({ type, contactId }) => [type, contactId])).toEqual([is]);
		});

		describe('a mail without Message-ID', () => {
			const mail = {
				from: { text: 'Pump 3 <pump@example.com>' },
				to: { text: 'sales@shop.example' },
				date: '2026-01-31T09:30:00.000Z',
				subject: 'Alarm',
				text: 'Water level high',
			};
			const idOf = (more: object, now = NOW) =>
				email.incoming({ ...mail, ...more }, { now }).events.map(({ messageId }) => messageId);

			it('is not lost, and has the same id each time', () => {
				expect(idOf({})).toEqual(['3443061599527bc10ba338c4cca401ac']);
				expect(idOf({}, NOW + 1)).toEqual(idOf({}));
				expect(idOf({ attributes: { uid: 7 } }, NOW + 1)).toEqual(idOf({ attributes: { uid: 7 } }));
				expect(idOf({ headers: {}, messageId: '<>' })).toEqual(idOf({}));
			});

			it.each([
				['number in the mailbox', { attributes: { uid: 7 } }, { attributes: { uid: 8 } }],
				['id at Gmail', { id: '18c' }, { id: '18d' }],
				['date', {}, { date: '2026-01-31T10:30:00.000Z' }],
				['sender', {}, { from: { text: 'pump4@example.com' } }],
				['subject', {}, { subject: 'All clear' }],
				['text', {}, { text: 'Water level normal' }],
			])('has another id where it has another %s', (_, one, other) => {
				expect(idOf(other)).not.toEqual(idOf(one));
			});

			it('is new each time where nothing tells one from the next', () => {
				expect(idOf({ date: undefined }, NOW + 1)).not.toEqual(idOf({ date: undefined }));
			});
		});

		it('takes the files with it', () => {
			const binary = {
				attachment_0: { mimeType: 'image/png', fileName: 'cat.png' },
				attachment_1: { mimeType: 'application/pdf', fileName: 'bill' },
			};
			const events = read('resolved', binary);
			expect(events.slice(1).map(shownOf)).toEqual([
				'image attachment_0 cat.png',
				'file attachment_1 bill.pdf',
			]);
			expect(new Set(events.map(({ messageId }) => messageId)).size).toBe(3);
		});

		it('says what to do about the format Raw', () => {
			const raw = () => email.incoming({ raw: 'From: a@b.example' }, { now: NOW });
			expect(raw).toThrow(/Raw/);
		});

		it.each([
			['tags without an end', '<a '.repeat(200_000)],
			['entities without an end', '&#'.repeat(200_000)],
			['open styles', '<style>'.repeat(50_000)],
			['quotes', '\n>'.repeat(200_000)],
		])('reads %s in time that grows with their length alone', (_, html) => {
			const timeOf = (length: number) => {
				const start = performance.now();
				email.incoming({ ...(payloads.html as object), html: html.slice(0, length) }, { now: NOW });
				return performance.now() - start;
			};
			timeOf(1000);
			expect(timeOf(300_000)).toBeLessThan(30 * timeOf(30_000) + 500);
		});
	});

	it('takes the id that the mail server was given, unless it refused', () => {
		const answer = { accepted: [to], rejected: [], messageId: '<a@shop.example>', response: '250' };
		expect(email.readResponse(answer)).toEqual({ taken: true, messageId: 'a@shop.example' });
		expect(
			email.readResponse({
				...answer,
				accepted: [],
				rejected: [to],
				response: '550 5.1.1 No such user',
			}),
		).toEqual({ taken: false, reason: '550 5.1.1 No such user' });
	});

	describe('outgoing', () => {
		it.each(['', 'mei', 'a b@c.example', '<a@b.example>'])(
			'refuses the contact id %j',
			(contactId) => {
				expect(() => send({ type: 'text', text: 'Hi' }, contactId)).toThrow('no email address');
			},
		);

		it('asks for a subject', () => {
			const withoutSubject = () =>
				email.outgoing({ type: 'text', text: 'Hi' }, to, { now: NOW, settings: {} });
			expect(withoutSubject).toThrow(/subject/);
		});

		it('is what the Send Email node needs', () => {
			expect(send({ type: 'text', text: 'Hi' })).toEqual([
				{
					method: 'POST',
					url: `mailto:${to}`,
					headers: {},
					contentType: 'json',
					body: { to, subject: 'Your question', text: 'Hi' },
				},
			]);
		});
	});
});
