import fc from 'fast-check';

import { normaliseContact } from '../../../nodes/RespondIoCustomChannel/channel/contact';
import { ChannelError } from '../../../nodes/RespondIoCustomChannel/channel/error';
import { contactSchema } from '../../../nodes/RespondIoCustomChannel/channel/schema';
import { EMOJI, faultOf } from './support';

/** A January: New York is five hours behind UTC, in July four. */
const JANUARY = Date.UTC(2026, 0, 15);
const JULY = Date.UTC(2026, 6, 15);

const WHOLE = {
	firstName: 'Mei',
	lastName: 'Tan',
	profilePic: 'https://example.com/mei.jpg',
	locale: 'en_US',
	countryCode: 'MY',
	timezone: 8,
	email: 'mei@example.com',
	phone: '+60177872890',
	language: 'en',
};

describe('normaliseContact', () => {
	it('leaves a contact of all fields as it is', () => {
		expect(normaliseContact(WHOLE, JANUARY)).toEqual(WHOLE);
		expect(Object.keys(WHOLE)).toEqual(Object.keys(contactSchema.shape));
	});

	it.each([undefined, null, '', ' \n'])('leaves %j out: nulls have lost messages', (empty) => {
		expect(
			normaliseContact({ firstName: empty, lastName: 'Tan', timezone: empty }, JANUARY),
		).toEqual({ lastName: 'Tan' });
	});

	it.each([undefined, null, ''])('gives nothing for %j', (nothing) => {
		expect(normaliseContact(nothing, JANUARY)).toBeUndefined();
	});

	it.each([
		['Mei', '"Mei"'],
		[['Mei'], 'a list'],
		[5, '5'],
	])('refuses %j in place of an object, and lists the fields', (given, shown) => {
		const { message, hint } = faultOf(() => normaliseContact(given, JANUARY));
		expect(message).toBe(`The Contact is not an object: ${shown}`);
		expect(hint).toMatch(/firstName.*language/);
	});

	it('gives nothing where nothing is left', () => {
		expect(normaliseContact({}, JANUARY)).toBeUndefined();
		expect(normaliseContact({ firstName: ' ', email: null }, JANUARY)).toBeUndefined();
	});

	it.each([
		['firstName', '  Mei ', 'Mei'],
		['firstName', 123, '123'],
		['countryCode', 'my', 'MY'],
		['language', 'EN', 'en'],
		['language', 'en-US', 'en'],
		['language', 'zh_Hant', 'zh'],
		['locale', 'en-us', 'en_US'],
		['locale', 'EN', 'en'],
		['locale', 'zh-hant-tw', 'zh_Hant_TW'],
		['phone', '60 17-787 2890', '+60177872890'],
		['phone', 60177872890, '+60177872890'],
		// Not a number of any country: respond.io limits its length alone.
		['phone', '0177872890', '0177872890'],
		['timezone', 5.75, 5.75],
		['timezone', 0, 0],
		['timezone', '8', 8],
		['timezone', '-3', -3],
		['timezone', '5.5', 5.5],
		['timezone', '+08:00', 8],
		['timezone', '+05:30', 5.5],
		['timezone', '-0330', -3.5],
		['timezone', 'UTC', 0],
		['timezone', 'UTC+8', 8],
		['timezone', 'UTC\u22123', -3],
		['timezone', 'gmt -3:30', -3.5],
		['timezone', 'Asia/Kuala_Lumpur', 8],
		['timezone', 'Asia/Kolkata', 5.5],
		['timezone', 'America/New_York', -5],
	])('reads %s %j as %j', (field, value, expected) => {
		expect(normaliseContact({ [field]: value }, JANUARY)).toEqual({ [field]: expected });
	});

	it('gives a named time zone its offset of that day', () => {
		expect(normaliseContact({ timezone: 'America/New_York' }, JULY)).toEqual({ timezone: -4 });
	});

	it.each([
		['firstName', 'First Name', 50],
		['lastName', 'Last Name', 50],
		['email', 'Email', 50],
		['phone', 'Phone', 18],
	])('takes %s up to its limit, in code points', (field, name, limit) => {
		for (const character of ['x', EMOJI]) {
			for (const length of [limit - 1, limit]) {
				const text = character.repeat(length);
				expect(normaliseContact({ [field]: text }, JANUARY)).toEqual({ [field]: text });
			}
			const { message, hint } = faultOf(() =>
				normaliseContact({ [field]: character.repeat(limit + 1) }, JANUARY),
			);
			expect(message).toBe(`${name} must be at most ${limit} characters (${limit + 1} given)`);
			expect(hint).toMatch(/field of Contact/);
		}
	});

	it.each([-24, -23.5, 23.5, 24])('takes the time zone %d', (timezone) => {
		expect(normaliseContact({ timezone }, JANUARY)).toEqual({ timezone });
	});

	it.each([
		[{ timezone: 24.5 }, 'Timezone must be from -24 to 24 (24.5 given)'],
		[{ timezone: '-25' }, 'Timezone must be from -24 to 24 (-25 given)'],
		[{ timezone: 'Mars/Base' }, 'Timezone must be a number of hours from UTC ("Mars/Base" given)'],
		[{ timezone: '8.5:30' }, 'Timezone must be a number of hours from UTC ("8.5:30" given)'],
		[{ timezone: true }, 'Timezone must be a number of hours from UTC (true given)'],
		[{ timezone: Number.NaN }, 'Timezone must be a number of hours from UTC (NaN given)'],
		[
			{ countryCode: 'Malaysia' },
			'Country Code must be two letters of ISO 3166-1, e.g. MY ("MALAYSIA" given)',
		],
		[{ language: 'eng' }, 'Language must be two letters of ISO 639-1, e.g. en ("eng" given)'],
		[{ locale: 'English!' }, 'Locale must be a locale, e.g. en_US ("english!" given)'],
		[
			{ profilePic: 'mei.jpg' },
			'Profile Picture URL must be a complete http(s) URL, e.g. https://example.com/photo.jpg ("mei.jpg" given)',
		],
		[{ firstName: { full: 'Mei' } }, 'First Name must be a text (an object given)'],
		[{ phone: ['+60177872890'] }, 'Phone must be a text (a list given)'],
		[{ countryCode: ['my'] }, 'Country Code must be a text (a list given)'],
		[{ name: 'Mei', age: 3 }, 'The Contact has no field "name", "age"'],
	])('refuses %j', (contact, message) => {
		expect(faultOf(() => normaliseContact(contact, JANUARY)).message).toBe(message);
	});

	it('names every fault', () => {
		const { message } = faultOf(() =>
			normaliseContact({ language: 'x', countryCode: '1' }, JANUARY),
		);
		expect(message).toMatch(/^Country Code .+; Language .+$/);
	});

	it('gives a legal contact, which it then leaves as it is, or an error of ours', () => {
		const value = fc.oneof(
			fc.string(),
			fc.double(),
			fc.constantFrom(
				'en-US',
				'MY',
				'+08:00',
				'Asia/Kuala_Lumpur',
				'https://example.com',
				null,
				-0,
			),
			fc.jsonValue({ maxDepth: 1 }),
		);
		const contact = fc.dictionary(fc.constantFrom(...Object.keys(WHOLE)), value, { maxKeys: 2 });
		fc.assert(
			fc.property(contact, (given) => {
				let legal: ReturnType<typeof normaliseContact>;
				try {
					legal = normaliseContact(given, JANUARY);
				} catch (error) {
					return error instanceof ChannelError;
				}
				if (legal === undefined) return true;
				return (
					contactSchema.strict().safeParse(legal).success &&
					JSON.stringify(normaliseContact(legal, JANUARY)) === JSON.stringify(legal)
				);
			}),
			{ numRuns: 2_000 },
		);
	});
});
