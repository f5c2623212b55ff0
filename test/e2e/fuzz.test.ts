import { randomBytes, randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import axios from 'axios';
import fc from 'fast-check';
import glob from 'fast-glob';
import type { INode } from 'n8n-workflow';

import type { Workflow } from '../../tools/n8n';
import { baseUrlOf } from '../../tools/templates';
import { callsTo, WRONG_TOKEN, type Call, type Target } from './fuzz/calls';
import { exchange, type Received } from './fuzz/socket';
import { openStage, ready, type Stage } from './stage';

/**
 * Calls that nobody who means well would make, at both webhooks of the real n8n, over sockets. A run prints its seed;
 * FUZZ_SEED repeats it, FUZZ_CALLS makes it longer or shorter.
 */

const PACKAGE = 'n8n-nodes-respondio-custom-channel';
const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));
const CALLS = Number(process.env.FUZZ_CALLS ?? 20_000);
/** Calls that are made before the next ones are generated. */
const BATCH = 500;
const LANES = 24;
/** Milliseconds within which the server must have ended every call. */
const BOUND = 30_000;
const TOKEN = `respondio-${randomBytes(24).toString('hex')}`;
const FILE = randomBytes(3000);
/** Of the one ordinary message. */
const CONTACT = 'an-ordinary-contact';

const node = (
	name: string,
	type: string,
	typeVersion: number,
	parameters: INode['parameters'],
): INode => ({ id: name, name, type, typeVersion, position: [0, 0], parameters });
const chain = (id: string, nodes: INode[]): Workflow =>
	ready({
		id,
		name: id,
		nodes,
		connections: Object.fromEntries(
			nodes
				.slice(1)
				.map(({ name }, index) => [
					nodes[index].name,
					{ main: [[{ node: name, type: 'main' as const, index: 0 }]] },
				]),
		),
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'all' },
	});
const trigger = node('Trigger', `${PACKAGE}.respondIoCustomChannelTrigger`, 2, {});
const accept = node('Accept', `${PACKAGE}.respondIoCustomChannel`, 2, {
	resource: 'outgoingMessage',
	operation: 'accept',
	messageId: '={{ $json.mId }}',
});
const accepting = chain('accepting', [trigger, accept]);
/** respond.io refuses what it posts, so its execution ends with an error that knows the request. */
const failing = chain('failing', [
	trigger,
	node('Post', `${PACKAGE}.respondIoCustomChannel`, 2, {
		resource: 'message',
		operation: 'post',
		contactId: '={{ $json.contactId }}',
		messageType: 'text',
		text: '={{ $json.message.text }}',
		messageId: '={{ $json.mId }}',
	}),
	accept,
]);
const publishing = chain('publishing', [
	node('In', 'n8n-nodes-base.webhook', 2.1, {
		httpMethod: 'POST',
		path: 'publishing',
		responseMode: 'lastNode',
		options: {},
	}),
	node('Download', 'n8n-nodes-base.httpRequest', 4.2, {
		url: '={{ $json.body.url }}',
		options: { response: { response: { responseFormat: 'file' } } },
	}),
	node('Publish', `${PACKAGE}.respondIoCustomChannel`, 2, {
		resource: 'media',
		operation: 'publish',
	}),
]);

let stage: Stage;
let target: Target;
let port: number;

beforeAll(async () => {
	stage = await openStage({
		settings: { apiToken: TOKEN },
		channel: { publicMediaUrl: 'https://n8n.example.com/media' },
		// An execution costs n8n four times as much without it.
		env: { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' },
		workflows: () => [accepting, failing, publishing],
	});
	const { n8n, sandbox } = stage;
	port = Number(new URL(n8n.url).port);
	const file = sandbox.webChat.store({
		contentType: 'image/png',
		fileName: 'picture.png',
		bytes: FILE,
	});
	const published = await axios.post<{ url: string }>(
		`${n8n.url}/webhook/publishing`,
		{ url: `${sandbox.url}/provider/files/${file}` },
		{ proxy: false },
	);
	const webhooks = new URL(baseUrlOf(n8n.url, accepting)).pathname;
	target = {
		message: `${webhooks}/message`,
		media: `${webhooks}/media`,
		failing: `${new URL(baseUrlOf(n8n.url, failing)).pathname}/message`,
		apiToken: TOKEN,
		linkToken: String(new URL(published.data.url).searchParams.get('t')),
		fileSize: FILE.length,
	};
	sandbox.set({ baseUrl: baseUrlOf(n8n.url, accepting) });
	sandbox.respondIo.setFaults({
		rules: [{ do: { kind: 'status', status: 400, message: 'refused by the test' } }],
	});
});
afterAll(async () => await stage?.close());

/** A line of a stack trace as Node writes it. */
const STACK_LINE = /\bat .{1,300}:\d+:\d+\)?/;

