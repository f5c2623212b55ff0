import { z } from 'zod';

import { codePointLength, LIMITS, withCommas } from './limits';
import { parseUrl } from './url';

/**
 * The shapes of the Custom Channel's wire, both directions, and the one place where they are written down:
 * the action node checks with them before it sends, the sandbox checks what arrives, the types are derived.
 * Written to the API that zod 3 (n8n's copy) and zod 4 share.
 */

function text(limit: number) {
	return z
		.string()
		.min(1, 'must not be empty')
		.refine((value) => codePointLength(value) <= limit, {
			message: `must be at most ${withCommas(limit)} characters`,
		});
}

function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
	return z.enum(values, { message: `must be one of ${values.join(', ')}` });
}

function optionalText(limit: number) {
	return text(limit).optional();
}

function degrees(limit: number) {
	const message = `must be a number from ${-limit} to ${limit}`;
	return z.number({ message }).min(-limit, message).max(limit, message);
}

function isHttpUrl(value: string): boolean {
	return /^https?:\/\/[^\s/?#]+/i.test(value) && parseUrl(value) !== undefined;
}

function httpUrl(limit: number) {
	return text(limit).refine(isHttpUrl, {
		message: 'must be a complete http(s) URL, e.g. https://example.com/photo.jpg',
	});
}

export const ID_TYPES = ['phone', 'custom'] as const;
export type IdType = (typeof ID_TYPES)[number];

/** E.164: a plus sign and up to 15 digits, the first not 0. */
export const PHONE_CONTACT_ID = /^\+[1-9]\d{1,14}$/;
/** The alphabet and length of a custom ID, from the document's "Step 4". */
export const CUSTOM_CONTACT_ID = /^[A-Za-z0-9_=+/@]{1,50}$/;

export const contactIdSchema = text(LIMITS.contactId);
export const messageIdSchema = text(LIMITS.messageId);

/** Epoch milliseconds. ISO strings get a 200 and are then not shown. */
export const timestampSchema = z
	.number({ message: 'must be a number of milliseconds since 1970' })
	.int('must be an integer number of milliseconds')
	.nonnegative('must not be negative');

export const ATTACHMENT_TYPES = ['image', 'video', 'audio', 'file'] as const;
export type AttachmentType = (typeof ATTACHMENT_TYPES)[number];

export const textMessageSchema = z.object({ type: z.literal('text'), text: text(LIMITS.text) });

export const attachmentSchema = z
	.object({
		type: oneOf(ATTACHMENT_TYPES),
		url: httpUrl(LIMITS.attachmentUrl),
		mimeType: z.string().optional(),
		fileName: optionalText(LIMITS.fileName).refine(
			(name) => name === undefined || /[^./\\]\.[^./\\\s]+$/.test(name),
			{ message: 'must have an extension, e.g. photo.jpg' },
		),
		description: optionalText(LIMITS.description),
	})
	.refine((attachment) => attachment.description === undefined || attachment.type === 'image', {
		message: 'is for images alone',
		path: ['description'],
	});

export const attachmentMessageSchema = z.object({
	type: z.literal('attachment'),
	attachment: attachmentSchema,
});

/** `longtitude` is the document's spelling, `longitude` what working programs read: one of them must be there. */
export const locationMessageSchema = z.object({
	type: z.literal('location'),
	latitude: degrees(LIMITS.latitude),
	longitude: degrees(LIMITS.longitude).optional(),
	longtitude: degrees(LIMITS.longitude).optional(),
	address: optionalText(LIMITS.address),
});

export const quickReplyMessageSchema = z.object({
	type: z.literal('quick_reply'),
	title: text(LIMITS.quickReplyTitle),
	replies: z
		.array(text(LIMITS.quickReply))
		.min(1, 'must have at least one reply')
		.max(LIMITS.quickReplies, `must have at most ${LIMITS.quickReplies} replies`),
});

export const messageSchema = z
	.discriminatedUnion('type', [
		textMessageSchema,
		attachmentMessageSchema,
		locationMessageSchema,
		quickReplyMessageSchema,
	])
	.refine(
		(message) =>
			message.type !== 'location' ||
			message.longitude !== undefined ||
			message.longtitude !== undefined,
		{ message: 'is required', path: ['longitude'] },
	);

export type Message = z.infer<typeof messageSchema>;
export type MessageType = Message['type'];
export type Attachment = z.infer<typeof attachmentSchema>;

export const STATUS_VALUES = ['sent', 'delivered', 'read', 'failed'] as const;
export type StatusValue = (typeof STATUS_VALUES)[number];

export const statusSchema = z
	.object({
		value: oneOf(STATUS_VALUES),
		message: z.string().min(1, 'must not be empty').optional(),
	})
	.refine((status) => status.value !== 'failed' || status.message !== undefined, {
		message: 'is required when the status is failed',
		path: ['message'],
	});

const eventFields = { mId: messageIdSchema, timestamp: timestampSchema };

export const messageEventSchema = z.object({
	type: z.literal('message'),
	...eventFields,
	message: messageSchema,
});
export const echoEventSchema = z.object({
	type: z.literal('message_echo'),
	...eventFields,
	message: messageSchema,
});
export const statusEventSchema = z.object({
	type: z.literal('message_status'),
	...eventFields,
	status: statusSchema,
});

export const eventSchema = z.discriminatedUnion('type', [
	messageEventSchema,
	echoEventSchema,
	statusEventSchema,
]);

export type MessageEvent = z.infer<typeof messageEventSchema>;
export type EchoEvent = z.infer<typeof echoEventSchema>;
export type StatusEvent = z.infer<typeof statusEventSchema>;
export type ChannelEvent = z.infer<typeof eventSchema>;

/** Read by respond.io when it creates the contact. Unknown values are left out: nulls have lost messages. */
export const contactSchema = z.object({
	firstName: optionalText(LIMITS.firstName),
	lastName: optionalText(LIMITS.lastName),
	profilePic: httpUrl(LIMITS.attachmentUrl).optional(),
	locale: z
		.string()
		.regex(/^[a-z]{2,3}([_-][A-Za-z0-9]{2,8})*$/, 'must be a locale, e.g. en_US')
		.optional(),
	countryCode: z
		.string()
		.regex(/^[A-Z]{2}$/, 'must be two letters of ISO 3166-1, e.g. MY')
		.optional(),
	timezone: z
		.number({ message: 'must be a number of hours from UTC' })
		.min(-LIMITS.timezone, `must be from ${-LIMITS.timezone} to ${LIMITS.timezone}`)
		.max(LIMITS.timezone, `must be from ${-LIMITS.timezone} to ${LIMITS.timezone}`)
		.optional(),
	email: optionalText(LIMITS.email),
	phone: optionalText(LIMITS.phone),
	language: z
		.string()
		.regex(/^[a-z]{2}$/, 'must be two letters of ISO 639-1, e.g. en')
		.optional(),
});

export type Contact = z.infer<typeof contactSchema>;

/** POST to the channel's webhook URL: events of one contact, oldest first. */
export const eventsRequestSchema = z.object({
	channelId: z.string().min(1, 'must not be empty'),
	contactId: contactIdSchema,
	events: z.array(eventSchema).min(1, 'must have at least one event'),
	contact: contactSchema.optional(),
});

export type EventsRequest = z.infer<typeof eventsRequestSchema>;
