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

/** The longest text that errors show whole, in code points. */
const SHOWN = 60;

/**
 * A value as errors show it: short, and on one line. Of lists and objects no more than what they are: they may be huge,
 * nested too deep to be written, or hold what is nobody's business.
 */
export function shown(value: unknown): string {
	if (Array.isArray(value)) return 'a list';
	if (typeof value === 'object' && value !== null) return 'an object';
	if (typeof value !== 'string') return String(value);
	const characters = Array.from(value.slice(0, 2 * (SHOWN + 1)), (each) =>
		/\s/.test(each) ? ' ' : each,
	);
	const line = characters.slice(0, SHOWN).join('');
	return characters.length > SHOWN ? `"${line}…"` : `"${line}"`;
}
