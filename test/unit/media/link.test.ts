import { createHmac } from 'node:crypto';

import fc from 'fast-check';

import {
	deriveMediaKey,
	isBinaryId,
	mediaLink,
	readMediaQuery,
	signClaim,
	type MediaClaim,
} from '../../../nodes/RespondIoCustomChannel/media/link';

const NOW = Date.parse('2026-01-31T09:30:00Z');
const DAY = 24 * 60 * 60 * 1000;
const UUID = '3f0c8f7e-6a51-4f1e-9b3a-5d2f4c1b7a90';
const CLAIM: MediaClaim = {
	binaryId: `filesystem-v2:workflows/Jx5lP0aQhZ3kR7Tn/executions/1024/binary_data/${UUID}`,
	mimeType: 'image/jpeg',
	fileName: 'photo.jpg',
	expiresAt: NOW + 7 * DAY,
};
const KEY = deriveMediaKey('channel-token', 'gfd8g7fd89dgfd');

const read = (token: unknown, now = NOW, key = KEY) => readMediaQuery({ t: token }, key, now);
const FORBIDDEN = { ok: false, statusCode: 403, message: expect.any(String) };

/** A token as only the holder of the key can make it, of any payload. */
function forge(payload: string, key = KEY): string {
	const signature = createHmac('sha256', key).update(payload).digest('base64url');
	return `${payload}.${signature}`;
}

/** The token with other fields under the signature of the right ones. */
function altered(change: Partial<MediaClaim>): string {
	const signature = signClaim(CLAIM, KEY).split('.')[1];
	return `${signClaim({ ...CLAIM, ...change }, KEY).split('.')[0]}.${signature}`;
}

describe('deriveMediaKey', () => {
	it('differs by token and by channel, and is not the token', () => {
		const keys = [
			KEY,
			deriveMediaKey('another-token', 'gfd8g7fd89dgfd'),
			deriveMediaKey('channel-token', 'another-channel'),
			Buffer.from('channel-token'),
		];
		expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(4);
		expect(KEY).toHaveLength(32);
	});

	it('is the same for values pasted with white space', () => {
		expect(deriveMediaKey(' channel-token\n', ' gfd8g7fd89dgfd')).toEqual(KEY);
	});

	it.each(['', '  '])('refuses the empty token %j, by which anyone could sign', (token) => {
		expect(() => deriveMediaKey(token, 'gfd8g7fd89dgfd')).toThrow('API Token is empty');
	});
});

