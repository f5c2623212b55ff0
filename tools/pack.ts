import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { name, version } from '../package.json';
import { binary, command, npm, root, run, Trouble } from './run';

const folder = path.join(root, '.cache');
const tarball = path.join(folder, `${name}-${version}.tgz`);

/** Path of the tarball that `packPackage` made last. @throws Trouble if there is none. */
export const packedTarball = () => {
	if (existsSync(tarball)) return tarball;
	throw new Trouble('The package has not been packed yet: run `npx tsx tools/pack.ts` first.');
};

/** Builds the package and packs it as npm would publish it. Returns the tarball's path. */
export const packPackage = async () => {
	// -L: errors alone are printed.
	await run(process.execPath, [binary('gulp'), '-L', 'build']);
	await mkdir(folder, { recursive: true });
	await npm(['pack', '--silent', '--ignore-scripts', '--pack-destination', folder]);
	return tarball;
};

if (require.main === module) command(async () => console.log(await packPackage()));
