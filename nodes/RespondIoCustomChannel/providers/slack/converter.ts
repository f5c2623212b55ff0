import type { AllMessageEvents } from '@slack/types';

import { ignored, ownEcho, withDownloads } from '../kit/incoming';
import {
	bodyOf,
	type Fields,
	fieldsOf,
	foreign,
	idOf,
	isObject,
	joined,
	listOf,
	parsed,
	textOf,
} from '../kit/payload';
import { readResponse } from '../kit/response';
import type { Converter, Incoming, IncomingContext } from '../provider';
import { readCommand, readInteraction, readReaction } from './actions';
import type { SlackEvent } from './event';
import { readMessageEvent } from './messages';
import { requestsOf } from './outgoing';

/**
 * Slack's Events API and interactions (https://docs.slack.dev/apis/events-api). In: an event, as n8n's Slack Trigger
 * outputs it (the inner event alone) or as the Webhook node does (the envelope; a form where a button was tapped or a
 * command given). The contact is the conversation; where it is no direct message, each text begins with the id of who
 * wrote it, since an event tells no names. Message ids are `<conversation>:<ts>`: a `ts` is unique within a conversation
 * alone. Files come by their ids, for their links need the token. What a bot wrote is left out: it is what this app sent.
 *
 * Out: `chat.postMessage`; n8n's Slack credential adds the token. Slack answers 200 to what it refuses, with `ok: false`
 * and the reason in `error`. Setting: `baseUrl` (default https://slack.com/api). There are no receipts, and so no
 * reference.
 */
export const converter: Converter = {
	incoming,
	outgoing: requestsOf,
	readResponse: (response) => readResponse(response, { displayName: NAME, taken, refused }),
};

const NAME = 'Slack';

interface Envelope {
	type: string;
	event: unknown;
	api_app_id: string;
	authorizations: unknown;
	challenge: string;
	/** An interaction, as JSON in a form. */
	payload: string;
	command: string;
}

function incoming(payload: unknown, context: IncomingContext): Incoming {
	const { now } = context;
	const body = bodyOf(payload);
	const envelope = fieldsOf<Envelope>(body);
	if (typeof envelope.payload === 'string') return readInteraction(parsed(envelope.payload), now);
	if (textOf(envelope.command) !== undefined) return readCommand(body, now);
	const event = fieldsOf<AllMessageEvents>(isObject(envelope.event) ? envelope.event : body);
	const type = textOf(event.type);
	if (type === undefined) throw foreign(NAME, body);
	if (isOwn(event, envelope)) return ownEcho();
	switch (type) {
		case 'message':
		case 'app_mention':
			return withDownloads(readMessageEvent(event, context), context.binary);
		case 'reaction_added':
		case 'reaction_removed':
			return readReaction(event, type === 'reaction_removed', now);
		case 'block_actions':
			return readInteraction(event, now);
		default:
			return ignored(type);
	}
}

/** What this app itself did, also in a user's name: the envelope tells which app and which bot user it is. */
function isOwn(event: SlackEvent, { api_app_id, authorizations }: Fields<Envelope>): boolean {
	const edited = isObject(event.message) ? (event.message as SlackEvent) : event;
	const { app_id } = fieldsOf<{ app_id: string }>(edited.bot_profile);
	const app = idOf(edited.app_id) ?? idOf(app_id);
	const author = idOf(edited.user);
	const isBot = listOf(authorizations).some((each) => {
		const { user_id, is_bot } = fieldsOf<{ user_id: string; is_bot: boolean }>(each);
		return is_bot === true && idOf(user_id) === author;
	});
	return (app !== undefined && app === idOf(api_app_id)) || (author !== undefined && isBot);
}

interface SlackAnswer {
	ok: boolean;
	channel: string;
	ts: string;
	error: string;
	/** The permission that the app lacks. */
	needed: string;
	response_metadata: unknown;
}

function taken(body: unknown) {
	const { ok, channel, ts } = fieldsOf<SlackAnswer>(body);
	const ids = [idOf(channel), idOf(ts)];
	if (!ids.includes(undefined)) return { messageId: ids.join(':') };
	return ok === true ? {} : undefined;
}

/** A word, with a status code of success; what comes with it says more: `[ERROR] no more than 50 items allowed`. */
function refused(body: unknown): string | undefined {
	const { ok, error, needed, response_metadata } = fieldsOf<SlackAnswer>(body);
	if (ok !== false) return undefined;
	const { messages } = fieldsOf<{ messages: unknown }>(response_metadata);
	const details = joined([needed, ...listOf(messages)], '; ');
	return joined([error, details], ': ') ?? 'Slack gave no reason.';
}
