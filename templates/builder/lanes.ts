import type { INodeParameters } from 'n8n-workflow';

import { holdBack, withOutbox } from './outbox';
import { agentsMessage, core, decide, fail, ours, sendRequest, type Credential } from './steps';
import type { Lane, Link, Step } from './workflow';

/** The two directions, of which each template has its own triggers, files and sending steps. */

/** Pixels below the steps, for the line that leads back to a loop. */
export const LOOP_ROOM = 48;

/** Seconds that a step tries to reach respond.io before the event goes to the outbox. */
const RETRY_FOR = 5;

/** Posts what a provider's payload holds. */
export const relay = (
	name: string,
	provider: string,
	payload: string,
	at: readonly [number, number],
	retryFor = RETRY_FOR,
): Step =>
	ours(name, 'provider', 'relay', { provider, payload, options: holdBack(retryFor) }, at, {
		onError: 'continueErrorOutput',
		shape: { outputs: 2 },
	});

/** Posts what the business said by itself, for the agents to see. */
export const postEcho = (
	name: string,
	echo: { contactId: string; text: string; messageId: string },
	at: readonly [number, number],
): Step =>
	ours(
		name,
		'message',
		'postEcho',
		{ messageType: 'text', ...echo, options: holdBack(RETRY_FOR) },
		at,
		{ onError: 'continueErrorOutput', shape: { outputs: 2 } },
	);

interface Incoming {
	provider: string;
	text: string;
	/** From the trigger up to what is posted; the main row is 1, the rows above it are the outbox's. */
	steps: Step[];
	links: Link[];
	/** Steps that start the lane. */
	triggers: string[];
	/** What leads to Post to Respond.io. */
	from: Array<string | Omit<Link, 'to'>>;
	payload?: string;
	/** Where Post to Respond.io stands. */
	column: number;
	/** Seconds, where a provider waits for less than ten. */
	retryFor?: number;
	room?: number;
	/** What goes on with each event that was posted, and which steps of that post too. */
	then?: { steps: Step[]; links: Link[]; posting: string[]; keepAt: readonly [number, number] };
}

/** Customer to agent: from the provider's trigger to Post to Respond.io, and to the outbox. */
export const incoming = ({
	provider,
	text,
	steps,
	links,
	triggers,
	from,
	payload = '={{ $json }}',
	column,
	retryFor = RETRY_FOR,
	room = 0,
	then = { steps: [], links: [], posting: [], keepAt: [column + 1, 1] },
}: Incoming): Lane =>
	withOutbox(
		{
			title: 'Customer to agent',
			text,
			colour: 4,
			room,
			steps: [
				...steps,
				relay('Post to Respond.io', provider, payload, [column, 1], retryFor),
				...then.steps,
			],
			links: [
				...links,
				...from.map((link) => ({
					...(typeof link === 'string' ? { from: link } : link),
					to: 'Post to Respond.io',
				})),
				...then.links,
			],
		},
		{
			triggers,
			posting: ['Post to Respond.io', ...then.posting],
			keepAt: then.keepAt,
		},
	);

export const outgoingText =
	'Respond.io waits for the answer. The requests of a message go one after the other; Answer then tells the message ID of the provider, or its reason why it was not sent.';

interface Outgoing {
	provider: string;
	/** Settings of Build Request. */
	settings?: INodeParameters;
	/** One step that sends, or several with what chooses between them. */
	send: (column: number) => { steps: Step[]; links: Link[]; first: string; last: string[] };
	text?: string;
	/** A step between the trigger and Build Request. */
	before?: (at: readonly [number, number]) => Step;
}

export const buildRequest = (
	name: string,
	provider: string,
	settings: INodeParameters,
	at: readonly [number, number],
	onError: Step['onError'] = 'continueErrorOutput',
): Step =>
	ours(
		name,
		'provider',
		'buildRequest',
		{
			provider,
			contactId: '={{ $json.providerContactId }}',
			payload: '={{ $json }}',
			options: {},
			...settings,
		},
		at,
		{ onError, shape: { outputs: 2 } },
	);

