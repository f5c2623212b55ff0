import type { INodeProperties } from 'n8n-workflow';

import { PROVIDERS } from '../../providers';
import type { Setting } from '../../providers/provider';
import { byName, sinceVersion2, version1 } from '../parameters';

const providers = Object.values(PROVIDERS);

export const provider: INodeProperties = {
	displayName: 'Provider',
	name: 'provider',
	type: 'options',
	options: byName(providers, (each) => each.displayName).map(({ name, displayName }) => ({
		name: displayName,
		value: name,
	})),
	default: 'generic',
	description: 'Whose format the data has. Generic JSON is a plain form for any other provider.',
};

const NODE_VERSIONS = { '1': version1, '2 and later': sinceVersion2 } as const;

/** The field of a setting, for all providers that have it in the same words. */
function fieldOf(setting: Setting, path: 'provider' | '/provider'): INodeProperties {
	const { required, nodeVersions, ...texts } = setting;
	const names = providers.filter(({ settings }) => settings.some((each) => isSame(each, setting)));
	return {
		...texts,
		type: 'string',
		default: '',
		...(required && { required }),
		displayOptions: {
			show: {
				[path]: names.map(({ name }) => name),
				...(nodeVersions && NODE_VERSIONS[nodeVersions].show),
			},
		},
	};
}

function isSame(a: Setting, b: Setting): boolean {
	return a.name === b.name && a.description === b.description && a.nodeVersions === b.nodeVersions;
}

const settings = providers.flatMap((each) => each.settings);
/** Each once. */
const different = byName(
	settings.filter(
		(setting, index) => settings.findIndex((each) => isSame(each, setting)) === index,
	),
	(setting) => setting.displayName,
);
const optional = different.filter((setting) => !setting.required);

export const settingFields: INodeProperties[] = [
	...different.filter((setting) => setting.required).map((each) => fieldOf(each, 'provider')),
	{
		displayName: 'Settings',
		name: 'settings',
		type: 'collection',
		placeholder: 'Add setting',
		default: {},
		displayOptions: {
			show: {
				provider: providers
					.filter((each) => each.settings.some(({ required }) => !required))
					.map(({ name }) => name),
			},
		},
		options: optional.map((each) => fieldOf(each, '/provider')),
	},
];

/** The parameter that holds a setting. */
export function pathOf({ name, required }: Setting): string {
	return required ? name : `settings.${name}`;
}
