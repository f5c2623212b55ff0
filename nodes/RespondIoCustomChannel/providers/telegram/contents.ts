import type {
	Chat,
	Checklist,
	ChecklistTask,
	ChecklistTasksAdded,
	ChecklistTasksDone,
	ExternalReplyInfo,
	Invoice,
	Message,
	Poll,
	Story,
	TextQuote,
} from '@grammyjs/types';

import { contactCard, numberedParts, type Part, saidParts } from '../kit/parts';
import { fieldsOf, idOf, joined, listOf, textOf } from '../kit/payload';
import { vcardValues } from '../kit/vcard';
import { nameOf, type TelegramMessage } from './envelope';
import {
	asFile,
	asLivePhoto,
	asPaidMedia,
	asPhoto,
	asPlace,
	asSticker,
	asVenue,
	asVideo,
	type Reader,
	withLinks,
} from './media';
import { asRichMessage } from './richMessages';

const asGiveaway = asFields('Giveaway', 'prize_description', 'winner_count');

/**
 * What a message holds, in the order in which to look: an animation also comes as a document, a venue as a location, a
 * live photo as a photo.
 */
const CONTENTS: ReadonlyArray<[keyof Message, Reader]> = [
	['text', (text, message, label) => saidParts(label, withLinks(text, message.entities))],
	['rich_message', asRichMessage],
	['animation', asFile(undefined, 'video/mp4')],
	['live_photo', asLivePhoto],
	['paid_media', asPaidMedia],
	['photo', asPhoto],
	['video', asVideo],
	['video_note', asVideo],
	['voice', asFile('audio', 'audio/ogg')],
	['audio', asFile('audio', 'audio/mpeg')],
	['document', asFile()],
	['sticker', asSticker],
	['venue', asVenue],
	['location', asPlace],
	['contact', asText(contactText)],
	['poll', asText(pollText)],
	['checklist', asText(checklistText)],
	['checklist_tasks_done', asText(tasksDoneText)],
	['checklist_tasks_added', asText(tasksAddedText)],
	['dice', asText(diceText)],
	['story', asText(storyText)],
	['game', asFields('Game', 'title', 'description')],
	['invoice', asPayment('Invoice')],
	['successful_payment', asPayment('Paid')],
	['refunded_payment', asPayment('Refunded')],
	['users_shared', asText(sharedUsersText)],
	['chat_shared', asFields('Chat', 'title', 'username', 'chat_id')],
	['web_app_data', asFields('', 'button_text', 'data')],
	['giveaway', asGiveaway],
	['giveaway_winners', asGiveaway],
	['gift', asFields('Gift', 'text')],
	['unique_gift', asFields('Gift', 'text')],
];

/** Undefined for what is no message: somebody joined, a title changed, a message was pinned … */
export function partsOf(message: TelegramMessage, label: string | undefined): Part[] | undefined {
	const present = CONTENTS.filter(([name]) => message[name] !== undefined);
	if (present.length === 0) return undefined;
	const parts = present
		.map(([name, read]) => read(message[name], message, label))
		.find((each) => each.length > 0);
	return [...(parts ?? []), ...quotedParts(message)];
}

/** What any message may have around its contents. */
const ENVELOPE =
	/^(message_(thread_)?id|from|(sender_)?chat|(edit_)?date|is_topic_message|direct_messages_topic|business_connection_id|reply_.+|media_group_id)$/;

/** The kind of what is no message. */
export function serviceOf(message: TelegramMessage): string {
	return Object.keys(message).find((name) => !ENVELOPE.test(name)) ?? 'empty message';
}

/** What a message answers where the chat does not have it: a post of a channel, a story; and the words picked out. */
function quotedParts({ external_reply, quote, reply_to_story }: TelegramMessage): Part[] {
	const { chat, message_id } = fieldsOf<ExternalReplyInfo>(external_reply);
	const story = reply_to_story && storyText(reply_to_story);
	const { text } = fieldsOf<TextQuote>(quote);
	return numberedParts(saidParts('In reply to', joined([text, postText(chat, message_id), story])));
}

