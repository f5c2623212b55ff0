import axios from 'axios';
import type { INode } from 'n8n-workflow';

import { mulberry32, type Faults } from '../../sandbox/faults';
import { storm as stormWithOutage, stormWorkflow } from '../bench/storm/run';
import { openStage, ready, until, type Stage } from './stage';

/** A seeded storm of faults over many messages, and statuses in disorder, on the real n8n. */

const PACKAGE = 'n8n-nodes-respondio-custom-channel';
const MESSAGES = 2000;
const CONTACTS = 50;
const PER_RUN = 50;
/** Runs under way at one moment, each of contacts of its own, as a customer's messages follow each other. */
const LANES = 10;

const node = (name: string, type: string, typeVersion: number, parameters: INode['parameters']) =>
	({ id: name, name, type, typeVersion, position: [0, 0], parameters }) as INode;
const webhook = (path: string, more = {}) =>
	node('In', 'n8n-nodes-base.webhook', 2.1, { httpMethod: 'POST', path, options: {}, ...more });
const to = (...names: string[]) => ({
	main: names.map((name) => [{ node: name, type: 'main' as const, index: 0 }]),
});

const split = node('Split', 'n8n-nodes-base.splitOut', 1, {
	fieldToSplitOut: 'body.items',
	options: {},
});
const POST = { resource: 'message', operation: 'post' };
const FIELDS = {
	...POST,
	contactId: '={{ $json.contact }}',
	messageType: 'text',
	text: '={{ $json.id }}',
	messageId: '={{ $json.id }}',
};

/** Each run posts the items of one call; where one is not delivered, the run fails, and the caller repeats it. */
const storm = ready({
	id: 'storm',
	name: 'storm',
	nodes: [
		webhook('storm', { responseMode: 'lastNode' }),
		split,
		node('Post', `${PACKAGE}.respondIoCustomChannel`, 1, FIELDS),
	],
	connections: { In: to('Split'), Split: to('Post') },
	settings: { executionOrder: 'v1' },
});
/** Each run posts the items of one call, and answers with those that left on the error output. */
const withErrorOutput = (id: string, parameters: INode['parameters']) =>
	ready({
		id,
		name: id,
		nodes: [
			webhook(id, { responseMode: 'lastNode', responseData: 'allEntries' }),
			split,
			{
				...node('Post', `${PACKAGE}.respondIoCustomChannel`, 1, parameters),
				onError: 'continueErrorOutput' as const,
			},
			node('All', 'n8n-nodes-base.merge', 3.2, {}),
		],
		connections: {
			In: to('Split'),
			Split: to('Post'),
			Post: {
				main: [
					[{ node: 'All', type: 'main', index: 0 }],
					[{ node: 'All', type: 'main', index: 1 }],
				],
			},
		},
		settings: { executionOrder: 'v1' },
	});
// With the default of two minutes hardly anything would leave on the error output.
const FEW_ATTEMPTS = { options: { maxAttempts: 2 } };
const bridge = withErrorOutput('bridge', { ...FIELDS, ...FEW_ATTEMPTS });
const again = withErrorOutput('again', {
	...POST,
	...FEW_ATTEMPTS,
	inputMode: 'json',
	eventJson: '={{ $json.request }}',
});
const statuses = ready({
	id: 'statuses',
	name: 'statuses',
	nodes: [
		webhook('statuses', { responseMode: 'lastNode' }),
		node('Post', `${PACKAGE}.respondIoCustomChannel`, 1, {
			resource: 'messageStatus',
			operation: 'post',
			contactId: '={{ $json.body.contact }}',
			messageId: '={{ $json.body.id }}',
			status: '={{ $json.body.status }}',
		}),
	],
	connections: { In: to('Post') },
	settings: { executionOrder: 'v1' },
});

type FaultAction = Faults['rules'][number]['do'];

let stage: Stage;
beforeAll(async () => {
	stage = await openStage({ workflows: () => [storm, bridge, again, statuses, stormWorkflow()] });
});
afterAll(async () => await stage?.close());
beforeEach(() => stage.sandbox.respondIo.reset());

