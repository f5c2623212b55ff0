import fc from 'fast-check';

import type { OutgoingMessage } from '../../../nodes/RespondIoCustomChannel/providers/provider';

export const NOW = Date.UTC(2026, 0, 31, 9, 30);

/** As the generic Webhook node outputs it. */
export function webhookItem(body: unknown) {
	return { headers: { 'content-type': 'application/json' }, params: {}, query: {}, body };
}

/** A payload with the value at one of its paths changed or taken out. */
export function damaged(payloads: readonly unknown[]): fc.Arbitrary<unknown> {
	return fc
		.tuple(fc.constantFrom(...placesOf(payloads)), fc.option(fc.jsonValue(), { nil: undefined }))
		.map(([{ payload, path }, value]) => withValue(payload, path, value));
}

export function placesOf(payloads: readonly unknown[]) {
	return payloads.flatMap((payload) => pathsOf(payload).map((path) => ({ payload, path })));
}

/** @param once Each field in one of the payloads alone that have it. */
export function replacements(
	payloads: readonly unknown[],
	value: unknown,
	once = false,
): unknown[] {
	const seen = new Set<string>();
	const isNew = (path: Path) => {
		const place = path.filter((key) => typeof key === 'string').join('.');
		return !seen.has(place) && seen.add(place);
	};
	return payloads.flatMap((payload) =>
		pathsOf(payload)
			.filter((path) => !once || isNew(path))
			.map((path) => withValue(payload, path, value)),
	);
}

type Path = Array<string | number>;

function pathsOf(value: unknown): Path[] {
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([key, inner]) => [
		[key],
		...pathsOf(inner).map((path) => [key, ...path]),
	]);
}

/** A payload, and a list of events in it. */
export interface Batch {
	payload: unknown;
	path: Path;
	list: unknown[];
}

export interface Insertion {
	batch: Batch;
	index: number;
	element: unknown;
}

/** @param pattern As in `entry.*.changes`; empty: the payload itself, or a list of it alone. Without empty lists. */
export function batchesOf(pattern: string, payloads: readonly unknown[]): Batch[] {
	if (pattern === '') {
		return payloads.map((payload) => {
			const list = Array.isArray(payload) ? payload : [payload];
			return { payload: list, path: [], list };
		});
	}
	const names = pattern.split('.');
	return payloads.flatMap((payload) =>
		pathsOf(payload)
			.filter(
				(path) =>
					path.length === names.length &&
					path.every((key, depth) => names[depth] === '*' || names[depth] === key),
			)
			.map((path) => ({ payload, path, list: valueAt(payload, placeOf(path)) }))
			.filter((batch): batch is Batch => Array.isArray(batch.list) && batch.list.length > 0),
	);
}

export function insertions(
	batches: readonly Batch[],
	element: fc.Arbitrary<unknown>,
): fc.Arbitrary<Insertion> {
	return fc.record({ batch: fc.constantFrom(...batches), index: fc.nat(20), element });
}

export function isBranch(value: unknown): value is object {
	return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** As in `entry[0].changes`. */
export function placeOf(path: Path): string {
	return path
		.map((key) => (/^\d+$/.test(String(key)) ? `[${key}]` : `.${key}`))
		.join('')
		.replace(/^\./, '');
}

export function valueAt(payload: unknown, place: string): unknown {
	return place
		.split(/[.[\]]+/)
		.filter((key) => key !== '')
		.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], payload);
}

/** Undefined takes the field out. */
export function withValue(payload: unknown, path: Path, value: unknown): unknown {
	const [key, ...rest] = path;
	if (path.length === 0) return value;
	const copy = (Array.isArray(payload) ? [...payload] : { ...(payload as object) }) as Record<
		string,
		unknown
	>;
	if (rest.length > 0) copy[key] = withValue(copy[key], rest, value);
	else if (value === undefined && Array.isArray(copy)) copy.splice(Number(key), 1);
	else if (value === undefined) delete copy[key];
	else copy[key] = value;
	return copy;
}

const letter = fc.constantFrom(...'abcXYZ0129éñ中文字Жд', '😀');
const word = fc.string({ unit: letter, minLength: 1, maxLength: 12 });
const words = (maxLength: number) =>
	fc.array(word, { minLength: 1, maxLength, size: 'max' }).map((list) => list.join(' '));
const short = fc.array(word, { minLength: 1, maxLength: 5 }).map((list) => list.join(' '));
const extension = fc.constantFrom(
	'jpg',
	'gif',
	'webp',
	'mp4',
	'webm',
	'mp3',
	'ogg',
	'wav',
	'pdf',
	'docx',
);

export const anyMessage: fc.Arbitrary<OutgoingMessage> = fc.oneof(
	words(1200).map((text): OutgoingMessage => ({ type: 'text', text })),
	fc
		.record({
			type: fc.constantFrom('image' as const, 'video' as const, 'audio' as const, 'file' as const),
			name: fc.stringMatching(/^[a-z0-9]{1,20}$/),
			extension,
			description: fc.option(words(300), { nil: undefined }),
		})
		.map(({ type, name, extension: ending, description }): OutgoingMessage => ({
			type: 'attachment',
			attachment: {
				type,
				url: `https://files.example/${name}.${ending}`,
				fileName: `${name}.${ending}`,
				...(description !== undefined && { description }),
			},
		})),
	fc.record({
		type: fc.constant('location' as const),
		latitude: fc.integer({ min: -90, max: 90 }),
		longitude: fc.integer({ min: -180, max: 180 }),
		address: short,
	}),
	fc.record({
		type: fc.constant('quick_reply' as const),
		title: short,
		replies: fc.array(short, { minLength: 1, maxLength: 10 }),
	}),
);

/** All texts in a value as one, in their order. */
export function textsOf(value: unknown): string {
	if (typeof value !== 'object' || value === null) return '';
	return Object.entries(value)
		.map(([key, each]) =>
			typeof each === 'string' && ['text', 'body', 'content', 'message'].includes(key.toLowerCase())
				? each
				: textsOf(each),
		)
		.join('');
}

/** The words anywhere in a value's texts, links kept whole. */
export function wordsOf(value: unknown): string[] {
	if (typeof value === 'string') {
		return value.split(/\s+/).filter((word) => word !== '' && word.length <= 80);
	}
	if (Array.isArray(value)) return value.flatMap(wordsOf);
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value)
		.filter(([key]) => !['type', 'fileName', 'mimeType'].includes(key))
		.flatMap(([, inner]) => wordsOf(inner));
}

/** All texts anywhere in a value. */
export function stringsIn(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	if (typeof value !== 'object' || value === null) return [];
	return Object.values(value).flatMap(stringsIn);
}

/** All that GSM 03.38 has, and what of it takes an escape. */
const GSM_7 =
	/^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[~\]|€]*$/;
const GSM_7_ESCAPED = /[\^{}\\[~\]|€]/g;

/** The least parts that a text travels in. */
export function smsPartsOf(text: string): number {
	const isGsm7 = GSM_7.test(text);
	const size = isGsm7 ? text.length + (text.match(GSM_7_ESCAPED) ?? []).length : text.length;
	if (size <= (isGsm7 ? 160 : 70)) return 1;
	return Math.ceil(size / (isGsm7 ? 153 : 67));
}