/** A provider's part in a loop: what builds its requests, which steps send them, and what reads the responses. */
interface Way {
	provider: string;
	build: string;
	answer: string;
	sends: (step: string) => boolean;
}

/** From One by One on: each request is sent, and read by Answer before the next. */
export const sendingLoop = (
	send: Outgoing['send'],
	ways: Way[],
	[column, row]: readonly [number, number],
): { steps: Step[]; links: Link[] } => {
	const sending = send(column + 1);
	const last = Math.max(...sending.steps.map((step) => step.column));
	return {
		steps: [
			core('One by One', 'splitInBatches', 3, { options: {} }, [column, row], {
				shape: { outputs: 2 },
			}),
			...sending.steps,
			...ways.map(({ provider, answer }, index) =>
				ours(answer, 'outgoingMessage', 'answer', { provider }, [last + 1, row + 1 + 2 * index]),
			),
		],
		links: [
			{ from: 'One by One', to: sending.first, output: 1 },
			...sending.links,
			...ways.flatMap(({ build, answer, sends }): Link[] => [
				{ from: build, to: 'One by One' },
				// What can't be built is a refusal like any other.
				{ from: build, to: answer, output: 1 },
				...sending.last.filter(sends).map((from) => ({ from, to: answer })),
				{ from: answer, to: 'One by One' },
			]),
		],
	};
};

/** Agent to customer: the same chain for all. */
export const outgoing = (definition: Outgoing): Lane => {
	const before = definition.before?.([1, 0]);
	const column = before ? 2 : 1;
	const way = {
		provider: definition.provider,
		build: 'Build Request',
		answer: 'Answer',
		sends: () => true,
	};
	const { steps, links } = sendingLoop(definition.send, [way], [column + 1, 0]);
	return {
		title: 'Agent to customer',
		text: definition.text ?? outgoingText,
		colour: 5,
		room: LOOP_ROOM,
		steps: [
			agentsMessage([0, 0]),
			...(before ? [before] : []),
			buildRequest('Build Request', definition.provider, definition.settings ?? {}, [column, 0]),
			...steps,
		],
		links: [
			...(before ? [{ from: "Agent's Message", to: before.name }] : []),
			{ from: before?.name ?? "Agent's Message", to: 'Build Request' },
			...links,
		],
	};
};

/** One HTTP request that sends. */
export const byRequest =
	(name: string, credential: Credential, body?: INodeParameters): Outgoing['send'] =>
	(column) => ({
		steps: [sendRequest(name, credential, [column, 0], body)],
		links: [],
		first: name,
		last: [name],
	});

/** The signature of a call, compared with the right one: what is not signed ends as a failed execution. */
export const signed = (
	{ from, provider, secret, hmac, valid }: Signature,
	column: number,
	row = 1,
): { steps: Step[]; links: Link[]; to: Omit<Link, 'to'> } => ({
	steps: [
		core('Signature', 'crypto', 2, { action: 'hmac', ...hmac }, [column, row]),
		decide('Signed?', valid, [column + 1, row]),
		fail(
			'Not Signed',
			`The call is not signed with ${provider}'s secret: choose a Crypto credential with ${secret} as its Hmac Secret. If it has the right one, somebody else has called.`,
			[column + 2, row + 1],
		),
	],
	links: [
		{ from, to: 'Signature' },
		{ from: 'Signature', to: 'Signed?' },
		{ from: 'Signed?', to: 'Not Signed', output: 1 },
	],
	to: { from: 'Signed?' },
});

interface Signature {
	from: string;
	provider: string;
	/** What the Hmac Secret is. */
	secret: string;
	hmac: INodeParameters;
	/** Is true for a call that is signed. */
	valid: string;
}
