import { fetchFiles } from '../files';
import { incoming, LOOP_ROOM, outgoing } from '../lanes';
import { drain } from '../outbox';
import { core, decide, fetchFile, sendRequest, webhook } from '../steps';
import { channel, mediaUrl, publish, webhookUrl } from '../todo';
import type { Link, Step, Template } from '../workflow';

const SERVER = 'http://signal-cli-rest-api:8080';

/** Files of a message, also of one that was edited or sent from the account's phone. */
const FILES =
	"((envelope) => (envelope?.dataMessage ?? envelope?.editMessage?.dataMessage ?? envelope?.syncMessage?.sentMessage?.editMessage?.dataMessage ?? envelope?.syncMessage?.sentMessage)?.attachments ?? [])($json.body.params?.result?.envelope ?? $json.body.params?.envelope).filter(({ id, contentType }) => id && contentType !== 'text/x-signal-plain').map(({ id }) => ({ id }))";

const files = fetchFiles(
	`={{ ${FILES} }}`,
	(at) => [
		fetchFile(
			'Download',
			`=${SERVER}/v1/attachments/{{ encodeURIComponent($json.id) }}`,
			'none',
			at,
			{ property: '={{ $json.id }}' },
		),
	],
	[2, 1],
);

/** The file's bytes in place of its link, with the name that the agent's message has. */
const BODY =
	"={{ { ...$('Has a File?').item.json.body, ...($json.data && { base64_attachments: [`data:${$('Fetch File').item.binary.data.mimeType};filename=${($(\"Agent's Message\").first().json.message.fileName ?? $('Fetch File').item.binary.data.fileName ?? 'file').replace(/[;,\\/\\\\]/g, '_')};base64,${$json.data}`] }) } }}";

/** A file is fetched and sent along; one that can't be had is told as the reason. */
const send = (column: number): { steps: Step[]; links: Link[]; first: string; last: string[] } => {
	const request = sendRequest('Send to Signal', 'none', [column + 4, 0], {
		specifyBody: 'json',
		jsonBody: BODY,
	});
	return {
		steps: [
			decide('Has a File?', '$json.body.base64_attachments !== undefined', [column, 0]),
			fetchFile('Fetch File', '={{ $json.body.base64_attachments[0] }}', 'none', [column + 1, 0]),
			{
				...decide('Fetched?', '$binary?.data !== undefined', [column + 2, 0]),
				onError: 'continueRegularOutput',
			},
			core('To Base64', 'extractFromFile', 1, { operation: 'binaryToPropery', options: {} }, [
				column + 3,
				0,
			]),
			{
				...request,
				parameters: { ...request.parameters, url: "={{ $('Has a File?').item.json.url }}" },
			},
		],
		links: [
			{ from: 'Has a File?', to: 'Fetch File' },
			{ from: 'Has a File?', to: 'Send to Signal', output: 1 },
			{ from: 'Fetch File', to: 'Fetched?' },
			{ from: 'Fetched?', to: 'To Base64' },
			{ from: 'Fetched?', to: 'Answer', output: 1 },
			{ from: 'To Base64', to: 'Send to Signal' },
		],
		first: 'Has a File?',
		last: ['Send to Signal'],
	};
};

export const signal: Template = {
	file: 'signal',
	name: 'Signal in respond.io',
	about:
		"A Signal account by signal-cli-rest-api, a server that you run yourself: one account for one server. It is not of Signal, which has no API for businesses and forbids automated and bulk messages in its terms.\n\nWhat people write with the account's phone comes as echoes. In groups, receipts name the member, and so belong to no message of the group.",
	todo: [
		[
			'The server',
			`Run signal-cli-rest-api with \`MODE=json-rpc\`, and register a number there or link it to your phone. Put the server's address in **Download**, and the address and the number in **Build Request**.\n\nIt asks for no password: whoever reaches it writes in your name. So only n8n may reach it. If a proxy before it asks for one, choose that in **Download** and **Send to Signal**.`,
		],
		channel(),
		webhookUrl,
		mediaUrl,
		publish(),
		[
			"Customers' messages",
			'Think of a user name and a long password, create a *Basic Auth* credential with them, and choose it in **From Signal**. Copy the *Production URL* of **From Signal**, and start the server with the user name and the password in it:\n\n`RECEIVE_WEBHOOK_URL=https://name:password@n8n.example.com/webhook/…`\n\nThe server does not repeat a call that n8n could not take.',
		],
	],
	lanes: [
		incoming({
			provider: 'signal',
			text: 'Messages, echoes and receipts; files are fetched and published as links. The server waits for the answer before it sends the next.',
			steps: [
				webhook('From Signal', { authentication: 'basicAuth' }, [0, 1]),
				decide('Any Files?', `${FILES}.length > 0`, [1, 1]),
				...files.steps,
			],
			links: [
				{ from: 'From Signal', to: 'Any Files?' },
				{ from: 'Any Files?', to: files.first },
				...files.links,
			],
			triggers: ['From Signal'],
			from: [{ from: files.last }, { from: 'Any Files?', output: 1 }],
			payload: "={{ $('From Signal').first().json.body }}",
			column: 6,
			room: LOOP_ROOM,
		}),
		outgoing({
			provider: 'signal',
			settings: { baseUrl: SERVER, number: '+60111111111' },
			send,
		}),
		drain,
	],
};
