import { FaultPlan, faultsSchema, type FaultRequest, type Faults } from '../../../sandbox/faults';
import { requestOf, textEvent, useSandbox } from './support';

const HTML = { kind: 'html' } as const;
const REQUEST: FaultRequest = { contactId: 'mei', mIds: ['a', 'b'], eventTypes: ['message'] };

/** Which of some requests that are all alike meet a fault, by their numbers. */
function struck(faults: Faults, requests = 10, request = REQUEST): number[] {
	const plan = new FaultPlan(faults);
	return Array.from({ length: requests }, (_, index) => index + 1).filter(
		() => plan.next(request) !== undefined,
	);
}

describe('a rule', () => {
	it.each<[object, number[]]>([
		[{}, [1, 2, 3, 4]],
		[{ request: 2 }, [2]],
		[{ request: [1, 4] }, [1, 4]],
		[{ request: { from: 2, to: 3 } }, [2, 3]],
		[{ contactId: 'mei' }, [1, 2, 3, 4]],
		[{ contactId: ['tom', 'mei'] }, [1, 2, 3, 4]],
		[{ contactId: 'tom' }, []],
		[{ mId: 'b' }, [1, 2, 3, 4]],
		[{ mId: 'c' }, []],
		[{ eventType: 'message' }, [1, 2, 3, 4]],
		[{ eventType: 'message_status' }, []],
		[{ contactId: 'mei', request: 3 }, [3]],
		[{ contactId: 'tom', request: 3 }, []],
		[{ probability: 1 }, [1, 2, 3, 4]],
		[{ probability: 0 }, []],
	])('when %j strikes the requests %j', (when, requests) => {
		expect(struck({ rules: [{ when, do: HTML }] }, 4)).toEqual(requests);
	});

	it('strikes no more often than its times', () => {
		expect(struck({ rules: [{ times: 2, when: { mId: 'a' }, do: HTML }] })).toEqual([1, 2]);
	});

	it('strikes for as long as its seconds say', () => {
		let now = 5_000;
		const rules = [{ when: { seconds: { from: 1, to: 3 } }, do: HTML }];
		const plan = new FaultPlan({ rules }, () => now);
		const strikes = [0, 999, 1000, 2999, 3000].map((milliseconds) => {
			now = 5_000 + milliseconds;
			return plan.next(REQUEST) !== undefined;
		});
		expect(strikes).toEqual([false, false, true, true, false]);
	});

	it('gives way to one before it', () => {
		const plan = new FaultPlan({
			rules: [
				{ when: { request: 2 }, do: { kind: 'resetBefore' } },
				{ when: {}, do: HTML },
			],
		});
		const kinds = [1, 2, 3].map(() => plan.next(REQUEST)?.kind);
		expect(kinds).toEqual(['html', 'resetBefore', 'html']);
	});

	it('strikes about as often as its probability says, and the same ones for the same seed', () => {
		const storm = (seed: number) =>
			struck({ seed, rules: [{ when: { probability: 0.3 }, do: HTML }] }, 1000);
		expect(storm(7)).toEqual(storm(7));
		expect(storm(8)).not.toEqual(storm(7));
		expect(storm(7).length).toBeGreaterThan(250);
		expect(storm(7).length).toBeLessThan(350);
	});

	it.each([
		[{ do: { kind: 'boom' } }, 'rules.0.do.kind'],
		[{ do: { kind: 'slow' } }, 'rules.0.do.milliseconds'],
		[{ do: { kind: 'status', status: 200 } }, 'rules.0.do.status'],
		[{ when: { probability: 2 }, do: HTML }, 'rules.0.when.probability'],
		[{ when: { request: 0 }, do: HTML }, 'rules.0.when.request'],
		[{ when: { contact: 'mei' }, do: HTML }, 'rules.0.when'],
		[{ times: 0, do: HTML }, 'rules.0.times'],
	])('that is wrong, %j, is refused at %s', (rule, place) => {
		const { error } = faultsSchema.safeParse({ rules: [rule] });
		expect(error?.issues.map(({ path }) => path.join('.'))).toEqual([place]);
	});
});

