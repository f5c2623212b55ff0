import { Readable } from 'node:stream';

import { deriveMediaKey, readMediaQuery } from '../../../nodes/RespondIoCustomChannel/media/link';
import { publish } from '../../../nodes/RespondIoCustomChannel/media/publish';

const NOW = Date.parse('2026-01-31T09:30:00Z');
const KEY = deriveMediaKey('channel-token', 'gfd8g7fd89dgfd');
const CONTEXT = {
	publicMediaUrl: 'https://n8n.example.com/webhook/1f0c/media',
	key: KEY,
	expiresAt: NOW + 1000,
};
const BINARY_ID = 'database:3f0c8f7e-6a51-4f1e-9b3a-5d2f4c1b7a90';
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10]);

/** Publishes, and tells what was stored. */
async function published(content: Buffer, given: { mimeType?: string; fileName?: string }) {
	const stored: Array<{ content: Buffer; fileName: string; mimeType: string }> = [];
	const file = await publish(
		{ ...given, open: async () => Readable.from([content.subarray(0, 3), content.subarray(3)]) },
		async (source, fileName, mimeType) => {
			stored.push({ content: Buffer.concat(await source.toArray()), fileName, mimeType });
			return BINARY_ID;
		},
		CONTEXT,
	);
	return { file, stored };
}

describe('publish', () => {
	it('stores the whole file again, and links to what was stored', async () => {
		const content = Buffer.concat([JPEG, Buffer.alloc(100_000, 7)]);
		const { file, stored } = await published(content, {
			mimeType: 'image/jpeg',
			fileName: 'photo.jpg',
		});
		expect(stored).toEqual([{ content, fileName: 'photo.jpg', mimeType: 'image/jpeg' }]);
		expect(file).toEqual({
			url: expect.stringMatching(/^https:\/\/n8n\.example\.com\/webhook\/1f0c\/media\?t=/),
			attachmentType: 'image',
			mimeType: 'image/jpeg',
			fileName: 'photo.jpg',
			expiresAt: CONTEXT.expiresAt,
		});
		const t = new URL(file.url).searchParams.get('t');
		expect(readMediaQuery({ t }, KEY, NOW)).toEqual({
			ok: true,
			claim: {
				binaryId: BINARY_ID,
				mimeType: 'image/jpeg',
				fileName: 'photo.jpg',
				expiresAt: CONTEXT.expiresAt,
			},
		});
	});

	const PLAIN = Buffer.from('1,2\n3,4');
	it.each([
		['the content, where the type lies', JPEG, 'video/mp4', 'clip', 'image/jpeg', 'clip.jpg'],
		['the content, where nothing is said', JPEG, undefined, undefined, 'image/jpeg', 'file.jpg'],
		['the name, where the content is plain', PLAIN, undefined, 'a.csv', 'text/csv', 'a.csv'],
		['the name, where n8n knew nothing', PLAIN, 'text/plain', 'a.csv', 'text/csv', 'a.csv'],
		['the type, where the name says nothing', PLAIN, 'text/csv', 'a', 'text/csv', 'a.csv'],
		['nothing', PLAIN, undefined, undefined, 'application/octet-stream', 'file.bin'],
	])(
		'judges the type by %s',
		async (_what, content, mimeType, fileName, expectedType, expectedName) => {
			const { file } = await published(content, { mimeType, fileName });
			expect(file).toMatchObject({ mimeType: expectedType, fileName: expectedName });
		},
	);

	it.each([
		['image', JPEG, 'image/jpeg'],
		['audio', Buffer.from('OggS\0'), 'audio/ogg; codecs=opus'],
		['video', Buffer.from('\0\0\0\x20ftypisom'), 'video/mp4'],
		['file', Buffer.from('%PDF-1.7'), 'application/pdf'],
		['file', Buffer.from('<!DOCTYPE html><p>expired'), 'image/jpeg'],
	])('is of the attachment type %s', async (attachmentType, content, mimeType) => {
		expect((await published(content, { mimeType })).file).toMatchObject({ attachmentType });
	});

	it('reads only the beginning to judge, and closes it', async () => {
		const opened: Readable[] = [];
		let read = 0;
		const open = async () => {
			const source = Readable.from(
				(function* () {
					for (; read < 1000; read++) yield Buffer.alloc(1024);
				})(),
				{ highWaterMark: 1 },
			);
			opened.push(source);
			return source;
		};
		await publish({ open }, async () => BINARY_ID, CONTEXT);
		expect(opened).toHaveLength(2);
		expect(opened[0].destroyed).toBe(true);
		expect(read).toBeLessThan(10);
	});

	it('says what to set where n8n keeps files in memory', async () => {
		const promise = publish(
			{ open: async () => Readable.from([JPEG]) },
			async () => undefined,
			CONTEXT,
		);
		await expect(promise).rejects.toMatchObject({
			name: 'ChannelError',
			hint: expect.stringContaining('N8N_DEFAULT_BINARY_DATA_MODE'),
		});
	});
});
