import type { ICheckProcessedOptions, IExecuteFunctions } from 'n8n-workflow';

import type { MemoryStore } from '../delivery/memory';

/**
 * Keys that the workflow remembers, over all nodes that use its list. n8n reads and writes the whole list on each
 * call, some 70 bytes a key, so it is bounded; 10,000 keys are days of a busy channel.
 */
const OPTIONS: ICheckProcessedOptions = { mode: 'entries', maxEntries: 10_000 };

/** n8n's own list of processed items: shared by all executions of the workflow, kept in n8n's database. */
export function processedItems({ helpers }: IExecuteFunctions): MemoryStore {
	return {
		async checkAndRecord(keys) {
			const { new: added, processed } = await helpers.checkProcessedAndRecord(
				keys,
				'workflow',
				OPTIONS,
			);
			return { new: added as string[], processed: processed as string[] };
		},
		async remove(keys) {
			await helpers.removeProcessed(keys, 'workflow', OPTIONS);
		},
	};
}
