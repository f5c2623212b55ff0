const { execFile } = require('node:child_process');
const { rm } = require('node:fs/promises');
const { promisify } = require('node:util');

const { dest, parallel, series, src, watch } = require('gulp');

const OUT = 'dist';
// Themed icons of the nodes, and the codex files that say where n8n lists them.
const ICONS = 'nodes/**/*.svg';
const CODEX = 'nodes/**/*.node.json';

async function clean() {
	await rm(OUT, { recursive: true, force: true });
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

const copy = (files) => src(files, { base: '.', encoding: false }).pipe(dest(OUT));

function icons() {
	return copy(ICONS);
}

function codex() {
	return copy(CODEX);
}

const build = series(clean, parallel(compile, icons, codex));

function watchAll() {
	watch(['nodes/**/*.ts', 'credentials/**/*.ts'], compile);
	watch(ICONS, icons);
	watch(CODEX, codex);
}

exports.clean = clean;
exports.compile = compile;
exports.icons = icons;
exports.codex = codex;
exports.build = build;
exports.watch = series(build, watchAll);
exports.default = build;
