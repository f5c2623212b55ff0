import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { testCredential } from './actions/credentialTest';
import { properties, subtitle } from './actions/operations';
import { route } from './actions/router';

export class RespondIoCustomChannel implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Respond.io Custom Channel',
		name: 'respondIoCustomChannel',
		icon: {
			light: 'file:respondIoCustomChannel.svg',
			dark: 'file:respondIoCustomChannel.dark.svg',
		},
		group: ['output'],
		version: [1, 2],
		defaultVersion: 2,
		subtitle: subtitle(),
		description:
			"Posts customers' messages, echoes and delivery statuses to respond.io, and answers its outgoing messages",
		defaults: { name: 'Respond.io Custom Channel' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'respondIoCustomChannelApi',
				required: true,
				testedBy: 'respondIoCustomChannelApiTest',
				// Answers and conversions need no secret; reading one costs n8n some 15 ms.
				displayOptions: { hide: { operation: ['accept', 'answer', 'buildRequest', 'reject'] } },
			},
		],
		properties: properties(),
	};

	methods = { credentialTest: { respondIoCustomChannelApiTest: testCredential } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this);
	}
}
