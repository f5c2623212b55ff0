import type { Resource } from '../operations';
import { accept } from './accept';
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
			name: 'Reject',
			value: 'reject',
			action: "Reject an agent's message",
			description: 'Answer respond.io with the reason why the message was not sent',
			run: reject,
		},
	],
};
