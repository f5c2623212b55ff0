import type { IExecuteFunctions } from 'n8n-workflow';

import { toMessageId } from '../../channel/messageId';
import { rememberAccepted } from '../../delivery/memory';
import { processedItems } from '../memory';
import { hint } from './tell';

/**
 * Remembers what respond.io itself sent, by the provider's ids, so that no echo of it is posted. The answer is out by
 * then: a memory that fails costs the guard alone.
 */
export async function remember(context: IExecuteFunctions, ids: readonly string[]): Promise<void> {
	try {
		const store = processedItems(context);
		for (const mId of new Set(ids.map(toMessageId))) await rememberAccepted(store, mId);
	} catch {
		hint(
			context,
			'This message could not be remembered: if the provider reports it as an echo, it will be posted to respond.io again.',
		);
	}
}
