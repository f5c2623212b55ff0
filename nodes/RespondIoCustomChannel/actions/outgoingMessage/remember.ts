import type { IExecuteFunctions } from 'n8n-workflow';

import { toMessageId } from '../../channel/messageId';
import { rememberSent } from '../../delivery/memory';
import { memoryOf, processedItems } from '../memory';
import { hint } from './tell';

/**
 * Remembers what respond.io itself sent, by the provider's ids, so that no echo of it is posted, nor a receipt of a part
 * that respond.io does not know. The answer is out by then: a memory that fails costs that guard alone.
 */
export async function remember(
	context: IExecuteFunctions,
	ids: readonly string[],
	answered: string,
): Promise<void> {
	try {
		const mIds = [...new Set(ids.map(toMessageId))];
		await rememberSent(memoryOf(context), processedItems(context), { mIds, answered });
	} catch {
		hint(
			context,
			'This message could not be remembered: if the provider reports it as an echo, it will be posted to respond.io again.',
		);
	}
}
