import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export interface ProgramOptions {
	program: string;
	args: string[];
	/** Removed when the program is stopped, or this process ends. */
	folder?: string;
	cwd?: string;
	env?: NodeJS.ProcessEnv;
	/** Whom to run it as; as ourselves by default. */
	user?: { uid: number; gid: number };
}

/** A program that runs until it is stopped or this process ends, however that happens. */
export interface Program {
	/** Process id of the program itself; of the last one if it was started again. */
	pid(): number;
	/** What it has printed up to now (the last megabyte of it), over all its starts. */
	logs(): string;
	hasEnded(): boolean;
	/** Resolves when it has ended for good: stopped, or ended by itself. Not when it was ended by `kill`. */
	ended: Promise<void>;
	/** Ends the program alone, so that `restart` can start it again. Resolves when it is gone. */
	kill(signal?: NodeJS.Signals): Promise<void>;
	/** Starts it again after `kill`, with the same arguments. */
	restart(): Promise<void>;
	/** Ends the program and all that it started, and removes its folder. */
	stop(): Promise<void>;
}

const LOG_LIMIT = 1_000_000;

type News = { pid: number } | { exit: number | null };

/** Starts a program under supervision (supervise.mjs): nothing of it is left when this process is killed. */
export const startProgram = async ({
	program,
	args,
	folder = '',
	cwd,
	env,
	user,
}: ProgramOptions): Promise<Program> => {
	const child = spawn(
		process.execPath,
		[
			path.join(__dirname, 'supervise.mjs'),
			JSON.stringify({ folder, program, args, ...(user ?? {}) }),
		],
		{ cwd, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
	);
	let log = '';
	const take = (chunk: string) => {
		log = (log + chunk).slice(-LOG_LIMIT);
	};
	child.stdout?.setEncoding('utf8').on('data', take);
	child.stderr?.setEncoding('utf8').on('data', take);
	let exited = false;
	const ended = new Promise<void>((resolve) => {
		// Not 'close': Node never emits it once we have disconnected.
		child.once('exit', () => {
			exited = true;
			resolve();
		});
	});
	let pid = 0;
	child.on('message', (news: News) => {
		if ('pid' in news) ({ pid } = news);
	});
	const news = async () => {
		const waiting = new AbortController();
		await Promise.race([ended, once(child, 'message', { signal: waiting.signal })]).catch(() => {});
		waiting.abort();
	};
	const ask = async (message: object) => {
		if (exited) throw new Error(`${path.basename(program)} has ended already`);
		const answered = news();
		child.send(message);
		await answered;
	};
	await news();
	return {
		pid: () => pid,
		logs: () => log,
		hasEnded: () => exited,
		ended,
		kill: async (signal = 'SIGKILL') => await ask({ end: signal }),
		restart: async () => await ask({ start: true }),
		stop: async () => {
			if (child.connected) child.disconnect();
			await ended;
		},
	};
};
