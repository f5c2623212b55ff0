import type { INodeParameters } from 'n8n-workflow';

import type { Step } from './workflow';

/** The nodes that templates are made of, with the settings that all share. */

type Extra = Partial<Omit<Step, 'name' | 'type' | 'typeVersion' | 'parameters' | 'column' | 'row'>>;

/** A step of n8n's own nodes. */
export const core = (
	name: string,
	type: string,
	typeVersion: number,
	parameters: INodeParameters,
	[column, row]: readonly [number, number],
	extra: Extra = {},
): Step => ({
	name,
	type: type.startsWith('@') ? type : `n8n-nodes-base.${type}`,
	typeVersion,
	parameters,
	column,
	row,
	...extra,
});

const PACKAGE = 'n8n-nodes-respondio-custom-channel';
const TYPE_VERSION = 2;

/** A step of this package's action node. */
export const ours = (
	name: string,
	resource: string,
	operation: string,
	parameters: INodeParameters,
	[column, row]: readonly [number, number],
	extra: Extra = {},
): Step => ({
	name,
	type: `${PACKAGE}.respondIoCustomChannel`,
	typeVersion: TYPE_VERSION,
	parameters: { resource, operation, ...parameters },
	column,
	row,
	...extra,
});

/** All types that agents send: one that is left out would be answered with an error. */
const MESSAGE_TYPES = ['text', 'image', 'video', 'audio', 'file', 'location', 'quickReply'];

export const agentsMessage = (at: readonly [number, number]): Step => ({
	name: "Agent's Message",
	type: `${PACKAGE}.respondIoCustomChannelTrigger`,
	typeVersion: TYPE_VERSION,
	parameters: { responseMode: 'responseNode', messageTypes: MESSAGE_TYPES, options: {} },
	column: at[0],
	row: at[1],
});

/** Which of n8n's credentials an HTTP request carries. */
export type Credential = { predefined: string } | { generic: string } | 'none';

const authentication = (credential: Credential): INodeParameters => {
	if (credential === 'none') return {};
	return 'predefined' in credential
		? {
				authentication: 'predefinedCredentialType',
				nodeCredentialType: credential.predefined,
			}
		: { authentication: 'genericCredentialType', genericAuthType: credential.generic };
};

/** Sends what Build Request has built. A refusal goes on as an item, for Answer to read. */
export const sendRequest = (
	name: string,
	credential: Credential,
	at: readonly [number, number],
	body: INodeParameters = { specifyBody: 'json', jsonBody: '={{ $json.body }}' },
): Step =>
	core(
		name,
		'httpRequest',
		4.2,
		{
			method: 'POST',
			url: '={{ $json.url }}',
			...authentication(credential),
			sendBody: true,
			...body,
			options: { timeout: 20000 },
		},
		at,
		{ onError: 'continueRegularOutput' },
	);

/** Fetches a file, or what tells where it is; without it the message goes on all the same. */
export const fetchFile = (
	name: string,
	url: string,
	credential: Credential,
	at: readonly [number, number],
	{ isFile = true, property }: { isFile?: boolean; property?: string } = {},
): Step =>
	core(
		name,
		'httpRequest',
		4.2,
		{
			url,
			...authentication(credential),
			options: isFile
				? {
						timeout: 60000,
						response: {
							response: {
								responseFormat: 'file',
								...(property !== undefined && { outputPropertyName: property }),
							},
						},
					}
				: { timeout: 20000 },
		},
		at,
		{ onError: 'continueRegularOutput' },
	);

/** Two ways on: the first where the expression is true. */
export const decide = (name: string, expression: string, at: readonly [number, number]): Step =>
	core(
		name,
		'if',
		2.2,
		{
			conditions: {
				options: { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 },
				conditions: [
					{
						id: 'condition',
						leftValue: `={{ ${expression} }}`,
						rightValue: '',
						operator: { type: 'boolean', operation: 'true', singleValue: true },
					},
				],
				combinator: 'and',
			},
			looseTypeValidation: true,
			options: {},
		},
		at,
		{ shape: { outputs: 2 } },
	);

/**
 * The provider's webhook. It is answered when the workflow has ended: with 200 when the events are posted or in the
 * outbox, else with 500, so that a provider that repeats what was not answered 200 does so.
 */
export const webhook = (
	name: string,
	parameters: INodeParameters,
	at: readonly [number, number],
): Step =>
	core(
		name,
		'webhook',
		2.1,
		{
			httpMethod: 'POST',
			responseMode: 'lastNode',
			responseData: 'noData',
			options: {},
			...parameters,
		},
		at,
	);

export const everyMinute = (name: string, at: readonly [number, number]): Step =>
	core(
		name,
		'scheduleTrigger',
		1.2,
		{ rule: { interval: [{ field: 'minutes', minutesInterval: 1 }] } },
		at,
	);

export const fail = (name: string, message: string, at: readonly [number, number]): Step =>
	core(name, 'stopAndError', 1, { errorMessage: message }, at);
