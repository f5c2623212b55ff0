import { attachmentTypeOf } from '../channel/mimeTypes';
import {
	ProviderError,
	type BinaryFile,
	type Incoming,
	type IncomingContext,
	type OutgoingContext,
	type OutgoingMessage,
	type Provider,
	type ProviderRequest,
} from './provider';
import {
	answerOf,
	attachmentParts,
	bodyOf,
	contactOf,
	fieldsOf,
	foreign,
	idOf,
	isObject,
	joined,
	listOf,
	messageAsText,
	messageEvents,
	readMessage,
	required,
	setting,
	textOf,
	textParts,
	timeOf,
	type Fields,
	type Part,
} from './shared';

/**
 * E-mail. In: an item of n8n's Email Trigger (IMAP) in the formats Resolved, which has the attachments, or Simple; or of the
 * Gmail Trigger where its Simplify is off, which has the same form. The contact is the sender's address in lower case;
 * message ids are the `Message-ID` (https://www.rfc-editor.org/rfc/rfc5322#section-3.6.4) without its brackets. Quoted lines
 * at the end are left out: the conversation has them already. The subject is told where a mail is no answer.
 *
 * Out: what n8n's Send Email node needs, as `{ to, subject, text }`, with a `mailto:` URL, since SMTP has no other. A file
 * goes as its link; the option Download Attachments of this step gives it to be attached too. Setting: `subject`
 * (required).
 */
export const email: Provider = {
	name: 'email',
	displayName: 'Email',
	capabilities: {
		text: 1_000_000,
		attachments: ['image', 'video', 'audio', 'file'],
		location: false,
		quickReplies: 0,
		statuses: ['failed'],
		echoes: false,
	},
	incoming,
	outgoing,
	messageId,
};

const NAME = 'email';

interface Mail {
	/** An object with `value`, or, in the format Simple, a text. */
	from: unknown;
	subject: string;
	date: string;
	messageId: string;
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
		throw new ProviderError(
			'The email has no sender: it is in the format Raw',
			'Choose the format Resolved in the Email Trigger.',
		);
	}
	const id = required(
		withoutBrackets(mail.messageId) ?? withoutBrackets(headerOf(mail, 'message-id')),
		NAME,
		'Message-ID',
	);
	const timestamp = timeOf(mail.date, now);
	const failed = failedIn(mail);
	if (failed !== undefined) {
		const message = firstLines(mail) ?? 'The mail server could not deliver it.';
		const status = { value: 'failed' as const, message };
		return { events: [{ type: 'message_status', ...failed, timestamp, status }], ignored: {} };
	}
	const { address, name } = required(addressIn(mail.from), NAME, 'from');
	return messageEvents(
		'message',
		{
			contactId: address,
			messageId: id,
			timestamp,
			contact: contactOf({ firstName: name, email: address }, now),
		},
		[...textParts(wordsOf(mail), 'text'), ...fileParts(binary)],
	);
}

function addressIn(from: unknown): Address | undefined {
	if (isObject(from)) {
		const { address, name } = fieldsOf<Address>(listOf(from.value)[0]);
		return legal(textOf(address), textOf(name));
	}
	const given = textOf(from)?.trim() ?? '';
	const opening = given.lastIndexOf('<');
	if (opening < 0) return legal(given, undefined);
	const name = given
		.slice(0, opening)
		.trim()
		.replace(/^"(.*)"$/s, '$1');
	return legal(given.slice(opening + 1).replace(/>$/, ''), textOf(name));
}

const ADDRESS = /^[^\s@<>]+@[^\s@<>]+$/;

function legal(address: string | undefined, name: string | undefined): Address | undefined {
	const plain = address?.trim().toLowerCase() ?? '';
	return ADDRESS.test(plain) ? { address: plain, name } : undefined;
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
 * The message that a mail server reports as not delivered (https://www.rfc-editor.org/rfc/rfc3464), where its report tells
 * both whom and which; else the report is read as a mail.
 */
function failedIn(mail: Fields<Mail>): { contactId: string; messageId: string } | undefined {
	if (!/multipart\/report/i.test(headerOf(mail, 'content-type') ?? '')) return undefined;
	const address = addressIn(headerOf(mail, 'x-failed-recipients')?.split(',', 1)[0]);
	const answered = idOf(mail.inReplyTo) ?? headerOf(mail, 'in-reply-to');
	const id = withoutBrackets(answered ?? headerOf(mail, 'references')?.split(' ').pop());
	return address && id !== undefined ? { contactId: address.address, messageId: id } : undefined;
}

function firstLines(mail: Fields<Mail>): string | undefined {
	return textOf(
		plainTextOf(mail)
			?.split(/\n\s*\n/)
			.slice(0, 3)
			.join('\n'),
	)?.trim();
}

function wordsOf(mail: Fields<Mail>): string | undefined {
	const isAnswer = (idOf(mail.inReplyTo) ?? headerOf(mail, 'in-reply-to')) !== undefined;
	const subject = isAnswer ? undefined : textOf(mail.subject);
	return joined([subject && `Subject: ${subject}`, unquoted(plainTextOf(mail))], '\n\n');
}

function plainTextOf(mail: Fields<Mail>): string | undefined {
	const plain = textOf(mail.text) ?? textOf(mail.textPlain);
	const html = textOf(mail.html) ?? textOf(mail.textHtml);
	return plain ?? (html === undefined ? undefined : htmlAsText(html));
}

/** Without the quoted lines at the end, and the line before them that tells who wrote them. */
function unquoted(text: string | undefined): string | undefined {
	if (text === undefined) return undefined;
	const lines = text.trimEnd().split(/\r?\n/);
	const isQuoted = (line: string | undefined) => line !== undefined && /^\s*>/.test(line);
	if (!isQuoted(lines[lines.length - 1])) return text.trim();
	while (isQuoted(lines[lines.length - 1]) || lines[lines.length - 1]?.trim() === '') lines.pop();
	// Programs break the line where it is long.
	if (lines[lines.length - 1]?.trimEnd().endsWith(':')) {
		lines.pop();
		if (/^\S.*\d{4}/.test(lines[lines.length - 1] ?? '')) lines.pop();
	}
	const own = lines.join('\n').trim();
	return own === '' ? text.trim() : own;
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
				if (shown[shown.length - 1]?.trim() !== address) shown.push(` (${address})`);
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
		const type = mimeType === undefined ? 'file' : attachmentTypeOf(mimeType);
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
		throw new ProviderError(
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
function messageId(response: unknown): string | undefined {
	const answer = fieldsOf<{ messageId: string; rejected: unknown }>(answerOf(response));
	return listOf(answer.rejected).length > 0 ? undefined : withoutBrackets(answer.messageId);
}
