import { ChannelError } from '../../channel/error';
import { codePointLength } from '../../channel/limits';
import type { AttachmentType } from '../../channel/schema';
import { messageAsText, mimeTypeOfAttachment, readMessage } from '../kit/message';
import { textOf } from '../kit/payload';
import { jsonRequest } from '../kit/request';
import { baseUrl, setting } from '../kit/settings';
import { splitText } from '../kit/text';
import type { OutgoingContext, OutgoingMessage, ProviderRequest } from '../provider';
import { type MetaPlatform, USER_REF } from './meta';

export interface MetaSending extends MetaPlatform {
	baseUrl: string;
	/** The setting that holds the sending account; `me`, the token's own, where it is left out. */
	accountSetting: string;
	/** Longest text, as `size` counts it. */
	text: number;
	size(text: string): number;
	/** The MIME types that it takes by URL; all, where there is no list. Others go as a link. */
	files: Readonly<Partial<Record<AttachmentType, readonly string[]>>>;
	/** Whether its echoes bring back a message's `metadata`, which tells those of what we sent. */
	isMarked: boolean;
	/** Fields of every request besides the recipient and the message. */
	extra: Readonly<Record<string, unknown>>;
}

const MAX_QUICK_REPLIES = 13;
const MAX_QUICK_REPLY_TITLE = 20;

/** Settings: the account's, `baseUrl`, and `tag` (e.g. HUMAN_AGENT) for messages outside of the 24 hours. */
export function metaOutgoing(
	platform: MetaSending,
	given: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const { displayName, accountSetting } = platform;
	const recipient = recipientOf(platform, contactId.trim());
	const base = baseUrl(context, displayName, platform.baseUrl);
	const account = setting(context, accountSetting, displayName, 'me');
	const tag = textOf(context.settings.tag)?.trim();
	const extra = tag === undefined ? platform.extra : { messaging_type: 'MESSAGE_TAG', tag };
	return contents(platform, readMessage(given, displayName)).map((content, index, { length }) => {
		const metadata = platform.isMarked ? context.reference?.(index + 1, length) : undefined;
		return jsonRequest(`${base}/${encodeURIComponent(account)}/messages`, {
			recipient,
			...extra,
			message: metadata === undefined ? content : { ...content, metadata },
		});
	});
}

function recipientOf({ displayName }: MetaPlatform, id: string): Record<string, string> {
	if (id.startsWith(USER_REF) && id.length > USER_REF.length) {
		return { user_ref: id.slice(USER_REF.length) };
	}
	if (/^\d{5,32}$/.test(id)) return { id };
	throw new ChannelError(
		`The contact id is none of ${displayName}: it must be the customer's scoped id, a number of 5 to 32 digits`,
		"Use the providerContactId of the trigger's item.",
	);
}

type Content = Record<string, unknown>;

function contents(platform: MetaSending, given: OutgoingMessage): Content[] {
	switch (given.type) {
		case 'text':
		case 'location':
			return texts(platform, messageAsText(given));
		case 'attachment':
			return attachmentContents(platform, given);
		case 'quick_reply': {
			const { title, replies } = given;
			const isPossible =
				replies.length <= MAX_QUICK_REPLIES &&
				replies.every((reply) => codePointLength(reply) <= MAX_QUICK_REPLY_TITLE);
			if (!isPossible) return texts(platform, messageAsText(given));
			const parts = texts(platform, title);
			const quick_replies = replies.map((reply) => ({
				content_type: 'text',
				title: reply,
				payload: reply,
			}));
			return [...parts.slice(0, -1), { ...parts[parts.length - 1], quick_replies }];
		}
	}
}

function texts({ text: limit, size }: MetaSending, text: string): Content[] {
	return splitText(text, limit, size).map((part) => ({ text: part }));
}

/** Neither shows captions: one follows as a text. */
function attachmentContents(
	platform: MetaSending,
	given: OutgoingMessage & { type: 'attachment' },
): Content[] {
	const { attachment } = given;
	const { type, url, description } = attachment;
	const mimeType = mimeTypeOfAttachment(attachment);
	const types = platform.files[type];
	const isTaken =
		types === undefined || (mimeType === undefined ? type !== 'file' : types.includes(mimeType));
	if (!isTaken) return texts(platform, messageAsText(given));
	return [
		{ attachment: { type, payload: { url } } },
		...(textOf(description) === undefined ? [] : texts(platform, description ?? '')),
	];
}
