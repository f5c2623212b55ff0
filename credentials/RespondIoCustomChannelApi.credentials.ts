import type {
	IAuthenticate,
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
	Themed,
} from 'n8n-workflow';

export class RespondIoCustomChannelApi implements ICredentialType {
	name = 'respondIoCustomChannelApi';

	displayName = 'Respond.io Custom Channel API';

	documentationUrl =
		'https://github.com/n8n-nodes-respondio/n8n-nodes-respondio-custom-channel#connect-respondio';

	icon: Themed<`file:${string}.svg`> = {
		light: 'file:../nodes/RespondIoCustomChannel/respondIoCustomChannel.svg',
		dark: 'file:../nodes/RespondIoCustomChannel/respondIoCustomChannel.dark.svg',
	};

	properties: INodeProperties[] = [
		{
			displayName:
				'Open respond.io, <b>Settings > Channels > your Custom Channel > Manage</b>: all values below stand on that page.',
			name: 'whereToFind',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Channel ID',
			name: 'channelId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. gfd8g7fd89dgfd',
			description: 'The unique ID that respond.io gave this channel',
		},
		{
			displayName: 'API Token',
			name: 'apiToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				"The channel's own API token, from the channel's configuration page. Not the token of the respond.io Developer API.",
		},
		{
			displayName: 'ID Type',
			name: 'idType',
			type: 'options',
			options: [
				{
					name: 'Custom ID',
					value: 'custom',
					description: 'The provider knows its customers by an ID, a user name or an address',
				},
				{
					name: 'Phone Number',
					value: 'phone',
					description: 'The provider knows its customers by their phone number',
				},
			],
			default: 'custom',
			description: 'How the channel tells contacts apart, as it was chosen in respond.io',
		},
		{
			displayName: 'Webhook URL',
			name: 'webhookUrl',
			type: 'string',
			default: 'https://webhook.respond.io/custom/channel/webhook/',
			required: true,
			placeholder: 'e.g. https://webhook.respond.io/custom/channel/webhook/',
			description:
				'The URL that the channel page calls "Webhook URL for Incoming message". Copy it in full. Since 5 August 2026 respond.io takes no messages at its former host, app.respond.io.',
		},
		{
			displayName: 'Public Media URL',
			name: 'publicMediaUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://n8n.example.com/webhook/1f0c…/media',
			description:
				'Where files of your workflows can be fetched: the Production URL of the Custom Channel Trigger, with /media in place of /message at its end. Needed only to send files that have no public link of their own.',
		},
	];

	/**
	 * A function, not the declarative form: n8n evaluates the latter's expressions for every single request,
	 * in an expression engine of some 15 ms.
	 */
	authenticate: IAuthenticate = async (
		credentials: ICredentialDataDecryptedObject,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => {
		request.headers = {
			...request.headers,
			Authorization: `Bearer ${String(credentials.apiToken ?? '').trim()}`,
		};
		return request;
	};
}
