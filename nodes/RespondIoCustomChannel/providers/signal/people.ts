import type { IdType } from '../../channel/schema';
import { idOf } from '../kit/payload';

export const NAME = 'Signal';

/** Of 32 bytes, in base64. */
export const GROUP_ID = /^[A-Za-z\d+/]{43}=$/;

/** Who writes or is written to, as an envelope tells it. */
export interface Person {
	uuid?: string;
	/** Left out where the person hides it. */
	number?: string;
}

/** @param uuid The account's id (ACI); an identity of a number alone (`PNI:…`) can't be written to. */
export function personOf(uuid: unknown, number: unknown): Person {
	const id = idOf(uuid);
	return { uuid: id?.startsWith('PNI:') ? undefined : id, number: idOf(number) };
}

/**
 * The contact of a person: the account's id, which stays when the number changes or is hidden; on a channel of phone
 * numbers the number.
 */
export function contactIdOf({ uuid, number }: Person, idType: IdType): string | undefined {
	return idType === 'phone' ? (number ?? uuid) : (uuid ?? number);
}

/** What to do about it on a channel of phone numbers. */
export const WITHOUT_NUMBER =
	'Groups of Signal have no number, and people can hide theirs. A channel with the ID type Custom ID takes them all.';
