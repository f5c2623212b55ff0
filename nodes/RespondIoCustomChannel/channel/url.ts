/**
 * The URL, if the text is a complete one, or one relative to the base. In place of URL.canParse, whose fast path in Node 20 refuses legal URLs with
 * letters such as "ü" once it has been called often.
 */
export function parseUrl(text: string, base?: string): URL | undefined {
	try {
		return new URL(text, base);
	} catch {
		return undefined;
	}
}
