import type { ReactionAddedEvent } from '@slack/types';

import { ignored, messageEvents } from '../kit/incoming';
import { reactionText, saidParts } from '../kit/parts';
import { fieldsOf, idOf, joined, listOf, required, textOf } from '../kit/payload';
import type { Incoming } from '../provider';
import { isDirect, senderIn, type SlackEvent, timeOfTs } from './event';
import { REPLY } from './outgoing';
import { plainText } from './text';

const NAME = 'Slack';

/** What somebody did otherwise than by a message. */
function textEvents(
	conversation: string,
	id: string,
	timestamp: number,
	name: string | undefined,
	texts: ReadonlyArray<string | undefined>,
): Incoming {
	const sender = isDirect(conversation) ? undefined : name;
	return messageEvents(
		'message',
		{ contactId: conversation, messageId: `${conversation}:${id}`, timestamp },
		texts.flatMap((text) => saidParts(sender, text)),
	);
}

export function readReaction(value: SlackEvent, isRemoved: boolean, now: number): Incoming {
	const event = fieldsOf<ReactionAddedEvent>(value);
	const item = fieldsOf<ReactionAddedEvent['item']>(event.item);
	if (item.type !== undefined && item.type !== 'message') return ignored('reaction to no message');
	const conversation = required(idOf(item.channel), NAME, 'item.channel');
	const ts = required(idOf(item.ts), NAME, 'item.ts');
	const emoji = textOf(event.reaction) ?? 'emoji';
	const text = reactionText(`:${emoji}:`, isRemoved);
	const id = `${ts}:reaction:${idOf(event.event_ts) ?? now}`;
	return textEvents(conversation, id, timeOfTs(event.event_ts, now), senderIn(value), [text]);
}

interface Interaction {
	type: string;
	user: unknown;
	channel: unknown;
	container: unknown;
	actions: unknown;
}

/** A tap on a button, or a choice in a menu, comes as the customer's text; each action has an id of its own. */
export function readInteraction(value: unknown, now: number): Incoming {
	const { type, user, channel, container, actions } = fieldsOf<Interaction>(value);
	const kind = required(textOf(type), NAME, 'payload.type');
	if (kind !== 'block_actions') return ignored(kind);
	const { channel_id, message_ts } =
		fieldsOf<Record<'channel_id' | 'message_ts', string>>(container);
	const conversation = idOf(fieldsOf<{ id: string }>(channel).id) ?? idOf(channel_id);
	// In a dialog, or in the app's home.
	if (conversation === undefined) return ignored('block_actions outside of a conversation');
	const time = fieldsOf<{ action_ts: string }>(listOf(actions)[0]).action_ts;
	const { id, name, username } = fieldsOf<Record<'id' | 'name' | 'username', string>>(user);
	return textEvents(
		conversation,
		`${idOf(message_ts) ?? ''}:action:${idOf(time) ?? now}`,
		timeOfTs(time, now),
		textOf(name) ?? textOf(username) ?? idOf(id),
		listOf(actions).map(chosenIn),
	);
}

/** Our own button's value is the reply, as it was; else the words that the customer saw, else the value behind them. */
function chosenIn(action: unknown): string | undefined {
	const { action_id, text, value, selected_option, selected_options, ...others } =
		fieldsOf<Record<string, unknown>>(action);
	const reply = textOf(action_id)?.startsWith(REPLY) === true ? textOf(value) : undefined;
	const labels = [selected_option, ...listOf(selected_options)].map((option) =>
		wordsOf(fieldsOf<{ text: unknown }>(option).text),
	);
	const picked = Object.entries(others)
		.filter(([name]) => name.startsWith('selected_'))
		.flatMap(([, each]) => each);
	return reply ?? wordsOf(text) ?? joined(labels, ', ') ?? textOf(value) ?? joined(picked, ', ');
}

function wordsOf(text: unknown): string | undefined {
	return plainText(fieldsOf<{ text: string }>(text).text);
}

interface Command {
	command: string;
	text: string;
	channel_id: string;
	user_id: string;
	user_name: string;
	trigger_id: string;
}

export function readCommand(body: unknown, now: number): Incoming {
	const { command, text, channel_id, user_id, user_name, trigger_id } = fieldsOf<Command>(body);
	const conversation = required(idOf(channel_id), NAME, 'channel_id');
	const id = required(idOf(trigger_id), NAME, 'trigger_id');
	return textEvents(conversation, `command:${id}`, now, textOf(user_name) ?? idOf(user_id), [
		joined([command, plainText(text)], ' '),
	]);
}
