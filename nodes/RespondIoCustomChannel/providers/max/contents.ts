import type { AttachmentType } from '../../channel/schema';
import {
	attachmentParts,
	contactCard,
	locationParts,
	numberedParts,
	type Part,
	quoteParts,
	saidParts,
	textAndFileParts,
	textParts,
} from '../kit/parts';
import { type Fields, fieldsOf, joined, listOf, lookUp, textOf } from '../kit/payload';
import { vcardValues, vcardName } from '../kit/vcard';
import type { IncomingContext } from '../provider';

/** Somebody in MAX (https://dev.max.ru/docs-api/objects/User). */
export interface User {
	user_id: number;
	first_name: string;
	last_name: string;
	/** Of old. */
	name: string;
	username: string;
	is_bot: boolean;
	avatar_url: string;
}

/** What a message holds (https://dev.max.ru/docs-api/objects/Message). */
interface Body {
	mid: string;
	text: string;
	attachments: unknown[];
}

interface Attachment {
	type: string;
	payload: unknown;
	filename: string;
	transcription: string;
	latitude: number;
	longitude: number;
	title: string;
	description: string;
	data: string;
}

interface Payload {
	url: string;
	token: string;
	code: string;
	vcf_info: string;
	max_info: unknown;
}

type Binary = NonNullable<IncomingContext['binary']>;

const FILES: Readonly<Record<string, AttachmentType>> = {
	image: 'image',
	video: 'video',
	audio: 'audio',
	file: 'file',
	sticker: 'image',
};

/** All that a message shows, and what it answers or passes on. */
export function partsOf(
	message: Fields<{ body: unknown; link: unknown }>,
	label: string | undefined,
	binary: Binary = {},
): Part[] {
	const link = fieldsOf<{ type: string; message: unknown }>(message.link);
	const linked = fieldsOf<Body>(link.message);
	const own = bodyParts(fieldsOf<Body>(message.body), label, binary);
	if (link.type !== 'forward') return [...own, ...quoteParts(linked.text)];
	const forwarded = bodyParts(linked, joined([label, 'Forwarded'], ': '), binary);
	return [...own, ...numberedParts(forwarded)];
}

export function nameOf(value: unknown): string | undefined {
	const { first_name, last_name, name } = fieldsOf<User>(value);
	return joined([first_name, last_name], ' ') ?? textOf(name);
}

function bodyParts(body: Fields<Body>, label: string | undefined, binary: Binary): Part[] {
	const text = textOf(body.text);
	const attachments = listOf(body.attachments).map((each) => fieldsOf<Attachment>(each));
	const files = attachments.flatMap((each) => {
		const type = lookUp(FILES, String(each.type));
		return type === undefined ? [] : [(said?: string) => fileParts(type, each, binary, said)];
	});
	const others = attachments.flatMap((each) => otherParts(each, label, text));
	return [...textAndFileParts(label, text, files), ...others];
}

/**
 * A file, fetched under its token or at its link; of a video MAX gives the file with GET /videos/{token} alone, its link
 * is a page.
 */
function fileParts(
	type: AttachmentType,
	{ payload, filename, transcription }: Fields<Attachment>,
	binary: Binary,
	said?: string,
): Part[] {
	const { url, token } = fieldsOf<Payload>(payload);
	const fileId = textOf(token);
	const link = textOf(url)?.trim();
	const spoken = textOf(transcription);
	const caption = joined([said, spoken && `Transcription: ${spoken}`]);
	const isFetched = fileId !== undefined && Object.hasOwn(binary, fileId);
	if (isFetched) return attachmentParts({ type, source: { fileId }, fileName: filename }, caption);
	if (type === 'video' || link === undefined) {
		return textParts(joined([`[${type}]`, filename, link, caption]));
	}
	return attachmentParts({ type, source: { url: link }, fileName: filename }, caption);
}

function otherParts(attachment: Fields<Attachment>, label: string | undefined, text = ''): Part[] {
	const { type, payload, latitude, longitude, title, description, data } = attachment;
	const { url, vcf_info, max_info } = fieldsOf<Payload>(payload);
	switch (type) {
		case 'location':
			return locationParts(latitude, longitude, label);
		case 'contact': {
			const name = nameOf(max_info) ?? vcardName(vcf_info);
			return saidParts(label, contactCard([name, ...vcardValues(vcf_info)]) ?? '[contact]');
		}
		case 'share':
			// The preview of a link in the text.
			if (textOf(url) !== undefined && text.includes(String(url))) return [];
			return saidParts(label, joined([title, description, url]) ?? '[share]');
		case 'data':
			return saidParts(label, data);
		case 'inline_keyboard':
		case 'reply_keyboard':
			return [];
		default: {
			const isFile = lookUp(FILES, String(type)) !== undefined;
			return isFile ? [] : saidParts(label, `[${textOf(type) ?? 'attachment'}]`);
		}
	}
}
