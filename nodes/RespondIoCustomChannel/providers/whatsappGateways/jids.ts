import type { IdType } from '../../channel/schema';
import { idOf } from '../kit/payload';
import { dialled } from '../whatsapp/ids';

/**
 * WhatsApp's own ids, "jids". A person is a number (`60123456789@s.whatsapp.net`, or `@c.us` in WhatsApp's web page), or,
 * where WhatsApp hides the number, a `@lid`; a group ends in `@g.us`. The contact is the number in digits, else the jid.
 */

/** With the device that sent it, as in `60123456789:12@s.whatsapp.net`. */
const NUMBER = /^(\d{5,20})(?:[:_]\d+)*@(?:s\.whatsapp\.net|c\.us|hosted)$/;
const HIDDEN = /^(\d+)(?:[:_]\d+)*@lid$/;

/** The id of a jid: the number in digits, anything else whole, but without the device. */
export function idOfJid(jid: unknown): string | undefined {
	return idOf(jid)?.replace(NUMBER, '$1').replace(HIDDEN, '$1@lid');
}

/**
 * The one id of a person, a group or another chat: of a hidden number the number itself, where the payload gives it in
 * another place.
 * @param others Where else the number may be.
 */
export function idOfJids(jid: unknown, others: readonly unknown[]): string | undefined {
	const id = idOfJid(jid);
	const all = others.map(idOfJid);
	if (id === undefined) return all.find((each) => each !== undefined);
	return isHidden(id) ? (all.find(isNumber) ?? id) : id;
}

export function isNumber(id: string | undefined): id is string {
	return id !== undefined && /^\d+$/.test(id);
}

function isHidden(id: string): boolean {
	return HIDDEN.test(id);
}

export function isGroup(id: string): boolean {
	return id.endsWith('@g.us');
}

/**
 * What a chat is that is no conversation: people's status, a channel, a broadcast list, or what the business notes down.
 * @param own The account's own number.
 */
export function noConversation(id: string, own: string | undefined): string | undefined {
	if (id === own) return 'note to self';
	if (id === 'status@broadcast') return 'status';
	return /@(newsletter|broadcast)$/.exec(id)?.[1];
}

/** The phone number of a person as people dial it; none of anything else. */
export function phoneOf(id: string): string | undefined {
	return isNumber(id) ? `+${dialled(id)}` : undefined;
}

/** The contact of a chat; on a channel of phone numbers with what to do about one that has none. */
export function contactOn(
	id: string,
	idType: IdType = 'custom',
): { contactId: string; contactHint?: string } {
	return idType === 'custom' || isNumber(id)
		? { contactId: id }
		: { contactId: id, contactHint: WITHOUT_NUMBER };
}

const WITHOUT_NUMBER =
	'It is a group, or a customer whose number WhatsApp hides. Use a channel with the ID type Custom ID, which takes both.';
