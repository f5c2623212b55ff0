import type { INodeParameters } from 'n8n-workflow';

/** Parameters of n8n's Data Table steps. */

type Columns = Readonly<Record<string, 'string' | 'number'>>;

/** A table by its name, so that a template finds it wherever it was imported. */
export const dataTable = <Of extends Columns>(name: string, columns: Of) => ({
	rows: (operation: string): INodeParameters => ({
		resource: 'row',
		operation,
		dataTableId: { __rl: true, mode: 'name', value: name },
	}),

	make: (): INodeParameters => ({
		resource: 'table',
		operation: 'create',
		tableName: name,
		columns: { column: Object.entries(columns).map(([column, type]) => ({ name: column, type })) },
		options: { createIfNotExists: true },
	}),

	values: (given: Partial<Record<keyof Of, string>>): INodeParameters => ({
		columns: {
			mappingMode: 'defineBelow',
			value: given,
			matchingColumns: [],
			schema: Object.entries(columns).map(([id, type]) => ({
				id,
				displayName: id,
				required: false,
				defaultMatch: false,
				display: true,
				type,
				readOnly: false,
				removed: !(id in given),
			})),
		},
	}),
});

/** The rows that hold all of these. */
export const where = (conditions: Record<string, string>): INodeParameters => ({
	matchType: 'allConditions',
	filters: {
		conditions: Object.entries(conditions).map(([keyName, keyValue]) => ({
			keyName,
			condition: 'eq',
			keyValue,
		})),
	},
});
