import fixture from '../fixtures/n8n/errorItems.json';

interface Item {
	json: Record<string, unknown>;
	error?: unknown;
}

/** Errors as n8n's nodes hand them on, as they are within the process and as JSON, and what agents are to read of each. */
export const ERROR_ITEMS = (
	fixture.items as Array<{
		name: string;
		reason: string;
		reasonOfJson?: string;
		live: Item;
		json: Item;
	}>
).flatMap(({ name, reason, reasonOfJson = reason, live, json }) => [
	{ name, reason, response: responseOf(revived(live) as Item) },
	{ name: `${name}, as JSON`, reason: reasonOfJson, response: responseOf(json) },
]);

/** What an answering step reads of an item: the error beside it, else its JSON. */
function responseOf({ json, error }: Item): unknown {
	return error === undefined ? json : { error };
}

/** Errors are errors again. */
function revived(value: unknown): unknown {
	if (typeof value !== 'object' || value === null) return value;
	if (Array.isArray(value)) return value.map(revived);
	const fields = Object.fromEntries(
		Object.entries(value).map(([name, each]) => [name, revived(each)]),
	);
	const isError =
		typeof fields.message === 'string' &&
		typeof fields.name === 'string' &&
		fields.name.endsWith('Error');
	return isError ? Object.assign(new Error(fields.message as string), fields) : fields;
}
