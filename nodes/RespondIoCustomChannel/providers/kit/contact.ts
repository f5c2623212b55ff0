import { normaliseContact } from '../../channel/contact';
import { fitText } from '../../channel/fit';
import { LIMITS } from '../../channel/limits';
import type { Contact } from '../../channel/schema';
import { textOf } from './payload';

const NAMES: ReadonlyArray<keyof Contact> = ['firstName', 'lastName'];

/** What respond.io can take of a customer's data: names are shortened, anything else that does not fit is left out. */
export function contactOf(
	given: Partial<Record<keyof Contact, unknown>>,
	now: number,
): Contact | undefined {
	const fields = Object.entries(given).map(([field, value]) => {
		const name = NAMES.includes(field as keyof Contact) ? textOf(value)?.trim() : undefined;
		const short = name === undefined ? value : fitText(name, LIMITS.firstName, 'truncate')[0];
		return contactField(field, short, now);
	});
	const contact: Contact = Object.assign({}, ...fields);
	return Object.keys(contact).length > 0 ? contact : undefined;
}

function contactField(field: string, value: unknown, now: number): Contact | undefined {
	if (typeof value !== 'string' && typeof value !== 'number') return undefined;
	try {
		return normaliseContact({ [field]: value }, now);
	} catch {
		return undefined;
	}
}
