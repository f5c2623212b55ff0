import { BASE_URL } from '../kit/settings';
import type { Provider } from '../provider';

export const viber: Provider = {
	name: 'viber',
	displayName: 'Viber',
	documentation: 'https://developers.viber.com/docs/api/rest-bot-api/',
	settings: [
		BASE_URL,
		{
			name: 'senderName',
			displayName: 'Sender Name',
			placeholder: 'e.g. Leggy Cat',
			description: 'What customers see as the name of the chat: up to 28 characters',
			required: true,
		},
		{
			name: 'fileSize',
			displayName: 'File Size',
			placeholder: 'e.g. 10000',
			description:
				'Bytes of the attachment, which Viber asks for. Blank: videos and files are sent as links.',
		},
		{
			name: 'senderAvatar',
			displayName: 'Sender Avatar',
			placeholder: 'e.g. https://www.example.com/avatar.png',
			description: 'The link of a picture that customers see beside the name',
		},
	],
	capabilities: {
		text: { max: 7000, unit: 'UTF-16 units' },
		attachments: { image: 'native', video: 'native', audio: 'native', file: 'native' },
		location: 'native',
		quickReplies: { most: 10, reply: { max: 250, unit: 'UTF-16 units' } },
		statuses: ['delivered', 'read', 'failed'],
		references: false,
		echoes: false,
	},
	load: async () => (await import('./converter.js')).converter,
};
