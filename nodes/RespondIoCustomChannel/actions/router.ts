import type { IDataObject, IExecuteFunctions, INodeExecutionData, JsonObject } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { oldHostFault, openChannel, type Channel } from '../credential';
import { deliver, type DeliverOptions, type Failure, type Outcome } from '../delivery/deliver';
import type { Post } from '../delivery/plan';
import { memoryOf, processedItems, turns } from './memory';
import type {
	AnsweringOperation,
	ItemContext,
	ItemOperation,
	Operation,
	PostFailure,
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
 * Builds the events of all items first, then delivers them together, which keeps each contact's order whatever items
 * they came from. What can't be converted or delivered costs itself alone: the rest is posted before the node fails.
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
	const options = deliverOptions(context, channel);

	const posts: Post[] = [];
	const output: INodeExecutionData[][] = [];
	const failures: Array<NodeOperationError | NodeApiError> = [];
	const fail = (failure: NodeOperationError | NodeApiError, index: number, facts?: IDataObject) => {
		failures.push(failure);
		output[index].push(errorItem(failure, index, facts));
	};
	for (let index = 0; index < itemCount; index++) {
		output.push([]);
		try {
			const built = await operation.posts(posting, index);
			posts.push(...built.posts);
			for (const each of built.failures ?? []) {
				fail(conversionError(context, each, index), index, originOf(each));
			}
			if (output[index].length + built.posts.length === 0 && built.note !== undefined) {
				output[index].push({ json: built.note, pairedItem: { item: index } });
			}
		} catch (error) {
			fail(asNodeError(context, error, index), index);
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
			memory: memoryOf(context),
			turns,
			signal: context.getExecutionCancelSignal(),
		},
		options,
	);
	showHints(context, [...hints, ...warnings]);

	posts.forEach((post, position) => {
		const { itemIndex } = post;
		const outcome = outcomes[position];
		if (outcome.status === 'undelivered') {
			const failure = deliveryError(context, outcome.failure, itemIndex);
			fail(failure, itemIndex, { ...factsOf(post), ...undeliveredFacts(outcome) });
		} else {
			const json = { ...factsOf(post), ...deliveryFacts(outcome) };
			output[itemIndex].push({ json, pairedItem: { item: itemIndex } });
		}
	});
	if (failures.length > 0 && !context.continueOnFail()) throw summaryOf(failures, output.flat());
	return output.flat();
}

function deliverOptions(context: IExecuteFunctions, channel: Channel): DeliverOptions {
	const options = context.getNodeParameter('options', 0, {}) as Record<string, unknown>;
	const number = (name: string, least: number, most: number) =>
		wholeNumber(context, options, name, least, most);
	return {
		channelId: channel.channelId,
		webhookUrl: channel.webhookUrl,
		eventsPerRequest: number('eventsPerRequest', 1, 100) ?? 1,
		concurrency: number('concurrency', 1, 50) ?? 5,
		maxAttempts: number('maxAttempts', 1, 10),
		retryFor: (number('retryFor', 0, 600) ?? 120) * 1000,
		skipDuplicates: options.skipDuplicates !== false,
		holdBack: options.holdBack === true,
		keepsUndelivered: context.continueOnFail(),
		addressFault: oldHostFault(channel.webhookUrl),
	};
}

/** Expressions can give anything, whatever limits the editor's field has. */
function wholeNumber(
	context: IExecuteFunctions,
	options: Record<string, unknown>,
	name: string,
	least: number,
	most: number,
): number | undefined {
	const given = options[name];
	if (given === undefined || given === null || given === '') return undefined;
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
	retryable,
	request,
}: Outcome & { status: 'undelivered' }): IDataObject {
	return {
		delivery: 'undelivered',
		...(statusCode !== undefined && { httpStatus: statusCode }),
		...(answer !== undefined && { answer }),
		attempts,
		retryable,
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

/** Of one event of the item that could not be made or sent. */
function conversionError(
	context: IExecuteFunctions,
	{ message, hint, place }: PostFailure,
	itemIndex: number,
): NodeOperationError {
	const where = place === undefined ? '' : ` (${place})`;
	return new NodeOperationError(context.getNode(), `${message}${where} [item ${itemIndex}]`, {
		description: hint,
		itemIndex,
	});
}

/** Where in the payload the event stands, and the piece itself. */
function originOf({ place, payload }: PostFailure): IDataObject {
	return {
		...(place !== undefined && { place }),
		...(payload !== undefined && { payload: payload as IDataObject }),
	};
}

/** The first failure stands for all; what was delivered is remembered, so that a repeat posts the rest alone. */
function summaryOf(
	[first, ...more]: Array<NodeOperationError | NodeApiError>,
	output: readonly INodeExecutionData[],
): NodeOperationError | NodeApiError {
	if (output.length > 1) {
		first.message = `${more.length + 1} of ${output.length} events were not delivered. ${first.message}`;
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
