/*
 * Runs a program for as long as the process that asked for it lives: `node supervise.mjs <JSON>`, with an IPC channel.
 * The channel closes even when the parent is killed, so neither the program, nor what it started, nor its folder is
 * left behind.
 *
 * JSON: `{ folder, program, args, uid, gid }`: the folder to remove at the end ("" for none), what to run, and as whom
 * (as ourselves if left out). We tell `{ pid }` at each start, and `{ exit }` when a program that was to end has ended.
 * We are told `{ end: <signal> }`, and `{ start: true }` to run it again.
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

const GRACE_MS = 10_000;
const { folder, program, args, uid, gid } = JSON.parse(process.argv[2]);

// A process group of its own: Ctrl-C reaches us alone, and one signal reaches all that was started.
const grouped = process.platform !== 'win32';
let child;
let stopping = false;
let ending = false;

const signal = (name) => {
	try {
		if (grouped) process.kill(-child.pid, name);
		else child.kill(name);
	} catch (error) {
		// Nothing left to signal; macOS says EPERM of a group whose members are all dead.
		if (!['ESRCH', 'EPERM'].includes(error.code)) throw error;
	}
};

const tell = (message) => {
	if (process.connected) process.send(message);
};

const leave = (code) => {
	if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
	process.exit(code);
};

const start = () => {
	ending = false;
	const options = { stdio: ['ignore', 'inherit', 'inherit'], detached: grouped, uid, gid };
	child = spawn(program, args, options);
	child.on('error', (error) => {
		console.error(`${program} could not be started: ${error.message}`);
		process.exit(1);
	});
	child.on('exit', (code) => {
		if (grouped) signal('SIGKILL');
		if (ending && !stopping) {
			child = undefined;
			return tell({ exit: code });
		}
		leave(stopping ? 0 : (code ?? 1));
	});
	tell({ pid: child.pid });
};

const stop = () => {
	if (stopping) return;
	stopping = true;
	if (!child) return leave(0);
	signal('SIGTERM');
	setTimeout(() => signal('SIGKILL'), GRACE_MS).unref();
};

process.on('disconnect', stop);
process.on('SIGTERM', stop);
process.on('SIGINT', () => {});
process.on('message', (message) => {
	if (message.start && !child && !stopping) start();
	if (message.end && child) {
		ending = true;
		// The program alone: what it started is ended once it is gone.
		child.kill(message.end);
	}
});
start();
