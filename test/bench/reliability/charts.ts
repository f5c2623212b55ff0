import { init, type EChartsOption } from 'echarts';

import { BRIDGES, NAMES, type BridgeId } from './bridges';
import type { ScenarioResult, Timeline } from './results';

const COLOURS: Record<BridgeId, string> = {
	template: '#1a7f5a',
	node: '#7cc4a4',
	handLast: '#d97706',
	handFirst: '#b91c1c',
};
const FONT = { fontFamily: 'sans-serif', color: '#222' };

/** An SVG of the options, drawn without a browser. */
export const svgOf = (options: EChartsOption, width: number, height: number): string => {
	const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
	chart.setOption({ animation: false, backgroundColor: '#fff', textStyle: FONT, ...options });
	const svg = chart.renderToSVGString();
	chart.dispose();
	return `${svg}\n`;
};

const MEASURES = [
	{ key: 'lost', title: 'never arrived, kept nowhere' },
	{ key: 'twice', title: 'posted twice' },
	{ key: 'late', title: 'late within their contact' },
] as const;

/** Of what each bridge was given: the shares that were lost, posted twice and late, scenario by scenario. */
export const sharesChart = (scenarios: readonly ScenarioResult[]): string => {
	const titles = scenarios.map(({ title }) => title);
	const height = 110 + scenarios.length * 80;
	return svgOf(
		{
			legend: { bottom: 0, data: BRIDGES.map((id) => NAMES[id]), textStyle: FONT },
			title: MEASURES.map(({ title }, index) => ({
				text: `${title}, %`,
				left: `${24 + index * 25.5}%`,
				top: 4,
				textStyle: { ...FONT, fontSize: 13 },
			})),
			grid: MEASURES.map((_, index) => ({
				left: `${24 + index * 25.5}%`,
				width: '21%',
				top: 34,
				bottom: 60,
			})),
			xAxis: MEASURES.map((_, index) => ({
				type: 'value',
				gridIndex: index,
				min: 0,
				minInterval: 1,
			})),
			yAxis: MEASURES.map((_, index) => ({
				type: 'category',
				gridIndex: index,
				inverse: true,
				data: titles,
				axisLabel: { show: index === 0, width: 210, overflow: 'break', ...FONT },
			})),
			series: MEASURES.flatMap(({ key }, index) =>
				BRIDGES.map((id) => ({
					type: 'bar' as const,
					name: NAMES[id],
					xAxisIndex: index,
					yAxisIndex: index,
					itemStyle: { color: COLOURS[id] },
					label: {
						show: true,
						position: 'right' as const,
						formatter: ({ value }: { value?: unknown }) => (value === 0 ? '0' : String(value)),
						fontSize: 10,
					},
					data: scenarios.map(({ bridges }) => {
						const { given, [key]: count } = bridges[id].incoming;
						return given === 0 ? 0 : Number(((100 * count) / given).toFixed(1));
					}),
				})),
			),
		},
		1000,
		height,
	);
};

/** How many messages were written, and how many had arrived, while respond.io was away and after. */
export const timelineChart = (title: string, timeline: Timeline): string =>
	svgOf(
		{
			title: { text: title, textStyle: { ...FONT, fontSize: 13 } },
			legend: { bottom: 0, textStyle: FONT },
			grid: { left: 60, right: 20, top: 50, bottom: 80 },
			xAxis: {
				type: 'value',
				name: 'seconds',
				nameLocation: 'middle',
				nameGap: 26,
				max: 'dataMax',
			},
			yAxis: { type: 'value', name: 'messages' },
			series: [
				{
					type: 'line',
					name: 'written by customers',
					showSymbol: false,
					lineStyle: { color: '#888', type: 'dashed' },
					itemStyle: { color: '#888' },
					data: timeline.seconds.map((second, index) => [second, timeline.written[index]]),
					markArea: {
						itemStyle: { color: '#eee' },
						label: { color: '#666', position: 'insideTop' },
						data: [[{ name: 'away', xAxis: timeline.away[0] }, { xAxis: timeline.away[1] }]],
					},
				},
				...BRIDGES.map((id) => ({
					type: 'line' as const,
					name: NAMES[id],
					showSymbol: false,
					lineStyle: { color: COLOURS[id] },
					itemStyle: { color: COLOURS[id] },
					data: timeline.seconds.map((second, index) => [
						second,
						timeline.arrived[id]?.[index] ?? 0,
					]),
				})),
			],
		},
		900,
		420,
	);
