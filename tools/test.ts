import { spawn } from 'node:child_process';
import path from 'node:path';

import { packPackage } from './pack';
import { progressLines, root, Trouble } from './run';
import { ensureRuntime } from './runtime';

const report = progressLines();

const bin = (name: string) => path.join(root, 'node_modules', '.bin', name);

/** Runs a step with our terminal. @throws Trouble when it fails. */
const step = async (what: string, name: string, ...args: string[]) => {
	report(what);
	const code = await new Promise<number>((resolve, reject) => {
		const child = spawn(bin(name), args, { cwd: root, stdio: 'inherit' });
		child.on('error', reject);
		child.on('close', (exit) => resolve(exit ?? 1));
	});
	if (code !== 0) throw new Trouble(`${what}: failed`);
};

const main = async () => {
	report('Building and packing');
	await packPackage();
	await step('Checking types', 'tsc', '--noEmit', '-p', '.');
	await step('Unit tests', 'jest', '--selectProjects', 'unit');
	await ensureRuntime(report);
	await step('End to end, on a real n8n', 'jest', '--selectProjects', 'e2e', '--runInBand');
	report('All tests passed');
};

main().catch((error: unknown) => {
	console.error(error instanceof Trouble ? error.message : error);
	process.exit(1);
});
