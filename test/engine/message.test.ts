import { writeReference } from '../../nodes/RespondIoCustomChannel/providers/kit/reference';
import { ProcessedItems } from './harness';
import { errorsOf, jsonOf, POST, STATUS, useSandbox } from './support';

const stage = useSandbox();
const ids = () => stage.ledger.map(({ mId }) => mId);

describe('message: post', () => {
	it('posts the text of each item, in order, and passes on what it posted', async () => {
		const result = await stage.run(POST, [
			{ id: 'a', text: 'Hello' },
			{ id: 'b', contact: 'ken', text: 'Bye' },
		]);
		expect(result.error).toBeUndefined();
		expect(result.outputs[0]).toEqual([
			{
				json: {
					contactId: 'mei',
					mId: 'a',
					type: 'message',
					timestamp: 1_769_851_800_000,
					delivery: 'delivered',
					attempts: 1,
				},
				pairedItem: { item: 0 },
			},
			expect.objectContaining({ pairedItem: { item: 1 } }),
		]);
		expect(stage.ledger.map(({ contactId, event }) => [contactId, event])).toEqual([
			[
				'mei',
				{
					type: 'message',
					mId: 'a',
					timestamp: 1_769_851_800_000,
					message: { type: 'text', text: 'Hello' },
				},
			],
			['ken', expect.objectContaining({ mId: 'b' })],
		]);
	});

	it('reads the credential once, whatever the number of items', async () => {
		const items = Array.from({ length: 30 }, (_, index) => ({ id: `m${index}` }));
		const { credentialReads } = await stage.run(POST, items);
		expect(stage.ledger).toHaveLength(30);
		expect(credentialReads).toBe(1);
	});

	it('splits a long text into messages that join to it, each paired with its item', async () => {
		const text = 'One sentence of the text. '.repeat(700);
		const result = await stage.run(POST, [{ id: 'short' }, { id: 'long', text }]);
		expect(ids()).toEqual(['short', 'long', 'long#2', 'long#3']);
		const texts = stage.ledger
			.slice(1)
			.map(({ event }) =>
				event.type !== 'message_status' && event.message.type === 'text' ? event.message.text : '',
			);
		expect(texts.join('')).toBe(text);
		expect(Math.max(...texts.map((part) => part.length))).toBeLessThanOrEqual(7000);
		expect(result.outputs[0].map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 1, 1, 1].map((item) => ({ item })),
		);
	});

	it('truncates or refuses a long text where asked', async () => {
		const text = 'x'.repeat(7001);
		await stage.run({ ...POST, options: { longText: 'truncate' } }, [{ id: 'a', text }]);
		const [{ event }] = stage.ledger;
		expect(event).toMatchObject({ message: { text: `${'x'.repeat(6999)}…` } });

		const refused = await stage.run({ ...POST, options: { longText: 'error' } }, [
			{ id: 'b', text },
		]);
		expect(refused.error?.message).toMatch(/7,000.*7,001.*\[item 0\]/);
		expect(ids()).toEqual(['a']);
	});

	it.each([
		['both', { longitude: 2, longtitude: 2 }],
		['longitude', { longitude: 2 }],
		['longtitude', { longtitude: 2 }],
	])('writes the longitude as told: %s', async (locationKey, written) => {
		await stage.run(
			{
				...POST,
				messageType: 'location',
				latitude: 1,
				longitude: 2,
				options: { locationKey },
			},
			[{ id: locationKey }],
		);
		expect(stage.ledger[0].event).toMatchObject({ message: { type: 'location', latitude: 1 } });
		const { message } = stage.ledger[0].event as unknown as { message: object };
		expect(message).toEqual({ type: 'location', latitude: 1, ...written });
	});

	it('takes a whole event as JSON', async () => {
		const result = await stage.run(
			{ resource: 'message', operation: 'post', inputMode: 'json', eventJson: '={{ $json }}' },
			[
				{
					contactId: 'mei.tan',
					contact: { firstName: 'Mei', lastName: null },
					events: [
						{ type: 'message', mId: 'a', message: { type: 'text', text: 'One' } },
						{ type: 'message', mld: 'b', message: { type: 'text', text: 'Two' } },
					],
				},
			],
		);
		expect(result.error).toBeUndefined();
		expect(ids()).toEqual(['a', 'b']);
		expect(stage.sandbox.respondIo.contacts.get('mei=2Etan')).toEqual({ firstName: 'Mei' });
	});

	it('writes phone numbers in E.164 on a phone channel, and refuses what is none', async () => {
		stage.sandbox.set({ idType: 'phone' });
		await stage.run(POST, [{ id: 'a', contact: '60 17-787 2890' }]);
		expect(stage.ledger[0].contactId).toBe('+60177872890');
		const { error } = await stage.run(POST, [{ id: 'b', contact: 'mei' }]);
		expect(error?.message).toMatch(/phone.*\[item 0\]/i);
	});

	it("takes a bridge's payload as it is mapped by hand: without plus, and blank where it has nothing", async () => {
		stage.sandbox.set({ idType: 'phone' });
		const contact = {
			firstName: '={{ $json.payload.sender.name }}',
			phone: '={{ $json.payload.sender.phone }}',
			countryCode: '={{ $json.payload.sender.country_code }}',
			language: 'en',
		};
		const { error } = await stage.run(
			{
				...POST,
				contactId: '={{ $json.payload.sender.phone }}',
				text: '={{ $json.payload.payload.text }}',
				messageId: '={{ $json.payload.id }}',
				timestamp: '={{ $json.timestamp }}',
				contact,
			},
			[
				{
					timestamp: 1_769_851_800_123,
					payload: {
						id: 'ABEGkYaYVSEEAhAL3SLAWwHKeKrt6s3FKB0c',
						payload: { text: 'Hi' },
						sender: { phone: '201550001111', name: 'Omar', country_code: '' },
					},
				},
			],
		);
		expect(error).toBeUndefined();
		expect(stage.ledger.map(({ contactId, event }) => ({ contactId, ...event }))).toEqual([
			{
				contactId: '+201550001111',
				type: 'message',
				mId: 'ABEGkYaYVSEEAhAL3SLAWwHKeKrt6s3FKB0c',
				timestamp: 1_769_851_800_123,
				message: { type: 'text', text: 'Hi' },
			},
		]);
		expect(stage.sandbox.respondIo.contacts.get('+201550001111')).toEqual({
			firstName: 'Omar',
			phone: '+201550001111',
			language: 'en',
		});
	});

	it('posts no empty text: the item leaves on the error output, and says so', async () => {
		const result = await stage.run(
			{ ...POST, text: '={{ $json.text }}' },
			[{ id: 'picture', text: '' }],
			{ onError: 'continueErrorOutput' },
		);
		expect(errorsOf(result).map(({ message }) => message)).toEqual(['The Text is empty [item 0]']);
		expect(ids()).toEqual([]);
	});

	it('without continue-on-fail posts what can be posted, then names item, field and limit', async () => {
		const { error } = await stage.run(
			{ ...POST, messageType: 'quickReply', title: '={{ $json.title }}', replies: 'Yes\nNo' },
			[
				{ id: 'a', title: 'Well?' },
				{ id: 'b', title: 'x'.repeat(257) },
				{ id: 'c', title: 'And now?' },
			],
		);
		expect(error?.message).toBe(
			'1 of 3 events were not delivered. Title must be at most 256 characters (257 given) [item 1]',
		);
		expect(ids()).toEqual(['a', 'c']);
	});

	it.each([
		['continueErrorOutput', 1],
		['continueRegularOutput', 0],
	] as const)('with %s posts the good ones around a bad one', async (onError, output) => {
		const result = await stage.run(POST, [{ id: 'a' }, { id: 'b', text: ' ' }, { id: 'c' }], {
			onError,
		});
		expect(ids()).toEqual(['a', 'c']);
		const failed = result.outputs[output].filter(({ json }) => json.error !== undefined);
		expect(failed).toHaveLength(1);
		expect(failed[0].pairedItem).toEqual({ item: 1 });
		expect(failed[0].json.error).toMatchObject({
			message: expect.stringMatching(/Text is empty.*\[item 1\]/),
			description: expect.stringContaining('filter it out'),
		});
	});

	it('hints that a message without an id is posted again by every run', async () => {
		const { hints } = await stage.run({ ...POST, messageId: '' }, [{}, {}]);
		expect(hints).toEqual([
			{ message: expect.stringContaining('Message ID'), location: 'outputPane' },
		]);
		expect(new Set(ids()).size).toBe(2);
	});
});

