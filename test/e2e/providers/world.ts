import type { INodeParameters } from 'n8n-workflow';

import { TEMPLATES } from '../../../templates/builder';
import type { Credential, Workflow } from '../../../tools/n8n';
import { baseUrlOf, readTemplate, withChoices, type Choices } from '../../../tools/templates';
import { CHANNEL, channelData, openStage, WEB_CHAT_KEY, type Stage } from '../stage';
import { filledIn, keyOf, SCENES, secretOf, type Scene } from './scenes';
import { openStandIn, type StandIn } from './standIn';

/** One n8n with every template as people import it, the sandbox, and a stand-in of each provider. */

interface World {
	standIn: StandIn;
	stage: Stage;
	workflows: Record<string, Workflow>;
}

/** Filled by `openWorld`, before any test. */
export const world = { workflows: {} } as World;

const credentials = (): Credential[] => {
	const { url, smtpPort, imapPort } = world.standIn;
	const given: Array<[type: string, data: Record<string, unknown>]> = [
		['whatsAppTriggerApi', { clientId: 'app', clientSecret: 'app-secret' }],
		['whatsAppApi', { accessToken: 'wa-token', businessAccountId: '1' }],
		['facebookGraphAppApi', { accessToken: 'app-token', appSecret: 'app-secret' }],
		['facebookGraphApi', { accessToken: 'page-token' }],
		['slackApi', { accessToken: 'xoxb-token', signatureSecret: 'slack-secret' }],
		['httpBearerAuth', { token: 'line-token' }],
		['twilioApi', { authType: 'authToken', accountSid: 'AC1', authToken: 'auth-token' }],
		['httpBasicAuth', { user: 'key', password: 'secret' }],
		['discordBotApi', { botToken: 'discord-token' }],
		[
			'smtp',
			{
				user: 'shop',
				password: 'mail-password',
				host: '127.0.0.1',
				port: smtpPort,
				secure: false,
				disableStartTls: true,
			},
		],
		[
			'imap',
			{
				user: 'shop',
				password: 'mail-password',
				host: '127.0.0.1',
				port: imapPort,
				secure: false,
				allowUnauthorizedCerts: true,
			},
		],
		['openAiApi', { apiKey: 'sk-test', url: `${url}/v1` }],
		['jwtAuth', { keyType: 'passphrase', secret: 'vonage-secret', algorithm: 'HS256' }],
	];
	return [
		...given.map(([type, data]) => ({ id: type, name: type, type, data })),
		...Object.entries(SECRETS).map(([name, hmacSecret]) => ({
			id: `crypto-${name}`,
			name: `crypto-${name}`,
			type: 'crypto',
			data: { hmacSecret },
		})),
		// A bot has one webhook.
		...TELEGRAM.map((name) => ({
			id: `telegram-${name}`,
			name: `telegram-${name}`,
			type: 'telegramApi',
			data: { accessToken: `token-${name}`, baseUrl: url },
		})),
		...Object.entries(HEADERS).map(([name, data]) => ({
			id: `header-${name}`,
			name: `header-${name}`,
			type: 'httpHeaderAuth',
			data,
		})),
		...SCENES.flatMap((scene) =>
			headersOf(scene).map(({ id, data }) => ({ id, name: id, type: 'httpHeaderAuth', data })),
		),
	];
};

/** The steps of a scene's template that have a header, and what is in it; all that are not named have the first. */
const headersOf = (scene: Scene) => {
	const { name, key, proof, webhook } = scene;
	return [
		...(key === undefined
			? []
			: [
					{
						step: 'httpHeaderAuth',
						id: `${name}-key`,
						data: { name: key, value: keyOf(scene) },
					},
				]),
		...(proof === undefined || proof.hmac !== undefined
			? []
			: [
					{
						step: webhook,
						id: `${name}-proof`,
						data: { name: proof.header, value: secretOf(scene) },
					},
				]),
	];
};

/** What calls of the provider are signed with, by template. */
export const SECRETS: Record<string, string> = {
	line: 'line-secret',
	slack: 'slack-secret',
	twilio: 'auth-token',
	'two-providers': 'line-secret',
	viber: 'viber-token',
	plivo: 'plivo-token',
	zalo: 'zalo-oa-secret',
	...Object.fromEntries(
		SCENES.filter(({ proof }) => proof?.hmac !== undefined).map((scene) => [
			scene.name,
			secretOf(scene),
		]),
	),
};
/** The header by which the provider knows us, by template. */
const HEADERS: Record<string, { name: string; value: string }> = {
	viber: { name: 'X-Viber-Auth-Token', value: 'viber-token' },
	infobip: { name: 'Authorization', value: 'App infobip-key' },
	zalo: { name: 'secret_key', value: 'zalo-app-secret' },
	gupshup: { name: 'apikey', value: 'gupshup-key' },
	max: { name: 'Authorization', value: 'max-token' },
	'max-webhook': { name: 'X-Max-Bot-Api-Secret', value: 'max-secret' },
};
const TELEGRAM = ['telegram', 'ai-first', 'two-providers'];

