import js from '@eslint/js';
import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import prettier from 'eslint-config-prettier';
import n8nNodesBasePlugin from 'eslint-plugin-n8n-nodes-base';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const every = (rules, namespace) =>
	Object.fromEntries(Object.keys(rules).map((name) => [`${namespace}/${name}`, 'error']));

/**
 * What n8n's verification scanner asks of the published parts, and more: it warns of some rules and
 * leaves one out, here each of them is an error. Patterns are relative to the folder that is linted, so
 * that an unpacked tarball can be linted by the same rules.
 */
export const verification = defineConfig(
	{
		files: ['package.json', '{nodes,credentials,dist}/**/*.{js,ts,json}'],
		plugins: {
			'@n8n/community-nodes': n8nCommunityNodesPlugin,
			'n8n-nodes-base': n8nNodesBasePlugin,
		},
		rules: {
			...every(n8nCommunityNodesPlugin.rules, '@n8n/community-nodes'),
			'no-console': 'error',
		},
	},
	{
		files: ['package.json'],
		rules: n8nNodesBasePlugin.configs.community.rules,
	},
	// The scanner switches the rules that are off here off too: n8n means them for its own nodes.
	{
		files: ['credentials/**/*.ts'],
		rules: {
			...n8nNodesBasePlugin.configs.credentials.rules,
			'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
			'n8n-nodes-base/cred-class-field-type-options-password-missing': 'off',
		},
	},
	{
		files: ['nodes/**/*.ts'],
		rules: {
			...n8nNodesBasePlugin.configs.nodes.rules,
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
			'n8n-nodes-base/node-param-type-options-max-value-present': 'off',
		},
	},
	{
		// The rules about JSON read the syntax tree that this parser makes of it.
		files: ['**/*.{ts,json}'],
		languageOptions: { parser: tseslint.parser },
	},
);

export default defineConfig(
	globalIgnores(['dist/', '.cache/', 'package-lock.json']),
	{
		files: ['**/*.{ts,js,mjs}'],
		extends: [js.configs.recommended, tseslint.configs.recommended, prettier],
		linterOptions: { reportUnusedDisableDirectives: 'error' },
	},
	verification,
	{
		// CommonJS and Node's globals, of which the compiler knows nothing here.
		files: ['*.js', 'tools/*.mjs'],
		languageOptions: { globals: { console: 'readonly', module: 'readonly', process: 'readonly' } },
		rules: { '@typescript-eslint/no-require-imports': 'off' },
	},
	{
		// The linter of the published parts must see what the scanner sees.
		files: ['{nodes,credentials}/**/*.ts'],
		linterOptions: { noInlineConfig: true },
	},
);
