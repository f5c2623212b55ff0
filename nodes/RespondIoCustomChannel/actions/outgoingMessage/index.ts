import type { Resource } from '../operation';
import { accept } from './accept';
import { answer } from './answer';
import { reject } from './reject';

export const outgoingMessage: Resource = {
	name: 'Outgoing Message',
	value: 'outgoingMessage',
	description: "The answer to respond.io for an agent's message",
	operations: [
		{
			name: 'Accept',
			value: 'accept',
			action: "Accept an agent's message",
			description: "Answer respond.io with the provider's message ID",
			run: accept,
		},
		{
			name: 'Answer From Responses',
			value: 'answer',
			action: "Answer for an agent's message from the provider's responses",
			description:
				'Tell respond.io once, by what the provider said to every part of the message, whether it was sent',
			run: answer,
		},
		{
			name: 'Reject',
			value: 'reject',
			action: "Reject an agent's message",
			description: 'Answer respond.io with the reason why the message was not sent',
			run: reject,
		},
	],
};
