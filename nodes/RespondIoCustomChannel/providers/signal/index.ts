import { SERVER_URL } from '../kit/settings';
import type { Provider } from '../provider';

export const signal: Provider = {
	name: 'signal',
	displayName: 'Signal',
	documentation: 'https://bbernhard.github.io/signal-cli-rest-api/',
	settings: [
		SERVER_URL,
		{
			name: 'number',
			displayName: 'Number',
			placeholder: 'e.g. +60123456789',
			description: 'The number of the Signal account that sends, as it is registered',
			required: true,
		},
	],
	capabilities: {
		attachments: { image: 'native', video: 'native', audio: 'native', file: 'native' },
		location: 'text',
		quickReplies: 'text',
		statuses: ['delivered', 'read'],
		references: false,
		echoes: 'marked',
	},
	load: async () => (await import('./converter.js')).converter,
};
