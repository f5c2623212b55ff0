import fc from 'fast-check';

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

it('leaves out types that this release does not know', () => {
	expect(chosenTypes(['hologram', 'text'])).toEqual(['text']);
	expect(chosenTypes('text')).toEqual([]);
});