it('message: post echo posts an echo', async () => {
	await stage.run({ ...POST, operation: 'postEcho' }, [{ id: 'e' }]);
	expect(stage.ledger).toMatchObject([{ type: 'message_echo', mId: 'e', contactId: 'mei' }]);
});

describe('message status: post', () => {
	it('posts all four values', async () => {
		const result = await stage.run(STATUS, [
			{ id: 'a', status: 'sent' },
			{ id: 'a', status: 'delivered' },
			{ id: 'a', status: 'read' },
			{ id: 'b', status: 'failed', error: 'Blocked' },
		]);
		expect(jsonOf(result).map(({ mId, status }) => [mId, status])).toEqual([
			['a', 'sent'],
			['a', 'delivered'],
			['a', 'read'],
			['b', 'failed'],
		]);
		expect(stage.ledger.map(({ mId, event }) => [mId, 'status' in event && event.status])).toEqual([
			['a', { value: 'sent' }],
			['a', { value: 'delivered' }],
			['a', { value: 'read' }],
			['b', { value: 'failed', message: 'Blocked' }],
		]);
	});

	it('asks for the reason of a failure', async () => {
		const { error } = await stage.run(STATUS, [{ id: 'a', status: 'failed' }]);
		expect(error?.message).toMatch(/Error Message is empty.*\[item 0\]/);
	});

	it('never goes backwards, within a run and from run to run', async () => {
		const memory = new ProcessedItems();
		await stage.run(
			STATUS,
			[
				{ id: 'a', status: 'delivered' },
				{ id: 'a', status: 'sent' },
			],
			{ memory },
		);
		const second = await stage.run(
			STATUS,
			[
				{ id: 'a', status: 'sent' },
				{ id: 'a', status: 'read' },
				{ id: 'a', status: 'delivered' },
			],
			{ memory },
		);
		expect(stage.ledger.map(({ event }) => 'status' in event && event.status.value)).toEqual([
			'delivered',
			'read',
		]);
		expect(jsonOf(second).map(({ delivery, reason }) => [delivery, reason])).toEqual([
			['skipped', 'olderStatus'],
			['delivered', undefined],
			['skipped', 'olderStatus'],
		]);
	});
});

