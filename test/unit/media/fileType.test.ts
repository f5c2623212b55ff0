import fc from 'fast-check';

import { extensionOf } from '../../../nodes/RespondIoCustomChannel/channel/mimeTypes';
import {
	detectFileType,
	fileTypeOf,
	HEAD_BYTES,
} from '../../../nodes/RespondIoCustomChannel/media/fileType';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const ftyp = (brand: string, ...compatible: string[]) =>
	`\0\0\0\x20ftyp${brand}\0\0\0\0${compatible.join('')}`;
const part = (name: string) => `PK\x03\x04${'\x14\0\0\0\x08\0'}${'\0'.repeat(20)}${name}compressed`;
const ebml = (doctype: string, ...codecs: string[]) =>
	`\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84${doctype}\x18S\x80g${codecs.join('\x83\x81')}`;
const docx = `${part('[Content_Types].xml')}${part('_rels/.rels')}${part('word/document.xml')}`;
const ole = '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0';

const FILES: Array<[string, string, string]> = [
	['a JPEG of a camera', '\xff\xd8\xff\xe1\0\x18Exif', 'image/jpeg'],
	['a JPEG of a program', '\xff\xd8\xff\xe0\0\x10JFIF', 'image/jpeg'],
	['PNG', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'image/png'],
	['GIF', 'GIF89a\x01\0', 'image/gif'],
	['WebP', 'RIFF\x0a\x0a\0\0WEBPVP8 ', 'image/webp'],
	['BMP', 'BM\x36\0\x0c\0\0\0\0\0\x36', 'image/bmp'],
	['TIFF, little-endian', 'II*\0\x08', 'image/tiff'],
	['TIFF, big-endian', 'MM\0*\0', 'image/tiff'],
	['HEIC of an iPhone', ftyp('heic', 'mif1', 'heic'), 'image/heic'],
	['HEIC by its compatible brand', ftyp('mif1', 'mif1', 'heic'), 'image/heic'],
	['HEIF', ftyp('mif1', 'mif1'), 'image/heif'],
	['AVIF', ftyp('avif', 'mif1'), 'image/avif'],
	['AVIF by its compatible brand', ftyp('mif1', 'avif'), 'image/avif'],
	['MP4', ftyp('isom', 'iso2', 'mp41'), 'video/mp4'],
	['MP4 of WhatsApp', ftyp('mp42'), 'video/mp4'],
	['QuickTime', ftyp('qt  '), 'video/quicktime'],
	['QuickTime without a brand', '\0\0\x0a\x0amoov\0\0\0lmvhd', 'video/quicktime'],
	['3GP', ftyp('3gp4'), 'video/3gpp'],
	['M4A', ftyp('M4A ', 'isom'), 'audio/mp4'],
	['WebM', ebml('webm', 'V_VP9', 'A_OPUS'), 'video/webm'],
	['a recording of a browser', ebml('webm', 'A_OPUS'), 'audio/webm'],
	['Matroska', ebml('matroska', 'V_MPEG4'), 'video/x-matroska'],
	['AVI', 'RIFF\0\0\0\0AVI LIST', 'video/x-msvideo'],
	['MP3 with tags', 'ID3\x04\0', 'audio/mpeg'],
	['MP3 without', '\xff\xfb\x90\x64', 'audio/mpeg'],
	['a voice message', 'OggS\0\x02\0\0OpusHead', 'audio/ogg'],
	['AAC', '\xff\xf1\x50\x80', 'audio/aac'],
	['AMR', '#!AMR\n\x3c', 'audio/amr'],
	['AMR wideband', '#!AMR-WB\n\x3c', 'audio/amr'],
	['WAV', 'RIFF\x0a\0\0\0WAVEfmt ', 'audio/wav'],
	['FLAC', 'fLaC\0\0\0\x22', 'audio/flac'],
	['PDF', '%PDF-1.7\n', 'application/pdf'],
	['PDF after a byte order mark', '\xef\xbb\xbf%PDF-1.4', 'application/pdf'],
	['zip', part('holiday/1.jpg'), 'application/zip'],
	['an empty zip', 'PK\x05\x06\0\0', 'application/zip'],
	['Word', docx, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
	[
		'Excel',
		part('[Content_Types].xml') + part('xl/workbook.xml'),
		'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
	],
	[
		'PowerPoint',
		part('_rels/.rels') + part('ppt/presentation.xml'),
		'application/vnd.openxmlformats-officedocument.presentationml.presentation',
	],
	[
		'OpenDocument',
		`PK\x03\x04${'\0'.repeat(26)}mimetypeapplication/vnd.oasis.opendocument.textPK`,
		'application/vnd.oasis.opendocument.text',
	],
	['RAR', 'Rar!\x1a\x07\x01\0', 'application/vnd.rar'],
	['7z', '7z\xbc\xaf\x27\x1c\0', 'application/x-7z-compressed'],
	['gzip', '\x1f\x8b\x08\0', 'application/gzip'],
	['Office before 2007', ole, 'application/x-ole-storage'],
	['RTF', '{\\rtf1\\ansi', 'application/rtf'],
	['a contact', 'BEGIN:VCARD\r\nVERSION:3.0', 'text/vcard'],
	['an appointment', 'BEGIN:VCALENDAR\r\n', 'text/calendar'],
	['HTML', '\n<!DOCTYPE html>\n<html>', 'text/html'],
	['HTML without a doctype', '<html lang="en">', 'text/html'],
	['SVG', '<svg xmlns="http://www.w3.org/2000/svg">', 'image/svg+xml'],
	['SVG with a prologue', '<?xml version="1.0"?>\n<!-- a --><svg>', 'image/svg+xml'],
	['XML', '<?xml version="1.0"?><feed>', 'application/xml'],
];

describe('detectFileType', () => {
	it.each(FILES)('knows %s', (_what, beginning, mimeType) => {
		expect(detectFileType(latin1(beginning + '\0'.repeat(100)))).toBe(mimeType);
	});

	it('reads a view of a larger buffer, as streams give them', () => {
		const pool = latin1(`GIF89a${'\x89PNG\r\n\x1a\n'}`);
		expect(detectFileType(pool.subarray(6))).toBe('image/png');
	});

	it('names only types with an extension, but for the containers of unknown documents', () => {
		const types = new Set(FILES.map(([, , mimeType]) => mimeType));
		expect([...types].filter((type) => extensionOf(type) === undefined)).toEqual([
			'application/x-ole-storage',
		]);
	});

	it.each([
		'BMW 320d, 2019. Price: 12,000',
		'ID3 tags are at the beginning of a file',
		'II. Chapter',
		'PK of the town',
		'RIFF is a container',
		'OggS is what it begins with',
		'fLaC and others',
		'1234free text',
		'BEGIN:VCARDS are no cards',
		'7zip',
		'htmlhtml',
		'<p>Not a page</p>',
		'{"type":"text"}',
		'\xff\xfeH\0i\0',
		'',
	])('takes no text for another type: %j', (text) => {
		expect(detectFileType(latin1(text))).toBeUndefined();
	});

	it('takes no readable text for a picture, sound or archive', () => {
		fc.assert(
			fc.property(fc.string({ maxLength: 200 }), (text) => {
				const detected = detectFileType(Buffer.from(text, 'utf8'));
				expect(detected ?? 'text/').toMatch(/^text\/|xml$|^application\/(pdf|rtf)$/);
			}),
			{ numRuns: 2000 },
		);
	});

	it.each([
		['spaces', ' '.repeat(1e6)],
		['open tags', '<?xml '.repeat(2e5)],
		['zip parts', `PK\x03\x04_rels/${'PK\x03\x04'.repeat(2e5)}`],
		['Matroska parts', `\x1aE\xdf\xa3${'webm'.repeat(2e5)}`],
		['brands', ftyp('mif1') + 'xxxx'.repeat(2e5)],
	])('is fast on a megabyte of %s', (_what, text) => {
		const bytes = latin1(text);
		const start = performance.now();
		detectFileType(bytes);
		expect(performance.now() - start).toBeLessThan(500);
	});

	it(`reads no further than ${HEAD_BYTES} bytes`, () => {
		const far = latin1(`${part('[Content_Types].xml')}${' '.repeat(HEAD_BYTES)}${docx}`);
		expect(detectFileType(far)).toBe('application/zip');
	});
});

describe('fileTypeOf', () => {
	const jpeg = '\xff\xd8\xff\xe0';
	it.each([
		['nothing given', jpeg, undefined, 'image/jpeg'],
		['a type that says nothing', jpeg, 'application/octet-stream', 'image/jpeg'],
		['a lie', jpeg, 'image/png', 'image/jpeg'],
		['a lie about text', jpeg, 'text/plain', 'image/jpeg'],
		['another name of it', jpeg, 'image/jpg', 'image/jpeg'],
		['an error page for a picture', '<!DOCTYPE html>', 'image/jpeg', 'text/html'],
		['a picture that is said to be a page', '\x89PNG\r\n\x1a\n', 'text/html', 'image/png'],
		['parameters', 'OggS\0', 'audio/ogg; codecs=opus', 'audio/ogg; codecs=opus'],
		['other case', jpeg, 'IMAGE/JPEG', 'IMAGE/JPEG'],
		['sound in a video container', ftyp('isom'), 'audio/mp4', 'audio/mp4'],
		['a voice message in WebM', ebml('webm'), 'audio/webm', 'audio/webm'],
		['a book in a zip', part('mimetype'), 'application/epub+zip', 'application/epub+zip'],
		['an archive that is said to be a RAR', part('a'), 'application/vnd.rar', 'application/zip'],
		['a PDF that is said to be a zip', '%PDF-1.7', 'application/zip', 'application/pdf'],
		['Excel before 2007', ole, 'application/vnd.ms-excel', 'application/vnd.ms-excel'],
		['unknown content', 'a,b\n1,2', 'text/csv', 'text/csv'],
		['unknown content, nothing given', 'a,b', undefined, 'application/octet-stream'],
		['unknown content, nothing said', 'a,b', 'binary/octet-stream', 'application/octet-stream'],
		['an empty file', '', 'image/png', 'image/png'],
	])('with %s', (_what, content, given, mimeType) => {
		expect(fileTypeOf(latin1(content), given)).toBe(mimeType);
	});
});
