import type { IDataObject, IExecuteFunctions, INodeExecutionData, JsonObject } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { openChannel, type Channel } from '../credential';
import type { DeliverOptions, Failure, Outcome } from '../delivery/deliver';
import { deliver } from '../delivery/deliver';
import type { Post } from '../delivery/plan';
import { processedItems, turns } from './memory';
import type {
	AnsweringOperation,
	ItemContext,
	ItemOperation,
	Operation,
	PostingContext,
	PostingOperation,
} from './operation';
import { operationOf } from './operations';
import { parameterReader } from './parameterReader';
import { postEvents, sleepUnlessCancelled } from './transport';

/**
 * Runs the chosen operation over all items. The loop, pairedItem, continue-on-fail and the editor's hints live here and
 * nowhere else.
 */
export async function route(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const resource = context.getNodeParameter('resource', 0) as string;
	const operation = context.getNodeParameter('operation', 0) as string;
	const chosen: Operation | undefined = operationOf(resource, operation);
	if (chosen === undefined) {
		throw new NodeOperationError(
			context.getNode(),
			`This node has no operation "${operation}" for the resource "${resource}"`,
			{ description: 'Choose both from their lists, or update the package.', itemIndex: 0 },
		);
	}
	switch (chosen.kind) {
		case 'posting':
			return [await runPosting(context, chosen)];
		case 'item':
			return [await runItems(context, chosen)];
		case 'answering':
			return [await runAnswering(context, chosen)];
	}
}

async function runItems(
	execute: IExecuteFunctions,
	operation: ItemOperation,
): Promise<INodeExecutionData[]> {
	const output: INodeExecutionData[] = [];
	const hints = new Set<string>();
	const context = itemContext(execute, hints);
	for (let index = 0; index < execute.getInputData().length; index++) {
		try {
			for (const item of await operation.execute(context, index)) {
				output.push({ ...item, pairedItem: { item: index } });
			}
		} catch (error) {
			const failure = asNodeError(execute, error, index);
			if (!execute.continueOnFail()) throw failure;
			output.push(errorItem(failure, index));
		}
	}
	showHints(execute, hints);
	return output;
}

function itemContext(execute: IExecuteFunctions, hints: Set<string>): ItemContext {
	let channel: Promise<Channel> | undefined;
	return {
		execute,
		parameters: parameterReader(execute),
		channel: async () => await (channel ??= openChannel(execute)),
		now: Date.now(),
		hint: (sentence) => hints.add(sentence),
	};
}

function showHints(execute: IExecuteFunctions, hints: Iterable<string>): void {
	const shown = [...hints].map((message) => ({ message, location: 'outputPane' as const }));
	if (shown.length > 0) execute.addExecutionHints(...shown);
}

/** One answer for the whole call. The items go on, so that the workflow can, unless the operation gives others. */
async function runAnswering(
	context: IExecuteFunctions,
	operation: AnsweringOperation,
): Promise<INodeExecutionData[]> {
	const items = context.getInputData();
	let output: INodeExecutionData[];
	try {
		output = (await operation.answer(context)) ?? items;
	} catch (error) {
		const failure = asNodeError(context, error, 0);
		if (!context.continueOnFail()) throw failure;
		return items.map((_item, index) => errorItem(failure, index));
	}
	return output.map((item, index) => ({ ...item, pairedItem: { item: index } }));
}

/**
 * Builds the events of all items first, so that without continue-on-fail a faulty item stops the run before anything
 * is sent; then delivers them together, which keeps each contact's order whatever items they came from.
 */
async function runPosting(
	context: IExecuteFunctions,
	operation: PostingOperation,
): Promise<INodeExecutionData[]> {
	const itemCount = context.getInputData().length;
	const hints = new Set<string>();
	const items = itemContext(context, hints);
	const channel = await items.channel();
	const posting: PostingContext = { ...items, idType: channel.idType };

	const posts: Post[] = [];
	const output: INodeExecutionData[][] = [];
	for (let index = 0; index < itemCount; index++) {
		output.push([]);
		try {
			const built = await operation.posts(posting, index);
			posts.push(...built.posts);
			if (built.posts.length === 0 && built.note !== undefined) {
				output[index].push({ json: built.note, pairedItem: { item: index } });
			}
		} catch (error) {
			const failure = asNodeError(context, error, index);
			if (!context.continueOnFail()) throw failure;
			output[index].push(errorItem(failure, index));
		}
	}

	const { outcomes, warnings } = await deliver(
		posts,
		{
			send: async (body) => await postEvents(context, channel, body),
			sleep: sleepUnlessCancelled,
			now: Date.now,
			random: Math.random,
			store: processedItems(context),
			turns,
			signal: context.getExecutionCancelSignal(),
		},
		deliverOptions(context, channel.channelId),
	);
	showHints(context, [...hints, ...warnings]);

	const failures: NodeApiError[] = [];
	posts.forEach((post, position) => {
		const outcome = outcomes[position];
		if (outcome.status === 'undelivered') {
			const failure = deliveryError(context, outcome.failure, post.itemIndex);
			failures.push(failure);
			output[post.itemIndex].push(
				errorItem(failure, post.itemIndex, { ...factsOf(post), ...undeliveredFacts(outcome) }),
			);
		} else {
			const json = { ...factsOf(post), ...deliveryFacts(outcome) };
			output[post.itemIndex].push({ json, pairedItem: { item: post.itemIndex } });
		}
	});
	if (failures.length > 0 && !context.continueOnFail()) throw summaryOf(failures, posts.length);
	return output.flat();
}

