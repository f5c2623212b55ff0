import axios from 'axios';

import type { Workflow } from '../../tools/n8n';
import { readTemplate } from '../../tools/templates';
import { openStage, ready, until, type Stage } from './stage';

/** What respond.io does not take waits in n8n's Data Table, and is sent when it can be; without anybody doing anything. */

const TABLE = 'respondio_outbox';

let stage: Stage;

/** The template, with an outbox that is emptied every other second in place of each minute. */
async function webChat(id: string, sandboxUrl: string, minutes = 60): Promise<Workflow> {
	return ready({
		...(await readTemplate('web-chat', {
			'http://127.0.0.1:3100': sandboxUrl,
			'"path": "web-chat"': `"path": "${id}"`,
			'"field": "minutes",': '"field": "seconds", "secondsInterval": 2,',
			'> 60 * 60 * 1000': `> ${minutes} * 60 * 1000`,
		})),
		id,
	});
}

beforeAll(async () => {
	stage = await openStage({
		workflows: async ({ url }) => [await webChat('chat', url), await webChat('alarmed', url, 0)],
		publish: ['chat'],
	});
});
afterAll(async () => await stage?.close());
beforeEach(() => stage.sandbox.respondIo.reset());

const ledger = () => stage.sandbox.respondIo.ledger;
/** What the web chat's call is answered, as a provider that repeats what was not answered 200 sees it. */
const write = async (id: string, from = 'mei', text = id, workflow = 'chat') => {
	const { status, data } = await axios.post<unknown>(
		`${stage.n8n.url}/webhook/${workflow}`,
		{ event: 'message', id, from: { id: from }, type: 'text', text, timestamp: Date.now() },
		{ proxy: false, validateStatus: () => true },
	);
	return { status, data };
};
const down = () =>
	stage.sandbox.respondIo.setFaults({
		rules: [{ do: { kind: 'status', status: 503, message: 'Service Unavailable' } }],
	});
const up = () => stage.sandbox.respondIo.setFaults();

interface Row {
	workflow: string;
	event: string;
	state: string;
	contactId: string;
	eventTime: number;
	request: string;
	reason: string;
}

