import type { INodeProperties } from 'n8n-workflow';

import { ChannelError, shown } from '../../channel/error';
import { PROVIDERS, type ProviderName } from '../../providers';
import type { Provider } from '../../providers/provider';
import type { ItemContext } from '../operation';

export const payloadField = (description: string): INodeProperties => ({
	displayName: 'Payload',
	name: 'payload',
	type: 'json',
	default: '={{ $json }}',
	description,
});

/** @throws {ChannelError} when an expression gives a provider that is not on the list. */
export function providerOf({ parameters }: ItemContext, itemIndex: number): Provider {
	return providerNamed(parameters.getNodeParameter('provider', itemIndex, 'generic'));
}

/** @throws {ChannelError} when there is no such provider. */
export function providerNamed(name: unknown): Provider {
	if (Object.hasOwn(PROVIDERS, String(name))) return PROVIDERS[name as ProviderName];
	throw new ChannelError(
		`The Provider ${shown(name)} is not known`,
		`Choose ${Object.keys(PROVIDERS).join(', ')}.`,
	);
}

/** The payload as a value: expressions give one, people who type it in give JSON. */
export function payloadOf({ parameters }: ItemContext, itemIndex: number): unknown {
	const given = parameters.getNodeParameter('payload', itemIndex, undefined);
	if (typeof given !== 'string') return given;
	const parsed = parse(given);
	if (parsed !== undefined) return parsed.value;
	throw new ChannelError(
		`The Payload is no JSON: ${shown(given)}`,
		'Leave it at {{ $json }} to take the item as it is.',
	);
}

function parse(text: string): { value: unknown } | undefined {
	try {
		return { value: JSON.parse(text) };
	} catch {
		return undefined;
	}
}