/** What a person fills in. */
const FILLED_IN: Record<string, string> = {
	'YOUR-PHONE-NUMBER-ID': '106540352242922',
	'YOUR-ACCOUNT-SID': 'AC1',
	'YOUR-NUMBER': '14155238886',
	'YOUR-APP-ID': '4242',
	'YOUR-SERVER-ID': '290926798626357999',
	'YOUR-CHANNEL-ID': '290926798999357250',
	'YOUR-PRODUCTION-URL-OF-FROM-TWILIO': 'https://n8n.example/webhook/twilio',
	'YOUR-PRODUCTION-URL-OF-FROM-TELNYX': 'https://n8n.example/webhook/telnyx',
	'YOUR-PRODUCTION-URL-OF-FROM-PLIVO': 'https://n8n.example/webhook/plivo',
	'YOUR-AUTH-ID': 'MAXXXXXXXXXXXXXXXXXX',
	'YOUR-BASE-URL': 'https://xxxxx.api.infobip.com',
	'YOUR-OA-SECRET-KEY': 'zalo-oa-secret',
	'YOUR-REFRESH-TOKEN': 'zalo-refresh-shop-0',
	'YOUR-APP-NAME': 'ExampleShop',
};

/** A minute is long for a test; the outbox has tests of its own, and is not to run in between. */
const INTERVALS: Record<string, INodeParameters> = {
	'Every Minute': { field: 'seconds', secondsInterval: 2 },
	'Each Minute': { field: 'hours', hoursInterval: 12 },
};

async function imported(name: string): Promise<Workflow> {
	const scene = SCENES.find((each) => each.name === name);
	const workflow = await readTemplate(name, {
		...(scene && filledIn(scene)),
		...FILLED_IN,
		'http://127.0.0.1:3100': world.standIn.url,
		'http://signal-cli-rest-api:8080': world.standIn.url,
		// Closed at any hour: the test can't wait for the night.
		'$now.hour < 9': '$now.hour >= 0',
	});
	for (const [step, interval] of Object.entries(INTERVALS)) {
		const schedule = workflow.nodes.find((node) => node.name === step);
		if (schedule) schedule.parameters = { rule: { interval: [interval] } };
	}
	const choices: Choices = {
		...Object.fromEntries(credentials().map(({ id, type }) => [type, { id, name: id }])),
		respondIoCustomChannelApi: CHANNEL,
		telegramApi: { id: `telegram-${name}`, name: `telegram-${name}` },
		crypto: { id: `crypto-${name}`, name: `crypto-${name}` },
		httpHeaderAuth:
			name in HEADERS ? { id: `header-${name}`, name: `header-${name}` } : WEB_CHAT_KEY,
		'From MAX': { id: 'header-max-webhook', name: 'header-max-webhook' },
	};
	for (const { step, id } of scene ? headersOf(scene) : []) choices[step] = { id, name: id };
	world.workflows[name] = withChoices({ ...workflow, id: name }, choices);
	return world.workflows[name];
}

export async function openWorld(): Promise<void> {
	world.standIn = await openStandIn();
	world.stage = await openStage({
		env: world.standIn.env,
		credentials: credentials(),
		workflows: async () => await Promise.all(TEMPLATES.map(({ file }) => imported(file))),
	});
	await choosePublicMediaUrl();
	await registerAtZalo();
}

export async function closeWorld(): Promise<void> {
	await world.stage?.close();
	await world.standIn?.close();
}

/** As people do: Register Once fetches the first access token. */
export async function registerAtZalo(workflow = 'zalo') {
	const { rest } = world.stage.n8n;
	const { length } = await rest.executions(workflow);
	await rest.http.post(`/rest/workflows/${workflow}/run`, {
		triggerToStartFrom: { name: 'Register Once' },
	});
	await rest.waitForExecutions(workflow, length + 1);
}

/** Published files need the address of one of the workflows. */
async function choosePublicMediaUrl() {
	const { n8n, sandbox } = world.stage;
	const publicMediaUrl = `${baseUrlOf(n8n.url, world.workflows.telegram)}/media`;
	await n8n.rest.http.patch(`/rest/credentials/${n8n.credentialIds[CHANNEL.id]}`, {
		name: CHANNEL.name,
		type: 'respondIoCustomChannelApi',
		data: { ...channelData(sandbox), publicMediaUrl },
	});
}
