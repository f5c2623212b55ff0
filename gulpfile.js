const { execFile } = require('node:child_process');
const { rm } = require('node:fs/promises');
const { promisify } = require('node:util');

const { nodeResolve } = require('@rollup/plugin-node-resolve');
const { dest, parallel, series, src, watch } = require('gulp');
const prettier = require('prettier');
const { rollup } = require('rollup');

const { n8n } = require('./package.json');

const COMPILED = '.cache/compiled';
const OUT = 'dist';
// Themed icons of the nodes, and the codex files that say where n8n lists them.
const ICONS = 'nodes/**/*.svg';
const CODEX = 'nodes/**/*.node.json';
// What each operation gives, so that fields can be dragged in the editor before anything has run.
const SCHEMAS = 'nodes/**/__schema__/**/*.json';

async function clean() {
	await Promise.all([COMPILED, OUT].map((folder) => rm(folder, { recursive: true, force: true })));
}

async function compile() {
	const compiler = require.resolve('typescript/bin/tsc');
	try {
		await promisify(execFile)(process.execPath, [compiler, '-p', 'tsconfig.build.json']);
	} catch (error) {
		// The compiler's own words, without our stack.
		throw Object.assign(new Error(error.stdout || error.message), { showStack: false });
	}
}

/** Whoever looks into the package shall be able to read it. */
const readable = {
	name: 'readable',
	renderChunk: async (code) => ({
		code: await prettier.format(code, {
			...(await prettier.resolveConfig('package.json')),
			parser: 'babel',
		}),
		map: null,
	}),
};

/** What is no part of n8n's start: the code in a provider's folder, apart from what it says of itself. */
const CONVERTS = /\/providers\/(?!kit\/)(\w+)\/(?!(index|settings|paths)\.js$)/;

/**
 * One file for all that n8n loads at its start, and one for each provider, which is loaded when it is first used: `npm run
 * bench -- load` tells what it would cost to leave the files as they are.
 */
async function bundle() {
	const classes = [...n8n.nodes, ...n8n.credentials].map((file) =>
		file.replace(/^dist\//, '').replace(/\.js$/, ''),
	);
	const build = await rollup({
		input: Object.fromEntries(classes.map((name) => [name, `${COMPILED}/${name}.js`])),
		// Our own files alone are put together: n8n brings the rest.
		external: /^[^./]/,
		plugins: [nodeResolve(), readable],
	});
	await build.write({
		dir: OUT,
		format: 'cjs',
		exports: 'named',
		generatedCode: 'es2015',
		interop: 'auto',
		manualChunks: (id) => (CONVERTS.test(id) ? `providers/${CONVERTS.exec(id)[1]}` : 'shared'),
		chunkFileNames: '[name].js',
	});
	await build.close();
}

const copy = (files) => src(files, { base: '.', encoding: false }).pipe(dest(OUT));

function icons() {
	return copy(ICONS);
}

function codex() {
	return copy(CODEX);
}

function schemas() {
	return copy(SCHEMAS);
}

const scripts = series(compile, bundle);
const build = series(clean, parallel(scripts, icons, codex, schemas));

function watchAll() {
	watch(['nodes/**/*.ts', 'credentials/**/*.ts'], scripts);
	watch(ICONS, icons);
	watch(CODEX, codex);
	watch(SCHEMAS, schemas);
}

exports.clean = clean;
exports.scripts = scripts;
exports.icons = icons;
exports.codex = codex;
exports.schemas = schemas;
exports.build = build;
exports.watch = series(build, watchAll);
exports.default = build;
