import { IANAZone } from 'luxon';

import { check } from './check';
import { encodeContactId } from './contactId';
import { ChannelError, shown } from './error';
import { contactSchema, type Contact } from './schema';
import { wellFormed } from './wellFormed';

/** Every field, by what people call it. */
const NAMES: Readonly<Record<keyof Contact, string>> = {
	firstName: 'First Name',
	lastName: 'Last Name',
	profilePic: 'Profile Picture URL',
	locale: 'Locale',
	countryCode: 'Country Code',
	timezone: 'Timezone',
	email: 'Email',
	phone: 'Phone',
	language: 'Language',
};
const FIELDS = Object.keys(NAMES) as Array<keyof Contact>;

/**
 * A contact as respond.io takes it, from values of any form: trimmed, empties left out, codes in their standard case,
 * the time zone as hours from UTC. Undefined where nothing is left.
 * @param now Epoch milliseconds, for the offset of a named time zone.
 * @throws {ChannelError} naming the field, the limit and what was given.
 */
export function normaliseContact(given: unknown, now: number): Contact | undefined {
	if (given === undefined || given === null || given === '') return undefined;
	const known = `respond.io knows ${FIELDS.join(', ')}.`;
	if (typeof given !== 'object' || Array.isArray(given)) {
		throw new ChannelError(`The Contact is not an object: ${shown(given)}`, known);
	}
	const unknown = Object.keys(given).filter((key) => !FIELDS.includes(key as keyof Contact));
	if (unknown.length > 0) {
		throw new ChannelError(`The Contact has no field ${unknown.map(shown).join(', ')}`, known);
	}
	const contact: Record<string, unknown> = {};
	for (const field of FIELDS) {
		const value: unknown = (given as Partial<Record<string, unknown>>)[field];
		const trimmed = typeof value === 'string' ? wellFormed(value).trim() : value;
		if (trimmed === undefined || trimmed === null || trimmed === '') continue;
		contact[field] = normalise(field, trimmed, now);
	}
	if (Object.keys(contact).length === 0) return undefined;
	return check(
		contactSchema,
		contact,
		'This is a field of Contact. Change it, or leave it empty: respond.io needs none of them.',
		NAMES,
	);
}

function normalise(field: keyof Contact, value: unknown, now: number): unknown {
	// Left for the check to refuse: a list of one text would read as that text.
	if (typeof value === 'object') return value;
	switch (field) {
		case 'timezone':
			return toHours(value, now);
		case 'phone':
			return toPhone(String(value));
		case 'countryCode':
			return String(value).toUpperCase();
		case 'language':
			// A locale says the language too: en_US, zh-Hant.
			return String(value).split(/[_-]/, 1)[0].toLowerCase();
		case 'locale':
			return toLocale(String(value));
		default:
			return String(value);
	}
}

function toPhone(phone: string): string {
	try {
		return encodeContactId(phone, 'phone');
	} catch {
		// Not E.164: the limits below judge it as it is.
		return phone;
	}
}

/** `en-us` as `en_US`, `zh-hant-TW` as `zh_Hant_TW`. */
function toLocale(locale: string): string {
	const [language, ...rest] = locale.split(/[_-]/);
	const tags = rest.map((tag) => {
		if (tag.length === 2) return tag.toUpperCase();
		return tag.length === 4 ? tag[0].toUpperCase() + tag.slice(1).toLowerCase() : tag;
	});
	return [language.toLowerCase(), ...tags].join('_');
}

/** 8, "8", "+08:00", "UTC+8", "GMT-3:30" or "Asia/Kuala_Lumpur", as hours from UTC. */
function toHours(value: unknown, now: number): unknown {
	if (typeof value === 'number') return value;
	const text = String(value);
	const offset = /^(?:utc|gmt)?\s*([+\-\u2212]?)(\d{1,2})(?:(\.\d+)|:?([0-5]\d))?$/i.exec(text);
	if (offset) {
		const [, sign, hours, fraction = '', minutes = '0'] = offset;
		const size = Number(`${hours}${fraction}`) + Number(minutes) / 60;
		return sign === '' || sign === '+' ? size : -size;
	}
	return IANAZone.isValidZone(text) ? IANAZone.create(text).offset(now) / 60 : value;
}
