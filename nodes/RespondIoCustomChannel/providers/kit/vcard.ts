import { textOf } from './payload';

/** What a vCard tells besides the name, which the contact has already. */
const SHOWN = /^(TEL|EMAIL|ORG|TITLE|URL|ADR|BDAY|NOTE)$/i;

/**
 * The values of a vCard, as people write them: `tel:` is left out. Of version 3 and 4 (https://www.rfc-editor.org/rfc/rfc6350)
 * and of 2.1, whose values may be quoted-printable.
 */
export function vcardValues(vcard: unknown): string[] {
	return valuesOf(vcard, SHOWN);
}

/** The name of whom a vCard is. */
export function vcardName(vcard: unknown): string | undefined {
	return valuesOf(vcard, /^FN$/i)[0];
}

function valuesOf(vcard: unknown, names: RegExp): string[] {
	return linesOf(textOf(vcard) ?? '').flatMap((line) => valueIn(line, names) ?? []);
}

/** A line goes on in the next one, where that begins with a blank, or where it is quoted-printable and ends in `=`. */
function linesOf(vcard: string): string[] {
	const lines: string[] = [];
	for (const line of vcard.split(/\r\n|\r|\n/)) {
		const last = lines.at(-1);
		if (last !== undefined && last.endsWith('=') && isQuotedPrintable(last)) {
			lines[lines.length - 1] = last.slice(0, -1) + line;
		} else if (last !== undefined && /^[ \t]/.test(line)) {
			lines[lines.length - 1] = last + line.slice(1);
		} else {
			lines.push(line);
		}
	}
	return lines;
}

function isQuotedPrintable(line: string): boolean {
	return /^[^:]*;(ENCODING=)?QUOTED-PRINTABLE/i.test(line);
}

/** A group, a name, parameters (in quotes, a colon is theirs), and the value. */
const PROPERTY = /^(?:[\w-]+\.)?([\w-]+)(?:;(?:"[^"]*"|[^":])*)?:(.*)$/;

function valueIn(line: string, names: RegExp): string | undefined {
	const [, name, value] = PROPERTY.exec(line) ?? [];
	if (name === undefined || !names.test(name)) return undefined;
	const written = isQuotedPrintable(line) ? fromQuotedPrintable(value) : value;
	return textOf(unescaped(written.replace(/^(tel|mailto):/i, '')).trim());
}

function fromQuotedPrintable(text: string): string {
	return text.replace(/(?:=[\dA-F]{2})+/gi, (run) => {
		const bytes = Buffer.from(run.replaceAll('=', ''), 'hex');
		const shown = bytes.toString('utf8');
		return shown.includes('\ufffd') ? bytes.toString('latin1') : shown;
	});
}

/** Semicolons part the components of a value; a sign of the value itself has a backslash. */
function unescaped(value: string): string {
	return value.replace(/\\(.)|;+/g, (_, sign: string | undefined) => {
		if (sign === undefined) return ' ';
		return sign.toLowerCase() === 'n' ? '\n' : sign;
	});
}
