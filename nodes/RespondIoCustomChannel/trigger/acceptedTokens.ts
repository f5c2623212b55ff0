import type { Channel } from '../credential';
import { digest, isSameDigest } from './authenticate';

/** Milliseconds for which an accepted token is accepted again without reading the credential. */
const LIFETIME = 10_000;

/** What the trigger needs to know of its channel once the token was accepted. */
export type KnownChannel = Pick<Channel, 'channelId' | 'idType'>;

interface Accepted {
	digest: Buffer;
	channel: KnownChannel;
	/** Epoch milliseconds. Counted from the reading of the credential, so that use does not lengthen it. */
	until: number;
}

/**
 * Tokens that were found right a moment ago, as digests: reading the credential takes n8n as long as half an execution.
 * A refused token is never remembered. A token that was taken back in the credential is accepted for up to ten seconds
 * more, and no longer.
 */
export class AcceptedTokens {
	private readonly accepted = new Map<string, Accepted>();

	/** @param place Whose credential it is: of one trigger, one credential. */
	find(place: string, token: string, now: number): KnownChannel | undefined {
		const found = this.accepted.get(place);
		if (found === undefined) return undefined;
		// A clock that was set back must not lengthen it either.
		if (now >= found.until || now < found.until - LIFETIME) {
			this.accepted.delete(place);
			return undefined;
		}
		return isSameDigest(digest(token), found.digest) ? found.channel : undefined;
	}

	remember(place: string, token: string, { channelId, idType }: KnownChannel, now: number): void {
		const channel = { channelId, idType };
		this.accepted.set(place, { digest: digest(token), channel, until: now + LIFETIME });
	}
}
