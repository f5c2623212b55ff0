import { mkdir, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import axios from 'axios';
import type { INode } from 'n8n-workflow';

import type { Faults } from '../../sandbox/faults';
import type { LedgerEntry } from '../../sandbox/respondio';
import type { Sandbox } from '../../sandbox/server';
import { startCluster } from '../../tools/cluster';
import { startN8n, type Workflow } from '../../tools/n8n';
import { packPackage } from '../../tools/pack';
import { type Report, root } from '../../tools/run';
import { withChoices } from '../../tools/templates';
import { besideSandbox, CHANNEL, PACKAGE } from '../stage';
import { goal } from './figures';

/**
 * What the memory of delivered messages does under faults and repeats, in one process and with two workers, beside a
 * workflow built by hand. A message is one webhook; whoever is told an error sends again until told 200.
 */

const SETUPS = ['one process', 'one worker', 'two workers'] as const;
type Setup = (typeof SETUPS)[number];
/** What the node keeps; more than any version did. */
const MEMORY_SIZE = 20_000;
const BEARER = { id: 'bearer', name: 'Bearer' };

// Workflows.

const node = (
	name: string,
	type: string,
	typeVersion: number,
	parameters: INode['parameters'],
	more: Partial<INode> = {},
) => ({ id: name, name, type, typeVersion, position: [0, 0], parameters, ...more }) as INode;

type Connections = Workflow['connections'];
/** From each node to those after it, one list for each output. */
const connected = (all: Record<string, string[][]>): Connections =>
	Object.fromEntries(
		Object.entries(all).map(([name, outputs]) => [
			name,
			{ main: outputs.map((to) => to.map((each) => ({ node: each, type: 'main', index: 0 }))) },
		]),
	);

/** A call gives its `items`, and is answered with the outcome. */
const calls = (id: string): INode[] => [
	node('In', 'n8n-nodes-base.webhook', 2.1, {
		httpMethod: 'POST',
		path: id,
		responseMode: 'lastNode',
		options: {},
	}),
	node('Split', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'body.items', options: {} }),
];
/** Another webhook of the same workflow: fills the list that n8n keeps for it. */
const fillings = (id: string): INode[] => [
	node('Fill In', 'n8n-nodes-base.webhook', 2.1, {
		httpMethod: 'POST',
		path: `${id}-fill`,
		responseMode: 'lastNode',
		options: {},
	}),
	node('Fill Split', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'body.keys', options: {} }),
	node('Fill', 'n8n-nodes-base.removeDuplicates', 2, {
		operation: 'removeItemsSeenInPreviousExecutions',
		logic: 'removeItemsWithAlreadySeenKeyValues',
		dedupeValue: "={{ $json['body.keys'] }}",
		options: { scope: 'workflow', historySize: MEMORY_SIZE },
	}),
];

const workflow = (id: string, nodes: INode[], connections: Connections): Workflow =>
	withChoices(
		{
			id,
			name: id,
			nodes: [...calls(id), ...fillings(id), ...nodes],
			connections: {
				...connected({ In: [['Split']], 'Fill In': [['Fill Split']], 'Fill Split': [['Fill']] }),
				...connections,
			},
			// As on a busy production: successful executions are not kept.
			settings: { executionOrder: 'v1', saveDataSuccessExecution: 'none' },
		},
		{ respondIoCustomChannelApi: CHANNEL, httpHeaderAuth: BEARER },
	);

const post = (name: string, parameters: INode['parameters'], more?: Partial<INode>) =>
	node(
		name,
		`${PACKAGE}.respondIoCustomChannel`,
		1,
		// One attempt: each fault is to show itself.
		{ resource: 'message', operation: 'post', options: { maxAttempts: 1 }, ...parameters },
		more,
	);
const MESSAGE = {
	messageType: 'text',
	contactId: '={{ $json.contactId }}',
	text: '={{ $json.id }}',
	messageId: '={{ $json.id }}',
	timestamp: '={{ $json.at }}',
};
const ERROR_OUTPUT: Partial<INode> = { onError: 'continueErrorOutput' };

interface Subject {
	name: string;
	/** Whether it remembers what it has posted. */
	remembers: boolean;
	build(id: string, sandbox: Sandbox): Workflow;
}

