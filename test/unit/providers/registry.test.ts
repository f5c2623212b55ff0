import { PROVIDERS } from '../../../nodes/RespondIoCustomChannel/providers';
import { converterOf, foldersOfCases, HOUSES, lackingFiles } from './cases';

describe('the registry', () => {
	it('knows each provider by its own name', () => {
		expect(Object.entries(PROVIDERS).map(([key, { name }]) => [key, name])).toEqual(
			Object.keys(PROVIDERS).map((name) => [name, name]),
		);
	});

	it('has all that a provider needs, and nothing that belongs to none', () => {
		expect(Object.keys(PROVIDERS).flatMap(lackingFiles)).toEqual([]);
		expect(foldersOfCases().sort()).toEqual(Object.keys(PROVIDERS).sort());
	});

	it.each(HOUSES)('loads the converter of $name', async ({ name, provider }) => {
		await expect(provider.load()).resolves.toBe(converterOf(name));
	});

	it.each(HOUSES)('$name says where its API is described', ({ provider }) => {
		expect(provider.documentation).toMatch(/^https:\/\/\S+$/);
	});

	it.each(HOUSES)('$name has settings that people can fill in', ({ provider: { settings } }) => {
		for (const { name, displayName, description } of settings) {
			expect(name).toMatch(/^[a-z][A-Za-z]+$/);
			expect(displayName).toMatch(/^[A-Z]/);
			expect(description.length).toBeGreaterThan(10);
			expect(`${name} ${displayName}`).not.toMatch(/token|secret|password/i);
		}
	});
});
