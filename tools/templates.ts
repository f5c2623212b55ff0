import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { INode, INodeCredentialsDetails } from 'n8n-workflow';
import type { Workflow } from './rest';
import { root } from './run';

/** The credential that a person chooses for each credential type, or for a step by its name. */
export type Choices = Record<string, INodeCredentialsDetails>;

/** Credential types of n8n's own nodes, where a node has one alone. */
const CREDENTIALS: Record<string, string> = {
	crypto: 'crypto',
	discord: 'discordBotApi',
	emailReadImap: 'imap',
	emailSend: 'smtp',
	facebookTrigger: 'facebookGraphAppApi',
	lmChatOpenAi: 'openAiApi',
	redis: 'redis',
	slackTrigger: 'slackApi',
	telegram: 'telegramApi',
	telegramTrigger: 'telegramApi',
	whatsAppTrigger: 'whatsAppTriggerApi',
};

const WEBHOOK_CREDENTIALS: Record<string, string | undefined> = {
	basicAuth: 'httpBasicAuth',
	headerAuth: 'httpHeaderAuth',
	jwtAuth: 'jwtAuth',
};

/** The type of the credential that a node asks for, if any. */
const credentialTypeOf = ({ type, parameters }: INode): string | undefined => {
	if (type.includes('respondIoCustomChannel')) return 'respondIoCustomChannelApi';
	if (type === 'n8n-nodes-base.webhook') {
		return WEBHOOK_CREDENTIALS[String(parameters.authentication)];
	}
	const chosen = parameters.nodeCredentialType ?? parameters.genericAuthType;
	return (chosen as string | undefined) ?? CREDENTIALS[type.split('.').pop() ?? ''];
};

/** A template of ours as it stands in its file, with texts (such as a provider's address) replaced. */
export const readTemplate = async (
	name: string,
	replace: Record<string, string> = {},
): Promise<Workflow> => {
	return await readWorkflow(path.join('templates', `${name}.json`), replace);
};

/** A workflow of the repository, by its path there. */
export const readWorkflow = async (
	file: string,
	replace: Record<string, string> = {},
): Promise<Workflow> => {
	let text = await readFile(path.join(root, file), 'utf8');
	for (const [from, to] of Object.entries(replace)) text = text.replaceAll(from, to);
	return JSON.parse(text) as Workflow;
};

/** What the editor and its user add on import: an id for each webhook, and the credentials that are not there yet. */
export const withChoices = (workflow: Workflow, choices: Choices): Workflow => ({
	...workflow,
	nodes: workflow.nodes.map((node) => {
		const type = credentialTypeOf(node);
		const choice = type && (choices[node.name] ?? choices[type]);
		return {
			...node,
			...(choice && { credentials: { [type]: choice, ...node.credentials } }),
			...(/webhook$|Trigger$/.test(node.type) && { webhookId: node.webhookId ?? randomUUID() }),
		};
	}),
});

/** What people paste into respond.io: the production URL of the workflow's one trigger, without `/message`. */
export const baseUrlOf = (n8nUrl: string, workflow: Workflow): string => {
	const trigger = workflow.nodes.find(({ type }) =>
		type.endsWith('.respondIoCustomChannelTrigger'),
	);
	if (!trigger?.webhookId) throw new Error(`${workflow.name} has no Respond.io trigger`);
	return `${n8nUrl}/webhook/${trigger.webhookId}`;
};
