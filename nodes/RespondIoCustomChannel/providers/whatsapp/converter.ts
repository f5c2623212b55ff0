import type {
	PostData,
	ServerContacts,
	ServerError,
	ServerMessage,
	ServerSentMessageResponse,
	ServerStatusPayload,
} from 'whatsapp-api-js/types' with { 'resolution-mode': 'import' };

import { ChannelError } from '../../channel/error';
import { codePointLength } from '../../channel/limits';
import type { AttachmentType, Contact, StatusValue } from '../../channel/schema';
import { contactOf } from '../kit/contact';
import {
	combined,
	eachOf,
	ignored,
	messageEvents,
	statusEvents,
	withDownloads,
} from '../kit/incoming';
import { messageAsText, mimeTypeOfAttachment, readMessage } from '../kit/message';
import { attachmentParts, labelOf, locationParts, type Part, textParts } from '../kit/parts';
import {
	bodyOf,
	type Fields,
	fieldsOf,
	foreign,
	idOf,
	isObject,
	joined,
	listOf,
	lookUp,
	required,
	textOf,
	timeOf,
	withoutUndefined,
} from '../kit/payload';
import { referenceOfPart } from '../kit/reference';
import { jsonRequest } from '../kit/request';
import { readResponse } from '../kit/response';
import { baseUrl, setting } from '../kit/settings';
import { splitText } from '../kit/text';
import { metaRefusal } from '../meta/meta';
import type {
	Converter,
	Incoming,
	IncomingContext,
	OutgoingContext,
	OutgoingMessage,
	ProviderRequest,
} from '../provider';

/**
 * WhatsApp's Cloud API (https://developers.facebook.com/documentation/business-messaging/whatsapp). In: the whole
 * webhook, one of its changes, or the item of n8n's WhatsApp Trigger (a change's `value` with its `field`). The contact
 * is the phone number in digits; the business-scoped user id (`US.1349…`) of who hides the number; or the group,
 * whose id is read out of its base64.
 * Message ids are WhatsApp's own (`wamid.…`). Files come by their ids: their links need the token.
 *
 * Out: settings `phoneNumberId` (required), `baseUrl` (default https://graph.facebook.com/v25.0). Where a message takes
 * several requests, `biz_opaque_callback_data` carries the reference of each into its statuses.
 */
export const converter: Converter = {
	incoming,
	outgoing,
	readResponse: (response) =>
		readResponse(response, { displayName: NAME, taken, refused: metaRefusal }),
};

const NAME = 'WhatsApp';

const LIMIT = {
	text: 4096,
	caption: 1024,
	interactiveBody: 1024,
	buttons: 3,
	buttonTitle: 20,
	rows: 10,
	rowTitle: 24,
	rowDescription: 72,
} as const;

type WhatsAppMessage = Fields<ServerMessage> & {
	/** Of a group, an echo, an edit or a deletion; not in the type package. */
	readonly group_id?: unknown;
	readonly to?: unknown;
	readonly to_user_id?: unknown;
	readonly edit?: unknown;
	readonly revoke?: unknown;
};

interface Entry {
	changes: unknown;
}

interface Change {
	field: string;
	value: unknown;
}

interface Value {
	messaging_product: string;
	metadata: unknown;
	contacts: unknown;
	messages: unknown;
	message_echoes: unknown;
	statuses: unknown;
	errors: unknown;
	field: string;
}

function incoming(payload: unknown, context: IncomingContext): Incoming {
	return withDownloads(readBody(bodyOf(payload), context.now), context.binary);
}

