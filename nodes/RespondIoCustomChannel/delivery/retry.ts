/** respond.io's answer to a request, its body read up to a bound. */
export interface Answer {
	statusCode: number;
	/** Names in lower case. */
	headers: Readonly<Record<string, string | string[] | undefined>>;
	body: string;
}

/** What an answer means for the events of its request. */
export type Verdict =
	| 'delivered'
	/** May pass: worth another attempt. */
	| 'retry'
	/** Something about the events: sent one by one, the good ones may pass. */
	| 'refused'
	/** Something about the credential: no event of this channel can pass. */
	| 'misconfigured';

/** 425 and 429 by name, 408 and 5xx as in RFC 9110: the server says that the same request may pass later. */
const RETRIED = new Set([408, 425, 429]);
/** The token, or the address, whatever the events. */
const MISCONFIGURED = new Set([401, 403, 404, 405, 410]);

export function judge(answer: Answer): Verdict {
	const { statusCode } = answer;
	// A wrong path of respond.io answers 200 with a web page; so does a proxy while the server behind it is away.
	if (statusCode >= 200 && statusCode < 300) return isHtml(answer.body) ? 'retry' : 'delivered';
	if (RETRIED.has(statusCode) || statusCode >= 500) return 'retry';
	if (statusCode >= 300 && statusCode < 400) return 'misconfigured';
	return MISCONFIGURED.has(statusCode) ? 'misconfigured' : 'refused';
}

/**
 * Whether an answer is a web page, by its text alone: an Express server that answers plain `OK` calls it `text/html`,
 * and nobody has shown what respond.io's 200 carries.
 */
export function isHtml(body: string): boolean {
	return /^[\s\ufeff]*<[!a-z?]/i.test(body);
}

/** Milliseconds of the first pause at most; each further one may be twice as long. */
const BASE_DELAY = 500;
const LONGEST_DELAY = 10_000;

/**
 * Milliseconds to wait after the n-th attempt (from 1): what Retry-After says (RFC 9110, 10.2.3), else exponential, the
 * upper half of it by chance: pauses grow, and many executions that failed together do not come back together.
 */
export function retryDelay(
	attempt: number,
	answer: Answer | undefined,
	{ now, random }: { now: number; random: number },
): number {
	const asked = parseRetryAfter(answer?.headers['retry-after'], now);
	const most = Math.min(LONGEST_DELAY, BASE_DELAY * 2 ** (attempt - 1));
	return asked ?? (most * (1 + random)) / 2;
}

/** Milliseconds from now, of a number of seconds or an HTTP date; undefined where it is neither. */
export function parseRetryAfter(
	header: string | string[] | undefined,
	now: number,
): number | undefined {
	const value = (Array.isArray(header) ? header[0] : header)?.trim();
	if (value === undefined || value === '') return undefined;
	if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
	const date = Date.parse(value);
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
