import { readdirSync } from 'node:fs';
import path from 'node:path';

import { PROVIDERS } from '../../nodes/RespondIoCustomChannel/providers';
import { loadPackage, runNode } from './harness';

/** Files of the built package that are loaded, of those that are loaded when they are first used. */
const loadedLate = () =>
	Object.keys(require.cache)
		.filter((file) => path.basename(path.dirname(file)) === 'providers' && /dist/.test(file))
		.map((file) => path.basename(file))
		.sort();

const buildRequest = async (provider: string, settings: Record<string, string>) =>
	await runNode('respondIoCustomChannel', {
		items: [{ json: {} }],
		parameters: {
			resource: 'provider',
			operation: 'buildRequest',
			provider,
			contactId: '60123456789',
			payload: { type: 'text', text: 'Hello' },
			...settings,
		},
	});

it('has a file for each provider, and for what some of them share', () => {
	const sources = path.join(__dirname, '../../nodes/RespondIoCustomChannel/providers');
	// The kit is in the file that all share.
	const folders = readdirSync(sources, { withFileTypes: true })
		.filter((entry) => entry.isDirectory() && entry.name !== 'kit')
		.map(({ name }) => `${name}.js`);
	expect(folders).toEqual(
		expect.arrayContaining(Object.keys(PROVIDERS).map((name) => `${name}.js`)),
	);
	expect(readdirSync(path.join(__dirname, '../../dist/providers')).sort()).toEqual(folders.sort());
});

it('loads a provider when it is first used, with what it shares with others', async () => {
	const { nodeTypes, credentialTypes } = await loadPackage();
	expect(Object.keys({ ...nodeTypes, ...credentialTypes })).toHaveLength(3);
	// What each says about itself is there.
	const { properties } = nodeTypes.respondIoCustomChannel.type.description as {
		properties: Array<{ name: string; options?: unknown[] }>;
	};
	const choice = properties.find(({ name }) => name === 'provider');
	expect(choice?.options).toHaveLength(Object.keys(PROVIDERS).length);
	expect(loadedLate()).toEqual([]);

	expect((await buildRequest('telegram', {})).error).toBeUndefined();
	expect(loadedLate()).toEqual(['telegram.js']);
	expect((await buildRequest('messenger', {})).error).toBeUndefined();
	expect(loadedLate()).toEqual(['messenger.js', 'meta.js', 'telegram.js']);
});
