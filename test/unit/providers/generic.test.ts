import { generic } from '../../../nodes/RespondIoCustomChannel/providers/generic';
import { ProviderError } from '../../../nodes/RespondIoCustomChannel/providers/provider';
import { writeReference } from '../../../nodes/RespondIoCustomChannel/providers/reference';
import { describeLaws, NOW, payloadsOf } from './laws';

const payloads = payloadsOf('generic');
const context = { now: NOW };
const settings = { url: 'https://chat.example/api/messages' };
const customer = { contactId: 'visitor-7' };

describe('generic JSON', () => {
	describeLaws(generic, {
		payloads,
		contactId: 'visitor-7',
		settings,
		lists: ['', 'events'],
		receipt: (status, reference) => ({
			event: 'status',
			id: '9',
			to: 'visitor-7',
			status,
			reference,
		}),
		requestFaults: ({ url, body }) =>
			url === settings.url && body.to === 'visitor-7' ? [] : ['to'],
	});

	describe('incoming', () => {
		it.each([
			['text', [{ type: 'message', message: { type: 'text', text: 'Hello' } }]],
			[
				'image',
				[
					{
						type: 'message',
						message: {
							type: 'attachment',
							attachment: {
								type: 'image',
								source: { url: 'https://files.example/cat.jpg' },
								mimeType: 'image/jpeg',
								fileName: 'cat.jpg',
								description: 'My cat',
							},
						},
					},
				],
			],
			[
				'video',
				[
					{ messageId: 'wc_in_3', message: { attachment: { type: 'video' } } },
					{ messageId: 'wc_in_3:caption', message: { type: 'text', text: 'Look' } },
				],
			],
			['audio', [{ message: { attachment: { type: 'audio' } } }]],
			['file', [{ message: { attachment: { type: 'file', fileName: 'bill.pdf' } } }]],
			[
				'location',
				[
					{
						timestamp: 1769851805000,
						message: {
							type: 'location',
							latitude: 3.139,
							longitude: 101.6869,
							address: 'Kuala Lumpur',
						},
					},
				],
			],
			['sparse', [{ type: 'message', messageId: '8', timestamp: NOW }]],
			['echo', [{ type: 'message_echo', message: { text: 'From the old desk' } }]],
			['statusSent', [{ type: 'message_status', messageId: 'wc_1', status: { value: 'sent' } }]],
			['statusRead', [{ status: { value: 'read' } }]],
			['statusFailed', [{ status: { value: 'failed', message: 'The visitor has left' } }]],
			['list', [{ message: { text: 'One' } }, { message: { text: 'Two' } }]],
		])('%s', (name, events) => {
			expect(generic.incoming(payloads[name], context).events).toEqual(
				events.map((event) =>
					expect.objectContaining({
						...customer,
						...event,
						...('message' in event && { message: containing(event.message) }),
					}),
				),
			);
		});

		it('takes the name along, for a new contact', () => {
			const [event] = generic.incoming(payloads.text, context).events;
			expect(event.contact).toEqual({ firstName: 'Mei Tan' });
		});

		it('counts events that are no message', () => {
			expect(generic.incoming(payloads.list, context).ignored).toEqual({ typing: 1 });
		});

		it.each([
			['no contact', { event: 'message', id: '1', text: 'Hi' }, 'from.id'],
			['no id', { event: 'message', from: 'a', text: 'Hi' }, 'id'],
			['no status', { event: 'status', id: '1', to: 'a' }, 'status'],
		])('names what is missing: %s', (_, payload, field) => {
			expect(() => generic.incoming(payload, context)).toThrow(field);
		});

		it('leaves out the echo of a message that we sent, where it carries our reference back', () => {
			const reference = writeReference({ mId: 'm1', part: 1, parts: 2 });
			const echo = { event: 'echo', id: '1', to: 'visitor-7', text: 'Hi' };
			expect(
				generic.incoming(
					[
						{ ...echo, reference },
						{ ...echo, id: '2' },
					],
					context,
				),
			).toEqual({
				events: [
					{
						type: 'message_echo',
						contactId: 'visitor-7',
						messageId: '2',
						timestamp: NOW,
						message: { type: 'text', text: 'Hi' },
						mayBeOurs: true,
						origin: { place: '[1]', payload: { ...echo, id: '2' } },
					},
				],
				failures: [],
				ignored: { 'echo of our own message': 1 },
			});
		});

		it('never takes the business for the customer of an echo', () => {
			const echo = { event: 'echo', id: '1', from: { id: 'agent-1' }, text: 'Hi' };
			expect(() => generic.incoming(echo, context)).toThrow('to.id');
		});

		it('points at the file that the workflow has downloaded', () => {
			const { events } = generic.incoming(
				{ event: 'message', id: '1', from: 'a', type: 'image', fileId: 'f1' },
				{ now: NOW, binary: { data: { mimeType: 'image/png', fileName: 'a.png' } } },
			);
			expect(events).toMatchObject([
				{
					message: {
						attachment: {
							source: { binaryPropertyName: 'data' },
							mimeType: 'image/png',
							fileName: 'a.png',
						},
					},
				},
			]);
		});
	});

	describe('outgoing', () => {
		const send = (message: Parameters<typeof generic.outgoing>[0]) =>
			generic.outgoing(message, 'visitor-7', { now: NOW, settings }).map(({ body }) => body);

		it.each([
			[
				{ type: 'text' as const, text: 'Hello' },
				[{ to: 'visitor-7', type: 'text', text: 'Hello' }],
			],
			[
				{
					type: 'attachment' as const,
					attachment: {
						type: 'image' as const,
						url: 'https://files.example/a.jpg',
						fileName: 'a.jpg',
						description: 'A cat',
					},
				},
				[
					{
						to: 'visitor-7',
						type: 'image',
						url: 'https://files.example/a.jpg',
						fileName: 'a.jpg',
						text: 'A cat',
					},
				],
			],
			[
				{ type: 'quick_reply' as const, title: 'Size?', replies: ['S', 'M'] },
				[{ to: 'visitor-7', type: 'buttons', title: 'Size?', buttons: ['S', 'M'] }],
			],
			[
				{ type: 'location' as const, latitude: 3.1, longitude: 101.7 },
				[{ to: 'visitor-7', type: 'location', latitude: 3.1, longitude: 101.7 }],
			],
		])('%j', (message, bodies) => {
			expect(send(message)).toEqual(bodies);
		});

		it.each<Record<string, string>>([{}, { url: '' }, { url: 'chat.example' }])(
			'refuses the settings %j',
			(wrong) => {
				const run = () =>
					generic.outgoing({ type: 'text', text: 'Hi' }, 'a', { now: NOW, settings: wrong });
				expect(run).toThrow(ProviderError);
				expect(run).toThrow('url');
			},
		);
	});

	it.each([
		[{ id: 'wc_1' }, 'wc_1'],
		[{ messageId: 7 }, '7'],
		[{ data: { message_id: 'x' } }, 'x'],
		[{ statusCode: 200, headers: {}, body: '{"id":"wc_2"}' }, 'wc_2'],
		[{ message: 'queued', messages: [{ id: 'm1' }] }, 'm1'],
		[{ id: 'wc_3', error: null, errors: [], success: true, status: 'accepted' }, 'wc_3'],
	])('finds the message id in %j', (response, id) => {
		expect(generic.readResponse(response)).toEqual({
			taken: true,
			messageId: id,
			carriesReference: false,
		});
	});

	it('sees whether the provider gives a reference back', () => {
		expect(generic.readResponse({ id: 'a', reference: 'respondio.1.2.m' })).toEqual({
			taken: true,
			messageId: 'a',
		});
	});

	it.each([{}, { result: 1 }, 'OK', { data: 'OK' }, { statusCode: 204, headers: {}, body: '' }])(
		'takes %j for a success without an id',
		(response) => {
			expect(generic.readResponse(response)).toEqual({ taken: true, carriesReference: false });
		},
	);

	it.each([
		[{ ok: false, description: 'Blocked' }, 'Blocked'],
		[{ success: false, message: 'Number not in use' }, 'Number not in use'],
		[{ success: false }, 'The provider did not take the message.'],
		[{ status: 'error', message: 'Quota exceeded' }, 'Quota exceeded'],
		[{ error: true, message: 'Blocked' }, 'Blocked'],
		[{ id: 'a', error: 'Blocked' }, 'Blocked'],
		[{ errors: [{ code: 7, title: 'Too long' }] }, 'Too long'],
		[{ statusCode: 422, headers: {}, body: { message: 'Too long' } }, 'Too long (422)'],
		[{ statusCode: 503, headers: {}, data: 'Down' }, 'Down (503)'],
		[{ data: '<!DOCTYPE html><p>Sign in' }, 'The provider answered with a web page'],
	])('reads the refusal in %j', (response, reason) => {
		expect(generic.readResponse(response)).toEqual({ taken: false, reason });
	});

	it('reads the fields that are set', () => {
		const settings = { idField: 'key.uid', errorField: 'fault.text, status.why' };
		expect(generic.readResponse({ id: 1, key: { uid: 'u1' } }, settings)).toEqual({
			taken: true,
			messageId: 'u1',
			carriesReference: false,
		});
		expect(generic.readResponse({ id: 1, status: { why: 'Blocked' } }, settings)).toEqual({
			taken: false,
			reason: 'Blocked',
		});
	});
});

function containing(value: object): unknown {
	return expect.objectContaining(
		Object.fromEntries(
			Object.entries(value).map(([key, inner]) => [
				key,
				typeof inner === 'object' ? expect.objectContaining(inner) : inner,
			]),
		),
	);
}
