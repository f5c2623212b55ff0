import { attachmentTypeOf } from '../../channel/mimeTypes';
import {
	attachmentParts,
	contactCard,
	deletionText,
	type Part,
	quoteParts,
	reactionText,
	saidParts,
	textAndFileParts,
	textParts,
} from '../kit/parts';
import { type Fields, fieldsOf, idOf, isObject, joined, listOf, textOf } from '../kit/payload';

/** A message as signal-cli tells it (`JsonDataMessage`). */
export interface DataMessage {
	timestamp: number;
	message: string;
	isExpirationUpdate: boolean;
	reaction: unknown;
	quote: unknown;
	payment: unknown;
	mentions: unknown[];
	attachments: unknown[];
	sticker: unknown;
	remoteDelete: unknown;
	adminDelete: unknown;
	contacts: unknown[];
	pollCreate: unknown;
	pollVote: unknown;
	pollTerminate: unknown;
	groupInfo: unknown;
	storyContext: unknown;
	pinMessage: unknown;
	unpinMessage: unknown;
}

type Data = Fields<DataMessage>;

/** What a message may hold besides words and files. */
const WORDS: ReadonlyArray<[keyof DataMessage, (value: unknown) => string | undefined]> = [
	['reaction', reactionOf],
	['remoteDelete', () => deletionText('Signal')],
	['adminDelete', () => deletionText('Signal')],
	['sticker', () => '[sticker]'],
	['payment', paymentText],
	['pollCreate', pollText],
	['pollVote', voteText],
	['pollTerminate', () => 'Closed a poll'],
];

/** All that a message shows; empty where that is nothing. */
export function partsOf(data: Data, label: string | undefined): Part[] {
	const words = WORDS.flatMap(([name, read]) => (isObject(data[name]) ? read(data[name]) : []));
	const cards = listOf(data.contacts).map(cardText);
	return [
		...textAndFileParts(label, textWithMentions(data), filesOf(data)),
		...[...words, ...cards].flatMap((text) => saidParts(label, text)),
		...answeredParts(data),
	];
}

/** What is changed without a message. */
const SERVICES: ReadonlyArray<keyof DataMessage> = [
	'isExpirationUpdate',
	'pinMessage',
	'unpinMessage',
	'groupInfo',
];

/** The kind of what is no message. */
export function serviceOf(data: Data): string {
	return SERVICES.find((name) => isObject(data[name]) || data[name] === true) ?? 'empty message';
}

/** Where somebody is mentioned, Signal has one character in the text (`start` counts UTF-16 units). */
function textWithMentions({ message, mentions }: Data): string | undefined {
	const text = textOf(message);
	if (text === undefined) return undefined;
	return listOf(mentions)
		.map((each) => fieldsOf<Mention>(each))
		.sort((one, other) => Number(other.start) - Number(one.start))
		.reduce((whole, { start, length, name, number }) => {
			const who = textOf(number) ?? textOf(name);
			const isThere = Number.isInteger(start) && Number.isInteger(length) && who !== undefined;
			if (!isThere || whole[Number(start)] !== '\ufffc') return whole;
			return `${whole.slice(0, Number(start))}@${who}${whole.slice(Number(start) + Number(length))}`;
		}, text);
}

interface Mention {
	name: string;
	number: string;
	start: number;
	length: number;
}

interface Attachment {
	id: string;
	contentType: string;
	filename: string;
	caption: string;
}

/** Of a text of more than 2,000 bytes; signal-cli puts it into `message`, too. */
const LONG_TEXT = 'text/x-signal-plain';

function filesOf({ attachments }: Data) {
	return listOf(attachments)
		.map((each) => fieldsOf<Attachment>(each))
		.filter(({ contentType }) => contentType !== LONG_TEXT)
		.map(
			(file) =>
				(said?: string): Part[] =>
					fileParts(file, joined([said, file.caption])),
		);
}

/** The file is at signal-cli-rest-api, by its id. */
function fileParts(file: Fields<Attachment>, caption: string | undefined): Part[] {
	const mimeType = textOf(file.contentType);
	const type = attachmentTypeOf(mimeType ?? '');
	const fileId = idOf(file.id);
	if (fileId === undefined) return textParts(joined([`[${type}]`, file.filename, caption]));
	return attachmentParts({ type, source: { fileId }, mimeType, fileName: file.filename }, caption);
}

function reactionOf(value: unknown): string | undefined {
	const { emoji, isRemove } = fieldsOf<{ emoji: string; isRemove: boolean }>(value);
	return reactionText(textOf(emoji), isRemove === true);
}

function paymentText(value: unknown): string | undefined {
	return joined(['[payment]', fieldsOf<{ note: string }>(value).note], ' ');
}

function pollText(value: unknown): string | undefined {
	const { question, options } = fieldsOf<{ question: string; options: string[] }>(value);
	const choices = listOf(options).flatMap((option) => textOf(option) ?? []);
	const lines = choices.map((option, index) => `${index + 1}. ${option}`);
	return joined(['Poll:', joined([question, ...lines])], ' ');
}

/** Signal tells the places of the options alone, from 0. */
function voteText(value: unknown): string {
	const { optionIndexes } = fieldsOf<{ optionIndexes: number[] }>(value);
	const places = listOf(optionIndexes).flatMap((each) =>
		Number.isInteger(each) ? Number(each) + 1 : [],
	);
	return places.length === 0 ? 'Took back a vote' : `Voted for ${places.join(', ')}`;
}

function cardText(value: unknown): string | undefined {
	const { name, phone, email, address, organization } = fieldsOf<SharedContact>(value);
	const { given, middle, family, nickname } = fieldsOf<Record<string, string>>(name);
	const values = [phone, email]
		.flatMap(listOf)
		.map((each) => fieldsOf<{ value: string }>(each).value);
	const places = listOf(address).map((each) => {
		const { street, postcode, city, region, country } = fieldsOf<Record<string, string>>(each);
		return joined([street, postcode, city, region, country], ', ');
	});
	const whole = joined([given, middle, family], ' ') ?? nickname;
	return contactCard([whole, organization, ...values, ...places]);
}

interface SharedContact {
	name: unknown;
	phone: unknown[];
	email: unknown[];
	address: unknown[];
	organization: string;
}

function answeredParts({ quote, storyContext }: Data): Part[] {
	const { text, attachments } = fieldsOf<{ text: string; attachments: unknown[] }>(quote);
	const files = listOf(attachments)
		.map((each) => fieldsOf<Attachment>(each))
		.map(({ filename, contentType }) => {
			const what = textOf(filename) ?? textOf(contentType);
			return what && `[${what}]`;
		});
	const story = isObject(storyContext) ? 'a story' : undefined;
	return quoteParts(joined([textOf(text), ...files]) ?? story);
}
