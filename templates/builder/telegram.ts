import { core, decide } from './steps';
import type { Link, Step } from './workflow';

/**
 * What three templates share. The Bot API wants its token in the path, where no credential of HTTP Request can put it, and
 * n8n's Telegram node takes no expression for its operation (n8n strips it): so each kind of message has a node of its own.
 */

const FILE =
	'((message) => (message.photo?.at(-1) ?? message.voice ?? message.audio ?? message.video ?? message.video_note ?? message.animation ?? message.document ?? message.sticker)?.file_id)($json.message ?? $json.edited_message ?? $json.channel_post ?? $json.business_message ?? {})';

/** From the bot's updates to the file of one, if it has any. */
export const fromTelegram = (
	row: number,
): { steps: Step[]; links: Link[]; to: Array<Omit<Link, 'to'>> } => ({
	steps: [
		core('From Telegram', 'telegramTrigger', 1.2, { updates: ['*'], additionalFields: {} }, [
			0,
			row,
		]),
		decide('Has a File?', `${FILE} !== undefined`, [1, row]),
		core(
			'Get File',
			'telegram',
			1.2,
			{
				resource: 'file',
				operation: 'get',
				fileId: `={{ ${FILE} }}`,
				download: true,
				additionalFields: {},
			},
			[2, row],
			{ onError: 'continueRegularOutput' },
		),
	],
	links: [
		{ from: 'From Telegram', to: 'Has a File?' },
		{ from: 'Has a File?', to: 'Get File' },
	],
	to: [{ from: 'Get File' }, { from: 'Has a File?', output: 1 }],
});

export const TELEGRAM_PAYLOAD = "={{ $('From Telegram').item.json }}";

/** Signs that HTML would read as its own. */
const ESCAPED = ".replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')";

/** A text, and in it what no other node sends: a place with an address, quick replies as numbered lines. */
const TEXT = `={{ [$json.body.text, $json.body.address, $json.body.voice, $json.body.latitude === undefined ? undefined : \`https://www.google.com/maps/search/?api=1&query=\${$json.body.latitude},\${$json.body.longitude}\`, $json.body.caption, ...($json.body.reply_markup?.keyboard ?? $json.body.reply_markup?.inline_keyboard ?? []).map(([button], index) => \`\${index + 1}. \${button.text}\`)].filter((part) => part !== undefined).join('\\n')${ESCAPED} }}`;

export const escaped = (expression: string): string => `={{ ${expression}${ESCAPED} }}`;

const telegram = (
	name: string,
	operation: string,
	{ additionalFields, ...parameters }: Step['parameters'] & { additionalFields: object },
	at: readonly [number, number],
): Step =>
	core(
		name,
		'telegram',
		1.2,
		{
			resource: 'message',
			operation,
			chatId: '={{ $json.body.chat_id }}',
			...parameters,
			// Left out of the request where the answer goes to no topic.
			additionalFields: {
				...additionalFields,
				message_thread_id: '={{ $json.body.message_thread_id }}',
			},
		},
		at,
		{ onError: 'continueRegularOutput' },
	);

/** The Bot API sends GIFs as documents too, and shows them as animations. */
const FILES: Array<[name: string, operation: string, file: string]> = [
	['Send Photo', 'sendPhoto', '={{ $json.body.photo }}'],
	['Send Video', 'sendVideo', '={{ $json.body.video }}'],
	['Send Audio', 'sendAudio', '={{ $json.body.audio }}'],
	['Send Document', 'sendDocument', '={{ $json.body.document ?? $json.body.animation }}'],
];

/** A step of another provider that sends what the expression is true of. */
export interface Other {
	step: (at: readonly [number, number]) => Step;
	/** The last word of the URL of its requests. */
	ending: string;
}

const METHOD = "={{ $json.url.split('/').pop().replace('sendAnimation', 'sendDocument') }}";

/** Chooses the node for each kind of message. */
export const sendByTelegram =
	(others: Other[] = []) =>
	(column: number): { steps: Step[]; links: Link[]; first: string; last: string[] } => {
		const at = (row: number): [number, number] => [column + 1, row];
		const files = FILES.map(([name, operation, file], index) =>
			telegram(
				name,
				operation,
				{
					file,
					additionalFields: {
						parse_mode: 'HTML',
						caption: `={{ $json.body.caption?${ESCAPED} }}`,
					},
				},
				at(index),
			),
		);
		const place = telegram(
			'Send Location',
			'sendLocation',
			{
				latitude: '={{ $json.body.latitude }}',
				longitude: '={{ $json.body.longitude }}',
				additionalFields: {},
			},
			at(files.length),
		);
		const rest = others.map(({ step }, index) => step(at(files.length + 1 + index)));
		const chosen: Array<[ending: string, step: Step]> = [
			...files.map((step): [string, Step] => [String(step.parameters.operation), step]),
			['sendLocation', place],
			...rest.map((step, index): [string, Step] => [others[index].ending, step]),
		];
		const text = telegram(
			'Send Text',
			'sendMessage',
			{ text: TEXT, additionalFields: { appendAttribution: false, parse_mode: 'HTML' } },
			at(chosen.length),
		);
		const steps = [...chosen.map(([, step]) => step), text];
		return {
			steps: [
				core(
					'By Kind',
					'switch',
					3.2,
					{
						rules: {
							values: [
								...chosen.map(([ending]) => ({
									conditions: {
										options: {
											caseSensitive: true,
											leftValue: '',
											typeValidation: 'strict',
											version: 2,
										},
										conditions: [
											{
												id: ending,
												leftValue: METHOD,
												rightValue: ending,
												operator: { type: 'string', operation: 'equals' },
											},
										],
										combinator: 'and',
									},
									renameOutput: true,
									outputKey: ending,
								})),
							],
						},
						options: { fallbackOutput: 'extra', renameFallbackOutput: 'as text' },
					},
					[column, 0],
					{ shape: { outputs: chosen.length + 1 } },
				),
				...steps,
			],
			links: [
				...chosen.map(([, { name }], output): Link => ({ from: 'By Kind', to: name, output })),
				{ from: 'By Kind', to: 'Send Text', output: chosen.length },
			],
			first: 'By Kind',
			last: steps.map(({ name }) => name),
		};
	};
