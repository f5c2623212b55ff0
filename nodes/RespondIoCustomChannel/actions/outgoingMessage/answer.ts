import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { toMessageId } from '../../channel/messageId';
import { GENERIC_ERROR_FIELDS, GENERIC_ID_FIELDS } from '../../providers/generic/paths';
import type { Provider, ProviderResponse } from '../../providers/provider';
import { outgoingFlow, type OutgoingFlow } from '../flow';
import type { AnsweringOperation } from '../operation';
import { parameterReader } from '../parameterReader';
import { showFor } from '../parameters';
import { provider as providerField } from '../provider/fields';
import { providerNamed } from '../provider/payload';
import { verdictOf } from './progress';
import { remember } from './remember';
import { tell } from './tell';

/**
 * Reads what the provider said to the requests of one message, and tells respond.io once what is true of it. In a loop
 * it hands the item on until the last part was taken; after a refusal it hands on nothing, which ends the loop.
 */
export const answer: AnsweringOperation = {
	kind: 'answering',
	description: showFor(
		'outgoingMessage',
		['answer'],
		[
			{ ...providerField, description: 'Whose responses these are' },
			{
				displayName: 'ID Field',
				name: 'idField',
				type: 'string',
				default: GENERIC_ID_FIELDS,
				placeholder: 'e.g. data.messageId',
				displayOptions: { show: { provider: ['generic'] } },
				description:
					"Where a response holds the message's ID: paths with dots. Of several, separated by commas, the first that is there.",
			},
			{
				displayName: 'Error Field',
				name: 'errorField',
				type: 'string',
				default: GENERIC_ERROR_FIELDS,
				placeholder: 'e.g. result.error',
				displayOptions: { show: { provider: ['generic'] } },
				description:
					'Where a response of a refused message holds the reason: paths with dots, separated by commas. Error items of the sending step are read anyway.',
			},
		],
	),
	async answer(context: IExecuteFunctions) {
		refuseAsTool(context);
		const items = context.getInputData();
		const flow = outgoingFlow(context);
		const { chosen, read } = await readerOf(context);
		const left = flow.parts === undefined ? itemsLeft(context) : undefined;
		const isCounted = flow.parts !== undefined || left !== undefined;
		const earlier = isCounted ? earlierResults(context, flow) : [];
		const results = [...earlier, ...responsesOf(items).map(read)];
		const verdict = verdictOf(results, flow.parts ?? results.length + (left ?? 0));
		switch (verdict.kind) {
			case 'open':
				break;
			case 'sent': {
				const mId = toMessageId(idOf(context, results, flow));
				await tell(context, { mId });
				const mIds = idsToRemember(chosen, results, flow);
				if (mIds.length > 0) await remember(context, { mIds, answered: mId });
				break;
			}
			case 'refused':
				await tell(context, { reason: verdict.reason });
		}
		keepResults(context, flow, left === 0 ? [] : results);
		if (verdict.kind !== 'refused') return items;
		const hasErrorOutput = context.getNode().onError === 'continueErrorOutput';
		return hasErrorOutput ? [{ json: { error: { message: verdict.reason } } }] : [];
	},
};

/** What a model fills in is no provider's response, and must not become "sent". */
function refuseAsTool(context: IExecuteFunctions): void {
	if (!context.getNode().type.endsWith('Tool')) return;
	throw new NodeOperationError(
		context.getNode(),
		'Answer from Responses is no tool for an agent: it reads what the step before it got from the provider',
		{
			description: 'Give the agent Accept and Reject, which it tells what happened.',
			itemIndex: 0,
		},
	);
}

async function readerOf(context: IExecuteFunctions) {
	const parameters = parameterReader(context);
	const chosen = providerNamed(parameters.getNodeParameter('provider', 0, 'generic'));
	const settings = Object.fromEntries(
		['idField', 'errorField']
			.map((name) => [name, String(parameters.getNodeParameter(name, 0, '')).trim()])
			.filter(([, value]) => value !== ''),
	) as Record<string, string>;
	const converter = await chosen.load();
	return { chosen, read: (response: unknown) => converter.readResponse(response, settings) };
}

/** What each request got: items of one input item are one response, as of an API that answers with a list. */
function responsesOf(items: readonly INodeExecutionData[]): unknown[] {
	const seen = new Set<string>();
	return items.flatMap(({ json, error, pairedItem }) => {
		const origin = pairedItem === undefined ? undefined : JSON.stringify(pairedItem);
		if (origin !== undefined && seen.has(origin)) return [];
		if (origin !== undefined) seen.add(origin);
		// Declarative nodes keep the error itself beside the item.
		return [error === undefined ? json : { error }];
	});
}

/** Of the message's earlier parts, from this step's earlier runs. */
function earlierResults(context: IExecuteFunctions, flow: OutgoingFlow): ProviderResponse[] {
	const { message, results } = context.getContext('node') as Partial<Kept>;
	return message === flow.message ? (results ?? []) : [];
}

/** Of a loop around this step without Build Request: how many items are still to come. */
function itemsLeft(context: IExecuteFunctions): number | undefined {
	const loop = context
		.getParentNodes(context.getNode().name)
		.find(({ type, disabled }) => type === LOOP && disabled !== true);
	if (loop === undefined) return undefined;
	const { items } = context.getWorkflowDataProxy(0).$(loop.name).context as { items?: unknown[] };
	return items?.length ?? 0;
}

const LOOP = 'n8n-nodes-base.splitInBatches';

interface Kept {
	message: number;
	results: ProviderResponse[];
}

function keepResults(
	context: IExecuteFunctions,
	{ message }: OutgoingFlow,
	results: ProviderResponse[],
): void {
	Object.assign(context.getContext('node'), { message, results } satisfies Kept as IDataObject);
}

/** Whether receipts and echoes of the message bring back a reference to it, whatever part they are of. */
function isReferenced(results: readonly ProviderResponse[], flow: OutgoingFlow): boolean {
	return (
		flow.isReferenced === true &&
		results.every((result) => result.taken && result.carriesReference !== false)
	);
}

/** The id that receipts will name: of one request the provider's; of several the reference, else that of the last. */
function idOf(
	context: IExecuteFunctions,
	results: readonly ProviderResponse[],
	flow: OutgoingFlow,
): string {
	const last = results[results.length - 1];
	const own = results.length > 1 && isReferenced(results, flow) ? flow.mId : undefined;
	const id = own ?? (last.taken ? last.messageId : undefined) ?? flow.mId;
	if (id !== undefined) return id;
	throw new NodeOperationError(
		context.getNode(),
		"The provider took the message, but its response holds no message's ID",
		{
			description:
				"Choose the Provider that sent the response; for Generic JSON, set ID Field to where the ID stands, e.g. data.id. Where the provider gives none, build the request with this package's Build Request: then the trigger's own ID is used.",
			itemIndex: 0,
		},
	);
}

/**
 * Only where what we sent can come back as an echo, or receipts of earlier parts as those of unknown messages: a memory
 * costs each message some milliseconds.
 */
function idsToRemember(
	{ capabilities: { echoes, statuses } }: Provider,
	results: readonly ProviderResponse[],
	flow: OutgoingFlow,
): string[] {
	// Then echoes and receipts bring the reference back.
	if (isReferenced(results, flow)) return [];
	const hasLooseParts = results.length > 1 && statuses.length > 0;
	if (echoes !== 'unmarked' && !hasLooseParts) return [];
	const ids = results.flatMap((result) =>
		result.taken && result.messageId !== undefined ? [toMessageId(result.messageId)] : [],
	);
	return [...new Set(ids)];
}