function readBody(body: unknown, now: number): Incoming {
	const whole = fieldsOf<PostData>(body);
	if (whole.object === 'whatsapp_business_account') {
		const readEntry = (entry: unknown, place: string) =>
			combined(
				eachOf(fieldsOf<Entry>(entry).changes, `${place}.changes`, (change, where) =>
					readChange(change, `${where}.value.`, now),
				),
				'empty entry',
			);
		return combined(eachOf(whole.entry, 'entry', readEntry), 'empty webhook');
	}
	const change = fieldsOf<Change>(body);
	if (isObject(change.value) && change.field !== undefined) return readChange(body, 'value.', now);
	const value = fieldsOf<Value>(body);
	if (value.messaging_product === 'whatsapp' || textOf(value.field) !== undefined) {
		return readValue(value, '', now);
	}
	throw foreign(NAME, body);
}

function readChange(change: unknown, path: string, now: number): Incoming {
	const { field, value } = fieldsOf<Change>(change);
	return readValue({ ...fieldsOf<Value>(value), field }, path, now);
}

/** @param path What comes before the names of the value's fields, in the places of its events. */
function readValue(value: Fields<Value>, path: string, now: number): Incoming {
	const field = textOf(value.field) ?? 'messages';
	// Months of old messages, which the phone's owner has chosen to share: they are no news.
	if (field === 'history' || field === 'calls') return ignored(field);
	const people = listOf(value.contacts).map((person) => fieldsOf<ServerContacts>(person));
	const message = (each: unknown) => readIncoming('message', each, people, now);
	const echo = (each: unknown) => readIncoming('message_echo', each, people, now);
	const status = (each: unknown) => readStatus(each, people, now);
	return combined(
		[
			...eachOf(value.messages, `${path}messages`, message),
			...eachOf(value.message_echoes, `${path}message_echoes`, echo),
			...eachOf(value.statuses, `${path}statuses`, status),
			...listOf(value.errors).map(() => ignored('errors')),
		],
		field,
	);
}

type Person = Fields<ServerContacts>;

function readIncoming(
	kind: 'message' | 'message_echo',
	given: unknown,
	people: readonly Person[],
	now: number,
): Incoming {
	const message = fieldsOf<WhatsAppMessage>(given);
	const type = textOf(message.type) ?? 'unknown';
	if (SERVICE_TYPES.has(type)) return ignored(type);

	const isEcho = kind === 'message_echo';
	const customer = isEcho
		? (idOf(message.to) ?? idOf(message.to_user_id))
		: (idOf(message.from) ?? idOf(message.from_user_id));
	const group = groupOf(idOf(message.group_id));
	const person = personOf(people, customer);
	const sender = group !== undefined && !isEcho ? (nameOf(person) ?? customer) : undefined;
	return messageEvents(
		kind,
		{
			contactId: required(group ?? customer, NAME, isEcho ? 'to' : 'from'),
			messageId: required(idOf(message.id), NAME, 'message id'),
			timestamp: timeOf(message.timestamp, now),
			contact: group === undefined ? contactFrom(person, now) : undefined,
		},
		[
			...partsOf(type, message, sender),
			...productParts(message.context),
			...referralParts(message.referral),
		],
	);
}

function personOf(people: readonly Person[], id: string | undefined): Person {
	const match = people.find((person) => [person.wa_id, person.user_id].map(idOf).includes(id));
	// A lone contact is the sender's, also where its number is written otherwise (Brazil, Mexico, Argentina).
	return match ?? (people.length === 1 ? people[0] : {});
}

function nameOf(person: Person): string | undefined {
	const { name, username } = fieldsOf<{ name: string; username: string }>(person.profile);
	return textOf(name) ?? textOf(username);
}

function contactFrom(person: Person, now: number): Contact | undefined {
	const phone = idOf(person.wa_id);
	return contactOf(
		{
			firstName: nameOf(person),
			phone: phone !== undefined && /^\d+$/.test(phone) ? `+${phone}` : undefined,
			countryCode: person.country_code,
		},
		now,
	);
}

/** What happened to the chat or the account, and is no message. */
const SERVICE_TYPES: ReadonlySet<string> = new Set(['system', 'request_welcome']);

interface Media {
	id: string;
	mime_type: string;
	filename: string;
	caption: string;
}

type Reader = (content: unknown, sender: string | undefined, message: WhatsAppMessage) => Part[];

