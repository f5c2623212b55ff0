import { parseUrl } from '../../channel/url';
import type { ProviderRequest } from '../provider';

export function jsonRequest(url: string, body: Record<string, unknown>): ProviderRequest {
	return {
		method: 'POST',
		url,
		headers: { 'content-type': 'application/json' },
		contentType: 'json',
		body,
	};
}

export function isHttpUrl(url: string): boolean {
	return /^https?:\/\/[^\s/?#]+/i.test(url) && parseUrl(url) !== undefined;
}

/** Percent-encoded in full, since some providers take no other links; what is so already stays. */
export function encodedUrl(url: string): string {
	const { href, origin } = new URL(url);
	// Brackets are right in an address of IPv6 alone.
	return origin + href.slice(origin.length).replace(/[[\]|^`{}\\]/g, encodeURIComponent);
}
