import fc from 'fast-check';

import { checkRequest } from '../../../sandbox/checker';
import { CHANNEL, requestOf, statusEvent, textEvent, TIME } from './support';

const withMessage = (message: object) => requestOf([{ ...textEvent('a'), message }]);
const withEvent = (changes: object) => requestOf([{ ...textEvent('a'), ...changes }]);
const withContact = (contact: object) => requestOf([textEvent('a')], { contact });
const withStatus = (status: object) => requestOf([statusEvent('a', status)]);
const withAttachment = (changes: object) =>
	withMessage({
		type: 'attachment',
		attachment: { type: 'image', url: 'https://example.com/photo.jpg', ...changes },
	});
const location = { type: 'location', latitude: 3.1, longitude: 101.7 };
const quickReply = { type: 'quick_reply', title: 'Which size?', replies: ['S', 'L'] };
const without = (body: object, key: string) =>
	Object.fromEntries(Object.entries(body).filter(([name]) => name !== key));
const link = (length: number) => 'https://example.com/'.padEnd(length, 'a');
const list = (length: number) => Array.from({ length }, (_, index) => `Reply ${index}`);

/** Each rule with a request that keeps it, one that breaks it, and how the fault is told. */
const RULES: Array<{ rule: string; legal: unknown; illegal: unknown; fault: string }> = [
	{
		rule: 'the body is an object',
		legal: requestOf([textEvent('a')]),
		illegal: [requestOf([textEvent('a')])],
		fault: 'the body must be a JSON object',
	},
	{
		rule: 'channelId is there',
		legal: requestOf([textEvent('a')]),
		illegal: without(requestOf([textEvent('a')]), 'channelId'),
		fault: 'channelId is required',
	},
	{
		rule: 'channelId is the one of the channel',
		legal: requestOf([textEvent('a')]),
		illegal: requestOf([textEvent('a')], { channelId: 'another' }),
		fault: 'channelId does not match this channel',
	},
	{
		rule: 'contactId has the alphabet of custom IDs',
		legal: requestOf([textEvent('a')], { contactId: 'Mei_2=E+/@' }),
		illegal: requestOf([textEvent('a')], { contactId: 'mei.tan' }),
		fault: 'contactId may hold A-Z a-z 0-9 _ = + / @ alone, 50 at most',
	},
	{
		rule: 'contactId has at most 50 characters',
		legal: requestOf([textEvent('a')], { contactId: 'a'.repeat(50) }),
		illegal: requestOf([textEvent('a')], { contactId: 'a'.repeat(51) }),
		fault: 'contactId must be at most 50 characters (51 given)',
	},
	{
		rule: 'there is an event',
		legal: requestOf([textEvent('a'), textEvent('b')]),
		illegal: requestOf([]),
		fault: 'events must have at least one event (0 given)',
	},
	{
		rule: 'the event is of a known type',
		legal: withEvent({ type: 'message_echo' }),
		illegal: withEvent({ type: 'message_edit' }),
		fault: 'events.0.type is not known ("message_edit" given)',
	},
	{
		rule: 'mId is there',
		legal: withEvent({ mId: 'a' }),
		illegal: requestOf([without(textEvent('a'), 'mId')]),
		fault: 'events.0.mId is required',
	},
	{
		rule: 'mId has at most 50 characters',
		legal: withEvent({ mId: 'a'.repeat(50) }),
		illegal: withEvent({ mId: 'a'.repeat(51) }),
		fault: 'events.0.mId must be at most 50 characters (51 given)',
	},
	{
		rule: 'timestamp is a number',
		legal: withEvent({ timestamp: TIME }),
		illegal: withEvent({ timestamp: '2026-01-31T09:30:00Z' }),
		fault: 'events.0.timestamp must be a number of milliseconds since 1970',
	},
	{
		rule: 'timestamp is an integer',
		legal: withEvent({ timestamp: TIME }),
		illegal: withEvent({ timestamp: TIME + 0.5 }),
		fault: 'events.0.timestamp must be an integer number of milliseconds',
	},
	{
		rule: 'timestamp is not in seconds',
		legal: withEvent({ timestamp: 978_307_200_000 }),
		illegal: withEvent({ timestamp: TIME / 1000 }),
		fault: `events.0.timestamp must be in milliseconds (${TIME / 1000} is before 2001: is it in seconds?)`,
	},
	{
		rule: 'the message is of a known type',
		legal: withMessage({ type: 'text', text: 'Hello' }),
		illegal: withMessage({ type: 'sticker' }),
		fault: 'events.0.message.type is not known ("sticker" given)',
	},
	{
		rule: 'text is not empty',
		legal: withMessage({ type: 'text', text: ' ' }),
		illegal: withMessage({ type: 'text', text: '' }),
		fault: 'events.0.message.text must not be empty',
	},
	{
		rule: 'text has at most 7,000 characters, an emoji being one',
		legal: withMessage({ type: 'text', text: '😀'.repeat(7000) }),
		illegal: withMessage({ type: 'text', text: 'a'.repeat(7001) }),
		fault: 'events.0.message.text must be at most 7,000 characters (7,001 given)',
	},
	{
		rule: 'attachments are nested',
		legal: withAttachment({}),
		illegal: withMessage({ type: 'image', url: 'https://example.com/photo.jpg' }),
		fault:
			'events.0.message is flat: attachments are { "type": "attachment", "attachment": { "type": "image", … } }',
	},
	{
		rule: 'the attachment is of a known type',
		legal: withAttachment({ type: 'file' }),
		illegal: withAttachment({ type: 'gif' }),
		fault: 'events.0.message.attachment.type must be one of image, video, audio, file',
	},
	{
		rule: 'the attachment has a link, not its data',
		legal: withAttachment({ url: 'http://example.com/photo' }),
		illegal: withAttachment({ url: 'data:image/png;base64,AAAA' }),
		fault: 'events.0.message.attachment.url must be a complete http(s) URL',
	},
	{
		rule: 'the link has at most 2,000 characters',
		legal: withAttachment({ url: link(2000) }),
		illegal: withAttachment({ url: link(2001) }),
		fault: 'events.0.message.attachment.url must be at most 2,000 characters (2,001 given)',
	},
	{
		rule: 'fileName has an extension',
		legal: withAttachment({ fileName: 'photo.jpg' }),
		illegal: withAttachment({ fileName: 'photo' }),
		fault: 'events.0.message.attachment.fileName must have an extension',
	},
	{
		rule: 'fileName has at most 256 characters',
		legal: withAttachment({ fileName: `${'a'.repeat(252)}.jpg` }),
		illegal: withAttachment({ fileName: `${'a'.repeat(253)}.jpg` }),
		fault: 'events.0.message.attachment.fileName must be at most 256 characters (257 given)',
	},
	{
		rule: 'description is for images',
		legal: withAttachment({ description: 'Our cat' }),
		illegal: withAttachment({ type: 'video', description: 'Our cat' }),
		fault: 'events.0.message.attachment.description is for images alone',
	},
	{
		rule: 'description has at most 256 characters',
		legal: withAttachment({ description: 'a'.repeat(256) }),
		illegal: withAttachment({ description: 'a'.repeat(257) }),
		fault: 'events.0.message.attachment.description must be at most 256 characters (257 given)',
	},
	{
		rule: 'latitude is from -90 to 90',
		legal: withMessage({ ...location, latitude: -90 }),
		illegal: withMessage({ ...location, latitude: -90.1 }),
		fault: 'events.0.message.latitude must be a number from -90 to 90',
	},
	{
		rule: 'longitude is from -180 to 180',
		legal: withMessage({ ...location, longitude: 180 }),
		illegal: withMessage({ ...location, longitude: 180.1 }),
		fault: 'events.0.message.longitude must be a number from -180 to 180',
	},
	{
		rule: 'longitude is there, in either spelling',
		legal: withMessage({ type: 'location', latitude: 3.1, longtitude: 101.7 }),
		illegal: withMessage({ type: 'location', latitude: 3.1 }),
		fault: 'events.0.message.longitude is required',
	},
	{
		rule: 'address has at most 256 characters',
		legal: withMessage({ ...location, address: 'a'.repeat(256) }),
		illegal: withMessage({ ...location, address: 'a'.repeat(257) }),
		fault: 'events.0.message.address must be at most 256 characters (257 given)',
	},
	{
		rule: 'the title of a quick reply has at most 256 characters',
		legal: withMessage({ ...quickReply, title: 'a'.repeat(256) }),
		illegal: withMessage({ ...quickReply, title: 'a'.repeat(257) }),
		fault: 'events.0.message.title must be at most 256 characters (257 given)',
	},
	{
		rule: 'there is a reply',
		legal: withMessage({ ...quickReply, replies: ['S'] }),
		illegal: withMessage({ ...quickReply, replies: [] }),
		fault: 'events.0.message.replies must have at least one reply (0 given)',
	},
	{
		rule: 'there are at most 10 replies',
		legal: withMessage({ ...quickReply, replies: list(10) }),
		illegal: withMessage({ ...quickReply, replies: list(11) }),
		fault: 'events.0.message.replies must have at most 10 replies (11 given)',
	},
	{
		rule: 'a reply has at most 256 characters',
		legal: withMessage({ ...quickReply, replies: ['a'.repeat(256)] }),
		illegal: withMessage({ ...quickReply, replies: ['a'.repeat(257)] }),
		fault: 'events.0.message.replies.0 must be at most 256 characters (257 given)',
	},
	{
		rule: 'the status is a known one',
		legal: withStatus({ value: 'delivered' }),
		illegal: withStatus({ value: 'seen' }),
		fault: 'events.0.status.value must be one of sent, delivered, read, failed',
	},
	{
		rule: 'a failure says why',
		legal: withStatus({ value: 'failed', message: 'Blocked' }),
		illegal: withStatus({ value: 'failed' }),
		fault: 'events.0.status.message is required when the status is failed',
	},
	{
		rule: 'a status holds no message',
		legal: withStatus({ value: 'read' }),
		illegal: requestOf([
			{ ...statusEvent('a', { value: 'read' }), message: { type: 'text', text: 'x' } },
		]),
		fault: 'events.0.message is not known',
	},
	...['firstName', 'lastName', 'email'].map((field) => ({
		rule: `${field} has at most 50 characters`,
		legal: withContact({ [field]: 'a'.repeat(50) }),
		illegal: withContact({ [field]: 'a'.repeat(51) }),
		fault: `contact.${field} must be at most 50 characters (51 given)`,
	})),
	{
		rule: 'phone has at most 18 characters',
		legal: withContact({ phone: '+'.padEnd(18, '1') }),
		illegal: withContact({ phone: '+'.padEnd(19, '1') }),
		fault: 'contact.phone must be at most 18 characters (19 given)',
	},
	{
		rule: 'profilePic is a link',
		legal: withContact({ profilePic: 'https://example.com/mei.jpg' }),
		illegal: withContact({ profilePic: 'mei.jpg' }),
		fault: 'contact.profilePic must be a complete http(s) URL',
	},
	{
		rule: 'locale is one',
		legal: withContact({ locale: 'en_US' }),
		illegal: withContact({ locale: 'English' }),
		fault: 'contact.locale must be a locale',
	},
	{
		rule: 'countryCode is two capital letters',
		legal: withContact({ countryCode: 'MY' }),
		illegal: withContact({ countryCode: 'MYS' }),
		fault: 'contact.countryCode must be two letters of ISO 3166-1',
	},
	{
		rule: 'timezone is from -24 to 24',
		legal: withContact({ timezone: -24 }),
		illegal: withContact({ timezone: 24.5 }),
		fault: 'contact.timezone must be from -24 to 24',
	},
	{
		rule: 'language is two small letters',
		legal: withContact({ language: 'en' }),
		illegal: withContact({ language: 'eng' }),
		fault: 'contact.language must be two letters of ISO 639-1',
	},
	{
		rule: 'nulls are left out',
		legal: withContact({}),
		illegal: withContact({ lastName: null }),
		fault: 'contact.lastName must be a text (null given)',
	},
	{
		rule: 'unknown fields are left out, at the top',
		legal: requestOf([textEvent('a')]),
		illegal: requestOf([textEvent('a')], { source: 'n8n' }),
		fault: 'source is not known',
	},
	{
		rule: 'unknown fields are left out, of the contact',
		legal: withContact({ firstName: 'Mei' }),
		illegal: withContact({ nickName: 'Mei' }),
		fault: 'contact.nickName is not known',
	},
	{
		rule: 'unknown fields are left out, of messages',
		legal: withAttachment({ mimeType: 'image/jpeg' }),
		illegal: withAttachment({ size: 1024 }),
		fault: 'events.0.message.attachment.size is not known',
	},
];

