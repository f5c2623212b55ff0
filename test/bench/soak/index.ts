import type { Report } from '../../../tools/run';
import { startN8n, type Workflow } from '../../../tools/n8n';
import { packPackage } from '../../../tools/pack';
import { N8N_VERSION } from '../../../tools/runtime';
import { besideSandbox, template } from '../../stage';
import { goal, lineThrough } from '../figures';
import { svgOf } from '../reliability/charts';
import { folderOf, putIntoDocument, table, write, writeJson } from '../reliability/document';
import { soak, type Percentiles, type Sample, type Soak } from './run';

/** Of the time, the part at the start that is not judged: n8n compiles, and fills its caches. */
const WARM_UP = 0.2;

const SERIES = [
	['n8n’s memory', 'MB', ({ memory }: Sample) => memory],
	['customer → ledger, p50', 'ms', ({ incoming }: Sample) => incoming.p50],
	['customer → ledger, p95', 'ms', ({ incoming }: Sample) => incoming.p95],
	['customer → ledger, p99', 'ms', ({ incoming }: Sample) => incoming.p99],
	['agent → answer, p50', 'ms', ({ outgoing }: Sample) => outgoing.p50],
	['agent → answer, p95', 'ms', ({ outgoing }: Sample) => outgoing.p95],
	['agent → answer, p99', 'ms', ({ outgoing }: Sample) => outgoing.p99],
] as const;

/** What a straight line through the samples after the warm-up says at its start and its end. */
const trends = (samples: readonly Sample[]) => {
	const judged = samples.slice(Math.floor(samples.length * WARM_UP));
	const [from, to] = [judged[0].minute, judged[judged.length - 1].minute];
	return SERIES.map(([name, unit, read]) => {
		const line = lineThrough(judged.map((sample) => [sample.minute, read(sample)] as const));
		const [start, end] = [line.at(from), line.at(to)];
		return { name, unit, start, end, growth: end / start - 1 };
	});
};

const chart = (samples: readonly Sample[]) => {
	const line = (name: string, axis: number, read: (sample: Sample) => number, color: string) => ({
		type: 'line' as const,
		name,
		xAxisIndex: axis,
		yAxisIndex: axis,
		showSymbol: false,
		lineStyle: { color, width: 1.5 },
		itemStyle: { color },
		data: samples.map((sample) => [sample.minute, read(sample)]),
	});
	const of = (which: 'incoming' | 'outgoing', axis: number) =>
		(
			[
				['p50', '#1a7f5a'],
				['p95', '#d97706'],
				['p99', '#b91c1c'],
			] as ReadonlyArray<readonly [keyof Percentiles, string]>
		).map(([key, color]) => line(key, axis, (sample) => sample[which][key], color));
	const titles = ['n8n’s memory, MB', 'customer → ledger, ms', 'agent → answer, ms'];
	const place = (index: number) => 40 + index * 180;
	return svgOf(
		{
			title: titles.map((text, index) => ({
				text,
				left: 10,
				top: place(index) - 32,
				textStyle: { fontSize: 13, color: '#222' },
			})),
			legend: { bottom: 0, data: ['p50', 'p95', 'p99'] },
			grid: titles.map((_, index) => ({ left: 60, right: 20, top: place(index), height: 115 })),
			xAxis: titles.map((_, gridIndex) => ({
				type: 'value',
				gridIndex,
				name: 'min',
				max: 'dataMax',
			})),
			yAxis: titles.map((_, gridIndex) => ({ type: 'value', gridIndex, min: 0 })),
			series: [
				line('memory', 0, ({ memory }) => memory, '#444'),
				...of('incoming', 1),
				...of('outgoing', 2),
			],
		},
		900,
		600,
	);
};

const markdownOf = ({ samples, incoming, outgoing }: Soak, minutes: number, rate: number) =>
	[
		`${minutes} minutes, ${rate} messages a second from customers and half as many from agents, n8n ${N8N_VERSION}, one process. Of ${incoming.given} messages given ${incoming.lost} were lost, ${incoming.twice} posted twice, ${incoming.late} late; of ${outgoing.taken} that respond.io was told 200 for ${outgoing.lost} did not reach the provider.`,
		table(
			['A line through the last four fifths', 'at its start', 'at its end', 'growth'],
			trends(samples).map(({ name, unit, start, end, growth }) => [
				name,
				`${start.toFixed(0)} ${unit}`,
				`${end.toFixed(0)} ${unit}`,
				`${(100 * growth).toFixed(1)} %`,
			]),
		),
		'![Memory and latency over time](reliability/soak.svg)',
	].join('\n\n');

/** A modest, constant load for a long time: do latency and memory stay where they are? */
export const soakBench = async (
	report: Report,
	{ minutes, rate }: { minutes: number; rate: number },
) => {
	const tarball = await packPackage();
	let workflow: Workflow | undefined;
	const stage = await besideSandbox(
		{
			settings: { receipts: [] },
			workflows: async ({ url }) => {
				workflow = await template('web-chat', 'webchat', {
					replace: { 'http://127.0.0.1:3100': url },
				});
				return [workflow];
			},
		},
		async (contents) => await startN8n({ tarball, report, ...contents }),
	);
	try {
		const step = Math.max(5, Math.min(30, minutes * 2));
		const done = await soak(stage, workflow as Workflow, { minutes, rate, step }, report);
		const isPartial = minutes < 30;
		const folder = folderOf(isPartial);
		await writeJson(folder, 'soak.json', { minutes, rate, ...done });
		await write(folder, 'soak.svg', chart(done.samples));
		const markdown = markdownOf(done, minutes, rate);
		if (isPartial) console.log(markdown);
		else await putIntoDocument('soak', markdown);
		goal(
			`Nothing lost: ${done.incoming.lost} and ${done.outgoing.lost}`,
			done.incoming.lost + done.outgoing.lost === 0,
		);
		for (const { name, growth } of trends(done.samples).filter(({ name }) => !name.includes('p9')))
			goal(
				`${name}: ${(100 * growth).toFixed(1)} % more at the end (goal: 10 at most)`,
				growth <= 0.1,
			);
	} finally {
		await stage.close();
	}
};
