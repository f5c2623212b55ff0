import { HOUSES } from './cases';
import { NOW } from './support';

describe.each(HOUSES.filter(({ name }) => name === 'line'))('$name', ({ converter, outgoing }) => {
	it('fills a request with five messages before the next', () => {
		const text = 'x'.repeat(5000 * 6);
		const requests = converter.outgoing({ type: 'text', text }, outgoing.contactId, {
			now: NOW,
			settings: {},
		});
		expect(requests.map(({ body }) => (body.messages as unknown[]).length)).toEqual([5, 1]);
	});
});
