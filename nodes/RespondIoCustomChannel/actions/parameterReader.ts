import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { Parameters } from './parameters';

/** A field of the item: `={{ $json }}`, `={{ $json.body.text }}`, `={{ $json["a b"][0] }}`. */
const PLAIN_PATH =
	/^=\{\{\s*\$json((?:\.[A-Za-z_$][\w$]*|\[\d+\]|\["[^"\\]*"\]|\['[^'\\]*'\])*)\s*\}\}$/;
const STEP = /\.([\w$]+)|\[(\d+)\]|\["([^"]*)"\]|\['([^']*)'\]/g;

/** Where a parameter's value comes from: itself, a field of the item, or n8n. */
type Origin = { value: unknown } | { path: string[] } | undefined;

/**
 * Reads parameters without n8n's expression engine where that changes nothing: values without expressions, and plain
 * fields of the item that are there. n8n takes some 0.8 ms for each expression of each item, far more than the rest of a
 * post; everything else is left to it.
 */
export function parameterReader(execute: IExecuteFunctions): Parameters {
	const raw = execute.getNode().parameters;
	const items = execute.getInputData();
	const origins = new Map<string, Origin>();
	const originOf = (name: string): Origin => {
		if (!origins.has(name)) origins.set(name, readOrigin(valueAt(raw, name.split('.'))));
		return origins.get(name);
	};
	return {
		getNodeParameter(name, itemIndex, fallback) {
			const origin = originOf(name);
			if (origin !== undefined) {
				const value =
					'value' in origin ? origin.value : valueAt(items[itemIndex].json, origin.path);
				if (value !== undefined && value !== null) return value;
			}
			return execute.getNodeParameter(name, itemIndex, fallback);
		},
	};
}

function readOrigin(given: unknown): Origin {
	if (given === undefined) return undefined;
	if (!holdsExpression(given)) return { value: given };
	const steps = typeof given === 'string' ? PLAIN_PATH.exec(given)?.[1] : undefined;
	if (steps === undefined) return undefined;
	return {
		path: [...steps.matchAll(STEP)].map(
			(step) => step.slice(1).find((key) => key !== undefined) ?? '',
		),
	};
}

function holdsExpression(value: unknown): boolean {
	if (typeof value === 'string') return value.startsWith('=');
	return typeof value === 'object' && value !== null && Object.values(value).some(holdsExpression);
}

/** Undefined where any step is no field of its own. */
function valueAt(root: IDataObject | object, path: readonly string[]): unknown {
	let value: unknown = root;
	for (const key of path) {
		if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
		value = (value as IDataObject)[key];
	}
	return value;
}
