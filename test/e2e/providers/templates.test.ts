import { createHash, randomUUID } from 'node:crypto';

import axios, { type AxiosResponse } from 'axios';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks';

import { encodeContactId } from '../../../nodes/RespondIoCustomChannel/channel/contactId';
import { fill, type Workflow } from '../../../tools/n8n';
import { baseUrlOf } from '../../../tools/templates';
import { until } from '../stage';
import {
	call,
	CASES,
	FORM,
	gupshupCall,
	hookOf,
	infobipCall,
	infobipMessage,
	maxCall,
	maxMessage,
	signalCall,
	signalMessage,
	LINE_USER,
	lineCall,
	lineEvents,
	meta,
	plivoCall,
	plivoMms,
	slackTap,
	telegramUpdate,
	telnyxCall,
	telnyxMessage,
	twilioCall,
	viberCall,
	vonageCall,
	waMessage,
	waMessages,
	ZALO_USER,
	zaloCall,
	zaloOwn,
} from './cases';
import { FILES, PICTURE } from './scenes';
import { GONE, NEVER_READY, pictureOf, REFUSED, VIDEO, type Sent } from './standIn';
import { closeWorld, openWorld, registerAtZalo, SECRETS, world } from './world';

/** Each template as people import it, on the real n8n: both directions, receipts and refusals. */

beforeAll(openWorld);
afterAll(closeWorld);
beforeEach(() => {
	world.stage.sandbox.respondIo.reset();
	world.standIn.reset();
});

const ledger = () => world.stage.sandbox.respondIo.ledger;
const ofType = async (type: string) =>
	await until(`the ${type}`, () => ledger().find((each) => each.type === type));
const agentSends = async (template: string, contactId: string, message: object) => {
	const { n8n, sandbox } = world.stage;
	sandbox.set({ baseUrl: baseUrlOf(n8n.url, world.workflows[template]) });
	return await sandbox.respondIo.send({ contactId, message });
};

const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

const TEXT = 'Hello <back> & *so*';
const PICTURE_WITH_CAPTION = {
	type: 'attachment',
	attachment: { type: 'image', url: 'https://files.example/a.jpg', description: 'Look' },
};

/** The text or the link that a request carries, wherever its provider has it. */
const wordsOf = ({ body }: Sent): string[] => {
	const found: string[] = [];
	const look = (value: unknown) => {
		if (typeof value === 'string') found.push(value);
		else if (typeof value === 'object' && value !== null) Object.values(value).forEach(look);
	};
	look(body);
	// A text is broken after its blanks.
	return found.map((text) => text.trim());
};
const expectInOrder = (sent: readonly Sent[]) => {
	for (const [index, { startedAt }] of sent.entries()) {
		if (index > 0) expect(startedAt).toBeGreaterThanOrEqual(sent[index - 1].answeredAt ?? Infinity);
	}
};

