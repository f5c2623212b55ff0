import { ChannelError, shown } from '../../channel/error';
import { toTimestamp } from '../../channel/timestamp';
import { wellFormed } from '../../channel/wellFormed';

type KeysOf<Type> = Type extends unknown ? keyof Type : never;

/**
 * An object of a payload: its names are those of the provider's type package, so a misspelt one does not compile; its
 * values are unchecked, for what arrives need not keep to the types.
 */
export type Fields<Type> = { readonly [Key in KeysOf<Type>]?: unknown };

export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields of an object; of anything else, none. */
export function fieldsOf<Type>(value: unknown): Fields<Type> {
	return (isObject(value) ? value : {}) as Fields<Type>;
}

export function listOf(value: unknown): unknown[] {
	return Array.isArray(value) ? value : [];
}

/** A text that shows something, without characters that respond.io's side may not take. */
export function textOf(value: unknown): string | undefined {
	if (typeof value !== 'string') return undefined;
	const text = wellFormed(value);
	return text.trim() === '' ? undefined : text;
}

/** An id, given as a text or as a whole number. */
export function idOf(value: unknown): string | undefined {
	if (typeof value === 'number') return Number.isInteger(value) ? String(value) : undefined;
	// As it is: two that differ in a broken character alone must not become one.
	return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** A number, given as one or as a text. */
export function numberOf(value: unknown): number | undefined {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** Epoch milliseconds from seconds or milliseconds; `now` where there is no time: no message is lost for its date. */
export function timeOf(value: unknown, now: number): number {
	try {
		return toTimestamp(value, { now });
	} catch {
		return now;
	}
}

/** Texts and numbers as one text, without those that are missing; undefined when all are. */
export function joined(parts: readonly unknown[], separator = '\n'): string | undefined {
	const texts = parts
		.map((part) => (typeof part === 'number' ? String(part) : textOf(part)))
		.filter((part) => part !== undefined);
	return texts.length > 0 ? texts.join(separator) : undefined;
}

/** All texts, numbers and yes or no anywhere in a value, within a few levels: nothing that is a message goes deeper. */
export function wordsIn(value: unknown, depth = 4): string[] {
	if (value === undefined || value === null) return [];
	if (typeof value !== 'object') return [String(value)];
	if (depth === 0) return [];
	return Object.values(value).flatMap((inner) => wordsIn(inner, depth - 1));
}

/** What a table holds under a name from outside, which may be `constructor` or the like. */
export function lookUp<Value>(
	table: Readonly<Record<string, Value>>,
	name: string,
): Value | undefined {
	return Object.hasOwn(table, name) ? table[name] : undefined;
}

export function withoutUndefined<Type extends object>(value: Type): Type {
	return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Type;
}

/**
 * What the provider sent: of what the generic Webhook node outputs the body, or, of a call by GET, the query; else the
 * payload itself.
 */
export function bodyOf(payload: unknown): unknown {
	if (!isObject(payload) || !isObject(payload.headers) || !('body' in payload)) return payload;
	const { query } = payload;
	if (query === undefined && !('params' in payload)) return payload;
	const body = parsed(payload.body);
	return isBlank(body) && isObject(query) && !isBlank(query) ? query : body;
}

function isBlank(body: unknown): boolean {
	if (isObject(body)) return Object.keys(body).length === 0;
	return body === undefined || body === null || body === '';
}

/** What JSON in a text holds; anything else as it is. */
export function parsed(body: unknown): unknown {
	if (typeof body !== 'string') return body;
	try {
		return JSON.parse(body) as unknown;
	} catch {
		return body;
	}
}

/** @throws {ChannelError} naming the field, when the payload does not have it. */
export function required<Value>(value: Value | undefined, provider: string, field: string): Value {
	if (value !== undefined) return value;
	throw new ChannelError(
		`The ${provider} payload has no usable ${field}`,
		`Give the whole payload, as ${provider}'s trigger or the Webhook node outputs it. If a step in between changed it, use the item before that step.`,
	);
}

/** What to throw for a payload of something else; tells its field names, never their values. */
export function foreign(provider: string, payload: unknown): ChannelError {
	const names = isObject(payload) ? Object.keys(payload).slice(0, 8) : [];
	const given =
		names.length > 0 ? `an object with ${names.map(shown).join(', ')}` : kindOf(payload);
	return new ChannelError(
		`This is no payload of ${provider}: it is ${given}`,
		'Choose the provider that sent it, and give the whole payload, as its trigger or the Webhook node outputs it.',
	);
}

function kindOf(value: unknown): string {
	if (value === null || value === undefined) return 'empty';
	if (Array.isArray(value)) return 'a list';
	return typeof value === 'object' ? 'an empty object' : `a ${typeof value}`;
}
