import { codePointLength, LIMITS } from '../../channel/limits';
import { withExtension } from '../../channel/mimeTypes';
import { attachmentSchema, locationMessageSchema } from '../../channel/schema';
import type { IncomingAttachment, IncomingMessage } from '../provider';
import { joined, numberOf, textOf, withoutUndefined } from './payload';
import { encodedUrl, isHttpUrl } from './request';

/** One of the messages that a provider's message becomes. */
export interface Part {
	message: IncomingMessage;
	/** Ends the id of the part, after a colon; unless it is the first part, which keeps the message's own. */
	suffix?: string;
}

/** What a text begins with: who wrote it, where several people do, and whether it was changed afterwards. */
export function labelOf(sender: string | undefined, isEdited = false): string | undefined {
	if (!isEdited) return sender;
	return sender === undefined ? 'Edited' : `${sender} (edited)`;
}

export function textParts(text: unknown, suffix?: string): Part[] {
	const shownText = textOf(text);
	return shownText === undefined ? [] : [{ message: { type: 'text', text: shownText }, suffix }];
}

/**
 * An attachment and its caption: on an image, within respond.io's limit, its description, else a text after it
 * (`<id>:caption`). A link that respond.io can't take becomes a text.
 */
export function attachmentParts(
	attachment: Omit<IncomingAttachment, 'description' | 'mimeType' | 'fileName'> & {
		mimeType?: unknown;
		fileName?: unknown;
	},
	caption?: unknown,
): Part[] {
	const { type } = attachment;
	const source = withEncodedUrl(attachment.source);
	const mimeType = textOf(attachment.mimeType)?.trim();
	const fileName = textOf(attachment.fileName);
	const description = textOf(caption);
	if ('url' in source && !attachmentSchema.safeParse({ type, url: source.url }).success) {
		return textParts(joined([`[${type}]`, fileName, source.url, description]));
	}
	const captioned =
		type === 'image' &&
		description !== undefined &&
		codePointLength(description) <= LIMITS.description;
	return [
		{
			message: {
				type: 'attachment',
				attachment: withoutUndefined({
					type,
					source,
					mimeType,
					fileName: fileName === undefined ? undefined : withExtension(fileName, mimeType),
					description: captioned ? description : undefined,
				}),
			},
		},
		...(captioned ? [] : textParts(description, 'caption')),
	];
}

function withEncodedUrl(source: IncomingAttachment['source']): IncomingAttachment['source'] {
	return 'url' in source && isHttpUrl(source.url) ? { url: encodedUrl(source.url) } : source;
}

/** A place; its address stays with it within respond.io's limit, else follows as a text (`<id>:address`). */
export function locationParts(latitude: unknown, longitude: unknown, address?: unknown): Part[] {
	const place = { latitude: numberOf(latitude), longitude: numberOf(longitude) };
	const text = textOf(address)?.trim();
	const isLegal =
		place.longitude !== undefined &&
		locationMessageSchema.safeParse({ type: 'location', ...place }).success;
	if (!isLegal) return textParts(text);
	const fits = text !== undefined && codePointLength(text) <= LIMITS.address;
	const { latitude: north, longitude: east } = place as { latitude: number; longitude: number };
	return [
		{
			message: withoutUndefined({
				type: 'location' as const,
				latitude: north,
				longitude: east,
				address: fits ? text : undefined,
			}),
		},
		...(fits ? [] : textParts(text, 'address')),
	];
}

/** Words, and before them who said them where several people write. */
export function saidParts(sender: string | undefined, text: unknown): Part[] {
	return textOf(text) === undefined ? [] : textParts(joined([sender, text], ': '));
}

/** The advertisement, the link or the page that the customer came from, after the message (`<id>:referral`). */
export function referralParts(words: readonly unknown[]): Part[] {
	const text = joined(words);
	return textParts(text && `Came from: ${text}`, 'referral');
}

/** What the customer answers, after the answer (`<id>:quote`). */
export function quoteParts(words: unknown): Part[] {
	const text = textOf(words);
	return textParts(text && `In reply to: ${text}`, 'quote');
}

/** Parts of several files need ids of their own: their places in the message. */
export function numberedParts(parts: readonly Part[]): Part[] {
	return parts.map(({ message }) => ({ message }));
}

/** A person's data that the customer has shared, a line each. */
export function contactCard(lines: readonly unknown[]): string | undefined {
	const text = joined([...new Set(lines)]);
	return text === undefined ? undefined : `Contact: ${text}`;
}

/**
 * A message's text and files: the text is the caption of a single file, and stands before several.
 * @param files Read each with its caption.
 */
export function textAndFileParts(
	label: string | undefined,
	text: string | undefined,
	files: ReadonlyArray<(caption?: string) => Part[]>,
): Part[] {
	if (files.length === 0) return saidParts(label, text);
	const said = joined([label, text], ': ');
	if (files.length === 1) return files[0](said);
	return [...textParts(said, 'text'), ...numberedParts(files.flatMap((read) => read()))];
}

/** What somebody thinks of a message, where no message says it. */
export function reactionText(emoji: string | undefined, isRemoved: boolean): string | undefined {
	if (isRemoved) return joined(['Removed the reaction', emoji], ' ');
	return emoji && `Reacted with ${emoji}`;
}

/** That messages are gone, which agents still see. */
export function deletionText(provider: string, count = 1): string {
	return `${count === 1 ? 'A message was' : `${count} messages were`} deleted in ${provider}`;
}
