import type { AttachmentType } from '../../channel/schema';
import {
	attachmentParts,
	contactCard,
	locationParts,
	type Part,
	quoteParts,
	reactionText,
	referralParts,
	saidParts,
	textParts,
} from '../kit/parts';
import { fieldsOf, joined, listOf, lookUp, numberOf, textOf } from '../kit/payload';
import { vcardName, vcardValues } from '../kit/vcard';
import type { IncomingAttachment } from '../provider';
import { type Content, isService, unwrapped } from './wrapping';

/**
 * WhatsApp's own messages, as its apps exchange them (https://github.com/WhiskeySockets/Baileys, WAProto/WAProto.proto:
 * `Message`), in the JSON of Baileys and what is made of it.
 */

/** How a message is read. */
export interface Reading {
	/** Who wrote it, where several people do. */
	sender?: string;
	/** Where its file is; left out where it can't be had. */
	source?: IncomingAttachment['source'];
}

type Reader = (content: Content, reading: Reading) => Part[];

const READERS: Readonly<Record<string, Reader>> = {
	extendedTextMessage: ({ text }, { sender }) => saidParts(sender, text),
	imageMessage: file('image'),
	stickerMessage: file('image'),
	videoMessage: file('video'),
	ptvMessage: file('video'),
	audioMessage: file('audio'),
	documentMessage: file('file'),
	locationMessage: readLocation,
	liveLocationMessage: (content, reading) =>
		readLocation({ ...content, isLive: true, comment: content.caption }, reading),
	contactMessage: (content, { sender }) => saidParts(sender, cardOf(content)),
	contactsArrayMessage: ({ contacts }, { sender }) =>
		saidParts(sender, joined(listOf(contacts).map(cardOf), '\n\n')),
	reactionMessage: ({ text }, { sender }) => {
		const emoji = textOf(text);
		return saidParts(sender, reactionText(emoji, emoji === undefined));
	},
	buttonsResponseMessage: ({ selectedDisplayText, selectedButtonId }, { sender }) =>
		saidParts(sender, textOf(selectedDisplayText) ?? textOf(selectedButtonId)),
	templateButtonReplyMessage: ({ selectedDisplayText, selectedId }, { sender }) =>
		saidParts(sender, textOf(selectedDisplayText) ?? textOf(selectedId)),
	listResponseMessage: ({ title, description, singleSelectReply }, { sender }) =>
		saidParts(
			sender,
			joined([title, description]) ??
				textOf(fieldsOf<{ selectedRowId: string }>(singleSelectReply).selectedRowId),
		),
	interactiveResponseMessage: ({ body, nativeFlowResponseMessage }, { sender }) =>
		saidParts(
			sender,
			textOf(fieldsOf<{ text: string }>(body).text) ??
				textOf(fieldsOf<{ paramsJson: string }>(nativeFlowResponseMessage).paramsJson),
		),
	pollCreationMessage: readPoll,
	pollCreationMessageV2: readPoll,
	pollCreationMessageV3: readPoll,
	pollCreationMessageV5: readPoll,
	orderMessage: readOrder,
	productMessage: readProduct,
	eventMessage: readEvent,
	groupInviteMessage: ({ groupName, inviteCode, caption }, { sender }) => {
		const code = textOf(inviteCode);
		const link = code && `https://chat.whatsapp.com/${code}`;
		return saidParts(sender, labelled('Invitation to a group', [groupName, caption, link]));
	},
	buttonsMessage: ({ text, contentText, footerText, buttons }, { sender }) =>
		saidParts(
			sender,
			joined([text, contentText, footerText, ...listOf(buttons).map(textOfButton)]),
		),
	listMessage: ({ title, description, footerText, sections }, { sender }) =>
		saidParts(sender, joined([title, description, footerText, ...rowsOf(sections)])),
	interactiveMessage: ({ header, body, footer }, { sender }) =>
		saidParts(
			sender,
			joined([
				fieldsOf<{ title: string }>(header).title,
				fieldsOf<{ text: string }>(body).text,
				fieldsOf<{ text: string }>(footer).text,
			]),
		),
	templateMessage: readTemplate,
};

