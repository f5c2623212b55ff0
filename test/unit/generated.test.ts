import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { generatedFiles } from '../../tools/generate';

const ROOT = join(__dirname, '../..');

/** What providers and templates say of themselves stands in these files too, written by one command. */
it.each(generatedFiles())('%s is as `npm run generate` writes it', (file, text) => {
	expect(readFileSync(join(ROOT, file), 'utf8')).toBe(text);
});
