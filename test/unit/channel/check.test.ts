import { z } from 'zod';

import { check, faultsOf } from '../../../nodes/RespondIoCustomChannel/channel/check';
import { faultOf } from './support';

const schema = z.object({
	title: z.string().min(2, 'must be longer'),
	replies: z.array(z.object({ text: z.string() })),
});
const names = { title: 'Title', 'replies.*.text': 'Reply' };

describe('check', () => {
	it('gives the value, without fields that nobody knows', () => {
		const value = { title: 'Hi', replies: [{ text: 'A', more: 1 }], more: 2 };
		expect(check(schema, value, 'hint')).toEqual({ title: 'Hi', replies: [{ text: 'A' }] });
	});

	it('names every fault by its path, and hands on the hint', () => {
		const { message, hint } = faultOf(() =>
			check(schema, { title: 'x', replies: [{ text: 'A' }, {}] }, 'Mend it.'),
		);
		expect(message).toBe('title must be longer ("x" given); replies.1.text is required');
		expect(hint).toBe('Mend it.');
	});

	it('calls fields by the names it is given, counting lists from 1', () => {
		const value = { title: 5, replies: [{ text: 'A' }, { text: true }] };
		expect(faultOf(() => check(schema, value, '', names)).message).toBe(
			'Title must be a text (5 given); Reply 2 must be a text (true given)',
		);
	});
});

describe('faultsOf', () => {
	it.each([
		[[], undefined, 'the body is required'],
		[[], 'x', 'the body must be so ("x" given)'],
		[['a', 0], { a: ['x'] }, 'a.0 must be so ("x" given)'],
		[['a', 'b'], { a: null }, 'a.b is required'],
	])('reads the path %j of %j', (path, value, fault) => {
		expect(faultsOf([{ path, message: 'must be so' }], value)).toEqual([fault]);
	});

	it('tells one fault of each field', () => {
		const issues = ['must be so', 'must be other'].map((message) => ({ path: ['a'], message }));
		expect(faultsOf(issues, { a: 1 })).toEqual(['a must be so (1 given)']);
	});

	it.each([
		[20, 20, 'field19 is required'],
		[21, 21, 'and 1 more'],
		[100_020, 21, 'and 100,000 more'],
	])('of %d faults gives %d lines', (count, lines, last) => {
		const issues = Array.from({ length: count }, (_, index) => ({
			path: [`field${index}`],
			message: 'must be so',
		}));
		const faults = faultsOf(issues, {});
		expect(faults).toHaveLength(lines);
		expect(faults.at(-1)).toBe(last);
	});

	it('counts characters as the limits do', () => {
		const issue = { path: [], message: 'must be at most 1 characters' };
		expect(faultsOf([issue], '😀😀')).toEqual(['the body must be at most 1 characters (2 given)']);
	});
});
