import net from 'node:net';

import fc from 'fast-check';

import {
	isInRange,
	isV4,
	parseIp,
	parseRange,
} from '../../../nodes/RespondIoCustomChannel/channel/ipAddress';

/** Texts that are addresses, or nearly. */
const almostAddress = fc
	.array(
		fc.constantFrom('0', '1', '01', '255', '256', 'ffff', 'FFFF0', 'g', '.', ':', '::', '%', 'e'),
		{
			maxLength: 18,
		},
	)
	.map((parts) => parts.join(''));

const anyAddress = fc.oneof(fc.ipV4(), fc.ipV6());

describe('parseIp', () => {
	it('takes exactly the addresses that Node takes', () => {
		fc.assert(
			fc.property(fc.oneof(anyAddress, almostAddress, fc.string()), (text) => {
				fc.pre(text === text.trim());
				expect(parseIp(text) !== undefined).toBe(net.isIP(text) !== 0);
			}),
			{ numRuns: 5000 },
		);
	});

	it.each([
		['1.2.3.4', 0xffff_0102_0304n],
		['255.255.255.255', 0xffff_ffff_ffffn],
		['::ffff:1.2.3.4', 0xffff_0102_0304n],
		['::FFFF:102:304', 0xffff_0102_0304n],
		['::', 0n],
		['::1', 1n],
		['1::', 1n << 112n],
		['1:2:3:4:5:6:7:8', 0x0001_0002_0003_0004_0005_0006_0007_0008n],
		['fe80::1%eth0', (0xfe80n << 112n) | 1n],
		['  ::1\n', 1n],
	])('reads %j as its number', (text, value) => {
		expect(parseIp(text)).toBe(value);
	});

	it.each([
		['a leading zero, octal to some programs', '192.168.010.1'],
		['a part above 255', '10.0.0.256'],
		['three parts', '10.0.1'],
		['one number', '2130706433'],
		['hexadecimal', '0x7f.0.0.1'],
		['a port', '1.2.3.4:80'],
		['brackets', '[::1]'],
		['two gaps', '1::2::3'],
		['nine groups', '1:2:3:4:5:6:7:8:9'],
		['a gap for nothing', '1:2:3:4::5:6:7:8'],
		['IPv4 in the middle', '::1.2.3.4:5'],
		['a zone on IPv4', '1.2.3.4%eth0'],
		['nothing', ''],
	])('refuses %s', (_what, text) => {
		expect(parseIp(text)).toBeUndefined();
	});
});

describe('isV4', () => {
	it('is true for IPv4 and its mapped form alone', () => {
		fc.assert(
			fc.property(fc.ipV4(), (text) => {
				expect([text, `::ffff:${text}`, `::${text}`].map((ip) => isV4(parseIp(ip)!))).toEqual([
					true,
					true,
					false,
				]);
			}),
		);
	});
});

describe('parseRange', () => {
	it('holds what Node finds in the same block', () => {
		const block = fc.oneof(
			fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }), fc.constant('ipv4' as const)),
			fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 }), fc.constant('ipv6' as const)),
		);
		fc.assert(
			fc.property(block, anyAddress, ([base, prefix, family], ip) => {
				const addressFamily = net.isIPv4(ip) ? 'ipv4' : 'ipv6';
				// Node takes mapped addresses for IPv6; here they are IPv4.
				fc.pre([base, ip].every((text) => net.isIPv4(text) || !isV4(parseIp(text)!)));
				const list = new net.BlockList();
				list.addSubnet(base, prefix, family);
				const expected = addressFamily === family && list.check(ip, addressFamily);
				expect(isInRange(parseIp(ip)!, parseRange(`${base}/${prefix}`)!)).toBe(expected);
			}),
			{ numRuns: 2000 },
		);
	});

	it('holds its first and last address, and neither neighbour', () => {
		fc.assert(
			fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (base, prefix) => {
				const range = parseRange(`${base}/${prefix}`)!;
				expect(range.last - range.first).toBe((1n << BigInt(32 - prefix)) - 1n);
				expect(isInRange(range.first, range) && isInRange(range.last, range)).toBe(true);
				expect(isInRange(range.first - 1n, range)).toBe(false);
				expect(isInRange(range.last + 1n, range)).toBe(false);
			}),
		);
	});

	it.each(['10.0.0.0/33', '::/129', '10.0.0.0/', '10.0.0.0/-1', '10.0.0.0/8/8', '/8', 'ten/8'])(
		'refuses %j',
		(text) => {
			expect(parseRange(text)).toBeUndefined();
		},
	);
});
