/** Each of n8n's storage modes says in its own words that it has no such file. */
export function isMissing(error: unknown): boolean {
	const words = error instanceof Error ? `${error.constructor.name} ${error.message}` : '';
	return /not ?found|could not find|no ?such ?(key|file)|ENOENT/i.test(words);
}

/**
 * Why n8n has not got a file (any more), and what helps. A node can't see whether it runs in a separate worker; but files
 * in folders are those that another process may have.
 */
export function whyMissing(binaryId: string): string {
	const deleted = 'n8n has deleted it, as it does with the data of old executions';
	return binaryId.startsWith('filesystem')
		? `${deleted}, or another process of n8n keeps it in a folder of its own: with separate workers, share one folder among all processes, or keep files in the database or S3`
		: deleted;
}
