import { ChannelError } from '../../channel/error';
import type { IdType } from '../../channel/schema';

/** What WhatsApp's ids mean, for each provider that carries it: numbers, user IDs and groups. */

/** A business-scoped user ID, of who hides the number behind a user name: country code, dot, up to 128 letters and digits. */
export function isUserId(id: string): boolean {
	return /^[A-Z]{2}(\.ENT)?\.[A-Za-z0-9]{1,128}$/.test(id);
}

/**
 * A number as people dial it, in E.164. WhatsApp goes on with older forms: without the ninth digit that Brazil's mobile
 * numbers have since 2016 (landlines begin with 2 to 5), and with the 1 that Mexico's have no more since 2019.
 */
export function dialled(number: string): string {
	return number
		.replace(/^(\+?55[1-9]{2})(?=[6-9]\d{7}$)/, (_, area: string) => `${area}9`)
		.replace(/^(\+?52)1(?=\d{10}$)/, '$1');
}

/** The number that WhatsApp has for one as people dial it; what has no `+` is WhatsApp's own. Brazil's it finds itself. */
export function numberAtWhatsApp(number: string): string {
	return number.replace(/^\+52(?=\d{10}$)/, '+521');
}

/**
 * The contact's id: on a channel of phone numbers as people dial them, so that a customer to whom agents wrote first is
 * the same one; and what to do about a customer who hides the number there.
 */
export function contactIdOf(
	id: string,
	idType: IdType = 'custom',
): { contactId: string; contactHint?: string } {
	if (idType === 'custom') return { contactId: id };
	return isUserId(id) ? { contactId: id, contactHint: HIDDEN } : { contactId: dialled(id) };
}

/** A customer of a provider that has WhatsApp among other channels: the contact's id, and the number as people dial it. */
export function customerOn(channel: unknown, id: string, idType: IdType | undefined) {
	return channel === 'whatsapp'
		? { ids: contactIdOf(id, idType), number: dialled(id) }
		: { ids: { contactId: id }, number: id };
}

const HIDDEN =
	'The customer hides the phone number behind a WhatsApp user name. Use a channel with the ID type Custom ID for WhatsApp, which takes numbers and user IDs; on this one the customer arrives once the number is shared with the business, e.g. by a template message with a button that asks for it.';

const GROUP = /^capi_group:\d+:\d+$/;

/** A group's id as respond.io can take it: Meta writes it in base64, with `ZD` in place of `=`, which is too long. */
export function groupOf(id: string): string {
	const plain = Buffer.from(id.replace(/(ZD)+$/, ''), 'base64').toString('latin1');
	return GROUP.test(plain) && groupAtWhatsApp(plain) === id ? plain : id;
}

function groupAtWhatsApp(plain: string): string {
	return Buffer.from(plain, 'latin1').toString('base64').replaceAll('=', 'ZD');
}

/**
 * To whom a request goes, in the Cloud API's fields.
 * @throws {ChannelError} when it is no id of WhatsApp.
 */
export function recipientOf(contactId: string): Recipient {
	const id = numberAtWhatsApp(contactId.trim()).replace(/^\+(?=\d+$)/, '');
	if (/^\d{5,15}$/.test(id)) return { recipient_type: 'individual', to: id };
	if (isUserId(id)) return { recipient_type: 'individual', recipient: id };
	if (GROUP.test(id)) return { recipient_type: 'group', to: groupAtWhatsApp(id) };
	if (/^[A-Za-z0-9_=+/:.-]{16,}$/.test(id)) return { recipient_type: 'group', to: id };
	throw new ChannelError(
		'The contact id is none of WhatsApp: it must be a phone number with its country code, a user id like US.1349…, or a group id',
		"Use the providerContactId of the trigger's item.",
	);
}

export type Recipient =
	| { recipient_type: 'individual' | 'group'; to: string }
	| { recipient_type: 'individual'; recipient: string };
