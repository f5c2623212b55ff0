import type {
	IHookFunctions,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
	TriggerPanelDefinition,
} from 'n8n-workflow';
import * as n8nWorkflow from 'n8n-workflow';

import { testCredential } from './actions/credentialTest';
import { serve } from './trigger/media';
import { configuredOutputs, OUTPUTS, typesInWords } from './trigger/outputs';
import { receive } from './trigger/receive';

/**
 * The template that n8n evaluates for each call, in its expression engine; n8n 2.41 brings a form that it reads without
 * (older ones do not, whatever their types say).
 */
const { fromParameter, webhookDescriptionFields } = n8nWorkflow as Partial<typeof n8nWorkflow>;
const responseMode =
	fromParameter && webhookDescriptionFields
		? webhookDescriptionFields({ responseMode: fromParameter('responseMode') })
		: { responseMode: '={{$parameter["responseMode"]}}' };

/** Beside the node's settings, before it has run: which URL goes where. */
const triggerPanel: TriggerPanelDefinition = {
	header: 'Put the Test URL into respond.io, click below, and send a message as an agent',
	executionsHelp: {
		inactive: `<b>To try this out</b>, click the button above, and put the <b>Test URL</b> into respond.io, without <code>/message</code> at its end, as the channel's Webhook URL for Outgoing message. Then send a message there as an agent: it shows up here. respond.io holds one URL, so while it holds this one, messages arrive only while you listen.<br /><br /><b>When all is ready</b>, publish the workflow and put the <b>Production URL</b> there, without <code>/message</code> too. Messages then show up in the list of executions, but not here.`,
		active: `<b>Messages that come to the Production URL</b> start the published workflow, and show up in the <a data-key="executions">list of executions</a>.<br /><br /><b>To try a change out here</b>, click the button above, and put the <b>Test URL</b> into respond.io, without <code>/message</code> at its end, as the channel's Webhook URL for Outgoing message. respond.io holds one URL: until you put the Production URL back, agents' messages arrive only while you listen.`,
	},
	activationHint:
		'When the workflow is published, respond.io must hold the Production URL, without /message at its end.',
};