describe('over HTTP', () => {
	const stage = useSandbox();
	const body = requestOf([textEvent('a')]);
	const strike = async (action: object) => {
		const { status } = await stage.call('PUT', '/control/faults', {
			rules: [{ when: { request: 1 }, do: action }],
		});
		expect(status).toBe(200);
	};
	const mIds = () => stage.sandbox.respondIo.ledger.map(({ mId }) => mId);

	afterEach(async () => {
		const { requests } = stage.sandbox.respondIo;
		expect(requests[0].fault).toEqual(stage.sandbox.respondIo.faults.rules[0].do.kind);
		// The fault passes: the next request is taken as ever.
		expect((await stage.post(requestOf([textEvent('next')]))).status).toBe(200);
		expect(mIds().at(-1)).toBe('next');
		expect(requests.at(-1)).not.toHaveProperty('fault');
	});

	it.each([429, 500, 502, 503, 401, 400])('status %i takes nothing', async (status) => {
		await strike({ kind: 'status', status, message: 'out of order' });
		const answer = await stage.post(body);
		expect(answer.status).toBe(status);
		expect(answer.data).toEqual({ error: { message: 'out of order' } });
		expect(answer.headers).not.toHaveProperty('retry-after');
		expect(stage.sandbox.respondIo.requests[0].status).toBe(status);
		expect(mIds()).toEqual([]);
	});

	it('status 429 says when to come back, in seconds', async () => {
		await strike({ kind: 'status', status: 429, retryAfter: 3 });
		expect((await stage.post(body)).headers['retry-after']).toBe('3');
	});

	it('status 429 says when to come back, as a date', async () => {
		await strike({ kind: 'status', status: 429, retryAfter: 3, asDate: true });
		const { headers } = await stage.post(body);
		const wait = Date.parse(String(headers['retry-after'])) - Date.now();
		expect(headers['retry-after']).toMatch(/GMT$/);
		expect(wait).toBeGreaterThan(1_000);
		expect(wait).toBeLessThanOrEqual(3_000);
	});

	it('resetBefore breaks the connection, with nothing taken', async () => {
		await strike({ kind: 'resetBefore' });
		await expect(stage.post(body)).rejects.toMatchObject({ code: 'ECONNRESET' });
		expect(mIds()).toEqual([]);
	});

	it('resetAfter breaks the connection, with the events taken', async () => {
		await strike({ kind: 'resetAfter' });
		await expect(stage.post(body)).rejects.toMatchObject({ code: 'ECONNRESET' });
		expect(mIds()).toEqual(['a']);
	});

	it('slow answers rightly, late', async () => {
		await strike({ kind: 'slow', milliseconds: 60 });
		const started = performance.now();
		expect((await stage.post(body)).status).toBe(200);
		expect(performance.now() - started).toBeGreaterThanOrEqual(55);
		expect(mIds()).toEqual(['a']);
	});

	it('neverEnding takes the events, and does not end its answer', async () => {
		await strike({ kind: 'neverEnding' });
		const started = performance.now();
		const { data, status } = await stage.post(body, {
			signal: AbortSignal.timeout(300),
			responseType: 'stream',
		});
		expect(status).toBe(200);
		const readAll = async () => {
			for await (const chunk of data) expect(String(chunk).trim()).toBe('');
		};
		await expect(readAll()).rejects.toMatchObject({ code: 'ERR_CANCELED' });
		expect(performance.now() - started).toBeGreaterThanOrEqual(290);
		expect(mIds()).toEqual(['a']);
	});

	it('stall takes the events, and answers with the status at once, the body later', async () => {
		await strike({ kind: 'stall', milliseconds: 200 });
		const { data, status } = await stage.post(body, { responseType: 'stream' });
		const told = performance.now();
		expect(status).toBe(200);
		let text = '';
		for await (const chunk of data) text += String(chunk);
		expect(text).toBe('{"status":"success"}');
		expect(performance.now() - told).toBeGreaterThanOrEqual(150);
		expect(mIds()).toEqual(['a']);
	});

	it('html is a web page with 200, with nothing taken', async () => {
		await strike(HTML);
		const { status, headers, data } = await stage.post(body);
		expect(status).toBe(200);
		expect(headers['content-type']).toContain('text/html');
		expect(data).toContain('404 not Found!');
		expect(mIds()).toEqual([]);
	});
});

describe('the faults of a sandbox', () => {
	const stage = useSandbox();

	it('can be read, and taken back', async () => {
		const faults = { seed: 7, rules: [{ when: { mId: 'a' }, do: HTML }] };
		expect((await stage.call('PUT', '/control/faults', faults)).data).toEqual(faults);
		expect((await stage.call('GET', '/control/faults')).data).toEqual(faults);
		await stage.call('DELETE', '/control/faults');
		expect((await stage.call('GET', '/control/faults')).data.rules).toEqual([]);
		const { status, headers } = await stage.post(requestOf([textEvent('a')]));
		expect(status).toBe(200);
		expect(headers['content-type']).toContain('application/json');
	});

	it('are told what is wrong with them, and stay as they were', async () => {
		const { status, data } = await stage.call('PUT', '/control/faults', {
			rules: [{ do: { kind: 'slow' } }],
		});
		expect(status).toBe(400);
		expect(data).toEqual({ error: { message: 'rules.0.do.milliseconds: Required' } });
		expect(stage.sandbox.respondIo.faults.rules).toEqual([]);
	});
});
