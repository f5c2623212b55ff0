import { metaTemplate } from '../meta';

export const instagram = metaTemplate({
	file: 'instagram',
	name: 'Instagram in respond.io',
	about: 'Messages to your Instagram professional account.',
	document: {
		title: 'Instagram',
		row: {
			incoming: 'Facebook Trigger',
			outgoing: 'HTTP Request',
			receipts: 'read; echoes',
			shown: 'pictures, videos, audio and PDF as such; quick replies as buttons',
		},
		text: 'A professional account. The token is an Instagram access token; the trigger must keep the word _Trigger_ in its name.',
	},
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
