import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { preProcessFile } from 'typescript';

import { PROVIDERS } from '../../nodes/RespondIoCustomChannel/providers';

/** The rules of docs/architecture.md that no compiler keeps. */

const ROOT = path.join(__dirname, '../..');
const HOUSE = 'nodes/RespondIoCustomChannel/';

/** Every file of the repository, new ones too. */
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
	cwd: ROOT,
	encoding: 'utf8',
})
	.trim()
	.split('\n');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

const sources = files.filter((file) => file.startsWith(HOUSE) && file.endsWith('.ts'));

/** The files of the house that each imports, for types or late too. */
const imports = new Map(
	sources.map((file) => [
		file,
		preProcessFile(read(file), true, true)
			.importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
			.map(({ fileName }) => {
				const target = path.posix.join(path.posix.dirname(file), fileName.replace(/\.js$/, ''));
				return sources.includes(`${target}.ts`) ? `${target}.ts` : `${target}/index.ts`;
			}),
	]),
);

/** The imports that a rule does not allow, a line each. */
const faults = (isAllowed: (from: string, to: string) => boolean): string[] =>
	[...imports].flatMap(([from, targets]) =>
		targets
			.map((to) => [from.replace(HOUSE, ''), to.replace(HOUSE, '')])
			.filter(([short, to]) => !isAllowed(short, to))
			.map((pair) => pair.join(' imports ')),
	);

describe('imports', () => {
	const ALLOWED: Record<string, string[]> = {
		'a face': ['actions', 'trigger', 'providers', 'channel'],
		actions: ['credential', 'delivery', 'media', 'providers', 'channel'],
		trigger: ['credential', 'media', 'channel'],
		providers: ['channel'],
		delivery: ['channel'],
		media: ['channel'],
		credential: ['channel'],
		channel: [],
	};
	const floorOf = (file: string) =>
		/\.node\.ts$/.test(file) ? 'a face' : file.split('/')[0].replace(/\.ts$/, '');

	it('are of files that are there', () => {
		expect([...imports.values()].flat().filter((file) => !sources.includes(file))).toEqual([]);
	});

	it('point down', () => {
		expect(
			faults((from, to) => {
				const [above, below] = [floorOf(from), floorOf(to)];
				return above === below || ALLOWED[above].includes(below);
			}),
		).toEqual([]);
	});

	it('go round in no circle', () => {
		const done = new Set<string>();
		const circle = (file: string, way: string[]): string[] => {
			if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
			if (done.has(file)) return [];
			const found = (imports.get(file) ?? []).map((next) => circle(next, [...way, file]));
			done.add(file);
			return found.find(({ length }) => length > 0) ?? [];
		};
		expect(sources.flatMap((file) => circle(file, []))).toEqual([]);
	});

	/** Rooms of providers/ from which each other may import, besides the kit. */
	const MORE: Record<string, string[]> = {
		// What two of Meta's products have in common.
		instagram: ['meta'],
		messenger: ['meta'],
		whatsapp: ['meta'],
		// They carry WhatsApp's messages, and numbers are the same.
		gupshup: ['whatsapp'],
		twilio: ['meta', 'whatsapp'],
		vonage: ['meta', 'whatsapp'],
		// Gateways to WhatsApp read its own messages alike, and its numbers are the same.
		evolution: ['whatsappGateways', 'whatsapp'],
		waha: ['whatsappGateways'],
		zapi: ['whatsappGateways'],
		whatsappGateways: ['whatsapp'],
	};

	it('of a provider lead to its own folder, to the kit, and to nobody who knows a provider', () => {
		const roomOf = (file: string) => /^providers\/(\w+)\//.exec(file)?.[1];
		const contract = ['providers/provider.ts'];
		expect(
			faults((from, to) => {
				const room = roomOf(from);
				if (room === undefined || !to.startsWith('providers/')) return true;
				const other = roomOf(to);
				if (other === undefined) return contract.includes(to);
				return [room, 'kit', ...(MORE[room] ?? [])].includes(other);
			}),
		).toEqual([]);
	});

	it('of what a provider says of itself load no code that converts', () => {
		expect(
			faults((from, to) => {
				if (!/^providers\/\w+\/index\.ts$/.test(from) || to.endsWith('/converter.ts')) return true;
				return /^providers\/(provider|kit\/settings|meta\/settings)\.ts$/.test(to);
			}),
		).toEqual([]);
	});

	it('of a provider from elsewhere go through the registry', () => {
		expect(
			faults((from, to) => {
				if (from.startsWith('providers/') && from !== 'providers/index.ts') return true;
				// Generic JSON's fields are parameters of the node.
				return !/^providers\/(?!kit\/)\w+\//.test(to) || to === 'providers/generic/paths.ts';
			}),
		).toEqual([]);
	});
});

/** What is of one provider, by its path. */
const OWN =
	/^(nodes\/\w+\/providers\/(?!kit\/)\w+\/|test\/|templates\/builder\/definitions\/|templates\/[\w-]+\.json$|docs\/images\/|package-lock\.json$)/;

/** Where else a provider is named, and why. Whoever adds one touches none of these. */
const NAMED: Record<string, string> = {
	'nodes/RespondIoCustomChannel/providers/registry.ts': 'the one line of each',
	'nodes/RespondIoCustomChannel/RespondIoCustomChannel.node.json': 'written by npm run generate',
	'nodes/RespondIoCustomChannel/RespondIoCustomChannelTrigger.node.json':
		'written by npm run generate',
	'docs/providers.md': 'written by npm run generate',
	'docs/templates.md': "written by npm run generate; how long some wait for a webhook's answer",
	'docs/adding-a-provider.md': 'an example',
	'docs/architecture.md': 'examples of rules',
	'nodes/RespondIoCustomChannel/providers/kit/incoming.ts':
		"how n8n's Telegram Trigger names files",
	'package.json': "providers' own type packages and test servers",
	'templates/builder/canvas.ts': 'a constant of that name, for lines of text',
	'templates/builder/line.ts': 'what its two templates share',
	'templates/builder/meta.ts': 'what its two templates share',
	'templates/builder/telegram.ts': 'what its three templates share',
	'templates/builder/whatsappGateway.ts': 'what its three templates share',
	'tools/templates.ts': "the credentials of n8n's own nodes",
};

it("nothing of a provider is written outside its folder, its cases and its template's part", () => {
	// Those are words of their own; some are names in capital letters.
	const names = Object.keys(PROVIDERS).filter(
		(name) => !['generic', 'email', 'line', 'max', 'signal'].includes(name),
	);
	const naming = new RegExp(`\\b(${names.join('|')})(?!s\\b)`, 'i');
	const found = files.filter((file) => {
		if (OWN.test(file)) return false;
		const text = read(file);
		return naming.test(text) || /\b(LINE|MAX|Signal)\b/.test(text);
	});
	expect(found.sort()).toEqual(Object.keys(NAMED).sort());
});
