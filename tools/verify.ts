import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ESLint } from 'eslint';
import glob from 'fast-glob';
import ts from 'typescript';
import { packPackage } from './pack';
import { command, root, run, Trouble } from './run';

/** What n8n gives to the nodes of others. Anything else is missing where n8n has verified packages only. */
const ALLOWED_MODULES = new Set([
	'n8n-workflow',
	'lodash',
	'luxon',
	'zod',
	'crypto',
	'node:crypto',
	'p-limit',
	'moment',
]);

const ALLOWED_FILES = /^(dist\/.+|package\.json|README\.md|LICENSE)$/;

interface Manifest {
	name: string;
	license?: string;
	dependencies?: Record<string, string>;
	peerDependencies?: Record<string, string>;
	n8n: { credentials: string[]; nodes: string[] };
}

/** The unpacked tarball. */
interface Published {
	folder: string;
	/** Paths relative to the folder. */
	files: string[];
	manifest: Manifest;
}

/** What is checked, as a statement, and the faults that contradict it: none if it holds. */
interface Check {
	statement: string;
	faults(published: Published): Promise<string[]> | string[];
}

const VERIFICATION = path.join(__dirname, 'verification.mjs');

const lint = async (cwd: string, patterns: string[]) => {
	// The scanner has inline comments switched off too.
	const eslint = new ESLint({ cwd, overrideConfigFile: VERIFICATION, allowInlineConfig: false });
	const results = await eslint.lintFiles(patterns);
	return results.flatMap(({ filePath, messages }) =>
		messages.map(
			({ line, message, ruleId }) =>
				`${path.relative(cwd, filePath)}:${line} ${message} (${ruleId ?? 'syntax'})`,
		),
	);
};

const scripts = ({ files }: Published) => files.filter((file) => file.endsWith('.js'));

const readFrom = async ({ folder }: Published, file: string) =>
	await readFile(path.join(folder, file), 'utf8');

/** The modules that each script asks for. */
const imports = async (published: Published) => {
	const all = await Promise.all(
		scripts(published).map(async (file) => {
			const { importedFiles } = ts.preProcessFile(await readFrom(published, file), true, true);
			return importedFiles.map(({ fileName }) => ({ file, module: fileName }));
		}),
	);
	return all.flat();
};

const isRelative = (module: string) => /^\.\.?\//.test(module);

const checks: Check[] = [
	{
		statement: "The sources pass the rules of n8n's scanner, inline comments ignored",
		faults: async () => await lint(root, ['package.json', '{nodes,credentials}/**/*.{js,ts,json}']),
	},
	{
		statement: "The packed files pass the rules of n8n's scanner, inline comments ignored",
		faults: async ({ folder }) => await lint(folder, ['package.json', '**/*.js']),
	},
	{
		statement: 'There are no run-time dependencies',
		faults: ({ manifest }) => Object.keys(manifest.dependencies ?? {}),
	},
	{
		statement: 'The peer dependencies are { "n8n-workflow": "*" } and nothing else',
		faults: ({ manifest: { peerDependencies } }) =>
			isDeepStrictEqual(peerDependencies, { 'n8n-workflow': '*' })
				? []
				: [`they are ${JSON.stringify(peerDependencies)}`],
	},
	{
		statement: 'The licence is MIT',
		faults: ({ manifest: { license } }) => (license === 'MIT' ? [] : [`it is ${license}`]),
	},
	{
		statement: 'The tarball holds dist/, package.json, README.md and LICENSE, and nothing else',
		faults: ({ files }) => files.filter((file) => !ALLOWED_FILES.test(file)),
	},
	{
		statement: 'All that package.json names for n8n is in the tarball',
		faults: ({ folder, manifest: { n8n } }) =>
			[...n8n.credentials, ...n8n.nodes].filter((file) => !existsSync(path.join(folder, file))),
	},
	{
		// The scanner's own rule lets devDependencies pass, which are not there at run time.
		statement: `The packed scripts import nothing but their own files and ${[...ALLOWED_MODULES].join(', ')}`,
		faults: async (published) =>
			(await imports(published))
				.filter(({ module }) => !isRelative(module) && !ALLOWED_MODULES.has(module))
				.map(({ file, module }) =>
					builtinModules.includes(module.replace(/^node:/, ''))
						? `${file}: ${module}, a part of Node`
						: `${file}: ${module}`,
				),
	},
	{
		statement: 'Every file that the packed scripts import is in the tarball',
		faults: async (published) =>
			(await imports(published))
				.filter(({ module }) => isRelative(module))
				.filter(({ file, module }) => {
					const target = path.posix.join(path.posix.dirname(file), module);
					const candidates = [target, `${target}.js`, `${target}.json`, `${target}/index.js`];
					return !candidates.some((candidate) => published.files.includes(candidate));
				})
				.map(({ file, module }) => `${file}: ${module}`),
	},
];

/**
 * Checks the sources and the packed tarball as n8n's verification does, without asking anybody over the
 * network (so: all but npm's provenance). Prints one line a check.
 *
 * @throws Trouble if a check fails; every fault has been printed by then.
 */
export const verify = async (tarball: string) => {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'verify-'));
	try {
		await run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
		const published: Published = {
			folder,
			files: await glob('**', { cwd: folder, dot: true }),
			manifest: JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as Manifest,
		};
		let failed = 0;
		for (const { statement, faults } of checks) {
			const found = await faults(published);
			if (found.length > 0) failed += 1;
			console.log(`${found.length > 0 ? '✗' : '✓'} ${statement}`);
			for (const fault of found) console.log(`    ${fault}`);
		}
		if (failed > 0)
			throw new Trouble(`${failed} of ${checks.length} checks failed: n8n would not verify this.`);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
};

if (require.main === module) command(async () => await verify(await packPackage()));
