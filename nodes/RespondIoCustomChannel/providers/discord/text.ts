import type { APIMessage, APIUser } from 'discord-api-types/v10';

import { type Fields, fieldsOf, idOf, joined, listOf, lookUp, textOf } from '../kit/payload';
import { nameOf } from './user';

/**
 * Discord's marks as plain text (https://docs.discord.com/developers/reference#message-formatting).
 * @param message What tells the names of those whom the text mentions.
 */
export function plainText(content: unknown, message: Fields<APIMessage>): string | undefined {
	const names = new Map(
		[...listOf(message.mentions), ...listOf(message.mention_channels)].map((each) => {
			const user = fieldsOf<APIUser & { name: string }>(each);
			return [idOf(user.id), textOf(user.name) ?? nameOf(user)];
		}),
	);
	return textOf(content)
		?.replace(/<([@#])[!&]?(\d+)>/g, (_, mark: string, id: string) => mark + (names.get(id) ?? id))
		.replace(/<a?(:\w+:)\d+>/g, '$1')
		.replace(/<(\/[^<>:]+):\d+>/g, '$1')
		.replace(/<t:(-?\d+)(?::\w)?>/g, (mark, seconds: string) => momentAt(Number(seconds)) ?? mark)
		.replace(/<id:([\w-]+)(?::\d+)?>/g, (mark, place: string) => lookUp(PLACES, place) ?? mark)
		.replace(/<(https?:\/\/[^\s<>]+)>/g, '$1');
}

/** Parts of a server that have no channel. */
const PLACES: Readonly<Record<string, string>> = {
	customize: 'Channels & Roles',
	browse: 'Browse Channels',
	guide: 'Server Guide',
	'linked-roles': 'Linked Roles',
};

/**
 * Discord shows a moment in each reader's own time zone, in styles that leave out the date, the time, or both ("in two
 * hours"); here it is whole, and the zone stands with it.
 */
function momentAt(seconds: number): string | undefined {
	const date = new Date(seconds * 1000);
	if (Number.isNaN(date.getTime())) return undefined;
	const [day, time] = date.toISOString().split('T');
	return `${day} ${time.slice(0, date.getUTCSeconds() === 0 ? 5 : 8)} UTC`;
}

const WORDS = /^(title|name|description|content|label|value|text|url|\d+)$/;

/** The words in embeds, components or a form, in the order of reading. */
export function wordsOf(value: unknown, depth = 0): string | undefined {
	// Discord nests less.
	if (typeof value !== 'object' || depth > 20) return undefined;
	return joined(
		Object.entries(value ?? {}).map(
			([name, each]) => wordsOf(each, depth + 1) ?? (WORDS.test(name) ? each : undefined),
		),
	);
}