const post = async (path: string, body: object) =>
	await axios.post(`${stage.n8n.url}/webhook/${path}`, body, {
		proxy: false,
		validateStatus: () => true,
		timeout: 150_000,
	});

interface Undelivered {
	mId: string;
	request: object;
}

/** What one run could not deliver, in its order. */
const undelivered = async (path: string, items: object[]): Promise<Undelivered[]> => {
	const { status, data } = await post(path, { items });
	expect(status).toBe(200);
	expect(data).toHaveLength(items.length);
	return (data as Array<{ error?: Undelivered }>).flatMap(({ error }) => error ?? []);
};

it(`brings ${MESSAGES} messages of ${CONTACTS} contacts through 20 % of mixed faults`, async () => {
	const { respondIo } = stage.sandbox;
	const kinds: FaultAction[] = [
		{ kind: 'status', status: 429, retryAfter: 1 },
		{ kind: 'status', status: 429 },
		{ kind: 'status', status: 500 },
		{ kind: 'status', status: 502 },
		{ kind: 'status', status: 503 },
		{ kind: 'resetBefore' },
		{ kind: 'resetAfter' },
		{ kind: 'slow', milliseconds: 300 },
		{ kind: 'html' },
	];
	const each = 0.2 / kinds.length;
	respondIo.setFaults({
		seed: 7,
		// The rules are tried in turn, so a later one applies to what the earlier ones have left.
		rules: kinds.map((action, index) => ({
			when: { probability: each / (1 - index * each) },
			do: action,
		})),
	});
	const items = Array.from({ length: MESSAGES }, (_, index) => ({
		id: `m${String(index).padStart(4, '0')}`,
		contact: `c${index % CONTACTS}`,
	}));
	let fedAgain = 0;
	await Promise.all(
		Array.from({ length: LANES }, async (_, lane) => {
			const own = items.filter((_item, index) => (index % CONTACTS) % LANES === lane);
			for (let start = 0; start < own.length; start += PER_RUN) {
				let left = await undelivered('bridge', own.slice(start, start + PER_RUN));
				for (let rounds = 0; left.length > 0; rounds++) {
					expect(rounds).toBeLessThan(20);
					fedAgain += left.length;
					left = await undelivered('again', left);
				}
			}
		}),
	);

	const { ledger, requests } = respondIo;
	const faulty = requests.filter(({ fault }) => fault !== undefined);
	const broken = requests.filter(({ fault }) => fault === 'resetAfter');
	const first = ledger.filter(({ repeat }) => !repeat);
	console.log(
		`${requests.length} requests, ${faulty.length} of them faulty; ${fedAgain} events left on the error output and came again; ${ledger.length - first.length} arrived twice of ${broken.length} whose answer was lost`,
	);
	expect(faulty.length / requests.length).toBeGreaterThan(0.15);
	expect(new Set(faulty.map(({ fault }) => fault))).toEqual(new Set(kinds.map(({ kind }) => kind)));
	expect(fedAgain).toBeGreaterThan(0);

	for (let contact = 0; contact < CONTACTS; contact++) {
		const contactId = `c${contact}`;
		const arrived = first.filter((entry) => entry.contactId === contactId);
		expect(arrived.map(({ mId }) => mId)).toEqual(
			items.filter((item) => item.contact === contactId).map(({ id }) => id),
		);
	}
	// Each time the connection broke after the event was taken, and for no other reason.
	expect(ledger.length - first.length).toBeLessThanOrEqual(broken.length);
	const uncertain = new Set(broken.flatMap(({ mIds }) => mIds));
	expect(ledger.filter(({ repeat, mId }) => repeat && !uncertain.has(mId))).toEqual([]);
}, 240_000);

