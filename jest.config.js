const transform = {
	'^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }],
};
const project = (name, more) => ({
	displayName: name,
	testEnvironment: 'node',
	transform,
	// TypeScript asks for the extension where a file is loaded late.
	moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
	testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
	...more,
});

/** @type {import('jest').Config} */
module.exports = {
	// Half of the cores is jest's own choice, which is one on a small machine.
	maxWorkers: '100%',
	// No test is about time; five seconds are few where two workers share a busy machine.
	testTimeout: 30_000,
	projects: [
		project('unit'),
		project('engine', { setupFilesAfterEnv: ['<rootDir>/test/engine/setup.ts'] }),
		project('e2e'),
		project('queue'),
	],
};
