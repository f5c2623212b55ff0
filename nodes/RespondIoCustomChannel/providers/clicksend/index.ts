import { BASE_URL } from '../kit/settings';
import type { Provider } from '../provider';

export const clicksend: Provider = {
	name: 'clicksend',
	displayName: 'ClickSend',
	documentation: 'https://developers.clicksend.com/docs/messaging/sms',
	settings: [
		BASE_URL,
		{
			name: 'from',
			displayName: 'From',
			placeholder: 'e.g. +61411111111',
			description:
				"The number or the name that sends. Blank: the account's default. Customers can answer a number alone.",
		},
	],
	capabilities: {
		text: { max: 402, unit: 'UTF-16 units' },
		attachments: { image: 'link', video: 'link', audio: 'link', file: 'link' },
		location: 'text',
		quickReplies: 'text',
		statuses: ['sent', 'delivered', 'failed'],
		references: true,
		echoes: false,
	},
	load: async () => (await import('./converter.js')).converter,
};
