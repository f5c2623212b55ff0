import { BASE_URL } from '../kit/settings';
import type { Provider } from '../provider';

export const line: Provider = {
	name: 'line',
	displayName: 'LINE',
	documentation: 'https://developers.line.biz/en/reference/messaging-api/',
	settings: [
		BASE_URL,
		{
			name: 'audioDuration',
			displayName: 'Audio Duration',
			placeholder: 'e.g. 60000',
			description:
				'Milliseconds of the attached audio, which LINE asks for. Blank: sent as a link.',
		},
		{
			name: 'previewImageUrl',
			displayName: 'Preview Image URL',
			placeholder: 'e.g. https://www.example.com/preview.jpg',
			description: 'The picture before videos, which LINE asks for. Blank: they are sent as links.',
		},
	],
	capabilities: {
		text: { max: 5000, unit: 'UTF-16 units' },
		attachments: { image: 'native', video: 'native', audio: 'native', file: 'link' },
		location: 'native',
		quickReplies: { most: 13, reply: { max: 20, unit: 'UTF-16 units' } },
		statuses: [],
		references: false,
		echoes: false,
	},
	load: async () => (await import('./converter.js')).converter,
};
