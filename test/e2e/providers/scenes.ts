import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Provider } from '../../../nodes/RespondIoCustomChannel/providers/provider';
import * as registry from '../../../nodes/RespondIoCustomChannel/providers/registry';
import type { IncomingFile, OutgoingFile } from '../../unit/providers/cases';
import { faultsBy } from '../../unit/providers/schema';
import { valueAt, withValue } from '../../unit/providers/support';

/**
 * Scenes made of a provider's own cases (test/providers/<name>/), where these tell all that its template's tests need: one
 * webhook that signs nothing, one address that takes texts.
 */

export type Scene = NonNullable<OutgoingFile['template']> & {
	name: string;
	provider: Provider;
	incoming: IncomingFile;
	outgoing: OutgoingFile;
};

const FOLDER = join(__dirname, '../../providers');
const read = <Type>(name: string, file: string) =>
	JSON.parse(readFileSync(join(FOLDER, name, file), 'utf8')) as Type;

export const SCENES: Scene[] = readdirSync(FOLDER)
	.filter((name) => existsSync(join(FOLDER, name, 'outgoing.json')))
	.flatMap((name) => {
		const outgoing = read<OutgoingFile>(name, 'outgoing.json');
		if (outgoing.template === undefined) return [];
		const provider = (registry as Record<string, Provider>)[name];
		const incoming = read<IncomingFile>(name, 'incoming.json');
		return [{ ...outgoing.template, name, provider, incoming, outgoing }];
	});

const at = (value: unknown, place: string, inner: unknown): unknown =>
	withValue(value, place.split('.'), inner);

/** What the provider gets, of which the text alone is compared. */
export const withText = ({ sends: { text } }: Scene, words: string): object =>
	text
		.split('.')
		.reduceRight<unknown>(
			(inner, key) => (/^\d+$/.test(key) ? [inner] : { [key]: inner }),
			words,
		) as object;

/** The provider's receipt of what it got. */
export const receiptOf = (
	{ incoming: { receipt, cases }, receipts }: Scene,
	{ id, body }: { id: string; body: unknown },
	status: 'delivered' | 'failed',
): unknown => {
	if (receipt === undefined) throw new Error('The cases have no receipt');
	const { payload } = cases[receipt.case];
	const reported = at(at(payload, receipts.id, id), receipt.status, receipt.words[status]);
	return at(reported, receipt.reference, valueAt(body, receipts.carried));
};

/** The provider's API: what its schema does not allow is refused. */
export const apiOf = ({ outgoing, sends }: Scene) => {
	const { hostname, pathname } = new URL(outgoing.url);
	const faultsOf = faultsBy(outgoing.request);
	const responses = outgoing.responses as Record<string, { response: unknown }>;
	return {
		host: hostname,
		path: pathname,
		faultsOf: (body: unknown, contentType: string) =>
			faultsOf({ method: 'POST', url: outgoing.url, contentType, body }),
		taken: (id: string) => at(responses[sends.taken].response, sends.id, id),
		refused: responses[sends.refused].response,
	};
};

/** What the cases of a provider have against a request of another number's, a line each. */
export const faultsIn = (name: string, from: string) => {
	const { request, settings = {} } = read<OutgoingFile>(name, 'outgoing.json');
	const theirs = String(settings.from).replace('+', '');
	return faultsBy(JSON.parse(JSON.stringify(request).replaceAll(theirs, from)) as object);
};

export const refusalOf = ({ outgoing: { responses }, sends }: Scene): string => {
	const { result } = responses[sends.refused];
	return result.taken ? '' : result.reason;
};