it('rides out an outage of ten seconds in a storm with default options', async () => {
	const { broken, twice, away, ...done } = await stormWithOutage(stage, {
		messages: 400,
		contacts: 20,
		perRun: 20,
		lanes: 5,
		outage: { from: 2, seconds: 10 },
	});
	expect(done).toMatchObject({ undelivered: [], missing: 0, late: 0 });
	expect(away).toBeGreaterThan(0);
	expect(twice).toBeLessThanOrEqual(broken);
}, 240_000);

it.each<[string, FaultAction, { status: number; ledger: string }]>([
	[
		'429 with Retry-After',
		{ kind: 'status', status: 429, retryAfter: 1 },
		{ status: 200, ledger: 'abc' },
	],
	['503', { kind: 'status', status: 503 }, { status: 200, ledger: 'abc' }],
	[
		'a connection that breaks before acceptance',
		{ kind: 'resetBefore' },
		{ status: 200, ledger: 'abc' },
	],
	[
		'a connection that breaks after acceptance',
		{ kind: 'resetAfter' },
		{ status: 200, ledger: 'abbc' },
	],
	['a slow answer', { kind: 'slow', milliseconds: 500 }, { status: 200, ledger: 'abc' }],
	['an answer that never ends', { kind: 'neverEnding' }, { status: 200, ledger: 'abc' }],
	[
		'an answer whose body stalls',
		{ kind: 'stall', milliseconds: 60_000 },
		{ status: 200, ledger: 'abc' },
	],
	['a web page', { kind: 'html' }, { status: 200, ledger: 'abc' }],
	['a token that is refused midway', { kind: 'status', status: 401 }, { status: 500, ledger: 'a' }],
	['an event that is refused', { kind: 'status', status: 400 }, { status: 500, ledger: 'ac' }],
])(
	'meets %s once: the ledger holds what it should, and a repeat brings the rest',
	async (what, action, expected) => {
		const { respondIo } = stage.sandbox;
		const items = ['a', 'b', 'c'].map((id) => ({
			id: `${id} ${what}`.slice(0, 50),
			contact: 'mei',
		}));
		const held = () => respondIo.ledger.map(({ mId }) => mId[0]).join('');
		respondIo.setFaults({ rules: [{ when: { mId: items[1].id }, times: 1, do: action }] });

		const began = Date.now();
		const { status } = await post('storm', { items });
		expect({ status, ledger: held() }).toEqual(expected);
		// Three seconds for the body of an answer, whose status has said all.
		if (action.kind === 'stall') expect(Date.now() - began).toBeLessThan(5_000);

		expect((await post('storm', { items })).status).toBe(200);
		expect([...new Set(held())].sort().join('')).toBe('abc');
		expect(held()).toHaveLength(expected.ledger === 'abbc' ? 4 : 3);
	},
);

it('never shows a status after a higher one, in whatever order they come', async () => {
	const random = mulberry32(11);
	const all = Array.from({ length: 200 }, (_, index) =>
		['sent', 'delivered', 'read'].map((status) => ({
			id: `s${index}`,
			contact: `c${index % 20}`,
			status,
		})),
	)
		.flat()
		.map((event) => ({ event, at: random() }))
		.sort((a, b) => a.at - b.at)
		.map(({ event }) => event);
	// Twenty at a time, so the statuses of one message often meet.
	const waiting = [...all];
	await Promise.all(
		Array.from({ length: 20 }, async () => {
			for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
				expect((await post('statuses', next)).status).toBe(200);
			}
		}),
	);

	const { ledger } = stage.sandbox.respondIo;
	await until(
		'a status of every message',
		() => new Set(ledger.map(({ mId }) => mId)).size === 200,
	);
	const rank: Record<string, number> = { sent: 0, delivered: 1, read: 2 };
	const shown = new Map<string, number[]>();
	for (const { mId, event } of ledger) {
		if (event.type !== 'message_status') continue;
		shown.set(mId, [...(shown.get(mId) ?? []), rank[event.status.value]]);
	}
	for (const ranks of shown.values()) {
		expect(ranks).toEqual([...new Set(ranks)].sort());
		expect(ranks.at(-1)).toBe(2);
	}
}, 180_000);