describe('a request to the channel', () => {
	it.each(RULES)('is legal where $rule', ({ legal }) => {
		expect(checkRequest(legal, CHANNEL)).toEqual([]);
	});

	it.each(RULES)('is refused unless $rule', ({ illegal, fault }) => {
		const faults = checkRequest(illegal, CHANNEL);
		expect(faults).toHaveLength(1);
		expect(faults[0]).toContain(fault);
	});

	it.each([
		['+60177872890', []],
		['60177872890', ['contactId must be a phone number with + and country code']],
		['+0177872890', ['contactId must be a phone number with + and country code']],
		['+6017787289012345', ['contactId must be a phone number with + and country code']],
		['mei', ['contactId must be a phone number with + and country code']],
	])('of a phone channel with the contactId %s: %j', (contactId, faults) => {
		const body = requestOf([textEvent('a')], { contactId });
		expect(checkRequest(body, { ...CHANNEL, idType: 'phone' })).toEqual(faults);
	});

	it('is told every fault at once', () => {
		const body = requestOf([
			{ ...textEvent('a'), message: { type: 'text', text: '' } },
			{ ...textEvent('b'), timestamp: 'today' },
		]);
		expect(checkRequest(body, CHANNEL)).toEqual([
			'events.0.message.text must not be empty',
			'events.1.timestamp must be a number of milliseconds since 1970 ("today" given)',
		]);
	});

	it('is judged without failing, whatever it is', () => {
		const shape = fc.oneof(
			fc.jsonValue(),
			fc.record({ events: fc.jsonValue(), contact: fc.jsonValue() }),
			fc
				.record({ type: fc.constantFrom('message', 'message_status'), message: fc.jsonValue() })
				.map((event) => requestOf([event])),
		);
		fc.assert(
			fc.property(shape, (body) => {
				expect(checkRequest(body, CHANNEL)).not.toEqual([]);
			}),
		);
	});
});
