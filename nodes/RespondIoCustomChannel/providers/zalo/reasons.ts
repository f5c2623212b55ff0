import { lookUp } from '../kit/payload';
import { failureReason } from '../kit/reasons';

/**
 * Codes whose own words tell an agent too little
 * (https://developers.zalo.me/docs/official-account/phu-luc/ma-loi).
 */
const REASONS: Readonly<Record<string, string>> = {
	'-32': 'Too many requests were sent in a short time. Send it again later.',
	'-209': "The app is not activated in Zalo's developer pages.",
	'-211': "The Official Account's quota is used up.",
	'-212': "The app has not registered for the Official Account API in Zalo's developer pages.",
	'-213': 'The customer does not follow the Official Account.',
	'-216': 'The access token is not valid: refresh it.',
	'-218': 'The customer can receive no more messages for now.',
	'-219': 'The app was removed or disabled.',
	'-220': 'The access token has expired: refresh it.',
	'-223': 'The Official Account has not allowed the app to do this.',
	'-224': "The Official Account's plan does not allow this.",
	'-227': "The customer's account is banned, or was not used for more than 45 days.",
	'-230':
		'More than 7 days have passed since the customer last wrote: only a template message can be sent.',
	'-232': 'The customer has not written, or too long ago: only a template message can be sent.',
	'-234': 'Such a message is not delivered between 22:00 and 6:00.',
	'-244': 'The customer has blocked such messages of the Official Account.',
	'-248': "The message breaks Zalo's rules.",
	'-320':
		'More than 48 hours after the customer last wrote a message is charged: connect the app with a Zalo Cloud Account.',
	'-321':
		'More than 48 hours after the customer last wrote a message is charged, and the Zalo Cloud Account has no money left.',
};

/** Why Zalo refused a message. */
export function reasonOf(code: string, theirs: string | undefined): string {
	return failureReason('Zalo', { code, ours: lookUp(REASONS, code), theirs });
}
