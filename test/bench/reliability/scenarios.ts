import type { Part, PartName, Rig, Setting } from './rig';

export interface Scenario {
	id: string;
	title: string;
	setting: Setting;
	/** How often it is done in a full run. */
	rounds: number;
	/** Customers' messages a second, for each bridge. */
	rate: number;
	/** Seconds that what n8n was given may take to arrive, after all is well again. */
	patience: number;
	/** What happens, in the midst of the load. */
	trouble(rig: Rig, tools: Tools): Promise<void>;
}

export interface Tools {
	/** Waits for so many minutes, or the share of them that a quick run takes. */
	minutes(count: number): Promise<void>;
	report(line: string): void;
}

const partOf = ({ parts }: Rig, name: PartName): Part => {
	const part = parts[name];
	if (!part) throw new Error(`there is no ${name} here`);
	return part;
};

/** Ended as by a crash (`SIGKILL`) or by whoever restarts a service, and started again at once. */
const restart = async (rig: Rig, name: PartName, signal: NodeJS.Signals, { report }: Tools) => {
	const part = partOf(rig, name);
	const began = Date.now();
	await part.kill(signal);
	await part.restart();
	// A machine that is busy may need more time than one that is not; the load goes on meanwhile.
	await part.ready().catch(async () => await part.ready());
	report(`${name} was back after ${((Date.now() - began) / 1000).toFixed(0)} s`);
};

const restarts = (
	setting: Setting,
	name: PartName,
	signal: NodeJS.Signals,
	title: string,
	patience: number,
): Scenario => ({
	id: `${name} ${signal === 'SIGKILL' ? 'killed' : 'restarted'}`.replaceAll(' ', '-').toLowerCase(),
	title,
	setting,
	rounds: signal === 'SIGKILL' ? 3 : 1,
	rate: 2,
	patience,
	trouble: async (rig, tools) => await restart(rig, name, signal, tools),
});

/** Half of the calls are answered 503, the connection of the others breaks. */
const goAway = ({ sandbox }: Rig) => {
	sandbox.respondIo.setFaults({
		rules: [
			{ when: { probability: 0.5 }, do: { kind: 'status', status: 503 } },
			{ do: { kind: 'resetBefore' } },
		],
	});
	sandbox.set({ providerDown: true });
};
const comeBack = ({ sandbox }: Rig) => {
	sandbox.respondIo.setFaults();
	sandbox.set({ providerDown: false });
};
const away = (setting: Setting, minutes: number, victims: PartName[]): Scenario => ({
	id: `away-${minutes}`,
	title: `respond.io and the provider away for ${minutes === 1 ? 'a minute' : `${minutes} minutes`}${
		victims.length > 0 ? `, ${victims.join(' and ')} killed meanwhile` : ''
	}`,
	setting,
	rounds: 1,
	// 300 messages in ten minutes.
	rate: minutes === 1 ? 1 : 0.5,
	patience: 180,
	trouble: async (rig, tools) => {
		goAway(rig);
		const parts = victims.length + 1;
		for (const victim of victims) {
			await tools.minutes(minutes / parts);
			await restart(rig, victim, 'SIGKILL', tools);
		}
		await tools.minutes(minutes / parts);
		comeBack(rig);
	},
});

export const SCENARIOS: readonly Scenario[] = [
	restarts('single', 'n8n', 'SIGKILL', 'n8n killed', 75),
	away('single', 1, []),
	away('single', 10, ['n8n']),
	restarts('cluster', 'worker', 'SIGKILL', 'A worker killed', 120),
	restarts('cluster', 'webhook process', 'SIGKILL', 'The webhook process killed', 90),
	restarts('cluster', 'Redis', 'SIGTERM', 'Redis restarted', 120),
	restarts('cluster', 'PostgreSQL', 'SIGINT', 'PostgreSQL restarted', 120),
	away('cluster', 1, []),
	away('cluster', 10, ['worker', 'webhook process']),
];
