import type { INodeProperties } from 'n8n-workflow';

import { statusEvent } from '../../channel/build';
import { encodeContactId } from '../../channel/contactId';
import type { PostingOperation } from '../operation';
import { idParameter, showFor, sinceVersion2, textParameter, version1 } from '../parameters';
import { buildContext, wholeEventPosts } from '../posting';
import { contactId, deliveryOptions, eventJson, inputMode, timestamp } from '../postingFields';

const fields: INodeProperties[] = [
	contactId,
	{
		displayName: 'Message ID',
		name: 'messageId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. SM9c3f2a',
		description:
			"The provider's ID of the agent's message: the one that the Accept step answered with. One of more than 50 characters is shortened in the same way as there.",
	},
	{
		displayName: 'Status',
		name: 'status',
		type: 'options',
		options: [
			{ name: 'Delivered', value: 'delivered', description: "On the customer's device" },
			{ name: 'Failed', value: 'failed', description: 'Not sent or not delivered' },
			{ name: 'Read', value: 'read', description: 'Seen by the customer' },
			{ name: 'Sent', value: 'sent', description: 'Taken by the provider' },
		],
		default: 'delivered',
		description: 'What became of the message',
	},
	...errorMessage(),
	timestamp,
];

/** Of failed messages alone, and needed there; version 1 asked for it beside every status. */
function errorMessage(): INodeProperties[] {
	const shared = {
		displayName: 'Error Message',
		name: 'errorMessage',
		type: 'string' as const,
		default: '',
		placeholder: 'e.g. {{ $json.error }}',
	};
	return [
		{
			...shared,
			description:
				'Why the message failed, in words for the agent. Used with the status Failed alone.',
			displayOptions: version1,
		},
		{
			...shared,
			required: true,
			description: 'Why the message failed, in words for the agent',
			displayOptions: { show: { ...sinceVersion2.show, status: ['failed'] } },
		},
	];
}

/** What became of an agent's message, to respond.io. */
export const post: PostingOperation = {
	kind: 'posting',
	description: showFor(
		'messageStatus',
		['post'],
		[
			inputMode,
			eventJson,
			...fields.map((field) => ({
				...field,
				displayOptions: { show: { inputMode: ['fields'], ...field.displayOptions?.show } },
			})),
			deliveryOptions(),
		],
	),
	posts(context, itemIndex) {
		const { parameters } = context;
		if (parameters.getNodeParameter('inputMode', itemIndex, 'fields') === 'json') {
			return { posts: wholeEventPosts(context, itemIndex, 'message_status') };
		}
		const build = buildContext(context);
		const event = statusEvent(
			{
				messageId: idParameter(parameters, 'messageId', itemIndex),
				status: textParameter(parameters, 'status', itemIndex),
				errorMessage: textParameter(parameters, 'errorMessage', itemIndex),
				timestamp: parameters.getNodeParameter('timestamp', itemIndex, ''),
			},
			build,
		);
		const contact = encodeContactId(idParameter(parameters, 'contactId', itemIndex), build.idType);
		return { posts: [{ itemIndex, contactId: contact, event }] };
	},
};
