import { BASE_URL } from '../kit/settings';
import type { Provider } from '../provider';

export const max: Provider = {
	name: 'max',
	displayName: 'MAX',
	documentation: 'https://dev.max.ru/docs-api',
	settings: [BASE_URL],
	capabilities: {
		text: { max: 4000, unit: 'UTF-16 units' },
		attachments: { image: 'native', video: 'native', audio: 'native', file: 'native' },
		location: 'native',
		quickReplies: { most: 10, reply: { max: 128, unit: 'UTF-16 units' } },
		statuses: [],
		references: false,
		echoes: false,
	},
	load: async () => (await import('./converter.js')).converter,
};
