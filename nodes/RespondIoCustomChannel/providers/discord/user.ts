import type { APIUser } from 'discord-api-types/v10';

import { contactOf } from '../kit/contact';
import { type Fields, fieldsOf, idOf, textOf } from '../kit/payload';

export type DiscordUser = Fields<APIUser>;

/** @param member What a server adds: the name there. */
export function nameOf(user: DiscordUser, member?: unknown): string | undefined {
	const { nick } = fieldsOf<{ nick: string }>(member);
	return textOf(nick) ?? textOf(user.global_name) ?? textOf(user.username) ?? idOf(user.id);
}

/** https://docs.discord.com/developers/reference#image-formatting */
export function contactOfUser(user: DiscordUser, now: number) {
	const [id, avatar] = [idOf(user.id), textOf(user.avatar)];
	const profilePic =
		id === undefined || avatar === undefined
			? undefined
			: `https://cdn.discordapp.com/avatars/${id}/${avatar}.png`;
	return contactOf({ firstName: nameOf(user), language: user.locale, profilePic }, now);
}
