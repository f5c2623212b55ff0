import type { IExecuteFunctions } from 'n8n-workflow';

import { rememberSent, type SentMessage } from '../../delivery/memory';
import { memoryOf, processedItems } from '../memory';
import { hint } from './tell';

/**
 * Remembers what respond.io itself sent, so that no echo of it is posted, nor a receipt of a part that respond.io knows
 * nothing of. The answer is out by then: a memory that fails costs that guard alone.
 */
export async function remember(context: IExecuteFunctions, sent: SentMessage): Promise<void> {
	try {
		await rememberSent(memoryOf(context), processedItems(context), sent);
	} catch {
		hint(
			context,
			'This message could not be remembered: if the provider reports it as an echo, it will be posted to respond.io again.',
		);
	}
}
