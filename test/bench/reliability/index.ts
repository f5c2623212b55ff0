import type { Report } from '../../../tools/run';
import { goal } from '../figures';
import { BRIDGES, NAMES } from './bridges';
import { sharesChart, timelineChart } from './charts';
import { folderOf, putIntoDocument, table, write, writeJson } from './document';
import type { Results, ScenarioResult } from './results';
import type { Setting } from './rig';
import { runScenarios, type RunOptions } from './run';

const incomingTable = ({ bridges }: ScenarioResult) =>
	table(
		[
			'Customer → respond.io',
			'given',
			'lost',
			'at start',
			'kept',
			'twice',
			'late',
			'median',
			'slowest',
		],
		BRIDGES.map((id) => {
			const { given, lost, atStart, kept, twice, late, median, slowest } = bridges[id].incoming;
			const seconds = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} s`;
			return [
				NAMES[id],
				given,
				lost,
				atStart,
				kept,
				twice,
				late,
				seconds(median),
				seconds(slowest),
			];
		}),
	);
const outgoingTable = ({ bridges }: ScenarioResult) =>
	table(
		['Agent → customer', 'sent', 'told 200', 'of these lost', 'told an error, but sent', 'twice'],
		BRIDGES.flatMap((id) => {
			const { outgoing } = bridges[id];
			if (!outgoing) return [];
			const { sent, taken, lost, deniedButSent, twice } = outgoing;
			return [[NAMES[id], sent, taken, lost, deniedButSent, twice]];
		}),
	);

const markdownOf = (
	setting: Setting,
	{ takenAt, machine, n8n, minutesFactor, scenarios }: Results,
) =>
	[
		`Taken on ${takenAt}: n8n ${n8n}, ${machine}.${
			minutesFactor === 1 ? '' : ` Every minute of an outage was ${minutesFactor * 60} s.`
		}`,
		`![Shares that were lost, posted twice and late](reliability/${setting}.svg)`,
		...scenarios.flatMap((scenario) => [
			`### ${scenario.title}`,
			...(scenario.rounds > 1 ? [`${scenario.rounds} rounds.`] : []),
			incomingTable(scenario),
			outgoingTable(scenario),
			...(scenario.id === 'away-10'
				? [`![Written and arrived, over time](reliability/${setting}-outage.svg)`]
				: []),
		]),
	].join('\n\n');

const showGoals = (setting: Setting, { title, bridges }: ScenarioResult) => {
	const { incoming, outgoing } = bridges.template;
	goal(
		`${setting}, ${title}: of ${incoming.given} messages given to the template ${incoming.lost} lost, ${incoming.atStart} of them answered by an n8n that was starting (goal: 0 others)`,
		incoming.lost === incoming.atStart,
	);
	if (outgoing)
		goal(
			`${setting}, ${title}: of ${outgoing.taken} that respond.io was told 200 for ${outgoing.lost} did not reach the provider (goal: 0)`,
			outgoing.lost === 0,
		);
};

/** Crashes, restarts and outages under load, beside bridges that were built by hand. */
export const reliability = async (
	report: Report,
	{ settings, ...options }: RunOptions & { settings: readonly Setting[] },
) => {
	// A part of the scenarios says little of the whole.
	const isPartial =
		options.isQuick ||
		options.only !== undefined ||
		options.minutesFactor !== 1 ||
		options.rateFactor !== 1;
	const folder = folderOf(isPartial);
	const save = async (setting: Setting, results: Results) => {
		await writeJson(folder, `${setting}.json`, results);
		await write(folder, `${setting}.svg`, sharesChart(results.scenarios));
		const outage = results.scenarios.find(({ id }) => id === 'away-10');
		if (outage?.timeline)
			await write(folder, `${setting}-outage.svg`, timelineChart(outage.title, outage.timeline));
		const markdown = markdownOf(setting, results);
		if (isPartial) await write(folder, `${setting}.md`, `${markdown}\n`);
		else await putIntoDocument(setting, markdown);
	};
	for (const setting of settings)
		await runScenarios(setting, options, report, async (results) => {
			await save(setting, results);
			showGoals(setting, results.scenarios.at(-1) as ScenarioResult);
		});
	console.log(`The figures are in ${folder}`);
};