/** Who published a post or a story, and where it is shown. */
function postText(chat: unknown, path: unknown): string | undefined {
	const username = textOf(fieldsOf<Chat>(chat).username);
	return joined([nameOf(chat), username && `https://t.me/${username}/${String(path)}`], ' ');
}

function storyText(value: unknown): string | undefined {
	const { chat, id } = fieldsOf<Story>(value);
	return joined(['[Story]', postText(chat, `s/${String(id)}`)], ' ');
}

function asText(read: (value: unknown) => string | undefined): Reader {
	return (value, _, label) => saidParts(label, read(value));
}

function asFields(title: string, ...names: string[]): Reader {
	return asText((value) => {
		const fields = fieldsOf<Record<string, unknown>>(value);
		return joined([title, joined(names.map((name) => fields[name]))], ': ');
	});
}

function contactText(value: unknown): string | undefined {
	const { phone_number, vcard } = fieldsOf<NonNullable<Message['contact']>>(value);
	return contactCard([nameOf(value), phone_number, ...vcardValues(vcard)]);
}

function pollText(value: unknown): string | undefined {
	const { question, description, explanation, options } = fieldsOf<Poll>(value);
	const choices = listOf(options).map(
		(option, index) => `${index + 1}. ${textOf(fieldsOf<{ text: string }>(option).text) ?? ''}`,
	);
	const text = joined([question, description, ...choices, explanation]);
	return text && `Poll: ${text}`;
}

const DONE = '☑';
const OPEN = '☐';

function checklistText(value: unknown): string | undefined {
	const { title, tasks } = fieldsOf<Checklist>(value);
	return joined([title, ...taskLines(tasks)]);
}

function taskLines(tasks: unknown): string[] {
	return listOf(tasks).map((each) => {
		const { text, completion_date } = fieldsOf<ChecklistTask>(each);
		return `${completion_date ? DONE : OPEN} ${textOf(text) ?? ''}`;
	});
}

function tasksAddedText(value: unknown): string | undefined {
	const { checklist_message, tasks } = fieldsOf<ChecklistTasksAdded>(value);
	return joined([checklistIn(checklist_message).title, ...taskLines(tasks)]);
}

/** Tasks are told by their numbers; their words are in the message that has the list, where that comes along. */
function tasksDoneText(value: unknown): string | undefined {
	const { checklist_message, marked_as_done_task_ids, marked_as_not_done_task_ids } =
		fieldsOf<ChecklistTasksDone>(value);
	const { title, tasks } = checklistIn(checklist_message);
	const words = new Map(
		listOf(tasks)
			.map((each) => fieldsOf<ChecklistTask>(each))
			.map(({ id, text }) => [idOf(id), textOf(text)]),
	);
	const lines = (mark: string, ids: unknown) =>
		listOf(ids).map((id) => `${mark} ${words.get(idOf(id)) ?? `Task ${idOf(id) ?? '?'}`}`);
	return joined([
		title,
		...lines(DONE, marked_as_done_task_ids),
		...lines(OPEN, marked_as_not_done_task_ids),
	]);
}

function checklistIn(message: unknown) {
	return fieldsOf<Checklist>(fieldsOf<Message>(message).checklist);
}

function diceText(value: unknown): string | undefined {
	const { emoji, value: points } = fieldsOf<NonNullable<Message['dice']>>(value);
	return joined([emoji, points], ' ');
}

/** An amount counts the smallest units of its currency (https://core.telegram.org/bots/payments#supported-currencies). */
function asPayment(name: string): Reader {
	return asText((value) => {
		const { title, description, total_amount, currency } = fieldsOf<Invoice>(value);
		const amount = joined([total_amount, currency], ' ');
		return joined([
			joined([name, title], ': '),
			description,
			amount && `${amount} (in the currency's smallest unit)`,
		]);
	});
}

function sharedUsersText(value: unknown): string | undefined {
	return joined(
		listOf(fieldsOf<{ users: unknown }>(value).users).map((user) => {
			const { user_id, username } = fieldsOf<{ user_id: number; username: string }>(user);
			return joined(['Contact:', nameOf(user), username, user_id], ' ');
		}),
	);
}
