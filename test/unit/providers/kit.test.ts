import fc from 'fast-check';

import { ChannelError } from '../../../nodes/RespondIoCustomChannel/channel/error';
import { codePointLength } from '../../../nodes/RespondIoCustomChannel/channel/limits';
import { contactOf } from '../../../nodes/RespondIoCustomChannel/providers/kit/contact';
import {
	combined,
	ignored,
	messageEvents,
	linkedFile,
	withDownloads,
} from '../../../nodes/RespondIoCustomChannel/providers/kit/incoming';
import { messageAsText } from '../../../nodes/RespondIoCustomChannel/providers/kit/message';
import {
	attachmentParts,
	locationParts,
	textParts,
} from '../../../nodes/RespondIoCustomChannel/providers/kit/parts';
import {
	bodyOf,
	foreign,
	lookUp,
} from '../../../nodes/RespondIoCustomChannel/providers/kit/payload';
import { baseUrl, setting } from '../../../nodes/RespondIoCustomChannel/providers/kit/settings';
import { splitSms } from '../../../nodes/RespondIoCustomChannel/providers/kit/sms';
import {
	byteLength,
	splitText,
	utf16Length,
} from '../../../nodes/RespondIoCustomChannel/providers/kit/text';
import { NOW, smsPartsOf } from './support';

const url = 'https://files.example/a';
const base = { contactId: 'c', messageId: 'm', timestamp: NOW };

describe('attachments', () => {
	it.each([
		['image', 256, 1],
		['image', 257, 2],
		['video', 1, 2],
		['file', 1, 2],
	] as const)('%s with a caption of %i characters: %i events', (type, length, count) => {
		const caption = '😀'.repeat(length);
		const parts = attachmentParts({ type, source: { url } }, caption);
		const { events } = messageEvents('message', base, parts);
		expect(events.map(({ messageId }) => messageId)).toEqual(['m', 'm:caption'].slice(0, count));
		expect(JSON.stringify(events)).toContain(caption);
	});

	it.each([
		['no web address', 'ftp://files.example/a'],
		['longer than 2,000 characters', `${url}${'a'.repeat(2000)}`],
	])('with a link that is %s become a text that holds it', (_, link) => {
		expect(attachmentParts({ type: 'video', source: { url: link } }, 'Look')).toEqual([
			{ message: { type: 'text', text: `[video]\n${link}\nLook` }, suffix: undefined },
		]);
	});

	it('have a file name with an extension, or none', () => {
		const named = attachmentParts({
			type: 'file',
			source: { url },
			fileName: 'bill',
			mimeType: 'application/pdf',
		});
		expect(named).toMatchObject([{ message: { attachment: { fileName: 'bill.pdf' } } }]);
		const [unnamed] = attachmentParts({ type: 'file', source: { url }, fileName: ' ' });
		expect(unnamed.message).toEqual({
			type: 'attachment',
			attachment: { type: 'file', source: { url } },
		});
	});
});

describe('locations', () => {
	it.each([
		[256, 1],
		[257, 2],
	])('keep an address of %i characters in %i event(s)', (length, count) => {
		const address = 'é'.repeat(length);
		const parts = locationParts(1, 2, address);
		expect(parts.length).toBe(count);
		expect(JSON.stringify(parts)).toContain(address);
	});

	it.each([
		[91, 0],
		[0, 181],
		[undefined, 1],
		[1, undefined],
		['north', 1],
		[Number.NaN, 1],
	])('outside of the globe (%j, %j) leave their address', (latitude, longitude) => {
		expect(locationParts(latitude, longitude, 'Pole')).toEqual(textParts('Pole'));
		expect(locationParts(latitude, longitude)).toEqual([]);
	});
});

describe('what the workflow has downloaded', () => {
	const of = (...fileIds: string[]) =>
		combined(
			fileIds.map((fileId) =>
				messageEvents('message', base, attachmentParts({ type: 'file', source: { fileId } })),
			),
		);

	it.each([
		['the only file is the only binary', of('f1'), ['data'], [{ binaryPropertyName: 'data' }]],
		[
			'a binary has the name of the file',
			of('f1', 'f2'),
			['f2', 'x'],
			[{ fileId: 'f1' }, { binaryPropertyName: 'f2' }],
		],
		[
			'one binary of no type, two files: which is unclear',
			of('f1', 'f2'),
			['data'],
			[{ fileId: 'f1' }, { fileId: 'f2' }],
		],
		['two binaries, one file: which is unclear', of('f1'), ['a', 'b'], [{ fileId: 'f1' }]],
		['nothing', of('constructor'), [], [{ fileId: 'constructor' }]],
	])('%s', (_, incoming, names, sources) => {
		const binary = Object.fromEntries(names.map((name) => [name, {}]));
		const { events } = withDownloads(incoming, binary);
		expect(events).toEqual(
			sources.map((source) =>
				expect.objectContaining({
					message: { type: 'attachment', attachment: { type: 'file', source } },
				}),
			),
		);
	});
});

