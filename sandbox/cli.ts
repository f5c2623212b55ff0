import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { ZodError } from 'zod';

import { faultsSchema } from './faults';
import { createSandbox } from './server';

function wholeNumber(text: string): number {
	if (!/^\d+$/.test(text)) throw new InvalidArgumentError('must be a whole number');
	return Number(text);
}

interface Options {
	port: number;
	faults?: string;
	stopAfter?: number;
	baseUrl?: string;
	webhook?: string;
}

async function main(options: Options) {
	const faults =
		options.faults === undefined
			? undefined
			: faultsSchema.parse(JSON.parse(await readFile(options.faults, 'utf8')));
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

function explain(error: unknown, { port, faults }: Options): string {
	const { code, message } = error as NodeJS.ErrnoException;
	if (code === 'EADDRINUSE') return `Port ${port} is in use: choose another with --port.`;
	if (code === 'ENOENT') return `There is no file ${faults}.`;
	if (error instanceof SyntaxError) return `${faults} is not JSON: ${message}`;
	if (error instanceof ZodError) {
		const issues = error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
		return `${faults} does not describe faults: ${issues.join('; ')}. See sandbox/README.md.`;
	}
	return message;
}

const program = new Command('sandbox')
	.description('respond.io and a web chat to try a bridge with, on this machine alone')
	.option('--port <number>', 'the port to listen on', wholeNumber, 3100)
	.option('--base-url <url>', "where agents' messages go: what is pasted into respond.io")
	.option('--webhook <url>', "where the web chat posts customers' messages and receipts")
	.option('--faults <file>', 'a JSON file of faults to inject, see sandbox/README.md')
	.option('--stop-after <seconds>', 'ends by itself', wholeNumber)
	.parse();

const options = program.opts<Options>();
main(options).catch((error: unknown) => {
	console.error(explain(error, options));
	process.exit(1);
});
