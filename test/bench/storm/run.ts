import axios from 'axios';

import type { Faults } from '../../../sandbox/faults';
import type { Sandbox } from '../../../sandbox/server';
import type { Workflow } from '../../../tools/n8n';
import { PACKAGE, ready } from '../../stage';
import { itemsOfCall, node } from '../stage';

type FaultAction = Faults['rules'][number]['do'];

export interface StormOptions {
	messages: number;
	contacts: number;
	/** In one execution. */
	perRun: number;
	/** Executions at once, each of contacts of its own. */
	lanes: number;
	/** Seconds after the start, and for how long, respond.io is away altogether. */
	outage: { from: number; seconds: number };
}

export interface Storm {
	seconds: number;
	requests: number;
	faulty: number;
	/** Requests while respond.io was away. */
	away: number;
	/** Why events left on the error output. */
	undelivered: string[];
	missing: number;
	/** First arrivals after that of a later message of their contact. */
	late: number;
	twice: number;
	/** Requests whose answer was lost after their events were taken: only these may arrive twice. */
	broken: number;
}

const [SHARE, SEED] = [0.2, 7];
const KINDS: readonly FaultAction[] = [
	{ kind: 'status', status: 429, retryAfter: 1 },
	{ kind: 'status', status: 500 },
	{ kind: 'status', status: 503 },
	{ kind: 'resetBefore' },
	{ kind: 'resetAfter' },
	{ kind: 'slow', milliseconds: 300 },
	{ kind: 'html' },
];
/** The status of the outage's answers, which no other fault has. */
const AWAY = 502;

const [webhook, split] = itemsOfCall('storm');
/** Posts the items of a call with the node's default options, and answers with an item for each. */
export const stormWorkflow = (): Workflow =>
	ready({
		id: 'storm-outage',
		name: 'storm with an outage',
		nodes: [
			{
				...webhook,
				parameters: { ...webhook.parameters, path: 'storm-outage', responseData: 'allEntries' },
			},
			split,
			{
				...node('Post', `${PACKAGE}.respondIoCustomChannel`, 2, {
					resource: 'message',
					operation: 'post',
					contactId: '={{ $json.contact }}',
					messageType: 'text',
					text: '={{ $json.id }}',
					messageId: '={{ $json.id }}',
				}),
				onError: 'continueErrorOutput',
			},
			node('All', 'n8n-nodes-base.merge', 3.2, {}),
		],
		connections: {
			In: { main: [[{ node: 'Split', type: 'main', index: 0 }]] },
			Split: { main: [[{ node: 'Post', type: 'main', index: 0 }]] },
			Post: { main: [0, 1].map((index) => [{ node: 'All', type: 'main', index }]) },
		},
		settings: { executionOrder: 'v1' },
	});

const faults = ({ outage }: StormOptions): Faults => ({
	seed: SEED,
	rules: [
		{
			when: { seconds: { from: outage.from, to: outage.from + outage.seconds } },
			do: { kind: 'status', status: AWAY },
		},
		// The rules are tried in turn, so a later one applies to what the earlier ones have left.
		...KINDS.map((action, index) => ({
			when: { probability: SHARE / KINDS.length / (1 - (index * SHARE) / KINDS.length) },
			do: action,
		})),
	],
});

/** Messages through a fifth of faults and an outage, each posted once with the node's default options. */
export const storm = async (
	{ n8n, sandbox: { respondIo } }: { n8n: { url: string }; sandbox: Sandbox },
	options: StormOptions,
): Promise<Storm> => {
	const { messages, contacts, perRun, lanes } = options;
	const items = Array.from({ length: messages }, (_, index) => ({
		id: `s${String(index).padStart(5, '0')}`,
		contact: `c${index % contacts}`,
	}));
	respondIo.reset();
	respondIo.setFaults(faults(options));
	const began = Date.now();
	const undelivered: string[] = [];
	await Promise.all(
		Array.from({ length: lanes }, async (_, lane) => {
			const own = items.filter((_item, index) => (index % contacts) % lanes === lane);
			for (let start = 0; start < own.length; start += perRun) {
				const { data, status } = await axios.post<Array<{ error?: { message: string } }>>(
					`${n8n.url}/webhook/storm-outage`,
					{ items: own.slice(start, start + perRun) },
					{ proxy: false, timeout: 600_000, validateStatus: () => true },
				);
				if (status !== 200) throw new Error(`the storm was answered ${status}`);
				undelivered.push(...data.flatMap(({ error }) => error?.message ?? []));
			}
		}),
	);
	const { ledger, requests } = respondIo;
	const first = ledger.filter(({ repeat }) => !repeat);
	const latest = new Map<string, string>();
	let late = 0;
	for (const { contactId, mId } of first) {
		if (mId < (latest.get(contactId) ?? '')) late++;
		else latest.set(contactId, mId);
	}
	return {
		seconds: (Date.now() - began) / 1000,
		requests: requests.length,
		faulty: requests.filter(({ fault }) => fault !== undefined).length,
		away: requests.filter(({ status }) => status === AWAY).length,
		undelivered,
		missing: messages - first.length,
		late,
		twice: ledger.length - first.length,
		broken: requests.filter(({ fault }) => fault === 'resetAfter').length,
	};
};