const SUBJECTS: readonly Subject[] = [
	{
		name: 'ours, the sender repeats',
		remembers: true,
		build: (id) => workflow(id, [post('Post', MESSAGE)], connected({ Split: [['Post']] })),
	},
	{
		name: 'ours, error output looped back',
		remembers: true,
		build: (id) =>
			workflow(
				id,
				[
					post('Post', MESSAGE, ERROR_OUTPUT),
					post(
						'Again',
						{ inputMode: 'json', eventJson: '={{ $json.error.request }}' },
						ERROR_OUTPUT,
					),
				],
				connected({ Split: [['Post']], Post: [[], ['Again']], Again: [[], ['Again']] }),
			),
	},
	{
		name: 'hand-built, the sender repeats',
		remembers: false,
		build: (id, { url }) =>
			workflow(
				id,
				[
					node(
						'Post',
						'n8n-nodes-base.httpRequest',
						4.2,
						{
							method: 'POST',
							url: `${url}/custom/channel/webhook/`,
							authentication: 'genericCredentialType',
							genericAuthType: 'httpHeaderAuth',
							sendBody: true,
							specifyBody: 'json',
							jsonBody:
								"={{ { channelId: 'sandbox-channel', contactId: $json.contactId, events: [{ type: 'message', mId: $json.id, timestamp: $json.at, message: { type: 'text', text: $json.id } }] } }}",
							options: {},
						},
						{ retryOnFail: true, maxTries: 3, waitBetweenTries: 1000 },
					),
				],
				connected({ Split: [['Post']] }),
			),
	},
];
const [REPEATING, , HAND_BUILT] = SUBJECTS;

const statusWorkflow = (id: string) =>
	workflow(
		id,
		[
			node('Post', `${PACKAGE}.respondIoCustomChannel`, 1, {
				resource: 'messageStatus',
				operation: 'post',
				contactId: '={{ $json.contactId }}',
				messageId: '={{ $json.id }}',
				status: '={{ $json.status }}',
				timestamp: '={{ $json.at }}',
			}),
		],
		connected({ Split: [['Post']] }),
	);

// The two ways to run n8n.

interface Bench {
	url: string;
	sandbox: Sandbox;
	/** Calls of the row that n8n has not answered in time. */
	unanswered: number;
	close(): Promise<void>;
}

const open = async (
	setup: Setup,
	tarball: string,
	workflows: (sandbox: Sandbox) => Workflow[],
	report: Report,
): Promise<Bench> => {
	const { n8n, sandbox, close } = await besideSandbox(
		{
			env: { N8N_PAYLOAD_SIZE_MAX: '64' },
			credentials: [
				{
					...BEARER,
					type: 'httpHeaderAuth',
					data: { name: 'Authorization', value: 'Bearer sandbox-token' },
				},
			],
			workflows,
		},
		async (contents) =>
			setup === 'one process'
				? await startN8n({ tarball, ...contents, report })
				: await startCluster({
						tarball,
						...contents,
						workers: setup === 'one worker' ? 1 : 2,
						report,
					}),
	);
	return { url: n8n.url, sandbox, unanswered: 0, close };
};

// Senders.

const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });

interface Item {
	id: string;
	contactId: string;
	at: number;
	status?: string;
}

/** Milliseconds for a call with one message, and with all of them. */
const TIMEOUT = { one: 60_000, all: 300_000 };

/** The status of the answer to a call with these items; 0 if there was none. */
const send = async (
	bench: Bench,
	path: string,
	body: object,
	timeout = TIMEOUT.one,
): Promise<number> =>
	await axios
		.post(`${bench.url}/webhook/${path}`, body, {
			httpAgent: agent,
			proxy: false,
			timeout,
			maxBodyLength: Infinity,
			validateStatus: () => true,
		})
		.then(
			({ status }) => status,
			({ code }: { code?: string }) => {
				if (code === 'ECONNABORTED') bench.unanswered++;
				return 0;
			},
		);

const must = async (bench: Bench, path: string, body: object) => {
	const status = await send(bench, path, body, TIMEOUT.all);
	if (status !== 200) throw new Error(`${path} answered ${status}`);
};

const SEND_LIMIT = 60;
const SEND_PAUSE_MS = 500;

/** Sends until told 200. Returns how often it was sent. @throws Error after a minute's worth of refusals. */
const sendUntilTaken = async (bench: Bench, path: string, item: Item): Promise<number> => {
	for (let sends = 1; sends <= SEND_LIMIT; sends++) {
		if ((await send(bench, path, { items: [item] })) === 200) return sends;
		await sleep(SEND_PAUSE_MS);
	}
	throw new Error(`${item.id} was refused ${SEND_LIMIT} times`);
};

