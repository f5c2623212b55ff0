import { faultsBy } from './schema';

/** That the document against which Twilio's requests are checked sees what it is there for. */
describe("Twilio's OpenAPI document", () => {
	const faultsOf = faultsBy({
		type: 'object',
		properties: {
			body: {
				$ref: 'https://documents.example/twilio#/paths/~12010-04-01~1Accounts~1%7BAccountSid%7D~1Messages.json/post/requestBody/content/application~1x-www-form-urlencoded/schema',
				unevaluatedProperties: false,
			},
		},
	});
	const faultsOfForm = (body: object) => faultsOf({ contentType: 'form-urlencoded', body });

	it('takes a text to a number', () => {
		expect(faultsOfForm({ To: '+16505551234', From: '+14155238886', Body: 'Hi' })).toEqual([]);
	});

	it.each<[what: string, fields: object, faults: string[]]>([
		[
			'an unknown field',
			{ To: '+16505551234', Text: 'Hi' },
			['/body must NOT have unevaluated properties {"unevaluatedProperty":"Text"}'],
		],
		[
			'a place for the number',
			{ To: 'somewhere in Kuala Lumpur' },
			['/body/To must match format "phone-number" {"format":"phone-number"}'],
		],
		[
			'a link that is none',
			{ To: '+16505551234', MediaUrl: 'no link' },
			['/body/MediaUrl/0 must match format "uri" {"format":"uri"}'],
		],
		[
			'nobody to send to',
			{ Body: 'Hi' },
			['/body must have required property \'To\' {"missingProperty":"To"}'],
		],
	])('refuses %s', (_, fields, faults) => {
		expect(faultsOfForm(fields)).toEqual(faults);
	});
});
