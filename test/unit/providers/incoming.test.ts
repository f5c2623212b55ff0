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
import { writeReference } from '../../../nodes/RespondIoCustomChannel/providers/kit/reference';
import type {
	IncomingContext,
	Origin,
	ProviderEvent,
} from '../../../nodes/RespondIoCustomChannel/providers/provider';
import { checkRequest } from '../../../sandbox/checker';
import { asWebhook, HOUSES, plain, type House } from './cases';
import {
	batchesOf,
	damaged,
	insertions,
	isBranch,
	NOW,
	placeOf,
	placesOf,
	replacements,
	stringsIn,
	valueAt,
	webhookItem,
	withValue,
	type Insertion,
} from './support';

/** What each provider's payloads become, and what holds of all of them. */

const context: IncomingContext = { now: NOW };

/** Faults of an event that respond.io would refuse; a file that is yet to be published counts as one with a link. */
function faultsOf(event: ProviderEvent): string[] {
	const { contactId, messageId, contact, origin: _, ...fields } = event;
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
		...(isBlank(fields) ? ['the text must not be blank'] : []),
		...stringsIn([contact, attachment ? { ...attachment, source: undefined } : fields])
			.filter((text) => /\0|\p{Surrogate}/u.test(text))
			.map((text) => `${JSON.stringify(text)} is not well-formed`),
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

function isBlank(fields: object): boolean {
	const message = 'message' in fields ? (fields.message as { text?: string }) : {};
	return message.text?.trim() === '';
}

function withoutOrigin({ origin: _, ...event }: ProviderEvent) {
	return event;
}

function countOf(counts: Record<string, number>): number {
	return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function statusOf(event: ProviderEvent) {
	return event.type === 'message_status' ? event.status : undefined;
}

describe.each(HOUSES)('$name', (house) => {
	describe('reads', () => {
		const { converter, incoming } = house;
		it.each(Object.entries(incoming.cases))('%s', (name, { payload, error, ...expected }) => {
			const run = () => converter.incoming(payload, contextOf(house, name));
			if (error !== undefined) {
				expect(thrownBy(run)).toEqual(error);
				return;
			}
			const { events = [], failures = [], ignored = {} } = expected;
			// As JSON, in which the case is written.
			expect(JSON.parse(JSON.stringify(plain(run())))).toEqual({ events, failures, ignored });
		});
	});

	describe('for every payload', () => {
		forEveryPayload(house);
	});
	describe('of a list of events', () => {
		ofLists(house);
	});
	describe('of what the business sent', () => {
		ofOurOwn(house);
	});
	describe('for a damaged or foreign payload', () => {
		ofDamaged(house);
	});
});

function thrownBy(run: () => unknown): object {
	try {
		return { returned: run() };
	} catch (error) {
		expect(error).toBeInstanceOf(ChannelError);
		const { message, hint } = error as ChannelError;
		return { message, ...(hint !== undefined && { hint }) };
	}
}

/** The events; none where the payload as a whole is refused. */
function eventsOrError(converter: House['converter'], payload: unknown): ProviderEvent[] {
	try {
		return converter.incoming(payload, context).events;
	} catch (error) {
		expect(error).toBeInstanceOf(ChannelError);
		expect((error as ChannelError).message.length).toBeLessThan(1000);
		return [];
	}
}

/** The files and the channel of the case. */
function contextOf({ incoming }: House, name: string): IncomingContext {
	const { binary, idType } = incoming.cases[name];
	return { now: NOW, ...(binary && { binary }), ...(idType && { idType }) };
}

function forEveryPayload(house: House) {
	const { converter, payloads } = house;
	const all = Object.entries(payloads);

	it.each(all)('%s: gives events that respond.io takes', (name, payload) => {
		const { events } = converter.incoming(payload, contextOf(house, name));
		expect(events.flatMap(faultsOf)).toEqual([]);
		expect(events.flatMap(refusalsOf)).toEqual([]);
	});

	it.each(all)('%s: gives each event an id of its own, and the same again', (name, payload) => {
		const idsAt = (now: number) =>
			converter
				.incoming(payload, { ...contextOf(house, name), now })
				.events.map(
					(event) => `${event.type} ${JSON.stringify(statusOf(event))} ${event.messageId}`,
				);
		const ids = idsAt(NOW);
		expect(new Set(ids).size).toBe(ids.length);
		// A webhook that the provider repeats has the same ids.
		expect(idsAt(NOW + 60_000)).toEqual(ids);
	});

	it.each(all)('%s: reads the same from the Webhook node', (name, payload) => {
		expect(converter.incoming(asWebhook(payload), contextOf(house, name))).toEqual(
			converter.incoming(payload, contextOf(house, name)),
		);
	});

	it('counts what it leaves out, or gives an event or a failure', () => {
		for (const [name, payload] of all) {
			const { events, failures, ignored } = converter.incoming(payload, contextOf(house, name));
			expect(events.length + failures.length + countOf(ignored)).toBeGreaterThan(0);
		}
	});

	it('has a U+0000 or half of a character in no event, wherever it was', () => {
		for (const broken of ['a\0b', 'a\ud83db']) {
			for (const payload of replacements(Object.values(payloads), broken, true)) {
				expect(eventsOrError(converter, payload).flatMap(faultsOf)).toEqual([]);
			}
		}
	});
}

function ofLists({ converter, incoming: { lists = [] }, payloads }: House) {
	const batches = lists.flatMap((list) => batchesOf(list, Object.values(payloads)));
	it('names lists that its payloads have', () => {
		const isFound = (list: string) => batchesOf(list, Object.values(payloads)).length > 0;
		expect(lists.filter((list) => !isFound(list))).toEqual([]);
	});
	if (lists.length === 0) return;

	it('tells where in the payload each event stands', () => {
		for (const { payload } of batches) {
			const { events } = converter.incoming(payload, context);
			for (const { origin } of events) {
				expect(origin?.payload).toBe(valueAt(payload, origin?.place ?? '?'));
			}
		}
	});

	/** What comes of a batch with an element put in, which may cost no other event anything. */
	const withSibling = ({ batch: { payload, path, list }, index, element }: Insertion) => {
		const position = index % (list.length + 1);
		const whole = withValue(payload, path, list.toSpliced(position, 0, element));
		const place = `${placeOf(path)}[${position}]`;
		const isThere = (origin: Origin | undefined) =>
			origin?.place === place || origin?.place.startsWith(`${place}.`) === true;
		const before = converter.incoming(payload, context);
		const after = converter.incoming(whole, context);
		const kept = after.events.filter(({ origin }) => !isThere(origin));
		expect(kept.map(withoutOrigin)).toEqual(before.events.map(withoutOrigin));
		const added = after.failures.filter(isThere);
		expect(after.failures.length - added.length).toBe(before.failures.length);
		for (const failure of added) {
			expect(failure.payload).toBe(valueAt(whole, failure.place));
			expect(failure.message.length).toBeLessThan(1000);
		}
		return { before, after, added: after.events.length - kept.length + added.length };
	};

	const costsNothingAndIsTold = (insertion: Insertion) => {
		const { before, after, added } = withSibling(insertion);
		for (const { message } of after.failures) expect(message).not.toMatch(/can't be read:/);
		// By events of its own, by its place, or by its kind.
		const counted = countOf(after.ignored) - countOf(before.ignored);
		expect(added + counted).toBeGreaterThan(0);
	};

	it('a sibling with any field changed or gone costs nothing', () => {
		const branches = batches.flatMap(({ list }) => list).filter(isBranch);
		// A list of texts alone has no fields.
		if (branches.length === 0) return;
		const siblings = damaged(branches);
		fc.assert(fc.property(insertions(batches, siblings), costsNothingAndIsTold), { numRuns: 500 });
	});

	it('a sibling of any JSON costs nothing', () => {
		fc.assert(fc.property(insertions(batches, fc.jsonValue()), costsNothingAndIsTold));
	});

	it('a sibling nested deeper than any program writes costs nothing', () => {
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
}

function ofOurOwn({ provider, converter, incoming: { receipt, cases }, payloads }: House) {
	const { echoes: kind, references, statuses } = provider.capabilities;
	const events = Object.values(payloads).flatMap(
		(payload) => converter.incoming(payload, context).events,
	);

	it('gives echoes where it says so, and tells which may be ours where nothing marks them', () => {
		const echoes = events.flatMap((event) => (event.type === 'message_echo' ? [event] : []));
		expect(echoes.length > 0).toBe(kind !== false);
		if (kind === 'unmarked')
			expect(echoes.map(({ mayBeOurs }) => mayBeOurs)).not.toContain(undefined);
	});

	it('gives the statuses that it says, and no other', () => {
		const given = new Set(events.flatMap((event) => statusOf(event)?.value ?? []));
		expect([...given].sort()).toEqual([...statuses].sort());
	});

	it('reads the reference of a request in its receipt, where it says so', () => {
		expect(receipt !== undefined).toBe(references);
		if (receipt === undefined) return;
		const readPart = (value: 'delivered' | 'failed', part: number) => {
			const reference = writeReference({ mId: 'm1', part, parts: 2 });
			const withStatus = withValue(
				cases[receipt.case].payload,
				receipt.status.split('.'),
				receipt.words[value],
			);
			const carried = receipt.carried?.replace('{}', reference) ?? reference;
			const payload = withValue(withStatus, receipt.reference.split('.'), carried);
			const found = converter.incoming(payload, context);
			const seen = found.events.map((event) => [event.messageId, statusOf(event)?.value]);
			return [...seen, ...Object.entries(found.ignored)];
		};
		expect(readPart('delivered', 1)).toEqual([['receipt of an earlier part', 1]]);
		expect(readPart('delivered', 2)).toEqual([['m1', 'delivered']]);
		expect(readPart('failed', 1)).toEqual([['m1', 'failed']]);
		expect(readPart('failed', 2)).toEqual([['m1', 'failed']]);
	});
}

function ofDamaged({ converter, payloads }: House) {
	const givesLegalEventsOrAnError = (payload: unknown) => {
		const before = JSON.stringify(payload);
		let events: ProviderEvent[] = [];
		try {
			const found = converter.incoming(payload, context);
			({ events } = found);
			for (const { message } of found.failures) expect(message).not.toMatch(/can't be read:/);
		} catch (error) {
			expect(error).toBeInstanceOf(ChannelError);
			expect((error as ChannelError).message.length).toBeLessThan(1000);
		}
		expect(events.flatMap(faultsOf)).toEqual([]);
		expect(JSON.stringify(payload)).toBe(before);
	};

	it('of any JSON: legal events, or an error', () => {
		fc.assert(
			fc.property(
				fc.oneof(fc.jsonValue(), fc.jsonValue().map(webhookItem)),
				givesLegalEventsOrAnError,
			),
		);
	});

	it('with any field changed or gone: legal events, or an error', () => {
		fc.assert(fc.property(damaged(Object.values(payloads)), givesLegalEventsOrAnError), {
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
		expect(() => converter.incoming(payload, context)).toThrow(ChannelError);
		expect(() => converter.incoming(payload, context)).not.toThrow(/hello|nested/);
	});

	it.each([
		['a text of 100,000 characters', 'x'.repeat(100_000)],
		['a list of 1,000 empty objects', Array.from({ length: 1000 }, () => ({}))],
	])('with %s in place of any field', (_, huge) => {
		for (const payload of replacements(Object.values(payloads), huge, true)) {
			try {
				const { events } = converter.incoming(payload, context);
				expect(events.flatMap(refusalsOf)).toEqual([]);
			} catch (error) {
				// Also where Relay refuses, e.g. a contact id that is too long.
				expect(error).toBeInstanceOf(ChannelError);
				expect((error as Error).message.length).toBeLessThan(1000);
			}
		}
	});

	it('nested deeper than any program writes', () => {
		const deep = JSON.parse(`${'{"a":['.repeat(3000)}${']}'.repeat(3000)}`) as unknown;
		for (const payload of [deep, ...replacements(Object.values(payloads), deep)]) {
			try {
				converter.incoming(payload, context);
			} catch (error) {
				expect(error).toBeInstanceOf(ChannelError);
			}
		}
	});
}
