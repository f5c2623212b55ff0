import { shown } from '../channel/error';
import { isInRange, isV4, parseIp, parseRange } from '../channel/ipAddress';
import { parseUrl } from '../channel/url';

/**
 * IPv4 ranges that are not reachable from the internet, or not meant to be: IANA's registry of special-purpose
 * addresses (RFC 6890 and its successors), multicast (RFC 5771), and the retired relay of RFC 7526.
 */
const SPECIAL_V4 = [
	'0.0.0.0/8',
	'10.0.0.0/8',
	'100.64.0.0/10',
	'127.0.0.0/8',
	'169.254.0.0/16',
	'172.16.0.0/12',
	'192.0.0.0/24',
	'192.0.2.0/24',
	'192.88.99.0/24',
	'192.168.0.0/16',
	'198.18.0.0/15',
	'198.51.100.0/24',
	'203.0.113.0/24',
	'224.0.0.0/4',
	'240.0.0.0/4',
];

/** The IPv6 addresses that are given out at all (RFC 4291, 2.5.4 and IANA's allocations). */
const GLOBAL_V6 = '2000::/3';
/** Of those, protocol assignments with Teredo and ORCHID, documentation, and 6to4, which hides an IPv4 address. */
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
/** Translated IPv4 (RFC 6052): as public as the address in its last 32 bits. */
const NAT64 = '64:ff9b::/96';

/**
 * Whether an IP address belongs to the public internet. Loopback, private, shared, link-local, documentation, multicast
 * and reserved addresses don't, nor do their IPv4-mapped and translated forms; neither does what is no address.
 */
export function isPublicAddress(ip: string): boolean {
	const address = parseIp(ip);
	if (address === undefined) return false;
	const isIn = (cidr: string) => {
		const range = parseRange(cidr);
		return range !== undefined && isInRange(address, range);
	};
	if (isV4(address)) return !SPECIAL_V4.some(isIn);
	if (isIn(NAT64)) return isPublicAddress(dotted(address));
	return isIn(GLOBAL_V6) && !SPECIAL_V6.some(isIn);
}

/** The last 32 bits as an IPv4 address. */
function dotted(address: bigint): string {
	return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 0xffn).join('.');
}

export type PublicUrl = { ok: true; url: URL } | { ok: false; fault: string };

/** Names that never leave the machine or its network (RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`). */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|home\.arpa)$/;

/**
 * Whether a URL may be fetched on behalf of someone else: http or https, without a user or password, to a host that is
 * not local by its name or address. A name that leads to a private address is not found here: resolve it, and check the
 * address with `isPublicAddress`. Odd spellings of addresses (`http://2130706433/`) are made plain by the URL parser.
 */
export function checkPublicUrl(text: string): PublicUrl {
	const trimmed = text.trim();
	if (parseUrl(trimmed) === undefined) {
		return {
			ok: false,
			fault: `${shown(trimmed)} is not a complete URL such as https://example.com/photo.jpg`,
		};
	}
	const url = new URL(trimmed);
	if (url.protocol !== 'https:' && url.protocol !== 'http:') {
		return { ok: false, fault: `Only http and https are fetched, not ${shown(url.protocol)}` };
	}
	if (url.username !== '' || url.password !== '') {
		return { ok: false, fault: 'The URL holds a user name or a password' };
	}
	const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
	const isAddress = parseIp(host) !== undefined;
	if (isAddress ? !isPublicAddress(host) : LOCAL_NAME.test(host) || !host.includes('.')) {
		return { ok: false, fault: `${shown(host)} is not an address of the public internet` };
	}
	return { ok: true, url };
}
