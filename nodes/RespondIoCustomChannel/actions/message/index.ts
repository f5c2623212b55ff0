import type { Resource } from '../operation';
import { post } from './post';
import { postEcho } from './postEcho';

export const message: Resource = {
	name: 'Message',
	value: 'message',
	description: 'A message of the conversation',
	operations: [
		{
			name: 'Post',
			value: 'post',
			subtitle: 'Post message',
			action: "Post a customer's message",
			description: "Post a customer's message to respond.io",
			run: post,
		},
		{
			name: 'Post Echo',
			value: 'postEcho',
			subtitle: 'Post echo',
			action: 'Post an echo of a message sent outside respond.io',
			description: 'Post a message that the business sent outside respond.io',
			run: postEcho,
		},
	],
};
