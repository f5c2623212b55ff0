import { byRequest, incoming, outgoing } from '../lanes';
import { drain } from '../outbox';
import { core, everyMinute } from '../steps';
import { channel, publish, webhookUrl } from '../todo';
import type { Template } from '../workflow';

const byId = (value: string) => ({ __rl: true, mode: 'id', value });

export const discord: Template = {
	file: 'discord',
	name: 'Discord in respond.io',
	about:
		'A channel of your Discord server becomes a contact in respond.io.\n\nn8n has no trigger for Discord, so the channel is read each minute. What was posted before is not posted again: respond.io sees each message once. The first run posts the newest 50.',
	document: {
		title: 'Discord',
		row: {
			incoming: 'Discord node, each minute',
			outgoing: 'HTTP Request',
			receipts: 'none exist',
			shown: 'pictures as such; other files as links; quick replies numbered',
		},
		text: "A channel of a server, read each minute, since n8n has no trigger for it; what was posted before is left out by the package's memory. Each text begins with its author's name.",
	},
	todo: [
		[
			'The bot',
			"In Discord's developer portal create an application with a bot (*Message Content Intent* on) and invite it to your server. Create a *Discord Bot API* credential, and choose it in **Get Messages** and **Send to Discord**. In **Get Messages** choose the server and the channel.",
		],
		channel(),
		webhookUrl,
		publish(),
	],
	lanes: [
		incoming({
			provider: 'discord',
			text: 'The newest 50 messages each minute, the oldest first.',
			steps: [
				everyMinute('Every Minute', [0, 1]),
				core(
					'Get Messages',
					'discord',
					2,
					{
						resource: 'message',
						operation: 'getAll',
						guildId: byId('YOUR-SERVER-ID'),
						channelId: byId('YOUR-CHANNEL-ID'),
						limit: 50,
						options: {},
					},
					[1, 1],
				),
				core(
					'Oldest First',
					'sort',
					1,
					{ sortFieldsUi: { sortField: [{ fieldName: 'timestamp' }] }, options: {} },
					[2, 1],
				),
			],
			links: [
				{ from: 'Every Minute', to: 'Get Messages' },
				{ from: 'Get Messages', to: 'Oldest First' },
			],
			triggers: ['Every Minute'],
			from: ['Oldest First'],
			column: 3,
		}),
		outgoing({
			provider: 'discord',
			send: byRequest('Send to Discord', { predefined: 'discordBotApi' }),
		}),
		drain,
	],
};
