import fc from 'fast-check';

import {
	decodeContactId,
	encodeContactId,
} from '../../../nodes/RespondIoCustomChannel/channel/contactId';
import { ChannelError } from '../../../nodes/RespondIoCustomChannel/channel/error';
import {
	CUSTOM_CONTACT_ID,
	PHONE_CONTACT_ID,
} from '../../../nodes/RespondIoCustomChannel/channel/schema';
import { anyString, anyText, EMOJI, faultOf } from './support';

/** Ids that look like what encoding writes, or nearly. */
const almostEncoded = fc
	.array(fc.constantFrom('=', '=b', '=2E', '=3D', '2', 'E', 'e', 'b', 'QQ', '.', 'é', '-', '/'), {
		maxLength: 20,
	})
	.map((parts) => parts.join(''));

const anyId = fc.oneof(almostEncoded, anyString, anyText, fc.emailAddress(), fc.uuid());

function encoded(id: string): string | undefined {
	try {
		return encodeContactId(id, 'custom');
	} catch (error) {
		if (error instanceof ChannelError) return undefined;
		throw error;
	}
}

describe('encodeContactId on a custom-ID channel', () => {
	it.each([
		['of the alphabet', '1234567890', '1234567890'],
		['with every character that is allowed', 'aZ09_=+/@', 'aZ09_=+/@'],
		['of 50 characters', 'a'.repeat(50), 'a'.repeat(50)],
		['with = that reads as no escape', 'a=b=2e=g0', 'a=b=2e=g0'],
		['that ends in =', 'QUJD==', 'QUJD=='],
	])('lets an id %s through as it is', (_what, id, expected) => {
		expect(encodeContactId(id, 'custom')).toBe(expected);
	});

	it.each([
		['mei.tan@example.com', 'mei=2Etan@example=2Ecom'],
		['-1001', '=2D1001'],
		['a b', 'a=20b'],
		['josé@example.com', 'jos=C3=A9@example=2Ecom'],
		// An = that would read as an escape is one.
		['a=2E', 'a=3D2E'],
		['=2E.', '=3D2E=2E'],
		['=bQQ', '=3DbQQ'],
		['==b', '==b'],
		// Within the id it is none.
		['a=b.', 'a=b=2E'],
		['=2.', '=2=2E'],
	])('writes %j as %j', (id, expected) => {
		expect(encodeContactId(id, 'custom')).toBe(expected);
	});

	it.each([
		['陈美玲', '=b6ZmI576O546y'],
		['Мэй Тан', '=b0JzRjdC5INCi0LDQvQ'],
		[EMOJI.repeat(5), '=b8J+YgPCfmIDwn5iA8J+YgPCfmIA'],
	])('writes %j in base64, which is shorter: %s', (id, expected) => {
		expect(encodeContactId(id, 'custom')).toBe(expected);
	});

	it.each([
		// 24 dots are 72 characters quoted, 34 in base64.
		['dots alone', '.'.repeat(36), '.'.repeat(37)],
		// Each of the dots costs three characters.
		['few dots', `${'a'.repeat(44)}..`, `${'a'.repeat(45)}..`],
		['legal characters', 'a'.repeat(50), 'a'.repeat(51)],
		['Chinese characters', '美'.repeat(12), '美'.repeat(13)],
		['emoji', EMOJI.repeat(9), EMOJI.repeat(10)],
	])('takes %s up to 50 encoded characters, not more', (_what, fits, tooLong) => {
		expect(encodeContactId(fits, 'custom').length).toBeLessThanOrEqual(50);
		const { message, hint } = faultOf(() => encodeContactId(tooLong, 'custom'));
		expect(message).toMatch(
			/^The Contact ID "[^"]+" does not fit: respond\.io takes 50 characters, it has \d+(, and \d+ when encoded)?$/,
		);
		expect(hint).toMatch(/shorter ID/);
	});

	it('refuses an empty id', () => {
		expect(faultOf(() => encodeContactId('', 'custom')).message).toBe('The Contact ID is empty');
	});

	it.each(['\ud83d', 'mei\ude00', '\ude00\ud83d'])('refuses half a character: %j', (id) => {
		expect(faultOf(() => encodeContactId(id, 'custom')).message).toMatch(
			/holds half of a character/,
		);
	});

	it('shows a long id shortened, and says how long both forms are', () => {
		expect(faultOf(() => encodeContactId('.'.repeat(1_000_000), 'custom')).message).toBe(
			`The Contact ID "${'.'.repeat(60)}…" does not fit: respond.io takes 50 characters, it has 1000000`,
		);
		expect(faultOf(() => encodeContactId('.'.repeat(37), 'custom')).message).toBe(
			`The Contact ID "${'.'.repeat(37)}" does not fit: respond.io takes 50 characters, it has 37, and 52 when encoded`,
		);
	});

	it('gives a legal id, that decodes to the very id, for every id that it takes', () => {
		let taken = 0;
		fc.assert(
			fc.property(anyId, (id) => {
				const legal = encoded(id);
				if (legal === undefined) return true;
				taken++;
				return CUSTOM_CONTACT_ID.test(legal) && decodeContactId(legal, 'custom') === id;
			}),
			{ numRuns: 40_000 },
		);
		expect(taken).toBeGreaterThan(10_000);
	});

	it('takes every whole text of up to 9 characters', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 9 }), (id) => {
				return encoded(id) !== undefined;
			}),
			{ numRuns: 5_000 },
		);
	});

	it('never gives two ids the same form', () => {
		const short = fc.array(fc.constantFrom('=', 'b', '2', 'E', 'Q', '.', 'é'), {
			minLength: 1,
			maxLength: 5,
		});
		const seen = new Map<string, string>();
		fc.assert(
			fc.property(short, (parts) => {
				const id = parts.join('');
				const legal = encodeContactId(id, 'custom');
				const unique = (seen.get(legal) ?? id) === id;
				seen.set(legal, id);
				return unique;
			}),
			{ numRuns: 10_000 },
		);
	});
});

