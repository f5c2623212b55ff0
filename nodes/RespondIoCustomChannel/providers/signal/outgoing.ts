import { ChannelError, shown } from '../../channel/error';
import { messageAsText, readMessage } from '../kit/message';
import { textOf } from '../kit/payload';
import { jsonRequest } from '../kit/request';
import { serverUrl, setting } from '../kit/settings';
import type { OutgoingContext, OutgoingMessage, ProviderRequest } from '../provider';
import { GROUP_ID, NAME } from './people';

/** One request, whatever the message: signal-cli sends texts of any length, and a file goes with its caption. */
export function outgoing(
	message: OutgoingMessage,
	contactId: string,
	context: OutgoingContext,
): ProviderRequest[] {
	const url = `${serverUrl(context, NAME)}/v2/send`;
	const target = { number: numberOf(context), recipients: [recipientOf(contactId)] };
	return [jsonRequest(url, { ...target, ...contentOf(readMessage(message, NAME)) })];
}

function contentOf(message: OutgoingMessage): Record<string, unknown> {
	if (message.type !== 'attachment') return { message: messageAsText(message) };
	const { url, description } = message.attachment;
	return { message: textOf(description) ?? '', base64_attachments: [url] };
}

function numberOf(context: OutgoingContext): string {
	const number = setting(context, 'number', NAME).replace(/[\s().-]/g, '');
	if (/^\+\d{5,15}$/.test(number)) return number;
	throw new ChannelError(
		`The setting number of Signal is no phone number with its country code: ${shown(number)}`,
		'Write the number of the Signal account like +60123456789.',
	);
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
const USERNAME = /^[A-Za-z_]\w{2,31}\.\d{2,10}$/;
/** As signal-cli-rest-api writes a group: its id once more in base64. */
const WRITTEN_GROUP = /^group\.[A-Za-z\d+/]{59}=$/;

function recipientOf(contactId: string): string {
	const id = contactId.trim();
	if (/^\+\d{5,15}$/.test(id) || UUID.test(id) || USERNAME.test(id) || WRITTEN_GROUP.test(id)) {
		return id;
	}
	if (GROUP_ID.test(id)) return `group.${Buffer.from(id).toString('base64')}`;
	throw new ChannelError(
		"The contact id is none of Signal: it must be a user's UUID, a number with + and its country code, a username like mei.42, or a group's id",
		"Use the providerContactId of the trigger's item.",
	);
}
