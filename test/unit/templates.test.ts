import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IWorkflowBase } from 'n8n-workflow';

/** What must hold of every template, so that it works for whoever imports it. */

const FOLDER = join(__dirname, '../../templates');
const templates = readdirSync(FOLDER).map((file): [string, IWorkflowBase] => [
	file,
	JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as IWorkflowBase,
]);

const ACTION = 'n8n-nodes-respondio-custom-channel.respondIoCustomChannel';
const NOTE = 'n8n-nodes-base.stickyNote';

describe.each(templates)('%s', (_, { name, nodes, connections, ...rest }) => {
	const operations = nodes
		.filter(({ type }) => type === ACTION)
		.map(({ parameters }) => parameters.operation);
	const targets = Object.entries(connections).flatMap(([from, kinds]) =>
		Object.values(kinds).flatMap((outputs) =>
			outputs.flatMap((output) => (output ?? []).map(({ node }) => [from, node])),
		),
	);

	it('holds no credential, no data and no id of the place where it was made', () => {
		expect(Object.keys(rest)).toEqual(['settings']);
		for (const node of nodes) {
			expect(node).not.toHaveProperty('credentials');
			expect(node).not.toHaveProperty('webhookId');
		}
	});

	it('says what to do, and tells its name', () => {
		expect(name).toMatch(/\w/);
		const about = nodes.find(({ type, name: note }) => type === NOTE && note === 'About');
		expect(String(about?.parameters.content)).toMatch(/\*\*Set up\*\*\n1\. [\s\S]+Publish/);
	});

	it('names in its note the steps that it has', () => {
		const about = nodes.find(({ name: note }) => note === 'About');
		const named = [...String(about?.parameters.content).matchAll(/\*\*([A-Z][^*`]+)\*\*/g)];
		const known = new Set([...nodes.map((node) => node.name), 'Set up', 'Custom ID']);
		expect(named.map(([, step]) => step).filter((step) => !known.has(step))).toEqual([]);
	});

	it('has both directions, and a branch that rejects', () => {
		expect(operations).toEqual(
			expect.arrayContaining(['relay', 'buildRequest', 'accept', 'reject']),
		);
		const rejects = nodes.filter(({ parameters }) => parameters.operation === 'reject');
		for (const { name: reject } of rejects) {
			expect(targets.filter(([, to]) => to === reject).length).toBeGreaterThan(0);
		}
	});

	it('has each step joined to others that exist', () => {
		const names = new Set(nodes.map((node) => node.name));
		expect(names.size).toBe(nodes.length);
		expect(targets.flat().filter((step) => !names.has(step))).toEqual([]);
		const joined = new Set(targets.flat());
		const alone = nodes.filter(({ type, name: step }) => type !== NOTE && !joined.has(step));
		expect(alone.map((node) => node.name)).toEqual([]);
	});
});
