import { Command, InvalidArgumentError } from 'commander';

import { command, progressLines } from '../../tools/run';
import { burst } from './burst';
import { cluster } from './cluster';
import { load } from './load';
import { outgoing } from './outgoing';
import { reliability } from './reliability';
import { SETTINGS } from './reliability/rig';
import { serving } from './serving';
import { soakBench } from './soak';
import { stormBench } from './storm';

const program = new Command('bench').description(
	'Measures the nodes beside what people use today, in one n8n and one run, as ratios',
);
const bench = (
	name: string,
	description: string,
	run: (report: ReturnType<typeof progressLines>, options: { quick: boolean }) => Promise<void>,
) =>
	program
		.command(name)
		.description(description)
		.option('--quick', 'a smoke run of a minute or two, whose figures say little', false)
		.action((options: { quick: boolean }) =>
			command(async () => await run(progressLines(), options)),
		);

bench('burst', 'a burst of messages to respond.io, beside the HTTP Request node', burst);
program
	.command('outgoing')
	.description("an agent's message, beside n8n's own webhooks and a bridge built by hand")
	.option('--quick', 'a smoke run of a minute or two, whose figures say little', false)
	.option('--rounds <number>', 'how often each is measured (3; 1 with --quick)')
	.option(
		'--only <ids>',
		'these alone, and what they are measured beside, e.g. "trigger-alone,template"',
	)
	.action((options: { quick: boolean; rounds?: string; only?: string }) =>
		command(async () => await outgoing(progressLines(), options)),
	);
bench('serving', "serving a file of 100 MB, beside n8n's own signed links", serving);

const share = (text: string): number => {
	const value = Number(text);
	if (value > 0 && value <= 100) return value;
	throw new InvalidArgumentError('It must be a number above 0.');
};
const seconds = (text: string): number => {
	const value = Number(text);
	if (value > 0 && value <= 3600) return value;
	throw new InvalidArgumentError('It must be a number from 1 to 3600.');
};
interface ReliabilityOptions {
	quick: boolean;
	minutes?: number;
	only?: string;
	rate?: number;
}
program
	.command('reliability')
	.description('crashes, restarts and outages under load, beside bridges built by hand')
	.argument('[setting]', '"single": one n8n; "cluster": queue mode; both if left out')
	.option('--quick', 'each once, and a minute of an outage takes six seconds', false)
	.option('--minutes <factor>', 'how much of each minute of an outage is waited, e.g. 0.5', share)
	.option('--only <id>', 'the scenarios whose id has this in it, e.g. "away"')
	.option('--rate <factor>', "how much of the scenarios' load is made, e.g. 0.5", share)
	.action((setting: string | undefined, { quick, minutes, only, rate }: ReliabilityOptions) =>
		command(
			async () =>
				await reliability(progressLines(), {
					settings: SETTINGS.filter((each) => setting === undefined || each === setting),
					isQuick: quick,
					minutesFactor: minutes ?? (quick ? 0.1 : 1),
					only,
					rateFactor: rate ?? (quick ? 0.5 : 1),
				}),
		),
	);
program
	.command('soak')
	.description('a modest, constant load for a long time: latency and memory')
	.option('--minutes <number>', 'how long', share, 30)
	.option('--rate <number>', "customers' messages a second; agents write half as many", share, 2)
	.action((options: { minutes: number; rate: number }) =>
		command(async () => await soakBench(progressLines(), options)),
	);
program
	.command('load')
	.description("what the package adds to n8n's start: milliseconds and megabytes")
	.option('--quick', 'a few rounds', false)
	.option('--beside <folder...>', 'other builds of the package, to measure in the same rounds')
	.action((options: { quick: boolean; beside?: string[] }) =>
		command(async () => await load(progressLines(), options)),
	);
program
	.command('cluster')
	.description(
		'the memory of delivered messages under faults and repeats, in one process and on a cluster',
	)
	.option('--quick', 'a smoke run of some minutes, whose figures say little', false)
	.option('--only <setup>', 'one of the two alone: process, or workers')
	.option('--rounds <number>', 'how often each run is made (3; 1 with --quick)')
	.option('--json <file>', 'where the results go, for charts (.cache/bench/cluster.json)')
	.action((options: { quick: boolean; rounds?: string; json?: string; only?: string }) =>
		command(async () => await cluster(progressLines(), options)),
	);
program
	.command('storm')
	.description('messages through faults and an outage, with default options')
	.option('--outage <seconds>', 'how long respond.io is away', seconds, 60)
	.action((options: { outage: number }) =>
		command(async () => await stormBench(progressLines(), options)),
	);
program.parse();
