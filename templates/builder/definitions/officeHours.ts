import { buildRequest, byRequest, incoming, outgoing, postEcho } from '../lanes';
import { drain } from '../outbox';
import { core, decide, sendRequest, webhook } from '../steps';
import { channel, publish, webhookUrl } from '../todo';
import type { Template } from '../workflow';

const WEB_CHAT = 'http://127.0.0.1:3100/provider/messages';
const KEY = { generic: 'httpHeaderAuth' };
const CUSTOMER =
	"$('From Web Chat').item.json.body.from.id ?? $('From Web Chat').item.json.body.from";

export const officeHours: Template = {
	file: 'office-hours',
	name: 'Office hours of a channel',
	about:
		'A web chat whose customers get an answer at once where nobody is there: one a day, shown in respond.io as an echo.\n\nFor another provider put its steps from its own template in place of those of the web chat.',
	document: {
		title: 'Office hours',
		text: 'Who writes outside the hours gets a notice, once a day; agents see it as an echo.',
	},
	todo: [
		[
			'The web chat',
			'In **Notice** and **Build Request** put the address where your web chat takes messages. In **Send the Notice** and **Send to Web Chat** create and choose a *Header Auth* credential with its key.',
		],
		channel(['Post to Respond.io', 'Show the Notice']),
		[
			'Your hours',
			'In **Closed?** put your days and hours: they are of the time zone of the workflow (*Settings* of the workflow). In **Notice** put your words.',
		],
		webhookUrl,
		[
			"Customers' messages",
			'Open **From Web Chat**, copy its *Production URL* and give it to the web chat as its webhook.',
		],
		publish(),
	],
	lanes: [
		incoming({
			provider: 'generic',
			text: 'Who writes outside the hours gets the notice, once a day; respond.io shows it as an echo.',
			steps: [webhook('From Web Chat', {}, [0, 1])],
			links: [],
			triggers: ['From Web Chat'],
			from: ['From Web Chat'],
			column: 1,
			then: {
				steps: [
					decide(
						'Closed?',
						"$('From Web Chat').item.json.body.event === 'message' && ($now.weekday > 5 || $now.hour < 9 || $now.hour >= 18)",
						[2, 1],
					),
					core(
						'Once a Day',
						'removeDuplicates',
						2,
						{
							operation: 'removeItemsSeenInPreviousExecutions',
							logic: 'removeItemsWithAlreadySeenKeyValues',
							dedupeValue: `={{ ${CUSTOMER} }} {{ $now.toISODate() }}`,
							options: {},
						},
						[3, 1],
					),
					buildRequest(
						'Notice',
						'generic',
						{
							contactId: `={{ ${CUSTOMER} }}`,
							payload:
								"={{ { type: 'text', text: 'Thank you for your message. We are here from Monday to Friday, 9 to 18, and answer then.' } }}",
							url: WEB_CHAT,
						},
						[4, 1],
						'stopWorkflow',
					),
					{ ...sendRequest('Send the Notice', KEY, [5, 1]), onError: undefined },
					postEcho(
						'Show the Notice',
						{
							contactId: "={{ $('Notice').item.json.body.to }}",
							text: "={{ $('Notice').item.json.body.text }}",
							messageId: '={{ $json.id }}',
						},
						[6, 1],
					),
				],
				links: [
					{ from: 'Post to Respond.io', to: 'Closed?' },
					{ from: 'Closed?', to: 'Once a Day' },
					{ from: 'Once a Day', to: 'Notice' },
					{ from: 'Notice', to: 'Send the Notice' },
					{ from: 'Send the Notice', to: 'Show the Notice' },
				],
				posting: ['Show the Notice'],
				keepAt: [7, 2],
			},
		}),
		outgoing({
			provider: 'generic',
			settings: { url: WEB_CHAT },
			send: byRequest('Send to Web Chat', KEY),
		}),
		drain,
	],
};
