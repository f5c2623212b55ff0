import type { IBinaryKeyData, IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type {
	ItemPosts,
	PostingContext,
} from '../../../nodes/RespondIoCustomChannel/actions/operation';
import { relay } from '../../../nodes/RespondIoCustomChannel/actions/provider/relay';
import { PROVIDERS, type ProviderName } from '../../../nodes/RespondIoCustomChannel/providers';
import { HOUSES, type House } from '../providers/cases';
import { NOW, webhookItem } from '../providers/support';

type IdType = PostingContext['idType'];

interface Given {
	idType?: IdType;
	binary?: IBinaryKeyData;
	options?: IDataObject;
}

/** What Relay makes of one item. */
async function relayed(
	provider: string,
	payload: unknown,
	{ idType = 'custom', binary, options = {} }: Given = {},
): Promise<ItemPosts & { hints: string[] }> {
	const parameters: Record<string, unknown> = { provider, payload, options };
	const hints: string[] = [];
	const execute = {
		getInputData: () => [{ json: {}, ...(binary && { binary }) }],
		getTimezone: () => 'Asia/Kuala_Lumpur',
		getNode: () => ({ name: 'Relay' }),
		helpers: {
			assertBinaryData: (item: number, name: string) => {
				throw new NodeOperationError(
					{ name: 'Relay' } as never,
					`There is no file ${name} [item ${item}]`,
					{ description: 'Name the field that holds the file.' },
				);
			},
		},
	} as unknown as IExecuteFunctions;
	const context: PostingContext = {
		execute,
		parameters: {
			getNodeParameter: (name: string, _item: number, fallback: unknown) =>
				parameters[name] ?? fallback,
		},
		idType,
		now: NOW,
		hint: (sentence) => hints.push(sentence),
		channel: async () => await Promise.reject(new Error('no credential is needed to build')),
	};
	return { ...(await relay.posts(context, 0)), hints };
}

const shown = ({ posts }: ItemPosts) =>
	posts.map(({ contactId, event }) => [contactId, event.mId, event.type]);

const text = (id: string, more: object) => ({ event: 'message', id, text: 'Hi', ...more });
const whatsapp = (...messages: object[]) => ({
	object: 'whatsapp_business_account',
	entry: [
		{
			changes: [
				{
					field: 'messages',
					value: {
						messaging_product: 'whatsapp',
						messages: messages.map((each) => ({ type: 'text', text: { body: 'Hi' }, ...each })),
					},
				},
			],
		},
	],
});

const NO_PHONE =
	'This channel tells contacts apart by phone number: give it like +60177872890, with 2 to 15 digits. If the provider has other IDs, the channel in respond.io needs the ID type Custom ID.';

describe('an event that can not be posted costs itself alone', () => {
	it('a hidden number, on a phone channel', async () => {
		const hidden = { from_user_id: 'US.13491208655302741918', id: 'wamid.2' };
		const item = await relayed(
			'whatsapp',
			whatsapp({ from: '16505551234', id: 'wamid.1' }, hidden, {
				from: '16505551235',
				id: 'wamid.3',
			}),
			{ idType: 'phone' },
		);
		expect(shown(item)).toEqual([
			['+16505551234', 'wamid.1', 'message'],
			['+16505551235', 'wamid.3', 'message'],
		]);
		expect(item.failures).toEqual([
			{
				message:
					'The Contact ID "US.13491208655302741918" is not a phone number with its country code',
				hint: 'The customer hides the phone number behind a WhatsApp user name. Use a channel with the ID type Custom ID for WhatsApp, which takes numbers and user IDs; on this one the customer arrives once the number is shared with the business, e.g. by a template message with a button that asks for it.',
				place: 'entry[0].changes[0].value.messages[1]',
				payload: { type: 'text', text: { body: 'Hi' }, ...hidden },
			},
		]);
		expect(item.note).toBeUndefined();
	});

	it('a withheld number, on a phone channel, in a webhook of one event', async () => {
		const webhook = { MessageSid: `SM${'1'.repeat(32)}`, From: 'Anonymous', Body: 'Hi' };
		const item = await relayed('twilio', webhookItem(webhook), { idType: 'phone' });
		expect(item.posts).toEqual([]);
		expect(item.failures).toEqual([
			{
				message: 'The Contact ID "Anonymous" is not a phone number with its country code',
				hint: NO_PHONE,
				payload: webhook,
			},
		]);
		expect(item.note).toBeUndefined();
	});

	it('the id of a group that is too long', async () => {
		const group = `group-${'0123456789'.repeat(6)}`;
		const item = await relayed(
			'whatsapp',
			whatsapp(
				{ from: '16505551234', id: 'wamid.1', group_id: group },
				{ from: '16505551234', id: 'wamid.2' },
			),
		);
		expect(shown(item)).toEqual([['16505551234', 'wamid.2', 'message']]);
		expect(item.failures).toMatchObject([
			{
				message: `The Contact ID "${group.slice(0, 60)}…" does not fit: respond.io takes 50 characters, it has 66`,
				hint: "Use a shorter ID of the same customer, e.g. the provider's user ID in place of a name or an address.",
				place: 'entry[0].changes[0].value.messages[0]',
				payload: { group_id: group },
			},
		]);
	});

	it('what can not be read, beside what can not be posted', async () => {
		const events = [text('1', { from: 'mei' }), text('2', {}), text('3', { from: '\ud83d' })];
		const item = await relayed('generic', { events });
		expect(shown(item)).toEqual([['mei', '1', 'message']]);
		expect(item.failures).toMatchObject([
			{
				message: 'The generic JSON payload has no usable from.id',
				hint: "Give the whole payload, as generic JSON's trigger or the Webhook node outputs it. If a step in between changed it, use the item before that step.",
				place: 'events[1]',
				payload: events[1],
			},
			{
				message: expect.stringMatching(/^The Contact ID ".*" holds half of a character/),
				place: 'events[2]',
				payload: events[2],
			},
		]);
	});

	it('a file that can not be published: the text beside it is posted', async () => {
		const payload = {
			events: [
				{ event: 'message', id: '1', from: 'mei', type: 'file', fileId: 'f', text: 'The bill' },
			],
		};
		const binary = { f: { mimeType: 'application/pdf', data: '' } };
		const item = await relayed('generic', payload, { binary });
		expect(shown(item)).toEqual([['mei', '1:caption', 'message']]);
		expect(item.failures).toEqual([
			{
				message: 'There is no file f [item 0]',
				hint: 'Name the field that holds the file.',
				place: 'events[0]',
				payload: payload.events[0],
			},
		]);
	});

	it('a text that is too long, where the options say so', async () => {
		const item = await relayed(
			'generic',
			[text('1', { from: 'mei', text: 'x'.repeat(7001) }), text('2', { from: 'mei' })],
			{ options: { longText: 'error' } },
		);
		expect(shown(item)).toEqual([['mei', '2', 'message']]);
		expect(item.failures).toMatchObject([{ place: '[0]', payload: { id: '1' } }]);
	});

	it.each(Object.keys(PROVIDERS) as ProviderName[])(
		'%s: of every payload, on either kind of channel, each event is posted or told',
		async (name) => {
			const { converter, payloads } = HOUSES.find((house) => house.name === name) as House;
			for (const payload of Object.values(payloads)) {
				const found = converter.incoming(payload, { now: NOW });
				const count = found.events.length + found.failures.length;
				for (const idType of ['custom', 'phone'] as const) {
					const { posts, failures = [], note } = await relayed(name, payload, { idType });
					expect(posts.length + failures.length).toBe(count);
					expect(note).toEqual(
						count === 0 ? { delivery: 'nothing', ignored: found.ignored } : undefined,
					);
				}
			}
		},
	);

	it("a payload of something else is the item's own error", async () => {
		await expect(relayed('whatsapp', { hello: 1 })).rejects.toThrow(
			'This is no payload of WhatsApp: it is an object with "hello"',
		);
	});
});

describe('what the memory has to look for', () => {
	const echo = (message: object) => ({
		id: '1111111',
		messaging: [
			{
				sender: { id: '1111111' },
				recipient: { id: '2222222' },
				timestamp: 1_769_851_800_000,
				message: { mid: 'm_1', is_echo: true, text: 'Hello', ...message },
			},
		],
	});
	const marks = async (provider: string, payload: unknown) => {
		const { posts } = await relayed(provider, payload);
		return posts.map(({ mayBeOurs, mayBeOfPart }) => ({ mayBeOurs, mayBeOfPart }));
	};

	it.each([
		['an echo of an unknown app', 'messenger', echo({ app_id: 555 }), { mayBeOurs: true }],
		['an echo of no app', 'instagram', echo({}), { mayBeOurs: true }],
		["an echo of Meta's inbox", 'messenger', echo({ app_id: 263902037430900 }), {}],
		['a message', 'generic', text('1', { from: 'mei' }), {}],
		[
			'a receipt that carries no reference back',
			'viber',
			{ event: 'delivered', user_id: 'u', message_token: 1 },
			{ mayBeOfPart: true },
		],
		[
			'a receipt where references come back',
			'vonage',
			{ message_uuid: 'v', to: '16505551234', status: 'delivered' },
			{},
		],
	])('%s', async (_, provider, payload, expected) => {
		expect(await marks(provider, payload)).toEqual([
			{ mayBeOurs: undefined, mayBeOfPart: undefined, ...expected },
		]);
	});

	it('nothing for an echo that is ours: it is left out', async () => {
		const { posts, note } = await relayed('messenger', echo({ metadata: 'respond.io' }));
		expect(posts).toEqual([]);
		expect(note).toEqual({ delivery: 'nothing', ignored: { 'echo of our own message': 1 } });
	});
});
