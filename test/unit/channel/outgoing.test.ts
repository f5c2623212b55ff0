import fc from 'fast-check';

import {
	MESSAGE_TYPES,
	parseOutgoing,
	quickReplyAsText,
	type OutgoingItem,
} from '../../../nodes/RespondIoCustomChannel/channel/outgoing';
import { EMOJI } from './support';

const CONTEXT = {
	channelId: 'credential',
	idType: 'custom' as const,
	mId: '7f3c2f4e-0d51-4c5f-9c55-2a4e9c1e8f10',
	receivedAt: '2026-01-31T09:30:00.000Z',
};

function body(message: unknown, more: object = {}) {
	return { channelId: 'gfd8g7fd89dgfd', contactId: 'mei', message, ...more };
}

function itemOf(given: unknown, context = CONTEXT): OutgoingItem {
	const parsed = parseOutgoing(given, context);
	if (!parsed.ok) throw new Error(parsed.faults.join('; '));
	return parsed.value;
}

function faultsOf(given: unknown): string[] {
	const parsed = parseOutgoing(given, CONTEXT);
	return parsed.ok ? [] : parsed.faults;
}

const IMAGE = {
	url: 'https://example.com/a.jpg',
	mimeType: 'image/jpeg',
	fileName: 'a.jpg',
	description: 'A',
};

describe('MESSAGE_TYPES', () => {
	it("has the order of the trigger's outputs, which workflows depend on", () => {
		expect(MESSAGE_TYPES).toEqual([
			'text',
			'image',
			'video',
			'audio',
			'file',
			'location',
			'quickReply',
			'other',
		]);
	});
});

