import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TEMPLATES, builtTemplates } from '../templates/builder';
import {
	shownTable,
	templateSections,
	templatesTable,
	toldTable,
	withAliases,
	withPart,
} from './documents';
import { command, root } from './run';

const NODES = 'nodes/RespondIoCustomChannel';

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

const withParts = (file: string, parts: Record<string, string>): [file: string, text: string] => [
	file,
	Object.entries(parts).reduce((text, [name, part]) => withPart(text, name, part), read(file)),
];

/** Every file that says what providers and templates say of themselves, as it should be. */
export const generatedFiles = (): Array<[file: string, text: string]> => [
	...builtTemplates().map(([file, text]): [string, string] => [`templates/${file}`, text]),
	withParts('docs/providers.md', { shown: shownTable(), told: toldTable() }),
	withParts('docs/templates.md', {
		templates: templatesTable(TEMPLATES),
		sections: templateSections(TEMPLATES, (name) =>
			existsSync(path.join(root, 'docs/images', `${name}.png`)),
		),
	}),
	...['RespondIoCustomChannel', 'RespondIoCustomChannelTrigger'].map((node): [string, string] => {
		const file = `${NODES}/${node}.node.json`;
		return [file, withAliases(read(file), node)];
	}),
];

if (require.main === module) {
	command(async () => {
		for (const [file, text] of generatedFiles()) await writeFile(path.join(root, file), text);
	});
}
