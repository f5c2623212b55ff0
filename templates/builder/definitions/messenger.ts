import { metaTemplate } from '../meta';

export const messenger = metaTemplate({
	file: 'messenger',
	name: 'Messenger in respond.io',
	about: 'Messages to your Facebook page.',
	object: 'page',
	fields: [
		'messages',
		'messaging_postbacks',
		'messaging_referrals',
		'messaging_feedback',
		'message_echoes',
		'message_reactions',
		'message_deliveries',
	],
	account: 'page',
	token: 'page access token',
});