/** All that a message shows: its content, what it is an answer to, and the advertisement that the customer came from. */
export function messageParts(message: unknown, reading: Reading): Part[] {
	const [kind, content] = unwrapped(message);
	if (kind === undefined || isService(kind)) return [];
	const parts = contentParts(kind, content, reading);
	const { quotedMessage, externalAdReply } = contextOf(content);
	return [
		...(parts.length > 0 ? parts : saidParts(reading.sender, unknownText(kind))),
		...quoteParts(textOfMessage(quotedMessage)),
		...adParts(externalAdReply),
	];
}

/** The advertisement alone. */
export function adPartsOf(message: unknown): Part[] {
	const [, content] = unwrapped(message);
	return adParts(contextOf(content).externalAdReply);
}

/** The advertisement that the customer came from. */
export function adParts(value: unknown): Part[] {
	const { title, body, sourceUrl } =
		fieldsOf<Record<'title' | 'body' | 'sourceUrl', string>>(value);
	return referralParts([title, body, sourceUrl]);
}

/** A file; where it can't be had, a text that says so. */
export function fileParts(
	type: AttachmentType,
	{ sender, source }: Reading,
	facts: { mimeType?: unknown; fileName?: unknown; caption?: unknown },
): Part[] {
	const { mimeType, fileName } = facts;
	const caption = joined([sender, facts.caption], ': ');
	if (source === undefined) return textParts(joined([`[${type}]`, fileName, caption]));
	return attachmentParts({ type, source, mimeType, fileName }, caption);
}

export function pollText(question: unknown, options: readonly unknown[]): string | undefined {
	const choices = options.filter((option) => textOf(option) !== undefined);
	return labelled('Poll', [
		question,
		...choices.map((option, index) => `${index + 1}. ${String(option)}`),
	]);
}

export function voteText(options: readonly unknown[]): string {
	const chosen = joined(options, ', ');
	return chosen === undefined ? 'Took the vote back' : `Voted: ${chosen}`;
}

export function labelled(label: string, lines: readonly unknown[]): string | undefined {
	const text = joined(lines);
	return text && `${label}: ${text}`;
}

export function unknownText(kind: string): string {
	return `[A message that can't be shown here: ${kind.replace(/Message(V\d+)?$/, '')}]`;
}

/** A place with its name and address, and the link that came with it. */
export function placeParts(
	{ sender }: Reading,
	place: {
		latitude: unknown;
		longitude: unknown;
		isLive?: unknown;
		lines: readonly unknown[];
		url?: unknown;
	},
): Part[] {
	const label = place.isLive === true ? 'Live location' : undefined;
	return [
		...locationParts(place.latitude, place.longitude, joined([label, ...place.lines], ', ')),
		...textParts(joined([sender, place.url], ': '), 'link'),
	];
}

function contentParts(kind: string, content: Content, reading: Reading): Part[] {
	return lookUp(READERS, kind)?.(content, reading) ?? [];
}

interface Context {
	quotedMessage: unknown;
	externalAdReply: unknown;
}

function contextOf(content: Content) {
	return fieldsOf<Context>(content.contextInfo);
}

/** A quoted message in words; of a file what it is. */
function textOfMessage(message: unknown): string | undefined {
	const [kind, content] = unwrapped(message);
	if (kind === undefined) return undefined;
	const shown = contentParts(kind, content, {}).map(({ message: part }) => {
		if (part.type === 'text') return part.text;
		return part.type === 'location' ? (part.address ?? '[location]') : undefined;
	});
	return joined(shown);
}

