import type {
	APIMessage,
	APIUser,
	GatewayDispatchPayload,
	GatewayMessageDeleteBulkDispatchData,
	GatewayMessageDeleteDispatchData,
	GatewayMessageReactionAddDispatchData,
} from 'discord-api-types/v10';

import { ignored, messageEvents } from '../kit/incoming';
import { deletionText, reactionText, saidParts, textParts } from '../kit/parts';
import { type Fields, fieldsOf, idOf, joined, listOf, required, textOf } from '../kit/payload';
import type { Incoming } from '../provider';
import { readMessage } from './messages';
import { nameOf } from './user';

const NAME = 'Discord';

/** An event of the gateway (https://docs.discord.com/developers/events/gateway-events#payload-structure). */
export type Dispatch = Fields<GatewayDispatchPayload>;

export function readDispatch({ t, d, s }: Dispatch, now: number): Incoming {
	const name = String(t);
	switch (name) {
		case 'MESSAGE_CREATE':
			return readMessage(fieldsOf<APIMessage>(d), now, true);
		case 'MESSAGE_UPDATE': {
			const message = fieldsOf<APIMessage>(d);
			// Discord also reports a change when it adds the preview of a link.
			if (textOf(message.edited_timestamp) === undefined) {
				return ignored('MESSAGE_UPDATE without new words');
			}
			return readMessage(message, now, true);
		}
		case 'MESSAGE_DELETE':
		case 'MESSAGE_DELETE_BULK':
			return readDeletion(d, now);
		case 'MESSAGE_REACTION_ADD':
		case 'MESSAGE_REACTION_REMOVE':
			return readReaction(d, idOf(s), name === 'MESSAGE_REACTION_REMOVE', now);
		default:
			return ignored(name);
	}
}

function readDeletion(data: unknown, now: number): Incoming {
	const { id, ids, channel_id } = fieldsOf<
		GatewayMessageDeleteDispatchData | GatewayMessageDeleteBulkDispatchData
	>(data);
	const deleted = required(joined([id, ...listOf(ids)].map(idOf), ','), NAME, 'd.id');
	const count = deleted.split(',').length;
	return messageEvents(
		'message',
		{
			contactId: required(idOf(channel_id), NAME, 'd.channel_id'),
			messageId: `${deleted}:deleted`,
			timestamp: now,
		},
		textParts(deletionText(NAME, count)),
	);
}

/**
 * @param sequence The dispatch's number in its session. Nothing else tells a reaction from the same one that was taken
 * back and is given again, and it is the same when a dispatch comes twice.
 */
function readReaction(
	data: unknown,
	sequence: string | undefined,
	isRemoved: boolean,
	now: number,
): Incoming {
	const { channel_id, message_id, user_id, emoji, member, guild_id } =
		fieldsOf<GatewayMessageReactionAddDispatchData>(data);
	const contactId = required(idOf(channel_id), NAME, 'd.channel_id');
	const id = required(idOf(message_id), NAME, 'd.message_id');
	const person = fieldsOf<{ user: unknown }>(member);
	const user = { ...fieldsOf<APIUser>(person.user), id: idOf(user_id) };
	if (user.bot === true) return ignored('bot reaction');
	const sender = guild_id === undefined ? undefined : nameOf(user, member);
	const name = textOf(fieldsOf<{ name: string }>(emoji).name) ?? 'an emoji';
	const kind = isRemoved ? 'unreaction' : 'reaction';
	const messageId = joined([id, kind, user.id, name, sequence], ':') ?? id;
	return messageEvents(
		'message',
		{ contactId, messageId, timestamp: now },
		saidParts(sender, reactionText(name, isRemoved)),
	);
}
