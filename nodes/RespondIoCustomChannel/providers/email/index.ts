import type { Provider } from '../provider';

export const email: Provider = {
	name: 'email',
	displayName: 'Email',
	documentation: 'https://datatracker.ietf.org/doc/html/rfc5322',
	settings: [
		{
			name: 'subject',
			displayName: 'Subject',
			placeholder: 'e.g. Your question to Example Shop',
			description: 'The subject of the email',
			required: true,
		},
	],
	capabilities: {
		attachments: { image: 'link', video: 'link', audio: 'link', file: 'link' },
		location: 'text',
		quickReplies: 'text',
		statuses: ['failed'],
		references: false,
		echoes: 'unmarked',
	},
	load: async () => (await import('./converter.js')).converter,
};
