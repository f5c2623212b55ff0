import { faultsOf } from '../../../nodes/RespondIoCustomChannel/channel/check';
import {
	CUSTOM_CONTACT_ID,
	eventsRequestSchema,
	PHONE_CONTACT_ID,
} from '../../../nodes/RespondIoCustomChannel/channel/schema';
import { EMOJI } from './support';

const URL_START = 'https://example.com/';

type Fields = Record<string, unknown>;

function request(event: Fields, more: Fields = {}): Fields {
	return {
		channelId: 'gfd8g7fd89dgfd',
		contactId: 'mei',
		events: [{ type: 'message', mId: 'a', timestamp: 1_732_000_000_000, ...event }],
		...more,
	};
}

function text(more: Fields = {}, fields: Fields = {}): Fields {
	return request({ message: { type: 'text', text: 'Hi', ...more }, ...fields });
}

function attachment(more: Fields): Fields {
	const content = { type: 'image', url: `${URL_START}a.jpg`, ...more };
	return request({ message: { type: 'attachment', attachment: content } });
}

function location(more: Fields): Fields {
	return request({ message: { type: 'location', latitude: 0, longitude: 0, ...more } });
}

function quickReply(more: Fields): Fields {
	return request({ message: { type: 'quick_reply', title: 'T', replies: ['A'], ...more } });
}

function status(more: Fields): Fields {
	return request({ type: 'message_status', status: { value: 'sent', ...more } });
}

function faults(body: unknown): string[] {
	const result = eventsRequestSchema.safeParse(body);
	return result.success ? [] : faultsOf(result.error.issues, body);
}

