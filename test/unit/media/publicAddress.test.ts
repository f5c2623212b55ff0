import fc from 'fast-check';

import {
	checkPublicUrl,
	isPublicAddress,
} from '../../../nodes/RespondIoCustomChannel/media/publicAddress';

const PRIVATE_V4 = [
	['this network', '0.0.0.0'],
	['this network', '0.255.255.255'],
	['private', '10.0.0.1'],
	['private', '10.255.255.255'],
	['shared by a carrier', '100.64.0.1'],
	['shared by a carrier', '100.127.255.255'],
	['loopback', '127.0.0.1'],
	['loopback', '127.255.255.255'],
	['link-local: cloud metadata', '169.254.169.254'],
	['private', '172.16.0.1'],
	['private', '172.31.255.255'],
	['protocol assignments', '192.0.0.1'],
	['documentation', '192.0.2.1'],
	['6to4 relay', '192.88.99.1'],
	['private', '192.168.1.1'],
	['benchmarks', '198.18.0.1'],
	['benchmarks', '198.19.255.255'],
	['documentation', '198.51.100.1'],
	['documentation', '203.0.113.1'],
	['multicast', '224.0.0.1'],
	['multicast', '239.255.255.255'],
	['reserved', '240.0.0.1'],
	['broadcast', '255.255.255.255'],
];
const PUBLIC_V4 = [
	'1.1.1.1',
	'8.8.8.8',
	'9.255.255.255',
	'11.0.0.0',
	'100.63.255.255',
	'100.128.0.0',
	'126.255.255.255',
	'128.0.0.0',
	'169.253.255.255',
	'172.15.255.255',
	'172.32.0.0',
	'192.0.1.1',
	'192.167.255.255',
	'192.169.0.0',
	'198.17.255.255',
	'198.20.0.0',
	'223.255.255.255',
];

describe('isPublicAddress', () => {
	it.each(PRIVATE_V4)('is false for IPv4, %s: %s', (_range, ip) => {
		expect(isPublicAddress(ip)).toBe(false);
	});

	it.each(PUBLIC_V4)('is true just outside of the special ranges: %s', (ip) => {
		expect(isPublicAddress(ip)).toBe(true);
	});

	it.each([
		['unspecified', '::'],
		['loopback', '::1'],
		['IPv4-compatible', '::8.8.8.8'],
		['discard', '100::1'],
		['local translation', '64:ff9b:1::1'],
		['translated loopback', '64:ff9b::127.0.0.1'],
		['translated private', '64:ff9b::a00:1'],
		['Teredo', '2001::1'],
		['ORCHID', '2001:20::1'],
		['documentation', '2001:db8::1'],
		['6to4 of a private address', '2002:a00:1::1'],
		['documentation', '3fff::1'],
		['segment routing', '5f00::1'],
		['unique local', 'fc00::1'],
		['unique local', 'fdff::1'],
		['link-local', 'fe80::1'],
		['link-local with a zone', 'fe80::1%eth0'],
		['site-local', 'fec0::1'],
		['multicast', 'ff02::1'],
	])('is false for IPv6, %s: %s', (_range, ip) => {
		expect(isPublicAddress(ip)).toBe(false);
	});

	it.each(['2606:4700:4700::1111', '2001:4860:4860::8888', '2a00:1450::1', '64:ff9b::8.8.8.8'])(
		'is true for IPv6 of the internet: %s',
		(ip) => {
			expect(isPublicAddress(ip)).toBe(true);
		},
	);

	it('judges an IPv4 address the same in its mapped and translated forms', () => {
		fc.assert(
			fc.property(fc.oneof(fc.ipV4(), fc.constantFrom(...PRIVATE_V4.map(([, ip]) => ip))), (ip) => {
				expect(isPublicAddress(`::ffff:${ip}`)).toBe(isPublicAddress(ip));
				expect(isPublicAddress(`64:ff9b::${ip}`)).toBe(isPublicAddress(ip));
			}),
		);
	});

	it.each(['', 'example.com', 'localhost', '127.1'])(
		'is false for what is no address: %j',
		(ip) => {
			expect(isPublicAddress(ip)).toBe(false);
		},
	);
});

describe('checkPublicUrl', () => {
	it.each([
		'https://example.com/photo.jpg?size=1#top',
		'http://example.com:8080/',
		'https://8.8.8.8/',
		'https://[2606:4700:4700::1111]/',
		'https://münchen.example/',
		'https://localhost.example.com/',
		' https://example.com/ ',
	])('takes %s', (url) => {
		expect(checkPublicUrl(url)).toEqual({ ok: true, url: new URL(url) });
	});

	it.each([
		['no URL', 'photo.jpg'],
		['no host', 'https://'],
		['another scheme', 'ftp://example.com/'],
		['another scheme', 'file:///etc/passwd'],
		['another scheme', 'data:text/plain,hello'],
		['another scheme', 'javascript:alert(1)'],
		['a user', 'https://user@example.com/'],
		['a password', 'https://:secret@example.com/'],
		['loopback by name', 'http://localhost/'],
		['loopback by name', 'http://LOCALHOST./'],
		['loopback by name', 'http://app.localhost/'],
		['a name of the local network', 'http://printer.local/'],
		['a name of a cloud', 'http://metadata.google.internal/'],
		['a router', 'http://router.home.arpa/'],
		['a container', 'http://redis:6379/'],
		['loopback', 'http://127.0.0.1:5678/rest'],
		['loopback as one number', 'http://2130706433/'],
		['loopback in hexadecimal', 'http://0x7f000001/'],
		['loopback in octal', 'http://0177.0.0.1/'],
		['loopback, shortened', 'http://127.1/'],
		['loopback in full-width digits', 'http://１２７.0.0.1/'],
		['cloud metadata', 'http://169.254.169.254/latest/meta-data/'],
		['IPv6 loopback', 'http://[::1]/'],
		['mapped loopback', 'http://[::ffff:127.0.0.1]/'],
		['mapped loopback in hexadecimal', 'http://[::ffff:7f00:1]/'],
	])('refuses %s: %s', (_what, url) => {
		expect(checkPublicUrl(url)).toEqual({ ok: false, fault: expect.any(String) });
	});

	it('shows no password in the fault', () => {
		expect(JSON.stringify(checkPublicUrl('https://user:hunter2@example.com/'))).not.toContain(
			'hunter2',
		);
	});
});
