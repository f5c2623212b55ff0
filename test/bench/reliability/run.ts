import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Report } from '../../../tools/run';
import { N8N_VERSION, NODE_VERSION } from '../../../tools/runtime';
import { BRIDGES, onErrorOutput, type BridgeId } from './bridges';
import { Load } from './load';
import type { Results, ScenarioResult, Timeline } from './results';
import { openRig, type Rig, type Setting } from './rig';
import { SCENARIOS, type Scenario } from './scenarios';
import {
	sumIncoming,
	sumOutgoing,
	tallyIncoming,
	tallyOutgoing,
	type Arrival,
	type IncomingFigures,
	type OutgoingFigures,
} from './tally';

export interface RunOptions {
	isQuick: boolean;
	minutesFactor: number;
	/** A part of the scenarios' ids. */
	only?: string;
	/** Of the scenarios' messages a second, the share that is written. */
	rateFactor: number;
}

const CONTACTS = 10;
const BURST = 2;
/** Seconds of load before the trouble and after it. */
const AROUND = 10;

type Loads = Record<BridgeId, Load>;

/** Of the loads, so that no id comes again: it would rightly be skipped as a repeat. */
let serial = 0;

const perBridge = <Value>(make: (id: BridgeId) => Value) =>
	Object.fromEntries(BRIDGES.map((id) => [id, make(id)])) as Record<BridgeId, Value>;

const arrivalsAt = ({ sandbox }: Rig) => ({
	respondIo: sandbox.respondIo.ledger.map(({ mId, contactId, receivedAt }): Arrival => ({
		id: mId,
		contactId,
		at: receivedAt,
	})),
	provider: sandbox.webChat.sent.map(({ message, takenAt }): Arrival => ({
		id: message.type === 'text' ? message.text : '',
		contactId: message.to,
		at: takenAt,
	})),
});

/** Waits until nothing of ours is missing any more, for no longer than the patience. */
const settle = async (rig: Rig, loads: Loads, { patience }: Scenario, { isQuick }: RunOptions) => {
	const began = Date.now();
	// n8n itself may take up what was under way, ours or not.
	const least = isQuick ? 5_000 : 30_000;
	const most = (isQuick ? Math.min(patience, 90) : patience) * 1000;
	for (;;) {
		await sleep(1000);
		const waited = Date.now() - began;
		if (waited > most) return;
		const { respondIo } = arrivalsAt(rig);
		const missing = (id: BridgeId) =>
			tallyIncoming(loads[id].incoming, respondIo, onErrorOutput(rig.sandbox)).lost;
		if (waited > least && missing('template') + missing('node') === 0) return;
	}
};

const timelineOf = (
	loads: Loads,
	arrivals: readonly Arrival[],
	began: number,
	away: [number, number],
): Timeline => {
	const last = Math.max(...arrivals.map(({ at }) => at), began);
	const step = Math.max(1, Math.ceil((last - began) / 1000 / 300));
	const seconds = Array.from(
		{ length: Math.ceil((last - began) / 1000 / step) + 2 },
		(_, index) => index * step,
	);
	const countUntil = (times: number[]) =>
		seconds.map((second) => times.filter((time) => time <= began + second * 1000).length);
	const firstArrivals = (id: BridgeId) => {
		const own = new Set(loads[id].incoming.map((message) => message.id));
		const first = new Map<string, number>();
		for (const { id: message, at } of arrivals)
			if (own.has(message) && !first.has(message)) first.set(message, at);
		return [...first.values()];
	};
	return {
		away,
		seconds,
		written: countUntil(loads.template.incoming.map(({ writtenAt }) => writtenAt)),
		arrived: Object.fromEntries(BRIDGES.map((id) => [id, countUntil(firstArrivals(id))])),
	};
};

const round = async (rig: Rig, scenario: Scenario, options: RunOptions, report: Report) => {
	const { sandbox, addresses } = rig;
	sandbox.respondIo.reset();
	sandbox.webChat.reset();
	serial++;
	const began = Date.now();
	const loads = perBridge(
		(id) =>
			new Load({
				name: `${id}${serial}`,
				addresses: addresses[id],
				token: sandbox.settings().apiToken,
				contacts: CONTACTS,
				incomingRate: scenario.rate * options.rateFactor,
				outgoingRate: (scenario.rate / 2) * options.rateFactor,
				burst: BURST,
			}),
	);
	await sleep(AROUND * 1000);
	const away: [number, number] = [(Date.now() - began) / 1000, 0];
	await scenario.trouble(rig, {
		minutes: async (count) => await sleep(count * 60_000 * options.minutesFactor),
		report,
	});
	away[1] = (Date.now() - began) / 1000;
	await sleep(AROUND * 1000);
	await Promise.all(BRIDGES.map(async (id) => await loads[id].end(120_000)));
	report('Settling');
	await settle(rig, loads, scenario, options);
	const { respondIo, provider } = arrivalsAt(rig);
	const kept = await rig.kept();
	const figures = perBridge((id) => ({
		incoming: tallyIncoming(loads[id].incoming, respondIo, kept),
		...(addresses[id].outgoing !== undefined && {
			outgoing: tallyOutgoing(loads[id].outgoing, provider),
		}),
	}));
	for (const id of BRIDGES) report(`${id}: ${JSON.stringify(figures[id])}`);
	return { figures, timeline: timelineOf(loads, respondIo, began, away) };
};

const inScenario = async (
	rig: Rig,
	scenario: Scenario,
	options: RunOptions,
	report: Report,
): Promise<ScenarioResult> => {
	const rounds = options.isQuick ? 1 : scenario.rounds;
	const incoming = perBridge<IncomingFigures[]>(() => []);
	const outgoing = perBridge<OutgoingFigures[]>(() => []);
	let timeline: Timeline | undefined;
	for (let number = 1; number <= rounds; number++) {
		report(`${scenario.setting}: ${scenario.title}, round ${number} of ${rounds}`);
		const done = await round(rig, scenario, options, report);
		for (const id of BRIDGES) {
			incoming[id].push(done.figures[id].incoming);
			if (done.figures[id].outgoing) outgoing[id].push(done.figures[id].outgoing);
		}
		({ timeline } = done);
	}
	const { id, title, setting } = scenario;
	return {
		id,
		title,
		setting,
		rounds,
		bridges: perBridge((bridge) => ({
			incoming: sumIncoming(incoming[bridge]),
			...(outgoing[bridge].length > 0 && { outgoing: sumOutgoing(outgoing[bridge]) }),
		})),
		...(id.startsWith('away') && { timeline }),
	};
};

/** Every scenario of a setting, one after the other, in one n8n or one cluster. */
export const runScenarios = async (
	setting: Setting,
	options: RunOptions,
	report: Report,
	/** Told after each scenario: a run takes long, and its end may not come. */
	save: (results: Results) => Promise<void>,
): Promise<void> => {
	const chosen = SCENARIOS.filter(
		(scenario) => scenario.setting === setting && scenario.id.includes(options.only ?? ''),
	);
	const rig = await openRig(setting, report);
	const results: Results = {
		takenAt: new Date().toISOString().slice(0, 10),
		machine: `Node ${NODE_VERSION}, ${os.cpus().length} cores`,
		n8n: N8N_VERSION,
		isQuick: options.isQuick,
		minutesFactor: options.minutesFactor,
		scenarios: [],
	};
	try {
		for (const scenario of chosen) {
			results.scenarios.push(await inScenario(rig, scenario, options, report));
			await save(results);
		}
	} finally {
		await rig.close();
	}
};
