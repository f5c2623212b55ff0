import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';

import {
	buildMessages,
	messageEvents,
	statusEvent,
} from '../../../nodes/RespondIoCustomChannel/channel/build';
import { encodeContactId } from '../../../nodes/RespondIoCustomChannel/channel/contactId';
import { ChannelError } from '../../../nodes/RespondIoCustomChannel/channel/error';
import { toMessageId } from '../../../nodes/RespondIoCustomChannel/channel/messageId';
import {
	contactSchema,
	eventSchema,
	messageSchema,
} from '../../../nodes/RespondIoCustomChannel/channel/schema';
import type {
	IncomingContext,
	Origin,
	OutgoingContext,
	OutgoingMessage,
	Provider,
	ProviderEvent,
	ProviderRequest,
} from '../../../nodes/RespondIoCustomChannel/providers/provider';
import { ProviderError } from '../../../nodes/RespondIoCustomChannel/providers/provider';
import { writeReference } from '../../../nodes/RespondIoCustomChannel/providers/reference';
import { checkRequest } from '../../../sandbox/checker';
import { ERROR_ITEMS } from '../errorItems';

/** What holds of every provider. The rules of one provider alone are in its own test. */

export const NOW = Date.UTC(2026, 0, 31, 9, 30);

/** The payloads of a fixture file, by name; `_source` names the document that they are written from. */
export function payloadsOf(provider: string): Record<string, unknown> {
	const folder = join(__dirname, '../../fixtures/providers', provider);
	return Object.assign(
		{},
		...readdirSync(folder)
			.filter((file) => file.endsWith('.json'))
			.map((file) => {
				const { _source, ...payloads } = JSON.parse(
					readFileSync(join(folder, file), 'utf8'),
				) as Record<string, unknown>;
				return payloads;
			}),
	) as Record<string, unknown>;
}

/** As the generic Webhook node outputs it. */
export function webhookItem(body: unknown) {
	return { headers: { 'content-type': 'application/json' }, params: {}, query: {}, body };
}