const READERS: Readonly<Record<string, Reader>> = {
	text: (content, sender) => said(sender, fieldsOf<{ body: string }>(content).body),
	image: media('image'),
	sticker: media('image'),
	video: media('video'),
	audio: media('audio'),
	voice: media('audio'),
	document: media('file'),
	location: readLocation,
	contacts: (content, sender) => said(sender, joined(listOf(content).map(cardOf), '\n\n')),
	interactive: (content, sender) => said(sender, interactiveText(content)),
	button: (content, sender) => {
		const { text, payload } = fieldsOf<{ text: string; payload: string }>(content);
		return said(sender, textOf(text) ?? textOf(payload));
	},
	reaction: (content, sender) => {
		const emoji = textOf(fieldsOf<{ emoji: string }>(content).emoji);
		return said(sender, emoji === undefined ? 'Removed the reaction' : `Reacted with ${emoji}`);
	},
	order: (content, sender) => said(sender, orderText(content)),
	edit: readEdit,
	revoke: (_, sender) => said(sender, 'Deleted a message'),
	unsupported: readUnsupported,
	unknown: readUnsupported,
};

function partsOf(type: string, message: WhatsAppMessage, sender: string | undefined): Part[] {
	const content = (message as Record<string, unknown>)[type];
	const parts = lookUp(READERS, type)?.(content, sender, message) ?? [];
	return parts.length > 0 ? parts : readUnsupported(content, sender, message);
}

function said(sender: string | undefined, text: unknown): Part[] {
	return textOf(text) === undefined ? [] : textParts(joined([sender, text], ': '));
}

function media(type: AttachmentType): Reader {
	return (content, sender) => {
		const { id, mime_type, filename, caption } = fieldsOf<Media>(content);
		const fileId = idOf(id);
		const text = joined([sender, caption], ': ');
		if (fileId === undefined) return said(undefined, joined([`[${type}]`, filename, text]));
		return attachmentParts(
			{ type, source: { fileId }, mimeType: mime_type, fileName: filename },
			text,
		);
	};
}

function readLocation(content: unknown, sender: string | undefined): Part[] {
	const place =
		fieldsOf<Record<'latitude' | 'longitude' | 'name' | 'address' | 'url', string>>(content);
	return [
		...locationParts(place.latitude, place.longitude, joined([place.name, place.address], ', ')),
		...textParts(joined([sender, place.url], ': '), 'link'),
	];
}

interface Card {
	name: unknown;
	org: unknown;
	birthday: string;
	phones: unknown;
	emails: unknown;
	addresses: unknown;
	urls: unknown;
}

function cardOf(value: unknown): string | undefined {
	const card = fieldsOf<Card>(value);
	const name = fieldsOf<{ formatted_name: string }>(card.name).formatted_name;
	const { company, department, title } = fieldsOf<
		Record<'company' | 'department' | 'title', string>
	>(card.org);
	const each = (list: unknown, ...names: string[]) =>
		listOf(list).map((item) => {
			const fields = fieldsOf<Record<string, unknown>>(item);
			return joined(
				names.map((field) => fields[field]),
				', ',
			);
		});
	const lines = joined([
		name,
		...listOf(card.phones).map((item) => {
			const { phone, wa_id } = fieldsOf<{ phone: string; wa_id: string }>(item);
			return textOf(phone) ?? textOf(wa_id);
		}),
		...each(card.emails, 'email'),
		joined([title, department, company], ', '),
		...each(card.addresses, 'street', 'city', 'state', 'zip', 'country'),
		...each(card.urls, 'url'),
		card.birthday,
	]);
	return lines && `Contact: ${lines}`;
}

interface Interactive {
	type: string;
	button_reply: unknown;
	list_reply: unknown;
	nfm_reply: unknown;
	call_permission_reply: unknown;
}

