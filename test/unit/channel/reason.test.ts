import fc from 'fast-check';

import { NO_REASON, reasonOf } from '../../../nodes/RespondIoCustomChannel/channel/reason';
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
