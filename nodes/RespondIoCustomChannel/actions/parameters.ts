import type { INodeProperties } from 'n8n-workflow';

/** A property of version 1 alone, and one of those that came after it. */
export const version1 = { show: { '@version': [1] } };
export const sinceVersion2 = { show: { '@version': [{ _cnd: { gte: 2 } }] } };

/** The properties, shown for these operations of one resource alone; a property's own conditions are kept. */
export function showFor(
	resource: string,
	operations: readonly string[],
	properties: readonly INodeProperties[],
): INodeProperties[] {
	return properties.map((property) => ({
		...property,
		displayOptions: {
			...property.displayOptions,
			show: {
				...property.displayOptions?.show,
				resource: [resource],
				operation: [...operations],
			},
		},
	}));
}

/** How operations read the node's parameters: n8n's own method, or one that gives the same. */
export interface Parameters {
	getNodeParameter(name: string, itemIndex: number, fallback?: unknown): unknown;
}

/** An id, trimmed. Expressions often give numbers; blank where the item has none. */
export function idParameter(parameters: Parameters, name: string, itemIndex: number): string {
	return textOf(parameters.getNodeParameter(name, itemIndex, ''), name).trim();
}

/** A parameter's text as it is. */
export function textParameter(parameters: Parameters, name: string, itemIndex: number): string {
	return textOf(parameters.getNodeParameter(name, itemIndex, ''), name);
}

function textOf(value: unknown, name: string): string {
	if (value === undefined || value === null) return '';
	if (typeof value === 'object') {
		throw new TypeError(
			`The parameter "${name}" needs a text, but its expression gave ${Array.isArray(value) ? 'a list' : 'an object'}`,
		);
	}
	return String(value as string | number | boolean);
}

/** Sorted by the name that people see, as n8n lists options. All are ASCII: `localeCompare` would slow n8n's start. */
export function byName<Named>(list: readonly Named[], nameOf: (named: Named) => string): Named[] {
	const named = list.map((each) => ({ each, name: nameOf(each).toLowerCase() }));
	const sorted = named.sort((a, b) => Number(a.name > b.name) - Number(a.name < b.name));
	return sorted.map(({ each }) => each);
}
