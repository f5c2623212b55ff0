import { readFile, writeFile } from 'node:fs/promises';

/** Makes what the process has resident now its peak (proc(5), clear_refs). */
export const forgetPeak = async (pid: number) => await writeFile(`/proc/${pid}/clear_refs`, '5');

/** Megabytes: the most that the process has had resident, ever or since `forgetPeak`. Linux alone tells. */
export const peakMemory = async (pid: number): Promise<number> => {
	const status = await readFile(`/proc/${pid}/status`, 'utf8');
	return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
};

/** Megabytes: what it has now. */
export const memoryNow = async (pid: number): Promise<number> => {
	const status = await readFile(`/proc/${pid}/status`, 'utf8');
	return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
};
