import fc from 'fast-check';

import type { Exchange, Piece } from './socket';

/** A call that nobody who means well would make, and which statuses it may be answered with. */
export interface Call extends Exchange {
	kind: string;
	/** Left out: any that says it is the caller's fault, or that nothing is wrong; also no answer at all. */
	answers?: readonly number[];
	/** An early answer may be lost: the server closes while much of the call is still on its way. */
	mayBreak?: boolean;
}

export interface Target {
	/** The trigger's two webhooks. */
	message: string;
	media: string;
	/** The message webhook of a workflow whose node fails. */
	failing: string;
	apiToken: string;
	/** The `t` of a link to a file that n8n holds. */
	linkToken: string;
	/** Bytes of that file. */
	fileSize: number;
}

/** In every token that is made up, so that one which comes back is found. */
export const WRONG_TOKEN = 'wr0ng-t0ken';

const MEGABYTE = 1024 * 1024;
const HUGE = 'a huge body';

type Headers = ReadonlyArray<readonly [string, string]>;

const head = (method: string, path: string, headers: Headers) =>
	[
		`${method} ${path} HTTP/1.1`,
		'Host: n8n',
		'Connection: close',
		...headers.map(([name, value]) => `${name}: ${value}`),
		'\r\n',
	].join('\r\n');
const json: Headers = [['Content-Type', 'application/json']];
const bytesOf = (body: string) => Buffer.from(body, 'utf8');
const withBody = (path: string, headers: Headers, body: string | Buffer): Piece[] => {
	const bytes = typeof body === 'string' ? bytesOf(body) : body;
	return [
		head('POST', path, [...headers, ['Content-Length', String(bytes.length)]]),
		...(bytes.length > 0 ? [bytes] : []),
	];
};

// What goes into a body.

const anyText = fc.string({ unit: 'binary', maxLength: 40 });
const anyValue = fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' });
/** A field as it should be, or of a wrong type, or not there. */
const mostly = <Value>(right: fc.Arbitrary<Value>) =>
	fc.oneof({ weight: 3, arbitrary: right }, anyValue, fc.constant(undefined));
const messages = fc.oneof(
	fc.record({ type: fc.constant('text'), text: mostly(anyText) }),
	fc.record({
		type: fc.constantFrom('attachment', 'image', 'file'),
		url: mostly(fc.webUrl()),
		attachment: mostly(
			fc.record({
				type: mostly(fc.constantFrom('image', 'video', 'audio', 'file')),
				url: mostly(fc.webUrl()),
				mimeType: mostly(fc.constantFrom('image/png', 'text/html')),
				fileName: mostly(anyText),
			}),
		),
	}),
	fc.record({
		type: fc.constant('location'),
		latitude: mostly(fc.double({ noNaN: true })),
		longtitude: mostly(fc.double({ noNaN: true })),
		location: mostly(fc.record({ latitude: fc.integer(), longitude: fc.constant('12.5') })),
	}),
	fc.record({
		type: fc.constant('quick_reply'),
		title: mostly(anyText),
		replies: mostly(fc.array(mostly(anyText), { maxLength: 12 })),
	}),
	fc.record({ type: mostly(anyText), payload: anyValue }),
);
const bodies = fc.record({
	channelId: mostly(fc.constant('sandbox-channel')),
	contactId: mostly(fc.oneof(anyText, fc.integer())),
	message: mostly(messages),
});
/** Keys that reach into every object where a program copies them carelessly. As text: an object literal would not hold them. */
const prototypeKeys = fc
	.tuple(
		fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'),
		fc.constantFrom('{"polluted":true}', '{"prototype":{"polluted":true}}', 'null', '[]', '"x"'),
		fc.constantFrom<(key: string, value: string) => string>(
			(key, value) => `{"${key}":${value}}`,
			(key, value) =>
				`{"${key}":${value},"contactId":"c","message":{"${key}":${value},"type":"text","text":"x"}}`,
			(key, value) => `{"contactId":{"${key}":${value}},"message":{"type":"${key}"}}`,
			(key, value) =>
				`{"contactId":"${key}","message":{"type":"attachment","attachment":{"${key}":${value},"type":"${key}","url":"https://example.com/"}}}`,
			(key, value) =>
				`{"contactId":"c","message":{"type":"quick_reply","title":"t","replies":{"${key}":${value}}}}`,
		),
	)
	.map(([key, value, form]) => form(key, value));
