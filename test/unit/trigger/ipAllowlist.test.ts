import fc from 'fast-check';

import {
	isAllowed,
	parseAllowlist,
} from '../../../nodes/RespondIoCustomChannel/trigger/ipAllowlist';

function allows(list: string, ip: string): boolean {
	const allowlist = parseAllowlist(list);
	if (!allowlist.ok) throw new Error(allowlist.fault);
	return isAllowed(ip, allowlist.value);
}

describe('isAllowed', () => {
	it.each([
		['203.0.113.7', '203.0.113.7', true],
		['203.0.113.7', '203.0.113.8', false],
		['203.0.113.0/24', '203.0.113.255', true],
		['203.0.113.0/24', '203.0.114.0', false],
		['203.0.113.77/24', '203.0.113.1', true],
		['203.0.113.7/32', '203.0.113.7', true],
		['0.0.0.0/0', '198.51.100.9', true],
		['0.0.0.0/0', '2001:db8::1', false],
		['::/0', '2001:db8::1', true],
		['::/0', '198.51.100.9', false],
		['2001:db8::/32', '2001:db8:ffff::1', true],
		['2001:db8::/32', '2001:db9::1', false],
		['2001:DB8::1', '2001:db8:0:0:0:0:0:1', true],
	])('%s, called from %s: %s', (list, ip, allowed) => {
		expect(allows(list, ip)).toBe(allowed);
	});

	it('knows an IPv4 caller that the system shows as IPv6, and the other way round', () => {
		fc.assert(
			fc.property(fc.ipV4(), (ip) => {
				expect(allows(ip, `::ffff:${ip}`)).toBe(true);
				expect(allows(`::ffff:${ip}`, ip)).toBe(true);
			}),
		);
	});

	it.each(['', 'unknown', '203.0.113.7, 10.0.0.1'])('refuses a caller known as %j', (ip) => {
		expect(allows('0.0.0.0/0, ::/0', ip)).toBe(false);
	});

	it('allows nobody by an empty list', () => {
		expect(allows(' ', '203.0.113.7')).toBe(false);
	});
});

describe('parseAllowlist', () => {
	it('takes entries however they are separated', () => {
		const entry = fc.oneof(fc.ipV4(), fc.ipV6());
		const separator = fc.constantFrom(',', ', ', '\n', '\r\n', ' ', ';', ',\n');
		fc.assert(
			fc.property(
				fc.array(entry, { minLength: 1, maxLength: 5 }),
				separator,
				(entries, between) => {
					const list = entries.join(between);
					expect(entries.every((ip) => allows(list, ip))).toBe(true);
				},
			),
		);
	});

	it.each(['example.com', '10.0.0.0/40', '10.0.0', '*', '10.0.0.1-10.0.0.9'])(
		'names the entry that it does not understand: %s',
		(entry) => {
			const allowlist = parseAllowlist(`203.0.113.7, ${entry}`);
			expect(allowlist).toEqual({ ok: false, fault: expect.stringContaining(`"${entry}"`) });
		},
	);
});
