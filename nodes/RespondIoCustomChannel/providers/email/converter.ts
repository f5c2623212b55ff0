import { createHash } from 'node:crypto';

import { ChannelError } from '../../channel/error';
import { attachmentTypeOf } from '../../channel/mimeTypes';
import { contactOf } from '../kit/contact';
import { ignored, messageEvents, statusEvents } from '../kit/incoming';
import { messageAsText, readMessage } from '../kit/message';
import { attachmentParts, type Part, textParts } from '../kit/parts';
import {
	bodyOf,
	type Fields,
	fieldsOf,
	foreign,
	idOf,
	isObject,
	joined,
	listOf,
	required,
	textOf,
	timeOf,
} from '../kit/payload';
import { readResponse } from '../kit/response';
import { setting } from '../kit/settings';
import type {
	BinaryFile,
	Converter,
	Incoming,
	IncomingContext,
	OutgoingContext,
	OutgoingMessage,
	ProviderRequest,
} from '../provider';

/**
 * E-mail. In: an item of n8n's Email Trigger (IMAP) in the formats Resolved, which has the attachments, or Simple; or of the
 * Gmail Trigger where its Simplify is off, which has the same form. The contact is the address that an answer goes to, in
 * lower case; message ids are the `Message-ID` (https://www.rfc-editor.org/rfc/rfc5322#section-3.6.4) without its brackets.
 * Quoted lines at the end are left out: the conversation has them already. The subject is told where a mail is no answer.
 * A mail that the mailbox's own address wrote to somebody else is an echo.
 *
 * Out: what n8n's Send Email node needs, as `{ to, subject, text }`, with a `mailto:` URL, since SMTP has no other. A file
 * goes as its link; the option Download Attachments of this step gives it to be attached too. Setting: `subject`
 * (required). A mail is one request; reports of failed delivery name its Message-ID.
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: (response) => readResponse(response, { displayName: NAME, taken, refused }),
};

const NAME = 'email';

interface Mail {
	/** An object with `value`, or, in the format Simple, a text. */
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

interface Address {
	address: string;
	name: string | undefined;
}

function incoming(payload: unknown, { now, binary = {} }: IncomingContext): Incoming {
	const body = bodyOf(payload);
	const mail = fieldsOf<Mail>(body);
	if (mail.from === undefined) {
		if (textOf(mail.raw) === undefined) throw foreign(NAME, body);
		throw new ChannelError(
			'The email has no sender: it is in the format Raw',
			'Choose the format Resolved in the Email Trigger.',
		);
	}
	const timestamp = timeOf(mail.date, now);
	const automatic = readAutomatic(mail, timestamp);
	if (automatic !== undefined) return automatic;
	const from = required(addressIn(mail.from), NAME, 'from');
	// Gmail marks what the account itself sent.
	const isSent = listOf(mail.labelIds).includes('SENT');
	const own = isSent ? from.address : headerOf(mail, 'delivered-to')?.toLowerCase();
	const to = addressesIn(mail.to);
	const customer =
		from.address === own ? addressIn(to.find((address) => address !== own)) : undefined;
	// A form on a website names the customer in Reply-To; a mailing list names itself there.
	const answerTo = addressIn(mail.replyTo ?? headerOf(mail, 'reply-to'));
	const others = [from.address, ...to, ...addressesIn(mail.cc)];
	const sender = answerTo === undefined || others.includes(answerTo.address) ? from : answerTo;
	const { address, name } = customer ?? sender;
	const contact = contactOf({ firstName: name, email: address }, now);
	return messageEvents(
		customer === undefined ? 'message' : 'message_echo',
		{
			contactId: address,
			messageId: messageIdOf(mail, now),
			timestamp,
			contact,
			mayBeOurs: customer === undefined ? undefined : true,
		},
		[...textParts(wordsOf(mail), 'text'), ...fileParts(binary)],
	);
}

/**
 * The Message-ID. Some devices and forms send none: then a digest of the mail's place in the mailbox, or of its date, and
 * of what it says, so that it is the same each time the mail is read.
 */
function messageIdOf(mail: Fields<Mail>, now: number): string {
	const id = withoutBrackets(idOf(mail.messageId) ?? headerOf(mail, 'message-id'));
	if (id !== undefined) return id;
	const { uid } = fieldsOf<{ uid: number }>(mail.attributes);
	const place = idOf(uid) ?? idOf(mail.id) ?? textOf(mail.date) ?? now;
	const facts = [place, writtenIn(mail.from), mail.subject, plainTextOf(mail)];
	return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32);
}

