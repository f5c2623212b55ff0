import fc from 'fast-check';

import {
	decodeContactId,
	encodeContactId,
} from '../../../nodes/RespondIoCustomChannel/channel/contactId';
import { ChannelError } from '../../../nodes/RespondIoCustomChannel/channel/error';
import { writeReference } from '../../../nodes/RespondIoCustomChannel/providers/kit/reference';
import type {
	Limit,
	OutgoingContext,
	OutgoingMessage,
} from '../../../nodes/RespondIoCustomChannel/providers/provider';
import { HOUSES, withDefaults, type House, type OutgoingCase } from './cases';
import { faultsBy } from './schema';
import { anyMessage, NOW, smsPartsOf, stringsIn, textsOf, wordsOf } from './support';

/** What each provider's requests are, and what holds of all of them. */

const contextOf = (
	house: House,
	{ settings, mId }: Partial<OutgoingCase> = {},
): OutgoingContext => ({
	now: NOW,
	settings: settings ?? house.outgoing.settings ?? {},
	...(mId !== undefined && { reference: (part, parts) => writeReference({ mId, part, parts }) }),
});

const mId = '5c4fbd52-c32a-49c1-8c1b-0f4c9a9c1f6e';

const SIZES: Record<Limit['unit'], (text: string) => number> = {
	characters: (text) => Array.from(text).length,
	'UTF-16 units': (text) => text.length,
	bytes: (text) => Buffer.byteLength(text),
	'SMS parts': smsPartsOf,
};

/** Files of the formats that most providers show. */
const FILES = {
	image: ['a.jpg', 'a.png'],
	video: ['a.mp4'],
	audio: ['a.mp3', 'a.m4a', 'a.ogg'],
	file: ['a.pdf'],
} as const;

describe.each(HOUSES)('$name', (house) => {
	const { converter, outgoing } = house;

	describe('makes', () => {
		it.each(Object.entries(outgoing.cases))('%s', (_, given) => {
			const run = () =>
				converter.outgoing(
					given.message,
					given.contactId ?? outgoing.contactId,
					contextOf(house, given),
				);
			if (given.error !== undefined) {
				expect(thrownBy(run)).toEqual(given.error);
				return;
			}
			expect(run()).toEqual(given.requests?.map((each) => withDefaults(outgoing, each)));
		});
	});

	const variants = Object.entries({
		'its usual settings': { settings: {} },
		...outgoing.variants,
	}) as Array<[string, { settings: OutgoingContext['settings']; request?: object }]>;
	describe.each(variants)('with %s', (_, { settings, request = outgoing.request }) => {
		const faultsOf = faultsBy(request);
		const send = (message: OutgoingMessage) =>
			converter.outgoing(
				message,
				outgoing.contactId,
				contextOf(house, { settings: { ...outgoing.settings, ...settings } }),
			);
		forEveryMessage(send, faultsOf);
	});

	describe('can show what it says', () => {
		showsWhatItSays(house);
	});

	describe('carries the reference of its message', () => {
		carriesReferences(house);
	});
});

