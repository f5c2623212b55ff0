import { PROVIDERS, type ProviderName } from '../../../nodes/RespondIoCustomChannel/providers';
import type { OutgoingMessage } from '../../../nodes/RespondIoCustomChannel/providers/provider';
import {
	readReference,
	writeReference,
} from '../../../nodes/RespondIoCustomChannel/providers/reference';

/** Where each provider's requests carry the reference of their message. */

const mId = '5c4fbd52-c32a-49c1-8c1b-0f4c9a9c1f6e';
const text = (length: number): OutgoingMessage => ({
	type: 'text',
	text: 'word '.repeat(length / 5),
});
const captioned: OutgoingMessage = {
	type: 'attachment',
	attachment: { type: 'video', url: 'https://files.example/a.mp4', description: 'Look' },
};

type Body = Record<string, unknown>;

const callback = 'https://n8n.example/webhook/status?token=a%20b';

const CARRIERS: Array<{
	name: ProviderName;
	contactId: string;
	settings: Record<string, string>;
	several: OutgoingMessage;
	carried: (body: Body) => unknown;
	/** What a message of one request carries. */
	single?: unknown;
}> = [
	{
		name: 'whatsapp',
		contactId: '491234567',
		settings: { phoneNumberId: '1' },
		several: text(6000),
		carried: (body) => body.biz_opaque_callback_data,
	},
	{
		name: 'twilio',
		contactId: '+491234567',
		settings: { accountSid: 'AC1', from: '+4930', statusCallback: callback },
		several: text(3000),
		carried: (body) => {
			const url = new URL(body.StatusCallback as string);
			expect(url.searchParams.get('token')).toBe('a b');
			return url.searchParams.get('reference') ?? undefined;
		},
	},
	{
		name: 'vonage',
		contactId: '491234567',
		settings: { from: '4930' },
		several: text(1800),
		carried: (body) => body.client_ref,
	},
	{
		name: 'vonage',
		contactId: '491234567',
		settings: { from: '4930', channel: 'whatsapp' },
		several: text(6000),
		carried: (body) => body.client_ref,
	},
	{
		name: 'generic',
		contactId: 'mei',
		settings: { url: 'https://chat.example/messages' },
		several: captioned,
		carried: (body) => body.reference,
	},
	{
		name: 'messenger',
		contactId: '254459191',
		settings: {},
		several: text(3000),
		carried: (body) => (body.message as Body).metadata,
		single: `respondio.1.1.${mId}`,
	},
];

describe.each(CARRIERS)(
	'$name ($settings.channel)',
	({ name, contactId, settings, several, carried, single }) => {
		const carriedBy = (message: OutgoingMessage, isKnown = true) =>
			PROVIDERS[name]
				.outgoing(message, contactId, {
					now: 0,
					settings,
					...(isKnown && { reference: (part, parts) => writeReference({ mId, part, parts }) }),
				})
				.map(({ body }) => carried(body));

		it('carries the reference of each of several requests', () => {
			const found = carriedBy(several);
			expect(found.length).toBeGreaterThan(1);
			expect(found.map(readReference)).toEqual(
				found.map((_, index) => ({ mId, part: index + 1, parts: found.length })),
			);
		});

		it('carries what it must in a message of one request', () => {
			expect(carriedBy({ type: 'text', text: 'Hi' })).toEqual([single]);
		});

		it('carries nothing where the id of the message is not known', () => {
			expect(new Set(carriedBy(several, false))).toEqual(new Set([undefined]));
		});
	},
);

it('leaves the other requests as they are', () => {
	const others = Object.values(PROVIDERS).filter(
		({ name }) => !CARRIERS.some((carrier) => carrier.name === name),
	);
	expect(others.map(({ name }) => name).sort()).toEqual([
		'discord',
		'email',
		'instagram',
		'line',
		'slack',
		'telegram',
		'viber',
	]);
	expect(others.filter(({ capabilities }) => capabilities.references)).toEqual([]);
});
