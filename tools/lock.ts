import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

const isAlive = (pid: number) => {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
};

/** Longest time between making a lock file and writing into it. */
const BIRTH_MS = 5_000;

/** The process that holds the lock: its id, 0 if it has only just begun, undefined if it is gone. */
const holderOf = async (file: string) => {
	const [text, info] = await Promise.all([
		readFile(file, 'utf8').catch(() => ''),
		stat(file).catch(() => undefined),
	]);
	const pid = Number.parseInt(text, 10);
	if (Number.isInteger(pid)) return isAlive(pid) ? pid : undefined;
	return info && Date.now() - info.mtimeMs < BIRTH_MS ? 0 : undefined;
};

/** Gives the lock back, if it is still ours. */
export type Release = () => Promise<void>;

/**
 * Takes the lock: a file with our process id. A lock whose holder has died is taken over.
 *
 * @returns how to give it back, or `heldBy`, the id of the live process that has it.
 */
export const takeLock = async (
	file: string,
): Promise<{ release: Release } | { release?: undefined; heldBy: number }> => {
	await mkdir(path.dirname(file), { recursive: true });
	const mine = `${process.pid} ${randomUUID()}`;
	for (;;) {
		try {
			await writeFile(file, mine, { flag: 'wx' });
			break;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		}
		const heldBy = await holderOf(file);
		if (heldBy !== undefined) return { heldBy };
		await rm(file, { force: true });
	}
	return {
		release: async () => {
			if ((await readFile(file, 'utf8').catch(() => '')) === mine) await rm(file, { force: true });
		},
	};
};