describe('outgoing message', () => {
	it('accept answers with the id that statuses will have, reads no credential, passes items on', async () => {
		const id = 'wamid.HBgLNjAxNzc4NzI4OTAVAgASGBQzQTc5RjI4NkU1RjQ3QzA4RjE5Qg==';
		const accepted = await stage.run(
			{ resource: 'outgoingMessage', operation: 'accept', messageId: '={{ $json.id }}' },
			[{ id, more: 1 }, { id: 'second' }],
		);
		await stage.run(STATUS, [{ id, status: 'sent' }]);
		expect(accepted.responses).toEqual([
			{ statusCode: 200, headers: {}, body: { mId: stage.ledger[0].mId } },
		]);
		expect(accepted.credentialReads).toBe(0);
		expect(jsonOf(accepted)).toEqual([{ id, more: 1 }, { id: 'second' }]);
	});

	it('accept without an id is an error that says what to do', async () => {
		const { error, responses } = await stage.run(
			{ resource: 'outgoingMessage', operation: 'accept', messageId: '={{ $json.id }}' },
			[{}],
		);
		expect(error?.message).toContain('Message ID');
		expect(responses).toEqual([]);
	});

	it('an echo of what accept has answered for is not posted', async () => {
		const memory = new ProcessedItems();
		await stage.run({ resource: 'outgoingMessage', operation: 'accept', messageId: 'p1' }, [{}], {
			memory,
		});
		const echoes = await stage.run(
			{ ...POST, operation: 'postEcho' },
			[{ id: 'p1' }, { id: 'p2' }],
			{ memory },
		);
		expect(ids()).toEqual(['p2']);
		expect(jsonOf(echoes)[0]).toMatchObject({ delivery: 'skipped', reason: 'echoOfAccepted' });
	});

	it.each([
		['a text', 'Number not in use', 'Number not in use'],
		['an error output', '={{ { message: "403 - forbidden" } }}', 'forbidden (403)'],
		[
			'what the HTTP Request node makes of an answer',
			`503 - "{\\"error\\":{\\"code\\":\\"unavailable\\",\\"message\\":\\"Down for maintenance\\"}}"`,
			'Down for maintenance (503)',
		],
		['nothing', '', 'The provider did not take the message.'],
	])('reject answers with the reason: %s', async (_what, errorMessage, message) => {
		const { responses, credentialReads } = await stage.run({
			resource: 'outgoingMessage',
			operation: 'reject',
			errorMessage,
		});
		expect(responses).toEqual([{ statusCode: 400, headers: {}, body: { error: { message } } }]);
		expect(credentialReads).toBe(0);
	});
});