function deliverOptions(context: IExecuteFunctions, channelId: string): DeliverOptions {
	const options = context.getNodeParameter('options', 0, {}) as Record<string, unknown>;
	return {
		channelId,
		eventsPerRequest: wholeNumber(context, options, 'eventsPerRequest', 1, 100, 1),
		concurrency: wholeNumber(context, options, 'concurrency', 1, 50, 5),
		maxAttempts: wholeNumber(context, options, 'maxAttempts', 1, 10, 4),
		skipDuplicates: options.skipDuplicates !== false,
	};
}

/** Expressions can give anything, whatever limits the editor's field has. */
function wholeNumber(
	context: IExecuteFunctions,
	options: Record<string, unknown>,
	name: string,
	least: number,
	most: number,
	fallback: number,
): number {
	const given = options[name];
	if (given === undefined || given === null || given === '') return fallback;
	const value = Number(given);
	if (Number.isInteger(value) && value >= least && value <= most) return value;
	throw new NodeOperationError(
		context.getNode(),
		`The option "${name}" must be a whole number from ${least} to ${most}, but is "${String(given).slice(0, 50)}"`,
		{ description: 'Change the option, or remove it to use the default.', itemIndex: 0 },
	);
}

/** What the event was. */
function factsOf({ contactId, event }: Post): IDataObject {
	return {
		contactId,
		mId: event.mId,
		type: event.type,
		timestamp: event.timestamp,
		...(event.type === 'message_status' && { status: event.status.value }),
	};
}

/** What became of it. */
function deliveryFacts(outcome: Exclude<Outcome, { status: 'undelivered' }>): IDataObject {
	return outcome.status === 'delivered'
		? { delivery: 'delivered', attempts: outcome.attempts }
		: { delivery: 'skipped', reason: outcome.reason };
}

function undeliveredFacts({
	failure: { statusCode, answer },
	attempts,
	request,
}: Outcome & { status: 'undelivered' }): IDataObject {
	return {
		delivery: 'undelivered',
		...(statusCode !== undefined && { httpStatus: statusCode }),
		...(answer !== undefined && { answer }),
		attempts,
		request: request as unknown as IDataObject,
	};
}

function deliveryError(
	context: IExecuteFunctions,
	{ message, hint, statusCode, answer }: Failure,
	itemIndex: number,
): NodeApiError {
	return new NodeApiError(
		context.getNode(),
		{ message, ...(answer !== undefined && { description: answer }) } as JsonObject,
		{
			message: `${message} [item ${itemIndex}]`,
			description: hint,
			...(statusCode !== undefined && { httpCode: String(statusCode) }),
			itemIndex,
		},
	);
}

/** The first failure stands for all; what was delivered is remembered, so that a repeat posts the rest alone. */
function summaryOf(failures: NodeApiError[], total: number): NodeApiError {
	const [first] = failures;
	if (total > 1) {
		first.message = `${failures.length} of ${total} events were not delivered. ${first.message}`;
	}
	return first;
}

/**
 * An item for the error output. All is within `error`: n8n takes an item with other fields beside it for a good one, and
 * where an item carries an Error object it throws the fields away.
 */
function errorItem(
	{ message, description }: NodeOperationError | NodeApiError,
	index: number,
	facts: IDataObject = {},
): INodeExecutionData {
	return { json: { error: { message, description, ...facts } }, pairedItem: { item: index } };
}

/** Errors of the floors below know no node: they get it here, and the item, once. */
function asNodeError(
	context: IExecuteFunctions,
	error: unknown,
	itemIndex: number,
): NodeOperationError | NodeApiError {
	if (error instanceof NodeOperationError || error instanceof NodeApiError) return error;
	const { message, hint } = error as Error & { hint?: string };
	return new NodeOperationError(context.getNode(), `${message} [item ${itemIndex}]`, {
		description: hint,
		itemIndex,
	});
}