/** Starts `work` for each item, so many milliseconds apart; resolves when all are done. */
const paced = async (
	items: readonly Item[],
	pace: number,
	work: (item: Item) => Promise<unknown>,
) => {
	const began = Date.now();
	await Promise.all(
		items.map(async (item, index) => {
			await sleep(began + index * pace - Date.now());
			await work({ ...item, at: Date.now() });
		}),
	);
};

let serial = 0;
/** Messages of the contacts in turn; ids count up, over the whole bench. */
const messages = (count: number, contacts: number): Item[] =>
	Array.from({ length: count }, (_, index) => ({
		id: `m${String(serial++).padStart(6, '0')}`,
		contactId: `c${index % contacts}`,
		at: 0,
	}));

/** A fifth of respond.io's answers. All of them before the event is taken, so that each repeat is the sender's. */
const faults = (seed: number): Faults => {
	const actions: Array<Faults['rules'][number]['do']> = [
		{ kind: 'status', status: 503 },
		{ kind: 'status', status: 429 },
		{ kind: 'resetBefore' },
	];
	const each = 0.2 / actions.length;
	return {
		seed,
		// The rules are tried in turn, so a later one applies to what the earlier ones have left.
		rules: actions.map((action, index) => ({
			when: { probability: each / (1 - index * each) },
			do: action,
		})),
	};
};

const lateIn = (ledger: readonly LedgerEntry[]) => {
	const latest = new Map<string, string>();
	let late = 0;
	for (const { contactId, mId, repeat } of ledger) {
		if (repeat) continue;
		if (mId < (latest.get(contactId) ?? '')) late++;
		else latest.set(contactId, mId);
	}
	return late;
};

const repeatsIn = (ledger: readonly LedgerEntry[]) => ledger.filter(({ repeat }) => repeat).length;

// Measurements.

interface FaultRow {
	setup: Setup;
	subject: string;
	memory: 'empty' | 'full' | '-';
	round: number;
	messages: number;
	sends: number;
	seconds: number;
	/** Told 200, and never in the ledger. */
	lost: number;
	/** Sent again by n8n though delivered. */
	twice: number;
	/** Arrived after a later one of their contact. */
	late: number;
	/** Delivered, and posted again when all came once more, afterwards and at once. */
	forgotten?: number;
	/** Calls that n8n left without an answer for a minute; they were sent again. */
	unanswered: number;
}

const throughFaults = async (
	bench: Bench,
	path: string,
	row: Pick<FaultRow, 'setup' | 'subject' | 'memory' | 'round'>,
	{ remembers }: Subject,
	{ count, contacts, pace }: { count: number; contacts: number; pace: number },
): Promise<FaultRow> => {
	const { respondIo } = bench.sandbox;
	const items = messages(count, contacts);
	if (row.memory === 'full') {
		const keys = Array.from({ length: MEMORY_SIZE }, (_, index) => `old ${index}`);
		await must(bench, `${path}-fill`, { keys });
	}
	respondIo.reset();
	respondIo.setFaults(faults(row.round));
	const began = Date.now();
	bench.unanswered = 0;
	let sends = 0;
	await paced(items, pace, async (item) => {
		const needed = await sendUntilTaken(bench, path, item);
		sends += needed;
	});
	const seconds = Math.round((Date.now() - began) / 1000);
	respondIo.setFaults();
	const arrived = new Set(respondIo.ledger.map(({ mId }) => mId));
	const figures = {
		messages: count,
		sends,
		seconds,
		lost: items.filter(({ id }) => !arrived.has(id)).length,
		twice: repeatsIn(respondIo.ledger),
		late: lateIn(respondIo.ledger),
		unanswered: bench.unanswered,
	};
	if (!remembers) return { ...row, ...figures };

	const known = items.filter(({ id }) => arrived.has(id));
	await must(bench, path, { items: known.map((item) => ({ ...item, at: Date.now() })) });
	return { ...row, ...figures, forgotten: repeatsIn(respondIo.ledger) - figures.twice };
};

interface TwiceRow {
	setup: Setup;
	secondsApart: number;
	round: number;
	messages: number;
	twice: number;
	unanswered: number;
}

