import fc from 'fast-check';
import {
	resolveWebhookDescriptionField,
	webhookDescriptionIsNativelyResolvable,
} from 'n8n-workflow';

import { MESSAGE_TYPES } from '../../../nodes/RespondIoCustomChannel/channel/outgoing';
import {
	chosenTypes,
	configuredOutputs,
	OUTPUTS,
	outputOf,
} from '../../../nodes/RespondIoCustomChannel/trigger/outputs';
import { RespondIoCustomChannelTrigger } from '../../../nodes/RespondIoCustomChannel/RespondIoCustomChannelTrigger.node';

describe('the outputs that the editor draws', () => {
	it('are one, unless they are split', () => {
		const messageTypes = [...MESSAGE_TYPES];
		for (const splitOutputs of [false, undefined]) {
			expect(configuredOutputs({ splitOutputs, messageTypes }, OUTPUTS)).toEqual([
				{ type: 'main' },
			]);
		}
	});

	it('are those that items leave by: one for each chosen type, in the order of the list', () => {
		const types = fc.shuffledSubarray([...MESSAGE_TYPES]);
		fc.assert(
			fc.property(types, fc.constantFrom(...MESSAGE_TYPES), (messageTypes, type) => {
				const drawn = configuredOutputs({ splitOutputs: true, messageTypes }, OUTPUTS);
				const filled = outputOf({ json: {} }, type, chosenTypes(messageTypes));
				expect(filled).toHaveLength(drawn.length);
				const names = drawn.filter((_output, index) => filled[index].length > 0);
				const name = OUTPUTS.find(({ value }) => value === type)?.name;
				expect(names).toEqual(
					messageTypes.includes(type) ? [{ type: 'main', displayName: name }] : [],
				);
			}),
		);
	});

	it('are given to the editor as a text that stands alone', () => {
		const { outputs } = new RespondIoCustomChannelTrigger().description;
		const code = /^=\{\{([^]*)\}\}$/.exec(String(outputs))?.[1] ?? '';

		const evaluate = new Function('$parameter', `return ${code}`) as (value: object) => unknown;
		const messageTypes = ['quickReply', 'text'];
		expect(evaluate({ splitOutputs: true, messageTypes })).toEqual([
			{ type: 'main', displayName: 'Text' },
			{ type: 'main', displayName: 'Quick Reply' },
		]);
		expect(evaluate({ splitOutputs: false, messageTypes })).toEqual([{ type: 'main' }]);
	});
});

it.each([
	[['text', 'image'], 'Text, Image'],
	[['image', 'text', 'file', 'audio'], '4 types of messages'],
	[[...MESSAGE_TYPES], 'All messages'],
	[undefined, ''],
])('the canvas says of the types %j: %s', (messageTypes, words) => {
	const { subtitle } = new RespondIoCustomChannelTrigger().description;
	const code = /^=\{\{([^]*)\}\}$/.exec(String(subtitle))?.[1] ?? '';
	const evaluate = new Function('$parameter', `return ${code}`) as (value: object) => string;
	expect(evaluate({ messageTypes })).toBe(words);
});

describe('the mode of answering', () => {
	const description = new RespondIoCustomChannelTrigger().description.webhooks?.[0];

	it('is the same template in every n8n', () => {
		expect(description?.responseMode).toBe('={{$parameter["responseMode"]}}');
	});

	it('is the template alone on an n8n that knows no other form', () => {
		jest.isolateModules(() => {
			jest.doMock('n8n-workflow', () => ({
				...jest.requireActual<object>('n8n-workflow'),
				webhookDescriptionFields: undefined,
				fromParameter: undefined,
			}));
			const { RespondIoCustomChannelTrigger: Old } = jest.requireActual<{
				RespondIoCustomChannelTrigger: typeof RespondIoCustomChannelTrigger;
			}>('../../../nodes/RespondIoCustomChannel/RespondIoCustomChannelTrigger.node');
			const webhook = new Old().description.webhooks?.[0];
			expect(webhook?.responseMode).toBe('={{$parameter["responseMode"]}}');
			expect(Object.getOwnPropertySymbols(webhook)).toEqual([]);
			jest.dontMock('n8n-workflow');
		});
	});

	it('is read without the expression engine where n8n can', () => {
		const node = { parameters: { responseMode: 'onReceived', options: {} } };
		expect(resolveWebhookDescriptionField(node, description as never, 'responseMode')).toEqual({
			resolved: true,
			value: 'onReceived',
		});
		expect(webhookDescriptionIsNativelyResolvable(description as never)).toBe(true);
	});
});

it('leaves out types that this release does not know', () => {
	expect(chosenTypes(['hologram', 'text'])).toEqual(['text']);
	expect(chosenTypes('text')).toEqual([]);
});