describe('decodeContactId on a custom-ID channel', () => {
	it.each([
		['plain', '12345'],
		['with an escape in small letters', 'a=2e'],
		['with an escape of what needs none', 'a=41'],
		['in base64, though it is shorter quoted', '=bLg'],
		['in base64 of what needs none', '=bQQ'],
		['with what is no UTF-8', 'a=FF'],
		['with an id that is not legal', 'a=2E.b'],
		['with base64 of another spelling', '=bQQ=='],
		['with base64 of spare bits', '=bQR'],
		['with base64 of no UTF-8', '=b/w'],
		['with base64 of nothing', '=b'],
		['that is empty', ''],
	])('gives back an id %s as it is', (_what, id) => {
		expect(decodeContactId(id, 'custom')).toBe(id);
	});

	it('decodes nothing but what encoding writes: other programs have ids that look like it', () => {
		const legal = fc.oneof(
			almostEncoded,
			fc.stringMatching(/^=b[A-Za-z0-9+/]{1,20}$/),
			fc.stringMatching(/^[=a-c2-4E/@+_]{1,20}$/),
		);
		let decodedOnes = 0;
		fc.assert(
			fc.property(legal, (id) => {
				const decoded = decodeContactId(id, 'custom');
				if (decoded === id) return true;
				decodedOnes++;
				return encoded(decoded) === id;
			}),
			{ numRuns: 10_000 },
		);
		expect(decodedOnes).toBeGreaterThan(100);
	});

	it('never throws, whatever the string', () => {
		fc.assert(
			fc.property(anyId, fc.constantFrom('custom' as const, 'phone' as const), (id, idType) => {
				return typeof decodeContactId(id, idType) === 'string';
			}),
			{ numRuns: 10_000 },
		);
	});
});

describe('encodeContactId on a phone channel', () => {
	it.each([
		['+60177872890'],
		['60177872890'],
		['0060177872890'],
		['00 60 17-787 2890'],
		['+60 17-787 2890'],
		['+60 (17) 787.2890'],
		['(+60) 17/787 2890'],
		['+60 (0)17 787 2890'],
		['+60\u00a017\u2011787\u20132890'],
		['\u202a+60 17 787 2890\u202c'],
		['  +60177872890\n'],
	])('reads %j as +60177872890', (id) => {
		expect(encodeContactId(id, 'phone')).toBe('+60177872890');
	});

	it.each([
		['the shortest', '+12'],
		['the longest, of 15 digits', '+123456789012345'],
	])('takes %s number', (_what, id) => {
		expect(encodeContactId(id, 'phone')).toBe(id);
	});

	it.each([
		['one digit', '+1'],
		['16 digits', '+1234567890123456'],
		['a national number', '0177872890'],
		['a national number after a plus', '+0177872890'],
		['a prefix of an API', 'whatsapp:+60177872890'],
		['a WhatsApp JID', '60177872890@s.whatsapp.net'],
		['an extension', '+60177872890x12'],
		['a word', 'mei'],
		['two pluses', '++60177872890'],
		['a plus inside', '60+177872890'],
		['digits of another script', '+٦٠١٧٧٨٧٢٨٩٠'],
		['an exponent', '6.0177872890e+10'],
		['separators alone', ' - '],
	])('refuses %s, says so, and how to mend it', (_what, id) => {
		const { message, hint } = faultOf(() => encodeContactId(id, 'phone'));
		expect(message).toBe(`The Contact ID "${id}" is not a phone number with its country code`);
		expect(hint).toMatch(/like \+60177872890/);
	});

	it('refuses an empty id', () => {
		expect(faultOf(() => encodeContactId('', 'phone')).message).toBe('The Contact ID is empty');
	});

	it('gives E.164 for every id that it takes, and the same when asked again', () => {
		const almostPhone = fc
			.array(
				fc.constantFrom('+', '0', '00', '1', '60', '17', ' ', '-', '.', '(', ')', '(0)', 'x'),
				{
					maxLength: 14,
				},
			)
			.map((parts) => parts.join(''));
		let taken = 0;
		fc.assert(
			fc.property(almostPhone, (id) => {
				let phone: string;
				try {
					phone = encodeContactId(id, 'phone');
				} catch (error) {
					return error instanceof ChannelError;
				}
				taken++;
				return (
					PHONE_CONTACT_ID.test(phone) &&
					encodeContactId(phone, 'phone') === phone &&
					decodeContactId(phone, 'phone') === phone
				);
			}),
			{ numRuns: 5_000 },
		);
		expect(taken).toBeGreaterThan(500);
	});
});

describe('decodeContactId on a phone channel', () => {
	it.each([
		['+60177872890', '+60177872890'],
		['60177872890', '+60177872890'],
		[' 60177872890 ', '+60177872890'],
		['mei', 'mei'],
		['', ''],
	])('reads %j as %j', (id, expected) => {
		expect(decodeContactId(id, 'phone')).toBe(expected);
	});
});
