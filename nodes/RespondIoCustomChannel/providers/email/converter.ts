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
import { automaticKindOf, bounceOf } from './automatic';
import {
	addressesIn,
	addressIn,
	headerOf,
	isAddress,
	type Mail,
	messageIdOf,
	withoutBrackets,
} from './mail';
import { wordsOf } from './quotes';

/**
 * E-mail. In: an item of n8n's Email Trigger (IMAP) in the formats Resolved, which has the attachments, or Simple; or of the
 * Gmail Trigger where its Simplify is off, which has the same form. The contact is the address that an answer goes to, in
 * lower case; message ids are the `Message-ID` (https://www.rfc-editor.org/rfc/rfc5322#section-3.6.4) without its brackets.
 * What an answer quotes at its end is left out: the conversation has it already. The subject is told where a mail is no
 * answer. A mail that the mailbox's own address wrote to somebody else is an echo. A report of failed delivery is the status
 * of the mail that it names; of one that names none of ours, a message at the contact whom it did not reach.
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

function incoming(payload: unknown, { now, binary = {} }: IncomingContext): Incoming {
	const body = bodyOf(payload);
	const mail = fieldsOf<Mail>(body);
	if (mail.from === undefined) throw unreadable(body);
	const timestamp = timeOf(mail.date, now);
	const bounce = bounceOf(mail);
	if (bounce?.address !== undefined && bounce.messageId !== undefined) {
		const { address: contactId, messageId, reason } = bounce;
		return statusEvents({ contactId, messageId, timestamp }, 'failed', reason);
	}
	const kind = bounce === undefined ? automaticKindOf(mail) : undefined;
	if (kind !== undefined) return ignored(kind);
	const { address, name, isEcho } = customerOf(mail, bounce?.address);
	return messageEvents(
		isEcho ? 'message_echo' : 'message',
		{
			contactId: address,
			messageId: messageIdOf(mail, now),
			timestamp,
			contact: contactOf({ firstName: name, email: address }, now),
			mayBeOurs: isEcho ? true : undefined,
		},
		[...textParts(wordsOf(mail), 'text'), ...fileParts(binary)],
	);
}

/** What to throw for an item without a sender: two forms of n8n's triggers have none. */
function unreadable(body: unknown): ChannelError {
	const { raw, snippet } = fieldsOf<{ raw: string; snippet: string }>(body);
	if (textOf(raw) !== undefined) {
		return new ChannelError(
			'The email has no sender: it is in the format Raw',
			'Choose the format Resolved in the Email Trigger.',
		);
	}
	if (snippet !== undefined) {
		return new ChannelError(
			'The email has only its first words: it is simplified',
			'Switch off Simplify in the Gmail Trigger.',
		);
	}
	return foreign(NAME, body);
}

interface Customer {
	address: string;
	name?: string;
	/** The business wrote the mail, to the customer. */
	isEcho: boolean;
}

/** @param unreached Whom a report is about, which a mail server wrote. */
function customerOf(mail: Fields<Mail>, unreached: string | undefined): Customer {
	const from = required(addressIn(mail.from), NAME, 'from');
	if (unreached !== undefined) return { address: unreached, isEcho: false };
	// Gmail marks what the account itself sent.
	const isSent = listOf(mail.labelIds).includes('SENT');
	const own = isSent ? from.address : headerOf(mail, 'delivered-to')?.toLowerCase();
	const to = addressesIn(mail.to);
	const receiver = to.find((address) => address !== own);
	if (from.address === own && receiver !== undefined) return { address: receiver, isEcho: true };
	// A form on a website names the customer in Reply-To; a mailing list names itself there.
	const answerTo = addressIn(mail.replyTo ?? headerOf(mail, 'reply-to'));
	const others = [from.address, ...to, ...addressesIn(mail.cc)];
	const sender = answerTo === undefined || others.includes(answerTo.address) ? from : answerTo;
	return { ...sender, isEcho: false };
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
	if (!isAddress(to)) {
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