function interactiveText(content: unknown): string | undefined {
	const reply = fieldsOf<Interactive>(content);
	const tapped = fieldsOf<{ id: string; title: string }>(reply.button_reply ?? reply.list_reply);
	const form = fieldsOf<{ body: string; response_json: string }>(reply.nfm_reply);
	const permission = fieldsOf<{ response: string }>(reply.call_permission_reply);
	return (
		tappedText(textOf(tapped.title), textOf(tapped.id)) ??
		joined([form.body, form.response_json]) ??
		(textOf(permission.response) && `Call permission: ${permission.response}`)
	);
}

/** A reply that was too long for a list's row is shortened there, and whole in the row's id. */
function tappedText(title: string | undefined, id: string | undefined): string | undefined {
	const isShortened = title?.endsWith('…') && id?.startsWith(title.slice(0, -1));
	return isShortened ? id : (title ?? id);
}

function orderText(content: unknown): string | undefined {
	const order = fieldsOf<{ text: string; product_items: unknown }>(content);
	const items = listOf(order.product_items).map((item) => {
		const { product_retailer_id, quantity, item_price, currency } =
			fieldsOf<Record<'product_retailer_id' | 'quantity' | 'item_price' | 'currency', string>>(
				item,
			);
		const price = joined([item_price, currency], ' ');
		return joined([joined([quantity, product_retailer_id], ' × '), price && `(${price})`], ' ');
	});
	const lines = joined([order.text, ...items]);
	return lines && `Order: ${lines}`;
}

/** The new version of a message, in full, within the notice of the edit. */
function readEdit(content: unknown, sender: string | undefined): Part[] {
	const edited = fieldsOf<WhatsAppMessage>(fieldsOf<{ message: unknown }>(content).message);
	const type = textOf(edited.type) ?? 'unknown';
	// Edits are of texts and captions; one within an edit would be no end.
	return type === 'edit' ? [] : partsOf(type, edited, labelOf(sender, true));
}

function readUnsupported(_: unknown, sender: string | undefined, message: WhatsAppMessage): Part[] {
	const [error] = listOf(message.errors).map((each) => fieldsOf<ServerError>(each));
	const details = fieldsOf<{ details: string }>(error?.error_data).details;
	const kind = fieldsOf<{ type: string }>((message as Record<string, unknown>).unsupported).type;
	const type = textOf(kind) ?? textOf(message.type) ?? 'unknown';
	return said(sender, joined([`[A message that WhatsApp does not pass on: ${type}]`, details]));
}

/** The product that the customer was looking at when writing. */
function productParts(context: unknown): Part[] {
	const { referred_product } = fieldsOf<{ referred_product: unknown }>(context);
	const { product_retailer_id: id } = fieldsOf<{ product_retailer_id: string }>(referred_product);
	return textParts(textOf(id) && `About the product: ${id}`, 'product');
}

/** The advertisement that the customer came from, with the first message after it. */
function referralParts(value: unknown): Part[] {
	const { headline, body, source_url } =
		fieldsOf<Record<'headline' | 'body' | 'source_url', string>>(value);
	const text = joined([headline, body, source_url]);
	return textParts(text && `Came from: ${text}`, 'referral');
}

const STATUSES: Readonly<Record<string, StatusValue>> = {
	sent: 'sent',
	delivered: 'delivered',
	read: 'read',
	played: 'read',
	failed: 'failed',
};

function readStatus(given: unknown, people: readonly Person[], now: number): Incoming {
	const status = fieldsOf<ServerStatusPayload>(given);
	const word = required(textOf(status.status), NAME, 'status');
	const value = lookUp(STATUSES, word);
	if (value === undefined) return ignored(`status ${word}`);
	const [person = {}] = people;
	const customer =
		groupOf(idOf(status.recipient_id)) ??
		idOf(status.recipient_user_id) ??
		idOf(person.wa_id) ??
		idOf(person.user_id);
	return statusEvents(
		{
			contactId: required(customer, NAME, 'recipient_id'),
			messageId: required(idOf(status.id), NAME, 'status id'),
			timestamp: timeOf(status.timestamp, now),
		},
		value,
		reasonOf(status.errors),
		status.biz_opaque_callback_data,
	);
}

