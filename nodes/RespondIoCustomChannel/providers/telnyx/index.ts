import { BASE_URL, STATUS_CALLBACK } from '../kit/settings';
import type { Provider } from '../provider';

export const telnyx: Provider = {
	name: 'telnyx',
	displayName: 'Telnyx',
	documentation: 'https://developers.telnyx.com/api-reference/messages/send-a-message',
	settings: [
		BASE_URL,
		STATUS_CALLBACK,
		{
			name: 'from',
			displayName: 'From',
			placeholder: 'e.g. +13125550123',
			description:
				'The number, short code or name that sends; or the ID of the messaging profile that chooses the number',
			required: true,
		},
		{
			name: 'messagingProfileId',
			displayName: 'Messaging Profile ID',
			placeholder: 'e.g. 4001a2b3-0000-4c5d-8e6f-0123456789ab',
			description: 'The messaging profile of a sender that is a name',
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
