import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { createSandbox, type Sandbox } from '../../sandbox/server';
import { runNode, type Item, type RunOptions, type RunResult } from './harness';

/** A sandbox for one file of tests, as new before each, and the node under test against it. */
export function useSandbox() {
	let sandbox: Sandbox;
	let defaults: ReturnType<Sandbox['settings']>;
	beforeAll(async () => {
		sandbox = await createSandbox({ settings: { receiptDelay: 0 } });
		defaults = sandbox.settings();
	});
	afterAll(async () => await sandbox.close());
	beforeEach(() => {
		sandbox.respondIo.reset();
		sandbox.set(defaults);
	});

	return {
		get sandbox() {
			return sandbox;
		},
		get ledger() {
			return sandbox.respondIo.ledger;
		},
		/** Runs the action node over the items. */
		run: async (
			parameters: INodeParameters,
			items: Array<Record<string, unknown>> = [{}],
			more: Partial<RunOptions> = {},
		): Promise<RunResult> => {
			const { channelId, apiToken, idType } = sandbox.settings();
			return await runNode('respondIoCustomChannel', {
				items: items.map((json) => ({ json }) as Item),
				parameters,
				credential: {
					channelId,
					apiToken,
					idType,
					webhookUrl: `${sandbox.url}/custom/channel/webhook/`,
				},
				...more,
			});
		},
	};
}

/** A text from each item: `{ id, contact, text }`. */
export const POST: INodeParameters = {
	resource: 'message',
	operation: 'post',
	contactId: '={{ $json.contact ?? "mei" }}',
	messageType: 'text',
	text: '={{ $json.text ?? "Hello" }}',
	messageId: '={{ $json.id }}',
	timestamp: 1_769_851_800_000,
};

export const STATUS: INodeParameters = {
	resource: 'messageStatus',
	operation: 'post',
	contactId: '={{ $json.contact ?? "mei" }}',
	messageId: '={{ $json.id }}',
	status: '={{ $json.status }}',
	errorMessage: '={{ $json.error }}',
};

/** The JSON of an output's items. */
export const jsonOf = ({ outputs }: RunResult, output = 0) =>
	(outputs[output] ?? []).map(({ json }) => json);

/** What the items of the error output say. */
export const errorsOf = (result: RunResult) =>
	jsonOf(result, 1).map(({ error }) => error as IDataObject);
