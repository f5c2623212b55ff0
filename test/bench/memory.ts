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

/** Milliseconds of processor time that the process has used, in all its threads. Linux alone tells. */
export const processorTime = async (pid: number): Promise<number> => {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
	// The second field is the program's name, in brackets; times are the 14th and 15th, in hundredths of a second.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) * 10;
};
