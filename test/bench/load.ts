import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { packPackage } from '../../tools/pack';
import { binary, root, run, type Report } from '../../tools/run';
import { ensureRuntime, type Runtime } from '../../tools/runtime';
import { goal, shown, spreadOf } from './figures';

interface Options {
	quick: boolean;
	/** Folders of other builds of the package. */
	beside?: string[];
}

/** What `loading.cjs` prints. */
interface Loading {
	milliseconds: number;
	processor: number;
	megabytes: number;
}

const SCRIPT = 'loading.cjs';
const MOST = { milliseconds: 15, megabytes: 3 };

/** n8n's own code alone, without a package to load. */
const withoutPackage = async (folder: string) => {
	await mkdir(folder, { recursive: true });
	const manifest = { name: 'none', version: '1.0.0', n8n: { nodes: [], credentials: [] } };
	await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
};

const unpacked = async (folder: string) => {
	await mkdir(folder, { recursive: true });
	await run('tar', ['-xzf', await packPackage(), '-C', folder, '--strip-components=1']);
};

/** The same sources, compiled and left as they are: a file each. */
const compiled = async (folder: string, published: string) => {
	await cp(published, folder, { recursive: true, filter: (file) => !/\.js$/.test(file) });
	await run(process.execPath, [
		...[binary('typescript', 'tsc'), '-p', 'tsconfig.build.json', '--module', 'commonjs'],
		...['--moduleResolution', 'node10', '--outDir', path.join(folder, 'dist')],
	]);
};

/** A fresh process each time, in a folder from where n8n's modules alone are found. */
const loaded = async ({ node, folder }: Runtime, home: string, build: string) => {
	const env = {
		...process.env,
		NODE_PATH: path.join(folder, 'node_modules'),
		N8N_USER_FOLDER: home,
		N8N_LOG_LEVEL: 'silent',
	};
	const args = [path.join(home, SCRIPT), path.join(home, build)];
	return JSON.parse(await run(node, args, { cwd: home, env })) as Loading;
};

/**
 * What the package adds to n8n's start: a process that loads it as n8n does, beside one that loads none, in turns. On a
 * busy machine the time of the processor says more than the clock.
 */
export const load = async (report: Report, { quick, beside = [] }: Options) => {
	const runtime = await ensureRuntime(report);
	const home = await mkdtemp(path.join(os.tmpdir(), 'load-'));
	const within = (name: string) => path.join(home, name);
	try {
		report('Building');
		await cp(path.join(__dirname, SCRIPT), within(SCRIPT));
		await withoutPackage(within('none'));
		await unpacked(within('package'));
		await compiled(within('compiled'), within('package'));
		for (const [index, folder] of beside.entries()) {
			await cp(path.join(path.resolve(root, folder), 'dist'), within(`beside${index}/dist`), {
				recursive: true,
			});
			await cp(
				path.join(path.resolve(root, folder), 'package.json'),
				within(`beside${index}/package.json`),
			);
		}
		const builds: Array<[name: string, words: string]> = [
			['package', 'The package'],
			['compiled', 'The same, a file for each source'],
			...beside.map((folder, index): [string, string] => [`beside${index}`, folder]),
		];
		const names = ['none', ...builds.map(([name]) => name)];
		const rounds = quick ? 5 : 40;
		const all: Array<Record<string, Loading>> = [];
		for (let round = 0; round < rounds; round++) {
			report(`Round ${round + 1} of ${rounds}`);
			const results: Record<string, Loading> = {};
			const first = round % names.length;
			for (const name of [...names.slice(first), ...names.slice(0, first)]) {
				results[name] = await loaded(runtime, home, name);
			}
			all.push(results);
		}
		const added = (name: string, field: keyof Loading) =>
			spreadOf(all.map((results) => results[name][field] - results.none[field]));
		for (const [name, words] of builds) {
			console.log(
				`${words}: ${shown(added(name, 'processor'), 1)} ms of the processor, ${shown(added(name, 'milliseconds'), 1)} ms by the clock, ${shown(added(name, 'megabytes'), 1)} MB`,
			);
		}
		const processor = added('package', 'processor').median;
		const megabytes = added('package', 'megabytes').median;
		goal(
			`n8n's start takes ${processor.toFixed(1)} ms more (goal: at most ${MOST.milliseconds})`,
			processor <= MOST.milliseconds,
		);
		goal(
			`and ${megabytes.toFixed(1)} MB more (goal: at most ${MOST.megabytes})`,
			megabytes <= MOST.megabytes,
		);
	} finally {
		await rm(home, { recursive: true, force: true });
	}
};
