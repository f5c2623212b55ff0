import type { IWebhookFunctions } from 'n8n-workflow';

/** Operations of the action node that answer respond.io. */
const ANSWERS = new Set<unknown>(['accept', 'reject', 'answer']);

/**
 * Whether a step behind the trigger can answer respond.io: in this workflow, since no answer gets out of a sub-workflow,
 * and switched on.
 */
export function hasAnsweringStep(context: IWebhookFunctions): boolean {
	const { name, type } = context.getNode();
	// The action node is of the same package, under whatever name n8n has loaded it.
	const action = type.replace(/Trigger$/, '');
	return context
		.getChildNodes(name, { includeNodeParameters: true })
		.some(
			({ type: each, disabled, parameters }) =>
				each === action && !disabled && (parameters === undefined || answers(parameters)),
		);
}

/** An expression may give anything. */
function answers({ resource, operation }: { resource?: unknown; operation?: unknown }): boolean {
	const isExpression = [resource, operation].some((value) => String(value).startsWith('='));
	return isExpression || (resource === 'outgoingMessage' && ANSWERS.has(operation));
}