describe('a lone download beside several files', () => {
	const picture = (fileId: string) =>
		messageEvents('message', base, attachmentParts({ type: 'image', source: { fileId } }));
	const voice = messageEvents(
		'message',
		base,
		attachmentParts({ type: 'audio', source: { fileId: 'v' } }),
	);
	const sourcesOf = (mimeType: string, name = 'data') =>
		withDownloads(combined([voice, picture('p1'), picture('p2')]), { [name]: { mimeType } })
			.events.map((event) => event as { message: { attachment: { source: object } } })
			.map(({ message }) => message.attachment.source);

	it('is the first of its type', () => {
		const download = { binaryPropertyName: 'data' };
		expect(sourcesOf('image/png')).toEqual([{ fileId: 'v' }, download, { fileId: 'p2' }]);
		expect(sourcesOf('audio/ogg')).toEqual([download, { fileId: 'p1' }, { fileId: 'p2' }]);
	});

	it('is none of another type, nor one where its name tells which it is', () => {
		expect(sourcesOf('application/pdf')).toEqual([
			{ fileId: 'v' },
			{ fileId: 'p1' },
			{ fileId: 'p2' },
		]);
		expect(sourcesOf('image/png', 'p2')).toEqual([
			{ fileId: 'v' },
			{ fileId: 'p1' },
			{ binaryPropertyName: 'p2' },
		]);
	});
});

describe('a file by a link that may need a key', () => {
	const url = 'https://files.example/media/ME1';

	it.each([
		['nothing was downloaded', true, [], { url }],
		['its last part is the name of a download', false, ['ME1', 'ME2'], { fileId: 'ME1' }],
		['it is the only one of both', true, ['data'], { fileId: 'ME1' }],
		['there are other files', false, ['data'], { url }],
		['there are other downloads', true, ['a', 'b'], { url }],
	])('%s', (_, isOnly, names, source) => {
		const binary = Object.fromEntries(names.map((name) => [name, {}]));
		expect(linkedFile(url, isOnly, binary)).toEqual(source);
	});

	it('has no id where the link ends in a slash', () => {
		const folder = 'https://files.example/media/';
		expect(linkedFile(folder, true, { data: {} })).toEqual({ url: folder });
	});
});

describe('contacts', () => {
	it('shorten names, and leave out what respond.io would refuse', () => {
		const contact = contactOf(
			{
				firstName: 'x'.repeat(60),
				lastName: ' Tan ',
				email: 'e'.repeat(51),
				countryCode: 'Malaysia',
				profilePic: 'no link',
				language: 'pt-br',
			},
			NOW,
		);
		expect(contact).toEqual({ firstName: `${'x'.repeat(49)}…`, lastName: 'Tan', language: 'pt' });
	});

	it('are left out when nothing of them is left', () => {
		expect(contactOf({ firstName: ' ', email: null, phone: {} }, NOW)).toBeUndefined();
	});
});

describe('split texts', () => {
	it.each([
		['code points', codePointLength],
		['UTF-16 units', utf16Length],
		['bytes', byteLength],
	])('fit the limit in %s and lose nothing', (_, size) => {
		const text = fc.string({ unit: 'grapheme', maxLength: 400, size: 'max' });
		fc.assert(
			fc.property(text, fc.integer({ min: 20, max: 200 }), (whole, limit) => {
				const parts = splitText(whole, limit, size);
				for (const part of parts) {
					expect(size(part)).toBeLessThanOrEqual(limit);
					expect(part.trim()).not.toBe('');
				}
				const words = (value: string) => value.replace(/\s+/g, '');
				expect(words(parts.join(''))).toBe(words(whole));
			}),
		);
	});
});

