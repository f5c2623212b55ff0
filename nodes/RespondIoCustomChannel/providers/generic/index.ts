import type { Provider } from '../provider';

export const generic: Provider = {
	name: 'generic',
	displayName: 'Generic JSON',
	documentation: 'https://github.com/n8n-nodes-respondio/n8n-nodes-respondio-custom-channel#readme',
	settings: [
		{
			name: 'url',
			displayName: 'URL',
			placeholder: 'e.g. https://chat.example.com/messages',
			description: 'Where the provider takes messages',
			required: true,
		},
	],
	capabilities: {
		attachments: { image: 'native', video: 'native', audio: 'native', file: 'native' },
		location: 'native',
		quickReplies: { most: 10, reply: { max: 256, unit: 'characters' } },
		statuses: ['sent', 'delivered', 'read', 'failed'],
		references: true,
		echoes: 'unmarked',
	},
	load: async () => (await import('./converter.js')).converter,
};
