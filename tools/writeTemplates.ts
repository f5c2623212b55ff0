import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { builtTemplates } from '../templates/builder';
import { command, root } from './run';

/** Writes templates/*.json anew from their definitions. */
command(async () => {
	for (const [file, text] of builtTemplates())
		await writeFile(path.join(root, 'templates', file), text);
});
