import fc from 'fast-check';
import type { IExecuteFunctions } from 'n8n-workflow';

import { post } from '../../../nodes/RespondIoCustomChannel/actions/message/post';
import { postEcho } from '../../../nodes/RespondIoCustomChannel/actions/message/postEcho';
import { post as statusPost } from '../../../nodes/RespondIoCustomChannel/actions/messageStatus/post';
import type {
	PostingContext,
	PostingOperation,
} from '../../../nodes/RespondIoCustomChannel/actions/operation';
import { ChannelError } from '../../../nodes/RespondIoCustomChannel/channel/error';
import { toRequest } from '../../../nodes/RespondIoCustomChannel/delivery/plan';
import { checkRequest } from '../../../sandbox/checker';

const NOW = Date.UTC(2026, 0, 31, 9, 30);

function contextOf(
	parameters: Record<string, unknown>,
	idType: PostingContext['idType'],
): PostingContext {
	const reader = {
		getNodeParameter: (name: string, _item: number, fallback: unknown) =>
			parameters[name] ?? fallback,
	};
	return {
		execute: { getTimezone: () => 'Asia/Kuala_Lumpur' } as IExecuteFunctions,
		parameters: reader,
		idType,
		now: NOW,
		hint: () => {},
		channel: async () => await Promise.reject(new Error('no credential is needed to build')),
	};
}

/**
 * What respond.io would refuse of what is sent; undefined where the node refused it, with an error that people can act
 * on.
 */
async function faultsOf(
	operation: PostingOperation,
	parameters: Record<string, unknown>,
	idType: PostingContext['idType'],
): Promise<string[] | undefined> {
	try {
		const { posts } = await operation.posts(contextOf(parameters, idType), 0);
		return posts.flatMap((each) =>
			checkRequest(toRequest('ch', [each]), { channelId: 'ch', idType }),
		);
	} catch (error) {
		if (!(error instanceof ChannelError || error instanceof TypeError)) throw error;
		return FIELD.test(error.message) && error.message.length < 2000
			? undefined
			: [`unclear: ${error.message}`];
	}
}

/** The field's name as the editor shows it, or its path in JSON, or the parameter's name. */
const FIELD =
	/Contact ID|Message Type|Text|Attachment|URL|File Name|MIME|Description|Latitude|Longitude|Address|Title|Repl(y|ies)|Message ID|Timestamp|time|Status|Error Message|Event \(JSON\)|contact|events|parameter "|phone|country|language|locale|email|name|profile/i;

const text = fc.oneof(
	fc.string(),
	fc.string({ unit: 'grapheme', maxLength: 400 }),
	fc.constantFrom('', ' ', 'Hello', '+60177872890', 'https://example.com/a.jpg', 'x'.repeat(300)),
	fc.integer({ min: 6990, max: 15_000 }).map((length) => 'word '.repeat(length / 5)),
);
const any = fc.oneof(
	{ weight: 6, arbitrary: text },
	{ weight: 1, arbitrary: fc.jsonValue() },
	{ weight: 1, arbitrary: fc.oneof(fc.double(), fc.integer(), fc.date()) },
);
/** Mostly what people fill in; an item has many fields, so each must be right nearly always for one to be sent. */
const mostly = (...right: Array<fc.Arbitrary<unknown>>) =>
	fc.oneof({ weight: 14, arbitrary: fc.oneof(...right) }, { weight: 1, arbitrary: any });
const one = (...values: unknown[]) => fc.constantFrom(...values);
const short = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
const url = mostly(fc.webUrl(), one('https://example.com/a.jpg'));
const contactId = mostly(one('+60177872890', '60 17-787 2890', '0060177872890'), fc.uuid());
const messageId = mostly(short, fc.string({ minLength: 45, maxLength: 60 }));
const timestamp = mostly(one('', NOW, NOW / 1000, new Date(NOW).toISOString()));
const contact = fc.record(
	{
		firstName: mostly(short),
		lastName: mostly(one('Tan', '', null)),
		email: mostly(one('mei@example.com', null)),
		phone: mostly(one('+60177872890', '0177872890')),
		countryCode: mostly(one('MY', 'my', '')),
		language: mostly(one('en', 'zh-Hant')),
		locale: mostly(one('en_US', 'zh-hant-tw')),
		timezone: mostly(one('8', 'Asia/Tokyo', -3.5)),
		profilePic: url,
	},
	{ requiredKeys: [] },
);
const parameters = fc.record(
	{
		contactId,
		messageId,
		timestamp,
		messageType: fc.oneof(
			{ weight: 12, arbitrary: one('text', 'attachment', 'location', 'quickReply') },
			{ weight: 1, arbitrary: one('hologram') },
		),
		text,
		attachmentUrl: url,
		attachmentType: mostly(one('detect', 'image', 'video', 'audio', 'file', '')),
		fileName: mostly(short, one('', 'a.jpg', `${'a'.repeat(300)}.pdf`)),
		mimeType: mostly(one('', 'image/jpeg', 'audio/ogg; codecs=opus')),
		description: text,
		latitude: mostly(fc.double({ min: -95, max: 95, noNaN: true }), one('3.1')),
		longitude: mostly(fc.double({ min: -190, max: 190, noNaN: true }), one('101.7')),
		address: mostly(short, one('')),
		title: mostly(short),
		replies: mostly(fc.array(short, { minLength: 1, maxLength: 11 }), one('Yes\nNo')),
		status: mostly(one('sent', 'delivered', 'read', 'failed', 'Read')),
		errorMessage: mostly(short),
		// By an expression that gives the whole collection, it may be anything.
		contact: mostly(contact),
		inputMode: one('fields', 'fields', 'fields', 'json'),
		eventJson: mostly(
			fc.record({
				contactId,
				events: fc.array(
					fc.record(
						{
							type: one('message', 'message_echo', 'message_status'),
							mId: messageId,
							timestamp,
							message: mostly(fc.record({ type: one('text'), text: mostly(short) })),
							status: mostly(fc.record({ value: one('sent', 'read', 'failed') })),
						},
						{ requiredKeys: ['mId', 'message', 'status'] },
					),
					{ minLength: 1, maxLength: 3 },
				),
			}),
		),
		options: fc.record({
			longText: one('split', 'truncate', 'error', 'shorten'),
			locationKey: one('both', 'longitude', 'longtitude', 'latitude'),
		}),
	},
	{ requiredKeys: ['contactId', 'messageType', 'eventJson'] },
) as fc.Arbitrary<Record<string, unknown>>;

it.each<[string, PostingOperation]>([
	['a message', post],
	['an echo', postEcho],
	['a status', statusPost],
])(
	'respond.io takes what is sent as %s, or the node refused it and named the field',
	async (_what, operation) => {
		let sent = 0;
		await fc.assert(
			fc.asyncProperty(
				parameters,
				fc.constantFrom('custom' as const, 'phone' as const),
				async (given, idType) => {
					const faults = await faultsOf(operation, given, idType);
					if (faults !== undefined) sent++;
					expect(faults ?? []).toEqual([]);
				},
			),
			{ numRuns: 3000 },
		);
		// Refusals alone would prove little.
		expect(sent).toBeGreaterThan(600);
	},
	60_000,
);
