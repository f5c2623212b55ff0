import type { Resource } from '../operation';
import { post } from './post';

export const messageStatus: Resource = {
	name: 'Message Status',
	value: 'messageStatus',
	description: 'Whether a message of an agent was sent, delivered, read, or failed',
	operations: [
		{
			name: 'Post',
			value: 'post',
			subtitle: 'Post status',
			action: 'Post the delivery status of a message',
			description: "Show a message's delivery status to the agent",
			run: post,
		},
	],
};
