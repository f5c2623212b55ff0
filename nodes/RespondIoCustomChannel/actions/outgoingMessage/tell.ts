import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { outgoingFlow } from '../flow';

export type Telling = { mId: string } | { reason: string };

/**
 * Answers respond.io, once for each execution.
 * @throws {NodeOperationError} when nobody waits for the answer, in an execution that is no test.
 */
export async function tell(context: IExecuteFunctions, telling: Telling): Promise<void> {
	const flow = outgoingFlow(context);
	const nobody = whyNobodyWaits(context);
	const execution = context.getExecutionId();
	if (nobody === undefined && flow.answeredIn === execution) {
		return hint(
			context,
			'respond.io has its answer already: an earlier step of this execution gave it, and a message gets one alone. What this step found was not told to respond.io.',
		);
	}
	flow.answeredIn = execution;
	// Where nobody waits it does nothing.
	await context.sendResponse({
		headers: {},
		...('mId' in telling
			? { statusCode: 200, body: { mId: telling.mId } }
			: { statusCode: 400, body: { error: { message: telling.reason } } }),
	});
	if (nobody === undefined) return;
	const { message, description } = nobody;
	if (context.getMode() === 'manual' || context.getNode().typeVersion < 2) {
		return hint(context, `${message}. ${description}`);
	}
	throw new NodeOperationError(context.getNode(), message, { description, itemIndex: 0 });
}

export function hint(context: IExecuteFunctions, message: string): void {
	context.addExecutionHints({ message, location: 'outputPane' });
}

interface Nobody {
	message: string;
	description: string;
}

/** n8n's sendResponse does nothing, and says nothing, where no caller of a webhook waits for this execution. */
function whyNobodyWaits(context: IExecuteFunctions): Nobody | undefined {
	switch (context.getMode()) {
		case 'webhook':
		case 'manual':
			return whyNotAtTrigger(context);
		case 'retry':
			return {
				message:
					'Nobody waits for this answer: the execution is a retry, and respond.io was answered when the first one failed',
				description:
					'For respond.io the message stays failed, whatever the provider says now. Agents can send it again there; retrying it here sends it to the customer without them knowing.',
			};
		case 'integrated':
			return {
				message:
					'Nobody waits for this answer: n8n lets no sub-workflow answer the caller of the main one',
				description:
					'Put this step into the workflow that the Respond.io Custom Channel Trigger starts, behind its Execute Sub-workflow step, and let the sub-workflow give back what the provider said.',
			};
		default:
			return {
				message: 'Nobody waits for this answer: respond.io did not start this execution',
				description:
					'Use this step in a workflow that the Respond.io Custom Channel Trigger starts. To report what became of a message later, use Message Status: Post.',
			};
	}
}

function whyNotAtTrigger(context: IExecuteFunctions): Nobody | undefined {
	const trigger = startedBy(context);
	const mode = trigger?.parameters?.responseMode;
	// Older n8n tells no parameters; an expression may give anything, and so may the triggers of other packages.
	if (trigger?.parameters === undefined || mode === 'responseNode' || isExpression(mode)) {
		return undefined;
	}
	const isOurs = trigger.type.endsWith('.respondIoCustomChannelTrigger');
	if (!isOurs && !trigger.type.startsWith('n8n-nodes-base.')) return undefined;
	return isOurs
		? {
				message: `Nobody waits for this answer: "${trigger.name}" has told respond.io at once that the message was taken`,
				description: `In "${trigger.name}" set Respond to the option with an answering step, or remove this step and report refusals with Message Status: Post.`,
			}
		: {
				message: `Nobody waits for this answer: "${trigger.name}" started this execution, and does not wait for an answer`,
				description:
					'Use this step in a workflow that the Respond.io Custom Channel Trigger starts.',
			};
}

interface Trigger {
	name: string;
	type: string;
	parameters?: IDataObject;
}

/** The trigger of this execution: as n8n names it, else ours before this step, where there is but one. */
function startedBy(context: IExecuteFunctions): Trigger | undefined {
	const before = context
		.getParentNodes(context.getNode().name, { includeNodeParameters: true })
		.filter(({ disabled }) => disabled !== true) as unknown as Trigger[];
	const named = context.getExecutionContext?.()?.triggerNode?.name;
	if (named !== undefined) return before.find(({ name }) => name === named);
	const ours = before.filter(({ type }) => type.endsWith('.respondIoCustomChannelTrigger'));
	return ours.length === 1 ? ours[0] : undefined;
}

function isExpression(value: unknown): boolean {
	return typeof value === 'string' && value.startsWith('=');
}