describe('parseOutgoing', () => {
	it('gives the whole item', () => {
		const given = body(
			{ type: 'text', text: 'Hello' },
			{ contactId: 'mei=2Etan', agent: { id: 7 } },
		);
		expect(itemOf(given)).toEqual({
			channelId: 'gfd8g7fd89dgfd',
			contactId: 'mei=2Etan',
			providerContactId: 'mei.tan',
			mId: CONTEXT.mId,
			receivedAt: CONTEXT.receivedAt,
			message: { type: 'text', text: 'Hello' },
			raw: given,
		});
	});

	it.each<[string, object, object]>([
		['text', { type: 'text', text: 'Hi' }, { type: 'text', text: 'Hi' }],
		[
			'an attachment',
			{ type: 'attachment', attachment: { type: 'image', ...IMAGE } },
			{ type: 'image', ...IMAGE },
		],
		...(['video', 'audio', 'file'] as const).map((type): [string, object, object] => [
			`an attachment of type ${type}`,
			{ type: 'attachment', attachment: { type, url: 'https://example.com/a' } },
			{ type, url: 'https://example.com/a' },
		]),
		[
			'an attachment with nulls',
			{
				type: 'attachment',
				attachment: { type: 'file', url: 'u', fileName: null, description: '' },
			},
			{ type: 'file', url: 'u' },
		],
		[
			'an attachment with what is no text',
			{ type: 'attachment', attachment: { type: 'file', url: 'u', fileName: 5, mimeType: {} } },
			{ type: 'file', url: 'u' },
		],
		[
			'an attachment of an unknown type',
			{ type: 'attachment', attachment: { type: 'sticker', url: 'u' } },
			{ type: 'file', url: 'u' },
		],
		[
			'an attachment without a type, by its MIME type',
			{ type: 'attachment', attachment: { url: 'u', mimeType: 'video/mp4' } },
			{ type: 'video', url: 'u', mimeType: 'video/mp4' },
		],
		['a flat attachment', { type: 'audio', url: 'u' }, { type: 'audio', url: 'u' }],
		[
			'an attachment whose type stands outside',
			{ type: 'image', attachment: { url: 'u' } },
			{ type: 'image', url: 'u' },
		],
		[
			'an attachment with a type inside and outside',
			{ type: 'file', attachment: { type: 'video', url: 'u' } },
			{ type: 'video', url: 'u' },
		],
		[
			'a location',
			{ type: 'location', latitude: 3.1, longitude: 101.7, address: 'KL' },
			{ type: 'location', latitude: 3.1, longitude: 101.7, address: 'KL' },
		],
		[
			"a location in the document's spelling",
			{ type: 'location', latitude: 0, longtitude: 0 },
			{ type: 'location', latitude: 0, longitude: 0 },
		],
		[
			'a location in both spellings',
			{ type: 'location', latitude: 1, longitude: 2, longtitude: 3 },
			{ type: 'location', latitude: 1, longitude: 2 },
		],
		[
			'a nested location of texts',
			{ type: 'location', location: { latitude: '3.1', longtitude: ' -101.7 ', address: null } },
			{ type: 'location', latitude: 3.1, longitude: -101.7 },
		],
		[
			'a quick reply',
			{ type: 'quick_reply', title: 'T', replies: ['A', 'B'] },
			{ type: 'quickReply', title: 'T', replies: ['A', 'B'] },
		],
		[
			'a quick reply with numbers and blanks',
			{ type: 'quick_reply', title: 'T', replies: [1, ' ', null, 'B'] },
			{ type: 'quickReply', title: 'T', replies: ['1', 'B'] },
		],
		[
			'an unknown type',
			{ type: 'template', name: 'welcome' },
			{ type: 'other', originalType: 'template', original: { type: 'template', name: 'welcome' } },
		],
	])('reads %s', (_what, message, expected) => {
		expect(itemOf(body(message)).message).toEqual(expected);
	});

	it.each([
		['60177872890', '60177872890', '+60177872890'],
		['+60177872890', '+60177872890', '+60177872890'],
		[60177872890, '60177872890', '+60177872890'],
	])('reads the contact %j of a phone channel', (contactId, kept, providerContactId) => {
		const given = body({ type: 'text', text: 'Hi' }, { contactId });
		expect(itemOf(given, { ...CONTEXT, idType: 'phone' as never })).toMatchObject({
			contactId: kept,
			providerContactId,
		});
	});

	it.each([
		[undefined, 'credential'],
		[null, 'credential'],
		['', 'credential'],
		['abc', 'abc'],
		[123, '123'],
	])('takes the channel %j for %j', (channelId, expected) => {
		expect(itemOf(body({ type: 'text', text: 'Hi' }, { channelId })).channelId).toBe(expected);
	});

	const attached = (fields: object) => ({
		type: 'attachment',
		attachment: { type: 'image', url: 'u', ...fields },
	});
	// respond.io keeps its own limits; nothing that it sends is refused or cut for its length.
	it.each<[string, number, (value: string) => object]>([
		['text', 7000, (text) => ({ type: 'text', text })],
		['url', 2000, (url) => attached({ url })],
		['fileName', 256, (fileName) => attached({ fileName })],
		['description', 256, (description) => attached({ description })],
		['address', 256, (address) => ({ type: 'location', latitude: 0, longitude: 0, address })],
		['title', 256, (title) => ({ type: 'quick_reply', title, replies: ['A'] })],
		['replies', 256, (reply) => ({ type: 'quick_reply', title: 'T', replies: [reply] })],
	])('hands on %s at its limit of %d, one below and one above', (field, limit, message) => {
		for (const character of ['x', EMOJI]) {
			for (const length of [1, limit - 1, limit, limit + 1]) {
				const value = character.repeat(length);
				const given = itemOf(body(message(value))).message as unknown as Record<string, unknown>;
				expect([given[field]].flat()).toEqual([value]);
			}
		}
	});

	it.each([49, 50, 51])('hands on a contactId of %d characters', (length) => {
		const contactId = 'a'.repeat(length);
		const given = body({ type: 'text', text: 'Hi' }, { contactId });
		expect(itemOf(given)).toMatchObject({ contactId, providerContactId: contactId });
	});

	it.each([1, 9, 10, 11])('hands on %d replies', (count) => {
		const replies = Array.from({ length: count }, (_, index) => `Reply ${index}`);
		const { message } = itemOf(body({ type: 'quick_reply', title: 'T', replies }));
		expect(message).toMatchObject({ replies });
	});

	it.each([
		[89, 179],
		[90, 180],
		[-90, -180],
		[91, 181],
	])('hands on the place %d, %d', (latitude, longitude) => {
		const { message } = itemOf(body({ type: 'location', latitude, longitude }));
		expect(message).toEqual({ type: 'location', latitude, longitude });
	});

	it.each([
		['no object', null, ['the body must be a JSON object']],
		['a list', [], ['the body must be a JSON object']],
		['a text', '{}', ['the body must be a JSON object']],
		[
			'an empty object',
			{},
			['contactId is required, as a text', 'message is required, as an object'],
		],
		[
			'a blank contact',
			body({ type: 'text', text: 'Hi' }, { contactId: ' ' }),
			['contactId must not be empty'],
		],
		[
			'a contact that is an object',
			body({ type: 'text', text: 'Hi' }, { contactId: {} }),
			['contactId is required, as a text (an object given)'],
		],
		[
			'a channel that is an object',
			body({ type: 'text', text: 'Hi' }, { channelId: {} }),
			['channelId must be a text (an object given)'],
		],
		['a message that is a text', body('Hi'), ['message is required, as an object ("Hi" given)']],
		['a message without a type', body({ text: 'Hi' }), ['message.type is required, as a text']],
		['a message with an empty type', body({ type: '' }), ['message.type must not be empty']],
		['a text without text', body({ type: 'text' }), ['message.text is required, as a text']],
		['an empty text', body({ type: 'text', text: '' }), ['message.text must not be empty']],
		[
			'a text that is a number',
			body({ type: 'text', text: 5 }),
			['message.text is required, as a text (5 given)'],
		],
		[
			'an attachment of nothing',
			body({ type: 'attachment' }),
			['message.attachment.url is required, as a text'],
		],
		[
			'a flat attachment without a URL',
			body({ type: 'image', url: null }),
			['message.url is required, as a text (null given)'],
		],
		[
			'a location of words',
			body({ type: 'location', latitude: 'north', longitude: '' }),
			[
				'message.latitude is required, as a number ("north" given)',
				'message.longitude is required, as a number ("" given)',
			],
		],
		[
			'a number that JSON can write but no computer holds',
			body({ type: 'location', latitude: JSON.parse('1e999') as unknown, longitude: 0 }),
			['message.latitude must be a number (Infinity given)'],
		],
		[
			'a nested location of nothing',
			body({ type: 'location', location: {} }),
			[
				'message.location.latitude is required, as a number',
				'message.location.longitude is required, as a number',
			],
		],
		[
			'a quick reply of nothing',
			body({ type: 'quick_reply' }),
			['message.title is required, as a text', 'message.replies is required, as a list of texts'],
		],
		[
			'a quick reply of blanks',
			body({ type: 'quick_reply', title: 'T', replies: [' '] }),
			['message.replies must have at least one reply (0 given)'],
		],
		[
			'faults on both levels',
			{ message: { type: 'text' } },
			['contactId is required, as a text', 'message.text is required, as a text'],
		],
	])('refuses %s, naming every fault by its path', (_what, given, faults) => {
		expect(faultsOf(given)).toEqual(faults);
	});

	it('survives nesting that JSON can hold but no stack', () => {
		const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown;
		expect(faultsOf({ contactId: deep, message: deep })).toHaveLength(2);
		expect(itemOf(body({ type: 'text', text: 'Hi' }, { deep })).message.type).toBe('text');
	});

	it('shows little of a large value', () => {
		const [fault] = faultsOf(body({ type: 'location', latitude: 'x'.repeat(1e6), longitude: 1 }));
		expect(fault.length).toBeLessThan(150);
	});

	const value = fc.oneof(
		{
			weight: 5,
			arbitrary: fc.constantFrom<unknown>('Hi', '', ' ', '3.1', 3.1, null, [], {}, ['A', 'B']),
		},
		{ weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
	);
	const fields = {
		type: fc.constantFrom('text', 'attachment', 'image', 'location', 'quick_reply', 'sticker'),
		text: value,
		url: value,
		mimeType: value,
		latitude: value,
		longitude: value,
		longtitude: value,
		title: value,
		replies: value,
	};
	const nested = fc.oneof(fc.record(fields, { requiredKeys: [] }), value);
	const almostBody = fc.record(
		{
			channelId: value,
			contactId: fc.oneof(fc.constantFrom('mei', '=b', '=bQQ', '=FF', 601), value),
			message: fc.oneof(
				{
					weight: 9,
					arbitrary: fc.record(
						{ ...fields, attachment: nested, location: nested },
						{ requiredKeys: ['type'] },
					),
				},
				{ weight: 1, arbitrary: value },
			),
		},
		{ requiredKeys: ['message'] },
	);
	const idType = fc.constantFrom('phone', 'custom') as fc.Arbitrary<'custom'>;

	it.each([
		['any JSON', fc.jsonValue(), 10_000],
		['JSON that is nearly a message', almostBody, 8_000],
	])(
		'never throws, whatever the JSON, and gives an item or its faults: %s',
		(_what, json, runs) => {
			const seen = { ok: 0, faulty: 0 };
			fc.assert(
				fc.property(json as fc.Arbitrary<unknown>, idType, (given, type) => {
					const parsed = parseOutgoing(given, { ...CONTEXT, idType: type });
					if (!parsed.ok) {
						seen.faulty++;
						return parsed.faults.length > 0 && parsed.faults.every((fault) => fault.length < 300);
					}
					seen.ok++;
					const { message, contactId, providerContactId, raw } = parsed.value;
					return (
						MESSAGE_TYPES.includes(message.type) &&
						contactId !== '' &&
						typeof providerContactId === 'string' &&
						raw === given
					);
				}),
				{ numRuns: runs },
			);
			// Only faults would prove little.
			if (json === almostBody) expect(Math.min(seen.ok, seen.faulty)).toBeGreaterThan(runs / 20);
		},
	);
});

describe('quickReplyAsText', () => {
	it('numbers the replies below the title', () => {
		expect(quickReplyAsText('Which?', ['A', 'B'])).toBe('Which?\n\n1. A\n2. B');
	});
});
