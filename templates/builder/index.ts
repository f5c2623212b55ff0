import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { buildTemplate, type Template, type TemplateFile } from './workflow';

const DEFINITIONS = join(__dirname, 'definitions');
const load = createRequire(__filename);

/** Every template: what the files of definitions/ export, one each, by the names of the files that they are written to. */
export const TEMPLATES: Template[] = readdirSync(DEFINITIONS)
	.flatMap((file) => Object.values(load(join(DEFINITIONS, file)) as Record<string, Template>))
	.sort((a, b) => (a.file < b.file ? -1 : 1));

/** The text of a template's file. */
export const fileText = (template: TemplateFile): string =>
	`${JSON.stringify(template, null, '\t')}\n`;

export const builtTemplates = (): Array<[file: string, text: string]> =>
	TEMPLATES.map((template) => [`${template.file}.json`, fileText(buildTemplate(template))]);
