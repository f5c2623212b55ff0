import { DateTime } from 'luxon';

import { ChannelError, shown } from './error';

/** Below this a number counts seconds: as milliseconds it would be before March 1973. */
const SECONDS_BELOW = 1e11;
/** From here a number counts microseconds, and a thousand times further nanoseconds. */
const MICROSECONDS_FROM = 1e14;
const NANOSECONDS_FROM = 1e17;
/** 2001 in epoch milliseconds: an earlier message is none, but a unit taken for another, or a zero for "not known". */
export const EARLIEST = 978_307_200_000;
/** The last millisecond that a Date holds (ECMA-262, 21.4.1.1). */
const LATEST = 8.64e15;

export interface TimestampContext {
	/** Epoch milliseconds that a blank stands for. */
	now: number;
	/** IANA name of the zone that a date without one is read in. */
	timezone?: string;
}

/**
 * A time as respond.io takes it: whole milliseconds since 1970. Reads milliseconds, seconds (with fractions), micro- and
 * nanoseconds, as numbers or texts, ISO 8601, RFC 2822, Date and Luxon's DateTime. Blank: now.
 * @throws {ChannelError} when it is none of these.
 */
export function toTimestamp(value: unknown, { now, timezone }: TimestampContext): number {
	if (value === undefined || value === null) return now;
	if (value instanceof Date) return checked(value.getTime(), value);
	if (typeof value === 'number') return checked(fromNumber(value), value);
	if (typeof value === 'bigint') return checked(fromNumber(Number(value)), String(value));
	if (typeof value === 'string') {
		const text = value.trim();
		return text === '' ? now : checked(fromText(text, timezone), value);
	}
	if (isDateTime(value)) return checked(value.toMillis(), value);
	return checked(Number.NaN, value);
}

function fromNumber(value: number): number {
	if (value < SECONDS_BELOW) return value * 1000;
	if (value >= NANOSECONDS_FROM) return value / 1e6;
	if (value >= MICROSECONDS_FROM) return value / 1e3;
	return value;
}

function fromText(text: string, zone?: string): number {
	if (/^\d+(\.\d+)?$/.test(text)) return fromNumber(Number(text));
	const iso = DateTime.fromISO(text, { zone: zone ?? 'utc' });
	if (iso.isValid) return iso.toMillis();
	const sql = DateTime.fromSQL(text, { zone: zone ?? 'utc' });
	return sql.isValid ? sql.toMillis() : DateTime.fromRFC2822(text).toMillis();
}

/** By shape: n8n's Luxon is another copy than ours. */
function isDateTime(value: unknown): value is { toMillis(): number } {
	return typeof value === 'object' && value !== null && 'toMillis' in value
		? typeof value.toMillis === 'function'
		: false;
}

function checked(milliseconds: number, given: unknown): number {
	const whole = Math.round(milliseconds);
	if (Number.isFinite(whole) && whole >= EARLIEST && whole <= LATEST) return whole;
	throw new ChannelError(
		`The Timestamp ${shown(given)} is not a time since 2001`,
		'Give a number of seconds or milliseconds since 1970, an ISO text such as 2026-01-31T09:30:00Z, or a date. Leave it blank for now.',
	);
}
