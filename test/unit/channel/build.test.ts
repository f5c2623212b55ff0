import fc from 'fast-check';

import {
	buildMessages,
	messageEvents,
	parseWholeEvents,
	statusEvent,
	type MessageInput,
	type MessageOptions,
} from '../../../nodes/RespondIoCustomChannel/channel/build';
import { ChannelError } from '../../../nodes/RespondIoCustomChannel/channel/error';
import {
	eventSchema,
	eventsRequestSchema,
	messageSchema,
} from '../../../nodes/RespondIoCustomChannel/channel/schema';
import { EMOJI, faultOf } from './support';

const NOW = 1_800_000_000_000;
const CONTEXT = { idType: 'custom' as const, now: NOW };
const OPTIONS: MessageOptions = { longText: 'split', locationKey: 'both' };
const FILE = 'https://example.com/files/7';

function build(input: unknown, options: Partial<MessageOptions> = {}) {
	return buildMessages(input as MessageInput, { ...OPTIONS, ...options });
}

describe('buildMessages of a text', () => {
	it.each([1, 6999, 7000])('gives one message for %d characters', (length) => {
		const text = EMOJI.repeat(length);
		expect(build({ type: 'text', text })).toEqual([{ type: 'text', text }]);
	});

	it('gives several for 7,001, or a shortened one, or an error', () => {
		const text = 'x'.repeat(7001);
		const lengths = (longText: MessageOptions['longText']) =>
			build({ type: 'text', text }, { longText }).map((each) => 'text' in each && each.text.length);
		expect(lengths('split')).toEqual([7000, 1]);
		expect(lengths('truncate')).toEqual([7000]);
		expect(faultOf(() => lengths('error')).message).toMatch(/at most 7,000 .* has 7,001/);
	});

	it.each(['', ' \n\t'])('refuses %j, which shows nothing', (text) => {
		expect(faultOf(() => build({ type: 'text', text })).message).toBe('The Text is empty');
	});

	it('leaves out a part of white space alone', () => {
		const text = `${'x'.repeat(7000)}${' '.repeat(10_000)}y`;
		const messages = build({ type: 'text', text });
		expect(messages.every((each) => 'text' in each && each.text.trim() !== '')).toBe(true);
		expect(messages.map((each) => 'text' in each && each.text.trim())).toEqual([
			'x'.repeat(7000),
			'y',
		]);
	});
});

describe('buildMessages of an attachment', () => {
	const attachment = (more: object) => build({ type: 'attachment', url: FILE, ...more });

	it.each([
		['what is given', { attachmentType: 'video', mimeType: 'image/png' }, 'video'],
		['the MIME type', { mimeType: 'image/png' }, 'image'],
		[
			'the MIME type, to detect',
			{ attachmentType: 'detect', mimeType: 'audio/ogg; codecs=opus' },
			'audio',
		],
		['the file name', { attachmentType: '', fileName: 'a.mp4' }, 'video'],
		["the URL's path", { url: 'https://example.com/a.png?size=1#x' }, 'image'],
		['nothing', {}, 'file'],
	])('takes its type from %s', (_what, more, type) => {
		expect(attachment(more)).toMatchObject([{ attachment: { type } }]);
	});

	it('leaves out what is blank, and trims the rest', () => {
		expect(
			attachment({ url: ` ${FILE} `, fileName: ' ', mimeType: '', description: '\n' }),
		).toEqual([{ type: 'attachment', attachment: { type: 'file', url: FILE } }]);
	});

	it('gives the file name an extension', () => {
		expect(attachment({ fileName: 'invoice', mimeType: 'application/pdf' })).toMatchObject([
			{ attachment: { fileName: 'invoice.pdf', mimeType: 'application/pdf' } },
		]);
	});

	it.each([255, 256])('keeps a caption of %d characters at its image', (length) => {
		const description = EMOJI.repeat(length);
		expect(attachment({ attachmentType: 'image', description })).toEqual([
			{ type: 'attachment', attachment: { type: 'image', url: FILE, description } },
		]);
	});

	it.each([
		['longer than 256 characters', 'image', EMOJI.repeat(257)],
		['of another type than image', 'video', 'A cat'],
	])('posts a caption %s as a text of its own', (_what, attachmentType, description) => {
		expect(attachment({ attachmentType, description })).toEqual([
			{ type: 'attachment', attachment: { type: attachmentType, url: FILE } },
			{ type: 'text', text: description },
		]);
	});

	it.each([
		[
			{ url: 'data:image/png;base64,AAAA' },
			'Attachment URL must be a complete http(s) URL, e.g. https://example.com/photo.jpg ("data:image/png;base64,AAAA" given)',
		],
		[
			{ url: `https://example.com/${'a'.repeat(2000)}` },
			'Attachment URL must be at most 2,000 characters (2,020 given)',
		],
		[{ attachmentType: 'sticker' }, 'The Attachment Type "sticker" is not known'],
	])('refuses %j', (more, message) => {
		expect(faultOf(() => attachment(more)).message).toBe(message);
	});

	it('says of an empty URL that it is empty', () => {
		expect(faultOf(() => attachment({ url: '' })).message).toMatch(
			/^Attachment URL must not be empty/,
		);
	});
});

