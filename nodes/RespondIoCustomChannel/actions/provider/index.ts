import type { Resource } from '../operation';
import { buildRequest } from './buildRequest';
import { relay } from './relay';

export const provider: Resource = {
	name: 'Provider',
	value: 'provider',
	description: "A messaging provider's own formats",
	operations: [
		{
			name: 'Build Request',
			value: 'buildRequest',
			subtitle: 'Build request',
			action: "Build a provider's request from an agent's message",
			description: "Turn an agent's message into the HTTP requests that send it at the provider",
			run: buildRequest,
		},
		{
			name: 'Relay',
			value: 'relay',
			action: "Relay a provider's webhook",
			description: "Post the messages, echoes and statuses of a provider's webhook to respond.io",
			run: relay,
		},
	],
};
