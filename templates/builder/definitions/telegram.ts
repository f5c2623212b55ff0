import { incoming, outgoing } from '../lanes';
import { drain } from '../outbox';
import { fromTelegram, sendByTelegram, TELEGRAM_PAYLOAD } from '../telegram';
import { channel, mediaUrl, publish, webhookUrl } from '../todo';
import type { Template } from '../workflow';

const updates = fromTelegram(1);

export const telegram: Template = {
	file: 'telegram',
	name: 'Telegram in respond.io',
	about:
		"Customers write to your Telegram bot; agents answer in respond.io.\n\nTelegram has no receipts. Quick replies are numbered lines: a keyboard of any length is more than n8n's Telegram node can make.",
	document: {
		title: 'Telegram',
		row: {
			incoming: 'Telegram Trigger',
			outgoing: 'Telegram node',
			receipts: 'none exist',
			shown:
				'pictures, videos, audio, PDF and places as such; other files as links; quick replies numbered',
		},
		text: "A bot, also in groups: a group is one contact, and each text begins with the name of who wrote it; a topic of a forum is a contact of its own, and answered there. Files are fetched with the bot's token. The Telegram node sends one kind of message per node, hence _By Kind_ and six of them; GIFs go as documents, which Telegram shows as animations.",
	},
	todo: [
		[
			'The bot',
			'In Telegram ask *@BotFather* for a bot and its token. Create a *Telegram API* credential from it, and choose it in all Telegram steps.\n\nA bot has one webhook: use it in no other workflow.',
		],
		channel(),
		webhookUrl,
		mediaUrl,
		publish('It registers itself at Telegram.'),
		[
			'Groups, if you want them',
			'A group is one contact, and each text begins with the name of who wrote it. For the bot to see all that is written there, switch off its privacy mode: send *@BotFather* the command `/setprivacy`, then add the bot to the group anew.',
		],
	],
	lanes: [
		incoming({
			provider: 'telegram',
			text: "Files are fetched with the bot's token and published as links, which respond.io can show.",
			steps: updates.steps,
			links: updates.links,
			triggers: ['From Telegram'],
			from: updates.to,
			payload: TELEGRAM_PAYLOAD,
			column: 3,
		}),
		outgoing({ provider: 'telegram', send: sendByTelegram() }),
		drain,
	],
};
