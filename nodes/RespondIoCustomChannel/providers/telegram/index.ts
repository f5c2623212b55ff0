import { BASE_URL } from '../kit/settings';
import type { Provider } from '../provider';

export const telegram: Provider = {
	name: 'telegram',
	displayName: 'Telegram',
	documentation: 'https://core.telegram.org/bots/api',
	settings: [
		BASE_URL,
		{
			name: 'businessConnectionId',
			displayName: 'Business Connection ID',
			description:
				'The connection through which a business account of Telegram sends, for contact IDs that do not name it. Those of its messages do.',
		},
	],
	capabilities: {
		text: { max: 4096, unit: 'UTF-16 units' },
		attachments: { image: 'native', video: 'native', audio: 'native', file: 'native' },
		location: 'native',
		quickReplies: { most: 10, reply: { max: 256, unit: 'characters' } },
		statuses: [],
		references: false,
		echoes: 'marked',
	},
	load: async () => (await import('./converter.js')).converter,
};
