import { fetchFiles, fileSteps, REQUEST } from '../files';
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

/** The file's bytes in place of its link, with the name that the agent's message gives it. */
const BODY = `={{ { ...${REQUEST}.body, ...($json.data && { base64_attachments: [\`data:\${$('Fetch File').first(0).binary.data.mimeType};filename=\${($("Agent's Message").first().json.message.fileName ?? $('Fetch File').first(0).binary.data.fileName ?? 'file').replace(/[;,\\/\\\\]/g, '_')};base64,\${$json.data}\`] }) } }}`;

const send = (column: number): { steps: Step[]; links: Link[]; first: string; last: string[] } => {
	const at = (offset: number, row = 0): [number, number] => [column + offset, row];
	const request = sendRequest('Send to Signal', 'none', at(3), {
		specifyBody: 'json',
		jsonBody: BODY,
	});
	const file = fileSteps(
		[
			fetchFile('Fetch File', '={{ $json.body.base64_attachments[0] }}', 'none', at(1)),
			core('To Base64', 'extractFromFile', 1, { operation: 'binaryToPropery', options: {} }, at(2)),
		],
		at(3, 1),
	);
	return {
		steps: [
			decide('Has a File?', '$json.body.base64_attachments !== undefined', at(0)),
			...file.steps,
			{ ...request, parameters: { ...request.parameters, url: `={{ ${REQUEST}.url }}` } },
		],
		links: [
			{ from: 'Has a File?', to: 'Fetch File' },
			{ from: 'Has a File?', to: 'Send to Signal', output: 1 },
			...file.links,
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
	document: {
		title: 'Signal',
		row: {
			incoming: 'Webhook',
			outgoing: 'HTTP Request',
			receipts: 'delivered, read; echoes',
			shown: 'files of every kind as such; places as links; quick replies numbered',
		},
		text: "A Signal account by signal-cli-rest-api, on a server of your own: like another device of a phone, or with a number of its own. Signal itself has no API for businesses, and its terms allow no automated or bulk messages. Only calls with the password are taken. Files are fetched both ways, since the server wants their bytes. It repeats no call that n8n could not take, posts all its accounts to one address (so: one account for one server), and names in a group's receipts the member alone.",
	},
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
