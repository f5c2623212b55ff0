import type { IExecuteFunctions } from 'n8n-workflow';

import { NO_REASON, reasonOf } from '../../channel/reason';
import { errorIn } from '../../providers/kit/response';
import type { AnsweringOperation } from '../operation';
import { parameterReader } from '../parameterReader';
import { showFor } from '../parameters';
import { tell } from './tell';

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
				description:
					"Why the message was not sent, in the provider's words. Agents read it. Blank: the error of the item.",
			},
		],
	),
	async answer(context: IExecuteFunctions) {
		const parameters = parameterReader(context);
		const reasons = context.getInputData().map(({ json, error }, index) => {
			const given = parameters.getNodeParameter('errorMessage', index, '');
			const isBlank = given === undefined || given === null || given === '';
			const readsItem = isBlank && context.getNode().typeVersion >= 2;
			return reasonOf(readsItem ? (error ?? errorIn(json)) : given);
		});
		const known = [...new Set(reasons.filter((reason) => reason !== NO_REASON))];
		await tell(context, { reason: known.length === 0 ? NO_REASON : known.join('; ') });
	},
};