describe.each(Object.entries(CASES))('the template %s', (name, provider) => {
	const { template = name, refusal, parts, picture, mIdOf = ({ id }) => id } = provider;
	const contactId = encodeContactId(provider.contactId, 'custom');
	const agentSays = async (message: object) => await agentSends(template, contactId, message);
	const sent = () => world.standIn.sent;
	const statuses = () =>
		ledger().map(({ type, mId, event }) => [
			type,
			mId,
			event.type === 'message_status' ? event.status.value : undefined,
		]);

	if (provider.customerWrites) {
		it("brings a customer's text to respond.io", async () => {
			await provider.customerWrites?.();
			expect(await ofType('message')).toMatchObject({
				contactId,
				repeat: false,
				event: { message: { type: 'text', text: provider.says ?? 'Hello' } },
			});
		});
	}

	if (provider.customerSends) {
		it('publishes the file that a customer sends', async () => {
			await provider.customerSends?.();
			const found = await ofType('message');
			expect(found).toMatchObject({
				event: {
					message: {
						type: 'attachment',
						...(provider.caption && { attachment: { description: provider.caption } }),
					},
				},
			});
			const [, , whole] = await world.stage.sandbox.respondIo.fetchAttachment(found);
			expect(whole).toMatchObject({ status: 200, sha256: hashOf(provider.file ?? PICTURE) });
		});
	}

	if (provider.once !== undefined) {
		const trigger = provider.once;
		it(`does by ${trigger} what a person starts once`, async () => {
			const { rest } = world.stage.n8n;
			const { length } = await rest.executions(template);
			await rest.run(template, trigger);
			const [{ id, status }] = await rest.waitForExecutions(template, length + 1);
			const { error } = (await rest.execution(id)).data.resultData;
			expect([status, error]).toEqual(['success', undefined]);
		});
	}

	for (const [what, { comes, becomes }] of Object.entries(provider.more ?? {})) {
		it(`tells respond.io ${what}`, async () => {
			await comes();
			await until('the event', () => ledger()[0]);
			expect(ledger()).toMatchObject([becomes()]);
		});
	}

	if (provider.forged) {
		const { comes, status } = provider.forged;
		it.each([
			['another secret', 'guessed'],
			['none', null],
		])('takes no call that has %s', async (_what, secret) => {
			expect(await comes(secret)).toMatchObject({ status });
			expect(ledger()).toEqual([]);
		});
	}

	it("brings an agent's text to the customer, and tells respond.io its id", async () => {
		const answer = await agentSays({ type: 'text', text: TEXT });
		expect(sent()).toMatchObject([provider.gets]);
		if (provider.customerSees) {
			expect(await provider.customerSees()).toMatchObject([
				{ text: 'Hello &lt;back&gt; &amp; *so*' },
			]);
		}
		expect([answer.error, answer.mId]).toEqual([undefined, mIdOf(sent()[0])]);
		if (provider.receipt === undefined) return;

		await provider.receipt(sent()[0], 'delivered');
		await ofType('message_status');
		expect(statuses()).toEqual([['message_status', answer.mId, provider.status ?? 'delivered']]);
	});

	it('sends a picture with its caption', async () => {
		const answer = await agentSays(PICTURE_WITH_CAPTION);
		expect(sent()).toMatchObject(picture);
		expect(sent()).toHaveLength(picture.length);
		expect(answer).toMatchObject({ ok: true });
	});

	if (provider.fetches) {
		it('gives the provider a link to the very file', async () => {
			const url = `${world.standIn.url}${FILES}/a.png`;
			const attachment = { type: 'image', url, description: 'Look' };
			expect(await agentSays({ type: 'attachment', attachment })).toMatchObject({ ok: true });
			const [link] = wordsOf(sent()[0]).filter((words) => words.includes(FILES));
			const { data } = await axios.get<Buffer>(link, { responseType: 'arraybuffer', proxy: false });
			expect(hashOf(data)).toBe(hashOf(PICTURE));
		});
	}

	it("rejects with the provider's words what the provider refuses", async () => {
		const answer = await agentSays({ type: 'text', text: REFUSED });
		expect(answer.error).toBe(refusal);
		expect(sent()).toEqual([]);
	});

	if (parts === undefined) return;
	const { message, are } = parts;

	it('sends the parts of a message one after the other, however slow one is, as one message', async () => {
		world.standIn.faults.slow = 2;
		const answering = agentSays(message);
		if (provider.echo) {
			// Before the answer, and again after it.
			await until('the first part', () => sent()[0]);
			await provider.echo(sent()[0]);
		}
		const answer = await answering;
		expect(sent().map((each) => are.findIndex((part) => wordsOf(each).includes(part)))).toEqual(
			are.map((_part, index) => index),
		);
		expectInOrder(sent());
		expect([answer.error, answer.ok]).toEqual([undefined, true]);
		const last = sent()[are.length - 1];
		if (provider.isReferenced !== true) expect(answer.mId).toBe(mIdOf(last));
		else expect(sent().map(mIdOf)).not.toContain(answer.mId);

		for (const each of provider.echo ? sent() : []) await provider.echo?.(each);
		if (provider.receipt) {
			for (const each of sent()) await provider.receipt(each, 'delivered');
			await ofType('message_status');
		} else {
			await provider.customerWrites?.();
		}
		// What the parts' receipts and echoes start has ended.
		await idle(template);
		expect(ledger().filter(({ type }) => type === 'message_echo')).toEqual([]);
		if (provider.receipt === undefined) return;
		const value = provider.status ?? 'delivered';
		expect(statuses()).toEqual([['message_status', answer.mId, value]]);
	});

	if (provider.isReferenced) {
		it('tells that a message failed where any of its parts did', async () => {
			// Before the last part's receipt, and after it.
			const early = await agentSays(message);
			const [first, last] = [sent()[0], sent()[are.length - 1]];
			await provider.receipt?.(first, 'failed');
			await ofType('message_status');
			await provider.receipt?.(last, 'delivered');

			world.standIn.reset();
			const late = await agentSays(message);
			await provider.receipt?.(sent()[are.length - 1], 'delivered');
			await until('the receipt', () => ledger()[1]);
			await provider.receipt?.(sent()[0], 'failed');
			await until('the failure', () => ledger()[2]);
			expect(statuses()).toEqual([
				['message_status', early.mId, 'failed'],
				['message_status', late.mId, 'delivered'],
				['message_status', late.mId, 'failed'],
			]);
		});
	}

	it('sends nothing more after a part that was refused, and says what had arrived', async () => {
		world.standIn.faults.refuse = 2;
		const answer = await agentSays(message);
		const reason = refusal.replace(/\.$/, '');
		expect(answer.error).toBe(`Part 2 of ${are.length} was refused: ${reason}; part 1 was sent`);
		expect(sent()).toHaveLength(1);
	});

	it('sends nothing after a first part that was refused', async () => {
		world.standIn.faults.refuse = 1;
		const answer = await agentSays(message);
		const reason = refusal.replace(/\.$/, '');
		expect(answer.error).toBe(`Part 1 of ${are.length} was refused: ${reason}; nothing was sent`);
		expect(sent()).toEqual([]);
	});
});

