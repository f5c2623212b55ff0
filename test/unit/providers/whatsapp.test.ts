import type { OutgoingMessage } from '../../../nodes/RespondIoCustomChannel/providers/provider';
import { whatsapp } from '../../../nodes/RespondIoCustomChannel/providers/whatsapp';
import { describeLaws, NOW, payloadsOf, shownOf } from './laws';

const payloads = payloadsOf('whatsapp');
const settings = { phoneNumberId: '106540352242922' };
const read = (name: string) => whatsapp.incoming(payloads[name], { now: NOW });
const send = (message: OutgoingMessage, contactId = '16505551234') =>
	whatsapp.outgoing(message, contactId, { now: NOW, settings }).map(({ body }) => body);

interface Interactive {
	type: string;
	body: { text: string };
	action: {
		buttons?: Array<{ reply: { id: string; title: string } }>;
		sections?: Array<{ rows: Array<{ id: string; title: string; description?: string }> }>;
	};
}

const length = (text = '') => Array.from(text).length;

/** The documented limits of the messages that are sent. */
function interactiveFaults({ body, action }: Interactive): string[] {
	const { buttons = [], sections = [] } = action;
	const rows = sections.flatMap((section) => section.rows);
	const titles = [...buttons.map(({ reply }) => reply.title), ...rows.map(({ id }) => id)];
	return [
		...(length(body.text) > 1024 || body.text.trim() === '' ? ['body'] : []),
		...(buttons.length > 3 || rows.length > 10 || titles.length === 0 ? ['count'] : []),
		...(new Set(titles).size < titles.length ? ['unique'] : []),
		...(buttons.some(({ reply }) => length(reply.title) > 20) ? ['button'] : []),
		...(rows.some(({ title }) => length(title) > 24) ? ['row'] : []),
		...(rows.some(({ description }) => length(description) > 72) ? ['description'] : []),
	];
}

