import { messageIn } from './words';

/** Characters of a reason that an agent is shown. */
const REASON_LIMIT = 500;

/** What agents read where nothing says more. */
export const NO_REASON = 'The provider did not take the message.';

/**
 * Why a message was not sent, as agents read it: the provider's own sentence and, where it is known, the status code in
 * brackets. Takes a text, a provider's answer, and every form in which n8n hands errors on: the live Error of the HTTP
 * Request node (whose body is a text that nobody parsed), its JSON (`400 - "{\"error\":…}"`), a NodeApiError (whose
 * message is n8n's own sentence for a status code, and whose description is the provider's), and `{ error, details }`.
 * @param wordsOf The sentence in a body, where the provider's file knows better.
 */
export function reasonOf(value: unknown, wordsOf: WordsOf = messageIn): string {
	const { words, statusCode, isPage = false } = faultIn(value, wordsOf);
	const sentence = words ?? (isPage ? 'The provider answered with a web page' : undefined);
	if (sentence === undefined && statusCode === undefined) return NO_REASON;
	const known = Array.from(sentence ?? 'The provider gave no reason')
		.slice(0, REASON_LIMIT)
		.join('');
	return statusCode === undefined || known.includes(String(statusCode))
		? known
		: `${known} (${statusCode})`;
}

export type WordsOf = (body: unknown) => string | undefined;

interface Fault {
	words?: string;
	statusCode?: number;
	isPage?: boolean;
}

/** The HTTP Request node's: the status, and the answer as JSON, often twice. */
const HTTP_ERROR = /^(\d{3}) - ([\s\S]*)$/;

/** What n8n's HTTP Request node says of each 429, in place of the provider. */
const N8N_ON_429 = /^Try spacing your requests out/;

/** What happened on the way, by Node's code of it. After the first kind the message can't have arrived. */
const NETWORK: Readonly<Record<string, string>> = {
	ECONNREFUSED: 'The provider could not be reached',
	ENOTFOUND: 'The provider could not be reached',
	EAI_AGAIN: 'The provider could not be reached',
	EHOSTUNREACH: 'The provider could not be reached',
	ENETUNREACH: 'The provider could not be reached',
	ECONNABORTED:
		'The provider did not answer in time, so it is not known whether the message arrived',
	ETIMEDOUT: 'The provider did not answer in time, so it is not known whether the message arrived',
	ESOCKETTIMEDOUT:
		'The provider did not answer in time, so it is not known whether the message arrived',
	ECONNRESET: 'The connection broke off, so it is not known whether the message arrived',
	EPIPE: 'The connection broke off, so it is not known whether the message arrived',
};

/** What lets an address pass that n8n's own filter has refused (N8N_SSRF_PROTECTION_ENABLED), by the name of its error. */
const EGRESS: Readonly<Record<string, string>> = {
	SsrfBlockedIpError:
		'add its host name to N8N_SSRF_ALLOWED_HOSTNAMES, or its address to N8N_SSRF_ALLOWED_IP_RANGES',
	SsrfBlockedHostnameError: 'take its host name out of N8N_SSRF_BLOCKED_HOSTNAMES',
};
/** Errors around the filter's own, at most: n8n's, and that of its HTTP library. */
const MOST_CAUSES = 4;

/**
 * What an administrator of n8n has to do for an address to pass that n8n's own filter has refused, as the end of a
 * sentence; undefined of any other error.
 */
export function egressSetting(error: unknown): string | undefined {
	let each = error;
	for (let depth = 0; depth <= MOST_CAUSES; depth++) {
		if (typeof each !== 'object' || each === null) return undefined;
		const { name, cause } = each as ErrorFields;
		if (typeof name === 'string' && Object.hasOwn(EGRESS, name)) return EGRESS[name];
		each = cause;
	}
	return undefined;
}

