import type { INodeParameters } from 'n8n-workflow';

import { ProcessedItems } from './harness';
import { jsonOf, useSandbox } from './support';

/** What comes back of messages that respond.io has sent: with the memory of the workflow that accepted them. */

const stage = useSandbox();

const accept = (messageId: string): INodeParameters => ({
	resource: 'outgoingMessage',
	operation: 'accept',
	messageId,
});
const relay = (provider: string): INodeParameters => ({
	resource: 'provider',
	operation: 'relay',
	provider,
});

const posted = () =>
	stage.ledger.map(({ contactId, event }) => ({
		contactId,
		...(event.type === 'message_status'
			? { mId: event.mId, status: event.status.value }
			: { mId: event.mId, type: event.type, message: event.message }),
	}));

const page = (message: object) => ({
	id: '1111111',
	messaging: [
		{
			sender: { id: '1111111' },
			recipient: { id: '2222222' },
			timestamp: 1_769_851_800_000,
			message: { is_echo: true, ...message },
		},
	],
});

describe("Messenger's echoes of what respond.io sent", () => {
	it('of both requests of one message, which Accept has answered for: none is posted', async () => {
		const memory = new ProcessedItems();
		const answers = [{ message_id: 'm_part1' }, { message_id: 'm_part2' }];
		await stage.run(accept('={{ $json.message_id }}'), answers, { memory });
		const image = { type: 'image', payload: { url: 'https://cdn.example/a.jpg' } };
		const result = await stage.run(
			relay('messenger'),
			[
				page({ mid: 'm_part1', attachments: [image] }),
				page({ mid: 'm_part2', text: 'The caption' }),
			],
			{ memory },
		);
		expect(jsonOf(result).map(({ delivery, reason }) => [delivery, reason])).toEqual([
			['skipped', 'echoOfAccepted'],
			['skipped', 'echoOfAccepted'],
		]);
		expect(posted()).toEqual([]);
	});

	it('that comes before Accept has run: not posted, by the mark that the request carried', async () => {
		const echo = page({ mid: 'm_race', text: 'Hello', metadata: 'respond.io' });
		await stage.run(relay('messenger'), [echo]);
		expect(posted()).toEqual([]);
	});
});

describe('a report that a mail was not delivered', () => {
	const report = (more: object) => ({
		from: { text: 'MAILER-DAEMON@mx.example.org' },
		to: { text: 'shop@example.org' },
		date: '2026-01-31T09:30:00.000Z',
		headers: { 'content-type': 'Content-Type: multipart/report; report-type=delivery-status' },
		messageId: '<b1@mx.example.org>',
		text: 'Not delivered to ann@example.net.\n\nFinal-Recipient: rfc822;ann@example.net\nAction: failed\nStatus: 5.1.1',
		...more,
	});

	it('which names it: its status, at whom it was to', async () => {
		const memory = new ProcessedItems();
		await stage.run(accept('={{ $json.id }}'), [{ id: '6f1c@shop.example' }], { memory });
		await stage.run(relay('email'), [report({ inReplyTo: '<6f1c@shop.example>' })], { memory });
		expect(posted()).toEqual([
			{ contactId: 'ann@example=2Enet', mId: '6f1c@shop.example', status: 'failed' },
		]);
	});

	it('which names an id of Amazon SES, of which respond.io has not heard: a message, at whom it was to', async () => {
		const memory = new ProcessedItems();
		await stage.run(accept('={{ $json.id }}'), [{ id: '6f1c@shop.example' }], { memory });
		const inReplyTo = '<0102019-a46c-000000@eu-west-1.amazonses.com>';
		const bounce = report({ inReplyTo });
		await stage.run(relay('email'), [bounce], { memory });
		expect(posted()).toEqual([
			{
				contactId: 'ann@example=2Enet',
				mId: 'b1@mx.example.org',
				type: 'message',
				message: { type: 'text', text: bounce.text },
			},
		]);
	});
});
