import { converter } from '../../../nodes/RespondIoCustomChannel/providers/viber/converter';
import type { OutgoingMessage } from '../../../nodes/RespondIoCustomChannel/providers/provider';
import { NOW } from './support';

/** What holds of Viber alone, besides the cases of test/providers/viber: 30 kB for a whole request. */

const send = (message: OutgoingMessage, settings: Record<string, string> = {}) =>
	converter
		.outgoing(message, '01234567890A=', {
			now: NOW,
			settings: { senderName: 'Leggy Cat', ...settings },
		})
		.map(({ body }) => body);

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

const buttonsOf = (body: Record<string, unknown>) =>
	(body.keyboard as { Buttons: object[] } | undefined)?.Buttons ?? [];

it.each([
	['with buttons where they fit', '😀'.repeat(3400), 10],
	['without where they do not', '\u0001'.repeat(4600), 0],
])('a request stays below 30 kB, %s', (_, title, buttons) => {
	const replies = Array.from({ length: 10 }, (_unused, index) => `${index}`.padEnd(200, '文'));
	const sent = send({ type: 'quick_reply', title, replies });
	expect(sent.map(bytesOf).filter((size) => size > 30_000)).toEqual([]);
	expect(sent.flatMap(buttonsOf)).toHaveLength(buttons);
	expect(JSON.stringify(sent)).toContain(replies[9]);
});

it('a request stays below 30 kB that has the longest of links in it', () => {
	const senderAvatar = `https://files.example/${'a'.repeat(1970)}.png`;
	const sent = send({ type: 'text', text: '\u0001'.repeat(7000) }, { senderAvatar });
	expect(sent.map(bytesOf).filter((size) => size > 30_000)).toEqual([]);
});
