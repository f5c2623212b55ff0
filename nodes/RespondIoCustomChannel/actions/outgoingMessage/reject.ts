import type { IExecuteFunctions } from 'n8n-workflow';

import { messageIn } from '../../channel/words';
import type { AnsweringOperation } from '../operation';
import { parameterReader } from '../parameterReader';
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
			body: {
				error: {
					message: reasonOf(parameterReader(context).getNodeParameter('errorMessage', 0, '')),
				},
			},
		});
	},
};

/** Errors come as text, or as the objects that error outputs hold; agents read the provider's own sentence of it. */
export function reasonOf(value: unknown): string {
	const text =
		typeof value === 'object' && value !== null
			? (descriptionOf(value) ?? messageIn(value) ?? JSON.stringify(value))
			: value;
	const reason = providerWords(String(text ?? '').trim());
	return reason === ''
		? 'The provider did not take the message.'
		: Array.from(reason).slice(0, REASON_LIMIT).join('');
}

/** Of a refusal n8n's `message` is a sentence of its own for each status code; the provider's is the description. */
function descriptionOf(error: { name?: unknown; description?: unknown }): string | undefined {
	return error.name === 'NodeApiError' ? messageIn(error.description) : undefined;
}

/** n8n's HTTP Request node writes `400 - "{\"error\":…}"`: the status, and the answer as JSON, often twice. */
function providerWords(text: string): string {
	const [, statusCode, answer] = /^(\d{3}) - ([\s\S]+)$/.exec(text) ?? [];
	if (answer === undefined) return text;
	const once = parsed(answer);
	const words = messageIn(typeof once === 'string' ? parsed(once) : once);
	return words === undefined ? text : `${words} (${statusCode})`;
}

/** What is no JSON stays as it is. */
function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
