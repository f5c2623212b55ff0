import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv';
import glob from 'fast-glob';

import { properties } from '../../nodes/RespondIoCustomChannel/actions/operations';
import { ProcessedItems, type Item } from './harness';
import { jsonOf, POST, STATUS, useSandbox } from './support';

/** What the editor shows of an operation before it has run, as the package carries it, beside what the operation gives. */

const stage = useSandbox();
const FOLDER = path.join(__dirname, '../../dist/nodes/RespondIoCustomChannel/__schema__/v2.0.0');

interface Schema {
	properties: Record<string, object>;
}

const schemaOf = (name: string) =>
	JSON.parse(readFileSync(path.join(FOLDER, `${name}.json`), 'utf8')) as Schema;

const ajv = new Ajv({ strict: true, allErrors: true }).addKeyword('version');
/** Fields that the schema does not name are faults too. */
const strict = (name: string): ValidateFunction =>
	ajv.compile({ ...schemaOf(name), additionalProperties: false });

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').toString('base64');
const file: Item = {
	json: {},
	binary: { data: { data: PNG, mimeType: 'image/png', fileName: 'photo' } },
};
const items = (...all: Array<Item['json']>): Item[] => all.map((json) => ({ json }));
const generic = (json: object) => ({ event: 'message', from: 'mei', ...json });
const buildRequest = (provider: string, more: object) => ({
	resource: 'provider',
	operation: 'buildRequest',
	provider,
	contactId: '+60177872890',
	payload: { message: { type: 'text', text: 'Hi' } },
	...more,
});

/** Runs that together give every field: what is posted once more is skipped, with the reason. */
const CASES: Array<[string, object, Item[]]> = [
	['message/post', { ...POST, operation: 'post' }, items({ id: 'a' })],
	['message/postEcho', { ...POST, operation: 'postEcho' }, items({ id: 'a' })],
	['messageStatus/post', STATUS, items({ id: 'a', status: 'read' })],
	[
		'provider/relay',
		{ resource: 'provider', operation: 'relay', provider: 'generic' },
		items(
			generic({ id: 'a', text: 'Hi' }),
			generic({ id: 'b', event: 'echo', to: 'mei', text: 'Hi' }),
			generic({ id: 'c', event: 'status', to: 'mei', status: 'read' }),
			generic({ id: 'd', event: 'typing' }),
		),
	],
	['provider/buildRequest', buildRequest('generic', { url: 'https://example.com/x' }), items({})],
	['provider/buildRequest', buildRequest('whatsapp', { phoneNumberId: '1' }), items({})],
	[
		'provider/buildRequest',
		buildRequest('twilio', { accountSid: 'AC1', from: '+14155238886' }),
		items({}),
	],
	[
		'media/publish',
		{ resource: 'media', operation: 'publish', binaryPropertyName: 'data' },
		[file],
	],
];

it.each(CASES)('%s gives what its schema says, and all of it', async (name, parameters, given) => {
	const { channelId, apiToken, idType } = stage.sandbox.settings();
	const memory = new ProcessedItems();
	const run = async () =>
		jsonOf(
			await stage.run(parameters as typeof POST, [], {
				items: given,
				typeVersion: 2,
				memory,
				credential: {
					channelId,
					apiToken,
					idType,
					webhookUrl: `${stage.sandbox.url}/custom/channel/webhook/`,
					publicMediaUrl: 'https://n8n.example.com/webhook/1f0c/media',
				},
			}),
		);
	const output = [...(await run()), ...(await run())];
	expect(output).toHaveLength(2 * given.length);
	const fits = strict(name);
	for (const json of output) expect([fits(json), fits.errors]).toEqual([true, null]);
	const fields = new Set(output.flatMap(Object.keys));
	expect([...fields].sort()).toEqual(Object.keys(schemaOf(name).properties).sort());
});

it('there is one for every operation that gives items of its own', async () => {
	const answers = ['accept', 'reject', 'answer'];
	const operations = properties()
		.filter(({ name }) => name === 'operation')
		.flatMap(({ displayOptions, options }) =>
			(options as Array<{ value: string }>).map(
				({ value }) => `${String(displayOptions?.show?.resource)}/${value}`,
			),
		)
		// These hand on the items that they get.
		.filter((name) => !answers.includes(name.split('/')[1]));
	const files = await glob('**/*.json', { cwd: FOLDER });
	expect(files.map((each) => each.replace('.json', '')).sort()).toEqual(operations.sort());
});