describe('texts in SMS of two parts', () => {
	it.each([
		['of 7 bits', 'x'.repeat(306), 'x'],
		['with other characters', 'ж'.repeat(134), 'ж'],
		// 152 of 153 are used: an escape and its character stay in one part.
		['of characters with an escape', '{'.repeat(152), '{'],
		// 66 of 67 are used.
		['of characters with two units', '😀'.repeat(66), '😀'],
		['of characters that not all networks have', '€'.repeat(134), '€'],
	])('%s', (_, fitting, character) => {
		expect(splitSms(fitting, 2)).toEqual([fitting]);
		expect(splitSms(fitting + character, 2)).toEqual([fitting, character]);
	});

	it('are never of more parts than the standard counts, and lose nothing', () => {
		const text = fc.string({ unit: 'grapheme', maxLength: 400, size: 'max' });
		const plain = fc.string({ unit: 'grapheme-ascii', maxLength: 900, size: 'max' });
		fc.assert(
			fc.property(fc.oneof(text, plain), (whole) => {
				const messages = splitSms(whole, 2);
				for (const each of messages) expect(smsPartsOf(each)).toBeLessThanOrEqual(2);
				const words = (value: string) => value.replace(/\s+/g, '');
				expect(words(messages.join(''))).toBe(words(whole));
			}),
		);
	});
});

describe('messages as text', () => {
	it.each([
		[
			{ type: 'location' as const, latitude: 3.1, longitude: 101.7, address: 'KL' },
			'KL\nhttps://www.google.com/maps/search/?api=1&query=3.1,101.7',
		],
		[
			{
				type: 'attachment' as const,
				attachment: { type: 'file' as const, url, fileName: 'a.pdf', description: 'The bill' },
			},
			`The bill\na.pdf\n${url}`,
		],
		[{ type: 'quick_reply' as const, title: 'Size?', replies: ['S', 'M'] }, 'Size?\n\n1. S\n2. M'],
	])('%j', (message, text) => {
		expect(messageAsText(message)).toBe(text);
	});
});

describe('what was left out', () => {
	it('is counted by kind, whatever the kind is called', () => {
		const kinds = ['typing', 'constructor', 'typing', '__proto__'];
		expect(Object.entries(combined(kinds.map(ignored)).ignored)).toEqual([
			['typing', 2],
			['constructor', 1],
			['__proto__', 1],
		]);
	});

	it('is named in at most 60 characters', () => {
		expect(Object.keys(ignored('x'.repeat(100)).ignored)).toEqual(['x'.repeat(60)]);
	});
});

describe('the Webhook node', () => {
	it.each([
		[{ headers: {}, params: {}, query: {}, body: { a: 1 } }, { a: 1 }],
		[{ headers: {}, query: {}, body: '{"a":1}' }, { a: 1 }],
		[{ headers: {}, query: {}, body: 'no JSON' }, 'no JSON'],
		[
			{ headers: ['a'], body: 'an e-mail' },
			{ headers: ['a'], body: 'an e-mail' },
		],
		[{ headers: {}, query: { a: '1' }, body: {} }, { a: '1' }],
		[{ headers: {}, query: { a: '1' }, body: '' }, { a: '1' }],
		[{ headers: {}, query: { a: '1' }, body: { b: 1 } }, { b: 1 }],
		[{ headers: {}, query: { a: '1' }, body: [] }, []],
		[{ headers: {}, params: {}, query: {}, body: {} }, {}],
		[{ a: 1 }, { a: 1 }],
	])('%j', (payload, body) => {
		expect(bodyOf(payload)).toEqual(body);
	});
});

describe('errors', () => {
	it('tell field names of a foreign payload, never values', () => {
		const { message } = foreign('Telegram', { token: 'secret', list: [] });
		expect(message).toBe('This is no payload of Telegram: it is an object with "token", "list"');
	});

	it.each([undefined, '', 'telegram.example', 'ftp://telegram.example'])(
		'baseUrl %j: the default, or refused',
		(value) => {
			const settings: Record<string, string> = value === undefined ? {} : { baseUrl: value };
			const context = { now: NOW, settings };
			const run = () => baseUrl(context, 'Telegram', 'https://api.telegram.org');
			if (value === undefined || value === '') expect(run()).toBe('https://api.telegram.org');
			else expect(run).toThrow('baseUrl');
		},
	);

	it('name a setting that is missing', () => {
		const run = () => setting({ now: NOW, settings: { phoneNumberId: ' ' } }, 'phoneNumberId', 'X');
		expect(run).toThrow(ChannelError);
		expect(run).toThrow('phoneNumberId');
	});
});

it('a table is never asked for what objects inherit', () => {
	expect(lookUp({ a: 1 }, 'a')).toBe(1);
	expect(lookUp({ a: 1 }, 'constructor')).toBeUndefined();
});
