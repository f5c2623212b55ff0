import type { IConnections, INode, INodeParameters, IWorkflowBase } from 'n8n-workflow';

import { boxOfNode, GRID, noteHeight, PITCH, type Shape } from './canvas';

/** A template, as it is written to its file. */
export type TemplateFile = Pick<IWorkflowBase, 'name' | 'nodes' | 'connections' | 'settings'>;

/** A step of a workflow; where it stands is counted in columns and rows of its lane. */
export interface Step {
	name: string;
	type: string;
	typeVersion: number;
	parameters: INodeParameters;
	column: number;
	row: number;
	onError?: INode['onError'];
	/** More settings of the node. */
	settings?: Partial<Pick<INode, 'alwaysOutputData' | 'executeOnce' | 'retryOnFail' | 'maxTries'>>;
	shape?: Shape;
}

/** From a step to another: by the output's number, 0 unless given, or by its kind. */
export interface Link {
	from: string;
	to: string;
	output?: number;
	kind?: 'ai_languageModel' | 'ai_memory';
}

/** A row of steps that do one thing, on a coloured note that says what. */
export interface Lane {
	title: string;
	text: string;
	colour: number;
	/** Pixels below the steps, for a line that leads back. */
	room?: number;
	steps: Step[];
	links: Link[];
}

export type Todo = [title: string, text: string];

/** What docs/templates.md says of a template. */
export interface Document {
	title: string;
	/** Of a bridge to one provider: the columns of its row. */
	row?: {
		/** By which of n8n's nodes messages come, and go. */
		incoming: string;
		outgoing: string;
		receipts: string;
		/** What agents' messages become. */
		shown: string;
	};
	text: string;
}

export interface Template {
	/** The file's name, without its ending. */
	file: string;
	name: string;
	/** What the workflow does, and what to know of it. */
	about: string;
	document: Document;
	/** What a person does, in order: one note each. */
	todo: Todo[];
	lanes: Lane[];
}

const TODO = { width: 432, colour: 1 };
const GAP = 32;
/** From a lane's edge to its first node: half a label stands out on the left. */
const EDGE = { x: 80, y: 16 };

/** n8n turns what looks like a domain into a link, in titles and in names of steps too; a backslash hinders it. */
const unlinked = (text: string): string => text.replace(/(respond)\.(io)\b/gi, '$1\\.$2');

const note = (name: string, content: string, place: Place, colour?: number): INode =>
	({
		parameters: {
			content: unlinked(content),
			height: place.height,
			width: place.width,
			...(colour !== undefined && { color: colour }),
		},
		name,
		type: 'n8n-nodes-base.stickyNote',
		typeVersion: 1,
		position: [place.x, place.y],
	}) as unknown as INode;

interface Place {
	x: number;
	y: number;
	width: number;
	height: number;
}

/** Notes of what to do on the left, from the top down; beside them the lanes, each as wide as the widest. */
export function buildTemplate({ name, about, todo, lanes }: Template): TemplateFile {
	const nodes: INode[] = [];
	let y = 0;
	const left = (title: string, content: string, colour?: number) => {
		const height = noteHeight(unlinked(content), TODO.width);
		nodes.push(note(title, content, { x: 0, y, width: TODO.width, height }, colour));
		y += height + GAP;
	};
	left('About', `## ${name}\n${about}`);
	todo.forEach(([title, text], index) =>
		left(`Step ${index + 1}`, `### ${index + 1}. ${title}\n${text}`),
	);

	const x = TODO.width + 2 * GAP;
	const width = Math.max(...lanes.map(({ steps }) => laneWidth(steps)));
	y = 0;
	for (const lane of lanes) {
		const content = `### ${lane.title}\n${lane.text}`;
		const top = noteHeight(unlinked(content), width) + EDGE.y;
		const bottom = Math.max(
			...lane.steps.map((step) => {
				const box = boxOfNode([0, step.row * PITCH.y], step.shape);
				return box.y + box.height;
			}),
		);
		const height = Math.ceil((top + bottom + EDGE.y + (lane.room ?? 0)) / GRID) * GRID;
		nodes.push(note(lane.title, content, { x, y, width, height }, lane.colour));
		for (const step of lane.steps) {
			const { column, row } = step;
			nodes.push(nodeOf(step, [x + EDGE.x + column * PITCH.x, y + top + row * PITCH.y]));
		}
		y += height + GAP;
	}
	return {
		name,
		nodes,
		connections: connectionsOf(lanes.flatMap(({ links }) => links)),
		settings: { executionOrder: 'v1' },
	};
}

const laneWidth = (steps: readonly Step[]): number =>
	Math.max(
		...steps.map(({ column, shape }) => {
			const box = boxOfNode([EDGE.x + column * PITCH.x, 0], shape);
			return Math.ceil((box.x + box.width + GAP) / GRID) * GRID;
		}),
	);

function nodeOf(step: Step, position: [number, number]): INode {
	const { name, type, typeVersion, parameters, onError, settings } = step;
	const snapped = position.map((value) => Math.round(value / GRID) * GRID);
	return {
		parameters,
		name,
		type,
		typeVersion,
		position: snapped as [number, number],
		...(onError && onError !== 'stopWorkflow' && { onError }),
		...settings,
	} as INode;
}

function connectionsOf(links: readonly Link[]): IConnections {
	const connections: IConnections = {};
	for (const { from, to, output = 0, kind = 'main' } of links) {
		const outputs = ((connections[from] ??= {})[kind] ??= []);
		while (outputs.length <= output) outputs.push([]);
		outputs[output]?.push({ node: to, type: kind, index: 0 });
	}
	return connections;
}
