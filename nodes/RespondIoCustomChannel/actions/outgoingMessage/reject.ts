import type { IExecuteFunctions } from 'n8n-workflow';

import type { AnsweringOperation } from '../operation';
import { showFor } from '../parameters';

/** Characters of a reason that an agent is shown. */
const REASON_LIMIT = 500;

/** Answers respond.io with an error, so that the agent sees the message as failed, and why. */
export const reject: AnsweringOperation = {
	kind: 'answering',
	description: showFor(
		'outgoingMessage',
		['reject'],
		[
			{
				displayName: 'Error Message',
				name: 'errorMessage',
				type: 'string',
				default: '',
				placeholder: 'e.g. {{ $json.error.message }}',
				description: "Why the message was not sent, in the provider's words. Agents read it.",
			},
		],
	),
	async answer(context: IExecuteFunctions) {
		await context.sendResponse({
			statusCode: 400,
			headers: {},
			body: { error: { message: reasonOf(context.getNodeParameter('errorMessage', 0, '')) } },
		});
	},
};

/** Errors come as text, or as the objects that error outputs hold. */
export function reasonOf(value: unknown): string {
	const text =
		typeof value === 'object' && value !== null
			? ((value as { message?: unknown }).message ??
				(value as { description?: unknown }).description ??
				JSON.stringify(value))
			: value;
	const reason = String(text ?? '').trim();
	return reason === ''
		? 'The provider did not take the message.'
		: Array.from(reason).slice(0, REASON_LIMIT).join('');
}
