import document from '@twilio/cli-core/src/services/twilio-api/twilio_api_v2010.json';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';

/** Twilio's own OpenAPI document, which its command line carries: what its API takes as a message. */

const { schema } =
	document.paths['/2010-04-01/Accounts/{AccountSid}/Messages.json'].post.requestBody.content[
		'application/x-www-form-urlencoded'
	];

// Of a form all values are texts; a list of one is the value itself.
const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: 'array' });
addFormats(ajv);
// The document leaves open what this is: a number, a short code, a name, or an address of another channel.
ajv.addFormat(
	'phone-number',
	/^(\+\d{7,15}|\d{3,6}|[A-Za-z0-9 ]{1,11}|(whatsapp|rcs|messenger):\S+)$/,
);
const isLegal = ajv.compile({
	...schema,
	additionalProperties: false,
	components: { schemas: document.components.schemas },
});

/** What the document has against the fields of a form. */
export function formFaults(fields: object): string[] {
	return isLegal({ ...fields })
		? []
		: (isLegal.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
