import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import troubles from './trouble.json';

/** The package's own folder. */
export const root = path.join(__dirname, '..');

/** A failure that is told to the person at the keyboard as it stands, without a stack. */
export class Trouble extends Error {}

/** What to do about a failure, if its text (an npm log, a system error's code) names a cause that we know. */
const remedyFor = (text: string): string | undefined =>
	troubles.find(({ pattern }) => new RegExp(pattern, 'i').test(text))?.sentence;

const TAIL_LINES = 25;
const OUTPUT_LIMIT = 1_000_000;

/** The last lines of a log. */
export const tail = (text: string) => text.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');

export interface RunOptions {
	/** The working folder; the package's own by default. */
	cwd?: string;
	env?: NodeJS.ProcessEnv;
	/** Lets the program write to the terminal itself: nothing is returned then. */
	visible?: boolean;
	/** Whom to run it as; as ourselves by default. */
	user?: { uid: number; gid: number };
}

/**
 * Runs a program to its end and returns what it printed: both streams, in the order of arrival, of a
 * long output the last megabyte.
 *
 * @throws Trouble with the last lines of the output.
 */
export const run = async (command: string, args: string[], options: RunOptions = {}) =>
	await new Promise<string>((resolve, reject) => {
		const { cwd = root, env = process.env, visible = false, user } = options;
		const output = visible ? 'inherit' : 'pipe';
		const child = spawn(command, args, {
			cwd,
			env,
			stdio: ['ignore', output, output],
			...user,
		});
		let text = '';
		const take = (chunk: string) => {
			text = (text + chunk).slice(-OUTPUT_LIMIT);
		};
		child.stdout?.setEncoding('utf8').on('data', take);
		child.stderr?.setEncoding('utf8').on('data', take);
		child.on('error', reject);
		child.on('close', (code, signal) => {
			if (code === 0) return resolve(text);
			const ending = signal ? `was ended by ${signal}` : `failed with exit code ${code}`;
			const line = `${path.basename(command)} ${args.join(' ')} ${ending}`;
			reject(new Trouble(`${line}\n${tail(text)}`.trimEnd()));
		});
	});

/**
 * Runs npm: the very one that started us if there is one, so that its version and settings agree.
 *
 * @throws Trouble with the remedy too, if the cause is a known one.
 */
export const npm = async (args: string[], options?: RunOptions) => {
	const { npm_execpath: cli } = process.env;
	const ours = cli !== undefined && /npm-cli\.js$/.test(cli);
	// Node refuses to start a .cmd without a shell.
	const command = process.platform === 'win32' ? 'cmd.exe' : 'npm';
	const shell = process.platform === 'win32' ? ['/c', 'npm'] : [];
	try {
		return ours
			? await run(process.execPath, [cli, ...args], options)
			: await run(command, [...shell, ...args], options);
	} catch (error) {
		const { message } = error as Error;
		throw new Trouble([message, remedyFor(message)].filter(Boolean).join('\n'));
	}
};

/** The JavaScript file behind a program of our devDependencies, to be run with Node. */
export const binary = (pkg: string, name = pkg) => {
	// By path: some packages do not export their manifest.
	const manifest = path.join(root, 'node_modules', pkg, 'package.json');
	const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as {
		bin: string | Record<string, string>;
	};
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

/** System errors that speak for themselves, whatever was being done. */
const MACHINE_ERRORS = new Set(['ENOSPC', 'EACCES', 'EPERM', 'EROFS']);

const inWords = (error: unknown) => {
	if (error instanceof Trouble) return error.message;
	const { code = '', message, stack } = error as NodeJS.ErrnoException;
	return MACHINE_ERRORS.has(code) ? `${message}\n${remedyFor(code)}` : (stack ?? message);
};

/** Runs a command's work; a failure is printed, and the process then ends with exit code 1. */
export const command = (work: () => Promise<unknown>) => {
	work().catch((error: unknown) => {
		console.error(inWords(error));
		process.exitCode = 1;
	});
};
