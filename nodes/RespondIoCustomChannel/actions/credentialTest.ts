import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { egressSetting } from '../channel/reason';
import { channelFault, mediaUrlFault, oldHostFault, toChannel } from '../credential';

/** Milliseconds to wait for an answer. */
const TIMEOUT = 15_000;

interface TestAnswer {
	statusCode: number;
	headers: Record<string, string | string[] | undefined>;
	body: unknown;
}

/**
 * Asks respond.io whether it knows the token. The request holds no event and no contact, so it creates neither a
 * message nor a contact: the token is checked before the events are, and the refusal of the empty list is the proof.
 */
export async function testCredential(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
): Promise<INodeCredentialTestResult> {
	const channel = toChannel(credential.data ?? {});
	const fault = channelFault(channel) ?? oldHostFault(channel.webhookUrl) ?? mediaUrlFault(channel);
	if (fault !== undefined) return refused(`${fault}.`);

	// n8n gives credential tests this one helper.
	const { request } = this.helpers;
	let answer: TestAnswer;
	try {
		answer = (await request({
			method: 'POST',
			uri: channel.webhookUrl,
			headers: {
				authorization: `Bearer ${String(channel.credential.apiToken).trim()}`,
				accept: 'application/json',
			},
			body: { channelId: channel.channelId, events: [] },
			json: true,
			simple: false,
			resolveWithFullResponse: true,
			followRedirect: false,
			followAllRedirects: false,
			timeout: TIMEOUT,
		})) as TestAnswer;
	} catch (error) {
		return refused(connectionFault(error, hostOf(channel.webhookUrl)));
	}
	return judge(answer);
}

function connectionFault(error: unknown, host: string): string {
	const setting = egressSetting(error);
	return setting === undefined
		? `No connection to ${host} (${reasonOf(error)}). Check the Webhook URL, and that this n8n may reach it.`
		: `n8n's own filter (N8N_SSRF_PROTECTION_ENABLED) refused ${host}. Correct the Webhook URL or, if it is right, ${setting}.`;
}

/** What an answer to the test request says about the credential. */
export function judge({ statusCode, headers, body }: TestAnswer): INodeCredentialTestResult {
	if (statusCode === 401 || statusCode === 403) {
		return refused(
			`respond.io refused the token (${statusCode}). Copy the API Token of the channel's own configuration page: the token of the Developer API does not fit.`,
		);
	}
	if (statusCode >= 300 && statusCode < 400) {
		return refused(
			`The Webhook URL redirects to ${shorten(String(headers.location ?? 'another address'))}. Copy the "Webhook URL for Incoming message" from the channel page, in full.`,
		);
	}
	if (statusCode >= 500 || statusCode === 429) {
		return refused(
			`respond.io could not answer just now (${statusCode}). Try again in a moment; the values may be right.`,
		);
	}
	if (isPage(body) || statusCode === 404 || statusCode === 405) {
		const what = isPage(body) ? 'a web page answered' : 'no channel takes messages there';
		return refused(
			`The Webhook URL is wrong: ${what} (${statusCode}). Copy the "Webhook URL for Incoming message" from the channel page, in full.`,
		);
	}
	const words = wordsOf(body);
	if (/channel/i.test(words) && /not found|unknown|invalid|not exist|wrong|match/i.test(words)) {
		return refused(
			`respond.io does not know the Channel ID: "${shorten(words)}". Copy it from the channel page.`,
		);
	}
	return { status: 'OK', message: 'respond.io took the token. Nothing was created there.' };
}

function refused(message: string): INodeCredentialTestResult {
	return { status: 'Error', message };
}

/** By its text: an Express server that answers plain `OK` labels that text/html too. */
function isPage(body: unknown): boolean {
	return typeof body === 'string' && /^\s*</.test(body);
}

function wordsOf(body: unknown): string {
	if (typeof body === 'string') return body;
	return body === undefined || body === null ? '' : JSON.stringify(body);
}

function hostOf(url: string): string {
	return new URL(url).host;
}

/** The system's code (ECONNREFUSED, ENOTFOUND …); its text may repeat the request, and with it the token. */
function reasonOf(error: unknown): string {
	const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
	return String(code ?? cause?.code ?? 'no answer');
}

function shorten(text: string): string {
	return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