describe('answers in the conversation that a message came from', () => {
	const roundTrips = HOUSES.flatMap((house) =>
		Object.entries(house.outgoing.roundTrips ?? {}).map(([name, trip]) => ({ house, name, trip })),
	);
	it.each(roundTrips)('$house.name: $name', ({ house, trip }) => {
		const { payload, idType, settings, message, bodies } = trip;
		const [event] = house.converter.incoming(payload, { now: NOW, idType }).events;
		const contactId = decodeContactId(encodeContactId(event.contactId, idType), idType);
		const requests = house.converter.outgoing(message, contactId, contextOf(house, { settings }));
		expect(requests.map(({ body }) => body)).toEqual(
			bodies.map((body) => expect.objectContaining(body) as object),
		);
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

type Send = (message: OutgoingMessage) => ReturnType<House['converter']['outgoing']>;

function forEveryMessage(send: Send, faultsOf: (request: unknown) => string[]) {
	it('makes requests that the provider takes', () => {
		fc.assert(
			fc.property(anyMessage, (message) => {
				const requests = send(message);
				expect(requests.length).toBeGreaterThan(0);
				expect(requests.flatMap(faultsOf)).toEqual([]);
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
		expect(requests.flatMap(faultsOf)).toEqual([]);
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
		expect(() => send(message as unknown as OutgoingMessage)).toThrow(ChannelError);
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

	it('writes links in full, percent-encoded', () => {
		const url = 'https://files.example/été 5%20.jpg?name=ü';
		const requests = send({ type: 'attachment', attachment: { type: 'image', url } });
		const links = stringsIn(requests.map(({ body }) => body)).filter((each) =>
			each.includes('https://files.example/'),
		);
		expect(links.length).toBeGreaterThan(0);
		for (const link of links) {
			expect(link).toContain('https://files.example/%C3%A9t%C3%A9%205%20.jpg?name=%C3%BC');
		}
	});
}

function showsWhatItSays(house: House) {
	const { provider, converter, outgoing } = house;
	const { text, attachments, location, quickReplies } = provider.capabilities;
	const shown = (message: OutgoingMessage) =>
		stringsIn(
			converter.outgoing(message, outgoing.contactId, contextOf(house)).map(({ body }) => body),
		);

	it.each(['x', '😀'])('a text of %s as long as it says, and no longer', (character) => {
		const { max, unit } = text ?? { max: 20_000, unit: 'characters' };
		const fitting = Math.floor(max / SIZES[unit](character));
		expect(shown({ type: 'text', text: character.repeat(fitting) })).toContain(
			character.repeat(fitting),
		);
		if (text === undefined) return;
		for (const each of shown({ type: 'text', text: character.repeat(fitting + 1) })) {
			expect(SIZES[unit](each)).toBeLessThanOrEqual(max);
		}
	});

	it.each(Object.entries(FILES))('attachments of the type %s', (type, names) => {
		const isLink = (name: string) => {
			const url = `https://files.example/${name}`;
			const attachment = { type: type as keyof typeof FILES, url, fileName: name };
			return shown({ type: 'attachment', attachment }).some((each) =>
				each.includes(`${name}\n${url}`),
			);
		};
		const asLinks = names.map(isLink);
		expect(asLinks.every(Boolean) ? 'link' : 'native').toBe(
			attachments[type as keyof typeof FILES],
		);
	});

	it('locations', () => {
		const texts = shown({ type: 'location', latitude: 3.1, longitude: 101.7, address: 'KL' });
		const isText = texts.some((each) => each.includes('https://www.google.com/maps/search/'));
		expect(isText ? 'text' : 'native').toBe(location);
	});

	it('quick replies', () => {
		const isText = (replies: string[]) =>
			shown({ type: 'quick_reply', title: 'Which?', replies }).some((each) =>
				each.includes(`1. ${replies[0]}`),
			);
		if (quickReplies === 'text') {
			expect(isText(['A', 'B'])).toBe(true);
			return;
		}
		const { most, reply } = quickReplies;
		expect(isText(Array.from({ length: most }, (_, index) => `R${index}`))).toBe(false);
		expect(isText(['x'.repeat(reply.max)])).toBe(false);
	});
}

function carriesReferences(house: House) {
	const { provider, converter, outgoing } = house;
	const several: OutgoingMessage = {
		type: 'attachment',
		attachment: {
			type: 'video',
			url: 'https://files.example/a.mp4',
			description: 'Look! '.repeat(1000),
		},
	};
	const carriedBy = (message: OutgoingMessage) =>
		converter
			.outgoing(message, outgoing.contactId, contextOf(house, { mId }))
			.map(({ body }) => stringsIn(body).filter((each) => each.includes('respondio.')));

	it('in each of several requests, where its receipts or its echoes bring it back', () => {
		const found = carriedBy(several);
		const { references, echoes } = provider.capabilities;
		if (references) {
			expect(found.length).toBeGreaterThan(1);
			found.forEach((carried, index) => {
				const reference = writeReference({ mId, part: index + 1, parts: found.length });
				expect(carried).toEqual([expect.stringContaining(reference)]);
			});
		} else if (echoes !== 'marked') {
			expect(found.flat()).toEqual([]);
		}
	});

	it('not where the id of the message is not known', () => {
		const requests = converter.outgoing(several, outgoing.contactId, contextOf(house));
		expect(JSON.stringify(requests)).not.toContain('respondio.');
	});
}
