import { BASE_URL } from '../kit/settings';
import { MESSAGE_TAG } from '../meta/settings';
import type { Provider } from '../provider';

export const instagram: Provider = {
	name: 'instagram',
	displayName: 'Instagram',
	documentation:
		'https://developers.facebook.com/documentation/business-messaging/instagram-messaging',
	settings: [
		BASE_URL,
		{
			name: 'accountId',
			displayName: 'Account ID',
			description: 'The Instagram account that sends. Blank: the one that the token is for.',
		},
		MESSAGE_TAG,
	],
	capabilities: {
		text: { max: 1000, unit: 'bytes' },
		attachments: { image: 'native', video: 'native', audio: 'native', file: 'native' },
		location: 'text',
		quickReplies: { most: 13, reply: { max: 20, unit: 'characters' } },
		statuses: ['read'],
		references: false,
		echoes: 'unmarked',
	},
	load: async () => (await import('./converter.js')).converter,
};