describe('buildMessages of a location', () => {
	const place = { type: 'location', latitude: '3.1', longitude: 101.7, address: ' KL ' };

	it.each([
		['both', { longitude: 101.7, longtitude: 101.7 }],
		['longitude', { longitude: 101.7 }],
		['longtitude', { longtitude: 101.7 }],
	] as const)('writes the longitude as the option says: %s', (locationKey, keys) => {
		expect(build(place, { locationKey })).toEqual([
			{ type: 'location', latitude: 3.1, ...keys, address: 'KL' },
		]);
	});

	it('leaves out a blank address', () => {
		expect(build({ ...place, address: ' ' })[0]).not.toHaveProperty('address');
	});

	it.each([
		[{ latitude: 90.1 }, 'Latitude must be a number from -90 to 90 (90.1 given)'],
		[{ longitude: -180.1 }, 'Longitude must be a number from -180 to 180 (-180.1 given)'],
		[{ latitude: '3,1' }, 'Latitude must be a number from -90 to 90 ("3,1" given)'],
		[{ latitude: '' }, 'Latitude must be a number from -90 to 90 ("" given)'],
		[{ longitude: undefined }, 'Longitude is required'],
		[{ address: EMOJI.repeat(257) }, 'Address must be at most 256 characters (257 given)'],
		[
			{ latitude: 91, longitude: 181 },
			'Latitude must be a number from -90 to 90 (91 given); Longitude must be a number from -180 to 180 (181 given)',
		],
	])('refuses %j, told once, by the name that people know', (more, message) => {
		for (const locationKey of ['both', 'longitude', 'longtitude'] as const) {
			expect(faultOf(() => build({ ...place, ...more }, { locationKey })).message).toBe(message);
		}
	});
});

describe('buildMessages of a quick reply', () => {
	const quickReply = (replies: unknown, title = 'Which?') =>
		build({ type: 'quickReply', title, replies });

	it.each([
		['a list', ['A', 2]],
		['a list with blanks', [' A ', null, '', '2']],
		['a text of lines', 'A\r\n\n2\n'],
		['the JSON of a list', '["A", 2]'],
	])('reads %s', (_what, replies) => {
		expect(quickReply(replies)).toEqual([
			{ type: 'quick_reply', title: 'Which?', replies: ['A', '2'] },
		]);
	});

	it.each([
		[Array(11).fill('A'), 'Replies must have at most 10 replies (11 given)'],
		['', 'Replies must have at least one reply (0 given)'],
		[undefined, 'Replies must have at least one reply (0 given)'],
		[['A', 'x'.repeat(257)], 'Reply 2 must be at most 256 characters (257 given)'],
		[['A', { title: 'B' }], 'Reply 2 must be a text (an object given)'],
		[{ title: 'B' }, 'Reply 1 must be a text (an object given)'],
	])('refuses the replies %j', (replies, message) => {
		expect(faultOf(() => quickReply(replies)).message).toBe(message);
	});

	it.each([
		['', 'Title must not be empty'],
		['x'.repeat(257), 'Title must be at most 256 characters (257 given)'],
	])('refuses the title %j', (title, message) => {
		expect(faultOf(() => quickReply(['A'], title)).message).toBe(message);
	});
});

