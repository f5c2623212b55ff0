import { fetchFiles, fileSteps, REQUEST } from '../files';
import { incoming, LOOP_ROOM, outgoing } from '../lanes';
import { drain } from '../outbox';
import { core, decide, fetchFile, sendRequest, webhook, type Credential } from '../steps';
import { channel, mediaUrl, publish, webhookUrl } from '../todo';
import type { Link, Step, Template } from '../workflow';

const API = 'https://platform-api2.max.ru';
const CREDENTIAL: Credential = { generic: 'httpHeaderAuth' };

/** Files of a message, also of one that it passes on; not of ours, whose button was tapped on. */
const FILES =
	"(({ update_type, message }) => update_type === 'message_callback' ? [] : [message?.body, message?.link?.type === 'forward' ? message.link.message : undefined].flatMap((body) => body?.attachments ?? []))($json.body).filter(({ type, payload }) => ['image', 'video', 'audio', 'file'].includes(type) && payload?.token && payload.url).map(({ type, payload }) => ({ id: payload.token, type, url: payload.url }))";

/** The best that MAX has. */
const VIDEO =
	'($json.urls.mp4_1080 ?? $json.urls.mp4_720 ?? $json.urls.mp4_480 ?? $json.urls.mp4_360 ?? $json.urls.mp4_240 ?? $json.urls.mp4_144)';

const files = fetchFiles(
	`={{ ${FILES} }}`,
	([column, row]) => [
		decide('A Video?', "$json.type === 'video'", [column, row]),
		fetchFile(
			'Get Video',
			`=${API}/videos/{{ encodeURIComponent($json.id) }}`,
			CREDENTIAL,
			[column + 1, row],
			{ isFile: false },
		),
		fetchFile('Download', `={{ $json.urls ? ${VIDEO} : $json.url }}`, 'none', [column + 2, row], {
			property: "={{ $('File by File').first(1).json.id }}",
		}),
	],
	[2, 1],
);

/** A file is a token by the time that it is sent. */
const ATTACHMENT = `${REQUEST}.body.attachments[0]`;
const TOKEN =
	"($('Upload Link').first(0).json.token ?? JSON.parse($('Upload').first(0).json.data).token)";
const BODY = `={{ { ...${REQUEST}.body, attachments: [{ type: ${ATTACHMENT}.type, payload: { token: ${TOKEN} } }] } }}`;

/** Seconds between attempts, while MAX works on a file that it has just been given; and how many of them. */
const PAUSE = 3;
const ATTEMPTS = 5;

const send = (column: number): { steps: Step[]; links: Link[]; first: string; last: string[] } => {
	const at = (offset: number, row = 0): [number, number] => [column + offset, row];
	const link = fetchFile(
		'Upload Link',
		"={{ $json.url.replace(/\\/messages\\?.*$/, '/uploads') }}?type={{ $json.body.attachments[0].type }}",
		CREDENTIAL,
		at(1),
		{ isFile: false },
	);
	const sendFile = sendRequest('Send File', CREDENTIAL, at(4), {
		specifyBody: 'json',
		jsonBody: BODY,
	});
	const file = fileSteps(
		[
			{ ...link, parameters: { method: 'POST', ...link.parameters } },
			fetchFile('Fetch File', `={{ ${ATTACHMENT}.payload.url }}`, 'none', at(2)),
			core(
				'Upload',
				'httpRequest',
				4.2,
				{
					method: 'POST',
					url: "={{ $('Upload Link').first(0).json.url }}",
					sendBody: true,
					contentType: 'multipart-form-data',
					bodyParameters: {
						parameters: [
							{ parameterType: 'formBinaryData', name: 'data', inputDataFieldName: 'data' },
						],
					},
					// Of a file MAX answers JSON, of others XML.
					options: { timeout: 60000, response: { response: { responseFormat: 'text' } } },
				},
				at(3),
			),
		],
		at(4, 1),
	);
	return {
		steps: [
			decide(
				'To Upload?',
				"['video', 'audio', 'file'].includes($json.body.attachments?.[0].type)",
				at(0),
			),
			...file.steps,
			{ ...sendFile, parameters: { ...sendFile.parameters, url: `={{ ${REQUEST}.url }}` } },
			{
				...decide(
					'Ready?',
					`!String($json.error?.message ?? $json.error).includes('attachment.not.ready') || $runIndex >= ${ATTEMPTS - 1}`,
					at(5),
				),
				onError: 'continueRegularOutput',
			},
			core('Wait', 'wait', 1.1, { amount: PAUSE, unit: 'seconds' }, at(5, 2)),
			sendRequest('Send to MAX', CREDENTIAL, at(1, 1)),
		],
		links: [
			{ from: 'To Upload?', to: 'Upload Link' },
			{ from: 'To Upload?', to: 'Send to MAX', output: 1 },
			...file.links,
			{ from: 'Upload', to: 'Send File' },
			{ from: 'Send File', to: 'Ready?' },
			{ from: 'Ready?', to: 'Wait', output: 1 },
			{ from: 'Wait', to: 'Send File' },
		],
		first: 'To Upload?',
		last: ['Ready?', 'Send to MAX'],
	};
};

