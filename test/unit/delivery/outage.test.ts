import { deliver } from '../../../nodes/RespondIoCustomChannel/delivery/deliver';
import { answer, OPTIONS, textPost, world } from './world';

const three = ['a', 'b', 'c'].map((mId, index) => textPost('mei', mId, index));
const manyContacts = (count: number) =>
	Array.from({ length: count }, (_, index) => textPost(`c${index}`, `m${index}`));

it.each([301, 302, 401, 403, 404, 405, 410])(
	'%i stops the run of 300 contacts after one request, with every event kept',
	async (status) => {
		const { state, tools } = world(() => answer(status));
		const posts = manyContacts(300);
		const { outcomes } = await deliver(posts, tools, OPTIONS);
		expect(state.requests).toHaveLength(1);
		expect(outcomes.map((outcome) => outcome.status === 'undelivered' && outcome.request)).toEqual(
			posts.map(({ contactId, event }) => ({ channelId: 'ch', contactId, events: [event] })),
		);
	},
);

it('says of those that were not sent what the one request showed', async () => {
	const { tools } = world(() => answer(401, {}, '{"message":"Unauthorized"}'));
	const { outcomes } = await deliver([...three, textPost('ken', 'k')], tools, OPTIONS);
	const failures = outcomes.map((outcome) => outcome.status === 'undelivered' && outcome.failure);
	const hint =
		"Copy the API Token of the channel's own configuration page into the credential; the token of the Developer API does not fit.";
	expect(failures[0]).toMatchObject({
		message: 'respond.io refused the token (401): Unauthorized',
		hint,
	});
	for (const other of failures.slice(1)) {
		expect(other).toMatchObject({
			message:
				'Not sent, since it would fail alike: respond.io refused the token (401): Unauthorized',
			hint,
		});
	}
});

it("a refusal of n8n's own filter stops the run at once, and says what lets the address pass", async () => {
	const { state, tools } = world(() => answer(200));
	const filter = Object.assign(new Error('blocked'), { name: 'SsrfBlockedIpError' });
	const send = async () => await Promise.reject(new Error('blocked', { cause: filter }));
	const { outcomes } = await deliver(manyContacts(300), { ...tools, send }, OPTIONS);
	const message =
		"n8n's own filter (N8N_SSRF_PROTECTION_ENABLED) refused the Webhook URL https://respond.example/in/";
	const hint =
		'Correct the URL in the credential or, if it is right, add its host name to N8N_SSRF_ALLOWED_HOSTNAMES, or its address to N8N_SSRF_ALLOWED_IP_RANGES. The event is in the item, ready to be sent again.';
	expect(outcomes[0]).toMatchObject({ attempts: 1, retryable: true, failure: { message, hint } });
	expect(outcomes[299]).toMatchObject({
		attempts: 0,
		retryable: true,
		failure: { message: `Not sent, since it would fail alike: ${message}`, hint },
	});
	expect(state.slept).toBe(0);
});

it('a token that is revoked in the middle stops the rest', async () => {
	const { state, tools } = world((_request, count) => answer(count > 20 ? 401 : 200));
	await deliver(manyContacts(300), tools, OPTIONS);
	expect(state.requests.length).toBeLessThanOrEqual(20 + OPTIONS.concurrency);
});

it('a web page with 200 is tried again, and the last error names the URL', async () => {
	const page = answer(200, {}, '<!DOCTYPE html><title>404 not Found!</title>');
	const passing = world((_request, count) => (count < 3 ? page : answer(200, {}, 'OK')));
	await deliver(three, passing.tools, OPTIONS);
	expect(passing.state.requests).toHaveLength(5);

	const { tools } = world(() => page);
	const { outcomes } = await deliver(three.slice(0, 1), tools, OPTIONS);
	expect(outcomes[0]).toMatchObject({
		status: 'undelivered',
		attempts: 4,
		failure: {
			message:
				'A web page answered at the Webhook URL https://respond.example/in/, not the channel (4 attempts): 404 not Found!',
			hint: 'Copy the "Webhook URL for Incoming message" of the channel page into the credential, in full.',
		},
	});
});

describe('an outage', () => {
	const WITHOUT_LIMIT = { ...OPTIONS, maxAttempts: undefined };

	it('of a minute and a half is ridden out by default, in order', async () => {
		const { state, tools } = world(() => answer(tools.now() < 90_000 ? 503 : 200));
		const { outcomes } = await deliver(three, tools, WITHOUT_LIMIT);
		expect(outcomes.map(({ status }) => status)).toEqual(three.map(() => 'delivered'));
		expect(state.taken).toEqual(['a', 'b', 'c']);
	});

	it('that is longer leaves every event, and costs many contacts no more time than one', async () => {
		const { state, tools } = world(() => 'break');
		const options = { ...WITHOUT_LIMIT, concurrency: 1 };
		const { outcomes } = await deliver(manyContacts(300), tools, options);
		expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['undelivered']));
		expect(state.slept).toBeLessThanOrEqual(120_000);
		expect(new Set(state.requests.map(({ contactId }) => contactId)).size).toBe(11);
		expect(outcomes[299]).toMatchObject({
			attempts: 0,
			retryable: true,
			failure: {
				message:
					'Not sent: respond.io does not answer (respond.io could not be reached (ECONNRESET))',
				hint: 'The event is in the item, ready to be sent again.',
			},
		});
	});

	it('of one contact alone costs that contact alone', async () => {
		const { state, tools } = world(({ contactId }) => answer(contactId === 'c3' ? 500 : 200));
		const { outcomes } = await deliver(manyContacts(30), tools, WITHOUT_LIMIT);
		expect(outcomes.filter(({ status }) => status !== 'delivered')).toHaveLength(1);
		expect(state.taken).toHaveLength(29);
	});
});

it('holds everything back where asked, ready to be sent again', async () => {
	const { state, tools, list } = world(() => answer(200));
	const { outcomes } = await deliver(three, tools, { ...OPTIONS, holdBack: true });
	expect(state.requests).toEqual([]);
	expect(list.keys).toEqual([]);
	expect(outcomes[1]).toEqual({
		status: 'undelivered',
		attempts: 0,
		retryable: true,
		failure: {
			message: 'Not sent: the option Hold Back is on, since earlier events wait to be sent again',
			hint: 'Put the event behind the earlier ones; it is in the item.',
		},
		request: { channelId: 'ch', contactId: 'mei', events: [three[1].event] },
	});
});

it('posts nothing to an address that is known to take nothing, and keeps every event', async () => {
	const { state, tools } = world(() => answer(200));
	const options = { ...OPTIONS, addressFault: 'The address is an old one' };
	const { outcomes } = await deliver(three, tools, options);
	expect(state.requests).toEqual([]);
	expect(outcomes[0]).toEqual({
		status: 'undelivered',
		attempts: 0,
		retryable: true,
		failure: {
			message: 'The address is an old one',
			hint: 'Change it in the credential, then send the event again; it is in the item.',
		},
		request: { channelId: 'ch', contactId: 'mei', events: [three[0].event] },
	});
});
