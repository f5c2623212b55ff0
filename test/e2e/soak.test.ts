import type { Workflow } from '../../tools/n8n';
import { soak } from '../bench/soak/run';
import { openStage, template, type Stage } from './stage';

/** The short form of `npm run bench -- soak`: what does not depend on the machine's speed. */

const MINUTES = 1;
/** Megabytes, in a minute, of an n8n that has just started; a leak of every message's bytes would be far more. */
const MOST_GROWTH = 400;

let stage: Stage;
let webChat: Workflow;

beforeAll(async () => {
	stage = await openStage({
		settings: { receipts: [] },
		workflows: async ({ url }) => {
			webChat = await template('web-chat', 'webchat', {
				replace: { 'http://127.0.0.1:3100': url },
			});
			return [webChat];
		},
	});
});
afterAll(async () => await stage?.close());

it(
	'loses nothing in a minute of messages both ways, and keeps its memory bounded',
	async () => {
		const { incoming, outgoing, samples } = await soak(stage, webChat, {
			minutes: MINUTES,
			rate: 2,
			step: 5,
		});
		expect(incoming.given).toBeGreaterThan(0);
		expect(incoming).toMatchObject({ given: incoming.written, lost: 0, twice: 0, late: 0 });
		expect(outgoing.taken).toBeGreaterThan(0);
		expect(outgoing).toMatchObject({ taken: outgoing.sent, lost: 0, twice: 0 });
		const [first, last] = [samples[0].memory, samples[samples.length - 1].memory];
		expect(last - first).toBeLessThan(MOST_GROWTH);
	},
	(MINUTES + 6) * 60_000,
);
