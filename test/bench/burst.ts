import type { RequestRecord } from '../../sandbox/respondio';
import type { Workflow } from '../../tools/n8n';
import type { Report } from '../../tools/run';
import { goal, shown, spreadOf } from './figures';
import { forgetPeak, memoryNow, peakMemory } from './memory';
import { chain, itemsOfCall, node, openStage, PACKAGE, type Stage } from './stage';

/** Milliseconds that respond.io takes for each answer. */
const ANSWER_DELAY = 20;
const PACKS = [1, 10, 50] as const;

const FIELDS = {
	contactId: '$json.contactId',
	text: '$json.events[0].message.text',
	messageId: '$json.events[0].mId',
	timestamp: '$json.events[0].timestamp',
};
const postNode = (eventsPerRequest: number, expression = (field: string) => field) =>
	node('Subject', `${PACKAGE}.respondIoCustomChannel`, 1, {
		resource: 'message',
		operation: 'post',
		messageType: 'text',
		...Object.fromEntries(
			Object.entries(FIELDS).map(([name, field]) => [name, `={{ ${expression(field)} }}`]),
		),
		options: { eventsPerRequest },
	});
/** What people use today: n8n's own node, as it comes out of the box. */
const httpNode = (url: string) =>
	node('Subject', 'n8n-nodes-base.httpRequest', 4.2, {
		method: 'POST',
		url,
		authentication: 'genericCredentialType',
		genericAuthType: 'httpHeaderAuth',
		sendBody: true,
		specifyBody: 'json',
		jsonBody: '={{ $json }}',
		options: {},
	});

interface Subject {
	/** Of its webhook; also the id of its workflow. */
	path: string;
	name: string;
	node: (url: string) => ReturnType<typeof node>;
}
const SUBJECTS: readonly Subject[] = [
	{ path: 'http', name: 'HTTP Request', node: httpNode },
	...PACKS.map((pack) => ({
		path: `node${pack}`,
		name: `ours, ${pack} per request`,
		node: () => postNode(pack),
	})),
	{
		path: 'computed',
		// n8n itself has to evaluate these: the node reads plain fields of the item alone by itself.
		name: 'ours, 1 per request, four computed fields',
		node: () => postNode(1, (field) => `${field}.valueOf()`),
	},
];

const workflows = (url: string, settings: Workflow['settings']): Workflow[] =>
	SUBJECTS.map(({ path, node: subject }) =>
		chain(path, [...itemsOfCall(path), subject(url)], settings),
	);

let serial = 0;
const itemsFor = (count: number, contacts: number) =>
	Array.from({ length: count }, (_, index) => ({
		channelId: 'sandbox-channel',
		contactId: `c${index % contacts}`,
		events: [
			{
				type: 'message',
				mId: `b${serial++}`,
				timestamp: Date.now(),
				message: { type: 'text', text: `Message ${index} of a burst, of a usual length or so.` },
			},
		],
	}));

interface Figures {
	milliseconds: number;
	requests: number;
	/** Messages that came after a later one of their contact. */
	misplaced: number;
	/** Requests that began while another of their contact was under way. */
	overlaps: number;
}

const overlapsIn = (requests: readonly RequestRecord[]) => {
	const ends = new Map<string, number>();
	let overlaps = 0;
	for (const { contactId = '', startedAt, endedAt = Infinity } of requests) {
		if (startedAt < (ends.get(contactId) ?? 0)) overlaps++;
		ends.set(contactId, Math.max(ends.get(contactId) ?? 0, endedAt));
	}
	return overlaps;
};

const misplacedIn = (stage: Stage) => {
	const latest = new Map<string, number>();
	let misplaced = 0;
	for (const { contactId, mId } of stage.sandbox.respondIo.ledger) {
		const number = Number(mId.slice(1));
		if (number < (latest.get(contactId) ?? -1)) misplaced++;
		else latest.set(contactId, number);
	}
	return misplaced;
};

const run = async (stage: Stage, path: string, count: number, contacts: number) => {
	stage.sandbox.respondIo.reset();
	const { status, data } = await stage.call(path, { items: itemsFor(count, contacts) });
	if (status !== 200)
		throw new Error(`${path} answered ${status}: ${JSON.stringify(data).slice(0, 300)}`);
	if (stage.sandbox.respondIo.ledger.length !== count)
		throw new Error(`${path}: ${stage.sandbox.respondIo.ledger.length} of ${count} arrived`);
};

