import { BASE_URL } from '../kit/settings';
import type { Provider } from '../provider';

export const zalo: Provider = {
	name: 'zalo',
	displayName: 'Zalo Official Account',
	documentation: 'https://developers.zalo.me/docs/official-account/tin-nhan/tong-quan',
	settings: [BASE_URL],
	capabilities: {
		text: { max: 2000, unit: 'characters' },
		attachments: { image: 'native', video: 'link', audio: 'link', file: 'link' },
		location: 'text',
		quickReplies: 'text',
		statuses: ['delivered', 'read'],
		references: false,
		echoes: 'marked',
	},
	load: async () => (await import('./converter.js')).converter,
};
