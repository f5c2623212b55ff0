import type { INodeProperties } from 'n8n-workflow';

import { PROVIDERS } from '../providers';
import { media } from './media';
import { message } from './message';
import { messageStatus } from './messageStatus';
import type { Operation, Resource } from './operation';
import { outgoingMessage } from './outgoingMessage';
import { provider } from './provider';

const RESOURCES: readonly Resource[] = [media, message, messageStatus, outgoingMessage, provider];

export function operationOf(resource: string, operation: string): Operation | undefined {
	return RESOURCES.find(({ value }) => value === resource)?.operations.find(
		({ value }) => value === operation,
	)?.run;
}

/** All parameters of the node, from the tables of its resources. */
export function properties(): INodeProperties[] {
	return [
		{
			displayName: 'Resource',
			name: 'resource',
			type: 'options',
			noDataExpression: true,
			options: RESOURCES.map(({ name, value, description }) => ({ name, value, description })),
			default: 'message',
		},
		...RESOURCES.map(({ value: resource, operations }): INodeProperties => {
			const [{ value: firstOperation }] = operations;
			return {
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: [resource] } },
				options: operations.map(({ name, value, action, description }) => ({
					name,
					value,
					action,
					description,
				})),
				default: firstOperation,
			};
		}),
		...RESOURCES.flatMap(({ operations }) => operations.flatMap(({ run }) => run.description)),
	];
}

/**
 * What the canvas shows below the node's name: the operation in words, and the provider where there is one. The editor
 * alone evaluates it; no execution does.
 */
export function subtitle(): string {
	const operations = Object.fromEntries(
		RESOURCES.flatMap(({ value: resource, operations }) =>
			operations.map(({ name, value, subtitle }) => [`${resource}:${value}`, subtitle ?? name]),
		),
	);
	const providers = Object.fromEntries(
		Object.values(PROVIDERS).map(({ name, displayName }) => [name, displayName]),
	);
	return `={{(${wordsFor})($parameter, ${JSON.stringify(operations)}, ${JSON.stringify(providers)})}}`;
}

/** It stands alone: the editor gets it as text. */
export function wordsFor(
	parameters: { resource: string; operation: string; provider?: string },
	operations: Record<string, string>,
	providers: Record<string, string>,
): string {
	const operation = operations[parameters.resource + ':' + parameters.operation];
	const provider = parameters.resource === 'provider' && providers[parameters.provider ?? ''];
	return provider ? operation + ': ' + provider : operation;
}
