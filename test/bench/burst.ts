import type { RequestRecord } from '../../sandbox/respondio';
import type { Workflow } from '../../tools/n8n';
import type { Report } from '../../tools/run';
import { goal, shown, spreadOf } from './figures';
import { memoryNow, n8nProcess, peakMemory } from './memory';
import { chain, itemsOfCall, node, openStage, PACKAGE, type Stage } from './stage';

/** Milliseconds that respond.io takes for each answer. */
const ANSWER_DELAY = 20;
const PACKS = [1, 10, 50] as const;

const postNode = (eventsPerRequest: number) =>
	node('Subject', `${PACKAGE}.respondIoCustomChannel`, 1, {
		resource: 'message',
		operation: 'post',
		contactId: '={{ $json.contactId }}',
		messageType: 'text',
		text: '={{ $json.events[0].message.text }}',
		messageId: '={{ $json.events[0].mId }}',
		timestamp: '={{ $json.events[0].timestamp }}',
		...(eventsPerRequest > 1 && { options: { eventsPerRequest } }),
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

const workflows = (url: string, settings: Workflow['settings']): Workflow[] => [
	chain('http', [...itemsOfCall('http'), httpNode(url)], settings),
	...PACKS.map((pack) =>
		chain(`node${pack}`, [...itemsOfCall(`node${pack}`), postNode(pack)], settings),
	),
];

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
	const before = new Set((await stage.n8n.rest.executions(path)).map(({ id }) => id));
	const { status, data } = await stage.call(path, { items: itemsFor(count, contacts) });
	if (status !== 200)
		throw new Error(`${path} answered ${status}: ${JSON.stringify(data).slice(0, 300)}`);
	if (stage.sandbox.respondIo.ledger.length !== count)
		throw new Error(`${path}: ${stage.sandbox.respondIo.ledger.length} of ${count} arrived`);
	return before;
};

/** The node's own time, as n8n notes it. */
const timed = async (
	stage: Stage,
	path: string,
	count: number,
	contacts: number,
): Promise<Figures> => {
	const before = await run(stage, path, count, contacts);
	for (;;) {
		const [done] = (await stage.n8n.rest.executions(path)).filter(
			({ id, status }) => !before.has(id) && status === 'success',
		);
		if (done === undefined) continue;
		const { data } = await stage.n8n.rest.execution(done.id);
		return {
			milliseconds: data.resultData.runData.Subject[0].executionTime,
			requests: stage.sandbox.respondIo.requests.length,
			misplaced: misplacedIn(stage),
			overlaps: overlapsIn(stage.sandbox.respondIo.requests),
		};
	}
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
		const pid = await n8nProcess(stage.n8n.pid);
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
	const rows: Array<Record<string, string | number>> = [];
	try {
		const subjects = ['http', ...PACKS.map((pack) => `node${pack}`)];
		for (const path of subjects) await timed(stage, path, 50, 10);
		for (const contacts of [50, 3]) {
			const figures = new Map<string, Figures[]>(subjects.map((path) => [path, []]));
			for (let pair = 0; pair < pairs; pair++) {
				report(`${count} messages of ${contacts} contacts, round ${pair + 1} of ${pairs}`);
				const order = pair % 2 ? [...subjects].reverse() : subjects;
				for (const path of order)
					figures.get(path)?.push(await timed(stage, path, count, contacts));
			}
			const http = figures.get('http') ?? [];
			for (const [path, all] of figures) {
				const ratio = all.map(({ milliseconds }, pair) => milliseconds / http[pair].milliseconds);
				ratios.set(`${path} ${contacts}`, ratio);
				rows.push({
					contacts,
					node: path === 'http' ? 'HTTP Request' : `ours, ${path.slice(4)} per request`,
					'time / HTTP Request': shown(spreadOf(ratio)),
					'ms, median': Math.round(spreadOf(all.map(({ milliseconds }) => milliseconds)).median),
					requests: spreadOf(all.map(({ requests }) => requests)).median,
					misplaced: spreadOf(all.map(({ misplaced }) => misplaced)).median,
					overlaps: spreadOf(all.map(({ overlaps }) => overlaps)).median,
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
		`One event per request, 50 contacts: ${median('node1 50').toFixed(2)} of the HTTP Request node's time (goal: 1.2 at most), in order`,
		median('node1 50') <= 1.2,
	);
	goal(
		`Fifty per request, 50 contacts: ${(1 / median('node50 50')).toFixed(1)} times as fast (goal: 8 at least)`,
		1 / median('node50 50') >= 8,
	);
	goal(`Memory: ${ratio.toFixed(2)} of the HTTP Request node's (goal: 1 at most)`, ratio <= 1);
};
