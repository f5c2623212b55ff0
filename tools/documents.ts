import { PROVIDERS } from '../nodes/RespondIoCustomChannel/providers';
import type {
	Capabilities,
	Limit,
	Provider,
	Setting,
} from '../nodes/RespondIoCustomChannel/providers/provider';
import type { Template } from '../templates/builder/workflow';

/** The parts of docs/ that tell what definitions say. */

const providers = Object.values(PROVIDERS).sort((a, b) => (titleOf(a) < titleOf(b) ? -1 : 1));

function titleOf({ displayName }: Provider): string {
	return displayName.toLowerCase();
}

/** As prettier writes it: each column as wide as its widest cell. */
function table(head: string[], rows: string[][]): string {
	const widths = head.map((_, column) =>
		Math.max(...[head, ...rows].map((row) => row[column].length)),
	);
	const lineOf = (cells: string[]) =>
		`| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
	return [head, widths.map((width) => '-'.repeat(width)), ...rows].map(lineOf).join('\n');
}

const linkOf = ({ displayName, documentation }: Provider): string =>
	`[${displayName}](${documentation})`;

const limitOf = ({ max, unit }: Limit): string => `${max.toLocaleString('en-US')} ${unit}`;

const SHOWN = { native: 'as such', link: 'as a link', text: 'as text' } as const;

const quickRepliesOf = (quickReplies: Capabilities['quickReplies']): string =>
	quickReplies === 'text'
		? 'numbered lines'
		: `up to ${quickReplies.most} buttons of ${limitOf(quickReplies.reply)}`;

/** What customers see of agents' messages. */
export const shownTable = (): string =>
	table(
		['Provider', 'Longest text', 'Picture', 'Video', 'Audio', 'File', 'Place', 'Quick replies'],
		providers.map((provider) => {
			const { text, attachments, location, quickReplies } = provider.capabilities;
			return [
				linkOf(provider),
				text === undefined ? 'any' : limitOf(text),
				...(['image', 'video', 'audio', 'file'] as const).map((type) => SHOWN[attachments[type]]),
				SHOWN[location],
				quickRepliesOf(quickReplies),
			];
		}),
	);

const ECHOES = { marked: 'told by the webhook', unmarked: 'told by the memory' } as const;

const settingsOf = (settings: readonly Setting[]): string => {
	const current = settings.filter(({ nodeVersions }) => nodeVersions !== '1');
	const names = [
		...current.filter(({ required }) => required).map((each) => `**${each.displayName}**`),
		...current.filter(({ required }) => !required).map((each) => each.displayName),
	];
	return names.join(', ') || 'none';
};

/** What respond.io is told, and what Build Request asks for. */
export const toldTable = (): string =>
	table(
		['Provider', 'Receipts', 'of each part', 'Echoes', 'Settings'],
		providers.map((provider) => {
			const { statuses, references, echoes } = provider.capabilities;
			return [
				provider.displayName,
				statuses.join(', ') || 'none exist',
				references ? 'yes' : 'no',
				echoes === false ? 'none' : ECHOES[echoes],
				settingsOf(provider.settings),
			];
		}),
	);

/** The bridges to one provider, and the names of the other templates. */
export const templatesTable = (templates: readonly Template[]): string => {
	const linked = ({ file, document }: Template) => `[${document.title}](#${file})`;
	const rows = templates.flatMap((template) => {
		const { row } = template.document;
		if (row === undefined) return [];
		return [[linked(template), row.incoming, row.outgoing, row.receipts, row.shown]];
	});
	const others = templates.filter(({ document }) => document.row === undefined).map(linked);
	return [
		table(['Template', 'In', 'Out', 'Receipts', "What agents' messages become"], rows),
		`Beyond bridging: ${others.join(', ')}.`,
	].join('\n\n');
};

/** A section for each template, with its picture where it is drawn. */
export const templateSections = (
	templates: readonly Template[],
	isDrawn: (file: string) => boolean,
): string =>
	templates
		.map(({ file, document: { title, text } }) =>
			[
				`## <a id="${file}"></a>${title}`,
				`[\`templates/${file}.json\`](../templates/${file}.json). ${text}`,
				...(isDrawn(file) ? [`![The canvas of ${title}](images/${file}.png)`] : []),
			].join('\n\n'),
		)
		.join('\n\n');

/** A document with its part of that name replaced. @throws Error where it has no such part. */
export const withPart = (document: string, name: string, part: string): string => {
	const start = `<!-- ${name}: written by \`npm run generate\` -->\n`;
	const [before, after] = [document.indexOf(start), document.indexOf(`<!-- /${name} -->`)];
	if (before < 0 || after < before) throw new Error(`No place for the part ${name}`);
	return `${document.slice(0, before)}${start}\n${part}\n\n${document.slice(after)}`;
};

/** What people look for in n8n's list of nodes, besides the providers. */
const ALIASES: Record<string, string[]> = {
	RespondIoCustomChannel: ['message', 'echo', 'delivery status', 'receipt'],
	RespondIoCustomChannelTrigger: ['webhook', 'agent', 'outgoing message'],
};
const COMMON = ['respond.io', 'respondio', 'custom channel', 'inbox', 'chat'];

/** The codex file of a node, under whose words n8n lists it. */
export const withAliases = (codex: string, node: string): string => {
	const names = providers.map(({ displayName }) => displayName);
	const words = [...COMMON, ...ALIASES[node], 'SMS', 'web chat', 'provider', ...names];
	const list = words.map((word) => `\t\t${JSON.stringify(word)}`).join(',\n');
	return codex.replace(/"alias": \[[^\]]*\]/, () => `"alias": [\n${list}\n\t]`);
};