export class RespondIoCustomChannelTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Respond.io Custom Channel Trigger',
		name: 'respondIoCustomChannelTrigger',
		icon: {
			light: 'file:respondIoCustomChannel.svg',
			dark: 'file:respondIoCustomChannel.dark.svg',
		},
		group: ['trigger'],
		// From 2 on: nothing starts where no step would answer, and an accepted token is remembered for ten seconds.
		version: [1, 2],
		defaultVersion: 2,
		subtitle: `={{(${typesInWords})($parameter, ${JSON.stringify(OUTPUTS)})}}`,
		description: 'Starts the workflow when an agent or an automation in respond.io sends a message',
		eventTriggerDescription:
			'Put the Test URL into respond.io, without /message at its end, and send a message as an agent',
		activationMessage: 'Messages that agents send on this channel now start this workflow.',
		triggerPanel,
		defaults: { name: 'Respond.io Custom Channel Trigger' },
		inputs: [],
		outputs: `={{(${configuredOutputs})($parameter, ${JSON.stringify(OUTPUTS)})}}`,
		credentials: [
			{
				name: 'respondIoCustomChannelApi',
				required: true,
				testedBy: 'respondIoCustomChannelApiTest',
			},
		],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				...responseMode,
				// Left out, n8n would answer with the literal text "firstEntryJson".
				responseData: '',
				path: 'message',
			},
			{
				// n8n lets a node have one webhook of each name, and there are these two names.
				name: 'setup',
				httpMethod: 'GET,HEAD',
				responseMode: 'onReceived',
				path: 'media',
				// One URL at the node: which of two is to be pasted was a riddle. The credential says how this one reads.
				ndvHideUrl: true,
			},
		],
		properties: [
			{
				displayName:
					'Paste the <b>Production URL</b> of this node into respond.io, <b>without <code>/message</code> at its end</b>: <b>Settings > Channels > your Custom Channel > Manage > Webhook URL for Outgoing message</b>. For example <code>https://n8n.example.com/webhook/1f0c</code>, where this node shows <code>https://n8n.example.com/webhook/1f0c/message</code>. The Test URL works only while you listen for a test event.',
				name: 'whereToPaste',
				type: 'notice',
				default: '',
			},
			{
				displayName: 'Respond',
				name: 'responseMode',
				type: 'options',
				options: [
					{
						name: 'Immediately',
						value: 'onReceived',
						description:
							'Tells respond.io at once that the message was taken. If the provider refuses it later, only a failed status tells the agent.',
					},
					{
						name: 'Using a Step of the Workflow',
						value: 'responseNode',
						description:
							'Lets respond.io wait until the provider has taken or refused the message: Answer from Responses, Accept or Reject then says so',
					},
				],
				default: 'responseNode',
				description: 'When and how respond.io gets its answer',
			},
			{
				displayName:
					'Put an <b>Outgoing Message</b> step behind what sends the message: <b>Answer from Responses</b>, or <b>Accept</b> where the provider took it and <b>Reject</b> where it did not. Without any, nothing is sent; a workflow that ends without reaching one is shown to the agent as failed.',
				name: 'answerNotice',
				type: 'notice',
				default: '',
				displayOptions: { show: { responseMode: ['responseNode'] } },
			},
			{
				displayName: 'Message Types',
				name: 'messageTypes',
				type: 'multiOptions',
				options: [
					{ name: 'Audio', value: 'audio' },
					{ name: 'File', value: 'file' },
					{ name: 'Image', value: 'image' },
					{ name: 'Location', value: 'location' },
					{
						name: 'Other',
						value: 'other',
						description: 'Any type that this node does not know yet',
					},
					{ name: 'Quick Reply', value: 'quickReply' },
					{ name: 'Text', value: 'text' },
					{ name: 'Video', value: 'video' },
				],
				default: ['text', 'image', 'video', 'audio', 'file', 'location', 'quickReply', 'other'],
				description:
					'The types that the workflow handles. A message of another type is refused, so that the agent sees that it was not sent.',
			},
			{
				displayName: 'Split Outputs',
				name: 'splitOutputs',
				type: 'boolean',
				default: false,
				description: 'Whether to give each message type an output of its own',
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add option',
				default: {},
				options: [
					{
						displayName: 'Allow Private Addresses',
						name: 'allowPrivateAddresses',
						type: 'boolean',
						default: false,
						description:
							'Whether attachments may be downloaded from addresses of your own network too. Switch it on for tests alone.',
					},
					{
						displayName: 'Download Attachments',
						name: 'downloadAttachments',
						type: 'boolean',
						default: false,
						description:
							'Whether to fetch the file of an image, video, audio or file into the binary field data, for providers that want an upload. A file that can not be fetched is shown to the agent as not sent.',
					},
					{
						displayName: 'IP Allowlist',
						name: 'ipAllowlist',
						type: 'string',
						default: '',
						placeholder: 'e.g. 203.0.113.7, 2001:db8::/32',
						description:
							'Addresses and CIDR ranges that may call, separated by commas; all others are refused. Behind a reverse proxy, set N8N_PROXY_HOPS so that n8n sees the address of the caller.',
					},
					{
						displayName: 'Quick Reply as Text',
						name: 'quickReplyAsText',
						type: 'boolean',
						default: false,
						description:
							'Whether to turn quick replies into a text with numbered answers, for providers without buttons',
					},
					{
						displayName: 'Verify Token',
						name: 'verifyToken',
						type: 'boolean',
						default: true,
						description:
							'Whether to refuse calls that do not carry the API token of the channel. Switched off, anyone who knows the URL can send as your agents.',
					},
				],
			},
		],
	};

	methods = { credentialTest: { respondIoCustomChannelApiTest: testCredential } };

	// respond.io has no call that registers a URL: people paste it, once, as the notice says.
	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return true;
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return this.getWebhookName() === 'setup' ? await serve(this) : await receive(this);
	}
}
