import fc from 'fast-check';

import { ERROR_ITEMS } from '../errorItems';
import { HOUSES } from './cases';
import { NOW } from './support';

/** What each provider's answers mean, and what holds of all of them. */

describe.each(HOUSES)('$name', ({ converter, outgoing, incoming }) => {
	it.each(Object.entries(outgoing.responses))('reads %s', (_, { response, settings, result }) => {
		expect(converter.readResponse(response, settings)).toEqual(result);
	});

	it('is told by its cases what a success is, and what a refusal', () => {
		const results = Object.values(outgoing.responses).map(({ result }) => result.taken);
		expect(new Set(results)).toEqual(new Set([true, false]));
		for (const { source } of [incoming, outgoing]) expect(source).toMatch(/https:\/\/\S+/);
	});

	it.each([undefined, null, [], '<!DOCTYPE html><title>Welcome</title>'])(
		'never takes %j for a success',
		(response) => {
			expect(converter.readResponse(response).taken).toBe(false);
		},
	);

	it('never takes its own request for a response: n8n hands it on where a step fails as a whole', () => {
		const [request] = converter.outgoing({ type: 'text', text: 'Hi' }, outgoing.contactId, {
			now: NOW,
			settings: { ...outgoing.settings },
		});
		expect(converter.readResponse(request)).toEqual({
			taken: false,
			reason:
				'The sending step failed and did not say why: its error is in the list of executions.',
		});
	});

	it.each(ERROR_ITEMS)('reads $name', ({ response, reason }) => {
		expect(converter.readResponse(response)).toEqual({ taken: false, reason });
	});

	it('never throws, and always gives an id, or a reason that fits', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (response) => {
				const read = converter.readResponse(response);
				if (read.taken) expect(['string', 'undefined']).toContain(typeof read.messageId);
				else expect(read.reason.trim().length).toBeGreaterThan(0);
			}),
		);
	});
});
