import type { StatusValue } from '../channel/schema';
import type { Post } from './plan';

/**
 * What the workflow remembers from run to run: n8n's list of processed items. Not atomic: of two executions at the same
 * moment one's records can get lost, which at worst posts an event twice.
 */
export interface MemoryStore {
	/** Tells the keys that were recorded before from the others, and records those. */
	checkAndRecord(keys: string[]): Promise<{ new: string[]; processed: string[] }>;
	remove(keys: string[]): Promise<void>;
}

/**
 * The statuses that can't follow one that was delivered to respond.io: itself, those below it, and a failure once the
 * message has arrived; after a failure nothing.
 */
const SETTLED_BY: Record<StatusValue, readonly StatusValue[]> = {
	sent: ['sent'],
	delivered: ['sent', 'delivered', 'failed'],
	read: ['sent', 'delivered', 'read', 'failed'],
	failed: ['sent', 'delivered', 'read', 'failed'],
};

export type SkipReason = 'duplicate' | 'olderStatus' | 'echoOfAccepted';

/** Keys of one post. Prefixed: n8n has one list for all nodes of a workflow. */
export interface PostKeys {
	/** Known ones say that the post is to be skipped, and why. */
	skip: Array<{ key: string; reason: SkipReason }>;
	/** To be known once the post was delivered. */
	record: string[];
}

export function keysOf(channelId: string, { contactId, event }: Post): PostKeys {
	const key = (kind: string) =>
		JSON.stringify(['respondio', channelId, contactId, kind, event.mId]);
	if (event.type === 'message_status') {
		const { value } = event.status;
		return {
			skip: [{ key: key(value), reason: 'olderStatus' }],
			record: SETTLED_BY[value].map(key),
		};
	}
	const own = key(event.type);
	return {
		skip: [
			{ key: own, reason: 'duplicate' },
			...(event.type === 'message_echo'
				? [{ key: acceptedKey(event.mId), reason: 'echoOfAccepted' as const }]
				: []),
		],
		record: [own],
	};
}

function acceptedKey(mId: string): string {
	return JSON.stringify(['respondio', 'accepted', mId]);
}

/** Remembers a message that respond.io itself sent, so that the provider's echo of it is not posted again. */
export async function rememberAccepted(store: MemoryStore, mId: string): Promise<void> {
	await store.checkAndRecord([acceptedKey(mId)]);
}

export interface Recalled {
	known: Set<string>;
	/** What the check itself recorded. */
	added: string[];
	/** Whether it could be taken back. Never rejects. */
	takenBack: Promise<boolean>;
}

/**
 * Which of the keys are known. The store can't be asked without recording, so what it has just recorded is taken back at
 * once, while the posts are on their way: else an execution that dies before them would have them skipped for ever.
 */
export async function recall(store: MemoryStore, keys: readonly string[]): Promise<Recalled> {
	const unique = [...new Set(keys)];
	if (unique.length === 0) return { known: new Set(), added: [], takenBack: Promise.resolve(true) };
	const { new: added, processed } = await store.checkAndRecord(unique);
	const takenBack =
		added.length === 0
			? Promise.resolve(true)
			: store.remove(added).then(
					() => true,
					() => false,
				);
	return { known: new Set(processed), added, takenBack };
}