/** What n8n answers by itself, without asking the node: methods it does not know, bodies it can't unpack or that are too large. */
const N8NS_OWN_FAULT =
	/\r\n\r\n\{"code":0,"message":"(The method [A-Z]+ is not supported\.|There was a problem executing the workflow)"\}$/;

/** Which laws an answer breaks. */
const brokenLaws = (
	{ answers, end, mayBreak }: Call,
	{ text, statuses, isLate }: Received,
): string[] => [
	...(isLate ? [`the connection was still open after ${BOUND} ms`] : []),
	...(end === 'wait' && answers && statuses.length === 0 && !isLate && !mayBreak
		? ['there was no answer']
		: []),
	...statuses
		.filter((status) => (answers ? !answers.includes(status) : status >= 500))
		.filter((status) => status < 500 || !N8NS_OWN_FAULT.test(text))
		.map((status) => `it was answered ${status}`),
	...(STACK_LINE.test(text) ? ['a stack trace'] : []),
	...secretsIn(text),
];
const secretsIn = (text: string): string[] =>
	[TOKEN, WRONG_TOKEN, target.linkToken.split('.')[1]]
		.filter((secret) => text.includes(secret))
		.map((secret) => `the secret ${secret}`);

const shown = (call: Call, { text }: Received) =>
	JSON.stringify({ ...call, received: text.slice(0, 600) }, (_key, value: unknown) =>
		typeof value === 'string' ? value.slice(0, 600) : value,
	).slice(0, 2500);

it(`answers ${CALLS} malformed calls without a crash, a hang, a fault of its own or a secret (seed ${SEED})`, async () => {
	const { n8n } = stage;
	const process = n8n.pid();
	const faults: string[] = [];
	const statuses = new Map<string, number>();
	let slowest = 0;
	for (let done = 0; done < CALLS; done += BATCH) {
		const calls = fc.sample(callsTo(target), {
			seed: SEED + done,
			numRuns: Math.min(BATCH, CALLS - done),
		});
		await Promise.all(
			Array.from({ length: LANES }, async () => {
				for (let call = calls.pop(); call !== undefined; call = calls.pop()) {
					const received = await exchange(port, call, BOUND);
					slowest = Math.max(slowest, received.milliseconds);
					const kind = `${call.kind}: ${received.statuses.join(', ') || 'none'}`;
					statuses.set(kind, (statuses.get(kind) ?? 0) + 1);
					for (const law of brokenLaws(call, received))
						faults.push(`${call.kind}: ${law} ${shown(call, received)}`);
				}
			}),
		);
		// n8n's log is kept up to a megabyte.
		faults.push(...secretsIn(n8n.logs()).map((secret) => `n8n's log: ${secret}`));
		if (n8n.logs().includes(`node_modules/${PACKAGE}/`)) faults.push("n8n's log: a trace of ours");
		if (faults.length > 0) break;
	}
	console.log(
		[
			`The slowest took ${slowest.toFixed(0)} ms. Calls by kind and answer:`,
			...[...statuses].sort().map(([kind, count]) => `${String(count).padStart(6)} ${kind}`),
		].join('\n'),
	);
	expect(faults).toEqual([]);
	expect(n8n.pid()).toBe(process);
}, 900_000);

it('serves a file and an ordinary message afterwards', async () => {
	const { n8n, sandbox } = stage;
	const file = await axios.get<Buffer>(`${n8n.url}${target.media}?t=${target.linkToken}`, {
		proxy: false,
		responseType: 'arraybuffer',
	});
	expect(file.data.equals(FILE)).toBe(true);

	const answer = await sandbox.respondIo.send({
		contactId: CONTACT,
		message: { type: 'text', text: 'Hello' },
	});
	expect(answer).toMatchObject({ ok: true, statusCode: 200 });
});

it('leaves no token in what n8n keeps', async () => {
	const { folder } = stage.n8n;
	const found = { token: [] as string[], contact: [] as string[] };
	for (const file of await glob('**', { cwd: path.join(folder, '.n8n'), dot: true })) {
		const bytes = await readFile(path.join(folder, '.n8n', file));
		if (bytes.includes(TOKEN) || bytes.includes(WRONG_TOKEN)) found.token.push(file);
		if (bytes.includes(CONTACT)) found.contact.push(file);
	}
	expect(found.token).toEqual([]);
	// What does come with a message is where we looked.
	expect(found.contact.join()).toContain('database.sqlite');
}, 120_000);
