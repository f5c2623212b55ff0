import { BASE_URL } from '../kit/settings';
import type { Provider } from '../provider';

export const slack: Provider = {
	name: 'slack',
	displayName: 'Slack',
	documentation: 'https://docs.slack.dev/apis/events-api',
	settings: [BASE_URL],
	capabilities: {
		text: { max: 4000, unit: 'UTF-16 units' },
		attachments: { image: 'native', video: 'link', audio: 'link', file: 'link' },
		location: 'text',
		quickReplies: { most: 25, reply: { max: 75, unit: 'UTF-16 units' } },
		statuses: [],
		references: false,
		echoes: false,
	},
	load: async () => (await import('./converter.js')).converter,
};
