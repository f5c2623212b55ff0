import { createSandbox, type Sandbox } from '../../sandbox/server';
import { runNode } from './harness';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await createSandbox();
});
afterAll(async () => await sandbox.close());
beforeEach(() => sandbox.respondIo.reset());

const credential = () => {
	const { channelId, apiToken, idType } = sandbox.settings();
	return { channelId, apiToken, idType, webhookUrl: `${sandbox.url}/custom/channel/webhook/` };
};

it('posts a text of each item', async () => {
	const { outputs, error } = await runNode('respondIoCustomChannel', {
		items: [{ json: { id: 'a', text: 'Hello' } }, { json: { id: 'b', text: 'Bye' } }],
		parameters: {
			resource: 'message',
			operation: 'post',
			contactId: 'mei',
			messageType: 'text',
			text: '={{ $json.text }}',
			messageId: '={{ $json.id }}',
		},
		credential: credential(),
	});
	expect(error).toBeUndefined();
	expect(outputs[0].map(({ json, pairedItem }) => [json.mId, json.delivery, pairedItem])).toEqual([
		['a', 'delivered', { item: 0 }],
		['b', 'delivered', { item: 1 }],
	]);
	expect(sandbox.respondIo.ledger.map(({ mId }) => mId)).toEqual(['a', 'b']);
});
