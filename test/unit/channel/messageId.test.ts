import fc from 'fast-check';

import { codePointLength } from '../../../nodes/RespondIoCustomChannel/channel/limits';
import {
	partMessageId,
	toMessageId,
} from '../../../nodes/RespondIoCustomChannel/channel/messageId';
import { messageIdSchema } from '../../../nodes/RespondIoCustomChannel/channel/schema';
import { anyString, EMOJI, faultOf } from './support';

const WAMID = 'wamid.HBgLNjAxNzc4NzI4OTAVAgASGBQzQTdCNUJEN0Q3QkY0RjBGRjQ5NgA=';

describe('toMessageId', () => {
	it.each([
		['of one character', 'a'],
		['of 49 characters', 'a'.repeat(49)],
		['of 50 characters', 'a'.repeat(50)],
		['of 50 emoji', EMOJI.repeat(50)],
	])('lets an id %s through as it is', (_what, id) => {
		expect(toMessageId(id)).toBe(id);
	});

	// Computed with another implementation of RFC 9562: Python's uuid.uuid5 in the same namespace.
	it.each([
		['a WhatsApp id', WAMID, 'c8c74039-28ff-5bc4-9d06-09bf0848bfd0'],
		['51 characters', 'x'.repeat(51), '708b6a71-95cb-5233-81c7-bda5de5b2b18'],
		['51 emoji', EMOJI.repeat(51), 'd79aefae-1565-5cfc-bc5a-3a64e40f084b'],
	])('gives %s its UUIDv5, which never changes', (_what, id, uuid) => {
		expect(toMessageId(id)).toBe(uuid);
	});

	it('refuses an empty id', () => {
		const { message, hint } = faultOf(() => toMessageId(''));
		expect(message).toBe('The Message ID is empty');
		expect(hint).toMatch(/provider's ID of the message/);
	});

	it('gives every id a legal one, always the same, which it then leaves as it is', () => {
		fc.assert(
			fc.property(fc.oneof(anyString, fc.string({ minLength: 40, maxLength: 200 })), (id) => {
				fc.pre(id !== '');
				const mId = toMessageId(id);
				return (
					messageIdSchema.safeParse(mId).success &&
					toMessageId(id) === mId &&
					toMessageId(mId) === mId
				);
			}),
			{ numRuns: 3_000 },
		);
	});
});

describe('partMessageId', () => {
	it("keeps the message's own id for the first part, so that receipts match", () => {
		for (const id of ['a', WAMID]) expect(partMessageId(id, 0)).toBe(toMessageId(id));
	});

	it('numbers the others from 2', () => {
		expect([1, 2, 9].map((part) => partMessageId('a', part))).toEqual(['a#2', 'a#3', 'a#10']);
	});

	it('gives a UUIDv5 where the number makes the id too long', () => {
		expect(partMessageId('a'.repeat(48), 1)).toBe(`${'a'.repeat(48)}#2`);
		expect(partMessageId('a'.repeat(49), 1)).toBe('ce76720d-4f8a-5bfd-9923-a280f1d79520');
	});

	it('gives the parts of every message legal ids of their own', () => {
		fc.assert(
			fc.property(
				fc.string({ unit: 'grapheme', minLength: 1, maxLength: 90 }),
				fc.integer({ min: 2, max: 120 }),
				(id, parts) => {
					const ids = Array.from({ length: parts }, (_, part) => partMessageId(id, part));
					return new Set(ids).size === parts && ids.every((each) => codePointLength(each) <= 50);
				},
			),
			{ numRuns: 500 },
		);
	});
});
