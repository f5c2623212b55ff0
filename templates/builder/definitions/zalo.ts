import { dataTable, where } from '../dataTable';
import { incoming, outgoing } from '../lanes';
import { drain } from '../outbox';
import { core, decide, fail, webhook } from '../steps';
import { channel, publish, webhookUrl } from '../todo';
import type { Lane, Link, Step, Template } from '../workflow';

/** Zalo wants each event answered within two seconds. */
const RETRY_FOR = 1;

/** Zalo's digest has the secret in its text, where no credential can put it: sha256(app id, body, time, secret). */
const signature: { steps: Step[]; links: Link[] } = {
	steps: [
		core(
			'Call as Text',
			'extractFromFile',
			1.1,
			{
				operation: 'text',
				destinationKey: 'call',
				options: { encoding: 'utf8', keepSource: 'json' },
			},
			[1, 1],
		),
		core(
			'Signature',
			'crypto',
			2,
			{
				action: 'hash',
				type: 'SHA256',
				value:
					"={{ $json.body.app_id + $json.call + $json.body.timestamp + 'YOUR-OA-SECRET-KEY' }}",
				dataPropertyName: 'signature',
				encoding: 'hex',
			},
			[2, 1],
		),
		// `mac=` and the digest, by the documents; some have seen the digest alone.
		decide(
			'Signed?',
			"String($json.headers['x-zevent-signature']).replace('mac=', '') === $json.signature",
			[3, 1],
		),
		fail(
			'Not Signed',
			"The call is not signed with Zalo's secret: put the OA Secret Key that Zalo shows on its page Webhook into Signature, in place of YOUR-OA-SECRET-KEY. If it is the right one, somebody else has called.",
			[4, 2],
		),
	],
	links: [
		{ from: 'From Zalo', to: 'Call as Text' },
		{ from: 'Call as Text', to: 'Signature' },
		{ from: 'Signature', to: 'Signed?' },
		{ from: 'Signed?', to: 'Not Signed', output: 1 },
	],
};

/** Zalo's tokens: n8n's OAuth2 credential can't renew them, since Zalo has header and field names of its own. */
const TOKENS = dataTable('zalo_tokens', {
	workflow: 'string',
	accessToken: 'string',
	refreshToken: 'string',
	expiresAt: 'number',
});
const OURS = { workflow: '={{ $workflow.id }}' };

/** Without a token Zalo refuses the message, which Answer then tells. */
const send = (column: number): ReturnType<Parameters<typeof outgoing>[0]['send']> => ({
	steps: [
		core(
			'Access Token',
			'dataTable',
			1.1,
			{ ...TOKENS.rows('get'), ...where(OURS), limit: 1 },
			[column, 0],
			{ onError: 'continueRegularOutput', settings: { alwaysOutputData: true } },
		),
		core(
			'Send to Zalo',
			'httpRequest',
			4.2,
			{
				method: 'POST',
				url: "={{ $('One by One').item.json.url }}",
				sendHeaders: true,
				headerParameters: {
					parameters: [{ name: 'access_token', value: "={{ $json.accessToken ?? 'none' }}" }],
				},
				sendBody: true,
				specifyBody: 'json',
				jsonBody: "={{ $('One by One').item.json.body }}",
				options: { timeout: 20000 },
			},
			[column + 1, 0],
			{ onError: 'continueRegularOutput' },
		),
	],
	links: [{ from: 'Access Token', to: 'Send to Zalo' }],
	first: 'Access Token',
	last: ['Send to Zalo'],
});