/** Waits until no execution of the workflow runs, and none has begun meanwhile. */
async function idle(template: string): Promise<void> {
	for (let before = ''; ;) {
		const found = await world.stage.n8n.rest.executions(template);
		const running = found.filter(({ status }) => status === 'running' || status === 'new');
		// What is polled goes on for ever: two looks in a row are enough.
		const now = found.map(({ id }) => id).join();
		if (running.length === 0 && (now === before || template === 'discord')) return;
		before = now;
		await new Promise((resolve) => setTimeout(resolve, 300));
	}
}

describe('the template whatsapp, of a call with several messages', () => {
	const say = (body: string) => ({ id: `wamid.${body}`, type: 'text', text: { body } });
	const show = (id: string) => ({
		id: `wamid.${id}`,
		type: 'image',
		image: { id, mime_type: 'image/png' },
	});

	it('fetches each file, and posts all in their order', async () => {
		const webhook = waMessages(say('a'), show('11'), say('b'), show(GONE), show('22'));
		const { changes } = waMessages(show('33')).entry[0];
		webhook.entry[0].changes.push(...changes);
		await meta('whatsapp_business_account', webhook);

		const found = await until('all', () => ledger().length >= 6 && ledger());
		await idle('whatsapp');
		const shown = await Promise.all(
			found.map(async (entry) => {
				const [, , whole] = await world.stage.sandbox.respondIo.fetchAttachment(entry);
				return [
					entry.mId,
					entry.event.type === 'message' && entry.event.message.type === 'text'
						? entry.event.message.text
						: whole.sha256,
				];
			}),
		);
		expect(shown).toEqual([
			['wamid.a', 'a'],
			['wamid.11', hashOf(pictureOf('11'))],
			['wamid.b', 'b'],
			[`wamid.${GONE}`, '[image: image/png: the file could not be passed on]'],
			['wamid.22', hashOf(pictureOf('22'))],
			['wamid.33', hashOf(pictureOf('33'))],
		]);
		expect(ledger()).toHaveLength(6);
	});
});

it('the template max uploads a file, and sends it once MAX has worked on it', async () => {
	const answer = await agentSends('max', '182182182', {
		type: 'attachment',
		attachment: { type: 'file', url: 'https://files.example/a.jpg', description: 'The bill' },
	});
	expect([answer.error, answer.mId]).toEqual([undefined, world.standIn.sent[0].id]);
	expect(world.standIn.sent).toMatchObject([
		{
			body: { text: 'The bill', attachments: [{ type: 'file', payload: { token: 'file-token' } }] },
		},
	]);
});

it('the template max gives up a file on which MAX works for too long', async () => {
	const url = 'https://files.example/a.jpg';
	const attachment = { type: 'file', url, description: NEVER_READY };
	const answer = await agentSends('max', '182182182', { type: 'attachment', attachment });
	expect(answer.error).toBe(
		'MAX was still working on the file: send it again in a while. Key: errors.process.attachment.file.not.processed (MAX error attachment.not.ready) (400)',
	);
	expect(world.standIn.sent).toEqual([]);
});

it.each<[template: string, writes: () => Promise<unknown>]>([
	[
		'max',
		async () => {
			const image = { photo_id: 1, token: 'tok', url: 'https://i.oneme.ru/i' };
			const video = { id: 2, token: 'video-token', url: 'https://i.oneme.ru/page' };
			const attachments = [
				{ type: 'image', payload: image },
				{ type: 'video', payload: video },
			];
			await maxCall(maxMessage({ mid: 'mid.000000000adf429e', text: 'Look', attachments }));
		},
	],
	[
		'signal',
		async () => {
			const attachments = [
				{ contentType: 'image/png', id: '8QSxjA1.png' },
				{ contentType: 'video/mp4', id: '9RTykB2.mp4' },
			];
			await signalCall(signalMessage({ timestamp: 1769851802000, message: 'Look', attachments }));
		},
	],
])('the template %s publishes each file of a message as it was', async (_template, writes) => {
	await writes();
	await until('the files', () => ledger()[2]);
	expect(ledger()).toMatchObject([
		{ event: { message: { type: 'text', text: 'Look' } } },
		{ event: { message: { attachment: { type: 'image' } } } },
		{ event: { message: { attachment: { type: 'video' } } } },
	]);
	for (const [index, bytes] of [PICTURE, VIDEO].entries()) {
		const [, , whole] = await world.stage.sandbox.respondIo.fetchAttachment(ledger()[index + 1]);
		expect(whole).toMatchObject({ status: 200, sha256: hashOf(bytes) });
	}
});