describe('buildMessages at the limits', () => {
	const attachment = (fields: object) => ({ type: 'attachment', url: FILE, ...fields });
	const place = { type: 'location', latitude: 0, longitude: 0 };
	const quickReply = { type: 'quickReply', title: 'T', replies: ['A'] };

	it.each<[string, number, (value: string) => object]>([
		['Address', 256, (address) => ({ ...place, address })],
		['Title', 256, (title) => ({ ...quickReply, title })],
		['Reply 1', 256, (reply) => ({ ...quickReply, replies: [reply] })],
	])('takes %s up to %d code points', (name, limit, input) => {
		for (const character of ['x', EMOJI]) {
			for (const length of [1, limit - 1, limit]) {
				const value = character.repeat(length);
				expect(JSON.stringify(build(input(value)))).toContain(JSON.stringify(value));
			}
			expect(faultOf(() => build(input(character.repeat(limit + 1)))).message).toBe(
				`${name} must be at most ${limit} characters (${limit + 1} given)`,
			);
		}
	});

	it('takes Attachment URL up to 2,000 characters', () => {
		for (const length of [1999, 2000]) {
			const url = FILE.padEnd(length, 'a');
			expect(build(attachment({ url }))).toMatchObject([{ attachment: { url } }]);
		}
		expect(faultOf(() => build(attachment({ url: FILE.padEnd(2001, 'a') }))).message).toBe(
			'Attachment URL must be at most 2,000 characters (2,001 given)',
		);
	});

	it.each([255, 256, 257])(
		'shortens a file name of %d characters to 256 where needed',
		(length) => {
			const fileName = `${EMOJI.repeat(length - 4)}.jpg`;
			expect(build(attachment({ fileName }))).toMatchObject([
				{ attachment: { fileName: `${EMOJI.repeat(Math.min(length, 256) - 4)}.jpg` } },
			]);
		},
	);

	it.each([1, 9, 10])('takes %d replies', (count) => {
		const replies = Array.from({ length: count }, (_, index) => `Reply ${index}`);
		expect(build({ ...quickReply, replies })).toMatchObject([{ replies }]);
	});

	it.each([
		['latitude', 90],
		['longitude', 180],
	])('takes a %s up to %d degrees either side', (key, limit) => {
		for (const degrees of [limit - 0.1, limit, 0.1 - limit, -limit]) {
			expect(build({ ...place, [key]: degrees })).toMatchObject([{ [key]: degrees }]);
		}
		for (const degrees of [limit + 0.1, -limit - 0.1]) {
			expect(faultOf(() => build({ ...place, [key]: degrees })).message).toMatch(
				new RegExp(`^${key} must be a number from -${limit} to ${limit}`, 'i'),
			);
		}
	});
});

describe('buildMessages', () => {
	it('refuses a type that it does not know', () => {
		expect(faultOf(() => build({ type: 'sticker' })).message).toBe(
			'The Message Type "sticker" is not known',
		);
	});

	it('gives legal messages, or an error of ours, for all that people fill in', () => {
		const text = fc.oneof(
			fc.string({ unit: 'binary' }),
			fc.constantFrom('', ' ', 'a.jpg', 'detect'),
		);
		const input = fc.oneof(
			fc.record({ type: fc.constant('text'), text }),
			fc.record({
				type: fc.constant('attachment'),
				url: fc.oneof(fc.webUrl({ withQueryParameters: true }), text),
				attachmentType: fc.constantFrom('image', 'video', 'detect', ''),
				fileName: text,
				mimeType: fc.oneof(text, fc.constantFrom('image/png', 'audio/ogg; codecs=opus')),
				description: fc.string({ unit: 'binary', maxLength: 300 }),
			}),
			fc.record({
				type: fc.constant('location'),
				latitude: fc.oneof(fc.double({ min: -91, max: 91 }), text),
				longitude: fc.oneof(fc.double({ min: -181, max: 181 }), text),
				address: text,
			}),
			fc.record({
				type: fc.constant('quickReply'),
				title: text,
				replies: fc.oneof(fc.array(text, { maxLength: 12 }), text, fc.jsonValue()),
			}),
		);
		let built = 0;
		fc.assert(
			fc.property(input, fc.constantFrom('both', 'longtitude'), (given, locationKey) => {
				try {
					const messages = build(given, { locationKey: locationKey as 'both' });
					built++;
					return (
						messages.length > 0 && messages.every((each) => messageSchema.safeParse(each).success)
					);
				} catch (error) {
					return error instanceof ChannelError;
				}
			}),
			{ numRuns: 2_000 },
		);
		expect(built).toBeGreaterThan(400);
	});
});