export const max: Template = {
	file: 'max',
	name: 'MAX in respond.io',
	about:
		"A bot in MAX, with files of every kind; pictures go by link, others are uploaded first. MAX tells bots no receipts.\n\nMAX gives bots to organisations and entrepreneurs of Russia, after a check. Its API has a certificate of Russia's ministry of digital development, which n8n must trust: start n8n with `NODE_EXTRA_CA_CERTS` naming a file with the ministry's root certificate.",
	document: {
		title: 'MAX',
		row: {
			incoming: 'Webhook',
			outgoing: 'HTTP Request',
			receipts: 'none exist',
			shown: 'all as such; quick replies as buttons',
		},
		text: "A bot of MAX. Only calls with the secret are taken. Pictures go by link; other files are uploaded, and sent once MAX has worked on them: it is asked five times, three seconds apart. Of a customer's video MAX is asked for the file. MAX's API has a certificate of Russia's ministry of digital development, which n8n must trust (`NODE_EXTRA_CA_CERTS`), and gives bots to organisations and entrepreneurs of Russia alone.",
	},
	todo: [
		[
			'The bot',
			"On MAX's platform for business open the bot's settings and copy its token. Create a *Header Auth* credential named `Authorization` with the token alone as its value. Choose it in **Get Video**, **Upload Link**, **Send File** and **Send to MAX**.",
		],
		channel(),
		webhookUrl,
		mediaUrl,
		publish(),
		[
			"Customers' messages",
			'Think of a secret of 5 to 256 letters, digits, `-` and `_`. Create a *Header Auth* credential named `X-Max-Bot-Api-Secret` with it, and choose it in **From MAX**: only calls with the secret are taken.\n\nCreate a *Custom Auth* credential, and choose it in **Register at MAX**:\n\n`{ "headers": { "Authorization": "TOKEN" }, "body": { "secret": "SECRET" } }`\n\nCopy the *Production URL* of **From MAX** into **Register at MAX**. It must be https without a port. Then execute **Register Once**.',
		],
	],
	lanes: [
		incoming({
			provider: 'max',
			text: 'Files are fetched and published as links, since the links of MAX do not last; of a video MAX is asked for the file.',
			steps: [
				webhook('From MAX', { authentication: 'headerAuth' }, [0, 1]),
				decide('Any Files?', `${FILES}.length > 0`, [1, 1]),
				...files.steps,
			],
			links: [
				{ from: 'From MAX', to: 'Any Files?' },
				{ from: 'Any Files?', to: files.first },
				...files.links,
				{ from: 'A Video?', to: 'Download', output: 1 },
			],
			triggers: ['From MAX'],
			from: [{ from: files.last }, { from: 'Any Files?', output: 1 }],
			payload: "={{ $('From MAX').first().json.body }}",
			column: 8,
			room: LOOP_ROOM,
		}),
		outgoing({ provider: 'max', send }),
		drain,
		{
			title: 'Register once',
			text: 'Tells MAX where to send.',
			colour: 7,
			steps: [
				core('Register Once', 'manualTrigger', 1, {}, [0, 0]),
				core(
					'Register at MAX',
					'httpRequest',
					4.2,
					{
						method: 'POST',
						url: `${API}/subscriptions`,
						authentication: 'genericCredentialType',
						genericAuthType: 'httpCustomAuth',
						sendBody: true,
						specifyBody: 'json',
						jsonBody:
							"={{ { url: 'YOUR-PRODUCTION-URL-OF-FROM-MAX', update_types: ['message_created', 'message_edited', 'message_removed', 'message_callback', 'bot_started'] } }}",
						options: {},
					},
					[1, 0],
				),
			],
			links: [{ from: 'Register Once', to: 'Register at MAX' }],
		},
	],
};