/** Every webhook comes twice, so far apart; nothing fails. */
const sentTwice = async (
	bench: Bench,
	path: string,
	row: Pick<TwiceRow, 'setup' | 'secondsApart' | 'round'>,
	{ count, contacts, pace }: { count: number; contacts: number; pace: number },
): Promise<TwiceRow> => {
	const { respondIo } = bench.sandbox;
	respondIo.reset();
	bench.unanswered = 0;
	await paced(messages(count, contacts), pace, async (item) => {
		await Promise.all(
			[0, row.secondsApart * 1000].map(async (wait) => {
				if (wait > 0) await sleep(wait);
				await sendUntilTaken(bench, path, item);
			}),
		);
	});
	const twice = repeatsIn(respondIo.ledger);
	return { ...row, messages: count, twice, unanswered: bench.unanswered };
};

interface OrderRow {
	setup: Setup;
	subject: string;
	round: number;
	messages: number;
	late: number;
	unanswered: number;
}

/** Messages of each contact 100 ms after one another; nothing fails. */
const inOrder = async (
	bench: Bench,
	path: string,
	row: Pick<OrderRow, 'setup' | 'subject' | 'round'>,
	{ count, contacts, pace }: { count: number; contacts: number; pace: number },
): Promise<OrderRow> => {
	const { respondIo } = bench.sandbox;
	respondIo.reset();
	bench.unanswered = 0;
	await paced(messages(count, contacts), pace, async (item) => {
		await sendUntilTaken(bench, path, item);
	});
	const late = lateIn(respondIo.ledger);
	return { ...row, messages: count, late, unanswered: bench.unanswered };
};

interface StatusRow {
	setup: Setup;
	round: number;
	messages: number;
	/** A lower status was posted after a higher one. */
	backwards: number;
	/** `read` never came. */
	unread: number;
	unanswered: number;
}

const STATUSES = ['sent', 'delivered', 'read'] as const;

/** Sent, delivered and read of each message as three webhooks at once. */
const statusesAtOnce = async (
	bench: Bench,
	path: string,
	row: Pick<StatusRow, 'setup' | 'round'>,
	{ count, contacts, pace }: { count: number; contacts: number; pace: number },
): Promise<StatusRow> => {
	const { respondIo } = bench.sandbox;
	respondIo.reset();
	bench.unanswered = 0;
	const items = messages(count, contacts);
	await paced(items, pace, async (item) => {
		await Promise.all(
			STATUSES.map(async (status) => await sendUntilTaken(bench, path, { ...item, status })),
		);
	});
	const ranks = new Map<string, number[]>();
	for (const { mId, event } of respondIo.ledger) {
		if (event.type !== 'message_status') continue;
		const rank = STATUSES.indexOf(event.status.value as (typeof STATUSES)[number]);
		ranks.set(mId, [...(ranks.get(mId) ?? []), rank]);
	}
	const goesBack = (list: readonly number[]) =>
		list.some((rank, index) => index > 0 && rank < list[index - 1]);
	return {
		...row,
		messages: count,
		backwards: [...ranks.values()].filter(goesBack).length,
		unread: items.filter(({ id }) => !ranks.get(id)?.includes(2)).length,
		unanswered: bench.unanswered,
	};
};

// The whole.

const APART = [0, 1, 10] as const;
const pathOf = (...parts: Array<string | number>) => parts.join('-').replace(/\W+/g, '-');

const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;

/** Results of all rounds, for a chart. */
export interface ClusterResults {
	faults: FaultRow[];
	order: OrderRow[];
	twice: TwiceRow[];
	statuses: StatusRow[];
}

