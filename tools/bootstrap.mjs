/*
 * `npm test` and `npm run demo` on a fresh clone: installs the project's own dependencies where they are missing or
 * older than the lock file, then runs tools/<command>.ts. Plain Node, since nothing else is there yet.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
	console.error(`Node ${process.versions.node} is too old: Node 20.19 or newer is needed.`);
	process.exit(1);
}

/** The exit code of a program that uses our terminal. */
const run = (file, args) =>
	new Promise((resolve) => {
		const child = spawn(file, args, { cwd: root, stdio: 'inherit' });
		// Ctrl-C reaches the child by the terminal; it decides how to end.
		process.on('SIGINT', () => {});
		process.on('SIGTERM', () => child.kill('SIGTERM'));
		child.on('error', (error) => {
			console.error(`${file} could not be started: ${error.message}`);
			resolve(1);
		});
		child.on('close', (code) => resolve(code ?? 1));
	});

const modules = path.join(root, 'node_modules');
const stamp = path.join(modules, '.lock-file-hash');
const hash = createHash('sha256')
	.update(readFileSync(path.join(root, 'package-lock.json')))
	.digest('hex');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== hash) {
	console.error("Installing the project's dependencies (about a minute)");
	const { npm_execpath: npm } = process.env;
	const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
	const code = npm
		? await run(process.execPath, [npm, ...args])
		: await run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args);
	if (code !== 0) {
		console.error(
			'The dependencies could not be installed: see what npm says above. Check the network and the disk, then run the command again.',
		);
		process.exit(code);
	}
	writeFileSync(stamp, hash);
}

const [command, ...args] = process.argv.slice(2);
const tsx = createRequire(path.join(root, 'package.json')).resolve('tsx/cli');
process.exit(
	await run(process.execPath, [tsx, path.join(root, 'tools', `${command}.ts`), ...args]),
);
