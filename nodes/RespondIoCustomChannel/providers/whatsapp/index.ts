import { BASE_URL } from '../kit/settings';
import type { Provider } from '../provider';

export const whatsapp: Provider = {
	name: 'whatsapp',
	displayName: 'WhatsApp Cloud API',
	documentation: 'https://developers.facebook.com/documentation/business-messaging/whatsapp',
	settings: [
		BASE_URL,
		{
			name: 'phoneNumberId',
			displayName: 'Phone Number ID',
			placeholder: 'e.g. 106540352242922',
			description: "Meta's ID of the number that sends, not the number itself",
			required: true,
		},
	],
	capabilities: {
		text: { max: 4096, unit: 'characters' },
		attachments: { image: 'native', video: 'native', audio: 'native', file: 'native' },
		location: 'native',
		quickReplies: { most: 10, reply: { max: 72, unit: 'characters' } },
		statuses: ['sent', 'delivered', 'read', 'failed'],
		references: true,
		echoes: 'marked',
	},
	load: async () => (await import('./converter.js')).converter,
};
