/*
 * ESLint's configuration for what is published, with the rules of n8n's verification scanner, and more:
 * where it only warns, or leaves a rule of its plugin out, here is an error. The patterns are relative
 * to the linted folder, so an unpacked tarball can be linted by the same rules.
 */
import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import n8nNodesBasePlugin from 'eslint-plugin-n8n-nodes-base';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export const PUBLISHED = ['package.json', '{nodes,credentials,dist}/**/*.{js,ts,json}'];

const communityRules = Object.fromEntries(
	Object.keys(n8nCommunityNodesPlugin.rules).map((name) => [
		`@n8n/community-nodes/${name}`,
		'error',
	]),
);
const { community, credentials, nodes } = n8nNodesBasePlugin.configs;

export default defineConfig(
	{
		files: PUBLISHED,
		plugins: {
			'@n8n/community-nodes': n8nCommunityNodesPlugin,
			'n8n-nodes-base': n8nNodesBasePlugin,
		},
		rules: { ...communityRules, 'no-console': 'error' },
	},
	{
		// The rules about JSON read the syntax tree that this parser makes of it.
		files: ['package.json', '{nodes,credentials,dist}/**/*.{ts,json}'],
		languageOptions: { parser: tseslint.parser },
	},
	{ files: ['package.json'], rules: community.rules },
	// What is off below is off in the scanner too: those rules are meant for the nodes that come with n8n.
	{
		files: ['credentials/**/*.ts'],
		rules: {
			...credentials.rules,
			'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
			'n8n-nodes-base/cred-class-field-type-options-password-missing': 'off',
		},
	},
	{
		files: ['nodes/**/*.ts'],
		rules: {
			...nodes.rules,
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
			'n8n-nodes-base/node-param-type-options-max-value-present': 'off',
		},
	},
);
