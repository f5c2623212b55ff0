import type { z } from 'zod';

import { ChannelError, shown } from './error';
import { codePointLength, withCommas } from './limits';

/** The part of zod's issue that zod 3 and 4 share. */
interface Issue {
	path: ReadonlyArray<PropertyKey>;
	message: string;
	/** Of a value of the wrong type: the right one, in zod's word. */
	expected?: unknown;
}

/** What people call a field, by its path; `*` stands for a place in a list: { 'replies.*': 'Reply' }. */
export type FieldNames = Readonly<Record<string, string>>;

/** More faults than anybody mends at once. */
const MOST_FAULTS = 20;

/**
 * Each fault as "events.0.message.text must be at most 7,000 characters (7,001 given)", one for each field; after 20 of
 * them, how many more there are.
 */
export function faultsOf(
	issues: readonly Issue[],
	value: unknown,
	names: FieldNames = {},
): string[] {
	// zod 4 goes on after a field's first fault, zod 3 does not.
	const firsts = new Map<string, Issue>();
	for (const issue of issues) {
		const path = issue.path.map(String).join('.');
		if (!firsts.has(path)) firsts.set(path, issue);
	}
	const faults = [...firsts.values()].slice(0, MOST_FAULTS).map((issue) => {
		const given = at(value, issue.path);
		const words = wordsOf(issue, given);
		return `${nameOf(issue.path, names)} ${words}${amount(words, given)}`;
	});
	const more = firsts.size - faults.length;
	return more > 0 ? [...faults, `and ${withCommas(more)} more`] : faults;
}

const TYPES: Readonly<Record<string, string>> = {
	string: 'must be a text',
	number: 'must be a number',
	array: 'must be a list',
	object: 'must be an object',
};

/** The schema's own message, or ours in place of zod's, which speaks to programmers and differs by version. */
function wordsOf({ message, expected }: Issue, given: unknown): string {
	if (given === undefined) return message.startsWith('is required') ? message : 'is required';
	return /^[A-Z]/.test(message) ? (TYPES[String(expected)] ?? 'is not known') : message;
}

function nameOf(path: ReadonlyArray<PropertyKey>, names: FieldNames): string {
	if (path.length === 0) return 'the body';
	const keys = path.map(String);
	const place = keys.findLast((key) => /^\d+$/.test(key));
	const general = keys.map((key) => (key === place ? '*' : key)).join('.');
	const name = names[general];
	if (name === undefined) return keys.join('.');
	return place === undefined ? name : `${name} ${Number(place) + 1}`;
}

function amount(words: string, given: unknown): string {
	if (given === undefined || words === 'must not be empty') return '';
	const size = / at (least|most) /.test(words) ? sizeOf(given) : undefined;
	return ` (${size === undefined ? shown(given) : withCommas(size)} given)`;
}

function sizeOf(value: unknown): number | undefined {
	if (typeof value === 'string') return codePointLength(value);
	return Array.isArray(value) ? value.length : undefined;
}

function at(value: unknown, path: ReadonlyArray<PropertyKey>): unknown {
	let current = value;
	for (const key of path) {
		if (typeof current !== 'object' || current === null) return undefined;
		current = (current as Record<PropertyKey, unknown>)[key];
	}
	return current;
}

/**
 * The value, if it is legal.
 * @throws {ChannelError} naming every fault.
 */
export function check<Schema extends z.ZodTypeAny>(
	schema: Schema,
	value: unknown,
	hint: string,
	names?: FieldNames,
): z.infer<Schema> {
	const result = schema.safeParse(value);
	if (result.success) return result.data as z.infer<Schema>;
	throw new ChannelError(faultsOf(result.error.issues, value, names).join('; '), hint);
}