const deepBodies = fc
	.tuple(
		fc.constantFrom(100, 10_000, 200_000),
		fc.constantFrom<[string, string]>(['[', ']'], ['{"a":', '}']),
	)
	.chain(([depth, [open, close]]) =>
		fc.constantFrom(
			...[`${open.repeat(depth)}1${close.repeat(depth)}`].flatMap((deep) => [
				deep,
				`{"contactId":"c","message":{"type":"deep","deep":${deep}}}`,
				`{"contactId":${deep},"message":{"type":"text","text":"x"}}`,
				`{"contactId":"c","message":{"type":"quick_reply","title":"t","replies":[${deep}]}}`,
			]),
		),
	);

// What goes into headers and query strings.

/** Everything that a header's value may hold (RFC 9110, 5.5), from the first character on. */
const headerText = fc.string({
	unit: fc
		.integer({ min: 0x21, max: 0xff })
		.filter((code) => code !== 0x7f)
		.map((code) => String.fromCharCode(code)),
	maxLength: 60,
});
const strangeTokens = fc.oneof(
	headerText.map((text) => `${text}${WRONG_TOKEN}`),
	headerText.map((text) => `Bearer ${WRONG_TOKEN}${text}`),
	fc.constantFrom(
		'Bearer',
		'Bearer ',
		`bearer  ${WRONG_TOKEN}`,
		`Bearer ${WRONG_TOKEN} ${WRONG_TOKEN}`,
		`Basic ${WRONG_TOKEN}`,
		`Bearer ${WRONG_TOKEN.repeat(500)}`,
	),
);
const contentTypes = fc.constantFrom(
	'',
	'text/plain',
	// No XML: n8n has one parser for all calls, and of two such bodies at the same moment one is never answered.
	'application/octet-stream',
	'application/x-www-form-urlencoded',
	'multipart/form-data',
	'multipart/form-data; boundary=x',
	'multipart/form-data; boundary=',
	'application/json; charset=utf-16',
	'application/json; charset=no-such-charset',
	'application/json, text/plain',
	'application/vnd.api+json',
	'application/JSON;',
	';;;',
);
const contentEncodings = fc.constantFrom('gzip', 'deflate', 'br', 'identity', 'no-such-coding');

