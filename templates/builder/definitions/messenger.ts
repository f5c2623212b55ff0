import { metaTemplate } from '../meta';

export const messenger = metaTemplate({
	file: 'messenger',
	name: 'Messenger in respond.io',
	about: 'Messages to your Facebook page.',
	document: {
		title: 'Messenger',
		row: {
			incoming: 'Facebook Trigger',
			outgoing: 'HTTP Request',
			receipts: 'delivered; echoes',
			shown: 'files as such; quick replies as buttons; places as links',
		},
		text: 'A Facebook page. The trigger must keep the word _Trigger_ in its name: n8n chooses its credential by it.',
	},
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
