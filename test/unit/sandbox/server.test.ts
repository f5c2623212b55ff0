import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import axios from 'axios';

import { keep, keepIn } from '../../../sandbox/bounded';
import { createSandbox } from '../../../sandbox/server';
import { openReceiver, requestOf, textEvent, until, useSandbox } from './support';

const stage = useSandbox();
const { call, post } = stage;

describe('the page', () => {
	it('is served whole: it loads nothing from elsewhere', async () => {
		const { status, headers, data } = await call('GET', '/');
		expect(status).toBe(200);
		expect(headers['content-type']).toContain('text/html');
		expect(data).not.toMatch(/\b(src|href|action)="(?!data:,")|@import|url\(/);
		for (const [, file] of data.matchAll(/call\('\w+', [`']([^$`']+)/g)) {
			expect(file).toMatch(/^control\//);
		}
	});

	it('has a label for everything to fill in', async () => {
		const { data } = await call('GET', '/');
		const page = String(data);
		const fields = page.match(/<input[^>]*>/g) ?? [];
		expect(fields.length).toBeGreaterThan(5);
		for (const field of fields) {
			const id = /\bid="(\w+)"/.exec(field)?.[1];
			const labelled =
				field.includes('aria-label=') ||
				page.includes(`for="${id}"`) ||
				/<label[^>]*>[^<]*$/.test(page.slice(0, page.indexOf(field)));
			expect([field, labelled]).toEqual([field, true]);
		}
	});

	it('never reads words as HTML', async () => {
		const { data } = await call('GET', '/');
		expect(data).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
	});
});

describe('the control API', () => {
	it('changes the settings that are given, and no others', async () => {
		stage.sandbox.set({ baseUrl: 'http://127.0.0.1:1/webhook', receipts: ['sent'] });
		const { data } = await call('PUT', '/control/settings', { idType: 'phone' });
		expect(data).toMatchObject({
			baseUrl: 'http://127.0.0.1:1/webhook',
			receipts: ['sent'],
			idType: 'phone',
		});
		expect(stage.sandbox.settings()).toEqual(data);
	});

	it.each([
		['PUT', '/control/settings', { baseUrl: 'webhook' }, 'baseUrl: must be a complete http(s) URL'],
		['PUT', '/control/settings', { providerWebhookUrl: 'http://' }, 'providerWebhookUrl: must be'],
		['PUT', '/control/settings', { baseURL: '' }, "Unrecognized key(s) in object: 'baseURL'"],
		['PUT', '/control/settings', { idType: 'email' }, 'idType: '],
		['POST', '/control/customer/messages', { contactId: 'mei' }, 'text: Required'],
		['POST', '/control/agent/messages', { contactId: 'mei' }, 'text: Required'],
		['POST', '/control/agent/messages', { text: 'Hello' }, 'contactId: Required'],
		['GET', '/control/state?last=none', undefined, 'last: '],
	])('refuses %s %s %j', async (method, path_, body, fault) => {
		const before = stage.sandbox.settings();
		const { status, data } = await call(method, path_, body);
		expect(status).toBe(400);
		expect(data).toEqual({ error: { message: expect.stringContaining(fault) } });
		expect(stage.sandbox.settings()).toEqual(before);
	});

	it('shows everything, or the newest alone', async () => {
		for (const mId of ['a', 'b', 'c']) await post(requestOf([textEvent(mId)], { contactId: mId }));
		const all = (await call('GET', '/control/state')).data;
		expect(all.ledger).toHaveLength(3);
		const { ledger, requests, contacts } = (await call('GET', '/control/state?last=2')).data;
		expect(ledger).toEqual(all.ledger.slice(1));
		expect(requests).toEqual(all.requests.slice(1));
		expect(Object.keys(contacts)).toEqual(['b', 'c']);
	});

	it('forgets all but the settings', async () => {
		stage.sandbox.set({ idType: 'phone' });
		await post(requestOf([textEvent('a')], { contactId: '+60177872890' }));
		await post(requestOf([]));
		await call('POST', '/control/customer/messages', { contactId: 'mei', text: 'Hello' });
		await call('POST', '/control/agent/messages', { contactId: 'mei', text: 'Hello' });
		await call('PUT', '/control/faults', { rules: [{ do: { kind: 'html' } }] });
		await call('POST', '/control/reset');
		const { data } = await call('GET', '/control/state');
		expect(data).toEqual({
			settings: { ...stage.sandbox.settings(), idType: 'phone' },
			faults: { seed: 1, rules: [] },
			contacts: {},
			ledger: [],
			requests: [],
			refused: [],
			agentMessages: [],
			provider: { sent: [], customerMessages: [] },
		});
		await post(requestOf([textEvent('a')], { contactId: '+60177872890' }));
		expect(stage.sandbox.respondIo.ledger).toMatchObject([{ repeat: false }]);
	});
});

describe('a sandbox', () => {
	it('listens on this machine alone', () => {
		expect(stage.sandbox.url).toBe(`http://127.0.0.1:${stage.sandbox.port}`);
	});

	it('takes hundreds of requests at once, and keeps each once', async () => {
		const mIds = Array.from({ length: 400 }, (_, index) => `m${index}`);
		const answers = await Promise.all(
			mIds.map(async (mId) => await post(requestOf([textEvent(mId)], { contactId: mId }))),
		);
		expect(answers.every(({ status }) => status === 200)).toBe(true);
		const kept = stage.sandbox.respondIo.ledger.map(({ mId }) => mId);
		expect(kept.toSorted()).toEqual(mIds.toSorted());
	});

	it('ends at once, whatever is under way', async () => {
		const bridge = await openReceiver(async () => await new Promise(() => {}));
		const sandbox = await createSandbox({
			settings: { baseUrl: bridge.url, providerWebhookUrl: bridge.url },
		});
		sandbox.respondIo.setFaults({ rules: [{ do: { kind: 'slow', milliseconds: 60_000 } }] });
		const agent = sandbox.respondIo.send({ contactId: 'mei', message: {} });
		const customer = sandbox.webChat.write('mei', { type: 'text', text: 'Hello' });
		const slow = axios.post(`${sandbox.url}/custom/channel/webhook/`, requestOf([textEvent('a')]), {
			headers: { authorization: 'Bearer sandbox-token' },
			proxy: false,
		});
		const broken = expect(slow).rejects.toMatchObject({ code: 'ECONNRESET' });
		await until(() => bridge.received.length === 2 && sandbox.respondIo.ledger.length === 1);
		await sandbox.close();
		expect(await agent).toMatchObject({ ok: false, error: 'no answer: canceled' });
		expect(await customer).toMatchObject({ error: 'no answer: canceled' });
		await broken;
		await bridge.close();
	});

	it('keeps the newest, up to a limit', () => {
		const list: number[] = [];
		const map = new Map<number, string>();
		const dropped = [1, 2, 3, 4].map((each) => {
			keepIn(map, each, 'x', 3);
			return keep(list, each, 3);
		});
		expect(dropped).toEqual([undefined, undefined, undefined, 1]);
		expect(list).toEqual([2, 3, 4]);
		expect([...map.keys()]).toEqual([2, 3, 4]);
	});
});

describe('the command line', () => {
	const root = path.join(__dirname, '..', '..', '..');
	let folder: string;
	beforeAll(async () => {
		folder = await mkdtemp(path.join(tmpdir(), 'sandbox-test-'));
	});
	afterAll(async () => await rm(folder, { recursive: true }));

	/** Starts it; `output` grows, `ended` is its exit code. */
	function start(...args: string[]) {
		const child = spawn(
			process.execPath,
			['--import', 'tsx', path.join(root, 'sandbox', 'cli.ts'), ...args],
			{ cwd: root },
		);
		const running = { child, output: '', ended: Promise.resolve<number | null>(null) };
		for (const stream of [child.stdout, child.stderr]) {
			stream.setEncoding('utf8').on('data', (chunk: string) => (running.output += chunk));
		}
		running.ended = new Promise((resolve) => child.on('close', resolve));
		return running;
	}

	it('says what to open and what to fill in, and ends with the signal', async () => {
		const faults = path.join(folder, 'faults.json');
		await writeFile(faults, JSON.stringify({ rules: [{ do: { kind: 'html' } }] }));
		const sandbox = start('--port', '0', '--faults', faults);
		const url = await until(() => /http:\/\/127\.0\.0\.1:\d+/.exec(sandbox.output)?.[0]);
		expect(sandbox.output).toContain(`${url}/custom/channel/webhook/`);
		expect(sandbox.output).toContain('sandbox-channel');
		expect(sandbox.output).toContain('sandbox-token');
		const { data } = await axios.get(`${url}/control/faults`, { proxy: false });
		expect(data.rules).toEqual([{ when: {}, do: { kind: 'html' } }]);
		sandbox.child.kill('SIGTERM');
		expect(await sandbox.ended).toBe(0);
	});

	it('says what is wrong, in a sentence', async () => {
		const faults = path.join(folder, 'wrong.json');
		await writeFile(faults, JSON.stringify({ rules: [{ do: { kind: 'slow' } }] }));
		const { port } = stage.sandbox;
		const cases = [
			[['--port', String(port)], `Port ${port} is in use: choose another with --port.\n`],
			[
				['--port', '0', '--faults', faults],
				`${faults} does not describe faults: rules.0.do.milliseconds: Required. See sandbox/README.md.\n`,
			],
		] as const;
		const runs = cases.map(([args]) => start(...args));
		expect(await Promise.all(runs.map(async ({ ended }) => await ended))).toEqual([1, 1]);
		expect(runs.map(({ output }) => output)).toEqual(cases.map(([, output]) => output));
	});

	it('ends by itself when told to', async () => {
		const sandbox = start('--port', '0', '--stop-after', '1');
		expect(await sandbox.ended).toBe(0);
		expect(sandbox.output).toContain('The sandbox is at');
	});
});