it("the template signal shows what the account's phone sends, and what was read", async () => {
	const destination = { destinationUuid: CASES.signal.contactId, timestamp: 1769851811000 };
	await signalCall({
		sourceUuid: 'b5d1f3c2-7e1a-4c0d-8f6b-2a9c4e6d8f10',
		sourceNumber: '+60111111111',
		syncMessage: { sentMessage: { ...destination, message: 'From the phone' } },
	});
	const { mId } = await ofType('message_echo');
	await signalCall({
		receiptMessage: { when: 1769851812000, isRead: true, timestamps: [1769851811000] },
	});
	await ofType('message_status');
	expect(ledger()).toMatchObject([
		{
			type: 'message_echo',
			contactId: encodeContactId(CASES.signal.contactId, 'custom'),
			event: { message: { text: 'From the phone' } },
		},
		{ type: 'message_status', mId, event: { status: { value: 'read' } } },
	]);
	expect(ledger()).toHaveLength(2);
});

it.each(['max', 'signal'])(
	'the template %s tells of a file that is not there',
	async (template) => {
		const contactId = encodeContactId(CASES[template].contactId, 'custom');
		const answer = await agentSends(template, contactId, {
			type: 'attachment',
			attachment: { type: 'file', url: 'https://files.example/gone.pdf' },
		});
		expect(answer.error).toBe('Not Found (404)');
		expect(world.standIn.sent).toEqual([]);
	},
);

it("the template zalo tells what a customer has seen, and what people write in Zalo's own inbox", async () => {
	await zaloOwn('user_seen_message', { msg_ids: ['a1', 'a2'] });
	await zaloCall({
		event_name: 'oa_send_text',
		sender: { id: '388613280878808645', admin_id: '4712356009182736451' },
		recipient: { id: ZALO_USER },
		message: { text: 'We are open', msg_id: 'a3' },
	});
	expect(ledger()).toMatchObject([
		{ type: 'message_status', mId: 'a1', event: { status: { value: 'read' } } },
		{ type: 'message_status', mId: 'a2', event: { status: { value: 'read' } } },
		{ type: 'message_echo', mId: 'a3', event: { message: { text: 'We are open' } } },
	]);
});

