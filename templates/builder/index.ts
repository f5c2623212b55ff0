import { webChat } from './definitions/webChat';
import { twilio } from './definitions/twilio';
import { whatsapp } from './definitions/whatsapp';
import { buildTemplate, type Template, type TemplateFile } from './workflow';

/** Every template, one line each. */
export const TEMPLATES: Template[] = [twilio, webChat, whatsapp];

/** The text of a template's file. */
export const fileText = (template: TemplateFile): string =>
	`${JSON.stringify(template, null, '\t')}\n`;

export const builtTemplates = (): Array<[file: string, text: string]> =>
	TEMPLATES.map((template) => [`${template.file}.json`, fileText(buildTemplate(template))]);
