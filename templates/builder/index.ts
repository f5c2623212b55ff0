import { aiFirst } from './definitions/aiFirst';
import { discord } from './definitions/discord';
import { email } from './definitions/email';
import { evolution } from './definitions/evolution';
import { instagram } from './definitions/instagram';
import { line } from './definitions/line';
import { messenger } from './definitions/messenger';
import { officeHours } from './definitions/officeHours';
import { slack } from './definitions/slack';
import { telegram } from './definitions/telegram';
import { twilio } from './definitions/twilio';
import { twoProviders } from './definitions/twoProviders';
import { viber } from './definitions/viber';
import { vonage } from './definitions/vonage';
import { waha } from './definitions/waha';
import { webChat } from './definitions/webChat';
import { whatsapp } from './definitions/whatsapp';
import { zapi } from './definitions/zapi';
import { buildTemplate, type Template, type TemplateFile } from './workflow';

/** Every template, one line each. */
export const TEMPLATES: Template[] = [
	aiFirst,
	discord,
	email,
	evolution,
	instagram,
	line,
	messenger,
	officeHours,
	slack,
	telegram,
	twilio,
	twoProviders,
	viber,
	vonage,
	waha,
	webChat,
	whatsapp,
	zapi,
];

/** The text of a template's file. */
export const fileText = (template: TemplateFile): string =>
	`${JSON.stringify(template, null, '\t')}\n`;

export const builtTemplates = (): Array<[file: string, text: string]> =>
	TEMPLATES.map((template) => [`${template.file}.json`, fileText(buildTemplate(template))]);
