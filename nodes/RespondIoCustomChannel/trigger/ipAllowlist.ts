import { shown } from '../channel/error';
import { isInRange, parseIp, parseRange, type IpRange } from '../channel/ipAddress';

export type Allowlist = { ok: true; value: IpRange[] } | { ok: false; fault: string };

/** Addresses and CIDR ranges, IPv4 and IPv6, separated by commas or white space. */
export function parseAllowlist(text: string): Allowlist {
	const ranges: IpRange[] = [];
	for (const entry of text.split(/[\s,;]+/)) {
		if (entry === '') continue;
		const range = parseRange(entry);
		if (range === undefined) {
			return {
				ok: false,
				fault: `${shown(entry)} is no IP address and no CIDR range such as 203.0.113.0/24`,
			};
		}
		ranges.push(range);
	}
	return { ok: true, value: ranges };
}

/** Whether the caller's address is on the list; one that can't be read is not. */
export function isAllowed(ip: string, allowlist: readonly IpRange[]): boolean {
	const address = parseIp(ip);
	return address !== undefined && allowlist.some((range) => isInRange(address, range));
}
