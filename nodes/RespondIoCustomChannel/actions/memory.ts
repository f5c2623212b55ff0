import type { ICheckProcessedOptions, IExecuteFunctions } from 'n8n-workflow';

import type { MemoryStore } from '../delivery/memory';
import { Turns } from '../delivery/turns';
import { sleepUnlessCancelled } from './transport';

/**
 * Keys that the workflow remembers, over all nodes that use its list. n8n reads and writes the whole list on each
 * call, some 70 bytes a key, so it is bounded; 10,000 keys are days of a busy channel.
 */
const OPTIONS: ICheckProcessedOptions = { mode: 'entries', maxEntries: 10_000 };

/** Of all executions in this process: n8n loads a module once. */
export const turns = new Turns();

/** Milliseconds; n8n's own database answers far sooner. */
const PATIENCE = 10_000;

/**
 * n8n's own list of processed items: shared by all executions of the workflow, kept in n8n's database. n8n reads it,
 * changes it and writes it back, so the calls of this process take turns: else each could lose what the other wrote.
 */
export function processedItems(context: IExecuteFunctions): MemoryStore {
	const { helpers } = context;
	const workflow = `memory of ${context.getWorkflow().id}`;
	const inTurn = async <Result>(call: () => Promise<Result>) => {
		const endTurn = await turns.take(
			[workflow],
			async (waited) => await sleepUnlessCancelled(PATIENCE, waited),
		);
		try {
			return await call();
		} finally {
			endTurn();
		}
	};
	return {
		checkAndRecord: async (keys) =>
			await inTurn(async () => {
				const { new: added, processed } = await helpers.checkProcessedAndRecord(
					keys,
					'workflow',
					OPTIONS,
				);
				return { new: added as string[], processed: processed as string[] };
			}),
		remove: async (keys) =>
			await inTurn(async () => {
				await helpers.removeProcessed(keys, 'workflow', OPTIONS);
			}),
	};
}
