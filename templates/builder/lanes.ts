import type { INodeParameters } from 'n8n-workflow';

import { holdBack, withOutbox } from './outbox';
import { agentsMessage, core, decide, fail, ours, sendRequest, type Credential } from './steps';
import type { Lane, Link, Step } from './workflow';

/** The two directions, of which each template has its own triggers, files and sending steps. */

/** Seconds that a step tries to reach respond.io before the event goes to the outbox. */
const RETRY_FOR = 5;

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
	/** Where a provider waits for less than 10 seconds. */
	retryFor?: number;
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
}: Incoming): Lane =>
	withOutbox(
		{
			title: 'Customer to agent',
			text,
			colour: 4,
			steps: [
				...steps,
				ours(
					'Post to Respond.io',
					'provider',
					'relay',
					{ provider, payload, options: holdBack(retryFor) },
					[column, 1],
					{ onError: 'continueErrorOutput', shape: { outputs: 2 } },
				),
			],
			links: [
				...links,
				...from.map((link) => ({
					...(typeof link === 'string' ? { from: link } : link),
					to: 'Post to Respond.io',
				})),
			],
		},
		{ triggers, posting: ['Post to Respond.io'], keepAt: [column + 1, 1] },
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
}

/** Names of the chain's steps, where a workflow has two. */
interface Names {
	build: string;
	loop: string;
	answer: string;
}

export const buildRequest = (
	name: string,
	provider: string,
	settings: INodeParameters,
	at: readonly [number, number],
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
		{ onError: 'continueErrorOutput', shape: { outputs: 2 } },
	);

/** From Build Request on: each request is sent and read by Answer before the next. */
export const chain = (
	{ provider, settings = {}, send }: Outgoing,
	[column, row]: readonly [number, number],
	{ build, loop, answer }: Names = {
		build: 'Build Request',
		loop: 'One by One',
		answer: 'Answer',
	},
): { steps: Step[]; links: Link[] } => {
	const sending = send(column + 2);
	const answerColumn = Math.max(...sending.steps.map((step) => step.column)) + 1;
	return {
		steps: [
			buildRequest(build, provider, settings, [column, row]),
			core(loop, 'splitInBatches', 3, { options: {} }, [column + 1, row], {
				shape: { outputs: 2 },
			}),
			...sending.steps,
			ours(answer, 'outgoingMessage', 'answer', { provider }, [answerColumn, row]),
		],
		links: [
			{ from: build, to: loop },
			{ from: build, to: 'Reject', output: 1 },
			{ from: loop, to: sending.first, output: 1 },
			...sending.links,
			...sending.last.map((from) => ({ from, to: answer })),
			{ from: answer, to: loop },
		],
	};
};

export const reject = (at: readonly [number, number]): Step =>
	ours('Reject', 'outgoingMessage', 'reject', { errorMessage: '={{ $json.error }}' }, at);

/** Agent to customer: the same chain for all. */
export const outgoing = (definition: Outgoing): Lane => {
	const { steps, links } = chain(definition, [1, 0]);
	return {
		title: 'Agent to customer',
		text: definition.text ?? outgoingText,
		colour: 5,
		steps: [agentsMessage([0, 0]), ...steps, reject([2, 1])],
		links: [{ from: "Agent's Message", to: 'Build Request' }, ...links],
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
