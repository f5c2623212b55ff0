import type { INodeProperties } from 'n8n-workflow';

import { PROVIDERS, type ProviderName } from '../../providers';
import { sinceVersion2, version1 } from '../parameters';

/** Sorted by name, as n8n lists options. */
const options = Object.values(PROVIDERS)
	.map(({ name, displayName }) => ({ name: displayName, value: name }))
	.sort((a, b) => a.name.localeCompare(b.name));

export const provider: INodeProperties = {
	displayName: 'Provider',
	name: 'provider',
	type: 'options',
	options,
	default: 'generic',
	description: 'Whose format the data has. Generic JSON is a plain form for any other provider.',
};

/** A setting of a provider's requests besides the message; never a secret. */
interface Setting {
	/** That by which the provider's file reads it. */
	name: string;
	displayName: string;
	description: string;
	placeholder?: string;
	providers: ProviderName[];
	/** The versions of the node whose editor shows it; left out: all. */
	versions?: typeof version1 | typeof sinceVersion2;
}

/** Fields of their own, since no request can be made without. */
const REQUIRED: Setting[] = [
	{
		name: 'url',
		displayName: 'URL',
		placeholder: 'e.g. https://chat.example.com/messages',
		description: 'Where the provider takes messages',
		providers: ['generic'],
	},
	{
		name: 'phoneNumberId',
		displayName: 'Phone Number ID',
		placeholder: 'e.g. 106540352242922',
		description: "Meta's ID of the number that sends, not the number itself",
		providers: ['whatsapp'],
	},
	{
		name: 'accountSid',
		displayName: 'Account SID',
		placeholder: 'e.g. AC0123456789abcdef0123456789abcdef',
		description: 'The Twilio account that sends',
		providers: ['twilio'],
	},
	{
		name: 'subject',
		displayName: 'Subject',
		placeholder: 'e.g. Your question to Example Shop',
		description: 'The subject of the email',
		providers: ['email'],
	},
	{
		name: 'from',
		displayName: 'From',
		placeholder: 'e.g. +14155238886',
		description: "The number that sends, without +, or the sender's ID",
		providers: ['vonage'],
	},
	{
		name: 'from',
		displayName: 'From',
		placeholder: 'e.g. +14155238886',
		description:
			'The number that sends; whatsapp:+14155238886 sends with WhatsApp. Or the SID of the messaging service that chooses the number, MG and 32 digits.',
		providers: ['twilio'],
		versions: sinceVersion2,
	},
	{
		name: 'senderName',
		displayName: 'Sender Name',
		placeholder: 'e.g. Leggy Cat',
		description: 'What customers see as the name of the chat: up to 28 characters',
		providers: ['viber'],
	},
];

const OPTIONAL: Setting[] = [
	{
		name: 'accountId',
		displayName: 'Account ID',
		description: 'The Instagram account that sends. Blank: the one that the token is for.',
		providers: ['instagram'],
	},
	{
		name: 'audioDuration',
		displayName: 'Audio Duration',
		placeholder: 'e.g. 60000',
		description: 'Milliseconds of the attached audio, which LINE asks for. Blank: sent as a link.',
		providers: ['line'],
	},
	{
		name: 'baseUrl',
		displayName: 'API Base URL',
		placeholder: 'e.g. https://graph.facebook.com/v25.0',
		description: "Another address of the provider's API than the usual one",
		providers: [
			'discord',
			'instagram',
			'line',
			'messenger',
			'slack',
			'telegram',
			'twilio',
			'viber',
			'vonage',
			'whatsapp',
		],
	},
	{
		name: 'businessConnectionId',
		displayName: 'Business Connection ID',
		description: 'The connection through which a business account of Telegram sends',
		providers: ['telegram'],
	},
	{
		name: 'buttons',
		displayName: 'Buttons',
		placeholder: 'e.g. true',
		description:
			"Whether quick replies are buttons (true), whose taps reach the Discord application's interactions endpoint alone. Blank: numbered.",
		providers: ['discord'],
	},
	{
		name: 'channel',
		displayName: 'Channel',
		placeholder: 'e.g. whatsapp',
		description: 'One of sms, mms, rcs, whatsapp, messenger or viber_service. Blank: sms.',
		providers: ['vonage'],
	},
	{
		name: 'fileSize',
		displayName: 'File Size',
		placeholder: 'e.g. 10000',
		description:
			'Bytes of the attachment, which Viber asks for. Blank: videos and files are sent as links.',
		providers: ['viber'],
	},
	{
		name: 'tag',
		displayName: 'Message Tag',
		placeholder: 'e.g. HUMAN_AGENT',
		description: "The tag that Meta asks for after 24 hours without a customer's message",
		providers: ['instagram', 'messenger'],
	},
	{
		name: 'from',
		displayName: 'From',
		placeholder: 'e.g. +14155238886',
		description:
			'The number that sends, if no messaging service chooses it; whatsapp:+14155238886 sends with WhatsApp',
		providers: ['twilio'],
		versions: version1,
	},
	{
		name: 'messagingServiceSid',
		displayName: 'Messaging Service SID',
		description: 'The Twilio service that chooses the number',
		providers: ['twilio'],
		versions: version1,
	},
	{
		name: 'pageId',
		displayName: 'Page ID',
		description: 'The page that sends. Blank: the one that the token is for.',
		providers: ['messenger'],
	},
	{
		name: 'previewImageUrl',
		displayName: 'Preview Image URL',
		placeholder: 'e.g. https://www.example.com/preview.jpg',
		description: 'The picture before videos, which LINE asks for. Blank: they are sent as links.',
		providers: ['line'],
	},
	{
		name: 'senderAvatar',
		displayName: 'Sender Avatar',
		placeholder: 'e.g. https://www.example.com/avatar.png',
		description: 'The link of a picture that customers see beside the name',
		providers: ['viber'],
	},
	{
		name: 'statusCallback',
		displayName: 'Status Callback',
		placeholder: 'e.g. https://n8n.example.com/webhook/twilio',
		description: 'Where Twilio reports what became of the message',
		providers: ['twilio'],
	},
];

const asField = (
	{ providers, versions, ...setting }: Setting,
	path: 'provider' | '/provider',
): INodeProperties => ({
	...setting,
	type: 'string',
	default: '',
	displayOptions: { show: { [path]: providers, ...versions?.show } },
});

const optionalProviders = [...new Set(OPTIONAL.flatMap(({ providers }) => providers))].sort();

export const settingFields: INodeProperties[] = [
	...REQUIRED.map((setting) => ({ ...asField(setting, 'provider'), required: true })),
	{
		displayName: 'Settings',
		name: 'settings',
		type: 'collection',
		placeholder: 'Add setting',
		default: {},
		displayOptions: { show: { provider: optionalProviders } },
		options: OPTIONAL.map((setting) => asField(setting, '/provider')),
	},
];

/** Names of the provider's settings by the parameter that holds them. */
export function settingNames(name: ProviderName): { fields: string[]; collection: string[] } {
	const namesIn = (settings: Setting[]) =>
		settings.filter(({ providers }) => providers.includes(name)).map((each) => each.name);
	return { fields: namesIn(REQUIRED), collection: namesIn(OPTIONAL) };
}

/** Of Twilio, From may name a messaging service, which is a setting of its own. */
export function withMessagingService(settings: Record<string, string>): Record<string, string> {
	const { from, ...more } = settings;
	return /^MG[0-9a-f]{32}$/i.test(from?.trim()) ? { messagingServiceSid: from, ...more } : settings;
}
