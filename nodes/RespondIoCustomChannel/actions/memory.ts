import type { IExecuteFunctions } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

import { GroupCommit, type MemoryStore } from '../delivery/groupCommit';
import { Memory } from '../delivery/memory';
import { Turns } from '../delivery/turns';

/**
 * Keys on the list of a workflow, over all nodes that use it. n8n reads and writes the whole list on each call, 27 bytes
 * a key. A message takes two, one with three receipts eight.
 */
const MOST_KEYS = 20_000;
/** Times the keys of one call: what a large run has asked for must still be there when it records its posts. */
const ROOM = 4;

/** Of all executions in this process: n8n loads a module once. */
export const turns = new Turns();

/** By workflow id. */
const memories = new Map<string, Memory>();

/** What this process knows of what the workflow has delivered. */
export function memoryOf(context: IExecuteFunctions): Memory {
	const id = context.getWorkflow().id ?? '';
	const known = memories.get(id);
	if (known !== undefined) return known;
	const commit = new GroupCommit({ sleep, random: Math.random });
	const memory = new Memory({ commit, sleep });
	memories.set(id, memory);
	return memory;
}

/**
 * n8n's own list of processed items: shared by all executions of the workflow, kept in n8n's database. The lock is a list
 * of the node's own: n8n makes a list that is not there by an insert, which the database grants to one process alone.
 */
export function processedItems({ helpers }: IExecuteFunctions): MemoryStore {
	const mode = 'entries';
	return {
		checkAndRecord: async (keys) => {
			const maxEntries = Math.max(MOST_KEYS, ROOM * keys.length);
			const found = await helpers.checkProcessedAndRecord(keys, 'workflow', { mode, maxEntries });
			return { new: found.new as string[], processed: found.processed as string[] };
		},
		lock: {
			take: async () => {
				const { processed } = await helpers.checkProcessedAndRecord(['lock'], 'node', { mode });
				return processed.length === 0;
			},
			isTaken: async () => (await helpers.getProcessedDataCount('node', { mode })) > 0,
			free: async () => await helpers.clearAllProcessedItems('node', { mode }),
		},
	};
}
