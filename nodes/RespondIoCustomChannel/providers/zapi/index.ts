import { BASE_URL } from '../kit/settings';
import type { Provider } from '../provider';

export const zapi: Provider = {
	name: 'zapi',
	displayName: 'Z-API',
	documentation: 'https://developer.z-api.io/en/message/send-message-text',
	settings: [
		BASE_URL,
		{
			name: 'instanceId',
			displayName: 'Instance ID',
			placeholder: 'e.g. 3C67AB641C8AA0412F6A2242B4E23AC7',
			description: "Z-API's ID of the instance that sends, not its key",
			required: true,
		},
	],
	capabilities: {
		attachments: { image: 'native', video: 'native', audio: 'native', file: 'native' },
		location: 'native',
		quickReplies: 'text',
		statuses: ['sent', 'delivered', 'read', 'failed'],
		references: false,
		echoes: 'marked',
	},
	load: async () => (await import('./converter.js')).converter,
};
