import { ChannelError, shown } from './error';
import { codePointLength, LIMITS } from './limits';
import { CUSTOM_CONTACT_ID, PHONE_CONTACT_ID, type IdType } from './schema';

/**
 * A provider's id of a customer as respond.io takes it.
 *
 * Phone channels: E.164; spaces, dashes, dots, slashes, parentheses and invisible marks are dropped, and so is the `(0)`
 * of a national prefix after the country code; a missing `+` is added, `00` stands for it. Custom channels: an id within the alphabet of respond.io goes through as it is. In any other, each byte
 * (UTF-8) that is not allowed is written as in quoted-printable, `=` and two capital hex digits, or, where that is
 * shorter, the whole id as `=b` and base64.
 *
 * @throws {ChannelError} when the id is empty, does not fit 50 characters in either form, or is no phone number.
 */
export function encodeContactId(id: string, idType: IdType): string {
	if (id === '') {
		throw new ChannelError(
			'The Contact ID is empty',
			"Set it to the customer's ID at the provider, by an expression on the provider's data.",
		);
	}
	return idType === 'phone' ? toPhone(id) : toCustomId(id);
}

/**
 * The provider's id behind one that `encodeContactId` made. Never throws: what was not encoded comes back as it is.
 * Phone numbers get their `+`, which respond.io leaves out at times.
 */
export function decodeContactId(encoded: string, idType: IdType): string {
	if (idType === 'phone') {
		const digits = encoded.trim().replace(/^\+/, '');
		return /^\d+$/.test(digits) ? `+${digits}` : encoded;
	}
	return CUSTOM_CONTACT_ID.test(encoded) ? decodeCustom(encoded) : encoded;
}

function toPhone(id: string): string {
	const compact = id
		.replace(/(\d\D*)\(0\)/, '$1')
		.replace(/[\s\p{Cf}\p{Pd}./()]/gu, '')
		.replace(/^00/, '+');
	const phone = compact.startsWith('+') ? compact : `+${compact}`;
	if (PHONE_CONTACT_ID.test(phone)) return phone;
	throw new ChannelError(
		`The Contact ID ${shown(id)} is not a phone number with its country code`,
		'This channel tells contacts apart by phone number: give it like +60177872890, with 2 to 15 digits. If the provider has other IDs, the channel in respond.io needs the ID type Custom ID.',
	);
}

/** `=` and two capital hex digits, anywhere, or `=b` at the start: what decoding would take for an escape. */
const ESCAPE = /=[0-9A-F]{2}|^=b/;
const LEGAL = /[A-Za-z0-9_=+/@]/;

function toCustomId(id: string): string {
	if (/\p{Surrogate}/u.test(id)) {
		throw new ChannelError(
			`The Contact ID ${shown(id)} holds half of a character (an unpaired UTF-16 surrogate)`,
			'The ID was cut in the middle of an emoji: use the whole ID.',
		);
	}
	// Neither form is shorter than the id itself.
	const encoded = id.length > LIMITS.contactId ? undefined : customForm(id);
	if (encoded !== undefined && encoded.length <= LIMITS.contactId) return encoded;
	const needed = encoded === undefined ? '' : `, and ${encoded.length} when encoded`;
	throw new ChannelError(
		`The Contact ID ${shown(id)} does not fit: respond.io takes ${LIMITS.contactId} characters, it has ${codePointLength(id)}${needed}`,
		"Use a shorter ID of the same customer, e.g. the provider's user ID in place of a name or an address.",
	);
}

function customForm(id: string): string {
	if (CUSTOM_CONTACT_ID.test(id) && !ESCAPE.test(id)) return id;
	const quoted = quote(id);
	const base64 = `=b${Buffer.from(id, 'utf8').toString('base64').replace(/=+$/, '')}`;
	return base64.length < quoted.length ? base64 : quoted;
}

function quote(id: string): string {
	let quoted = '';
	let index = 0;
	for (const character of id) {
		const readsAsEscape =
			character === '=' &&
			(/^=[0-9A-F]{2}/.test(id.slice(index, index + 3)) || (index === 0 && id[1] === 'b'));
		quoted +=
			LEGAL.test(character) && !readsAsEscape
				? character
				: Array.from(Buffer.from(character, 'utf8'), hex).join('');
		index += character.length;
	}
	return quoted;
}

function hex(byte: number): string {
	return `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

function decodeCustom(encoded: string): string {
	const bytes = encoded.startsWith('=b')
		? Buffer.from(encoded.slice(2), 'base64')
		: Buffer.from(
				encoded.replace(/=([0-9A-F]{2})/g, (_, digits: string) =>
					String.fromCharCode(Number.parseInt(digits, 16)),
				),
				'latin1',
			);
	const id = bytes.toString('utf8');
	// Only the form that encoding writes: other spellings of the same bytes are ids of their own.
	return customForm(id) === encoded ? id : encoded;
}
