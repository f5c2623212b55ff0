/** What does not fit the channel's rules: says which field, the limit, what was given, and how to get unstuck. */
export class ChannelError extends Error {
	override readonly name = 'ChannelError';

	constructor(
		message: string,
		/** What to do about it. */
		readonly hint?: string,
	) {
		super(message);
	}
}

/** A value as errors show it: short enough to read, on one line. */
export function shown(value: unknown): string {
	const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
	const line = text.replace(/\s+/g, ' ');
	return line.length > 60 ? `"${Array.from(line).slice(0, 60).join('')}…"` : `"${line}"`;
}