/** Faults of an event that respond.io would refuse; a file that is yet to be published counts as one with a link. */
export function faultsOf(event: ProviderEvent): string[] {
	const { contactId, messageId, contact, ...fields } = event;
	const attachment =
		fields.type !== 'message_status' && fields.message.type === 'attachment'
			? fields.message.attachment
			: undefined;
	const wire = {
		...fields,
		mId: messageId === '' ? '' : toMessageId(messageId),
		...(attachment && {
			message: {
				type: 'attachment',
				attachment: { ...attachment, url: linkOf(attachment.source) },
			},
		}),
	};
	const results = [eventSchema.safeParse(wire), contactSchema.optional().safeParse(contact)];
	const message = 'message' in wire ? messageSchema.safeParse(wire.message) : undefined;
	return [
		...[...results, ...(message ? [message] : [])].flatMap(
			(result) =>
				result.error?.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`) ?? [],
		),
		...(contactId.trim() === '' ? ['contactId must not be empty'] : []),
		...(messageId.trim() === '' ? ['messageId must not be empty'] : []),
		...(blank(fields) ? ['the text must not be blank'] : []),
	];
}

const CHANNEL = { channelId: 'channel', idType: 'custom' as const };

/** What the sandbox, in respond.io's place, says of an event in the form in which Relay posts it. */
function refusalsOf(given: ProviderEvent): string[] {
	const { contactId, messageId, timestamp, contact } = given;
	const build = { idType: CHANNEL.idType, now: NOW, timezone: 'UTC' };
	const events = () => {
		if (given.type === 'message_status') {
			const { value: status, message: errorMessage } = given.status;
			return [statusEvent({ messageId, status, errorMessage, timestamp }, build)];
		}
		const { message } = given;
		const input =
			message.type === 'attachment'
				? {
						...message.attachment,
						type: 'attachment' as const,
						attachmentType: message.attachment.type,
						url: String(linkOf(message.attachment.source)),
					}
				: message.type === 'quick_reply'
					? { ...message, type: 'quickReply' as const }
					: message;
		const messages = buildMessages(input, { longText: 'split', locationKey: 'both' });
		return messageEvents({ kind: given.type, messageId, timestamp }, messages, build);
	};
	return checkRequest(
		{
			channelId: CHANNEL.channelId,
			contactId: encodeContactId(contactId, CHANNEL.idType),
			events: events(),
			...(contact && { contact }),
		},
		CHANNEL,
	);
}

function linkOf(source: object): unknown {
	return 'url' in source ? source.url : 'https://files.example/file';
}

function blank(fields: object): boolean {
	const message = 'message' in fields ? (fields.message as { text?: string }) : {};
	return message.text?.trim() === '';
}

interface Laws {
	/** Legal payloads by name, as the provider's own trigger outputs them. */
	payloads: Readonly<Record<string, unknown>>;
	/** A legal contact id, and the settings that requests need. */
	contactId: string;
	settings: OutgoingContext['settings'];
	/** What a request may not exceed. */
	requestFaults(request: ProviderRequest): string[];
	/** Where payloads have lists of events, as in `entry.*.changes`; empty for a payload that is a list itself. */
	lists?: readonly string[];
	/** Where receipts carry our reference back: one that carries this. */
	receipt?(value: 'delivered' | 'failed', reference: string): unknown;
}

const context: IncomingContext = { now: NOW };

export function describeLaws(provider: Provider, laws: Laws) {
	const send = (message: OutgoingMessage) =>
		provider.outgoing(message, laws.contactId, { now: NOW, settings: laws.settings });

	describe('for every payload', () => {
		it.each(Object.entries(laws.payloads))(
			'%s: gives events that respond.io takes',
			(_, payload) => {
				const { events } = provider.incoming(payload, context);
				expect(events.flatMap(faultsOf)).toEqual([]);
			},
		);

		it.each(Object.entries(laws.payloads))(
			"%s: passes the sandbox's checker as Relay posts it",
			(_, payload) => {
				const { events } = provider.incoming(payload, context);
				expect(events.flatMap(refusalsOf)).toEqual([]);
			},
		);

		it.each(Object.entries(laws.payloads))(
			'%s: gives each event an id of its own',
			(_, payload) => {
				const ids = provider
					.incoming(payload, context)
					.events.map(
						(event) => `${event.type} ${JSON.stringify(statusOf(event))} ${event.messageId}`,
					);
				expect(new Set(ids).size).toBe(ids.length);
			},
		);

		it.each(Object.entries(laws.payloads))(
			'%s: reads the same from the Webhook node',
			(_, payload) => {
				expect(provider.incoming(webhookItem(payload), context)).toEqual(
					provider.incoming(payload, context),
				);
			},
		);

		it('counts what it leaves out, or gives an event', () => {
			for (const payload of Object.values(laws.payloads)) {
				const { events, ignored } = provider.incoming(payload, context);
				expect(events.length + countOf(ignored)).toBeGreaterThan(0);
			}
		});
	});

	const { lists = [] } = laws;
	if (lists.length > 0) {
		const batches = lists.flatMap((list) => batchesOf(list, Object.values(laws.payloads)));

		it('tells where in the payload each event stands', () => {
			for (const { payload } of batches) {
				const { events, failures } = provider.incoming(payload, context);
				expect(failures).toEqual([]);
				for (const { origin } of events) {
					expect(origin?.payload).toBe(valueAt(payload, origin?.place ?? '?'));
				}
			}
		});

		describe('costs an event nothing, whatever stands beside it', () => {
			/** What comes of a batch with an element put in, which may cost no other event anything. */
			const withSibling = ({ batch: { payload, path, list }, index, element }: Insertion) => {
				const position = index % (list.length + 1);
				const whole = withValue(payload, path, list.toSpliced(position, 0, element));
				const place = `${placeOf(path)}[${position}]`;
				const isThere = (origin: Origin | undefined) =>
					origin?.place === place || origin?.place.startsWith(`${place}.`) === true;
				const before = provider.incoming(payload, context);
				const after = provider.incoming(whole, context);
				const kept = after.events.filter(({ origin }) => !isThere(origin));
				expect(kept.map(withoutOrigin)).toEqual(before.events.map(withoutOrigin));
				for (const failure of after.failures) {
					expect(isThere(failure)).toBe(true);
					expect(failure.payload).toBe(valueAt(whole, failure.place));
					expect(failure.message.length).toBeLessThan(1000);
				}
				return { before, after, added: after.events.length - kept.length };
			};

			const costsNothingAndIsTold = (insertion: Insertion) => {
				const { before, after, added } = withSibling(insertion);
				for (const { message } of after.failures) expect(message).not.toMatch(/can't be read:/);
				// By events of its own, by its place, or by its kind.
				const counted = countOf(after.ignored) - countOf(before.ignored);
				expect(added + after.failures.length + counted).toBeGreaterThan(0);
			};

			it('a sibling with any field changed or gone', () => {
				const siblings = damaged(batches.flatMap(({ list }) => list).filter(isBranch));
				fc.assert(fc.property(insertions(batches, siblings), costsNothingAndIsTold), {
					numRuns: 500,
				});
			});

			it('any JSON', () => {
				fc.assert(fc.property(insertions(batches, fc.jsonValue()), costsNothingAndIsTold));
			});

			it('nested deeper than any program writes', () => {
				const deep = JSON.parse(`${'{"a":['.repeat(3000)}${']}'.repeat(3000)}`) as unknown;
				const siblings = batches.flatMap(({ list }) => list).filter(isBranch);
				const places = new Set<string>();
				for (const { payload, path } of placesOf(siblings)) {
					if (!places.has(path.join())) {
						places.add(path.join());
						const element = withValue(payload, path, deep);
						withSibling({ batch: batches[0], index: 0, element });
					}
				}
			});
		});
	}

	describe('of what the business sent', () => {
		const echoes = Object.values(laws.payloads).flatMap((payload) =>
			provider
				.incoming(payload, context)
				.events.flatMap((event) => (event.type === 'message_echo' ? [event] : [])),
		);

		it('gives echoes where it says so, and tells which may be ours where nothing marks them', () => {
			const { echoes: kind } = provider.capabilities;
			expect(echoes.length > 0).toBe(kind !== false);
			if (kind === 'unmarked')
				expect(echoes.map(({ mayBeOurs }) => mayBeOurs)).not.toContain(undefined);
		});

		it('reads the reference of a request in its receipt, where it says so', () => {
			expect(laws.receipt !== undefined).toBe(provider.capabilities.references);
			if (laws.receipt === undefined) return;
			const read = (value: 'delivered' | 'failed', part: number) => {
				const reference = writeReference({ mId: 'm1', part, parts: 2 });
				const { events, ignored } = provider.incoming(laws.receipt?.(value, reference), context);
				const seen = events.map((event) => [event.messageId, statusOf(event)?.value]);
				return [...seen, ...Object.entries(ignored)];
			};
			expect(read('delivered', 1)).toEqual([['receipt of an earlier part', 1]]);
			expect(read('delivered', 2)).toEqual([['m1', 'delivered']]);
			expect(read('failed', 1)).toEqual([['m1', 'failed']]);
			expect(read('failed', 2)).toEqual([['m1', 'failed']]);
		});
	});

	describe('for a damaged or foreign payload', () => {
		const givesLegalEventsOrAnError = (payload: unknown) => {
			const before = JSON.stringify(payload);
			let events: ProviderEvent[] = [];
			try {
				const found = provider.incoming(payload, context);
				({ events } = found);
				for (const { message } of found.failures) expect(message).not.toMatch(/can't be read:/);
			} catch (error) {
				expect(error).toBeInstanceOf(ProviderError);
				expect((error as ProviderError).message.length).toBeLessThan(1000);
			}
			expect(events.flatMap(faultsOf)).toEqual([]);
			expect(JSON.stringify(payload)).toBe(before);
		};

		it('of any JSON', () => {
			fc.assert(
				fc.property(
					fc.oneof(fc.jsonValue(), fc.jsonValue().map(webhookItem)),
					givesLegalEventsOrAnError,
				),
			);
		});

		it('with any field changed or gone', () => {
			fc.assert(fc.property(damaged(Object.values(laws.payloads)), givesLegalEventsOrAnError), {
				numRuns: 1500,
			});
		});

		it.each([
			['nothing', undefined],
			['null', null],
			['a text', 'hello'],
			['an empty object', {}],
			['an empty Webhook item', webhookItem({})],
			["another provider's payload", { foreign_field: { deeply: ['nested'] } }],
		])('of %s: says what it is, never its values', (_, payload) => {
			expect(() => provider.incoming(payload, context)).toThrow(ProviderError);
			expect(() => provider.incoming(payload, context)).not.toThrow(/hello|nested/);
		});

		it.each([
			['a text of 100,000 characters', 'x'.repeat(100_000)],
			['a list of 1,000 empty objects', Array.from({ length: 1000 }, () => ({}))],
		])('with %s in place of any field', (_, huge) => {
			for (const payload of replacements(Object.values(laws.payloads), huge, true)) {
				try {
					const { events } = provider.incoming(payload, context);
					expect(events.flatMap(refusalsOf)).toEqual([]);
				} catch (error) {
					// Relay refuses e.g. a contact id that is too long, and says so.
					expect([ProviderError, ChannelError]).toContain((error as Error).constructor);
					expect((error as Error).message.length).toBeLessThan(1000);
				}
			}
		});

		it('nested deeper than any program writes', () => {
			const deep = JSON.parse(`${'{"a":['.repeat(3000)}${']}'.repeat(3000)}`) as unknown;
			for (const payload of [deep, ...replacements(Object.values(laws.payloads), deep)]) {
				try {
					provider.incoming(payload, context);
				} catch (error) {
					expect(error).toBeInstanceOf(ProviderError);
				}
			}
		});
	});

	describe('for every message of respond.io', () => {
		it('makes requests that the provider takes', () => {
			fc.assert(
				fc.property(anyMessage, (message) => {
					const requests = send(message);
					expect(requests.length).toBeGreaterThan(0);
					expect(requests.flatMap(laws.requestFaults)).toEqual([]);
					for (const { url, headers } of requests) {
						expect(url).toMatch(/^(https?:\/\/|mailto:)/);
						expect(Object.keys(headers).map((name) => name.toLowerCase())).not.toContain(
							'authorization',
						);
					}
				}),
				{ numRuns: 300, endOnFailure: true },
			);
		});

		it('loses no word of a text, a title, a reply or a link', () => {
			fc.assert(
				fc.property(anyMessage, (message) => {
					const sent = new Set(wordsOf(send(message)));
					expect(wordsOf(message).filter((each) => !sent.has(each))).toEqual([]);
				}),
				{ numRuns: 300, endOnFailure: true },
			);
		});

		it.each([
			['without a place to break', 'x'.repeat(9000)],
			['of characters of two units and four bytes', '😀'.repeat(4500)],
			['of words', 'word '.repeat(1800)],
		])('keeps the limit, and every character, of a long text %s', (_, text) => {
			const requests = send({ type: 'text', text });
			expect(requests.flatMap(laws.requestFaults)).toEqual([]);
			expect(textsOf(requests.map(({ body }) => body))).toBe(text);
		});

		it.each([
			['an unknown type', { type: 'hologram' }, /hologram/],
			['a text without text', { type: 'text' }, /text/],
			['a blank text', { type: 'text', text: ' \n ' }, /blank/],
			['an attachment without link', { type: 'attachment', attachment: { type: 'image' } }, /url/],
			[
				'an attachment that is no link',
				{ type: 'attachment', attachment: { type: 'image', url: 'data:image/png;base64,AA' } },
				/url/,
			],
			['a location without latitude', { type: 'location', longitude: 1 }, /latitude/],
			['no message', null, /message/],
		])('refuses %s, naming it', (_, message, named) => {
			expect(() => send(message as unknown as OutgoingMessage)).toThrow(ProviderError);
			expect(() => send(message as unknown as OutgoingMessage)).toThrow(named);
		});

		it("takes the trigger's form of a message as well", () => {
			expect(send({ type: 'quickReply', title: 'Size?', replies: ['S', 'M'] } as never)).toEqual(
				send({ type: 'quick_reply', title: 'Size?', replies: ['S', 'M'] }),
			);
			const url = 'https://files.example/a.jpg';
			expect(send({ type: 'image', url } as never)).toEqual(
				send({ type: 'attachment', attachment: { type: 'image', url } }),
			);
		});
	});

	describe('reads responses', () => {
		const refusal = (response: unknown) => {
			const read = provider.readResponse(response);
			return read.taken ? 'taken' : read.reason;
		};

		it.each([undefined, null, [], '<!DOCTYPE html><title>Welcome</title>'])(
			'never takes %j for a success',
			(response) => {
				expect(provider.readResponse(response).taken).toBe(false);
			},
		);

		it('never takes its own request for a response: n8n hands it on where a step fails as a whole', () => {
			const [request] = send({ type: 'text', text: 'Hi' });
			expect(refusal(request)).toBe(
				'The sending step failed and did not say why: its error is in the list of executions.',
			);
		});

		it.each(ERROR_ITEMS)('$name', ({ response, reason }) => {
			expect(provider.readResponse(response)).toEqual({ taken: false, reason });
		});

		it('never throws, and always gives an id, or a reason that fits', () => {
			fc.assert(
				fc.property(fc.jsonValue(), (response) => {
					const read = provider.readResponse(response);
					if (read.taken) expect(['string', 'undefined']).toContain(typeof read.messageId);
					else expect(read.reason.trim().length).toBeGreaterThan(0);
				}),
			);
		});
	});
}

function statusOf(event: ProviderEvent) {
	return event.type === 'message_status' ? event.status : undefined;
}

/** A payload with the value at one of its paths changed or taken out. */
function damaged(payloads: readonly unknown[]): fc.Arbitrary<unknown> {
	return fc
		.tuple(fc.constantFrom(...placesOf(payloads)), fc.option(fc.jsonValue(), { nil: undefined }))
		.map(([{ payload, path }, value]) => withValue(payload, path, value));
}

function placesOf(payloads: readonly unknown[]) {
	return payloads.flatMap((payload) => pathsOf(payload).map((path) => ({ payload, path })));
}

/** @param once Each field in one of the payloads alone that have it. */
function replacements(payloads: readonly unknown[], value: unknown, once = false): unknown[] {
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
interface Batch {
	payload: unknown;
	path: Path;
	list: unknown[];
}

interface Insertion {
	batch: Batch;
	index: number;
	element: unknown;
}

/** @param pattern As in `entry.*.changes`; empty: the payload itself, or a list of it alone. Without empty lists. */
function batchesOf(pattern: string, payloads: readonly unknown[]): Batch[] {
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

function insertions(
	batches: readonly Batch[],
	element: fc.Arbitrary<unknown>,
): fc.Arbitrary<Insertion> {
	return fc.record({ batch: fc.constantFrom(...batches), index: fc.nat(20), element });
}

function isBranch(value: unknown): value is object {
	return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** As in `entry[0].changes`. */
function placeOf(path: Path): string {
	return path
		.map((key) => (/^\d+$/.test(String(key)) ? `[${key}]` : `.${key}`))
		.join('')
		.replace(/^\./, '');
}

function valueAt(payload: unknown, place: string): unknown {
	return place
		.split(/[.[\]]+/)
		.filter((key) => key !== '')
		.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], payload);
}

function withoutOrigin({ origin: _, ...event }: ProviderEvent) {
	return event;
}

function countOf(counts: Record<string, number>): number {
	return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Undefined takes the field out. */
function withValue(payload: unknown, path: Path, value: unknown): unknown {
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

const anyMessage: fc.Arbitrary<OutgoingMessage> = fc.oneof(
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
function textsOf(value: unknown): string {
	if (typeof value !== 'object' || value === null) return '';
	return Object.entries(value)
		.map(([key, each]) =>
			typeof each === 'string' && ['text', 'body', 'content'].includes(key) ? each : textsOf(each),
		)
		.join('');
}

/** The words anywhere in a value's texts, links kept whole. */
function wordsOf(value: unknown): string[] {
	if (typeof value === 'string') {
		return value.split(/\s+/).filter((word) => word !== '' && word.length <= 80);
	}
	if (Array.isArray(value)) return value.flatMap(wordsOf);
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value)
		.filter(([key]) => !['type', 'fileName', 'mimeType'].includes(key))
		.flatMap(([, inner]) => wordsOf(inner));
}

/** What an event shows, in a line: the text, `<type> <where> <name> <caption>`, the place, or the status. */
export function shownOf(event: ProviderEvent): string {
	if (event.type === 'message_status') {
		return [event.status.value, event.status.message].filter(Boolean).join(': ');
	}
	const { message } = event;
	switch (message.type) {
		case 'text':
			return message.text;
		case 'location':
			return [`${message.latitude},${message.longitude}`, message.address]
				.filter(Boolean)
				.join(' ');
		case 'attachment': {
			const { type, source, fileName, description } = message.attachment;
			return [type, Object.values(source)[0], fileName, description].filter(Boolean).join(' ');
		}
		default:
			return message.title;
	}
}
