import { createHmac } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import type { Provider } from '../../../nodes/RespondIoCustomChannel/providers/provider';
import * as registry from '../../../nodes/RespondIoCustomChannel/providers/registry';
import type {
	ChangedCase,
	IncomingFile,
	OutgoingFile,
	TemplateScenes,
} from '../../unit/providers/cases';
import { faultsBy } from '../../unit/providers/schema';
import { valueAt, withValue } from '../../unit/providers/support';

/**
 * Scenes made of a provider's own cases (test/providers/<name>/), where these tell all that its template's tests need: one
 * webhook, one host that takes requests.
 */

export type Scene = TemplateScenes & {
	name: string;
	provider: Provider;
	incoming: IncomingFile;
	outgoing: OutgoingFile;
};

/** The file that customers send. */
export const PICTURE = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
	'base64',
);
/** Where the stand-in has it for everybody. */
export const FILES = '/files';

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

/** By what requests are known as ours, and calls as the provider's. */
export const keyOf = ({ name }: Scene) => `${name}-key`;
export const secretOf = ({ name }: Scene) => `${name}-secret`;

/** A value of the scene's data, with what is known at the time of the test alone. */
export const told = <Type>(scene: Scene, value: Type, url = ''): Type =>
	JSON.parse(
		JSON.stringify(value)
			.replaceAll('{secret}', secretOf(scene))
			.replaceAll('{files}', `${url}${FILES}`)
			.replaceAll('{base64}', PICTURE.toString('base64')),
	) as Type;

export const filledIn = (scene: Scene): Record<string, string> => told(scene, scene.fills ?? {});

const at = (value: unknown, place: string, inner: unknown): unknown =>
	withValue(value, place.split('.'), inner);

/** The body of a case's call, whether the case is that or what the Webhook node makes of it. */
const bodyOf = (payload: unknown): unknown =>
	typeof payload === 'object' && payload !== null && 'headers' in payload && 'body' in payload
		? payload.body
		: payload;

export const callOf = (
	scene: Scene,
	{ case: name, id, with: changes = {} }: ChangedCase,
	url = '',
): unknown => {
	const { payload, events = [] } = scene.incoming.cases[name];
	const body = JSON.stringify(bodyOf(payload));
	return Object.entries(told(scene, changes, url)).reduce<unknown>(
		(changed, [place, value]) => at(changed, place, value),
		JSON.parse(id === undefined ? body : body.replaceAll(events[0].messageId, id)),
	);
};

/** The header by which a call proves to know the secret. */
export const proofOf = (
	{ proof }: Scene,
	raw: string,
	secret: string | null,
): Record<string, string> =>
	proof === undefined || secret === null
		? {}
		: {
				[proof.header]:
					proof.hmac === undefined
						? secret
						: createHmac(proof.hmac, secret).update(raw).digest('hex'),
			};

/** What the provider gets, of which the text alone is compared. */
export const withText = ({ sends: { text } }: Scene, words: string): object =>
	text
		.split('.')
		.reduceRight<unknown>(
			(inner, key) => (/^\d+$/.test(key) ? [inner] : { [key]: inner }),
			words,
		) as object;

/** An id as the provider's webhooks write it. */
const written = ({ written: form = '{}' }: Scene, id: string) => form.replace('{}', id);

/** The provider's receipt of what it got. */
export const receiptOf = (
	scene: Scene,
	{ id, body }: { id: string; body: unknown },
	status: 'delivered' | 'failed',
): unknown => {
	const { incoming, receipts } = scene;
	if ('case' in receipts) {
		return at(callOf(scene, { case: receipts.case }), receipts.id, written(scene, id));
	}
	const { receipt, cases } = incoming;
	if (receipt === undefined) throw new Error('The cases have no receipt');
	const { payload } = cases[receipt.case];
	const reported = at(at(payload, receipts.id, id), receipt.status, receipt.words[status]);
	return at(reported, receipt.reference, valueAt(body, receipts.carried));
};

/** The provider tells what it was asked to send. */
export const echoOf = (scene: Scene, { id }: { id: string }): unknown =>
	scene.echo && at(callOf(scene, { case: scene.echo.case }), scene.echo.id, written(scene, id));

/** The provider's API: what its schema does not allow is refused. */
export const apiOf = (scene: Scene) => {
	const { outgoing, sends, key, inPath, answers = [] } = scene;
	const { origin, hostname } = new URL(outgoing.url);
	const faultsOf = faultsBy(outgoing.request);
	const responses = outgoing.responses as Record<string, { response: unknown }>;
	const { statusCode: status = 200, body } = responses[sends.refused].response as {
		statusCode?: number;
		body?: unknown;
	};
	return {
		host: hostname,
		/** Undefined where any of n8n's general credentials will do. */
		isKey:
			key === undefined
				? undefined
				: (headers: Record<string, unknown>) => headers[key.toLowerCase()] === keyOf(scene),
		faultsOf: ({
			url,
			...request
		}: Record<'method' | 'url' | 'contentType', string> & { body: unknown }) =>
			faultsOf({
				...request,
				url: `${origin}${inPath === undefined ? url : url.replace(secretOf(scene), inPath)}`,
			}),
		/** What the API answers a question; undefined if it is none. */
		answerOf: (asked: string, content: unknown): unknown => {
			const found = answers.find(
				({ request, body: wanted }) =>
					request === asked &&
					(wanted === undefined || isDeepStrictEqual(content, told(scene, wanted))),
			);
			return found?.answer === '{file}' ? PICTURE : found && told(scene, found.answer);
		},
		taken: (id: string) => at(responses[sends.taken].response, sends.id, id),
		refused: { status, body: body ?? responses[sends.refused].response },
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
