import { metaTemplate } from '../meta';

export const instagram = metaTemplate({
	file: 'instagram',
	name: 'Instagram in respond.io',
	about: 'Messages to your Instagram professional account.',
	object: 'instagram',
	// Echoes come with `messages`: the object has no field of their own.
	fields: [
		'messages',
		'messaging_postbacks',
		'message_reactions',
		'messaging_seen',
		'messaging_referral',
	],
	account: 'Instagram account',
	token: 'Instagram access token',
});