describe('a request of events', () => {
	const texts: Array<[string, number, (value: string) => Fields]> = [
		['contactId', 50, (contactId) => ({ ...text(), contactId })],
		['events.0.mId', 50, (mId) => text({}, { mId })],
		['events.0.message.text', 7000, (value) => text({ text: value })],
		['events.0.message.attachment.description', 256, (description) => attachment({ description })],
		['events.0.message.address', 256, (address) => location({ address })],
		['events.0.message.title', 256, (title) => quickReply({ title })],
		['events.0.message.replies.0', 256, (reply) => quickReply({ replies: [reply] })],
		['contact.firstName', 50, (firstName) => ({ ...text(), contact: { firstName } })],
		['contact.lastName', 50, (lastName) => ({ ...text(), contact: { lastName } })],
		['contact.email', 50, (email) => ({ ...text(), contact: { email } })],
		['contact.phone', 18, (phone) => ({ ...text(), contact: { phone } })],
	];

	it.each(texts)('takes %s of 1 to %d code points', (path, limit, bodyOf) => {
		for (const character of ['x', EMOJI]) {
			expect(faults(bodyOf(character))).toEqual([]);
			expect(faults(bodyOf(character.repeat(limit - 1)))).toEqual([]);
			expect(faults(bodyOf(character.repeat(limit)))).toEqual([]);
			expect(faults(bodyOf(character.repeat(limit + 1)))).toEqual([
				`${path} must be at most ${limit.toLocaleString('en-US')} characters (${(limit + 1).toLocaleString('en-US')} given)`,
			]);
		}
		expect(faults(bodyOf(''))).toEqual([`${path} must not be empty`]);
	});

	it.each([
		['a URL', 2000, (size: number) => attachment({ url: URL_START.padEnd(size, 'a') })],
		['a file name', 256, (size: number) => attachment({ fileName: 'a.jpg'.padStart(size, 'b') })],
		[
			"a picture's URL",
			2000,
			(size: number) => ({ ...text(), contact: { profilePic: URL_START.padEnd(size, 'a') } }),
		],
	])('takes %s up to %d characters', (_what, limit, bodyOf) => {
		expect(faults(bodyOf(limit - 1))).toEqual([]);
		expect(faults(bodyOf(limit))).toEqual([]);
		expect(faults(bodyOf(limit + 1))).toEqual([expect.stringContaining('must be at most')]);
	});

	it.each([
		['latitude', 90, (latitude: number) => location({ latitude })],
		['longitude', 180, (longitude: number) => location({ longitude })],
		['longtitude', 180, (longtitude: number) => location({ longtitude })],
	])('takes a %s up to %d degrees either side', (key, limit, bodyOf) => {
		for (const sign of [-1, 1]) {
			expect(faults(bodyOf(sign * (limit - 1e-9)))).toEqual([]);
			expect(faults(bodyOf(sign * limit))).toEqual([]);
			expect(faults(bodyOf(sign * (limit + 1e-9)))).toEqual([
				expect.stringContaining(`${key} must be a number from ${-limit} to ${limit}`),
			]);
		}
	});

	it.each([1, 9, 10])('takes %d quick replies', (count) => {
		expect(faults(quickReply({ replies: Array(count).fill('A') }))).toEqual([]);
	});

	it.each([-24, -23.75, 0, 23.75, 24])('takes the time zone %d', (timezone) => {
		expect(faults({ ...text(), contact: { timezone } })).toEqual([]);
	});

	it.each([
		['a status', status({})],
		['a failure with its reason', status({ value: 'failed', message: 'Blocked' })],
		['an echo', text({}, { type: 'message_echo' })],
		[
			'a location in the spelling of the document',
			location({ longitude: undefined, longtitude: 1 }),
		],
		['an address with a port and a query', attachment({ url: 'http://example.com:8080/a?b#c' })],
		['an address in capitals', attachment({ url: 'HTTPS://EXAMPLE.COM/A.JPG' })],
	])('takes %s', (_what, body) => {
		expect(faults(body)).toEqual([]);
	});

	it.each([
		['nothing', undefined, 'the body is required'],
		['null', null, 'the body must be an object (null given)'],
		['no events', { ...text(), events: [] }, 'events must have at least one event (0 given)'],
		['events of no list', { ...text(), events: {} }, 'events must be a list (an object given)'],
		[
			'an unknown event',
			text({}, { type: 'typing' }),
			'events.0.type is not known ("typing" given)',
		],
		[
			'an unknown message',
			text({ type: 'sms' }),
			'events.0.message.type is not known ("sms" given)',
		],
		[
			'a flat attachment',
			request({ message: { type: 'image', url: URL_START } }),
			'events.0.message.type is not known ("image" given)',
		],
		['an empty channel', { ...text(), channelId: '' }, 'channelId must not be empty'],
		[
			'a MIME type of a number',
			attachment({ mimeType: 5 }),
			'events.0.message.attachment.mimeType must be a text (5 given)',
		],
		['a text of a number', text({ text: 5 }), 'events.0.message.text must be a text (5 given)'],
		[
			'a time in words',
			text({}, { timestamp: '2026-01-31' }),
			'events.0.timestamp must be a number of milliseconds since 1970 ("2026-01-31" given)',
		],
		[
			'half a millisecond',
			text({}, { timestamp: 1.5 }),
			'events.0.timestamp must be an integer number of milliseconds (1.5 given)',
		],
		[
			'a time before 1970',
			text({}, { timestamp: -1 }),
			'events.0.timestamp must not be negative (-1 given)',
		],
		[
			'an unknown kind of attachment',
			attachment({ type: 'sticker' }),
			'events.0.message.attachment.type must be one of image, video, audio, file ("sticker" given)',
		],
		[
			'a caption of a file',
			attachment({ type: 'file', description: 'A' }),
			'events.0.message.attachment.description is for images alone ("A" given)',
		],
		...['photo', 'photo.', '.jpg', 'a.b c', 'a..'].map((fileName): [string, Fields, string] => [
			`the file name ${fileName}`,
			attachment({ fileName }),
			`events.0.message.attachment.fileName must have an extension, e.g. photo.jpg ("${fileName}" given)`,
		]),
		...[
			'data:image/png;base64,AA',
			'ftp://example.com/a',
			'example.com/a',
			'https://',
			'https:///a',
			'https://exa mple.com/a',
			'https://example.com:99999/a',
		].map((url): [string, Fields, string] => [
			`the address ${url}`,
			attachment({ url }),
			`events.0.message.attachment.url must be a complete http(s) URL, e.g. https://example.com/photo.jpg ("${url}" given)`,
		]),
		[
			'a location without a longitude',
			location({ longitude: undefined }),
			'events.0.message.longitude is required',
		],
		[
			'11 replies',
			quickReply({ replies: Array(11).fill('A') }),
			'events.0.message.replies must have at most 10 replies (11 given)',
		],
		[
			'no replies',
			quickReply({ replies: [] }),
			'events.0.message.replies must have at least one reply (0 given)',
		],
		[
			'an unknown status',
			status({ value: 'seen' }),
			'events.0.status.value must be one of sent, delivered, read, failed ("seen" given)',
		],
		[
			'a failure without a reason',
			status({ value: 'failed' }),
			'events.0.status.message is required when the status is failed',
		],
		[
			'a failure with an empty reason',
			status({ value: 'failed', message: '' }),
			'events.0.status.message must not be empty',
		],
	] as Array<[string, unknown, string]>)('refuses %s', (_what, body, fault) => {
		expect(faults(body)).toEqual([fault]);
	});

	it('names every fault', () => {
		expect(
			faults({ channelId: 1, events: [{ type: 'message', message: { type: 'text' } }] }),
		).toEqual([
			'channelId must be a text (1 given)',
			'contactId is required',
			'events.0.mId is required',
			'events.0.timestamp is required',
			'events.0.message.text is required',
		]);
	});
});

describe('the alphabets of contact ids', () => {
	it('are A-Z a-z 0-9 _ = + / @ for custom ids, 50 at most', () => {
		const legal = Array.from({ length: 0x250 }, (_, code) => String.fromCharCode(code))
			.filter((character) => CUSTOM_CONTACT_ID.test(character))
			.join('');
		expect(legal).toBe('+/0123456789=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz');
		expect(CUSTOM_CONTACT_ID.test('a'.repeat(50))).toBe(true);
		expect(CUSTOM_CONTACT_ID.test('a'.repeat(51))).toBe(false);
		expect(CUSTOM_CONTACT_ID.test('a\n')).toBe(false);
	});

	it.each([
		['+12', true],
		['+123456789012345', true],
		['+1234567890123456', false],
		['+012', false],
		['12', false],
		['+12\n', false],
	])('are a plus and digits for phones: %j %s', (id, legal) => {
		expect(PHONE_CONTACT_ID.test(id)).toBe(legal);
	});
});
