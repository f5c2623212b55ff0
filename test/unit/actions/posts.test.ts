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

/** What respond.io would refuse of what is sent; an error of the node must be one that people can act on. */
async function faultsOf(
	operation: PostingOperation,
	parameters: Record<string, unknown>,
	idType: PostingContext['idType'],
): Promise<string[]> {
	try {
		const { posts } = await operation.posts(contextOf(parameters, idType), 0);
		return posts.flatMap((each) =>
			checkRequest(toRequest('ch', [each]), { channelId: 'ch', idType }),
		);
	} catch (error) {
		if (!(error instanceof ChannelError || error instanceof TypeError)) throw error;
		return FIELD.test(error.message) && error.message.length < 2000
			? []
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
const url = fc.oneof(fc.webUrl(), any);
const parameters = fc.record(
	{
		contactId: any,
		messageId: any,
		timestamp: fc.oneof(fc.constant(''), fc.constant(NOW), any),
		messageType: fc.constantFrom('text', 'attachment', 'location', 'quickReply', 'hologram'),
		text: any,
		attachmentUrl: url,
		attachmentType: fc.constantFrom('detect', 'image', 'video', 'audio', 'file', '', 'sticker'),
		fileName: any,
		mimeType: fc.oneof(fc.constantFrom('', 'image/jpeg', 'audio/ogg; codecs=opus'), any),
		description: any,
		latitude: fc.oneof(fc.double({ min: -95, max: 95 }), any),
		longitude: fc.oneof(fc.double({ min: -190, max: 190 }), any),
		address: any,
		title: any,
		replies: fc.oneof(fc.array(any, { maxLength: 12 }), any),
		status: fc.oneof(fc.constantFrom('sent', 'delivered', 'read', 'failed', 'Read'), any),
		errorMessage: any,
		contact: fc.dictionary(
			fc.constantFrom(
				'firstName',
				'lastName',
				'email',
				'phone',
				'countryCode',
				'language',
				'locale',
				'timezone',
				'profilePic',
			),
			fc.oneof(fc.constantFrom('MY', 'en', 'en_US', '8', 'Asia/Tokyo', 'a@b.c'), url),
		),
		inputMode: fc.constantFrom('fields', 'fields', 'fields', 'json'),
		eventJson: fc.oneof(
			fc.jsonValue(),
			fc.record({
				contactId: any,
				events: fc.array(
					fc.record(
						{
							type: fc.constantFrom('message', 'message_echo', 'message_status'),
							mId: any,
							timestamp: any,
							message: fc.oneof(
								fc.record({ type: fc.constant('text'), text: any }),
								fc.jsonValue(),
							),
							status: fc.oneof(fc.record({ value: fc.constant('sent') }), fc.jsonValue()),
						},
						{ requiredKeys: ['type'] },
					),
				),
			}),
		),
		options: fc.record({
			longText: fc.constantFrom('split', 'truncate', 'error'),
			locationKey: fc.constantFrom('both', 'longitude', 'longtitude'),
		}),
	},
	{ requiredKeys: ['messageType'] },
);

it.each<[string, PostingOperation]>([
	['a message', post],
	['an echo', postEcho],
	['a status', statusPost],
])(
	'respond.io takes what is sent as %s, or the node refused it and named the field',
	async (_what, operation) => {
		await fc.assert(
			fc.asyncProperty(
				parameters,
				fc.constantFrom('custom' as const, 'phone' as const),
				async (given, idType) => {
					expect(await faultsOf(operation, given, idType)).toEqual([]);
				},
			),
			{ numRuns: 3000 },
		);
	},
	60_000,
);
