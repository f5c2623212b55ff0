import type { APIMessage, APIMessageComponentInteraction, APIUser } from 'discord-api-types/v10';

import { ignored, messageEvents } from '../kit/incoming';
import { saidParts } from '../kit/parts';
import {
	type Fields,
	fieldsOf,
	idOf,
	isObject,
	joined,
	listOf,
	lookUp,
	required,
	textOf,
} from '../kit/payload';
import type { Incoming } from '../provider';
import { wordsOf } from './text';
import { contactOfUser, nameOf } from './user';

const NAME = 'Discord';

/** https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-interaction-type */
const INTERACTIONS: Readonly<Record<string, string>> = {
	1: 'ping',
	4: 'autocomplete',
	5: 'modal',
};

/** A command, a tap, a choice or a form. */
export function readInteraction(value: unknown, now: number): Incoming {
	const interaction = fieldsOf<APIMessageComponentInteraction>(value);
	const type = String(interaction.type);
	const words = lookUp(SAID, type)?.(interaction);
	if (words === undefined) return ignored(lookUp(INTERACTIONS, type) ?? 'interaction');
	const user = fieldsOf<APIUser>(
		interaction.user ?? fieldsOf<{ user: unknown }>(interaction.member).user,
	);
	const direct = interaction.member === undefined;
	return messageEvents(
		'message',
		{
			contactId: required(idOf(interaction.channel_id), NAME, 'channel_id'),
			messageId: required(idOf(interaction.id), NAME, 'id'),
			timestamp: now,
			contact: direct ? contactOfUser(user, now) : undefined,
		},
		saidParts(direct ? undefined : nameOf(user, interaction.member), words),
	);
}

type Interaction = Fields<APIMessageComponentInteraction>;

const SAID: Readonly<Record<string, (interaction: Interaction) => string | undefined>> = {
	2: ({ data }) => commandText(data),
	3: chosenText,
	5: ({ data }) => wordsOf(fieldsOf<Component>(data).components),
};

/** A command with its groups and what is given: four levels. */
function commandText(data: unknown, depth = 0): string | undefined {
	const { name, value, options } = fieldsOf<{ name: string; value: string; options: unknown }>(
		data,
	);
	const named = joined([name, typeof value === 'boolean' ? String(value) : value], ': ');
	const given = depth > 3 ? [] : listOf(options).map((each) => commandText(each, depth + 1));
	return named && joined([depth === 0 ? `/${named}` : named, ...given], ' ');
}

interface Component {
	custom_id: string;
	label: string;
	components: unknown;
	options: unknown;
}

/** The words that the customer tapped, from the message that had them; else what the application called them. */
function chosenText(interaction: Interaction): string | undefined {
	const { custom_id, values } = fieldsOf<{ custom_id: string; values: unknown }>(interaction.data);
	const rows = fieldsOf<APIMessage>(interaction.message).components;
	const component = listOf(rows)
		.flatMap((row) => listOf(fieldsOf<Component>(row).components))
		.map((each) => fieldsOf<Component>(each))
		.find((each) => each.custom_id !== undefined && each.custom_id === custom_id);
	const options = listOf(component?.options).filter(isObject);
	const chosen = listOf(values).map((value) => {
		const option = options.find((each) => each.value === value);
		return textOf(option?.label) ?? value;
	});
	return joined(chosen, ', ') ?? textOf(component?.label) ?? textOf(custom_id);
}