function faultIn(value: unknown, wordsOf: WordsOf): Fault {
	if (Buffer.isBuffer(value)) return faultIn(value.toString('utf8'), wordsOf);
	if (typeof value === 'string') return faultInText(value.trim(), wordsOf);
	if (typeof value !== 'object' || value === null) {
		return value === undefined || value === null ? {} : { words: String(value) };
	}
	const fields = value as ErrorFields;
	const statusCode = statusIn(fields);
	if (!isError(fields)) {
		const words = wordsOf(value) ?? shortJson(value);
		const inner = HTTP_ERROR.test(words ?? '') ? faultInText(words as string, wordsOf) : { words };
		return { ...inner, statusCode: statusCode ?? (inner as Fault).statusCode };
	}
	const found = [
		fields.error,
		fields.errorResponse?.body,
		fields.context?.data,
		fields.name === 'NodeApiError' ? fields.description : undefined,
		fields.cause,
	]
		.filter((each) => each !== undefined && each !== null && each !== '')
		.map((each) => faultIn(each, wordsOf));
	const [first] = found.filter(({ words, isPage }) => words !== undefined || isPage === true);
	const network = onTheWay(fields);
	const message = typeof fields.message === 'string' ? fields.message.trim() : '';
	const own: Fault = network ?? faultInText(message, wordsOf);
	return {
		...(network ?? first ?? own),
		statusCode:
			statusCode ??
			found.map((each) => each.statusCode).find((each) => each !== undefined) ??
			own.statusCode,
	};
}

/** What kept the request from the provider, or its answer from us. */
function onTheWay(error: ErrorFields): Fault | undefined {
	const setting = egressSetting(error);
	if (setting !== undefined) {
		return { words: `n8n's own filter refused the provider's address: to allow it, ${setting}` };
	}
	const { code = '' } = error;
	return Object.hasOwn(NETWORK, code) ? { words: `${NETWORK[code]} (${code})` } : undefined;
}

/** The fields of n8n's and axios's errors that tell something; no others are read: they hold tokens. */
interface ErrorFields {
	name?: unknown;
	message?: unknown;
	stack?: unknown;
	isAxiosError?: unknown;
	code?: string;
	description?: unknown;
	cause?: unknown;
	/** The body, as the HTTP Request node's helper leaves it: unparsed. */
	error?: unknown;
	/** What a declarative node keeps. */
	errorResponse?: { body?: unknown };
	context?: { data?: unknown };
	statusCode?: unknown;
	status?: unknown;
	httpCode?: unknown;
	error_code?: unknown;
}

/** An Error, or the JSON of one. */
function isError(fields: ErrorFields): boolean {
	return (
		fields instanceof Error ||
		fields.isAxiosError === true ||
		(typeof fields.name === 'string' &&
			fields.name.endsWith('Error') &&
			typeof fields.message === 'string')
	);
}

function statusIn({ statusCode, status, httpCode, error_code }: ErrorFields): number | undefined {
	return [statusCode, status, httpCode, error_code]
		.map(Number)
		.find((each) => Number.isInteger(each) && each >= 400 && each <= 599);
}

function faultInText(text: string, wordsOf: WordsOf): Fault {
	if (text === '') return {};
	const [, statusCode, answer] = HTTP_ERROR.exec(text) ?? [];
	if (answer !== undefined) {
		const { words, isPage } = faultInText(unquoted(answer.trim()).trim(), wordsOf);
		return { words, isPage, statusCode: Number(statusCode) };
	}
	if (text.startsWith('<')) return { isPage: true };
	if (N8N_ON_429.test(text)) return { words: 'Too many requests', statusCode: 429 };
	const body = parsed(text);
	if (typeof body !== 'object' || body === null) return { words: text };
	return { words: wordsOf(body) ?? text, statusCode: statusIn(body) };
}

function shortJson(value: object): string | undefined {
	try {
		const text = JSON.stringify(value);
		return text === '{}' || text === '[]' ? undefined : text;
	} catch {
		return undefined;
	}
}

/** A JSON text without its quotes. */
function unquoted(text: string): string {
	const value = parsed(text);
	return typeof value === 'string' ? value : text;
}

/** What is no JSON stays as it is. */
function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
