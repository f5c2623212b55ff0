import { textOf } from './payload';

/** What a vCard (RFC 6350) tells besides the name. */
export function vcardLines(vcard: unknown): string[] {
	return linesOf(vcard, /^(\w+\.)?(TEL|EMAIL|ORG|TITLE|URL|ADR|BDAY|NOTE)[;:]/i);
}

/** The name that a vCard is of. */
export function vcardName(vcard: unknown): string | undefined {
	return linesOf(vcard, /^FN[;:]/i)[0];
}

function linesOf(vcard: unknown, wanted: RegExp): string[] {
	return (textOf(vcard) ?? '')
		.split(/\r?\n/)
		.filter((line) => wanted.test(line))
		.map((line) =>
			line
				.slice(line.indexOf(':') + 1)
				.replace(/;+/g, ' ')
				.trim(),
		);
}
