import { packPackage } from './pack';
import { binary, command, progressLines, run } from './run';
import { ensureRuntime } from './runtime';
import { ensureServices } from './services';
import { verify } from './verify';

const report = progressLines();

/** Runs a program of ours with this terminal. */
const step = async (what: string, pkg: string, name: string, ...args: string[]) => {
	report(what);
	await run(process.execPath, [binary(pkg, name), ...args], { visible: true });
};

command(async () => {
	// Before the long work rather than after it.
	await ensureServices();
	report('Building and packing');
	const tarball = await packPackage();
	await step('Linting', 'eslint', 'eslint', '--max-warnings', '0', '.');
	await step('Checking the format', 'prettier', 'prettier', '--check', '--log-level', 'warn', '.');
	await step('Checking types', 'typescript', 'tsc', '--noEmit', '-p', '.');
	report("What n8n's verification would say");
	await verify(tarball);
	process.env.THOROUGH = 'yes';
	await step('Unit and engine tests', 'jest', 'jest', '--selectProjects', 'unit', 'engine');
	await ensureRuntime(report);
	await step('End to end', 'jest', 'jest', '--selectProjects', 'e2e', '--runInBand');
	await step('Queue mode', 'jest', 'jest', '--selectProjects', 'queue', '--runInBand');
	report('All passed');
});
