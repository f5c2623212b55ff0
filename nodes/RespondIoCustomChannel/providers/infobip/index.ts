import type { Provider } from '../provider';

export const infobip: Provider = {
	name: 'infobip',
	displayName: 'Infobip SMS',
	documentation: 'https://www.infobip.com/docs/api/channels/sms',
	settings: [
		{
			name: 'baseUrl',
			displayName: 'Infobip Base URL',
			placeholder: 'e.g. https://xxxxx.api.infobip.com',
			description: "The address of the account's API, which Infobip's page of API keys shows",
			required: true,
		},
		{
			name: 'from',
			displayName: 'From',
			placeholder: 'e.g. 447860099299',
			description: 'The number or name that sends',
			required: true,
		},
	],
	capabilities: {
		text: { max: 13, unit: 'SMS parts' },
		attachments: { image: 'link', video: 'link', audio: 'link', file: 'link' },
		location: 'text',
		quickReplies: 'text',
		statuses: ['sent', 'delivered', 'failed'],
		references: true,
		echoes: false,
	},
	load: async () => (await import('./converter.js')).converter,
};
