import { BASE_URL } from '../kit/settings';
import { MESSAGE_TAG } from '../meta/settings';
import type { Provider } from '../provider';

export const messenger: Provider = {
	name: 'messenger',
	displayName: 'Facebook Messenger',
	documentation:
		'https://developers.facebook.com/documentation/business-messaging/messenger-platform',
	settings: [
		BASE_URL,
		MESSAGE_TAG,
		{
			name: 'pageId',
			displayName: 'Page ID',
			description: 'The page that sends. Blank: the one that the token is for.',
		},
	],
	capabilities: {
		text: { max: 2000, unit: 'UTF-16 units' },
		attachments: { image: 'native', video: 'native', audio: 'native', file: 'native' },
		location: 'text',
		quickReplies: { most: 13, reply: { max: 20, unit: 'characters' } },
		statuses: ['delivered'],
		references: false,
		echoes: 'marked',
	},
	load: async () => (await import('./converter.js')).converter,
};