export const cluster = async (
	report: Report,
	{ quick, rounds, json, only }: { quick: boolean; rounds?: string; json?: string; only?: string },
) => {
	const times = Number(rounds ?? (quick ? 1 : 3));
	const storm = quick
		? { count: 100, contacts: 10, pace: 20 }
		: // Each contact writes every 100 ms.
			{ count: 600, contacts: 20, pace: 5 };
	// What two cores keep up with: how far apart two calls are is then how far apart they are worked on.
	const calm = quick
		? { count: 20, contacts: 10, pace: 200 }
		: { count: 200, contacts: 20, pace: 100 };
	const setups = SETUPS.filter((setup) => !only || setup.includes(only));
	const tarball = await packPackage();
	const results: ClusterResults = { faults: [], order: [], twice: [], statuses: [] };

	const told = <Row extends object>(row: Row): Row => {
		report(JSON.stringify(row));
		return row;
	};

	const runs = Array.from({ length: times }, (_, index) => index + 1).flatMap((round) =>
		SUBJECTS.flatMap((subject) =>
			(subject.remembers ? (['empty', 'full'] as const) : (['-'] as const)).map((memory) => ({
				round,
				subject,
				memory,
				path: pathOf('faults', SUBJECTS.indexOf(subject), memory === '-' ? 'none' : memory, round),
			})),
		),
	);
	for (const setup of setups) {
		const bench = await open(
			setup,
			tarball,
			(sandbox) => [
				...(setup === 'one worker' ? [] : runs).map(({ path, subject }) =>
					subject.build(path, sandbox),
				),
				REPEATING.build('twice', sandbox),
				HAND_BUILT.build('hand', sandbox),
				statusWorkflow('statuses'),
			],
			report,
		);
		try {
			for (const path of ['twice', 'hand', 'statuses'])
				await must(bench, path, {
					items: [{ ...messages(1, 1)[0], at: Date.now(), status: 'sent' }],
				});
			for (let round = 1; round <= times; round++) {
				for (const [path, { name }] of [
					['twice', REPEATING],
					['hand', HAND_BUILT],
				] as const) {
					const subject = name.replace(/,.*/, '');
					report(`${setup}, ${subject}, order, round ${round}`);
					results.order.push(told(await inOrder(bench, path, { setup, subject, round }, storm)));
				}
			}
			// Of one worker the order alone is of interest: it is what keeps it on a cluster.
			if (setup === 'one worker') continue;
			for (const { round, subject, memory, path } of runs) {
				report(`${setup}, ${subject.name}, memory ${memory}, round ${round} of ${times}`);
				const row = { setup, subject: subject.name, memory, round };
				results.faults.push(told(await throughFaults(bench, path, row, subject, storm)));
			}
			for (let round = 1; round <= times; round++) {
				for (const secondsApart of APART) {
					report(`${setup}, every webhook twice, ${secondsApart} s apart, round ${round}`);
					const row = { setup, secondsApart, round };
					results.twice.push(told(await sentTwice(bench, 'twice', row, calm)));
				}
				report(`${setup}, three statuses at once, round ${round}`);
				results.statuses.push(
					told(await statusesAtOnce(bench, 'statuses', { setup, round }, calm)),
				);
			}
		} finally {
			await bench.close();
		}
	}

	console.log(
		`${storm.count} messages of ${storm.contacts} contacts, a fifth of the posts answered 503, 429 or reset:`,
	);
	console.table(results.faults);
	console.log('The same without faults:');
	console.table(results.order);
	console.log('Every webhook twice:');
	console.table(results.twice);
	console.log('Sent, delivered and read as three webhooks at once:');
	console.table(results.statuses);

	const file = json ?? path.join(root, '.cache', 'bench', 'cluster.json');
	await mkdir(path.dirname(file), { recursive: true });
	await writeFile(file, `${JSON.stringify(results, null, '\t')}\n`);
	console.log(`All of it for charts: ${path.relative(process.cwd(), file)}`);

	const sum = <Row>(rows: readonly Row[], figure: (row: Row) => number) =>
		rows.reduce((total, row) => total + figure(row), 0);
	const ours = results.faults.filter(({ forgotten }) => forgotten !== undefined);
	for (const setup of setups) {
		if (setup === 'one worker') continue;
		const rows = ours.filter((row) => row.setup === setup);
		const all = sum(rows, (row) => row.messages);
		const lost = sum(rows, (row) => row.lost);
		const forgotten = sum(rows, (row) => row.forgotten ?? 0);
		goal(`${setup}: ${lost} of ${all} lost (goal: 0)`, lost === 0);
		goal(
			`${setup}: ${percent(forgotten, all)} of the records lost (goal: below 1 %)`,
			forgotten / all < 0.01,
		);
		const atOnce = results.twice.filter((row) => row.setup === setup && row.secondsApart === 0);
		const sent = sum(atOnce, (row) => row.messages);
		const twice = sum(atOnce, (row) => row.twice);
		goal(
			`${setup}: ${percent(twice, sent)} of what came twice at once posted twice (goal: below 5 %)`,
			twice / sent < 0.05,
		);
		const back = sum(
			results.statuses.filter((row) => row.setup === setup),
			(row) => row.backwards + row.unread,
		);
		goal(
			`${setup}: ${back} messages whose status went backwards or never came to read`,
			back === 0,
		);
	}
};