describe('provider', () => {
	it('relay posts what a webhook holds, and tells what it left out', async () => {
		const result = await stage.run(
			{ resource: 'provider', operation: 'relay', provider: 'telegram' },
			[
				{
					update_id: 1,
					message: {
						message_id: 5,
						date: 1_769_851_800,
						chat: { id: -100, type: 'private', first_name: 'Mei' },
						from: { id: -100, is_bot: false, first_name: 'Mei' },
						text: 'Hello',
					},
				},
				{ update_id: 2, poll: { id: '1', question: 'x', options: [] } },
			],
		);
		expect(result.error).toBeUndefined();
		expect(stage.ledger).toMatchObject([{ type: 'message', contactId: '=2D100' }]);
		expect(jsonOf(result)[1]).toMatchObject({ delivery: 'nothing', ignored: expect.any(Object) });
	});

	it('relay posts each event of a webhook that can be, and tells the others by their places', async () => {
		stage.sandbox.set({ idType: 'phone' });
		const text = { type: 'text', text: { body: 'Hello' }, timestamp: '1769851800' };
		const hidden = { ...text, id: 'wamid.2', from_user_id: 'US.13491208655302741918' };
		const withoutId = { ...text, from: '16505551235' };
		const result = await stage.run(
			{ resource: 'provider', operation: 'relay', provider: 'whatsapp' },
			[
				{
					field: 'messages',
					messaging_product: 'whatsapp',
					messages: [
						{ ...text, id: 'wamid.1', from: '16505551234' },
						hidden,
						withoutId,
						{ ...text, id: 'wamid.4', from: '16505551236' },
					],
				},
			],
			{ onError: 'continueErrorOutput' },
		);
		expect(stage.ledger.map(({ contactId, mId }) => [contactId, mId])).toEqual([
			['+16505551234', 'wamid.1'],
			['+16505551236', 'wamid.4'],
		]);
		expect(jsonOf(result).map(({ delivery }) => delivery)).toEqual(['delivered', 'delivered']);
		expect(errorsOf(result)).toMatchObject([
			{
				message: expect.stringContaining('The WhatsApp payload has no usable message id'),
				place: 'messages[2]',
				payload: withoutId,
			},
			{
				message: expect.stringContaining(
					'The Contact ID "US.13491208655302741918" is not a phone number with its country code',
				),
				place: 'messages[1]',
				payload: hidden,
			},
		]);
	});

	it('relay never posts an echo that carries our mark, before the answer or after it', async () => {
		const memory = new ProcessedItems();
		const metadata = writeReference({ mId: 'f3ab6a2e', part: 1, parts: 2 });
		const echoes = async () =>
			await stage.run(
				{ resource: 'provider', operation: 'relay', provider: 'messenger' },
				[metadata, 'respond.io'].map((mark, index) => ({
					id: '1111111',
					messaging: [
						{
							sender: { id: '1111111' },
							recipient: { id: '2222222' },
							timestamp: 1_769_851_800_000,
							message: { mid: `m_${index}`, is_echo: true, text: 'Hello', metadata: mark },
						},
					],
				})),
				{ memory },
			);
		const before = await echoes();
		await stage.run({ resource: 'outgoingMessage', operation: 'accept', messageId: 'm_0' }, [{}], {
			memory,
		});
		const after = await echoes();
		expect(stage.ledger).toEqual([]);
		const nothing = { delivery: 'nothing', ignored: { 'echo of our own message': 1 } };
		expect(jsonOf(before)).toEqual([nothing, nothing]);
		expect(jsonOf(after)).toEqual([nothing, nothing]);
	});

	it('relay posts a text in place of a file that is not there, and hints what to do', async () => {
		const { hints } = await stage.run(
			{ resource: 'provider', operation: 'relay', provider: 'generic' },
			[{ event: 'message', id: 'f', from: 'mei', type: 'file', fileId: 'x', fileName: 'a.pdf' }],
		);
		expect(stage.ledger[0].event).toMatchObject({
			message: { type: 'text', text: expect.stringContaining('a.pdf') },
		});
		expect(hints[0].message).toContain('download');
	});

	it('relay loses no message for a file that can not be published, and hints what to do', async () => {
		const json = {
			event: 'message',
			id: 'p',
			from: 'mei',
			type: 'image',
			fileId: 'x',
			text: 'Look',
		};
		const binary = { data: { data: 'aGk=', mimeType: 'image/png', fileName: 'a.png' } };
		const { error, hints } = await stage.run(
			{ resource: 'provider', operation: 'relay', provider: 'generic' },
			[],
			{ items: [{ json, binary }] },
		);
		expect(error).toBeUndefined();
		expect(stage.ledger[0].event).toMatchObject({
			message: { type: 'text', text: expect.stringMatching(/could not be passed on[^]*Look/) },
		});
		expect(hints[0].message).toMatch(/Public Media URL|memory/);
	});

	it('build request turns a message into its requests, and asks for what is missing', async () => {
		const parameters = {
			resource: 'provider',
			operation: 'buildRequest',
			provider: 'whatsapp',
			contactId: '60177872890',
		};
		const item = { message: { type: 'text', text: 'Hello' } };
		const built = await stage.run({ ...parameters, phoneNumberId: '123' }, [item]);
		expect(jsonOf(built)).toEqual([
			expect.objectContaining({
				method: 'POST',
				url: expect.stringContaining('/123/messages'),
				body: expect.objectContaining({ to: '60177872890' }),
			}),
		]);
		expect(built.credentialReads).toBe(0);
		const refused = await stage.run({ ...parameters, phoneNumberId: '={{ "" }}' }, [item]);
		expect(refused.error?.message).toMatch(/phoneNumberId.*\[item 0\]/);
	});
});
