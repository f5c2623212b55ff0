import { BASE_URL } from '../kit/settings';
import type { Provider } from '../provider';

export const vonage: Provider = {
	name: 'vonage',
	displayName: 'Vonage Messages',
	documentation: 'https://developer.vonage.com/en/api/messages',
	settings: [
		BASE_URL,
		{
			name: 'from',
			displayName: 'From',
			placeholder: 'e.g. +14155238886',
			description: "The number that sends, without +, or the sender's ID",
			required: true,
		},
		{
			name: 'channel',
			displayName: 'Channel',
			placeholder: 'e.g. whatsapp',
			description: 'One of sms, mms, rcs, whatsapp, messenger or viber_service. Blank: sms.',
		},
	],
	capabilities: {
		text: { max: 4096, unit: 'characters' },
		attachments: { image: 'native', video: 'native', audio: 'native', file: 'native' },
		location: 'native',
		quickReplies: { most: 10, reply: { max: 72, unit: 'characters' } },
		statuses: ['sent', 'delivered', 'read', 'failed'],
		references: true,
		echoes: false,
	},
	load: async () => (await import('./converter.js')).converter,
};