describe('WhatsApp Cloud API', () => {
	describeLaws(whatsapp, {
		payloads,
		contactId: '16505551234',
		settings,
		lists: [
			'entry',
			'entry.*.changes',
			...['messages', 'message_echoes', 'statuses'].flatMap((list) => [
				list,
				`entry.*.changes.*.value.${list}`,
			]),
		],
		receipt: (status, biz_opaque_callback_data) => ({
			...(payloads.delivered as object),
			entry: [
				{
					changes: [
						{
							field: 'messages',
							value: {
								messaging_product: 'whatsapp',
								statuses: [
									{ id: 'wamid.2', status, recipient_id: '16505551234', biz_opaque_callback_data },
								],
							},
						},
					],
				},
			],
		}),
		requestFaults: ({ url, body }) => {
			const { text, interactive } = body as {
				text?: { body: string };
				interactive?: Interactive;
			};
			const { caption } = body[String(body.type)] as { caption?: string };
			return [
				...(url === 'https://graph.facebook.com/v25.0/106540352242922/messages' ? [] : ['url']),
				...(body.to === '16505551234' ? [] : ['to']),
				...(length(text?.body) > 4096 ? ['text'] : []),
				...(length(caption) > 1024 ? ['caption'] : []),
				...(interactive ? interactiveFaults(interactive) : []),
			];
		},
	});

	describe('incoming', () => {
		it.each([
			['text', ['Does it come in another color?']],
			['triggerItem', ['Does it come in another color?']],
			[
				'textFromAd',
				[
					'Can I get more info about this?',
					'Came from: Chat with us\nSummer succulents are here!\nhttps://fb.me/3cr4Wqqkv',
				],
			],
			['productEnquiry', ['Is it still there?', 'About the product: di9ozbzfi4']],
			['image', ['image 1003383421387256 Taj Mahal']],
			['video', ['video 1003383421387256', 'Look']],
			['voice', ['audio 1003383421387256']],
			['document', ['file 1003383421387256 bill.pdf', 'The bill']],
			['sticker', ['image 1003383421387256']],
			[
				'location',
				[
					'40.782910059774,-73.959075808525 Solomon R. Guggenheim Museum, 1071 5th Ave, New York, NY 10128',
					'https://www.guggenheim.org/',
				],
			],
			[
				'contacts',
				[
					'Contact: Barbara J. Johnson\n+1 (650) 555-0999\nbjohnson@luckyshrub.com\nLead, Lucky Shrub\n1 Lucky Shrub Way, Menlo Park, 94025, United States\nhttps://www.luckyshrub.com/\n1999-01-23',
				],
			],
			['button', ['Unsubscribe']],
			['buttonReply', ['Cancel']],
			['listReply', ['Priority Mail Express']],
			['listReplyShortened', ['Deliver it to my neighbour, please']],
			['formReply', ['Sent\n{"size":"L"}']],
			['callPermission', ['Call permission: accept']],
			['reaction', ['Reacted with 👍']],
			['reactionRemoved', ['Removed the reaction']],
			['order', ['Order: Love these!\n2 × di9ozbzfi4 (30 USD)\n1 × nqryix03ez (25 USD)']],
			['edit', ['Edited: In red, I mean']],
			['revoke', ['Deleted a message']],
			[
				'unsupported',
				[
					'[A message that WhatsApp does not pass on: poll_creation]\nMessage type is currently not supported.',
				],
			],
			['withoutNumber', ['Hi']],
			['group', ['Sheena Nelson: Hello all']],
			['groupImage', ['image 1003383421387256 Sheena Nelson: Here']],
			['batch', ['One', 'image 1003383421387256']],
			['echo', ["Here's the info you requested!"]],
			['echoEdit', ["Edited: Here's all that you requested!"]],
			['echoRevoke', ['Deleted a message']],
			['sent', ['sent']],
			['delivered', ['delivered']],
			['read', ['read']],
			['played', ['read']],
			[
				'failed',
				[
					'failed: More than 24 hours have passed since the customer last wrote: only a template message can be sent. (WhatsApp error 131047)',
				],
			],
			['failedUnknown', ['failed: Something new: It did not work. (WhatsApp error 131999)']],
		])('%s', (name, shown) => {
			expect(read(name).events.map(shownOf)).toEqual(shown);
		});

		it.each([
			['system', 'system'],
			['systemUserId', 'system'],
			['call', 'calls'],
			['deleted', 'status deleted'],
			['history', 'history'],
			['stateSync', 'smb_app_state_sync'],
			['templateStatus', 'message_template_status_update'],
			['accountErrors', 'errors'],
		])('%s: no message, counted', (name, kind) => {
			expect(read(name)).toEqual({ events: [], failures: [], ignored: { [kind]: 1 } });
		});

		it('tells who wrote, what and when', () => {
			expect(read('text').events).toEqual([
				{
					type: 'message',
					contactId: '16505551234',
					messageId: expect.stringMatching(/^wamid\./),
					timestamp: 1769851800000,
					contact: { firstName: 'Sheena Nelson', phone: '+16505551234' },
					message: { type: 'text', text: 'Does it come in another color?' },
					origin: {
						place: 'entry[0].changes[0].value.messages[0]',
						payload: expect.objectContaining({ from: '16505551234', type: 'text' }),
					},
				},
			]);
		});

		it.each([
			['withoutNumber', 'US.13491208655302741918'],
			['deliveredToUserId', 'US.13491208655302741918'],
			['group', 'capi_group:17055550139:120363404694233820'],
			['groupDelivered', 'capi_group:17055550139:120363404694233820'],
			['echo', '16505551234'],
			['sent', '16505551234'],
		])('%s: the contact is %s', (name, contactId) => {
			expect(read(name).events.map((event) => event.contactId)).toEqual([contactId]);
		});

		it('knows an echo of the phone app, which is never ours', () => {
			const { events } = read('echo');
			expect(events).toMatchObject([{ type: 'message_echo' }]);
			expect(events[0]).not.toHaveProperty('mayBeOurs');
		});

		it('reads each message, echo and status by itself, and tells what it can not read', () => {
			const sender = { from: '16505551234', timestamp: '1769851800' };
			const text = { ...sender, type: 'text', text: { body: 'One' } };
			const withoutId = { ...sender, type: 'text', text: { body: 'Two' } };
			const withoutSender = { id: 'wamid.3', type: 'text', text: { body: 'Three' } };
			const value = {
				messaging_product: 'whatsapp',
				messages: [{ ...text, id: 'wamid.1' }, withoutId, withoutSender],
				message_echoes: [{ id: 'wamid.4', type: 'text', text: { body: 'Four' } }],
				statuses: [
					{ id: 'wamid.5', status: 'read', recipient_id: '16505551234' },
					{ id: 'wamid.6', recipient_id: '16505551234' },
					{ status: 'read', recipient_id: '16505551234' },
					{ id: 'wamid.8', status: 'warning', recipient_id: '16505551234' },
				],
			};
			const hint =
				"Give the whole payload, as WhatsApp's trigger or the Webhook node outputs it. If a step in between changed it, use the item before that step.";
			const place = 'entry[1].changes[1].value';
			const found = whatsapp.incoming(
				{
					object: 'whatsapp_business_account',
					entry: [
						null,
						{
							changes: [{ field: 'calls', value: {} }, { field: 'messages', value }, 'damaged'],
						},
					],
				},
				{ now: NOW },
			);
			expect(found.events.map((event) => [event.messageId, shownOf(event), event.origin])).toEqual([
				['wamid.1', 'One', { place: `${place}.messages[0]`, payload: value.messages[0] }],
				['wamid.5', 'read', { place: `${place}.statuses[0]`, payload: value.statuses[0] }],
			]);
			expect(found.failures).toEqual([
				{
					message: 'The WhatsApp payload has no usable message id',
					hint,
					place: `${place}.messages[1]`,
					payload: withoutId,
				},
				{
					message: 'The WhatsApp payload has no usable from',
					hint,
					place: `${place}.messages[2]`,
					payload: withoutSender,
				},
				{
					message: 'The WhatsApp payload has no usable to',
					hint,
					place: `${place}.message_echoes[0]`,
					payload: value.message_echoes[0],
				},
				{
					message: 'The WhatsApp payload has no usable status',
					hint,
					place: `${place}.statuses[1]`,
					payload: value.statuses[1],
				},
				{
					message: 'The WhatsApp payload has no usable status id',
					hint,
					place: `${place}.statuses[2]`,
					payload: value.statuses[2],
				},
			]);
			expect(found.ignored).toEqual({
				'empty entry': 1,
				calls: 1,
				'status warning': 1,
				messages: 1,
			});
		});

		it.each([
			['a reply of a new kind', 'interactive', { type: 'seat_reply', seat_reply: { seat: '12A' } }],
			['a disappearing message', 'ephemeral', {}],
			['a kind without content', 'text', {}],
		])('says that there is %s', (_, type, content) => {
			const { events } = whatsapp.incoming(messageOf({ type, [type]: content }), { now: NOW });
			expect(events.map(shownOf)).toEqual([`[A message that WhatsApp does not pass on: ${type}]`]);
		});

		it('leaves open which message a downloaded file belongs to, where there are several', () => {
			const binary = { data: { mimeType: 'image/jpeg', fileName: 'a.jpg' } };
			const one = whatsapp.incoming(payloads.image, { now: NOW, binary });
			expect(one.events.map(shownOf)).toEqual(['image data a.jpg Taj Mahal']);
			const named = { '1003383421387256': binary.data, other: {} };
			const batch = whatsapp.incoming(payloads.batch, { now: NOW, binary: named });
			expect(batch.events.map(shownOf)).toEqual(['One', 'image 1003383421387256 a.jpg']);
			const unclear = { a: binary.data, b: binary.data };
			const open = whatsapp.incoming(payloads.image, { now: NOW, binary: unclear });
			expect(open.events.map(shownOf)).toEqual(['image 1003383421387256 Taj Mahal']);
		});
	});

	describe('outgoing', () => {
		const to = {
			messaging_product: 'whatsapp',
			recipient_type: 'individual',
			to: '16505551234',
		};

		it.each([
			['+16505551234', { recipient_type: 'individual', to: '16505551234' }],
			[
				'US.13491208655302741918',
				{ recipient_type: 'individual', recipient: 'US.13491208655302741918' },
			],
			['a-group-id-of-another-form', { recipient_type: 'group', to: 'a-group-id-of-another-form' }],
			[
				'capi_group:17055550139:120363404694233820',
				{
					recipient_type: 'group',
					to: 'Y2FwaV9ncm91cDoxNzA1NTU1MDEzOToxMjAzNjM0MDQ2OTQyMzM4MjAZD',
				},
			],
		])('to %s', (contactId, recipient) => {
			expect(send({ type: 'text', text: 'Hi' }, contactId)).toEqual([
				{ messaging_product: 'whatsapp', ...recipient, type: 'text', text: { body: 'Hi' } },
			]);
		});

		it.each(['', 'mei', '12 34'])('refuses the contact id %j', (contactId) => {
			expect(() => send({ type: 'text', text: 'Hi' }, contactId)).toThrow('none of WhatsApp');
		});

		it('needs the number that it sends from', () => {
			expect(() =>
				whatsapp.outgoing({ type: 'text', text: 'Hi' }, '16505551234', { now: NOW, settings: {} }),
			).toThrow('phoneNumberId');
		});

		it.each([
			['image', 'a.jpg', 'image', {}],
			['image', 'a.gif', 'document', { filename: 'a.gif' }],
			['video', 'a.mp4', 'video', {}],
			['video', 'a.webm', 'document', { filename: 'a.webm' }],
			['audio', 'a.ogg', 'audio', {}],
			['audio', 'a.wav', 'document', { filename: 'a.wav' }],
			['file', 'a.docx', 'document', { filename: 'a.docx' }],
		] as const)('sends %s %s as %s', (type, fileName, kind, more) => {
			const url = `https://files.example/${fileName}`;
			expect(send({ type: 'attachment', attachment: { type, url, fileName } })).toEqual([
				{ ...to, type: kind, [kind]: { link: url, ...more } },
			]);
		});

		it.each([
			['three short replies as buttons', ['Yes', 'No', 'Maybe'], 'button'],
			['four as a list', ['1', '2', '3', '4'], 'list'],
			['a reply of 21 characters as a list', ['x'.repeat(21)], 'list'],
		])('shows %s', (_, replies, type) => {
			const [body] = send({ type: 'quick_reply', title: 'Tea?', replies });
			expect(body).toMatchObject({ type: 'interactive', interactive: { type } });
		});

		it.each([
			['a reply of 73 characters', ['x'.repeat(73)]],
			['two equal replies', ['Yes', 'Yes']],
			['two that differ in spaces alone', ['Yes', 'Yes ']],
			['eleven replies', Array.from({ length: 11 }, (_, index) => `${index}`)],
		])('numbers the replies where there is %s', (_, replies) => {
			const [body] = send({ type: 'quick_reply', title: 'Tea?', replies });
			expect(body).toMatchObject({
				type: 'text',
				text: { body: expect.stringContaining(`Tea?\n\n1. ${replies[0]}`) },
			});
		});

		it('has no spaces around what a button says', () => {
			const [body] = send({ type: 'quick_reply', title: 'Tea?', replies: [' Yes ', 'No'] });
			expect((body.interactive as Interactive).action.buttons).toEqual([
				{ type: 'reply', reply: { id: 'Yes', title: 'Yes' } },
				{ type: 'reply', reply: { id: 'No', title: 'No' } },
			]);
		});

		it('shows a place, and its name with the address', () => {
			const place = { latitude: 3.15, longitude: 101.7 };
			expect(send({ type: 'location', ...place })).toEqual([
				{ ...to, type: 'location', location: { latitude: '3.15', longitude: '101.7' } },
			]);
			expect(send({ type: 'location', ...place, address: 'Mall, Jalan 1' })).toMatchObject([
				{ location: { name: 'Mall', address: 'Mall, Jalan 1' } },
			]);
		});

		it.each([
			[
				'quick replies',
				{ type: 'quick_reply' as const, title: 'Tea?', replies: ['Yes', 'No'] },
				'Tea?\n\n1. Yes\n2. No',
			],
			[
				'a place',
				{ type: 'location' as const, latitude: 3.15, longitude: 101.7 },
				'https://www.google.com/maps/search/?api=1&query=3.15,101.7',
			],
		])('writes %s as text to a group, which takes texts and files alone', (_, message, text) => {
			expect(send(message, 'capi_group:17055550139:120363404694233820')).toMatchObject([
				{ recipient_type: 'group', type: 'text', text: { body: text } },
			]);
		});

		it('gets the whole of a long reply back with the tap', () => {
			const reply = 'Deliver it to my neighbour, please';
			const [body] = send({ type: 'quick_reply', title: 'Where?', replies: [reply] });
			const [row] = (body.interactive as Interactive).action.sections?.[0].rows ?? [];
			const { events } = whatsapp.incoming(tapOn(row), { now: NOW });
			expect(events.map(shownOf)).toEqual([reply]);
		});
	});

	it('finds the message id in the answer', () => {
		const answer = {
			messaging_product: 'whatsapp',
			contacts: [{ input: '16505551234', wa_id: '16505551234' }],
			messages: [{ id: 'wamid.HBgL', message_status: 'accepted' }],
		};
		expect(whatsapp.readResponse(answer)).toEqual({ taken: true, messageId: 'wamid.HBgL' });
		expect(whatsapp.readResponse({ statusCode: 200, headers: {}, body: answer })).toEqual({
			taken: true,
			messageId: 'wamid.HBgL',
		});
	});
});

function tapOn(list_reply: unknown) {
	return messageOf({ type: 'interactive', interactive: { type: 'list_reply', list_reply } });
}

function messageOf(message: object) {
	return {
		messaging_product: 'whatsapp',
		field: 'messages',
		messages: [{ from: '16505551234', id: 'wamid.1', timestamp: '1769851800', ...message }],
	};
}
