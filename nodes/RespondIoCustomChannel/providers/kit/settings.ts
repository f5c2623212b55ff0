import { ChannelError, shown } from '../../channel/error';
import type { OutgoingContext, Setting } from '../provider';
import { textOf } from './payload';
import { isHttpUrl } from './request';

/** The setting that every provider with an API of one address has. */
export const BASE_URL: Setting = {
	name: 'baseUrl',
	displayName: 'API Base URL',
	placeholder: 'e.g. https://graph.facebook.com/v25.0',
	description: "Another address of the provider's API than the usual one",
};

/** Where receipts go, for APIs that are told so with each message. */
export const STATUS_CALLBACK: Setting = {
	name: 'statusCallback',
	displayName: 'Status Callback',
	placeholder: 'e.g. https://n8n.example.com/webhook/receipts',
	description: 'Where the provider reports what became of the message',
};

/** @throws {ChannelError} when the setting is missing and has no default. */
export function setting(
	{ settings }: OutgoingContext,
	name: string,
	provider: string,
	fallback?: string,
): string {
	const value = textOf(settings[name])?.trim() ?? fallback;
	if (value !== undefined) return value;
	throw new ChannelError(
		`${provider} needs the setting ${name}`,
		`Add ${name} to the Settings of this step.`,
	);
}

/** The settings' base URL without a slash at its end. */
export function baseUrl(context: OutgoingContext, provider: string, fallback: string): string {
	const url = setting(context, 'baseUrl', provider, fallback);
	if (isHttpUrl(url)) return url.replace(/\/+$/, '');
	throw new ChannelError(
		`The setting baseUrl of ${provider} is no complete http(s) URL: ${shown(url)}`,
		`Leave it out, or write it like ${fallback}.`,
	);
}

/** The address of a provider that people run themselves: there is no usual one. */
export const SERVER_URL: Setting = {
	name: 'baseUrl',
	displayName: 'Server URL',
	placeholder: 'e.g. https://gateway.example.com',
	description: 'Where your own server answers, without a path',
	required: true,
};

/** The address of that server without a slash at its end. */
export function serverUrl(context: OutgoingContext, provider: string): string {
	const url = setting(context, 'baseUrl', provider);
	if (isHttpUrl(url)) return url.replace(/\/+$/, '');
	throw new ChannelError(
		`The setting baseUrl of ${provider} is no complete http(s) URL: ${shown(url)}`,
		'Write the address of your server like https://gateway.example.com.',
	);
}
