/** An IP address as a number of 128 bits; IPv4 as its mapped form (RFC 4291, 2.5.5.2), so that both compare. */
export type IpAddress = bigint;

const MAPPED = 0xffffn << 32n;

/** Undefined where the text is no IPv4 or IPv6 address. A zone (`fe80::1%eth0`) is left out. */
export function parseIp(text: string): IpAddress | undefined {
	const address = text.trim();
	if (address.includes(':')) return parseV6(address.replace(/%[\w.:-]+$/, ''));
	const v4 = parseV4(address);
	return v4 === undefined ? undefined : MAPPED | v4;
}

export function isV4(address: IpAddress): boolean {
	return address >> 32n === 0xffffn;
}

function parseV4(text: string): bigint | undefined {
	const parts = text.split('.');
	if (parts.length !== 4) return undefined;
	let value = 0n;
	for (const part of parts) {
		// Leading zeros would be octal to some programs and decimal to others.
		if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
		value = (value << 8n) | BigInt(part);
	}
	return value;
}

function parseV6(text: string): bigint | undefined {
	const halves = text.split('::');
	if (halves.length > 2) return undefined;
	const [head, tail] = halves.map(groupsOf);
	if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
	const missing = 8 - head.length - (tail?.length ?? 0);
	if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
	const groups = [...head, ...Array.from({ length: missing }, () => 0n), ...(tail ?? [])];
	return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

/** The 16-bit groups of a part of an address; its last one may be an IPv4 address. */
function groupsOf(text: string, half: number, halves: string[]): bigint[] | undefined {
	if (text === '') return halves.length === 2 ? [] : undefined;
	const groups: bigint[] = [];
	const parts = text.split(':');
	for (const [index, part] of parts.entries()) {
		if (part.includes('.')) {
			const isLast = index === parts.length - 1 && half === halves.length - 1;
			const v4 = isLast ? parseV4(part) : undefined;
			if (v4 === undefined) return undefined;
			groups.push(v4 >> 16n, v4 & 0xffffn);
		} else {
			if (!/^[0-9a-f]{1,4}$/i.test(part)) return undefined;
			groups.push(BigInt(`0x${part}`));
		}
	}
	return groups;
}

/** Addresses from one to another, both included. */
export interface IpRange {
	first: IpAddress;
	last: IpAddress;
}

/** The range of an address or of a CIDR block (RFC 4632); undefined where the text is neither. */
export function parseRange(text: string): IpRange | undefined {
	const [base, prefix, ...rest] = text.trim().split('/');
	const address = parseIp(base);
	if (address === undefined || rest.length > 0) return undefined;
	if (prefix === undefined) return { first: address, last: address };
	const width = base.includes(':') ? 128 : 32;
	if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > width) return undefined;
	const size = 1n << BigInt(width - Number(prefix));
	const first = address - (address % size);
	return { first, last: first + size - 1n };
}

/** IPv4 addresses are in ranges of IPv4 alone, so that `::/0` is all of IPv6 and nothing else. */
export function isInRange(address: IpAddress, { first, last }: IpRange): boolean {
	return isV4(address) === isV4(first) && first <= address && address <= last;
}
