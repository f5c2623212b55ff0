import type { AttachmentType } from '../../channel/schema';
import { contactCard, type Part, reactionText, saidParts, textParts } from '../kit/parts';
import { fieldsOf, isObject, joined, listOf, lookUp, textOf } from '../kit/payload';
import { vcardName, vcardValues } from '../kit/vcard';
import {
	adParts,
	fileParts,
	labelled,
	placeParts,
	pollText,
	type Reading,
	unknownText,
	voteText,
} from '../whatsappGateways/contents';

type Content = Readonly<Record<string, unknown>>;

type Reader = (content: Content, reading: Reading) => Part[];

/** What a message holds, by the name of the field that it is in. Amounts are left out: their units are not documented. */
const READERS: Readonly<Record<string, Reader>> = {
	text: readText,
	image: file('image', 'imageUrl'),
	sticker: file('image', 'stickerUrl'),
	video: file('video', 'videoUrl'),
	audio: file('audio', 'audioUrl'),
	document: file('file', 'documentUrl'),
	location: ({ latitude, longitude, name, address, url }, reading) =>
		placeParts(reading, { latitude, longitude, lines: [name, address], url }),
	contact: ({ displayName, vCard, phones }, { sender }) =>
		saidParts(
			sender,
			contactCard([
				textOf(displayName) ?? vcardName(vCard),
				...(textOf(vCard) === undefined ? listOf(phones) : vcardValues(vCard)),
			]),
		),
	reaction: ({ value }, { sender }) => {
		const emoji = textOf(value);
		return saidParts(sender, reactionText(emoji, emoji === undefined));
	},
	buttonsResponseMessage: ({ message, buttonId }, { sender }) =>
		saidParts(sender, textOf(message) ?? textOf(buttonId)),
	listResponseMessage: ({ title, message, selectedRowId }, { sender }) =>
		saidParts(sender, joined([title, message]) ?? textOf(selectedRowId)),
	poll: ({ question, options }, { sender }) =>
		saidParts(sender, pollText(question, namesIn(options))),
	pollVote: ({ options }, { sender }) => saidParts(sender, voteText(namesIn(options))),
	hydratedTemplate: readTemplate,
	buttonsMessage: ({ imageUrl, videoUrl, message, buttons }, { sender }) =>
		saidParts(sender, joined([message, ...listOf(buttons).map(textOfButton), imageUrl, videoUrl])),
	carouselMessage: ({ text, cards }, { sender }) => {
		const texts = listOf(cards).map((card) => {
			const { title, message, footer } =
				fieldsOf<Record<'title' | 'message' | 'footer', string>>(card);
			return joined([title, message, footer]);
		});
		return saidParts(sender, joined([text, ...texts]));
	},
	product: ({ title, description, retailerId, url }, { sender }) =>
		saidParts(sender, labelled('Product', [title, description, retailerId, url])),
	order: ({ orderTitle, message, products, orderId }, { sender }) =>
		saidParts(
			sender,
			labelled('Order', [orderTitle, message, ...listOf(products).map(itemText), orderId]),
		),
	reviewAndPay: readBill,
	reviewOrder: readBill,
	pixKeyMessage: ({ merchantName, keyType, key }, { sender }) =>
		saidParts(sender, labelled('Pix', [merchantName, joined([keyType, key], ' ')])),
	event: ({ name, description, joinLink, canceled, location }, { sender }) => {
		const place = fieldsOf<{ name: string; address: string }>(location);
		const label = canceled === true ? 'Event (cancelled)' : 'Event';
		const where = joined([place.name, place.address], ', ');
		return saidParts(sender, labelled(label, [name, description, where, joinLink]));
	},
	eventResponse: ({ response }, { sender }) =>
		saidParts(sender, labelled('Answer to the event', [response])),
	newsletterAdminInvite: ({ newsletterName, text }, { sender }) =>
		saidParts(sender, labelled('Invitation to a channel', [newsletterName, text])),
};

/** Fields with objects that are no message of their own. */
const BESIDE: ReadonlySet<string> = new Set(['externalAdReply', 'statusImage', 'pinMessage']);

/** All that a message shows, the status that it answers, and the advertisement that the customer came from. */
export function callbackParts(message: Content, sender: string | undefined): Part[] {
	const kinds = Object.keys(message).filter((name) => isObject(message[name]) && !BESIDE.has(name));
	const kind = kinds.find((name) => lookUp(READERS, name) !== undefined) ?? kinds[0];
	if (kind === undefined) return [];
	const parts = lookUp(READERS, kind)?.(message[kind] as Content, { sender }) ?? [];
	const { imageUrl } = fieldsOf<{ imageUrl: string }>(message.statusImage);
	const status = textOf(imageUrl)?.trim();
	return [
		...(parts.length > 0 ? parts : saidParts(sender, unknownText(kind))),
		...textParts(status && `In reply to your status: ${status}`, 'status'),
		...adParts(message.externalAdReply),
	];
}

/** The link of a preview is told where the text does not hold it. */
function readText({ message, url }: Content, { sender }: Reading): Part[] {
	const text = textOf(message);
	const link = textOf(url)?.trim();
	const isTold = link === undefined || text?.includes(link) === true;
	return saidParts(sender, joined([text, isTold ? undefined : link]));
}

/** @param link The field with the link, which opens for everybody for 30 days. */
function file(type: AttachmentType, link: string): Reader {
	return (content, { sender }) => {
		const url = textOf(content[link])?.trim();
		const { mimeType, fileName, title, caption, downloadError } = content;
		return fileParts(
			type,
			{ sender, source: url === undefined ? undefined : { url } },
			{
				mimeType,
				fileName: textOf(fileName) ?? title,
				caption: joined([caption, url === undefined ? downloadError : undefined]),
			},
		);
	};
}

function namesIn(options: unknown): unknown[] {
	return listOf(options).map((option) => fieldsOf<{ name: string }>(option).name);
}

function readTemplate({ header, title, message, footer }: Content, reading: Reading): Part[] {
	const top = fieldsOf<Record<string, unknown>>(header);
	const kind = ['image', 'video', 'document', 'location'].find((name) => isObject(top[name]));
	const text = joined([title, message, footer]);
	if (kind === undefined) return saidParts(reading.sender, text);
	const content = top[kind] as Content;
	const captioned = { ...content, caption: joined([content.caption, text]) };
	const parts = READERS[kind](captioned, reading);
	return kind === 'location' ? [...parts, ...textParts(text, 'caption')] : parts;
}

function textOfButton(button: unknown): string | undefined {
	const { buttonText } = fieldsOf<{ buttonText: unknown }>(button);
	return textOf(fieldsOf<{ displayText: string }>(buttonText).displayText);
}

function itemText(product: unknown): string | undefined {
	const { quantity, name, retailerId } =
		fieldsOf<Record<'quantity' | 'name' | 'retailerId', string>>(product);
	return joined([joined([quantity, name], ' × '), retailerId], ', ');
}

function readBill(
	{ referenceId, orderStatus, paymentStatus, products }: Content,
	{ sender }: Reading,
): Part[] {
	const states = joined([orderStatus, paymentStatus], ', ');
	return saidParts(
		sender,
		labelled('Order', [...listOf(products).map(itemText), states, referenceId]),
	);
}
