import { metaTemplate } from '../meta';

export const instagram = metaTemplate({
	file: 'instagram',
	name: 'Instagram in respond.io',
	about: 'Messages to your Instagram professional account.',
	object: 'instagram',
	fields: [
		'messages',
		'messaging_postbacks',
		'message_echoes',
		'message_reactions',
		'messaging_seen',
	],
	pageFields: ['messages', 'messaging_postbacks', 'message_echoes', 'messaging_seen'],
	token: 'Instagram access token',
});
