import fc from 'fast-check';

import {
	STATUS_VALUES,
	type StatusValue,
} from '../../../nodes/RespondIoCustomChannel/channel/schema';
import { keysOf } from '../../../nodes/RespondIoCustomChannel/delivery/memory';
import type { Post } from '../../../nodes/RespondIoCustomChannel/delivery/plan';
import {
	judge,
	parseRetryAfter,
	retryDelay,
} from '../../../nodes/RespondIoCustomChannel/delivery/retry';

const status = (value: StatusValue, mId = 'm', contactId = 'mei'): Post => ({
	itemIndex: 0,
	contactId,
	event: {
		type: 'message_status',
		mId,
		timestamp: 1,
		status: { value, ...(value === 'failed' && { message: 'x' }) },
	},
});

/** Which statuses are posted, of those that come in this order and are all delivered. */
function posted(values: readonly StatusValue[]): StatusValue[] {
	const known = new Set<string>();
	return values.filter((value) => {
		const { skip, record } = keysOf('ch', status(value));
		if (skip.some(({ key }) => known.has(key))) return false;
		for (const key of record) known.add(key);
		return true;
	});
}

it.each<[StatusValue[], StatusValue[]]>([
	[
		['sent', 'delivered', 'read'],
		['sent', 'delivered', 'read'],
	],
	[['read', 'delivered', 'sent'], ['read']],
	[
		['delivered', 'sent', 'read', 'delivered'],
		['delivered', 'read'],
	],
	[
		['sent', 'sent', 'failed', 'read'],
		['sent', 'failed'],
	],
	[['delivered', 'failed'], ['delivered']],
	[['failed', 'sent', 'delivered', 'read', 'failed'], ['failed']],
])('of %j posts %j', (given, expected) => {
	expect(posted(given)).toEqual(expected);
});

it('never goes backwards, in whatever order statuses come', () => {
	const rank = { sent: 0, delivered: 1, read: 2, failed: 3 };
	fc.assert(
		fc.property(fc.array(fc.constantFrom(...STATUS_VALUES)), (values) => {
			const ranks = posted(values).map((value) => rank[value]);
			expect(ranks).toEqual([...new Set(ranks)].sort());
		}),
	);
});

it('knows channels, contacts, messages and kinds apart', () => {
	const keys = [
		keysOf('ch', status('sent')),
		keysOf('other', status('sent')),
		keysOf('ch', status('sent', 'n')),
		keysOf('ch', status('sent', 'm', 'ken')),
		keysOf('ch', status('read')),
	].map(({ skip }) => skip[0].key);
	expect(new Set(keys).size).toBe(keys.length);
});

it.each([
	[200, 'delivered'],
	[204, 'delivered'],
	[301, 'misconfigured'],
	[400, 'refused'],
	[401, 'misconfigured'],
	[403, 'misconfigured'],
	[404, 'misconfigured'],
	[408, 'retry'],
	[413, 'refused'],
	[422, 'refused'],
	[425, 'retry'],
	[429, 'retry'],
	[500, 'retry'],
	[599, 'retry'],
])('%i means %s', (statusCode, verdict) => {
	expect(judge({ statusCode, headers: {}, body: '' })).toBe(verdict);
});

it.each([
	[{ 'content-type': 'text/html; charset=utf-8' }, ''],
	[{}, '  <!DOCTYPE html><html>'],
	[{}, '<html lang="en">'],
])('a web page with 200 is a wrong address: %j %j', (headers, body) => {
	expect(judge({ statusCode: 200, headers, body })).toBe('misconfigured');
});

it.each<[string | string[] | undefined, number | undefined]>([
	['2', 2000],
	['0.5', 500],
	[['3', '9'], 3000],
	['Thu, 01 Jan 1970 00:01:00 GMT', 50_000],
	['Thu, 01 Jan 1970 00:00:01 GMT', 0],
	['soon', undefined],
	['', undefined],
	[undefined, undefined],
])('Retry-After %j is %j ms at second 10', (header, milliseconds) => {
	expect(parseRetryAfter(header, 10_000)).toBe(milliseconds);
});

it('waits between nothing and the doubled pause, up to 30 s', () => {
	const pauses = (random: number) =>
		[1, 2, 3, 10].map((attempt) => retryDelay(attempt, undefined, { now: 0, random }));
	expect(pauses(0)).toEqual([0, 0, 0, 0]);
	expect(pauses(1)).toEqual([500, 1000, 2000, 30_000]);
});
