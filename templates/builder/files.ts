import { core } from './steps';
import type { Link, Step } from './workflow';

/**
 * Fetches all files that a call names, and brings them together on one item, so that the call is posted as a whole. One
 * after the other: n8n's HTTP Request takes the name of the binary from its first item.
 * @param ids An expression: a list of `{ id }`.
 * @param fetch Steps in a row that fetch the file of an `{ id }` into a binary of that name.
 */
export const fetchFiles = (
	ids: string,
	fetch: (at: readonly [number, number]) => Step[],
	[column, row]: readonly [number, number],
): { steps: Step[]; links: Link[]; first: string; last: string } => {
	const fetching = fetch([column + 3, row + 1]);
	const names = fetching.map(({ name }) => name);
	return {
		steps: [
			core(
				'Files',
				'set',
				3.4,
				{
					assignments: {
						assignments: [{ id: 'files', name: 'files', value: ids, type: 'array' }],
					},
					options: {},
				},
				[column, row],
			),
			core('Split Files', 'splitOut', 1, { fieldToSplitOut: 'files', options: {} }, [
				column + 1,
				row,
			]),
			core('File by File', 'splitInBatches', 3, { options: {} }, [column + 2, row], {
				shape: { outputs: 2 },
			}),
			...fetching,
			core(
				'Files Together',
				'aggregate',
				1,
				{ aggregate: 'aggregateAllItemData', options: { includeBinaries: true } },
				[column + 3, row],
			),
		],
		links: [
			{ from: 'Files', to: 'Split Files' },
			{ from: 'Split Files', to: 'File by File' },
			{ from: 'File by File', to: 'Files Together' },
			{ from: 'File by File', to: names[0], output: 1 },
			...names.map((from, index): Link => ({ from, to: names[index + 1] ?? 'File by File' })),
		],
		first: 'Files',
		last: 'Files Together',
	};
};

/** The request of which the loop sends the parts; by its output, for several ways lead on from there. */
export const REQUEST = "$('One by One').first(1).json";

/** Steps that a file passes before it is sent: what fails in one of them is what Answer reads. */
export const fileSteps = (
	steps: Step[],
	at: readonly [number, number],
): { steps: Step[]; links: Link[] } => ({
	steps: [
		...steps.map((step): Step => ({
			...step,
			onError: 'continueErrorOutput',
			shape: { outputs: 2 },
		})),
		core('File Failed', 'noOp', 1, {}, at, { onError: 'continueRegularOutput' }),
	],
	links: [
		...steps.slice(1).map(({ name }, index): Link => ({ from: steps[index].name, to: name })),
		...steps.map(({ name }): Link => ({ from: name, to: 'File Failed', output: 1 })),
		{ from: 'File Failed', to: 'Answer' },
	],
});
