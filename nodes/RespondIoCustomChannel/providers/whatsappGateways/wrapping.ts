import { isObject, textOf } from '../kit/payload';

/** What is around the content of a message. */

/** The fields of one kind of message. */
export type Content = Readonly<Record<string, unknown>>;

/** Messages around the message: it disappears, is to be seen once, has a caption, was sent from another device … */
const WRAPPERS = [
	'ephemeralMessage',
	'viewOnceMessage',
	'viewOnceMessageV2',
	'viewOnceMessageV2Extension',
	'documentWithCaptionMessage',
	'editedMessage',
	'associatedChildMessage',
	'groupMentionedMessage',
	'botInvokeMessage',
	'botForwardedMessage',
	'lottieStickerMessage',
	'deviceSentMessage',
	'questionMessage',
	'questionReplyMessage',
	'pollCreationMessageV4',
] as const;

const MOST_WRAPPERS = 8;

/** What apps tell each other, and what people vote and react in encrypted form. */
const SERVICE: ReadonlySet<string> = new Set([
	'protocolMessage',
	'senderKeyDistributionMessage',
	'fastRatchetKeySenderKeyDistributionMessage',
	'stickerSyncRmrMessage',
	'pollUpdateMessage',
	'pollResultSnapshotMessage',
	'keepInChatMessage',
	'pinInChatMessage',
	'encReactionMessage',
	'encCommentMessage',
	'encEventResponseMessage',
	'secretEncryptedMessage',
	'placeholderMessage',
	'callLogMesssage',
	'albumMessage',
	'messageHistoryBundle',
	'messageHistoryNotice',
	'limitSharingMessage',
]);

export function isService(kind: string): boolean {
	return SERVICE.has(kind);
}

/** What a message is when it is no message to a person; undefined of one that is. */
export function serviceKind(message: unknown): string | undefined {
	const [kind] = unwrapped(message);
	return kind === undefined ? 'no content' : isService(kind) ? kind : undefined;
}

/** The kind of a message and its content, out of what is around it. */
export function unwrapped(message: unknown): [kind: string | undefined, content: Content] {
	let inner = isObject(message) ? message : {};
	for (let depth = 0; depth < MOST_WRAPPERS; depth++) {
		const wrapper = WRAPPERS.find((name) => isObject(inner[name]));
		const next = wrapper && (inner[wrapper] as Content).message;
		if (!isObject(next)) break;
		inner = next;
	}
	if (textOf(inner.conversation) !== undefined) {
		return ['extendedTextMessage', { text: inner.conversation }];
	}
	const kinds = Object.keys(inner).filter(
		(name) => isObject(inner[name]) && /Mess+age(V\d+)?$/.test(name),
	);
	const kind =
		kinds.find((name) => name !== 'messageContextInfo' && !isService(name)) ??
		kinds.find(isService);
	return [kind, kind === undefined ? {} : (inner[kind] as Content)];
}
