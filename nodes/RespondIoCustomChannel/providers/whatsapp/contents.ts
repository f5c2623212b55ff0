import type { ServerMessage } from 'whatsapp-api-js/types' with { 'resolution-mode': 'import' };

import type { AttachmentType } from '../../channel/schema';
import {
	attachmentParts,
	contactCard,
	labelOf,
	locationParts,
	type Part,
	referralParts,
	saidParts,
	textParts,
} from '../kit/parts';
import {
	type Fields,
	fieldsOf,
	idOf,
	isObject,
	joined,
	listOf,
	lookUp,
	parsed,
	textOf,
	wordsIn,
} from '../kit/payload';
import { detailsOf } from './reasons';

export type WhatsAppMessage = Fields<ServerMessage> & {
	/** Of a group, an echo, an edit, a deletion or what is not passed on; not in the type package. */
	readonly group_id?: unknown;
	readonly to?: unknown;
	readonly to_user_id?: unknown;
	readonly edit?: unknown;
	readonly revoke?: unknown;
	readonly unsupported?: unknown;
};

interface Media {
	id: string;
	mime_type: string;
	filename: string;
	caption: string;
}

type Reader = (content: unknown, sender: string | undefined, message: WhatsAppMessage) => Part[];

const READERS: Readonly<Record<string, Reader>> = {
	text: (content, sender) => saidParts(sender, fieldsOf<{ body: string }>(content).body),
	image: media('image'),
	sticker: media('image'),
	video: media('video'),
	audio: media('audio'),
	voice: media('audio'),
	document: media('file'),
	location: readLocation,
	contacts: (content, sender) => saidParts(sender, cardsText(content)),
	interactive: (content, sender) => saidParts(sender, interactiveText(content)),
	button: (content, sender) => {
		const { text, payload } = fieldsOf<{ text: string; payload: string }>(content);
		return saidParts(sender, textOf(text) ?? textOf(payload));
	},
	reaction: (content, sender) => {
		const emoji = textOf(fieldsOf<{ emoji: string }>(content).emoji);
		return saidParts(
			sender,
			emoji === undefined ? 'Removed the reaction' : `Reacted with ${emoji}`,
		);
	},
	order: (content, sender) => saidParts(sender, orderText(content)),
	edit: readEdit,
	revoke: (_, sender) => saidParts(sender, 'Deleted a message'),
	unsupported: readUnsupported,
	unknown: readUnsupported,
};

/** A message's contents; what is not known is told to have come. */
export function partsOf(
	type: string,
	message: WhatsAppMessage,
	sender: string | undefined,
): Part[] {
	const content = (message as Record<string, unknown>)[type];
	const parts = lookUp(READERS, type)?.(content, sender, message) ?? [];
	return parts.length > 0 ? parts : readUnsupported(content, sender, message);
}

function media(type: AttachmentType): Reader {
	return (content, sender) => {
		const { id, mime_type, filename, caption } = fieldsOf<Media>(content);
		const fileId = idOf(id);
		const text = joined([sender, caption], ': ');
		if (fileId === undefined) return saidParts(undefined, joined([`[${type}]`, filename, text]));
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
	return contactCard([
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
}

/** People whose cards the customer has shared. */
export function cardsText(cards: unknown): string | undefined {
	return joined(listOf(cards).map(cardOf), '\n\n');
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
	const form = fieldsOf<{ body: string; response_json: string }>(reply.nfm_reply);
	const permission = fieldsOf<{ response: string }>(reply.call_permission_reply);
	return (
		tappedText(reply.button_reply ?? reply.list_reply) ??
		joined([form.body, formText(form.response_json)]) ??
		(textOf(permission.response) && `Call permission: ${permission.response}`)
	);
}

/** What a tapped button or row says; a reply too long for a row is shortened there, and whole in the row's id. */
export function tappedText(tapped: unknown): string | undefined {
	const given = fieldsOf<Record<'id' | 'title' | 'description', string>>(tapped);
	const [id, title] = [textOf(given.id), textOf(given.title)];
	const isShortened = title?.endsWith('…') && id?.startsWith(title.slice(0, -1));
	return isShortened ? id : (joined([title, given.description]) ?? id);
}

/** A field's name as Meta's Flow Builder makes it of its label: `screen_0_Your_name_1`; its options are `0_Yes`, `1_No`. */
const BUILDER_FIELD = /^screen_\d+_(.+)_\d+$/;

/** What was filled into a form (a flow), a line for each field; as an object, or as JSON. */
export function formText(form: unknown): string | undefined {
	const answers = parsed(form);
	if (!isObject(answers)) return joined(wordsIn(answers));
	const { flow_token, ...fields } = answers;
	const lines = Object.entries(fields).map(([name, value]) => {
		const label = BUILDER_FIELD.exec(name)?.[1].replaceAll('_', ' ');
		const words = wordsIn(value).map((word) => (label ? word.replace(/^\d+_/, '') : word));
		const answer = joined(words, ', ');
		return answer && `${label ?? name}: ${answer}`;
	});
	return joined(lines);
}

/** What the customer has put into the basket. */
export function orderText(content: unknown): string | undefined {
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
	const { type: kind } = fieldsOf<{ type: string }>(message.unsupported);
	const type = textOf(kind) ?? textOf(message.type) ?? 'unknown';
	const details = detailsOf(listOf(message.errors)[0]);
	return saidParts(
		sender,
		joined([`[A message that WhatsApp does not pass on: ${type}]`, details]),
	);
}

/** The product that the customer was looking at when writing. */
export function productParts(product: unknown): Part[] {
	const { product_retailer_id: id } = fieldsOf<{ product_retailer_id: string }>(product);
	return textParts(textOf(id) && `About the product: ${id}`, 'product');
}

/** The advertisement that the customer came from. */
export function sourceParts(referral: unknown): Part[] {
	const { headline, body, source_url } =
		fieldsOf<Record<'headline' | 'body' | 'source_url', string>>(referral);
	return referralParts([headline, body, source_url]);
}
