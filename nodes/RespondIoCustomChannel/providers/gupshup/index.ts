import { BASE_URL } from '../kit/settings';
import type { Provider } from '../provider';

export const gupshup: Provider = {
	name: 'gupshup',
	displayName: 'Gupshup WhatsApp',
	documentation: 'https://docs.gupshup.io/',
	settings: [
		BASE_URL,
		{
			name: 'source',
			displayName: 'Source',
			placeholder: 'e.g. 917834811114',
			description: 'The WhatsApp number that sends, with its country code',
			required: true,
		},
		{
			name: 'appName',
			displayName: 'App Name',
			placeholder: 'e.g. ExampleShop',
			description: "The name of Gupshup's app that the number belongs to",
			required: true,
		},
	],
	capabilities: {
		text: { max: 4096, unit: 'characters' },
		attachments: { image: 'native', video: 'native', audio: 'native', file: 'native' },
		location: 'native',
		quickReplies: { most: 10, reply: { max: 72, unit: 'characters' } },
		statuses: ['sent', 'delivered', 'read', 'failed'],
		references: false,
		echoes: false,
	},
	load: async () => (await import('./converter.js')).converter,
};