/**
 * Codes whose own titles tell an agent too little, in words
 * (https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes).
 */
const REASONS: Readonly<Record<string, string>> = {
	130429: 'Too many messages were sent in a short time. Send it again later.',
	130472: 'WhatsApp did not deliver it: the customer is part of an experiment of Meta.',
	131026:
		'The message could not be delivered: the customer may have no WhatsApp on this number, an old version, or not have accepted its terms.',
	131031: "The business's WhatsApp account is locked.",
	131042: "There is a problem with the WhatsApp account's payment method.",
	131047:
		'More than 24 hours have passed since the customer last wrote: only a template message can be sent.',
	131048: 'Too many messages from this number were reported as spam.',
	131049: 'WhatsApp did not deliver it, to keep the customer from too many marketing messages.',
	131050: 'The customer has opted out of marketing messages.',
	131051: 'WhatsApp does not support this type of message.',
	131053: 'The file could not be sent: its type, size or link does not suit WhatsApp.',
	131056: 'Too many messages were sent to this customer in a short time. Send it again later.',
	133010: "The business's phone number is not registered with the Cloud API.",
};

function reasonOf(errors: unknown): string {
	const [error = {}] = listOf(errors).map((each) => fieldsOf<ServerError>(each));
	const { details } = fieldsOf<{ details: string }>(error.error_data);
	const code = idOf(error.code);
	const words =
		lookUp(REASONS, code ?? '') ?? joined([error.title ?? error.message, details], ': ');
	const reason = words ?? 'WhatsApp gave no reason for the failure.';
	return code === undefined ? reason : `${reason} (WhatsApp error ${code})`;
}

function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const base = baseUrl(context, NAME, 'https://graph.facebook.com/v25.0');
	const number = setting(context, 'phoneNumberId', NAME);
	const recipient = recipientOf(contactId.trim());
	const isGroup = recipient.recipient_type === 'group';
	return contents(readMessage(message, NAME), isGroup).map(([type, content], index, { length }) => {
		const reference = referenceOfPart(context, index + 1, length);
		return jsonRequest(`${base}/${encodeURIComponent(number)}/messages`, {
			messaging_product: 'whatsapp',
			...recipient,
			...(reference !== undefined && { biz_opaque_callback_data: reference }),
			type,
			[type]: content,
		});
	});
}

const GROUP = /^capi_group:\d+:\d+$/;

/** Meta writes a group's id in base64, with `ZD` in place of `=`, which is longer than a contact id may be. */
function groupOf(id: string | undefined): string | undefined {
	if (id === undefined) return undefined;
	const plain = Buffer.from(id.replace(/(ZD)+$/, ''), 'base64').toString('latin1');
	return GROUP.test(plain) && groupId(plain) === id ? plain : id;
}

function groupId(plain: string): string {
	return Buffer.from(plain, 'latin1').toString('base64').replaceAll('=', 'ZD');
}

/** A number, a business-scoped user id (country code, dot, up to 128 letters and digits), or a group. */
function recipientOf(contactId: string): Record<string, string> {
	const digits = contactId.replace(/^\+/, '');
	if (/^\d{5,15}$/.test(digits)) return { recipient_type: 'individual', to: digits };
	if (/^[A-Z]{2}(\.ENT)?\.[A-Za-z0-9]{1,128}$/.test(contactId)) {
		return { recipient_type: 'individual', recipient: contactId };
	}
	if (GROUP.test(contactId)) return { recipient_type: 'group', to: groupId(contactId) };
	if (/^[A-Za-z0-9_=+/:.-]{16,}$/.test(contactId)) {
		return { recipient_type: 'group', to: contactId };
	}
	throw new ChannelError(
		'The contact id is none of WhatsApp: it must be a phone number with its country code, a user id like US.1349…, or a group id',
		"Use the providerContactId of the trigger's item.",
	);
}