/** The call of a broken client, or of one that looks for a way in. */
const oddHeads = (path: string, media: string) =>
	fc.constantFrom<readonly Piece[]>(
		[`POST ${path} HTTP/1.1\r\nConnection: close\r\n\r\n`],
		[`POST ${path} HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}`],
		[`POST ${path} HTTP/9.9\r\nHost: x\r\n\r\n`],
		[
			`POST http://example.com${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
		],
		[`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}`],
		[`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n`],
		[`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n`],
		[
			`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
		],
		[
			`POST ${path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
		],
		[
			`POST ${path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\nTrailer: x\r\n\r\n`,
		],
		[`POST ${path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: cow\r\n\r\n`],
		[
			`POST ${path} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\n`,
			'{}',
		],
		[
			`POST ${path} HTTP/1.1\r\nHost: x\r\nExpect: a miracle\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`,
		],
		[`POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nA: b\r\n folded\r\n\r\n`],
		[`POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer a\0b\r\n\r\n`],
		[`POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n: no name\r\n\r\n`],
		[`POST ${path} HTTP/1.1\nHost: x\nConnection: close\nContent-Length: 0\n\n`],
		[`POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
		[`POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${'A: b\r\n'.repeat(3000)}\r\n`],
		[`POST ${path}/${'a/'.repeat(3000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`],
		[
			`POST ${path}?${'a[b]=c&'.repeat(1000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
		],
		[
			`POST ${path}?__proto__[x]=y&constructor[prototype][x]=y HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
		],
		[`POST ${path}%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`],
		[`POST ${path}%E0%A4%A HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`],
		[`POST ${path}/../../rest/settings HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`],
		// Two in one go, the second never waited for.
		[
			`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}GET ${media} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
		],
		['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
		['\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03'],
	);
/** n8n's server for the editor's WebSocket takes all of these, and leaves those open that are not its own. */
const upgrades = (path: string) =>
	fc.constantFrom<readonly Piece[]>(
		[
			`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n\r\n`,
			{ pause: 20 },
		],
		[
			`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n`,
			{ pause: 20 },
		],
	);
const methods = fc.constantFrom(
	'GET',
	'PUT',
	'PATCH',
	'DELETE',
	'OPTIONS',
	'HEAD',
	'PROPFIND',
	'TRACE',
	'POST',
	'CONNECT',
	'get',
	'FOO',
);

const ranges = (size: number) =>
	fc.oneof(
		fc
			.tuple(fc.integer({ min: -2, max: size + 2 }), fc.integer({ min: -2, max: size + 2 }))
			.map(([start, end]) => `bytes=${start}-${end}`),
		fc.constantFrom(
			'bytes=0-',
			'bytes=-1',
			'bytes=-0',
			`bytes=${size}-`,
			'bytes=5-2',
			'bytes=',
			'bytes',
			'bytes=a-b',
			'bytes=0-0,2-3',
			'bytes=0x1-0x2',
			'bytes = 0 - 1',
			'items=0-1',
			'bytes=99999999999999999999999-',
			'bytes=0-99999999999999999999999',
			`bytes=${'0-0,'.repeat(1000)}1-1`,
			'BYTES=0-1',
			'bytes=1e1-2e1',
		),
	);
const conditions = fc.constantFrom<Headers>(
	[],
	[['If-Range', '"x"']],
	[['If-None-Match', '*']],
	[['If-None-Match', '"x", W/"y"']],
	[['If-Match', '*']],
	[['If-Match', '"no"']],
	[['If-Modified-Since', 'yesterday']],
	[['If-Match', `"${'x'.repeat(5000)}"`]],
);

/** Links that were altered in one way or another. */
const alteredLinks = (link: string) => {
	const [payload, signature] = link.split('.');
	const at = fc.nat(link.length - 1);
	return fc.oneof(
		at
			.map(
				(place) => link.slice(0, place) + (link[place] === 'A' ? 'B' : 'A') + link.slice(place + 1),
			)
			// The last character of base64 holds bits that count for nothing.
			.filter((altered) => altered !== link),
		at.map((place) => link.slice(0, place)),
		at.map((place) => link.slice(place + 1)),
		fc.constantFrom(
			`${link}.`,
			`${link}A`,
			`${link}=`,
			`.${signature}`,
			`${payload}.`,
			`${payload}.${'A'.repeat(43)}`,
			`${payload}.${payload}`,
			`${signature}.${signature}`,
			`${payload.toLowerCase()}.${signature}`,
			`${link}.${signature}`,
			`${'A'.repeat(6000)}.${signature}`,
			`${payload}%00.${signature}`,
			`${payload}.${signature.split('').reverse().join('')}`,
		),
		fc
			.tuple(
				fc.base64String(),
				fc.string({ unit: fc.constantFrom(...'AZaz09-_'), minLength: 43, maxLength: 43 }),
			)
			.map(([any, mac]) => `${any.replace(/[+/=]/g, '')}.${mac}`),
	);
};
/** Query strings without one whole link. */
const incompleteQueries = (link: string) =>
	fc.oneof(
		fc.constantFrom(
			'',
			'?',
			'?t',
			'?t=',
			'?T=x',
			'?t=a&t=b',
			`?t=${link}&t=${link}`,
			`?t[]=${link}`,
			`?t[a]=${link}`,
			`?t[__proto__]=${link}`,
			`?__proto__[t]=${link}`,
			`?t[length]=1&t[0]=${link}`,
			'?t=%',
			'?t=%E0%A4%A',
			`?t=${'a.'.repeat(4000)}`,
		),
		fc
			.string({ unit: 'binary', maxLength: 60 })
			.map((text) => `?t=${encodeURIComponent(bytesOf(text).toString())}`),
	);

/** A part of a text of at least two characters: never empty, never the whole. */
const truncated = (text: string, share: number) =>
	text.slice(0, Math.min(text.length - 1, Math.ceil(text.length * share)));

/** Every kind of call, each as often as its weight says. Most are refused before an execution starts. */
export const callsTo = (target: Target): fc.Arbitrary<Call> => {
	const { message, media, failing, apiToken, linkToken, fileSize } = target;
	const bearer: Headers = [['Authorization', `Bearer ${apiToken}`]];
	const trusted: Headers = [...json, ...bearer];
	const kinds: Array<[number, fc.Arbitrary<Call>]> = [];
	const kind = (
		weight: number,
		name: string,
		pieces: fc.Arbitrary<readonly Piece[]>,
		answers?: readonly number[],
		end: fc.Arbitrary<Exchange['end']> = fc.constant('wait'),
	) =>
		kinds.push([
			weight,
			fc.record({ pieces, end }).map((exchange) => ({
				kind: name,
				...exchange,
				...(answers && { answers }),
				...(name === HUGE && { mayBreak: true }),
			})),
		]);

	kind(
		200,
		'no token',
		fc.oneof(bodies, anyValue).map((body) => withBody(message, json, JSON.stringify(body))),
		[401],
	);
	kind(
		150,
		'a strange token',
		fc
			.tuple(strangeTokens, bodies)
			.map(([token, body]) =>
				withBody(message, [...json, ['Authorization', token]], JSON.stringify(body)),
			),
		[401],
	);
	kind(
		100,
		'any JSON',
		anyValue.map((body) => withBody(message, trusted, JSON.stringify(body))),
		[400],
	);
	kind(
		40,
		'nearly a message',
		bodies.map((body) => withBody(message, trusted, JSON.stringify(body))),
		[200, 400, 403],
	);
	kind(
		4,
		'a message to a workflow that fails',
		anyText
			.filter((text) => text !== '')
			.map((text) =>
				withBody(
					failing,
					trusted,
					JSON.stringify({ contactId: 'c', message: { type: 'text', text } }),
				),
			),
		[500],
	);
	kind(
		80,
		'a cut JSON',
		fc
			.tuple(bodies, fc.double({ min: 0.1, max: 0.99, noNaN: true }))
			.map(([body, share]) => truncated(JSON.stringify(body), share))
			.map((body) => withBody(message, trusted, body)),
		[422],
	);
	kind(
		60,
		'another content type or coding',
		fc
			.tuple(
				contentTypes,
				fc.oneof(
					bodies.map((body) => JSON.stringify(body)),
					anyText,
				),
				fc.boolean(),
			)
			.map(([type, body, isTrusted]) =>
				withBody(message, [['Content-Type', type], ...(isTrusted ? bearer : [])], body),
			),
	);
	kind(
		20,
		'a coding that the body is not in',
		fc
			.tuple(contentEncodings, fc.uint8Array({ maxLength: 100 }))
			.map(([coding, body]) =>
				withBody(message, [...trusted, ['Content-Encoding', coding]], Buffer.from(body)),
			),
	);
	kind(
		30,
		'keys of prototypes',
		prototypeKeys.map((body) => withBody(message, trusted, body)),
		[200, 400],
	);
	kind(
		2,
		'deep JSON',
		deepBodies.map((body) => withBody(message, trusted, body)),
		[200, 400, 422],
	);
	kind(
		2,
		'deep JSON, no token',
		deepBodies.map((body) => withBody(message, json, body)),
		[401, 422],
	);
	kind(
		1,
		HUGE,
		fc
			.tuple(fc.constantFrom(2, 15, 17, 40), fc.boolean())
			.map(([megabytes, isTrusted]): Piece[] => {
				const [start, end] = ['{"contactId":"c","message":{"type":"text","text":["', '"]}}'];
				const bytes = megabytes * MEGABYTE;
				const length = start.length + bytes + end.length;
				const headers: Headers = [
					...(isTrusted ? trusted : json),
					['Content-Length', String(length)],
				];
				return [head('POST', message, headers), start, { fill: 'a', bytes }, end];
			}),
		[400, 401, 413],
	);
	kind(
		10,
		'a slow call',
		fc
			.tuple(bodies, fc.integer({ min: 10, max: 200 }), fc.boolean())
			.map(([body, pause, isTrusted]) => {
				const [start, bytes = Buffer.alloc(0)] = withBody(
					message,
					isTrusted ? trusted : json,
					JSON.stringify(body),
				) as [string, Buffer?];
				const middle = Math.floor(bytes.length / 2);
				return [
					truncated(start, 0.3),
					{ pause },
					start.slice(truncated(start, 0.3).length),
					bytes.subarray(0, middle),
					{ pause },
					bytes.subarray(middle),
				];
			}),
		[200, 400, 401, 403],
	);
	kind(
		40,
		'a call that breaks off',
		fc
			.tuple(bodies, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(50), fc.boolean())
			.map(([body, share, pause, isTrusted]) => {
				const [start, bytes] = withBody(message, isTrusted ? trusted : json, JSON.stringify(body));
				const whole = Buffer.concat([
					Buffer.from(start as string, 'latin1'),
					(bytes as Buffer | undefined) ?? Buffer.alloc(0),
				]);
				return [whole.subarray(0, Math.floor(whole.length * share)), { pause }];
			}),
		undefined,
		fc.constantFrom('halfClose', 'abandon'),
	);
	kind(
		200,
		'any bytes',
		fc
			.tuple(
				fc.constantFrom('', 'POST ', `POST ${message} HTTP/1.1\r\n`),
				fc.uint8Array({ minLength: 1, maxLength: 300 }),
			)
			.map(([start, bytes]) => [start, Buffer.from(bytes), '\r\n\r\n\r\n']),
		undefined,
		fc.constant('halfClose'),
	);
	kind(200, 'an odd head', oddHeads(message, media), undefined, fc.constant('halfClose'));
	kind(5, 'an upgrade', upgrades(media), undefined, fc.constant('abandon'));
	kind(
		120,
		'another method',
		fc
			.tuple(methods, fc.constantFrom(message, media))
			.map(([method, path]) => [head(method, path, [['Content-Length', '0']])]),
		undefined,
		fc.constant('halfClose'),
	);
	kind(
		20,
		'any headers',
		fc
			.tuple(
				fc.array(
					fc.tuple(
						fc.string({ unit: fc.constantFrom(...'abcxyz-_'), minLength: 1, maxLength: 20 }),
						headerText,
					),
					{ maxLength: 20 },
				),
				fc.constantFrom(message, media),
			)
			.map(([headers, path]) =>
				path === media
					? [head('GET', media, headers)]
					: [head('POST', path, [...json, ...headers, ['Content-Length', '2']]), '{}'],
			),
		[401, 403],
	);
	kind(
		100,
		'no link',
		fc
			.tuple(fc.constantFrom('GET', 'HEAD'), incompleteQueries(linkToken))
			.map(([method, query]) => [head(method, `${media}${query}`, [])]),
		[400, 403],
	);
	kind(
		150,
		'an altered link',
		fc
			.tuple(fc.constantFrom('GET', 'HEAD'), alteredLinks(linkToken), ranges(fileSize))
			.map(([method, link, range]) => [head(method, `${media}?t=${link}`, [['Range', range]])]),
		[403],
	);
	kind(
		50,
		'an odd range',
		fc
			.tuple(fc.constantFrom('GET', 'HEAD'), ranges(fileSize), conditions)
			.map(([method, range, more]) => [
				head(method, `${media}?t=${linkToken}`, [['Range', range], ...more]),
			]),
		[200, 206, 304, 412, 416],
	);
	kind(
		10,
		'a file that nobody waits for',
		fc.nat(20).map((pause) => [head('GET', `${media}?t=${linkToken}`, []), { pause }]),
		undefined,
		fc.constantFrom('halfClose', 'abandon'),
	);
	return fc.oneof(...kinds.map(([weight, arbitrary]) => ({ weight, arbitrary })));
};
