import twilio from '@twilio/cli-core/src/services/twilio-api/twilio_api_v2010.json';
import Ajv from 'ajv/dist/2019';
import addFormats from 'ajv-formats';

import { smsPartsOf, valueAt } from './support';

/**
 * JSON Schema of providers' requests, with the units that they count in: `maxUtf16` (UTF-16 units) and `maxBytes` (of
 * UTF-8; of anything but a text, of its JSON); `maxSmsParts`; `maxLength` counts characters. `notBlank`: a text shows something.
 * `distinct` is the path in which the objects of a list differ. Of a form all values are texts, and a list of one is
 * the value itself.
 */
function compiler(options: object) {
	const ajv = new Ajv({ strict: false, allErrors: true, ...options });
	addFormats(ajv);
	// Twilio's document leaves open what this is: a number, a short code, a name, or an address of another channel.
	ajv.addFormat(
		'phone-number',
		/^(\+\d{7,15}|\d{3,6}|[A-Za-z0-9 ]{1,11}|(whatsapp|rcs|messenger):\S+)$/,
	);
	ajv.addKeyword({
		keyword: 'maxUtf16',
		type: 'string',
		validate: (max: number, text: string) => text.length <= max,
	});
	ajv.addKeyword({
		keyword: 'maxBytes',
		validate: (max: number, value: unknown) =>
			Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value)) <= max,
	});
	ajv.addKeyword({
		keyword: 'maxSmsParts',
		type: 'string',
		validate: (max: number, text: string) => smsPartsOf(text) <= max,
	});
	ajv.addKeyword({
		keyword: 'notBlank',
		type: 'string',
		validate: (isAsked: boolean, text: string) => !isAsked || text.trim() !== '',
	});
	ajv.addKeyword({
		keyword: 'distinct',
		type: 'array',
		validate: (path: string, list: object[]) =>
			new Set(list.map((each) => valueAt(each, path))).size === list.length,
	});
	for (const [name, document] of Object.entries(DOCUMENTS)) {
		ajv.addSchema({ $id: `https://documents.example/${name}`, ...(document as object) });
	}
	return ajv;
}

/** Providers' own documents, by the name under which a schema refers to them. */
const DOCUMENTS = {
	/** Twilio's OpenAPI document, which its command line carries. */
	twilio,
};

const ofJson = compiler({});
const ofForms = compiler({ coerceTypes: 'array' });

/** What a schema has against a request, a line each. */
export function faultsBy(schema: object): (request: unknown) => string[] {
	const json = ofJson.compile(schema);
	const form = ofForms.compile(schema);
	return (request) => {
		const { contentType } = request as { contentType?: string };
		const isLegal = contentType === 'form-urlencoded' ? form : json;
		// A copy: reading a form's texts as what they stand for changes the value.
		return isLegal(JSON.parse(JSON.stringify(request)))
			? []
			: (isLegal.errors ?? []).map(
					({ instancePath, message, params }) =>
						`${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
				);
	};
}
