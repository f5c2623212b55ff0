/*
 * Runs a program for as long as the process that asked for it lives: `node supervise.mjs <folder to
 * remove at the end, or ""> <program> <argument>…`, with an IPC channel. The channel closes even when
 * the parent is killed, so neither the program, nor what it started, nor its folder is left behind.
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

const GRACE_MS = 10_000;
const [folder, program, ...args] = process.argv.slice(2);

// A process group of its own: Ctrl-C reaches us alone, and one signal reaches all that was started.
const grouped = process.platform !== 'win32';
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: grouped });

const signal = (name) => {
	try {
		if (grouped) process.kill(-child.pid, name);
		else child.kill(name);
	} catch (error) {
		// Nothing left to signal; macOS says EPERM of a group whose members are all dead.
		if (!['ESRCH', 'EPERM'].includes(error.code)) throw error;
	}
};

let stopping = false;
const stop = () => {
	if (stopping) return;
	stopping = true;
	signal('SIGTERM');
	setTimeout(() => signal('SIGKILL'), GRACE_MS).unref();
};

process.on('disconnect', stop);
process.on('SIGTERM', stop);
process.on('SIGINT', () => {});

child.on('error', (error) => {
	console.error(`${program} could not be started: ${error.message}`);
	process.exit(1);
});
child.on('exit', (code) => {
	if (grouped) signal('SIGKILL');
	if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
	process.exit(stopping ? 0 : (code ?? 1));
});