describe('messageEvents', () => {
	it.each(['message', 'message_echo'] as const)('gives one event of kind %s a message', (kind) => {
		const messages = build({ type: 'text', text: 'x'.repeat(7001) });
		const events = messageEvents({ kind, messageId: 'abc', timestamp: '' }, messages, CONTEXT);
		expect(events).toEqual([
			{ type: kind, mId: 'abc', timestamp: NOW, message: messages[0] },
			{ type: kind, mId: 'abc#2', timestamp: NOW, message: messages[1] },
		]);
		for (const event of events) expect(eventSchema.safeParse(event).success).toBe(true);
	});

	it('refuses a message without an id', () => {
		const messages = build({ type: 'text', text: 'Hi' });
		const { message } = faultOf(() =>
			messageEvents({ kind: 'message', messageId: '', timestamp: '' }, messages, CONTEXT),
		);
		expect(message).toBe('The Message ID is empty');
	});
});

describe('statusEvent', () => {
	const event = (more: object) =>
		statusEvent({ messageId: 'abc', status: 'sent', timestamp: 1_732_000_000, ...more }, CONTEXT);

	it.each(['sent', 'delivered', 'read', ' Read '])('takes the status %j', (status) => {
		expect(event({ status, errorMessage: 'of no meaning here' })).toEqual({
			type: 'message_status',
			mId: 'abc',
			timestamp: 1_732_000_000_000,
			status: { value: status.trim().toLowerCase() },
		});
	});

	it('gives a failure its reason', () => {
		expect(event({ status: 'failed', errorMessage: ' Blocked ' }).status).toEqual({
			value: 'failed',
			message: 'Blocked',
		});
	});

	it.each([undefined, '', ' '])('refuses a failure for the reason %j', (errorMessage) => {
		expect(faultOf(() => event({ status: 'failed', errorMessage })).message).toBe(
			'The Error Message is empty, but respond.io requires one with the status failed',
		);
	});

	it('refuses an unknown status, and lists the known', () => {
		const { message, hint } = faultOf(() => event({ status: 'seen' }));
		expect(message).toBe('The Status "seen" is not known');
		expect(hint).toMatch(/sent, delivered, read, failed/);
	});
});

