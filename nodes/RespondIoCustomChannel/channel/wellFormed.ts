const BROKEN = /\0|\p{Surrogate}/u;

/**
 * A value whose texts any reader of JSON takes, databases too: U+0000 is left out, half of a character (an unpaired
 * UTF-16 surrogate) becomes U+FFFD, the replacement character. Plain objects and lists are walked.
 */
export function wellFormed<Value>(value: Value): Value {
	if (typeof value === 'string') {
		return (
			BROKEN.test(value) ? value.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\ufffd') : value
		) as Value;
	}
	if (typeof value !== 'object' || value === null) return value;
	if (Array.isArray(value)) return value.map(wellFormed) as Value;
	return Object.fromEntries(
		Object.entries(value).map(([name, each]) => [name, wellFormed(each as unknown)]),
	) as Value;
}