const projectId = async () => {
	const { data } = await stage.n8n.rest.http.get<{ data: { id: string } }>(
		'/rest/projects/personal',
	);
	return data.data.id;
};
const tables = async (): Promise<Array<{ id: string; name: string }>> => {
	const { data } = await stage.n8n.rest.http.get<{
		data: { data: Array<{ id: string; name: string }> };
	}>(`/rest/projects/${await projectId()}/data-tables`);
	return data.data.data.filter(({ name }) => name === TABLE);
};
const rows = async (): Promise<Row[]> => {
	const [table] = await tables();
	const { data } = await stage.n8n.rest.http.get<{ data: { data: Row[] } }>(
		`/rest/projects/${await projectId()}/data-tables/${table.id}/rows`,
	);
	return data.data.data;
};
/** Waits until what is asked for is there. */
const when = async <Value>(
	what: string,
	look: () => Promise<Value | undefined | false>,
): Promise<Value> => {
	const deadline = Date.now() + 30_000;
	for (;;) {
		const found = await look();
		if (found !== undefined && found !== false) return found;
		if (Date.now() > deadline) throw new Error(`${what}: not within 30 s`);
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
};
const whenEmpty = async () =>
	await when('the outbox is empty', async () => (await rows()).length === 0);
/** n8n registers a webhook some time after it has said that the workflow is published. */
const webhookAnswers = async (workflow: string) =>
	await when('the webhook', async () => {
		const { headers } = await axios.options(`${stage.n8n.url}/webhook/${workflow}`, {
			proxy: false,
			headers: { origin: stage.n8n.url },
			validateStatus: () => true,
		});
		return String(headers['access-control-allow-methods']).includes('POST');
	});

it('is made by the first message, which is posted all the same', async () => {
	const early = await when('a drain', async () =>
		(await stage.n8n.rest.executions('chat')).find(
			({ mode, status }) => mode === 'trigger' && !['new', 'running'].includes(status),
		),
	);
	expect({ status: early.status, tables: await tables() }).toEqual({
		status: 'success',
		tables: [],
	});
	expect(await write('first')).toEqual({ status: 200, data: '' });
	expect(ledger().map(({ mId }) => mId)).toEqual(['first']);
	expect(await tables()).toHaveLength(1);
	expect(await rows()).toEqual([]);
});

it('keeps what comes while respond.io is away, in order, and sends it when it is back', async () => {
	down();
	const sent = [];
	for (const id of ['a1', 'b1', 'a2', 'a3', 'b2']) {
		sent.push(await write(id, id.startsWith('a') ? 'ann' : 'bob'));
	}
	expect(sent).toEqual(sent.map(() => ({ status: 200, data: '' })));
	expect(ledger()).toEqual([]);

	const [row, ...more] = await rows();
	expect(more).toHaveLength(4);
	expect(row).toMatchObject({
		workflow: 'chat',
		event: 'ann message a1 ',
		state: 'waiting',
		contactId: 'ann',
		reason: expect.stringContaining('(503)') as string,
	});
	expect(JSON.parse(row.request)).toMatchObject({
		contactId: 'ann',
		events: [{ type: 'message', mId: 'a1', message: { type: 'text', text: 'a1' } }],
	});

	up();
	// What comes now may not overtake what waits.
	await write('a4', 'ann');
	await until('all', () => ledger()[5]);
	const of = (contact: string) =>
		ledger()
			.filter(({ contactId }) => contactId === contact)
			.map(({ mId }) => mId);
	expect(of('ann')).toEqual(['a1', 'a2', 'a3', 'a4']);
	expect(of('bob')).toEqual(['b1', 'b2']);
	expect(ledger().filter(({ repeat }) => repeat)).toEqual([]);
	await whenEmpty();
});

it('holds an event once, however often the provider repeats it', async () => {
	down();
	await write('same');
	await write('same');
	expect((await rows()).map(({ event }) => event)).toEqual(['mei message same ']);
	up();
	await until('it', () => ledger()[0]);
	await whenEmpty();
	expect(ledger()).toHaveLength(1);
});

it('sets aside what respond.io refuses, with its reason, and goes on with the rest', async () => {
	stage.sandbox.respondIo.setFaults({
		rules: [
			{ when: { mId: 'bad' }, do: { kind: 'status', status: 400, message: 'no such emoji' } },
		],
	});
	expect(await write('bad')).toEqual({ status: 200, data: '' });
	await write('good');
	expect(ledger().map(({ mId }) => mId)).toEqual(['good']);
	expect(await rows()).toMatchObject([
		{
			event: 'mei message bad ',
			state: 'refused',
			reason: 'respond.io refused the event (400): no such emoji [item 0]',
		},
	]);
});

it('tells people where something waits for long', async () => {
	await stage.n8n.rest.publish('alarmed');
	down();
	await webhookAnswers('alarmed');
	await write('late', 'eve', 'late', 'alarmed');
	const { rest } = stage.n8n;
	const failed = await when('an execution fails', async () =>
		(await rest.executions('alarmed')).find(({ status }) => status === 'error'),
	);
	const { error } = (await rest.execution(failed.id)).data.resultData;
	expect(error?.message).toMatch(
		/^respond\.io has not taken a message of eve since \d{4}-\S+Z: .+\(503\).*$/,
	);
	up();
	await until('it', () => ledger().find(({ mId }) => mId === 'late'));
});

describe('where somebody touches the table', () => {
	const remove = async (path = '') => {
		const [{ id }] = await tables();
		await stage.n8n.rest.http.delete(
			`/rest/projects/${await projectId()}/data-tables/${id}${path}`,
		);
	};
	const lastError = async () => {
		const { rest } = stage.n8n;
		const [{ id }] = (await rest.executions('chat')).filter(({ mode }) => mode === 'webhook');
		const { error, lastNodeExecuted } = (await rest.execution(id)).data.resultData;
		return { step: lastNodeExecuted, message: error?.message };
	};
	beforeEach(async () => {
		up();
		if ((await tables()).length > 0) await remove();
	});
	afterAll(async () => {
		up();
		if ((await tables()).length > 0) await remove();
	});

	it('and deletes it, the next message makes it again, and waits there', async () => {
		await write('first again');
		down();
		await write('gone with it', 'ann');
		await remove();
		expect(await write('new', 'bob')).toEqual({ status: 200, data: '' });
		expect((await rows()).map(({ event }) => event)).toEqual(['bob message new ']);
		up();
		await until('it', () => ledger().find(({ mId }) => mId === 'new'));
		await whenEmpty();
		expect(ledger().filter(({ repeat }) => repeat)).toEqual([]);
	});

	it('and deletes it while a message is tried, the call fails, in words', async () => {
		await write('second again');
		down();
		const writing = write('tried', 'cem');
		await until('the first attempt', () => stage.sandbox.respondIo.requests.at(-1)?.status === 503);
		await remove();
		expect(await writing).toMatchObject({ status: 500 });
		expect(await lastError()).toEqual({
			step: 'Keep in Outbox',
			message: 'Data table with name "respondio_outbox" not found',
		});
		// The provider sends again what was not answered 200.
		expect(await write('tried', 'cem')).toEqual({ status: 200, data: '' });
		up();
		await until('it', () => ledger().find(({ mId }) => mId === 'tried'));
		await whenEmpty();
	});

	it('and spoils it, messages are posted as without it; while respond.io is away, the call fails', async () => {
		await write('third again');
		const { data } = await stage.n8n.rest.http.get<{
			data: Array<{ id: string; name: string }>;
		}>(`/rest/projects/${await projectId()}/data-tables/${(await tables())[0].id}/columns`);
		const column = data.data.find(({ name }) => name === 'state');
		await remove(`/columns/${column?.id}`);

		expect(await write('passing', 'dan')).toEqual({ status: 200, data: '' });
		expect(ledger().map(({ mId }) => mId)).toContain('passing');

		down();
		expect(await write('failing', 'eli')).toMatchObject({ status: 500 });
		expect(await lastError()).toEqual({
			step: 'Keep in Outbox',
			message: "Validation error with data table request: unknown column name 'state'",
		});

		const { rest } = stage.n8n;
		const failed = await when('the next drain', async () =>
			(await rest.executions('chat')).find(
				({ mode, status }) => mode === 'trigger' && status === 'error',
			),
		);
		const { error, lastNodeExecuted } = (await rest.execution(failed.id)).data.resultData;
		expect({ step: lastNodeExecuted, message: error?.message }).toEqual({
			step: 'Raise Alarm',
			message:
				'The outbox cannot be read, so what waits there is not sent: Filter validation failed: Column(s) "state" do not exist in the selected table. This often happens when switching between tables with different schemas. Please update your filter conditions.',
		});
	});
});