describe('parseWholeEvents', () => {
	const message = { type: 'text', text: 'Hi' };
	const parse = (given: unknown, kind: 'message' | 'message_status' = 'message') =>
		parseWholeEvents(given, kind, CONTEXT);
	const request = {
		channelId: 'of no meaning here',
		contactId: 'mei.tan',
		contact: { firstName: ' Mei ', lastName: null, countryCode: 'my' },
		events: [{ type: 'message', mId: 'w'.repeat(51), timestamp: '1732000000', message }],
	};
	const expected = {
		contactId: 'mei=2Etan',
		contact: { firstName: 'Mei', countryCode: 'MY' },
		events: [
			{
				type: 'message',
				mId: expect.stringMatching(/^[0-9a-f-]{36}$/),
				timestamp: 1_732_000_000_000,
				message,
			},
		],
	};

	it.each([
		['an object', request],
		['a text', JSON.stringify(request)],
	])('reads a whole request, given as %s', (_what, given) => {
		expect(parse(given)).toEqual(expected);
		expect(eventsRequestSchema.safeParse({ channelId: 'abc', ...parse(given) }).success).toBe(true);
	});

	it('reads one event that holds its contactId, without a type or a time', () => {
		expect(parse({ contactId: 60177872890, mId: 7, timestamp: null, message })).toEqual({
			contactId: '60177872890',
			events: [{ type: 'message', mId: '7', timestamp: NOW, message }],
		});
	});

	it.each([
		['custom', 'mei.tan', 'mei=2Etan'],
		['custom', '美玲', '=b576O546y'],
		['custom', 'a=2E', 'a=2E'],
		// Not what encoding writes, so ids that only look like it.
		['custom', 'a=FF', 'a=3DFF'],
		['custom', 'a=41', 'a=3D41'],
		['custom', '=bQQ', '=3DbQQ'],
		['phone', '0060177872890', '+60177872890'],
	] as const)(
		'takes the contact of a %s channel as the provider has it, %j, or as it goes to respond.io',
		(idType, id, onTheWire) => {
			const parsed = (contactId: string) =>
				parseWholeEvents({ contactId, mId: 'a', message }, 'message', { ...CONTEXT, idType });
			expect(parsed(id).contactId).toBe(onTheWire);
			expect(parsed(onTheWire).contactId).toBe(onTheWire);
		},
	);

	it("reads the document's mld as mId", () => {
		expect(parse({ contactId: 'mei', mld: 'abc', message }).events[0].mId).toBe('abc');
	});

	it('leaves nulls out on every level', () => {
		const given = {
			contactId: 'mei',
			contact: null,
			mId: 'abc',
			message: {
				type: 'attachment',
				attachment: { type: 'image', url: FILE, fileName: null, description: null },
			},
		};
		expect(parse(given)).toEqual({
			contactId: 'mei',
			events: [
				{
					type: 'message',
					mId: 'abc',
					timestamp: NOW,
					message: { type: 'attachment', attachment: { type: 'image', url: FILE } },
				},
			],
		});
	});

	it('reads a status, without a message', () => {
		const given = { contactId: 'mei', mId: 'abc', message, status: { value: 'read' } };
		expect(parse(given, 'message_status').events).toEqual([
			{ type: 'message_status', mId: 'abc', timestamp: NOW, status: { value: 'read' } },
		]);
	});

	it.each([
		['no JSON', '{', 'The Event (JSON) is not a JSON object: "{"'],
		['a list', [], 'The Event (JSON) is not a JSON object: a list'],
		['nothing', undefined, 'The Event (JSON) is not a JSON object: undefined'],
		['no events', { contactId: 'mei', events: [] }, 'The Event (JSON) has no events'],
		['no contact', { mId: 'abc', message }, 'The Contact ID is empty'],
		['no id', { contactId: 'mei', message }, 'The Message ID is empty'],
		[
			'an id that lost digits',
			{ contactId: 1e20, mId: 'abc', message },
			'contactId must be a text (100000000000000000000 given)',
		],
		[
			'an id that is an object',
			{ contactId: 'mei', mId: {}, message },
			'events.0.mId must be a text (an object given)',
		],
		[
			'a time that is none',
			{ contactId: 'mei', mId: 'a', timestamp: 'x', message },
			'The Timestamp "x" is not a time since 2001',
		],
		[
			'a contact of words',
			{ contactId: 'mei', mId: 'a', contact: 'Mei', message },
			'The contact is not a JSON object: "Mei"',
		],
		[
			'an event of words',
			{ contactId: 'mei', events: ['Hi'] },
			'events.0 is not a JSON object: "Hi"',
		],
		['no message', { contactId: 'mei', mId: 'a' }, 'events.0.message is required'],
		[
			'faults in several events',
			{
				contactId: 'mei',
				events: [
					{ mId: 'a', message: { type: 'text', text: 'x'.repeat(7001) } },
					{ mId: 'b', message: { type: 'text', text: '' } },
				],
			},
			'events.0.message.text must be at most 7,000 characters (7,001 given); events.1.message.text must not be empty',
		],
	])('refuses %s', (_what, given, message) => {
		expect(faultOf(() => parse(given)).message).toBe(message);
	});

	it('refuses an event of another operation, but where messages are posted: those take any', () => {
		const echo = { contactId: 'mei', events: [{ type: 'message_echo', mId: 'a', message }] };
		expect(faultOf(() => parse(echo, 'message_status')).message).toBe(
			'events.0.type is "message_echo", but this operation posts "message_status"',
		);
		expect(parse(echo).events).toMatchObject([{ type: 'message_echo', mId: 'a', message }]);
	});
});
