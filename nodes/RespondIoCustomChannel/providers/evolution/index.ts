import { SERVER_URL } from '../kit/settings';
import type { Provider } from '../provider';

export const evolution: Provider = {
	name: 'evolution',
	displayName: 'Evolution API',
	documentation: 'https://doc.evolution-api.com/v2/en/get-started/introduction',
	settings: [
		SERVER_URL,
		{
			name: 'instance',
			displayName: 'Instance',
			placeholder: 'e.g. shop',
			description: 'The name of the instance of Evolution API that sends',
			required: true,
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
