import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INode, IWorkflowBase } from 'n8n-workflow';

import { TEMPLATES } from '../../templates/builder';
import { boxOfNode, contains, noteHeight, overlap, type Box } from '../../templates/builder/canvas';

/** What must hold of every template, so that it works for whoever imports it. */

const FOLDER = join(__dirname, '../../templates');
const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
const templates = files.map((file): [string, IWorkflowBase] => [
	file,
	JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as IWorkflowBase,
]);

const ACTION = 'n8n-nodes-respondio-custom-channel.respondIoCustomChannel';
const TRIGGER = 'n8n-nodes-respondio-custom-channel.respondIoCustomChannelTrigger';
const NOTE = 'n8n-nodes-base.stickyNote';
const isNote = ({ type }: INode) => type === NOTE;

describe('the builder', () => {
	it('writes every template that is there', () => {
		expect(TEMPLATES.map(({ file }) => `${file}.json`)).toEqual(files);
	});
});

describe.each(templates)('%s', (_, { name, nodes, connections, ...rest }) => {
	const notes = nodes.filter(isNote);
	const steps = nodes.filter((node) => !isNote(node));
	const contents = notes.map(({ parameters }) => String(parameters.content));
	const stepsWith = (operation: string) =>
		steps
			.filter(({ type, parameters }) => type === ACTION && parameters.operation === operation)
			.map((step) => step.name);
	const links = Object.entries(connections).flatMap(([from, kinds]) =>
		Object.values(kinds).flatMap((outputs) =>
			outputs.flatMap((output, index) =>
				(output ?? []).map(({ node: to }) => ({ from, to, output: index })),
			),
		),
	);
	const after = (from: string, output = 0) =>
		links.filter((link) => link.from === from && link.output === output).map(({ to }) => to);

	it('holds no credential, no data and no id of the place where it was made', () => {
		expect(Object.keys(rest)).toEqual(['settings']);
		for (const node of nodes) {
			expect(node).not.toHaveProperty('credentials');
			expect(node).not.toHaveProperty('webhookId');
			expect(node).not.toHaveProperty('id');
		}
	});

	it('tells its name, and what to do in numbered notes, one a step', () => {
		expect(contents[0].startsWith(`## ${name.replace(/respond\.io/g, 'respond\\.io')}\n`)).toBe(
			true,
		);
		const todo = notes.filter((note) => note.name.startsWith('Step '));
		expect(todo.map((note) => String(note.parameters.content).split('. ')[0])).toEqual(
			todo.map((_note, index) => `### ${index + 1}`),
		);
		expect(todo.map((note) => note.position[1])).toEqual(
			todo.map((note) => note.position[1]).sort((a, b) => a - b),
		);
		expect(contents.filter((content) => /^### \d+\. Publish\n/.test(content))).toHaveLength(1);
	});

	it('names in its notes the steps that it has', () => {
		const named = contents
			.join('\n')
			.replaceAll('\\.', '.')
			.matchAll(/\*\*([A-Z][^*`]+)\*\*/g);
		const known = new Set([...nodes.map((node) => node.name), 'Custom ID']);
		expect([...named].map(([, step]) => step).filter((step) => !known.has(step))).toEqual([]);
	});

	it('has no note in which n8n would make a link of a name', () => {
		for (const content of contents) {
			expect(content.replace(/`[^`]*`/g, '')).not.toMatch(/\w\.(io|com|me|net|org)\b/i);
		}
	});

	it('has a note as tall as its text, and none that a step stands on', () => {
		for (const note of notes) {
			const { content, width, height } = note.parameters as {
				content: string;
				width: number;
				height: number;
			};
			const text = noteHeight(content, width);
			const isLane = steps.some((step) => contains(boxOf(note), boxOf(step)));
			if (!isLane) expect(height).toBe(text);
			const [x, y] = note.position;
			const words = { x, y, width, height: text };
			expect(steps.filter((step) => overlap(words, boxOf(step)))).toEqual([]);
		}
	});

	it('covers no step and no note by another', () => {
		for (const [index, one] of nodes.entries()) {
			for (const other of nodes.slice(index + 1)) {
				const [a, b] = [boxOf(one), boxOf(other)];
				// The steps of a lane stand wholly on its note.
				const isLane = isNote(one) && !isNote(other) && contains(a, b);
				expect([one.name, other.name, !isLane && overlap(a, b)]).toEqual([
					one.name,
					other.name,
					false,
				]);
			}
		}
	});

	const boxOf = (node: INode): Box => {
		const [x, y] = node.position;
		if (isNote(node)) {
			const { width, height } = node.parameters as { width: number; height: number };
			return { x, y, width, height };
		}
		const isConfiguration = Object.keys(connections[node.name] ?? {}).some((kind) =>
			kind.startsWith('ai_'),
		);
		const outputs =
			node.type === 'n8n-nodes-base.switch'
				? (node.parameters as { rules: { values: unknown[] } }).rules.values.length + 1
				: 2;
		return boxOfNode(node.position, {
			outputs,
			isConfiguration,
			isConfigurable: node.type.endsWith('.agent'),
		});
	};

	it('uses version 2 of the nodes of this package', () => {
		const ours = steps.filter(({ type }) => type === ACTION || type === TRIGGER);
		expect(ours.map(({ typeVersion }) => typeVersion)).toEqual(ours.map(() => 2));
	});

	it('sends the requests of a message one after the other, and tells what was said to them', () => {
		const answers = stepsWith('answer');
		for (const answer of answers) expect(after(answer)).toEqual(['One by One']);
		const builds = stepsWith('buildRequest').filter((step) => step !== 'Notice');
		expect(answers).toHaveLength(builds.length);
		const providerOf = (step: string) =>
			steps.find((each) => each.name === step)?.parameters.provider;
		for (const build of builds) {
			expect(after(build)).toEqual(['One by One']);
			const [answer, ...more] = after(build, 1);
			expect(more).toEqual([]);
			expect(providerOf(answer)).toBe(providerOf(build));
		}
		// Whatever way the loop takes, it ends at Answer; what fails on it goes on as an item.
		const sending = links.filter(({ to }) => answers.includes(to)).map(({ from }) => from);
		const senders = steps.filter(
			({ name: step }) => sending.includes(step) && !builds.includes(step),
		);
		expect(senders.length).toBeGreaterThan(0);
		expect(senders.map(({ onError }) => onError)).toEqual(
			senders.map(() => 'continueRegularOutput'),
		);
	});

	it('keeps what respond.io has not taken, and sends it again', () => {
		const posting = ['relay', 'postEcho'].flatMap(stepsWith);
		expect(posting.length).toBeGreaterThan(0);
		for (const step of posting) {
			expect(after(step, 1)).toEqual(['Keep in Outbox']);
			const { options } = steps.find((each) => each.name === step)?.parameters ?? {};
			expect(options).toMatchObject({
				holdBack:
					"={{ $('Anything Waiting?').isExecuted && $('Anything Waiting?').all().some(({ json }) => json.workflow === $workflow.id) }}",
			});
		}
		expect(stepsWith('post')).toEqual(['Send Again']);
	});

	it('looks into the outbox before anything else, from whatever trigger posts', () => {
		const triggers = steps.filter(({ name: step }) => !links.some(({ to }) => to === step));
		const look = steps.find((step) => step.name === 'Anything Waiting?');
		const looking = links.filter(({ to }) => to === look?.name).map(({ from }) => from);
		const others = [
			"Agent's Message",
			'Each Minute',
			'Each Hour',
			'Register Once',
			...steps
				.filter(({ name: step }) => Object.keys(connections[step] ?? {}).some(isOfAi))
				.map((step) => step.name),
		];
		expect(triggers.map((step) => step.name).filter((step) => !others.includes(step))).toEqual(
			looking,
		);
		// n8n runs the upper branch first.
		for (const trigger of looking) {
			const branches = after(trigger).map((to) => steps.find((step) => step.name === to));
			const [first] = branches.sort((a, b) => (a?.position[1] ?? 0) - (b?.position[1] ?? 0));
			expect(first).toBe(look);
		}
	});

	it('has each step joined to others that exist', () => {
		const names = new Set(nodes.map((node) => node.name));
		expect(names.size).toBe(nodes.length);
		const ends = links.flatMap(({ from, to }) => [from, to]);
		expect(ends.filter((step) => !names.has(step))).toEqual([]);
		expect(steps.map((step) => step.name).filter((step) => !ends.includes(step))).toEqual([]);
	});
});

const isOfAi = (kind: string) => kind.startsWith('ai_');
