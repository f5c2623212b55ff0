import { spawn, type SpawnOptions } from 'node:child_process';
import path from 'node:path';
import troubles from './trouble.json';

/** The package's own folder. */
export const root = path.join(__dirname, '..');

/** A failure that is told to the person at the keyboard as it stands, without a stack. */
export class Trouble extends Error {}

/** What to do about a failure, if its text (an npm log, a system error) names a cause that we know. */
export const remedyFor = (text: string): string | undefined =>
	troubles.find(({ pattern }) => new RegExp(pattern, 'i').test(text))?.sentence;

const tail = (text: string, lines = 25) => text.trimEnd().split('\n').slice(-lines).join('\n');

export interface RunOptions {
	/** The working folder; the package's own by default. */
	cwd?: string;
	env?: NodeJS.ProcessEnv;
	/** Called with every piece of output as it comes. */
	onOutput?: (text: string) => void;
}

/**
 * Runs a program to its end and returns what it printed (both streams, in the order of arrival).
 *
 * @throws Trouble with the last lines of the output, and the remedy if the cause is known.
 */
export const run = async (command: string, args: string[], options: RunOptions = {}) =>
	await new Promise<string>((resolve, reject) => {
		const { cwd = root, env = process.env, onOutput } = options;
		const settings: SpawnOptions = { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] };
		const child = spawn(command, args, settings);
		let output = '';
		const take = (chunk: string) => {
			output += chunk;
			onOutput?.(chunk);
		};
		child.stdout?.setEncoding('utf8').on('data', take);
		child.stderr?.setEncoding('utf8').on('data', take);
		child.on('error', reject);
		child.on('close', (code, signal) => {
			if (code === 0) return resolve(output);
			const ending = signal ? `was ended by ${signal}` : `failed with exit code ${code}`;
			const said = [`${path.basename(command)} ${args.join(' ')} ${ending}`, tail(output)];
			reject(new Trouble([...said, remedyFor(output)].filter(Boolean).join('\n')));
		});
	});

/** Runs npm: the very one that started us if there is one, so that its version and settings agree. */
export const npm = async (args: string[], options?: RunOptions) => {
	const { npm_execpath: cli } = process.env;
	return cli && /npm-cli\.js$/.test(cli)
		? await run(process.execPath, [cli, ...args], options)
		: await run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, options);
};

/** The JavaScript file behind a program of our devDependencies, to be run with Node. */
export const binary = (pkg: string, name = pkg) => {
	// By path: some packages do not export their manifest.
	const manifest = path.join(root, 'node_modules', pkg, 'package.json');
	const { bin } = require(manifest) as { bin: string | Record<string, string> };
	return path.join(path.dirname(manifest), typeof bin === 'string' ? bin : bin[name]);
};

export type Report = (line: string) => void;

/** Prints what is going on: one line a call, with the seconds since the first. */
export const progressLines = (): Report => {
	const started = Date.now();
	return (line) => {
		const seconds = ((Date.now() - started) / 1000).toFixed(0).padStart(4);
		process.stderr.write(`${seconds} s  ${line}\n`);
	};
};
