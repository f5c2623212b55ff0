import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';

import { root } from '../../../tools/run';

/** Where a run leaves its figures: in the documents, or beside the build where they say little. */
export const folderOf = (isQuick: boolean): string =>
	path.join(root, isQuick ? '.cache' : 'docs', 'reliability');

export const write = async (folder: string, name: string, text: string) => {
	await mkdir(folder, { recursive: true });
	await writeFile(path.join(folder, name), text);
};

/** As prettier wants it, which checks it too. */
export const writeJson = async (folder: string, name: string, value: object) => {
	const file = path.join(folder, name);
	const config = await resolveConfig(file);
	await write(folder, name, await format(JSON.stringify(value), { ...config, filepath: file }));
};

export const table = (
	head: readonly string[],
	rows: ReadonlyArray<ReadonlyArray<string | number>>,
) =>
	[head, head.map((_, index) => (index === 0 ? '---' : '--:')), ...rows]
		.map((cells) => `| ${cells.join(' | ')} |`)
		.join('\n');

const DOCUMENT = path.join(root, 'docs', 'reliability.md');

/** Puts what a run made between its two marks in docs/reliability.md; the text around them is written by hand. */
export const putIntoDocument = async (mark: string, markdown: string) => {
	const text = await readFile(DOCUMENT, 'utf8');
	const [start, end] = [`<!-- ${mark}: written by the bench -->`, `<!-- ${mark}: end -->`];
	const from = text.indexOf(start);
	const to = text.indexOf(end);
	if (from < 0 || to < from) throw new Error(`docs/reliability.md has no place marked ${mark}`);
	const whole = `${text.slice(0, from + start.length)}\n\n${markdown}\n\n${text.slice(to)}`;
	const config = await resolveConfig(DOCUMENT);
	await writeFile(DOCUMENT, await format(whole, { ...config, filepath: DOCUMENT }));
};
