import { Command } from 'commander';

import { command, progressLines } from '../../tools/run';
import { burst } from './burst';
import { cluster } from './cluster';
import { outgoing } from './outgoing';
import { serving } from './serving';

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
bench(
	'outgoing',
	"an agent's message, beside n8n's own webhooks and a bridge built by hand",
	outgoing,
);
bench('serving', "serving a file of 100 MB, beside n8n's own signed links", serving);
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
program.parse();
