import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { ZodError } from 'zod';

import { faultsSchema, type Faults } from './faults';
import { createSandbox } from './server';
import { describeIssues } from './settings';

function wholeNumberTo(most: number) {
	return (text: string): number => {
		if (/^\d+$/.test(text) && Number(text) <= most) return Number(text);
		throw new InvalidArgumentError(`It must be a whole number from 0 to ${most}.`);
	};
}

/** A timer holds no more than 2^31 milliseconds. */
const MOST_SECONDS = 2_000_000;

interface Options {
	port: number;
	faults?: string;
	stopAfter?: number;
	baseUrl?: string;
	webhook?: string;
}

/** @throws {Error} that names the file and what is wrong with it. */
async function readFaults(file: string): Promise<Faults> {
	try {
		return faultsSchema.parse(JSON.parse(await readFile(file, 'utf8')));
	} catch (error) {
		throw new Error(`${file} does not describe faults: ${inWords(error)} See sandbox/README.md.`);
	}
}

async function main(options: Options) {
	const faults = options.faults === undefined ? undefined : await readFaults(options.faults);
	const sandbox = await createSandbox({
		port: options.port,
		settings: {
			...(options.baseUrl !== undefined && { baseUrl: options.baseUrl }),
			...(options.webhook !== undefined && { providerWebhookUrl: options.webhook }),
		},
	});
	if (faults) sandbox.respondIo.setFaults(faults);

	const { channelId, apiToken } = sandbox.settings();
	console.log(
		[
			`The sandbox is at ${sandbox.url}: respond.io on one side, a web chat on the other.`,
			`  Webhook URL  ${sandbox.url}/custom/channel/webhook/`,
			`  Channel ID   ${channelId}`,
			`  API Token    ${apiToken}`,
			'Ctrl-C ends it.',
		].join('\n'),
	);

	const stop = () => void sandbox.close().then(() => process.exit(0));
	process.on('SIGINT', stop);
	process.on('SIGTERM', stop);
	if (options.stopAfter !== undefined) setTimeout(stop, options.stopAfter * 1000);
}

function inWords(error: unknown): string {
	if (error instanceof ZodError) return `${describeIssues(error)}.`;
	const { code, message } = error as NodeJS.ErrnoException;
	if (code === 'ENOENT') return 'there is no such file.';
	if (error instanceof SyntaxError) return `it is not JSON (${message}).`;
	return message;
}

function explain(error: unknown, port: number): string {
	return (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
		? `Port ${port} is in use: choose another with --port.`
		: inWords(error);
}

const program = new Command('sandbox')
	.description('respond.io and a web chat to try a bridge with, on this machine alone')
	.option(
		'--port <number>',
		'the port to listen on; 0: any that is free',
		wholeNumberTo(65_535),
		3100,
	)
	.option('--base-url <url>', "where agents' messages go: what is pasted into respond.io")
	.option('--webhook <url>', "where the web chat posts customers' messages and receipts")
	.option('--faults <file>', 'a JSON file of faults to inject, see sandbox/README.md')
	.option('--stop-after <seconds>', 'ends by itself', wholeNumberTo(MOST_SECONDS))
	.parse();

const options = program.opts<Options>();
main(options).catch((error: unknown) => {
	console.error(explain(error, options.port));
	process.exit(1);
});
