import { SERVER_URL } from '../kit/settings';
import type { Provider } from '../provider';

export const waha: Provider = {
	name: 'waha',
	displayName: 'WAHA',
	documentation: 'https://waha.devlike.pro/docs/how-to/send-messages/',
	settings: [
		SERVER_URL,
		{
			name: 'session',
			displayName: 'Session',
			placeholder: 'e.g. default',
			description: 'The name of the session of WAHA that sends. Blank: default.',
		},
	],
	capabilities: {
		attachments: { image: 'native', video: 'native', audio: 'native', file: 'native' },
		location: 'native',
		quickReplies: 'text',
		statuses: ['sent', 'delivered', 'read', 'failed'],
		references: false,
		echoes: 'marked',
	},
	load: async () => (await import('./converter.js')).converter,
};
