import { metaTemplate } from '../meta';

export const messenger = metaTemplate({
	file: 'messenger',
	name: 'Messenger in respond.io',
	about: 'Messages to your Facebook page.',
	object: 'page',
	fields: [
		'messages',
		'messaging_postbacks',
		'message_echoes',
		'message_reactions',
		'message_deliveries',
		'message_reads',
	],
	pageFields: [
		'messages',
		'messaging_postbacks',
		'message_echoes',
		'message_deliveries',
		'message_reads',
	],
	token: 'page access token',
});
