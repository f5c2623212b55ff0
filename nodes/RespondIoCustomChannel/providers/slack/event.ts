import type { AllMessageEvents, ReactionAddedEvent } from '@slack/types';

import { contactOf } from '../kit/contact';
import { type Fields, fieldsOf, idOf, numberOf, textOf, timeOf } from '../kit/payload';

/**
 * `user_resolved` is the user's name, as n8n's Slack Trigger adds it where it is told to resolve ids; `app_id` is of the
 * app that wrote it.
 */
export type SlackEvent = Fields<
	| AllMessageEvents
	| ReactionAddedEvent
	| { user_profile: unknown; user_resolved: string; app_id: string }
>;

/** By its id, since the `channel_type` is `app_home` in an app's own tab, and absent in a reaction or a tap. */
export function isDirect(conversation: string): boolean {
	return conversation.startsWith('D');
}

/** Seconds with a fraction, in a text. */
export function timeOfTs(ts: unknown, now: number): number {
	const seconds = numberOf(ts);
	return timeOf(seconds === undefined ? undefined : Math.round(seconds * 1000), now);
}

type Profile = Record<
	'first_name' | 'last_name' | 'real_name' | 'display_name' | 'email' | 'image_192' | 'image_72',
	string
>;

function nameOf(value: unknown): string | undefined {
	const { display_name, real_name } = fieldsOf<Profile>(value);
	return textOf(display_name) ?? textOf(real_name);
}

export function senderIn({ user_profile, user_resolved, user }: SlackEvent): string | undefined {
	return nameOf(user_profile) ?? textOf(user_resolved) ?? idOf(user);
}

export function contactIn({ user_profile, user_resolved }: SlackEvent, now: number) {
	const { first_name, last_name, email, image_192, image_72 } = fieldsOf<Profile>(user_profile);
	const firstName = textOf(first_name) ?? nameOf(user_profile) ?? user_resolved;
	const lastName = textOf(first_name) === undefined ? undefined : last_name;
	return contactOf({ firstName, lastName, email, profilePic: image_192 ?? image_72 }, now);
}
