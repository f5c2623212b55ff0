import fc from 'fast-check';

import { codePointLength } from '../../../nodes/RespondIoCustomChannel/channel/limits';
import {
	attachmentTypeOf,
	essence,
	extensionOf,
	mimeTypeOf,
	withExtension,
} from '../../../nodes/RespondIoCustomChannel/channel/mimeTypes';
import { attachmentSchema } from '../../../nodes/RespondIoCustomChannel/channel/schema';
import { anyString, EMOJI } from './support';

describe('essence', () => {
	it.each([
		['audio/ogg; codecs=opus', 'audio/ogg'],
		[' Image/JPEG ', 'image/jpeg'],
		['', ''],
	])('of %j is %j', (mimeType, expected) => {
		expect(essence(mimeType)).toBe(expected);
	});
});

describe('extensionOf and mimeTypeOf', () => {
	it.each([
		['image/jpeg', 'jpg'],
		['audio/ogg; codecs=opus', 'ogg'],
		['application/pdf', 'pdf'],
		['video/quicktime', 'mov'],
		['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
	])('%s is .%s, and back', (mimeType, extension) => {
		expect(extensionOf(mimeType)).toBe(extension);
		expect(mimeTypeOf(`a.b.${extension.toUpperCase()}`)).toBe(essence(mimeType));
	});

	it.each(['', 'image', 'x/unknown', 'constructor', '__proto__', 'valueof'])(
		'know no extension for %j',
		(mimeType) => {
			expect(extensionOf(mimeType)).toBeUndefined();
		},
	);

	it.each(['', 'photo', 'jpg', 'photo.', 'photo.unknown', 'a.jpg/b', 'a.constructor'])(
		'know no type for %j',
		(fileName) => {
			expect(mimeTypeOf(fileName)).toBeUndefined();
		},
	);

	it.each([
		['photo.jpeg', 'image/jpeg'],
		['scan.TIF', 'image/tiff'],
	])('know %s as %s', (fileName, mimeType) => {
		expect(mimeTypeOf(fileName)).toBe(mimeType);
	});
});

describe('attachmentTypeOf', () => {
	it.each([
		['image/jpeg', 'image'],
		['IMAGE/WEBP', 'image'],
		['video/mp4', 'video'],
		['audio/ogg; codecs=opus', 'audio'],
		['application/pdf', 'file'],
		// No browser shows it as a picture, or none shows it safely.
		['image/tiff', 'file'],
		['image/svg+xml', 'file'],
		['', 'file'],
	])('%j is shown as %s', (mimeType, type) => {
		expect(attachmentTypeOf(mimeType)).toBe(type);
	});
});

describe('withExtension', () => {
	it.each([
		['has one', 'photo.png', 'image/jpeg', 'photo.png'],
		['has one of digits and letters', 'film.mp4', undefined, 'film.mp4'],
		['has one that begins with a digit', 'all.7z', undefined, 'all.7z'],
		['lacks one', 'photo', 'image/jpeg', 'photo.jpg'],
		['lacks one, and the type has parameters', 'voice', 'audio/ogg; codecs=opus', 'voice.ogg'],
		['lacks one, and the type is unknown', 'thing', 'x/unknown', 'thing.bin'],
		['lacks one, and the type is a name of Object', 'thing', 'constructor', 'thing.bin'],
		['lacks one and a type', 'thing', undefined, 'thing.bin'],
		['ends in a number', 'Report 1.2', 'application/pdf', 'Report 1.2.pdf'],
		['ends in a sentence', 'Mr. Smith', 'application/pdf', 'Mr. Smith.pdf'],
		['ends in dots', 'photo...', 'image/png', 'photo.png'],
		['begins with a dot', '.env', 'text/plain', '.env.txt'],
		['is empty', '', 'image/png', 'file.png'],
		['is dots alone', '..', 'image/png', 'file.png'],
		['is blank', ' \n', 'image/png', '_.png'],
		['climbs directories', '../../etc/passwd', undefined, '.._.._etc_passwd.bin'],
		['holds control characters', 'a\u0000b\r\n.txt', undefined, 'a_b_.txt'],
		['is in another script', '美玲.pdf', undefined, '美玲.pdf'],
	])('where the name %s', (_what, fileName, mimeType, expected) => {
		expect(withExtension(fileName, mimeType)).toBe(expected);
	});

	it.each([
		['255 characters', `${'a'.repeat(251)}.jpg`, `${'a'.repeat(251)}.jpg`],
		['256 characters', `${'a'.repeat(252)}.jpg`, `${'a'.repeat(252)}.jpg`],
		['257 characters', `${'a'.repeat(253)}.jpg`, `${'a'.repeat(252)}.jpg`],
		['256 emoji', `${EMOJI.repeat(252)}.jpg`, `${EMOJI.repeat(252)}.jpg`],
		['257 emoji', `${EMOJI.repeat(253)}.jpg`, `${EMOJI.repeat(252)}.jpg`],
		['256 characters without an extension', 'a'.repeat(256), `${'a'.repeat(252)}.bin`],
		['a dot where it is cut', `${'a'.repeat(251)}.${'a'.repeat(9)}.jpg`, `${'a'.repeat(251)}.jpg`],
	])('keeps the extension of a name of %s', (_what, fileName, expected) => {
		expect(withExtension(fileName)).toBe(expected);
	});

	it('gives a legal file name for every name and type, and keeps it', () => {
		const name = fc.oneof(
			anyString,
			fc.string({ unit: 'grapheme', maxLength: 300 }),
			fc
				.array(fc.constantFrom('.', '/', 'a', ' ', 'jpg', '1'), { maxLength: 10 })
				.map((all) => all.join('')),
		);
		fc.assert(
			fc.property(name, fc.option(fc.string(), { nil: undefined }), (fileName, mimeType) => {
				const legal = withExtension(fileName, mimeType);
				const attachment = { type: 'file', url: 'https://example.com/a', fileName: legal };
				return (
					codePointLength(legal) <= 256 &&
					attachmentSchema.safeParse(attachment).success &&
					withExtension(legal) === legal
				);
			}),
			{ numRuns: 3_000 },
		);
	});
});
