import type { APIMessage, GatewayDispatchPayload } from 'discord-api-types/v10';

import { combined, eachOf, ignored } from '../kit/incoming';
import { bodyOf, fieldsOf, foreign, idOf, isObject, joined, listOf, textOf } from '../kit/payload';
import { failureReason } from '../kit/reasons';
import { readResponse } from '../kit/response';
import type { Converter, Incoming, IncomingContext } from '../provider';
import { readDispatch } from './dispatches';
import { readInteraction } from './interactions';
import { readMessage } from './messages';
import { requestsOf } from './outgoing';

/**
 * Discord's API, version 10 (https://docs.discord.com/developers/reference). In: a message as the API has it, which n8n's
 * Discord node outputs when it gets a channel's messages, or a list of them; a dispatch of the gateway (`{ t, s, d }`), as
 * a bot of one's own forwards it, whole: `s` tells a reaction that is given again; an interaction, from the Webhook node. The contact is the channel, so a server's channel
 * is one contact, and in it each text begins with its author's name. What a bot wrote is left out: it is what this app
 * sent. Links of files are public, and end after a day.
 *
 * Out: a message in the channel; n8n's Discord Bot credential adds the token. Settings: `buttons` (true: quick replies are
 * buttons, whose taps reach the application's interactions endpoint alone; else they are numbered), `baseUrl` (default
 * https://discord.com/api/v10). There are no receipts, and so no reference.
 */
export const converter: Converter = {
	incoming,
	outgoing: requestsOf,
	readResponse: (response) => readResponse(response, { displayName: NAME, taken, refused }),
};

const NAME = 'Discord';

function incoming(payload: unknown, { now }: IncomingContext): Incoming {
	const body = bodyOf(payload);
	if (Array.isArray(body)) {
		// The API lists the newest first.
		const found = eachOf(body, '', (message) => readOne(message, now));
		return combined(found.reverse(), 'empty list');
	}
	return readOne(body, now);
}

function readOne(value: unknown, now: number): Incoming {
	const dispatch = fieldsOf<GatewayDispatchPayload>(value);
	if (typeof dispatch.t === 'string') return readDispatch(dispatch, now);
	const given = fieldsOf<APIMessage & { token: string; version: number; event: unknown }>(value);
	if (given.application_id !== undefined && given.token !== undefined) {
		return readInteraction(value, now);
	}
	// https://docs.discord.com/developers/events/webhook-events: none of them is a message to the app.
	if (given.application_id !== undefined && given.version !== undefined) {
		return ignored(textOf(fieldsOf<{ type: string }>(given.event).type) ?? 'webhook test');
	}
	if (idOf(given.channel_id) === undefined || idOf(given.id) === undefined) {
		throw foreign(NAME, value);
	}
	return readMessage(given, now);
}

function taken(body: unknown) {
	const { id, channel_id } = fieldsOf<APIMessage>(body);
	const messageId = idOf(channel_id) === undefined ? undefined : idOf(id);
	return messageId === undefined ? undefined : { messageId };
}

/** https://docs.discord.com/developers/reference#error-messages */
interface DiscordError {
	code: number;
	message: string;
	errors: unknown;
}

function refused(body: unknown): string | undefined {
	const { code, message, errors } = fieldsOf<DiscordError>(body);
	const words = textOf(message);
	if (words === undefined || typeof code !== 'number') return undefined;
	return failureReason(NAME, {
		// 0 is a general error.
		code: code === 0 ? undefined : idOf(code),
		theirs: joined([words, joined(faultsIn(errors), '; ')], ': '),
	});
}

/** What is wrong with which field. */
function faultsIn(errors: unknown, path: readonly string[] = []): Array<string | undefined> {
	// Discord nests less.
	if (!isObject(errors) || path.length > 20) return [];
	return Object.entries(errors).flatMap(([name, each]) =>
		name === '_errors'
			? listOf(each).map((fault) =>
					joined([path.join('.'), fieldsOf<DiscordError>(fault).message], ': '),
				)
			: faultsIn(each, [...path, name]),
	);
}