/** The node's own time, as n8n notes it. */
const timed = async (
	stage: Stage,
	path: string,
	count: number,
	contacts: number,
): Promise<Figures> => {
	const { rest } = stage.n8n;
	const before = (await rest.executions(path)).length;
	await run(stage, path, count, contacts);
	const [{ id, status }] = await rest.waitForExecutions(path, before + 1);
	if (status !== 'success') throw new Error(`${path}: execution ${id} ended with ${status}`);
	const { data } = await rest.execution(id);
	return {
		milliseconds: data.resultData.runData.Subject[0].executionTime,
		requests: stage.sandbox.respondIo.requests.length,
		misplaced: misplacedIn(stage),
		overlaps: overlapsIn(stage.sandbox.respondIo.requests),
	};
};

const memoryOf = async (path: string, count: number): Promise<{ grown: number; peak: number }> => {
	const stage = await openStage(
		({ url }) =>
			workflows(`${url}/custom/channel/webhook/`, { saveDataSuccessExecution: 'none' }).filter(
				({ id }) => id === path,
			),
		{ settings: { answerDelay: 0 } },
	);
	try {
		await run(stage, path, 10, 10);
		const pid = stage.n8n.pid();
		// n8n's start may need more than the run does.
		await forgetPeak(pid);
		const start = await memoryNow(pid);
		await run(stage, path, count, 50);
		const peak = await peakMemory(pid);
		return { grown: peak - start, peak };
	} finally {
		await stage.close();
	}
};

/** A burst of messages through our node and through n8n's HTTP Request node, in one n8n, taking turns. */
export const burst = async (report: Report, { quick }: { quick: boolean }) => {
	const pairs = quick ? 1 : 5;
	const count = quick ? 200 : 1000;
	const stage = await openStage(
		({ url }) => workflows(`${url}/custom/channel/webhook/`, { saveDataSuccessExecution: 'all' }),
		{ settings: { answerDelay: ANSWER_DELAY } },
	);
	const ratios = new Map<string, number[]>();
	let isInOrder = true;
	const rows: Array<Record<string, string | number>> = [];
	try {
		for (const { path } of SUBJECTS) await timed(stage, path, 50, 10);
		for (const contacts of [50, 3]) {
			const figures = new Map<string, Figures[]>(SUBJECTS.map(({ path }) => [path, []]));
			for (let pair = 0; pair < pairs; pair++) {
				report(`${count} messages of ${contacts} contacts, round ${pair + 1} of ${pairs}`);
				const order = pair % 2 ? [...SUBJECTS].reverse() : SUBJECTS;
				for (const { path } of order)
					figures.get(path)?.push(await timed(stage, path, count, contacts));
			}
			const http = figures.get('http') ?? [];
			for (const { path, name } of SUBJECTS) {
				const all = figures.get(path) ?? [];
				const most = (key: 'misplaced' | 'overlaps') => spreadOf(all.map((each) => each[key])).max;
				const ratio = all.map(({ milliseconds }, pair) => milliseconds / http[pair].milliseconds);
				ratios.set(`${path} ${contacts}`, ratio);
				if (path.startsWith('node')) isInOrder &&= most('misplaced') + most('overlaps') === 0;
				rows.push({
					contacts,
					node: name,
					'time / HTTP Request': shown(spreadOf(ratio)),
					'ms, median': Math.round(spreadOf(all.map(({ milliseconds }) => milliseconds)).median),
					requests: spreadOf(all.map(({ requests }) => requests)).median,
					'misplaced, most': most('misplaced'),
					'overlaps, most': most('overlaps'),
				});
			}
		}
	} finally {
		await stage.close();
	}
	console.table(rows);

	const items = quick ? 2000 : 20_000;
	report(`Memory of ${items} items, each node in an n8n of its own`);
	const ours = await memoryOf('node1', items);
	const theirs = await memoryOf('http', items);
	const ratio = ours.peak / theirs.peak;
	console.log(
		`Peak memory of n8n in a run of ${items} items: ours ${ours.peak.toFixed(0)} MB (${ours.grown.toFixed(0)} more than before), HTTP Request ${theirs.peak.toFixed(0)} MB (${theirs.grown.toFixed(0)} more), ratio ${ratio.toFixed(2)}`,
	);

	const median = (key: string) => spreadOf(ratios.get(key) ?? []).median;
	goal(
		`One event per request, 50 contacts: ${median('node1 50').toFixed(2)} of the HTTP Request node's time (goal: 1.2 at most)`,
		median('node1 50') <= 1.2,
	);
	goal('No message of ours out of order, no two requests of a contact at once', isInOrder);
	goal(
		`Fifty per request, 50 contacts: ${(1 / median('node50 50')).toFixed(1)} times as fast (goal: 8 at least)`,
		1 / median('node50 50') >= 8,
	);
	goal(`Memory: ${ratio.toFixed(2)} of the HTTP Request node's (goal: 1 at most)`, ratio <= 1);
};