describe('a signed claim', () => {
	it('is read as it was signed', () => {
		const fileName = fc
			.stringMatching(/^[\p{L}\p{N} _()'"%;.-]{1,40}$/u)
			.map((stem) => `x${stem}x.jpg`);
		const expiresAt = fc.integer({ min: NOW + 1, max: NOW + 3650 * DAY });
		fc.assert(
			fc.property(fileName, expiresAt, fc.uuid(), (name, expiry, id) => {
				const claim = {
					...CLAIM,
					binaryId: `database:${id}`,
					fileName: name,
					expiresAt: expiry,
				};
				expect(read(signClaim(claim, KEY))).toEqual({ ok: true, claim });
			}),
		);
	});

	it('is valid until the millisecond before its expiry, and gone from then on', () => {
		const token = signClaim(CLAIM, KEY);
		expect(read(token, CLAIM.expiresAt - 1).ok).toBe(true);
		expect(read(token, CLAIM.expiresAt)).toMatchObject({ ok: false, statusCode: 410 });
	});

	it.each([
		['id', { binaryId: CLAIM.binaryId.replace('1024', '1025') }],
		['type', { mimeType: 'text/html' }],
		['name', { fileName: 'photo.exe' }],
		['expiry', { expiresAt: CLAIM.expiresAt + 1 }],
	])('is not valid for another %s', (_field, change) => {
		expect(read(altered(change))).toEqual(FORBIDDEN);
	});

	it('is not valid with any one character changed, added or taken away', () => {
		const token = signClaim(CLAIM, KEY);
		const alphabet = 'ABCXYZabcxyz0189-_.=+/%\u0000é';
		fc.assert(
			fc.property(
				fc.integer({ min: 0, max: token.length }),
				fc.constantFrom('', ...alphabet),
				fc.integer({ min: 0, max: 1 }),
				(at, character, taken) => {
					const other = token.slice(0, at) + character + token.slice(at + taken);
					fc.pre(other !== token);
					expect(read(other).ok).toBe(false);
				},
			),
			{ numRuns: 2000 },
		);
	});

	it('has one spelling: other base64 of the same signature is not taken', () => {
		const token = signClaim(CLAIM, KEY);
		const bytes = (text: string) => Buffer.from(text.split('.')[1], 'base64url');
		const twins = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
			.map((last) => token.slice(0, -1) + last)
			.filter((other) => other !== token && bytes(other).equals(bytes(token)));
		expect(twins.length).toBeGreaterThan(0);
		expect(twins.map((other) => read(other).ok)).toEqual(twins.map(() => false));
	});

	it('is not valid under the key of another channel', () => {
		const other = deriveMediaKey('channel-token', 'another-channel');
		expect(read(signClaim(CLAIM, KEY), NOW, other)).toEqual(FORBIDDEN);
	});

	it('is not valid when signed with the token itself instead of the derived key', () => {
		const [payload] = signClaim(CLAIM, KEY).split('.');
		expect(read(forge(payload, Buffer.from('channel-token')))).toEqual(FORBIDDEN);
	});
});

describe('readMediaQuery', () => {
	it('serves none of a thousand random tokens', () => {
		const part = fc.base64String({ maxLength: 80 });
		fc.assert(
			fc.property(
				fc.oneof(
					part,
					fc.tuple(part, part).map((parts) => parts.join('.')),
					fc.string(),
				),
				(token) => {
					expect(read(token)).toEqual(FORBIDDEN);
				},
			),
			{ numRuns: 1000 },
		);
	});

	it.each([
		['is missing', undefined],
		['is empty', ''],
		['is a dot', '.'],
		['comes twice', [signClaim(CLAIM, KEY), signClaim(CLAIM, KEY)]],
		['is an object', { a: signClaim(CLAIM, KEY) }],
		['has no signature', signClaim(CLAIM, KEY).split('.')[0]],
		['has an empty signature', `${signClaim(CLAIM, KEY).split('.')[0]}.`],
		['has a third part', `${signClaim(CLAIM, KEY)}.x`],
		['is a megabyte', `${'A'.repeat(1e6)}.${'A'.repeat(43)}`],
	])('is forbidden where the token %s', (_what, token) => {
		expect(read(token)).toEqual(FORBIDDEN);
	});

	it('refuses the id of no binary even under a right signature', () => {
		const fields = ['filesystem-v2:../../.n8n/config', 'text/plain', 'config.txt', NOW + DAY];
		const token = forge(Buffer.from(JSON.stringify(fields)).toString('base64url'));
		expect(read(token)).toEqual(FORBIDDEN);
	});

	it('never repeats what it was given', () => {
		expect(JSON.stringify(read('<script>alert(1)</script>'))).not.toContain('script');
	});
});

describe('isBinaryId', () => {
	it.each([
		CLAIM.binaryId,
		`filesystem-v2:workflows/1/executions/temp/binary_data/${UUID}`,
		`s3:workflows/Jx5lP0aQhZ3kR7Tn/executions/7/binary_data/${UUID}`,
		`azure:workflows/Jx5lP0aQhZ3kR7Tn/executions/7/binary_data/${UUID}`,
		`database:${UUID}`,
	])('takes what n8n gives: %s', (id) => {
		expect(isBinaryId(id)).toBe(true);
	});

	it.each([
		['nothing', ''],
		['no mode', UUID],
		['no path', 'filesystem-v2:'],
		['an unknown mode', `file:${UUID}`],
		['a mode of other case', `Database:${UUID}`],
		['a parent folder', 'filesystem-v2:workflows/../../config'],
		['a folder that is dots', 'filesystem-v2:./config'],
		['an absolute path', 'filesystem-v2:/etc/passwd'],
		['a Windows path', 'filesystem-v2:..\\..\\config'],
		['a drive', 'filesystem-v2:C:/config'],
		['an encoded path', 'filesystem-v2:%2e%2e/config'],
		['an empty segment', 'filesystem-v2:workflows//x'],
		['a closing slash', 'filesystem-v2:workflows/'],
		['the metadata beside a binary', `${CLAIM.binaryId}.metadata`],
		['a NUL', `${CLAIM.binaryId}\0`],
		['a line break', `${CLAIM.binaryId}\n`],
		['too long a path', `filesystem-v2:${'a'.repeat(300)}`],
	])('refuses %s', (_what, id) => {
		expect(isBinaryId(id)).toBe(false);
		expect(() => signClaim({ ...CLAIM, binaryId: id }, KEY)).toThrow('has no id');
	});
});

describe('mediaLink', () => {
	const BASE = 'https://n8n.example.com/webhook/1f0c/media';

	it.each([BASE, `${BASE}#top`, ` ${BASE}\n`, `${BASE}?via=proxy`])(
		'is the media webhook with the claim: %j',
		(base) => {
			const url = new URL(mediaLink(base, CLAIM, KEY));
			expect(`${url.origin}${url.pathname}${url.hash}`).toBe(BASE);
			expect(read(url.searchParams.get('t'))).toEqual({ ok: true, claim: CLAIM });
		},
	);

	it('stays well under the limit for any name and type, and keeps the extension', () => {
		const name = fc.string({ unit: 'binary', maxLength: 300 });
		fc.assert(
			fc.property(name, fc.string({ maxLength: 200 }), (stem, mimeType) => {
				const claim = { ...CLAIM, fileName: `${stem}a.jpeg`, mimeType };
				const url = mediaLink(BASE, claim, KEY);
				expect(url.length).toBeLessThan(1000);
				expect(read(new URL(url).searchParams.get('t'))).toMatchObject({
					ok: true,
					claim: { fileName: expect.stringMatching(/\.jpeg$/) },
				});
			}),
		);
	});

	it('cuts a long name between characters', () => {
		const link = new URL(mediaLink(BASE, { ...CLAIM, fileName: `${'📷'.repeat(90)}.jpg` }, KEY));
		expect(read(link.searchParams.get('t'))).toMatchObject({
			claim: { fileName: `${'📷'.repeat(49)}.jpg` },
		});
	});

	it.each([
		['', 'Public Media URL is empty'],
		['n8n.example.com/webhook/1f0c/media', 'not a complete http(s) URL'],
		['ftp://n8n.example.com/media', 'not a complete http(s) URL'],
		[`${BASE}?${'a'.repeat(1900)}`, 'at most 2,000'],
	])('refuses the address %j', (base, fault) => {
		expect(() => mediaLink(base, CLAIM, KEY)).toThrow(fault);
	});
});
