import { BASE_URL, STATUS_CALLBACK } from '../kit/settings';
import type { Provider } from '../provider';

export const plivo: Provider = {
	name: 'plivo',
	displayName: 'Plivo',
	documentation: 'https://www.plivo.com/docs/messaging/api/messages',
	settings: [
		BASE_URL,
		STATUS_CALLBACK,
		{
			name: 'authId',
			displayName: 'Auth ID',
			placeholder: 'e.g. MAXXXXXXXXXXXXXXXXXX',
			description: 'The Plivo account or subaccount that sends',
			required: true,
		},
		{
			name: 'from',
			displayName: 'From',
			placeholder: 'e.g. 13125550123',
			description:
				'The number, short code or name that sends; or the UUID of the Powerpack that chooses the number',
			required: true,
		},
	],
	capabilities: {
		text: { max: 10, unit: 'SMS parts' },
		attachments: { image: 'native', video: 'native', audio: 'native', file: 'native' },
		location: 'text',
		quickReplies: 'text',
		statuses: ['sent', 'delivered', 'failed'],
		references: true,
		echoes: false,
	},
	load: async () => (await import('./converter.js')).converter,
};
