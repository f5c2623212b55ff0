import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import verification, { PUBLISHED } from './tools/verification.mjs';

export default defineConfig(
	globalIgnores(['dist/', '.cache/', 'package-lock.json']),
	{
		files: ['**/*.{ts,js,mjs}'],
		extends: [js.configs.recommended, tseslint.configs.recommended, prettier],
		linterOptions: { reportUnusedDisableDirectives: 'error' },
		rules: {
			// A file is known by its first bytes, control characters among them.
			'no-control-regex': 'off',
			'@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
		},
	},
	{
		files: ['*.js'],
		languageOptions: { sourceType: 'commonjs', globals: { process: 'readonly' } },
		rules: { '@typescript-eslint/no-require-imports': 'off' },
	},
	{
		files: ['tools/*.mjs'],
		languageOptions: {
			globals: { console: 'readonly', process: 'readonly', setTimeout: 'readonly' },
		},
	},
	verification,
	// The scanner ignores such comments.
	{ files: PUBLISHED, linterOptions: { noInlineConfig: true } },
);