const ADDRESS = /^[^\s@<>]+@[^\s@<>]+$/;

/** Of an object with `text` or, in the format Simple, of a text. */
function writtenIn(field: unknown): string {
	return textOf(isObject(field) ? field.text : field)?.trim() ?? '';
}

function addressIn(field: unknown): Address | undefined {
	const given = writtenIn(field);
	const opening = given.lastIndexOf('<');
	const [address] = addressesIn(given.slice(opening + 1));
	const name = given
		.slice(0, Math.max(opening, 0))
		.trim()
		.replace(/^"(.*)"$/s, '$1');
	return address === undefined ? undefined : { address, name: textOf(name) };
}

function addressesIn(field: unknown): string[] {
	const parts = writtenIn(field)
		.toLowerCase()
		.split(/[\s<>,;"]+/);
	return parts.filter((part) => ADDRESS.test(part));
}

function headerOf(mail: Fields<Mail>, name: string): string | undefined {
	const headers = isObject(mail.headers) ? mail.headers : fieldsOf<object>(mail.metadata);
	const line = textOf((headers as Record<string, unknown>)[name]);
	const prefix = `${name}:`;
	const value = line?.toLowerCase().startsWith(prefix) ? line.slice(prefix.length) : line;
	// Long headers are folded.
	return textOf(value?.replace(/\s+/g, ' '))?.trim();
}

function withoutBrackets(id: unknown): string | undefined {
	return textOf(idOf(id)?.replace(/^<|>$/g, ''));
}

/**
 * What a mail server reports as not delivered (https://www.rfc-editor.org/rfc/rfc3464), where its report tells both whom and
 * which message; else the report is read as a mail. No message is a report of a delay, of reading or the like, nor an
 * automatic reply (https://www.rfc-editor.org/rfc/rfc3834#section-5): answered, two programs would write to each other.
 */
function readAutomatic(mail: Fields<Mail>, timestamp: number): Incoming | undefined {
	const type = headerOf(mail, 'content-type') ?? '';
	if (!/^multipart\/report/i.test(type)) {
		const isReply = /^auto-replied/i.test(headerOf(mail, 'auto-submitted') ?? '');
		return isReply ? ignored('automatic reply') : undefined;
	}
	const text = plainTextOf(mail);
	const paragraphs = text.split(/\n\s*\n/);
	const failed = paragraphs.find((each) => /^action:\s*failed/im.test(each));
	const isOther = /report-type="?(?!delivery-status)\w/i.test(type);
	if (isOther || (failed === undefined && /^action:/im.test(text))) return ignored('report');
	const named = /^(?:original|final)-recipient:[^;\n]*;(.*)/im.exec(failed ?? '')?.[1];
	const [address] = addressesIn(headerOf(mail, 'x-failed-recipients') ?? named);
	const id = withoutBrackets(answeredBy(mail) ?? headerOf(mail, 'references')?.split(' ').pop());
	if (address === undefined || id === undefined) return undefined;
	const message =
		paragraphs.slice(0, 3).join('\n').trim() || 'The mail server could not deliver it.';
	return statusEvents({ contactId: address, messageId: id, timestamp }, 'failed', message);
}

/** The id of the mail that this one answers. */
function answeredBy(mail: Fields<Mail>): string | undefined {
	return idOf(mail.inReplyTo) ?? headerOf(mail, 'in-reply-to');
}

function wordsOf(mail: Fields<Mail>): string | undefined {
	const subject = answeredBy(mail) === undefined ? textOf(mail.subject) : undefined;
	return joined([subject && `Subject: ${subject}`, unquoted(plainTextOf(mail))], '\n\n');
}

function plainTextOf({ text, textPlain, html, textHtml }: Fields<Mail>): string {
	return textOf(text) ?? textOf(textPlain) ?? htmlAsText(textOf(html) ?? textOf(textHtml) ?? '');
}

/** Without the quoted lines at the end, and the line before them that tells who wrote them. */
function unquoted(text: string): string {
	const lines = text.trimEnd().split(/\r?\n/);
	const isQuoted = (line: string | undefined) => line !== undefined && /^\s*>/.test(line);
	if (!isQuoted(lines.at(-1))) return text.trim();
	while (isQuoted(lines.at(-1)) || lines.at(-1)?.trim() === '') lines.pop();
	// It tells the year or the address; programs break it where it is long.
	const last = lines.at(-1)?.trimEnd() ?? '';
	if (last.endsWith(':') && /@|\d{4}/.test(last)) {
		lines.pop();
		if (!/\d{4}/.test(last) && /^\S.*\d{4}/.test(lines.at(-1) ?? '')) lines.pop();
	}
	return lines.join('\n').trim() || text.trim();
}

const BREAKS = /^<\/?(br|p|div|tr|li|ul|ol|h[1-6]|table|blockquote|hr)\b/i;
const HIDDEN = /^<(\/?)(head|style|script|title)\b/i;

/** The words of a mail in HTML, with the addresses of its links. */
function htmlAsText(html: string): string {
	const shown: string[] = [];
	let hidden: string | undefined;
	let link: string | undefined;
	for (const token of html.split(/(<[^<>]*>)/)) {
		const [, end, name] = HIDDEN.exec(token) ?? [];
		if (name !== undefined) {
			if (end === '') hidden ??= name.toLowerCase();
			else if (hidden === name.toLowerCase()) hidden = undefined;
		} else if (hidden === undefined) {
			const isTag = token.startsWith('<') && token.endsWith('>');
			if (!isTag) shown.push(withoutEntities(token.replace(/\s+/g, ' ')));
			else if (BREAKS.test(token)) shown.push('\n');
			else if (/^<a\s/i.test(token))
				link = /\shref\s*=\s*["']?(https?:[^"'\s>]+)/i.exec(token)?.[1];
			else if (/^<\/a\b/i.test(token) && link !== undefined) {
				const address = withoutEntities(link);
				if (shown.at(-1)?.trim() !== address) shown.push(` (${address})`);
				link = undefined;
			}
		}
	}
	return shown
		.join('')
		.split('\n')
		.map((line) => line.trim())
		.join('\n')
		.replace(/\n{3,}/g, '\n\n')
		.trim();
}

const ENTITIES: Readonly<Record<string, string>> = {
	amp: '&',
	lt: '<',
	gt: '>',
	quot: '"',
	apos: "'",
	nbsp: ' ',
};

function withoutEntities(text: string): string {
	return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,6}));/gi, (all, tens, hex, name) => {
		const point = Number(tens ?? (hex === undefined ? NaN : `0x${String(hex)}`));
		if (point > 0 && point <= 0x10ffff) return String.fromCodePoint(point);
		return ENTITIES[String(name)] ?? String(all);
	});
}