function file(type: AttachmentType): Reader {
	return ({ mimetype, fileName, title, caption }, reading) =>
		fileParts(type, reading, {
			mimeType: mimetype,
			fileName: textOf(fileName) ?? title,
			caption,
		});
}

function readLocation(content: Content, reading: Reading): Part[] {
	const { degreesLatitude, degreesLongitude, isLive, name, address, comment, url } = content;
	return placeParts(reading, {
		latitude: degreesLatitude,
		longitude: degreesLongitude,
		isLive,
		lines: [name, address, comment],
		url,
	});
}

function cardOf(value: unknown): string | undefined {
	const { displayName, vcard } = fieldsOf<{ displayName: string; vcard: string }>(value);
	return contactCard([textOf(displayName) ?? vcardName(vcard), ...vcardValues(vcard)]);
}

/** A vCard as a text for people. */
export function vcardText(vcard: unknown): string | undefined {
	return contactCard([vcardName(vcard), ...vcardValues(vcard)]);
}

function readPoll({ name, options }: Content, { sender }: Reading): Part[] {
	const names = listOf(options).map(
		(option) => fieldsOf<{ optionName: string }>(option).optionName,
	);
	return saidParts(sender, pollText(name, names));
}

function readOrder(content: Content, { sender }: Reading): Part[] {
	const { orderTitle, message, itemCount, totalAmount1000, totalCurrencyCode, orderId } = content;
	const count = numberOf(itemCount);
	const lines = [
		orderTitle,
		message,
		count === undefined ? undefined : `${count} ${count === 1 ? 'item' : 'items'}`,
		amount(totalAmount1000, totalCurrencyCode),
		orderId,
	];
	return saidParts(sender, labelled('Order', lines));
}

function readProduct({ product, body }: Content, { sender }: Reading): Part[] {
	const { title, description, priceAmount1000, currencyCode, retailerId, url } =
		fieldsOf<Record<string, unknown>>(product);
	const lines = [title, description, amount(priceAmount1000, currencyCode), retailerId, url, body];
	return saidParts(sender, labelled('Product', lines));
}

/** Thousandths; larger numbers than JavaScript's come as objects, and are left out. */
function amount(thousandths: unknown, currency: unknown): string | undefined {
	const value = numberOf(thousandths);
	return value === undefined ? undefined : joined([(value / 1000).toFixed(2), currency], ' ');
}

function readEvent(content: Content, { sender }: Reading): Part[] {
	const { name, description, location, joinLink, isCanceled } = content;
	const place = fieldsOf<{ name: string; address: string }>(location);
	const label = isCanceled === true ? 'Event (cancelled)' : 'Event';
	const where = joined([place.name, place.address], ', ');
	return saidParts(sender, labelled(label, [name, description, where, joinLink]));
}

function textOfButton(button: unknown): string | undefined {
	const { buttonText } = fieldsOf<{ buttonText: unknown }>(button);
	return textOf(fieldsOf<{ displayText: string }>(buttonText).displayText);
}

function rowsOf(sections: unknown): unknown[] {
	return listOf(sections).flatMap((section) =>
		listOf(fieldsOf<{ rows: unknown }>(section).rows).map(
			(row) => fieldsOf<{ title: string }>(row).title,
		),
	);
}

interface Template {
	hydratedTitleText: string;
	hydratedContentText: string;
	hydratedFooterText: string;
}

function readTemplate(content: Content, { sender }: Reading): Part[] {
	const { hydratedTemplate, hydratedFourRowTemplate, interactiveMessageTemplate } = content;
	const { hydratedTitleText, hydratedContentText, hydratedFooterText } = fieldsOf<Template>(
		hydratedTemplate ?? hydratedFourRowTemplate,
	);
	const { body } = fieldsOf<{ body: unknown }>(interactiveMessageTemplate);
	const { text } = fieldsOf<{ text: string }>(body);
	return saidParts(
		sender,
		joined([hydratedTitleText, hydratedContentText, hydratedFooterText, text]),
	);
}
