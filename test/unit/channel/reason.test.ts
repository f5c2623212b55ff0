import fc from 'fast-check';

import {
	egressSetting,
	NO_REASON,
	reasonOf,
} from '../../../nodes/RespondIoCustomChannel/channel/reason';
import { ERROR_ITEMS } from '../errorItems';

describe('of the errors that n8n hands on', () => {
	it.each(ERROR_ITEMS.filter(({ response }) => 'error' in (response as object)))(
		'$name',
		({ response, reason }) => {
			const { error } = response as { error: unknown };
			expect(reasonOf(error)).toBe(
				reason === 'You are being rate limited. (429)' && !(error instanceof Error)
					? 'Too many requests (429)'
					: reason,
			);
		},
	);
});

it.each([
	['Number not in use', 'Number not in use'],
	['  ', NO_REASON],
	[undefined, NO_REASON],
	[{}, NO_REASON],
	['403 - forbidden', 'forbidden (403)'],
	[{ message: '403 - forbidden' }, 'forbidden (403)'],
	['{"error":{"code":"unavailable","message":"Down"}}', 'Down'],
	[{ code: 21211, message: 'Invalid number', status: 400 }, 'Invalid number (400)'],
	[{ message: 'Error 400: no', status: 400 }, 'Error 400: no'],
	[Buffer.from('{"message":"Down"}'), 'Down'],
	[{ reasonless: 1 }, '{"reasonless":1}'],
	[7, '7'],
	['x'.repeat(600), 'x'.repeat(500)],
])('%j: %s', (value, reason) => {
	expect(reasonOf(value)).toBe(reason);
});

const filter = Object.assign(new Error('blocked'), { name: 'SsrfBlockedIpError' });
const circle: { name: string; message: string; cause?: unknown } = { name: 'Error', message: 'x' };
circle.cause = circle;
const ALLOW =
	'add its host name to N8N_SSRF_ALLOWED_HOSTNAMES, or its address to N8N_SSRF_ALLOWED_IP_RANGES';
it.each<[what: string, error: unknown, setting: string | undefined]>([
	["the filter's own error", filter, ALLOW],
	['one around it', new Error('no', { cause: new Error('no', { cause: filter }) }), ALLOW],
	['its JSON', { name: 'NodeApiError', message: 'no', cause: { name: filter.name } }, ALLOW],
	[
		'that of a blocked name',
		{ name: 'SsrfBlockedHostnameError', message: 'no' },
		'take its host name out of N8N_SSRF_BLOCKED_HOSTNAMES',
	],
	['another', new Error('no', { cause: new Error('no') }), undefined],
	['one that is its own cause', circle, undefined],
	['none', undefined, undefined],
])("the setting that n8n's filter lets pass by, of %s", (_what, error, setting) => {
	expect(egressSetting(error)).toBe(setting);
	if (setting === undefined || !(error instanceof Error)) return;
	expect(reasonOf(error)).toBe(
		`n8n's own filter refused the provider's address: to allow it, ${setting}`,
	);
});

it('tells no token of a live error, which holds the request with its headers', () => {
	const error = Object.assign(new Error('400 - ""'), {
		name: 'AxiosError',
		isAxiosError: true,
		statusCode: 400,
		options: { headers: { Authorization: 'Bearer the-token' } },
		config: { headers: { Authorization: 'Bearer the-token' } },
	});
	expect(reasonOf(error)).toBe('The provider gave no reason (400)');
});

it('never throws, and always says something', () => {
	fc.assert(
		fc.property(fc.anything(), (value) => {
			expect(reasonOf(value).trim()).not.toBe('');
		}),
	);
});
