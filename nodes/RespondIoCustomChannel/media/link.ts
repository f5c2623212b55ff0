import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

import { ChannelError, shown } from '../channel/error';
import { LIMITS, withCommas } from '../channel/limits';
import { withExtension } from '../channel/mimeTypes';
import { parseUrl } from '../channel/url';

/** Everything that decides what a link serves; all of it is signed. */
export interface MediaClaim {
	/** n8n's id of the stored binary, e.g. `filesystem-v2:workflows/…/binary_data/<uuid>`. */
	binaryId: string;
	/** May have parameters: `audio/ogg; codecs=opus`. */
	mimeType: string;
	fileName: string;
	/** Epoch milliseconds; from then on the link is answered with 410. */
	expiresAt: number;
}

export type MediaQuery =
	{ ok: true; claim: MediaClaim } | { ok: false; statusCode: 403 | 410; message: string };

/** Separates this use of the token from every other; its version changes with the form of the payload. */
const PURPOSE = 'n8n-nodes-respondio-custom-channel media link v1';

/**
 * A storage mode of n8n and a path of ids. Their alphabet has no dot, so neither a parent folder nor the `.metadata`
 * file beside a binary can be named.
 */
const BINARY_ID = /^(filesystem|filesystem-v2|s3|azure|database):[\w-]+(\/[\w-]+)*$/;
const BINARY_ID_LENGTH = 300;
const MIME_TYPE_LENGTH = 100;
/** UTF-8 bytes; the whole link has to fit the channel's limit for URLs. */
const FILE_NAME_BYTES = 200;

/**
 * The key of the channel's links: HKDF-SHA-256 (RFC 5869) of its token, so that a signature tells nothing of the token
 * and no other signature made with it is a link.
 * @throws {ChannelError} when the token is empty: anyone could sign then.
 */
export function deriveMediaKey(apiToken: string, channelId: string): Buffer {
	if (apiToken.trim() === '') {
		throw new ChannelError(
			"The credential's API Token is empty, so links can't be signed",
			"Copy the API Token from the channel's configuration page into the credential.",
		);
	}
	return Buffer.from(hkdfSync('sha256', apiToken.trim(), channelId.trim(), PURPOSE, 32));
}

/** Whether n8n could have given this id to a stored binary. */
export function isBinaryId(id: string): boolean {
	return id.length <= BINARY_ID_LENGTH && BINARY_ID.test(id);
}

/**
 * The public link of a stored binary: the address of the trigger's media webhook, with the signed claim as `t`.
 * @throws {ChannelError} when the address is no URL, the id is none of n8n's, or the link gets longer than the channel
 * takes.
 */
export function mediaLink(publicMediaUrl: string, claim: MediaClaim, key: Buffer): string {
	const base = publicMediaUrl.trim();
	if (!/^https?:\/\//i.test(base) || parseUrl(base) === undefined) {
		throw new ChannelError(
			base === ''
				? "The credential's Public Media URL is empty, but respond.io fetches files from a public link"
				: `The credential's Public Media URL is not a complete http(s) URL: ${shown(base)}`,
			'Copy the Production URL of the Custom Channel Trigger into the credential, with /media in place of /message at its end, or send a public URL instead of a file.',
		);
	}
	const link = new URL(base);
	link.hash = '';
	link.searchParams.set('t', signClaim(claim, key));
	const url = link.toString();
	if (url.length > LIMITS.attachmentUrl) {
		throw new ChannelError(
			`The link to the file has ${withCommas(url.length)} characters, but respond.io takes at most ${withCommas(LIMITS.attachmentUrl)}`,
			"Use a shorter Public Media URL in the credential. It needs the trigger's path alone.",
		);
	}
	return url;
}

/**
 * The claim as base64url, a dot, and its HMAC-SHA-256. The name is shortened and given an extension; a MIME type that is
 * too long to be one becomes `application/octet-stream`.
 * @throws {ChannelError} when the id is none of n8n's.
 */
export function signClaim(claim: MediaClaim, key: Buffer): string {
	if (!isBinaryId(claim.binaryId)) {
		throw new ChannelError(
			`The file has no id that n8n could serve it by: ${shown(claim.binaryId)}`,
			'n8n keeps files in memory when N8N_DEFAULT_BINARY_DATA_MODE is "default". Set it to filesystem, database or s3.',
		);
	}
	const mimeType =
		claim.mimeType.length > MIME_TYPE_LENGTH ? 'application/octet-stream' : claim.mimeType;
	const fileName = shortFileName(withExtension(claim.fileName, mimeType));
	const fields = [claim.binaryId, mimeType, fileName, claim.expiresAt];
	const payload = Buffer.from(JSON.stringify(fields), 'utf8').toString('base64url');
	return `${payload}.${signatureOf(payload, key)}`;
}

/**
 * The claim of a link's query. The rules, in the order in which they are checked:
 * 1. one `t` of a payload and a signature, no longer than a link can be: else 403;
 * 2. the signature is ours, compared in constant time and as text, since several texts are the same base64: else 403;
 * 3. it has not expired: else 410;
 * 4. the id is one that n8n gives: else 403, even if signed.
 * @param now Epoch milliseconds.
 */
export function readMediaQuery(
	query: Readonly<Record<string, unknown>>,
	key: Buffer,
	now: number,
): MediaQuery {
	const forbidden = (message: string): MediaQuery => ({ ok: false, statusCode: 403, message });
	const { t: token } = query;
	if (typeof token !== 'string' || token.length > LIMITS.attachmentUrl) {
		return forbidden('The link is not complete. Files are served by signed links alone.');
	}
	const [payload, signature = '', ...rest] = token.split('.');
	if (rest.length > 0 || !isSame(signature, signatureOf(payload, key))) {
		return forbidden(
			'The signature of the link is not right: it was altered, or made with another API token.',
		);
	}
	const claim = readPayload(payload);
	if (claim.expiresAt <= now) {
		return { ok: false, statusCode: 410, message: 'The link has expired.' };
	}
	return isBinaryId(claim.binaryId)
		? { ok: true, claim }
		: forbidden('The link is not to a file of n8n.');
}

/** Of a payload whose signature is right, so it was written by `signClaim` of this version. */
function readPayload(payload: string): MediaClaim {
	const fields: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
	const [binaryId, mimeType, fileName, expiresAt] = fields as [string, string, string, number];
	return { binaryId, mimeType, fileName, expiresAt };
}

function signatureOf(payload: string, key: Buffer): string {
	return createHmac('sha256', key).update(payload, 'utf8').digest('base64url');
}

function isSame(given: string, expected: string): boolean {
	const a = Buffer.from(given, 'utf8');
	const b = Buffer.from(expected, 'utf8');
	// The length of a signature is no secret.
	return a.length === b.length && timingSafeEqual(a, b);
}

/** Cuts the stem between code points; keeps the extension. */
function shortFileName(fileName: string): string {
	const dot = fileName.lastIndexOf('.');
	const extension = fileName.slice(dot);
	let room = FILE_NAME_BYTES - Buffer.byteLength(extension);
	let stem = '';
	for (const character of fileName.slice(0, dot)) {
		room -= Buffer.byteLength(character);
		if (room < 0) break;
		stem += character;
	}
	return stem + extension;
}
