import { BASE_URL } from '../kit/settings';
import type { Provider } from '../provider';

export const discord: Provider = {
	name: 'discord',
	displayName: 'Discord',
	documentation: 'https://docs.discord.com/developers/resources/message',
	settings: [
		BASE_URL,
		{
			name: 'buttons',
			displayName: 'Buttons',
			placeholder: 'e.g. true',
			description:
				"Whether quick replies are buttons (true), whose taps reach the Discord application's interactions endpoint alone. Blank: numbered.",
		},
	],
	capabilities: {
		text: { max: 2000, unit: 'UTF-16 units' },
		attachments: { image: 'native', video: 'link', audio: 'link', file: 'link' },
		location: 'text',
		quickReplies: { most: 25, reply: { max: 80, unit: 'UTF-16 units' } },
		statuses: [],
		references: false,
		echoes: false,
	},
	load: async () => (await import('./converter.js')).converter,
};
