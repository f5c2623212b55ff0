import { buildRequest, LOOP_ROOM, outgoingText, relay, sendingLoop } from '../lanes';
import { fromLine, LINE_CREDENTIAL, LINE_PAYLOAD, LINE_RETRY_FOR } from '../line';
import { drain, withOutbox } from '../outbox';
import { agentsMessage, decide, sendRequest } from '../steps';
import { fromTelegram, sendByTelegram, TELEGRAM_PAYLOAD } from '../telegram';
import { channel, mediaUrl, publish, webhookUrl } from '../todo';
import type { Template } from '../workflow';

const updates = fromTelegram(1);
const events = fromLine(2, 'Has LINE a File?');
const SEND_TO_LINE = 'Send to LINE';
const loop = sendingLoop(
	sendByTelegram([
		{ step: (at) => sendRequest(SEND_TO_LINE, LINE_CREDENTIAL, at), ending: 'push' },
	]),
	[
		{
			provider: 'telegram',
			build: 'Build for Telegram',
			answer: 'Answer from Telegram',
			sends: (step) => step !== SEND_TO_LINE,
		},
		{
			provider: 'line',
			build: 'Build for LINE',
			answer: 'Answer from LINE',
			sends: (step) => step === SEND_TO_LINE,
		},
	],
	[3, 0],
);

export const twoProviders: Template = {
	file: 'two-providers',
	name: 'Two providers on one channel',
	about:
		"Telegram and LINE in one channel of respond.io. An answer takes the way that its contact's ID shows: LINE's begin with a letter, Telegram's are numbers.\n\nFor other providers change the condition of **Is It LINE?**: e.g. phone numbers begin with `+`, Slack's conversations with C or D.",
	document: {
		title: 'Two providers on one channel',
		text: "Telegram and LINE in one channel: the contact's ID shows which way an answer goes. Both ways share the loop; each has its own _Build_ and _Answer_ step.",
	},
	todo: [
		[
			'Telegram',
			'Ask *@BotFather* for a bot and its token. Create a *Telegram API* credential from it, and choose it in all Telegram steps. A bot has one webhook: use it in no other workflow.',
		],
		[
			'LINE',
			"In the LINE Developers Console issue a *channel access token*. Create a *Bearer Auth* credential from it, and choose it in **Download** and **Send to LINE**.\n\nCreate a *Crypto* credential whose *Hmac Secret* is LINE's *channel secret*, and choose it in **Signature**: only what LINE has signed is taken.",
		],
		channel(['Post Telegram', 'Post LINE']),
		webhookUrl,
		mediaUrl,
		publish('It registers itself at Telegram.'),
		[
			"LINE's messages",
			'Open **From LINE** and copy its *Production URL* into the LINE Developers Console as *Webhook URL*. Switch on *Use webhook* and *Webhook redelivery*.',
		],
	],
	lanes: [
		withOutbox(
			{
				title: 'Customer to agent',
				text: 'Files are fetched with the tokens and published as links.',
				colour: 4,
				room: LOOP_ROOM,
				steps: [
					...updates.steps,
					relay('Post Telegram', 'telegram', TELEGRAM_PAYLOAD, [8, 1]),
					...events.steps,
					relay('Post LINE', 'line', LINE_PAYLOAD, [8, 2], LINE_RETRY_FOR),
				],
				links: [
					...updates.links,
					...updates.to.map((link) => ({ ...link, to: 'Post Telegram' })),
					...events.links,
					...events.to.map((link) => ({ ...link, to: 'Post LINE' })),
				],
			},
			{
				triggers: ['From Telegram', 'From LINE'],
				posting: ['Post Telegram', 'Post LINE'],
				keepAt: [9, 1],
			},
		),
		{
			title: 'Agent to customer',
			text: `The contact's ID shows the way. ${outgoingText}`,
			colour: 5,
			steps: [
				agentsMessage([0, 0]),
				decide('Is It LINE?', '/^[UCR][0-9a-f]{32}$/.test($json.providerContactId)', [1, 0]),
				buildRequest('Build for LINE', 'line', {}, [2, 0]),
				buildRequest('Build for Telegram', 'telegram', {}, [2, 1]),
				...loop.steps,
			],
			links: [
				{ from: "Agent's Message", to: 'Is It LINE?' },
				{ from: 'Is It LINE?', to: 'Build for LINE' },
				{ from: 'Is It LINE?', to: 'Build for Telegram', output: 1 },
				...loop.links,
			],
		},
		drain,
	],
};