function fileParts(binary: Readonly<Record<string, BinaryFile>>): Part[] {
	return Object.entries(binary).flatMap(([binaryPropertyName, { mimeType, fileName }]) => {
		const type = attachmentTypeOf(mimeType ?? '');
		const parts = attachmentParts({ type, source: { binaryPropertyName }, mimeType, fileName });
		return parts.map(({ message }) => ({ message, suffix: binaryPropertyName }));
	});
}

function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const to = contactId.trim();
	if (!ADDRESS.test(to)) {
		throw new ChannelError(
			'The contact id is no email address',
			"Use the providerContactId of the trigger's item.",
		);
	}
	const subject = setting(context, 'subject', NAME);
	const text = messageAsText(readMessage(message, NAME));
	return [
		{
			method: 'POST',
			url: `mailto:${encodeURIComponent(to).replace('%40', '@')}`,
			headers: {},
			contentType: 'json',
			body: { to, subject, text },
		},
	];
}

/** Of what the Send Email node outputs; none where the mail server refused the address. */
/** What nodemailer tells of a mail: one address, which the server took or did not. */
interface Sending {
	messageId: string;
	rejected: unknown;
	rejectedErrors: unknown;
	response: string;
}

function taken(body: unknown) {
	const messageId = withoutBrackets(fieldsOf<Sending>(body).messageId);
	return messageId === undefined ? undefined : { messageId };
}

function refused(body: unknown): string | undefined {
	const { rejected, rejectedErrors, response } = fieldsOf<Sending>(body);
	if (listOf(rejected).length === 0) return undefined;
	const error = fieldsOf<Sending>(listOf(rejectedErrors)[0]);
	return textOf(error.response) ?? textOf(response) ?? 'The mail server did not take the address.';
}
