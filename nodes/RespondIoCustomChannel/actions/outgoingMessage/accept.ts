import type { IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { toMessageId } from '../../channel/messageId';
import type { AnsweringOperation } from '../operation';
import { parameterReader } from '../parameterReader';
import { idParameter, showFor } from '../parameters';
import { remember } from './remember';
import { tell } from './tell';

/** Answers respond.io: the provider took the message, and this is its id there. */
export const accept: AnsweringOperation = {
	kind: 'answering',
	description: showFor(
		'outgoingMessage',
		['accept'],
		[
			{
				displayName: 'Message ID',
				name: 'messageId',
				type: 'string',
				default: '',
				required: true,
				placeholder: 'e.g. SM9c3f2a',
				description:
					"The provider's ID of the message it took. Delivery statuses posted later with the same ID are shown at this message. An ID of more than 50 characters is shortened, always in the same way.",
			},
		],
	),
	async answer(context: IExecuteFunctions) {
		const parameters = parameterReader(context);
		const [messageId, ...others] = context
			.getInputData()
			.map((_item, index) => idParameter(parameters, 'messageId', index));
		if (messageId === '') {
			throw new NodeOperationError(context.getNode(), 'The Message ID is empty', {
				description:
					"Set it to the ID in the provider's answer, e.g. {{ $json.id }}. Where the provider gives none, use the trigger's own: {{ $('Respond.io Custom Channel Trigger').item.json.mId }}.",
				itemIndex: 0,
			});
		}
		const mId = toMessageId(messageId);
		await tell(context, { mId });
		const mIds = [mId, ...others.filter((id) => id !== '').map(toMessageId)];
		await remember(context, { mIds: [...new Set(mIds)], answered: mId });
	},
};
