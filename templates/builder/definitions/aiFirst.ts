import { incoming, outgoing, outgoingText, postEcho } from '../lanes';
import { drain } from '../outbox';
import { core, decide } from '../steps';
import { escaped, fromTelegram, sendByTelegram, TELEGRAM_PAYLOAD } from '../telegram';
import { channel, mediaUrl, publish, webhookUrl } from '../todo';
import type { Template } from '../workflow';

const LANGCHAIN = '@n8n/n8n-nodes-langchain';
const updates = fromTelegram(1);

const MAY_ANSWER = `// People who took over less than eight hours ago are left alone.
const silent = $getWorkflowStaticData('global').silentUntil ?? {};
const message = $('From Telegram').first().json.message;
if (message?.text === undefined) return [];
// A topic of a forum is a contact of its own, and is answered there; its first one, General, is the forum itself.
const { chat, text, is_topic_message, message_thread_id } = message;
const topic = is_topic_message && message_thread_id > 1 ? message_thread_id : undefined;
const contactId = topic === undefined ? \`\${chat.id}\` : \`\${chat.id}/\${topic}\`;
if ((silent[contactId] ?? 0) > Date.now()) return [];
return [{ json: { contactId, chatId: chat.id, topic, text } }];`;

const SILENCE = `const data = $getWorkflowStaticData('global');
const now = Date.now();
// What has run out is forgotten.
data.silentUntil = Object.fromEntries(
	Object.entries(data.silentUntil ?? {}).filter(([, until]) => until > now),
);
data.silentUntil[$json.providerContactId] = now + 8 * 60 * 60 * 1000;
return $input.all();`;

const INSTRUCTIONS =
	"You answer customers of Example Shop, briefly and in the customer's language. Answer only what you know for sure: opening hours are 9 to 18 on weekdays. For anything else, and where the customer asks for a person, answer with the one word HANDOVER.";

export const aiFirst: Template = {
	file: 'ai-first',
	name: 'AI answers first, people take over in respond.io',
	about:
		'An AI agent answers on Telegram. Everything is seen in respond.io; as soon as a person answers there, the AI is silent for eight hours.\n\nThe AI hands over by answering `HANDOVER`: then nothing is sent, and the conversation waits for people in respond.io.',
	document: {
		title: 'AI answers first',
		text: 'An AI agent answers on Telegram, in sight of the people in respond.io (its answers are posted as echoes). It is silent for eight hours once a person has answered, and hands over by the word HANDOVER.',
	},
	todo: [
		[
			'The bot',
			'In Telegram ask *@BotFather* for a bot and its token. Create a *Telegram API* credential from it, and choose it in all Telegram steps. A bot has one webhook: use it in no other workflow.',
		],
		channel(['Post to Respond.io', 'Show the Answer']),
		[
			'The AI',
			'Create an *OpenAI* credential and choose it in **Model**; or put another model in its place. In **AI Agent** say what your company does, and what the AI may answer.',
		],
		webhookUrl,
		mediaUrl,
		publish('It registers itself at Telegram.'),
	],
	lanes: [
		incoming({
			provider: 'telegram',
			text: "Respond.io gets the customer's message, and the AI's answer as an echo.",
			steps: updates.steps,
			links: updates.links,
			triggers: ['From Telegram'],
			from: updates.to,
			payload: TELEGRAM_PAYLOAD,
			column: 3,
			then: {
				steps: [
					core('May the AI Answer?', 'code', 2, { jsCode: MAY_ANSWER }, [4, 1]),
					core(
						'AI Agent',
						`${LANGCHAIN}.agent`,
						1.9,
						{
							promptType: 'define',
							text: '={{ $json.text }}',
							options: { systemMessage: INSTRUCTIONS },
						},
						[5, 1],
						{ shape: { isConfigurable: true } },
					),
					core(
						'Model',
						`${LANGCHAIN}.lmChatOpenAi`,
						1.2,
						{ model: { __rl: true, mode: 'id', value: 'gpt-4.1-mini' }, options: {} },
						[5, 2],
						{ shape: { isConfiguration: true } },
					),
					core(
						'Memory',
						`${LANGCHAIN}.memoryBufferWindow`,
						1.3,
						{ sessionIdType: 'customKey', sessionKey: '={{ $json.contactId }}' },
						[6, 2],
						{ shape: { isConfiguration: true } },
					),
					decide('Answered?', "!$json.output.includes('HANDOVER')", [7, 1]),
					core(
						'Send the Answer',
						'telegram',
						1.2,
						{
							resource: 'message',
							operation: 'sendMessage',
							chatId: "={{ $('May the AI Answer?').item.json.chatId }}",
							text: escaped('$json.output'),
							additionalFields: {
								appendAttribution: false,
								parse_mode: 'HTML',
								message_thread_id: "={{ $('May the AI Answer?').item.json.topic }}",
							},
						},
						[8, 1],
					),
					postEcho(
						'Show the Answer',
						{
							contactId: "={{ $('May the AI Answer?').item.json.contactId }}",
							text: "={{ $('AI Agent').item.json.output }}",
							messageId: '={{ $json.result.chat.id }}:{{ $json.result.message_id }}',
						},
						[9, 1],
					),
				],
				links: [
					{ from: 'Post to Respond.io', to: 'May the AI Answer?' },
					{ from: 'May the AI Answer?', to: 'AI Agent' },
					{ from: 'Model', to: 'AI Agent', kind: 'ai_languageModel' },
					{ from: 'Memory', to: 'AI Agent', kind: 'ai_memory' },
					{ from: 'AI Agent', to: 'Answered?' },
					{ from: 'Answered?', to: 'Send the Answer' },
					{ from: 'Send the Answer', to: 'Show the Answer' },
				],
				posting: ['Show the Answer'],
				keepAt: [9, 2],
			},
		}),
		outgoing({
			provider: 'telegram',
			text: `A person's answer silences the AI. ${outgoingText}`,
			before: (at) => core('Silence the AI', 'code', 2, { jsCode: SILENCE }, at),
			send: sendByTelegram(),
		}),
		drain,
	],
};
