import { BASE_URL } from '../kit/settings';
import type { Provider } from '../provider';

export const twilio: Provider = {
	name: 'twilio',
	displayName: 'Twilio',
	documentation: 'https://www.twilio.com/docs/messaging/api/message-resource',
	settings: [
		BASE_URL,
		{
			name: 'accountSid',
			displayName: 'Account SID',
			placeholder: 'e.g. AC0123456789abcdef0123456789abcdef',
			description: 'The Twilio account that sends',
			required: true,
		},
		{
			name: 'from',
			displayName: 'From',
			placeholder: 'e.g. +14155238886',
			description:
				'The number that sends; whatsapp:+14155238886 sends with WhatsApp. Or the SID of the messaging service that chooses the number, MG and 32 digits.',
			required: true,
			nodeVersions: '2 and later',
		},
		{
			name: 'from',
			displayName: 'From',
			placeholder: 'e.g. +14155238886',
			description:
				'The number that sends, if no messaging service chooses it; whatsapp:+14155238886 sends with WhatsApp',
			nodeVersions: '1',
		},
		{
			name: 'messagingServiceSid',
			displayName: 'Messaging Service SID',
			description: 'The Twilio service that chooses the number',
			nodeVersions: '1',
		},
		{
			name: 'statusCallback',
			displayName: 'Status Callback',
			placeholder: 'e.g. https://n8n.example.com/webhook/twilio',
			description: 'Where Twilio reports what became of the message',
		},
	],
	capabilities: {
		text: { max: 1600, unit: 'UTF-16 units' },
		attachments: { image: 'native', video: 'native', audio: 'native', file: 'native' },
		location: 'native',
		quickReplies: 'text',
		statuses: ['sent', 'delivered', 'read', 'failed'],
		references: true,
		echoes: false,
	},
	load: async () => (await import('./converter.js')).converter,
};