/** Renews the access token, of 25 hours, with a refresh token that is good for once: the next one comes with it. */
const renewal: Lane = {
	title: 'Access token',
	text: 'Zalo\'s access token ends after 25 hours. Each hour this looks whether it ends within five, and renews it: both tokens are in the data table "zalo_tokens". Should Zalo refuse, Not Renewed fails the execution: n8n\'s error workflow, if you have one, then tells you.',
	colour: 7,
	steps: [
		core(
			'Each Hour',
			'scheduleTrigger',
			1.2,
			{ rule: { interval: [{ field: 'hours', hoursInterval: 1 }] } },
			[0, 0],
		),
		core(
			'Get Tokens',
			'dataTable',
			1.1,
			{ ...TOKENS.rows('get'), ...where(OURS), limit: 1 },
			[1, 0],
		),
		decide('Ends Soon?', '$json.expiresAt - Date.now() < 5 * 60 * 60 * 1000', [2, 0]),
		core('Register Once', 'manualTrigger', 1, {}, [0, 1]),
		core('Make Table', 'dataTable', 1.1, TOKENS.make(), [1, 1]),
		core(
			'First Token',
			'dataTable',
			1.1,
			{
				...TOKENS.rows('upsert'),
				...where(OURS),
				...TOKENS.values({
					workflow: OURS.workflow,
					refreshToken: 'YOUR-REFRESH-TOKEN',
					expiresAt: '={{ 0 }}',
				}),
				options: {},
			},
			[2, 1],
		),
		core(
			'Renew',
			'httpRequest',
			4.2,
			{
				method: 'POST',
				url: 'https://oauth.zaloapp.com/v4/oa/access_token',
				authentication: 'genericCredentialType',
				genericAuthType: 'httpHeaderAuth',
				sendBody: true,
				contentType: 'form-urlencoded',
				bodyParameters: {
					parameters: [
						{ name: 'refresh_token', value: '={{ $json.refreshToken }}' },
						{ name: 'app_id', value: 'YOUR-APP-ID' },
						{ name: 'grant_type', value: 'refresh_token' },
					],
				},
				// However the answer is labelled.
				options: { timeout: 20000, response: { response: { responseFormat: 'json' } } },
			},
			[3, 0],
			{ onError: 'continueRegularOutput' },
		),
		decide('Renewed?', 'Boolean($json.access_token && $json.refresh_token)', [4, 0]),
		core(
			'Keep Tokens',
			'dataTable',
			1.1,
			{
				...TOKENS.rows('update'),
				...where(OURS),
				...TOKENS.values({
					accessToken: '={{ $json.access_token }}',
					refreshToken: '={{ $json.refresh_token }}',
					expiresAt: '={{ Date.now() + Number($json.expires_in) * 1000 }}',
				}),
				options: {},
			},
			[5, 0],
		),
		fail(
			'Not Renewed',
			"=Zalo has not renewed the access token: {{ $json.error_name ?? $json.error?.message ?? $json.message ?? 'no reason' }}. Take a new refresh token from Zalo's API Explorer, put it into First Token, and execute Register Once again.",
			[5, 1],
		),
	],
	links: [
		{ from: 'Each Hour', to: 'Get Tokens' },
		{ from: 'Get Tokens', to: 'Ends Soon?' },
		{ from: 'Ends Soon?', to: 'Renew' },
		{ from: 'Register Once', to: 'Make Table' },
		{ from: 'Make Table', to: 'First Token' },
		{ from: 'First Token', to: 'Renew' },
		{ from: 'Renew', to: 'Renewed?' },
		{ from: 'Renewed?', to: 'Keep Tokens' },
		{ from: 'Renewed?', to: 'Not Renewed', output: 1 },
	],
};

export const zalo: Template = {
	file: 'zalo',
	name: 'Zalo in respond.io',
	about:
		'A Zalo Official Account, with receipts, and with what your people write in Zalo itself.\n\nAnswers are free for 48 hours after the customer last wrote; until 7 days have passed Zalo charges them to your Zalo Cloud Account; after that it refuses them, and agents are told so. JPEG and PNG pictures up to 1 MB are shown, other files go as links.',
	document: {
		title: 'Zalo Official Account',
		row: {
			incoming: 'Webhook',
			outgoing: 'HTTP Request',
			receipts: 'delivered, read; echoes',
			shown:
				'JPEG and PNG pictures as such; other files and places as links; quick replies numbered',
		},
		text: "One webhook for messages, receipts and what people write in Zalo itself; a plain SHA-256 digest signs it, with the _OA Secret Key_ in its text, so that stands in the step _Signature_. Access tokens end after 25 hours: a step renews them each hour where needed, and keeps them in the data table `zalo_tokens`, which whoever may open the project can read. n8n's OAuth2 credential can't: Zalo's names of header and fields are its own. Answers are free for 48 hours after the customer last wrote, charged until 7 days have passed, then refused.",
	},
	todo: [
		[
			'Zalo',
			"In Zalo's developer pages create an app, activate it, register it for the *Official Account API*, and let your Official Account grant it the permissions to send messages and to manage them, with their events. Zalo wants the account verified, with a paid plan.\n\nCreate a *Header Auth* credential named `secret_key` with the app's secret key, and choose it in **Renew**. Put the app's ID into **Renew** too, in place of `YOUR-APP-ID`.",
		],
		[
			'The first token',
			"In *Tools & Support > API Explorer* of Zalo's developer pages choose your app and *OA Access Token*, allow it, and copy the *refresh token*. Put it into **First Token** and execute **Register Once**. Then empty it again: it is good for once, and the next ones are in the data table `zalo_tokens`, which whoever may open this project can read.",
		],
		channel(),
		webhookUrl,
		publish(),
		[
			"Customers' messages",
			"Open **From Zalo** and copy its *Production URL* into the app's page *Webhook*; the workflow must be published before. The page then shows the *OA Secret Key*: put it into **Signature** in place of `YOUR-OA-SECRET-KEY`, and publish again. Only what Zalo has signed is taken. Whoever may open the workflow can read the key there: Zalo signs in a way for which n8n has no credential.\n\nSwitch on the events of messages in both directions, *user_received_message*, *user_seen_message* and *Webhook Retry*. Leave the filter for texts with `#` off.\n\nIf Zalo does not take the URL, set *Respond* of **From Zalo** to *Immediately* for the moment.",
		],
	],
	lanes: [
		incoming({
			provider: 'zalo',
			text: 'One step reads messages, echoes and receipts, and posts each as what it is. Zalo is answered when that is done.',
			steps: [webhook('From Zalo', { options: { rawBody: true } }, [0, 1]), ...signature.steps],
			links: signature.links,
			triggers: ['From Zalo'],
			from: ['Signed?'],
			column: 4,
			retryFor: RETRY_FOR,
		}),
		outgoing({ provider: 'zalo', send }),
		renewal,
		drain,
	],
};