it("the template zalo renews its access token in its last five hours, and fails where Zalo doesn't", async () => {
	const { rest } = world.stage.n8n;
	const { zalo } = world.standIn;
	const LIMIT = 5 * 60 * 60;
	const looks = async (count: number) => {
		const { length } = await rest.executions('zalo-clock');
		await rest.waitForExecutions('zalo-clock', length + count);
	};
	await rest.createWorkflow({
		id: 'alarm',
		name: 'Alarm',
		nodes: [
			{
				id: 'alarm',
				name: 'Alarm',
				type: 'n8n-nodes-base.errorTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
		],
		connections: {},
	});
	await rest.publish('alarm');
	await publishZaloClock('alarm');

	const text = { type: 'text', text: 'Hello' };
	expect((await agentSends('zalo-clock', ZALO_USER, text)).error).toBe(
		'The access token is not valid: refresh it. Access token is invalid (Zalo error -216)',
	);
	await rest.unpublish('zalo-clock');

	zalo.expiresIn = LIMIT - 60;
	await registerAtZalo('zalo-clock');
	expect(zalo.renewals.clock).toBe(1);

	zalo.refuses = true;
	await rest.publish('zalo-clock');
	try {
		const [{ id }] = await rest.waitForExecutions('alarm', 1);
		const { runData } = (await rest.execution(id)).data.resultData;
		expect(runData.Alarm[0].data?.main[0]?.[0].json).toMatchObject({
			execution: {
				lastNodeExecuted: 'Not Renewed',
				error: {
					message:
						"Zalo has not renewed the access token: Invalid refresh token. Take a new refresh token from Zalo's API Explorer, put it into First Token, and execute Register Once again.",
				},
			},
			workflow: { id: 'zalo-clock' },
		});
		// The old tokens are kept: the one still sends, the other is tried again.
		expect(await agentSends('zalo-clock', ZALO_USER, text)).toMatchObject({ ok: true });
		zalo.refuses = false;
		// The second was got with the refresh token that came with the first.
		await until('two renewals', () => zalo.renewals.clock >= 3);

		zalo.expiresIn = LIMIT + 60;
		await looks(2);
		const { clock } = zalo.renewals;
		await looks(2);
		expect(zalo.renewals.clock).toBe(clock);
		expect(await agentSends('zalo-clock', ZALO_USER, text)).toMatchObject({ ok: true });
		expect(world.standIn.sent).toHaveLength(2);
	} finally {
		await rest.unpublish('zalo-clock');
	}
});

/** The template of Zalo once more, which looks after its token each second, with tokens of its own. */
async function publishZaloClock(errorWorkflow: string) {
	const { rest, url } = world.stage.n8n;
	const { data } = await rest.http.get<{ data: Workflow }>('/rest/workflows/zalo');
	const { nodes, connections, settings } = data.data;
	const text = JSON.stringify(nodes).replaceAll('zalo-refresh-shop-0', 'zalo-refresh-clock-0');
	const copy: Workflow = {
		id: 'zalo-clock',
		name: 'Zalo, with a fast clock',
		connections,
		settings: { ...settings, errorWorkflow },
		nodes: (JSON.parse(text) as Workflow['nodes']).map((node) => ({
			...node,
			...(node.webhookId && { webhookId: randomUUID() }),
			...(node.name === 'Each Hour' && {
				parameters: { rule: { interval: [{ field: 'seconds', secondsInterval: 1 }] } },
			}),
		})),
	};
	await fill(rest, { workflows: [copy] }, url);
	world.workflows['zalo-clock'] = copy;
}

it('the template gupshup answers the calls by which Gupshup tries its address', async () => {
	// https://docs.gupshup.io/docs/user-event and https://partner-docs.gupshup.io/docs/platform-events
	const set = { phone: 'callbackSetPhone', type: 'sandbox-start' };
	const check = { type: 'connectivity-check', initiator: 'gupshup' };
	expect(await gupshupCall('user-event', set)).toMatchObject({ status: 200 });
	expect(await gupshupCall('platform-event', check)).toMatchObject({ status: 200 });
	await idle('gupshup');
	expect(ledger()).toEqual([]);
});

it("the template gupshup tells with Gupshup's words and ours why a message failed", async () => {
	const answer = await agentSends('gupshup', '60123456789', { type: 'text', text: 'Hello' });
	const [{ id }] = world.standIn.sent;
	// Its own answer, which tells nothing new, and what became of it.
	await gupshupCall('message-event', {
		id,
		type: 'enqueued',
		destination: '60123456789',
		payload: { whatsappMessageId: 'gBEGkYaYVSEEAgnZxQ3JmKK6Wvg', type: 'session' },
	});
	await CASES.gupshup.receipt?.(world.standIn.sent[0], 'failed');
	const failed = await ofType('message_status');
	await idle('gupshup');
	expect(ledger()).toEqual([failed]);
	expect(failed).toMatchObject({
		mId: answer.mId,
		event: {
			status: {
				value: 'failed',
				message:
					'The customer has no WhatsApp on this number. Number Does Not Exists On WhatsApp (Gupshup error 1002)',
			},
		},
	});
});

it('the template line posts the events of a call in their order, files among them', async () => {
	const say = (id: string) => ({ type: 'text', id, quoteToken: 'q', text: id });
	const show = (id: string) => ({
		type: 'image',
		id,
		quoteToken: 'q',
		contentProvider: { type: 'line' },
	});
	const { status } = await lineCall(lineEvents(say('101'), show('102'), say('103'), show('104')));
	expect(status).toBe(200);
	expect(
		ledger().map(({ mId, event }) => [mId, event.type === 'message' && event.message.type]),
	).toEqual([
		['101', 'text'],
		['102', 'attachment'],
		['103', 'text'],
		['104', 'attachment'],
	]);
});

it('the template infobip posts the messages of a call in their order', async () => {
	const ids = ['1', '2', '3', '4', '5'];
	const { status } = await infobipCall(ids.map((id) => infobipMessage(id, `Message ${id}`)));
	expect(status).toBe(200);
	expect(ledger()).toMatchObject(
		ids.map((mId) => ({ mId, event: { message: { type: 'text', text: `Message ${mId}` } } })),
	);
});

it('the template plivo passes on the link of a file that can not be fetched', async () => {
	const mms = plivoMms('d37cf6ee-c0ce-11ee-bcbb-0242ac110007', GONE);
	expect(await plivoCall(mms)).toMatchObject({ status: 200 });
	expect(ledger()).toMatchObject([
		{ event: { message: { type: 'attachment', attachment: { type: 'file', url: mms.Media0 } } } },
		{ event: { message: { type: 'text', text: 'Look' } } },
	]);
});

describe('the template telegram, of every kind of message', () => {
	const url = 'https://files.example/a';

	it.each([
		['image', 'jpg', 'sendPhoto', { photo: `${url}.jpg` }],
		['image', 'gif', 'sendDocument', { document: `${url}.gif` }],
		['video', 'mp4', 'sendVideo', { video: `${url}.mp4` }],
		['audio', 'mp3', 'sendAudio', { audio: `${url}.mp3` }],
		['audio', 'ogg', 'sendMessage', { text: `${url}.ogg` }],
		['file', 'pdf', 'sendDocument', { document: `${url}.pdf` }],
		['file', 'docx', 'sendMessage', { text: `${url}.docx` }],
	])('sends %s %s with %s', async (type, ending, method, body) => {
		const attachment = { type, url: `${url}.${ending}` };
		const answer = await agentSends('telegram', '42', { type: 'attachment', attachment });
		expect(answer).toMatchObject({ ok: true });
		expect(world.standIn.sent).toMatchObject([{ path: `/bottoken-telegram/${method}`, body }]);
	});

	it('sends a place, and one with an address as text', async () => {
		const place = { type: 'location', latitude: 3.15, longitude: 101.71 };
		await agentSends('telegram', '42', place);
		await agentSends('telegram', '42', { ...place, address: 'Twin Towers, KL' });
		expect(world.standIn.sent).toMatchObject([
			{ path: '/bottoken-telegram/sendLocation', body: { latitude: 3.15, longitude: 101.71 } },
			{
				path: '/bottoken-telegram/sendMessage',
				body: {
					text: 'Twin Towers, KL\nhttps://www.google.com/maps/search/?api=1&amp;query=3.15,101.71',
				},
			},
		]);
	});

	it('numbers quick replies', async () => {
		const replies = ['Yes', 'No'];
		await agentSends('telegram', '42', { type: 'quick_reply', title: 'Sure?', replies });
		expect(world.standIn.sent).toMatchObject([{ body: { text: 'Sure?\n1. Yes\n2. No' } }]);
	});
});

const TAP = {
	type: 'block_actions',
	user: { id: 'U061F7AUR', name: 'mei' },
	channel: { id: 'D024BE91L' },
};

describe('quick replies', () => {
	const question = { type: 'quick_reply', title: 'Sure?', replies: ['Yes', 'No'] };

	it('are buttons in Slack, whose taps come back as text', async () => {
		await agentSends('slack', 'D024BE91L', question);
		const [{ body }] = world.standIn.sent;
		const [, actions] = body.blocks as Array<{ elements?: object[] }>;
		const { data } = await slackTap({
			...TAP,
			container: { message_ts: '1769851790.000100' },
			actions: [{ ...actions.elements?.[0], action_ts: '1769851800.840180' }],
		});
		// Anything else would be shown, or refused.
		expect(data).toBe('');
		expect(await ofType('message')).toMatchObject({
			contactId: 'D024BE91L',
			event: { message: { type: 'text', text: 'Yes' } },
		});
	});

	it('are buttons in WhatsApp, whose taps come back as text', async () => {
		await agentSends('whatsapp', '60123456789', question);
		const [{ body }] = world.standIn.sent;
		const { action } = body.interactive as {
			action: { buttons: Array<{ reply: { id: string; title: string } }> };
		};
		await meta(
			'whatsapp_business_account',
			waMessage({
				id: 'wamid.tap',
				type: 'interactive',
				interactive: { type: 'button_reply', button_reply: action.buttons[1].reply },
			}),
		);
		expect(await ofType('message')).toMatchObject({
			event: { message: { type: 'text', text: 'No' } },
		});
	});

	it('are buttons at Gupshup, whose taps come back as text', async () => {
		await agentSends('gupshup', '60123456789', question);
		const [{ body }] = world.standIn.sent;
		const { options } = body.message as { options: Array<{ title: string; postbackText: string }> };
		const [, { title, postbackText }] = options;
		await gupshupCall('message', {
			id: 'ABEGkZUTIXZ0Ago6jWqOZm-Sz0WF',
			source: '60123456789',
			type: 'button_reply',
			payload: { title, id: '1', reply: `${title} 2`, postbackText },
			sender: { phone: '60123456789', name: 'Mei' },
		});
		expect(await ofType('message')).toMatchObject({
			event: { message: { type: 'text', text: 'No' } },
		});
	});
});

describe('what is not signed with the secret that the workflow knows', () => {
	const viber = {
		event: 'message',
		timestamp: 1769851800000,
		message_token: 1,
		sender: { id: '01234567890A=', name: 'Mei' },
		message: { type: 'text', text: 'Forged' },
	};
	const sms = { MessageSid: `SM${'2'.repeat(32)}`, From: '+60123456789', To: '+1', Body: 'Forged' };
	const action = { type: 'button', action_id: 'r', text: { type: 'plain_text', text: 'Forged' } };
	const tap = { ...TAP, actions: [{ ...action, action_ts: '1769851801.840180' }] };
	const text = { type: 'text', id: '3', quoteToken: 'q', text: 'Forged' };

	it.each<[what: string, template: string, forged: () => Promise<unknown>]>([
		['a LINE event', 'line', async () => await lineCall(lineEvents(text), 'line', 'guessed')],
		[
			'an unsigned LINE event',
			'line',
			async () => await call(hookOf('line', 'From LINE'), lineEvents(text)),
		],
		[
			'a LINE event to two providers',
			'two-providers',
			async () => await lineCall(lineEvents(text), 'two-providers', 'guessed'),
		],
		['a Viber callback', 'viber', async () => await viberCall(viber, 'guessed')],
		['a message of Twilio', 'twilio', async () => await twilioCall(sms, 'guessed')],
		[
			'a message of Twilio, altered',
			'twilio',
			async () => {
				const url = hookOf('twilio', 'From Twilio');
				const signature = getExpectedTwilioSignature(SECRETS.twilio, url, { ...sms, Body: 'Hi' });
				return await call(url, new URLSearchParams(sms).toString(), {
					...FORM,
					'x-twilio-signature': signature,
				});
			},
		],
		[
			'a message of Plivo',
			'plivo',
			async () =>
				await plivoCall(
					{ MessageUUID: 'x', From: '13125550001', Text: 'Forged' },
					{ token: 'guessed' },
				),
		],
		[
			'a message of Plivo, altered',
			'plivo',
			async () => {
				const fields = { MessageUUID: 'x', From: '13125550001', Text: 'Forged' };
				return await plivoCall(fields, { signed: { ...fields, Text: 'Hi' } });
			},
		],
		['an event of Zalo', 'zalo', async () => await zaloCall({ event_name: 'x' }, 'guessed')],
		['a webhook of WAHA', 'waha', async () => await CASES.waha.forged?.comes('guessed')],
		['a tap in Slack', 'slack', async () => await slackTap(tap, { secret: 'guessed' })],
		['an old tap in Slack, sent again', 'slack', async () => await slackTap(tap, { age: 400 })],
	])('is not posted, and shown as an error: %s', async (_what, template, forged) => {
		const { rest } = world.stage.n8n;
		const { length } = await rest.executions(template);
		const answer = (await forged()) as AxiosResponse;
		// Slack repeats no taps, so it is answered at once.
		expect(answer.status).toBe(template === 'slack' ? 200 : 500);
		const [{ id }] = await rest.waitForExecutions(template, length + 1);
		const { error } = (await rest.execution(id)).data.resultData;
		expect(error?.message).toMatch(/^The call is not signed with \w+'s secret/);
		expect(ledger()).toEqual([]);
	});

	it('is refused by the Webhook node where it knows the form, as for Vonage and Infobip', async () => {
		expect(await vonageCall({ message_uuid: 'x' }, 'guessed')).toMatchObject({ status: 403 });
		expect(await infobipCall({ messageId: 'x' }, 'guessed')).toMatchObject({ status: 401 });
		expect(await maxCall(maxMessage({ text: 'Forged' }), 'guessed')).toMatchObject({ status: 403 });
		expect(await signalCall({}, 'guessed')).toMatchObject({ status: 401 });
		expect(ledger()).toEqual([]);
	});

	it('is not posted if Telnyx, when asked, does not know it, or tells another sender of it', async () => {
		const { rest } = world.stage.n8n;
		const known = telnyxMessage('84cca175-9755-4859-b67f-4730d7f58aa4');
		world.standIn.telnyxMessages[known.id] = known;
		for (const message of [
			telnyxMessage('84cca175-9755-4859-b67f-4730d7f58aa5'),
			{ ...known, from: { phone_number: '+13125550009' } },
		]) {
			const { length } = await rest.executions('telnyx');
			expect(await telnyxCall('message.received', message)).toMatchObject({ status: 500 });
			const [{ id }] = await rest.waitForExecutions('telnyx', length + 1);
			const { error } = (await rest.execution(id)).data.resultData;
			expect(error?.message).toMatch(/^Telnyx does not know the message of this call/);
		}
		expect(ledger()).toEqual([]);
	});
});

describe('the template email', () => {
	const mail = (lines: string[]) =>
		world.standIn.receiveMail(
			[
				'From: Mei Lim <mei.lim@example.com>',
				'To: shop@example.com',
				'Subject: Blue one',
				'Date: Sat, 31 Jan 2026 17:30:00 +0800',
				...lines,
			].join('\r\n'),
		);
	const contactId = encodeContactId('mei.lim@example.com', 'custom');

	it('brings a mail and its attachment to respond.io', async () => {
		mail([
			'Message-ID: <in-1@example.com>',
			'MIME-Version: 1.0',
			'Content-Type: multipart/mixed; boundary="b"',
			'',
			'--b',
			'Content-Type: text/plain',
			'',
			'Is it in stock?',
			'--b',
			'Content-Type: image/png; name="cat.png"',
			'Content-Disposition: attachment; filename="cat.png"',
			'Content-Transfer-Encoding: base64',
			'',
			PICTURE.toString('base64'),
			'--b--',
			'',
		]);
		const last = await until('the attachment', () => ledger()[1], 60_000);
		expect(ledger()[0]).toMatchObject({
			contactId,
			event: { message: { type: 'text', text: 'Subject: Blue one\n\nIs it in stock?' } },
		});
		expect(last).toMatchObject({ contactId, event: { message: { type: 'attachment' } } });
		const [fetched] = await world.stage.sandbox.respondIo.fetchAttachment(last);
		expect(fetched).toMatchObject({ status: 200 });
	}, 90_000);

	it("tells that a mail was not delivered, from the mail server's report", async () => {
		const { mId = '' } = await agentSends('email', contactId, { type: 'text', text: 'Gone?' });
		world.standIn.receiveMail(
			[
				'From: Mail Delivery System <MAILER-DAEMON@mx.example.com>',
				'To: shop@example.com',
				'Subject: Undelivered Mail Returned to Sender',
				'Date: Sat, 31 Jan 2026 17:31:00 +0800',
				'Auto-Submitted: auto-replied',
				'Message-ID: <report-1@mx.example.com>',
				`In-Reply-To: ${mId}`,
				'MIME-Version: 1.0',
				'Content-Type: multipart/report; report-type=delivery-status; boundary="r"',
				'',
				'--r',
				'Content-Type: text/plain',
				'',
				'<mei.lim@example.com>: host mx.example.com said: 550 5.1.1 User unknown',
				'--r',
				'Content-Type: message/delivery-status',
				'',
				'Reporting-MTA: dns; mx.example.com',
				'',
				'Final-Recipient: rfc822; mei.lim@example.com',
				'Action: failed',
				'Status: 5.1.1',
				'Diagnostic-Code: smtp; 550 5.1.1 User unknown',
				'',
				'--r--',
				'',
			].join('\r\n'),
		);
		const entry = await until('the receipt', () => ledger()[0], 60_000);
		expect(entry).toMatchObject({
			type: 'message_status',
			contactId,
			mId,
			event: {
				status: { value: 'failed', message: expect.stringContaining('User unknown') as string },
			},
		});
		expect(ledger()).toHaveLength(1);
	}, 90_000);

	it("sends an agent's answer, and rejects what the mail server refuses", async () => {
		const answer = await agentSends('email', contactId, { type: 'text', text: 'Yes, it is.' });
		expect(answer).toMatchObject({ ok: true });
		expect(world.standIn.mails).toHaveLength(1);
		expect(world.standIn.mails[0]).toContain('To: mei.lim@example.com');
		expect(world.standIn.mails[0]).toContain('Subject: Your question');
		expect(world.standIn.mails[0]).toContain('Yes, it is.');
		expect(world.standIn.mails[0]).toContain(String(answer.mId));

		const nobody = encodeContactId('nobody@example.com', 'custom');
		const refused = await agentSends('email', nobody, { type: 'text', text: 'Hi' });
		expect(refused.ok).toBe(false);
		expect(refused.error).toMatch(/No such user here|recipients were rejected/);
	});
});

describe('the template ai-first', () => {
	// Nobody has answered this one yet.
	const chat = { id: 77, type: 'private', first_name: 'Mei' };
	const writes = async (message_id: number, text: string) =>
		await telegramUpdate({ message_id, text, chat }, 'ai-first');

	it("answers, shows both in respond.io, and leaves a person's conversation alone", async () => {
		await writes(1, 'When do you open?');
		await ofType('message_echo');
		expect(ledger()).toMatchObject([
			{ type: 'message', event: { message: { text: 'When do you open?' } } },
			{ type: 'message_echo', contactId: '77', event: { message: { text: 'We open at 9.' } } },
		]);
		expect(world.standIn.sent).toMatchObject([{ body: { chat_id: 77, text: 'We open at 9.' } }]);

		await writes(2, 'May I speak to a person?');
		await until('the question', () => ledger()[2]);
		await world.stage.n8n.rest.waitForExecutions('ai-first', 2);
		expect(world.standIn.sent).toHaveLength(1);

		await agentSends('ai-first', '77', { type: 'text', text: 'Here I am.' });
		await writes(3, 'When do you open?');
		await until('the message', () => ledger()[3]);
		await world.stage.n8n.rest.waitForExecutions('ai-first', 4);
		expect(world.standIn.sent).toHaveLength(2);
		expect(ledger()).toHaveLength(4);
	});
});

describe('the template office-hours', () => {
	it('gives notice once a day, and shows it in respond.io', async () => {
		const url = hookOf('office-hours', 'From Web Chat');
		const write = async (id: string) =>
			await call(url, { event: 'message', id, from: { id: 'mei' }, type: 'text', text: 'Hello?' });
		await write('o1');
		const echo = await ofType('message_echo');
		expect(echo).toMatchObject({
			contactId: 'mei',
			event: { message: { text: expect.stringContaining('9 to 18') as string } },
		});
		await write('o2');
		await until('the second message', () => ledger().find(({ mId }) => mId === 'o2'));
		await world.stage.n8n.rest.waitForExecutions('office-hours', 2);
		expect(ledger().filter(({ type }) => type === 'message_echo')).toHaveLength(1);
		expect(world.standIn.sent).toHaveLength(1);

		const answer = await agentSends('office-hours', 'mei', { type: 'text', text: 'Good morning' });
		expect(answer).toMatchObject({ ok: true });
	});
});

describe('the template two-providers', () => {
	it("sends each answer where its contact's id points", async () => {
		await telegramUpdate({ message_id: 9, text: 'From Telegram' }, 'two-providers');
		await lineCall(
			lineEvents({ id: '99', type: 'text', quoteToken: 'q', text: 'From LINE' }),
			'two-providers',
		);
		await until('both', () => ledger()[1]);
		expect(
			ledger()
				.map(({ contactId }) => contactId)
				.sort(),
		).toEqual(['42', LINE_USER]);

		const line = await agentSends('two-providers', LINE_USER, { type: 'text', text: 'One' });
		const telegram = await agentSends('two-providers', '42', { type: 'text', text: 'Two' });
		expect(line).toMatchObject({ ok: true, mId: expect.stringMatching(/^\d+$/) as string });
		expect(telegram).toMatchObject({ ok: true, mId: expect.stringMatching(/^42:\d+$/) as string });
		expect(world.standIn.sent).toMatchObject([{ provider: 'line' }, { provider: 'telegram' }]);
	});
});
