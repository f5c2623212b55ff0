import { createHash } from 'node:crypto';

import { type Fields, fieldsOf, idOf, isObject, joined, listOf, textOf } from '../kit/payload';
import { htmlAsText } from './html';

/** The fields of a mail, as n8n's triggers give them, and what is read from several of them alike. */

/** An item of the Email Trigger in the formats Resolved or Simple, or of the Gmail Trigger. */
export interface Mail {
	/** An object with `text` (several lines of one name: a list of them) or, in the format Simple, a text. */
	from: unknown;
	to: unknown;
	cc: unknown;
	replyTo: unknown;
	subject: string;
	date: string;
	messageId: string;
	/** Of the Email Trigger: the mail's number in the mailbox (`uid`). */
	attributes: unknown;
	/** Gmail's. */
	id: string;
	labelIds: unknown;
	inReplyTo: string;
	text: string;
	html: string;
	textPlain: string;
	textHtml: string;
	/** In the format Resolved, whole lines. */
	headers: unknown;
	/** In the format Simple, the headers that are no fields. */
	metadata: unknown;
	raw: string;
}

export interface Address {
	address: string;
	name: string | undefined;
}

const ADDRESS = /^[^\s@<>]+@[^\s@<>]+$/;

export function isAddress(text: string): boolean {
	return ADDRESS.test(text);
}

function writtenIn(field: unknown): string {
	const written = (Array.isArray(field) ? listOf(field) : [field]).map((each) =>
		isObject(each) ? each.text : each,
	);
	return joined(written, ', ')?.trim() ?? '';
}

/** The address in a field of one, in lower case, and the name before it. */
export function addressIn(field: unknown): Address | undefined {
	const given = writtenIn(field);
	const opening = given.lastIndexOf('<');
	const [address] = addressesIn(given.slice(opening + 1));
	const name = given
		.slice(0, Math.max(opening, 0))
		.trim()
		.replace(/^"(.*)"$/s, '$1');
	return address === undefined ? undefined : { address, name: textOf(name) };
}

/** All addresses in a field, in lower case. */
export function addressesIn(field: unknown): string[] {
	return writtenIn(field)
		.toLowerCase()
		.split(/[\s<>,;"]+/)
		.filter(isAddress);
}

/** @param name In lower case. */
export function headerOf(mail: Fields<Mail>, name: string): string | undefined {
	const headers = isObject(mail.headers) ? mail.headers : fieldsOf<object>(mail.metadata);
	const line = textOf((headers as Record<string, unknown>)[name]);
	const prefix = `${name}:`;
	const value = line?.toLowerCase().startsWith(prefix) ? line.slice(prefix.length) : line;
	// Long headers are folded.
	return textOf(value?.replace(/\s+/g, ' '))?.trim();
}

/** A Message-ID as other mails name it, without its brackets. */
export function withoutBrackets(id: unknown): string | undefined {
	return textOf(idOf(id)?.replace(/^<|>$/g, ''));
}

/** The id of the mail that this one answers. */
export function answeredBy(mail: Fields<Mail>): string | undefined {
	return withoutBrackets(idOf(mail.inReplyTo) ?? headerOf(mail, 'in-reply-to'));
}

/**
 * The Message-ID. Some devices and forms send none: then a digest of the mail's place in the mailbox, or of its date, and
 * of what it says, so that it is the same each time the mail is read.
 */
export function messageIdOf(mail: Fields<Mail>, now: number): string {
	const id = withoutBrackets(idOf(mail.messageId) ?? headerOf(mail, 'message-id'));
	if (id !== undefined) return id;
	const { uid } = fieldsOf<{ uid: number }>(mail.attributes);
	// Two mails that nothing tells apart are two: rather one twice than one of two.
	const place = idOf(uid) ?? idOf(mail.id) ?? textOf(mail.date) ?? now;
	const facts = [place, writtenIn(mail.from), textOf(mail.subject), plainTextOf(mail)];
	return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32);
}

/** The mail's words, of its text or, where it has none, of its HTML. */
export function plainTextOf({ text, textPlain, html, textHtml }: Fields<Mail>): string {
	return textOf(text) ?? textOf(textPlain) ?? htmlAsText(textOf(html) ?? textOf(textHtml) ?? '');
}
