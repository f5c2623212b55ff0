import type { z } from 'zod';

import { ChannelError, shown } from './error';
import { codePointLength } from './limits';

/** What people see of a fault: the part of zod's issue that zod 3 and 4 share. */
interface Issue {
	path: ReadonlyArray<PropertyKey>;
	message: string;
}

/** Each fault as "events.0.message.text must be at most 7,000 characters (7,001 given)". */
export function faultsOf(issues: readonly Issue[], value: unknown): string[] {
	return issues.map(({ path, message }) => {
		const where = path.map(String).join('.');
		const given = at(value, path);
		const words = /^(Required|Invalid input.*undefined)$/.test(message) ? 'is required' : message;
		return `${where === '' ? 'the body' : where} ${words}${amount(words, given)}`;
	});
}

function amount(words: string, given: unknown): string {
	if (given === undefined || words === 'is required' || words === 'must not be empty') return '';
	if (typeof given === 'string' && words.includes('characters')) {
		return ` (${codePointLength(given).toLocaleString('en-US')} given)`;
	}
	if (Array.isArray(given)) return ` (${given.length} given)`;
	return ` (${shown(given)} given)`;
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
	hint = 'Change the value, or shorten it by an expression.',
): z.infer<Schema> {
	const result = schema.safeParse(value);
	if (result.success) return result.data as z.infer<Schema>;
	const faults = faultsOf(result.error.issues, value);
	throw new ChannelError(capitalise(faults.join('; ')), hint);
}

function capitalise(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
