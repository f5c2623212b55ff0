import { faultsOf } from '../nodes/RespondIoCustomChannel/channel/check';
import { EARLIEST } from '../nodes/RespondIoCustomChannel/channel/timestamp';
import {
	CUSTOM_CONTACT_ID,
	eventsRequestSchema,
	PHONE_CONTACT_ID,
	type IdType,
} from '../nodes/RespondIoCustomChannel/channel/schema';

export interface CheckedChannel {
	channelId: string;
	idType: IdType;
}

/** Every rule of the protocol that a request breaks, in words; empty for a legal one. */
export function checkRequest(body: unknown, channel: CheckedChannel): string[] {
	if (typeof body !== 'object' || body === null || Array.isArray(body)) {
		return ['the body must be a JSON object'];
	}
	// First of all, as one who has the wrong channel: what the events hold does not matter then.
	const { channelId } = body as { channelId?: unknown };
	if (typeof channelId === 'string' && channelId !== channel.channelId) {
		return ['channelId does not match this channel'];
	}
	const flat = flatAttachments(body);
	if (flat.length > 0) return flat;
	const result = eventsRequestSchema.safeParse(body);
	if (!result.success) return faultsOf(result.error.issues, body);
	return [
		...unknownFields(body, result.data, ''),
		...contactIdFaults(result.data.contactId, channel.idType),
		...result.data.events.flatMap(({ timestamp }, index) =>
			timestamp < EARLIEST
				? [
						`events.${index}.timestamp must be in milliseconds (${timestamp} is before 2001: is it in seconds?)`,
					]
				: [],
		),
	];
}

function contactIdFaults(contactId: string, idType: IdType): string[] {
	if (idType === 'phone') {
		return PHONE_CONTACT_ID.test(contactId)
			? []
			: ['contactId must be a phone number with + and country code'];
	}
	return CUSTOM_CONTACT_ID.test(contactId)
		? []
		: ['contactId may hold A-Z a-z 0-9 _ = + / @ alone, 50 at most'];
}

/** The known mistake `{ type: "image", url }`, told by its name. */
function flatAttachments(body: object): string[] {
	const { events } = body as { events?: unknown };
	if (!Array.isArray(events)) return [];
	return events.flatMap((event: unknown, index) => {
		const type = (event as { message?: { type?: unknown } } | null)?.message?.type;
		return typeof type === 'string' && ['image', 'video', 'audio', 'file'].includes(type)
			? [
					`events.${index}.message is flat: attachments are { "type": "attachment", "attachment": { "type": "${type}", … } }`,
				]
			: [];
	});
}

/** What the schemas left out. */
function unknownFields(given: unknown, known: unknown, path: string): string[] {
	if (Array.isArray(given) && Array.isArray(known)) {
		return given.flatMap((each, index) => unknownFields(each, known[index], `${path}${index}.`));
	}
	if (typeof given !== 'object' || given === null) return [];
	const target = (known ?? {}) as Record<string, unknown>;
	return Object.entries(given).flatMap(([key, value]) =>
		Object.hasOwn(target, key)
			? unknownFields(value, target[key], `${path}${key}.`)
			: [`${path}${key} is not known`],
	);
}