type Content = [type: string, content: Record<string, unknown>];

/** Groups take texts and files alone (…/whatsapp/groups). */
function contents(message: OutgoingMessage, isGroup: boolean): Content[] {
	if (isGroup && message.type !== 'attachment') return texts(messageAsText(message));
	switch (message.type) {
		case 'text':
			return texts(message.text);
		case 'attachment':
			return attachmentContents(message);
		case 'location': {
			const { latitude, longitude, address } = message;
			// An address is shown only with a name.
			const name = textOf(address?.split(',', 1)[0])?.trim();
			return [
				[
					'location',
					withoutUndefined({
						latitude: String(latitude),
						longitude: String(longitude),
						name,
						address,
					}),
				],
			];
		}
		case 'quick_reply': {
			const interactive = buttonsOrList(message);
			return interactive ? [['interactive', interactive]] : texts(messageAsText(message));
		}
	}
}

function texts(text: string): Content[] {
	return splitText(text, LIMIT.text).map((body) => ['text', { body }]);
}

function fits(text: string, limit: number): boolean {
	return codePointLength(text) <= limit;
}

/** Rows hold the whole reply as their id: the tap gives it back. */
function buttonsOrList({
	title,
	replies,
}: OutgoingMessage & { type: 'quick_reply' }): Record<string, unknown> | undefined {
	const titles = replies.map((reply) => reply.trim());
	const areAll = (most: number, longest: number) =>
		titles.length <= most && titles.every((reply) => fits(reply, longest));
	const isPossible =
		areAll(LIMIT.rows, LIMIT.rowDescription) &&
		new Set(titles).size === titles.length &&
		fits(title, LIMIT.interactiveBody);
	if (!isPossible) return undefined;
	const body = { text: title };
	if (areAll(LIMIT.buttons, LIMIT.buttonTitle)) {
		const buttons = titles.map((reply) => ({ type: 'reply', reply: { id: reply, title: reply } }));
		return { type: 'button', body, action: { buttons } };
	}
	const rows = titles.map((reply) =>
		fits(reply, LIMIT.rowTitle)
			? { id: reply, title: reply }
			: {
					id: reply,
					title: `${Array.from(reply)
						.slice(0, LIMIT.rowTitle - 1)
						.join('')}…`,
					description: reply,
				},
	);
	return { type: 'list', body, action: { button: 'Choose', sections: [{ rows }] } };
}

/**
 * What WhatsApp shows as such
 * (https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media);
 * other types go as documents.
 */
const SHOWN: Readonly<Record<AttachmentType, readonly string[]>> = {
	image: ['image/jpeg', 'image/png'],
	video: ['video/mp4', 'video/3gpp'],
	audio: [
		'audio/aac',
		'audio/amr',
		'audio/mpeg',
		'audio/mp4',
		'audio/x-m4a',
		'audio/ogg',
		'audio/opus',
	],
	file: [],
};

function attachmentContents(message: OutgoingMessage & { type: 'attachment' }): Content[] {
	const { attachment } = message;
	const { url: link, fileName: filename } = attachment;
	const mimeType = mimeTypeOfAttachment(attachment);
	const isShown =
		attachment.type !== 'file' &&
		(mimeType === undefined || SHOWN[attachment.type].includes(mimeType));
	const type = isShown ? attachment.type : 'document';
	const description = textOf(attachment.description);
	const isCaption =
		description !== undefined && type !== 'audio' && fits(description, LIMIT.caption);
	return [
		[
			type,
			withoutUndefined({
				link,
				caption: isCaption ? description : undefined,
				filename: type === 'document' ? filename : undefined,
			}),
		],
		...(description === undefined || isCaption ? [] : texts(description)),
	];
}

function taken(body: unknown) {
	const { messages } = fieldsOf<ServerSentMessageResponse>(body);
	const messageId = idOf(fieldsOf<{ id: string }>(listOf(messages)[0]).id);
	return messageId === undefined ? undefined : { messageId };
}
