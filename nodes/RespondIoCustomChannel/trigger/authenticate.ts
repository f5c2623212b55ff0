import { createHash, timingSafeEqual } from 'node:crypto';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The bearer token of a request's Authorization header (RFC 6750, 2.1); undefined where there is none. */
export function bearerToken(headers: Headers): string | undefined {
	const { authorization } = headers;
	if (typeof authorization !== 'string') return undefined;
	// The scheme's name is case-insensitive (RFC 9110, 11.1).
	return /^bearer +(\S+)\s*$/i.exec(authorization)?.[1];
}

/** Compares in constant time. Both are hashed first, so not even the length of the expected token shows. */
export function isSameToken(given: string, expected: string): boolean {
	return expected !== '' && isSameDigest(digest(given), digest(expected));
}

/** Compares in constant time. */
export function isSameDigest(given: Buffer, expected: Buffer): boolean {
	return timingSafeEqual(given, expected);
}

export function digest(token: string): Buffer {
	return createHash('sha256').update(token, 'utf8').digest();
}
