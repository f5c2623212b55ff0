import { setTimeout as sleep } from 'node:timers/promises';

import { baseUrlOf } from '../../../tools/templates';
import type { Sandbox } from '../../../sandbox/server';
import type { N8n, Workflow } from '../../../tools/n8n';
import { percentile } from '../figures';
import { memoryNow } from '../memory';
import { Load } from '../reliability/load';
import {
	tallyIncoming,
	tallyOutgoing,
	type IncomingFigures,
	type OutgoingFigures,
} from '../reliability/tally';

export interface SoakOptions {
	minutes: number;
	/** Customers' messages a second; agents write half as many. */
	rate: number;
	/** Seconds between two looks at the memory, and of each window of latencies. */
	step: number;
}

export interface Sample {
	/** Since the load began. */
	minute: number;
	/** n8n's resident memory, in megabytes. */
	memory: number;
	/** Milliseconds, of what was written in the step before: until it was in the ledger, until respond.io was answered. */
	incoming: Percentiles;
	outgoing: Percentiles;
}

export interface Percentiles {
	p50: number;
	p95: number;
	p99: number;
}

export interface Soak {
	samples: Sample[];
	incoming: IncomingFigures;
	outgoing: OutgoingFigures;
}

const percentilesOf = (values: readonly number[]): Percentiles => ({
	p50: percentile(values, 0.5),
	p95: percentile(values, 0.95),
	p99: percentile(values, 0.99),
});

/** Milliseconds that all that was written may take to arrive in the end. */
const PATIENCE = 120_000;

/** A modest load in both directions through the web chat's template, and what became of it. */
export const soak = async (
	{ n8n, sandbox }: { n8n: N8n; sandbox: Sandbox },
	template: Workflow,
	{ minutes, rate, step }: SoakOptions,
	report: (line: string) => void = () => {},
): Promise<Soak> => {
	const { respondIo, webChat } = sandbox;
	const began = Date.now();
	const load = new Load({
		name: 'soak',
		addresses: {
			incoming: `${n8n.url}/webhook/web-chat`,
			outgoing: `${baseUrlOf(n8n.url, template)}/message`,
		},
		token: sandbox.settings().apiToken,
		contacts: 10,
		incomingRate: rate,
		outgoingRate: rate / 2,
		burst: 1,
	});
	const memory: Array<[minute: number, megabytes: number]> = [];
	while (Date.now() - began < minutes * 60_000) {
		await sleep(step * 1000);
		const minute = (Date.now() - began) / 60_000;
		memory.push([minute, await memoryNow(n8n.pid())]);
		report(`${minute.toFixed(1)} minutes, ${memory.at(-1)?.[1].toFixed(0)} MB`);
	}
	await load.end(PATIENCE);
	const arrivals = () =>
		respondIo.ledger.map(({ mId, contactId, receivedAt }) => ({
			id: mId,
			contactId,
			at: receivedAt,
		}));
	const deadline = Date.now() + PATIENCE;
	while (tallyIncoming(load.incoming, arrivals(), new Set()).lost > 0 && Date.now() < deadline)
		await sleep(500);

	// The first arrival of each: later entries of a map take the place of earlier ones.
	const arrivedAt = new Map(
		arrivals()
			.reverse()
			.map(({ id, at }) => [id, at]),
	);
	const window = (minute: number, at: number) =>
		at > began + minute * 60_000 - step * 1000 && at <= began + minute * 60_000;
	return {
		samples: memory.map(([minute, megabytes]) => ({
			minute,
			memory: megabytes,
			incoming: percentilesOf(
				load.incoming.flatMap(({ id, writtenAt }) =>
					window(minute, writtenAt) ? [(arrivedAt.get(id) ?? Infinity) - writtenAt] : [],
				),
			),
			outgoing: percentilesOf(
				load.outgoing.flatMap(({ sentAt, answeredAt = Infinity }) =>
					window(minute, sentAt) ? [answeredAt - sentAt] : [],
				),
			),
		})),
		incoming: tallyIncoming(load.incoming, arrivals(), new Set()),
		outgoing: tallyOutgoing(
			load.outgoing,
			webChat.sent.map(({ message, takenAt }) => ({
				id: message.type === 'text' ? message.text : '',
				contactId: message.to,
				at: takenAt,
			})),
		),
	};
};
