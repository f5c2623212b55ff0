import { randomUUID } from 'node:crypto';
import type {
	IBinaryData,
	IDataObject,
	INodeExecutionData,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

import type { OutgoingItem, OutgoingType } from '../channel/outgoing';
import { parseOutgoing, quickReplyAsText } from '../channel/outgoing';
import { tokenOf } from '../credential';
import { attachmentIn, fetchAttachment, type AttachmentMessage } from '../media/attach';
import type { Refusal } from './answer';
import { keepProtocolShape, refuse } from './answer';
import { bearerToken, isSameToken } from './authenticate';
import { readChannel } from './channel';
import { isAllowed, parseAllowlist } from './ipAllowlist';
import { chosenTypes, outputOf } from './outputs';

interface TriggerOptions {
	verifyToken?: boolean;
	ipAllowlist?: string;
	quickReplyAsText?: boolean;
	downloadAttachments?: boolean;
	allowPrivateAddresses?: boolean;
}

/**
 * One call of respond.io: refused with the reason, or handed to the workflow as one item. The checks go from cheap to
 * dear: reading the credential costs n8n some 15 ms, so a caller without a token never causes it.
 */
export async function receive(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const response = context.getResponseObject();
	keepProtocolShape(response);
	const options = context.getNodeParameter('options', {}) as TriggerOptions;

	const stranger = refusalOfCaller(context, options);
	if (stranger !== undefined) return refuse(response, stranger);

	const opened = await readChannel(context);
	if ('refusal' in opened) return refuse(response, opened.refusal);
	const { channel } = opened;

	const token = bearerToken(context.getHeaderData());
	if (options.verifyToken !== false && !isSameToken(token ?? '', tokenOf(channel))) {
		return refuse(response, {
			statusCode: 401,
			message:
				"The token is not this channel's. Copy the API Token of the channel's configuration page into the n8n credential.",
		});
	}

	const mId = randomUUID();
	const parsed = parseOutgoing(context.getBodyData(), {
		channelId: channel.channelId,
		idType: channel.idType,
		mId,
		receivedAt: new Date().toISOString(),
	});
	if (!parsed.ok) {
		return refuse(response, { statusCode: 400, message: parsed.faults.join('; ') });
	}
	const item = parsed.value;
	if (item.channelId !== channel.channelId) {
		return refuse(response, {
			statusCode: 403,
			message: `The message is for another channel than the one of this workflow's credential. Check the Channel ID in n8n.`,
		});
	}

	const types = chosenTypes(context.getNodeParameter('messageTypes', []));
	const type = item.message.type as OutgoingType;
	if (!types.includes(type)) {
		return refuse(response, {
			statusCode: 400,
			message: `Messages of type "${type}" are not sent on this channel: the n8n workflow takes ${types.join(', ') || 'none'}.`,
		});
	}

	if (options.quickReplyAsText === true) renderQuickReply(item);
	const data: INodeExecutionData = { json: item as unknown as IDataObject };
	const attachment = options.downloadAttachments === true ? attachmentIn(item.message) : undefined;
	if (attachment !== undefined) {
		const fetched = await binaryOf(context, attachment, options);
		if ('refusal' in fetched) return refuse(response, fetched.refusal);
		data.binary = { data: fetched.binary };
	}
	const split = context.getNodeParameter('splitOutputs', false) === true;
	return {
		// Read by respond.io in the mode that answers at once; else an Accept or Reject step answers.
		webhookResponse: { mId },
		workflowData: split ? outputOf(data, type, types) : [[data]],
	};
}

/** What can be refused without knowing the token: an address that is not allowed, a call without any token. */
function refusalOfCaller(
	context: IWebhookFunctions,
	{ ipAllowlist, verifyToken }: TriggerOptions,
): Refusal | undefined {
	if (ipAllowlist !== undefined && ipAllowlist.trim() !== '') {
		const allowlist = parseAllowlist(ipAllowlist);
		if (!allowlist.ok) {
			return {
				statusCode: 500,
				message: `The IP allowlist of the n8n trigger can't be read: ${allowlist.fault}`,
			};
		}
		// Behind proxies this is the caller's own address where n8n's N8N_PROXY_HOPS counts them.
		const { ip } = context.getRequestObject();
		if (!isAllowed(ip ?? '', allowlist.value)) {
			return {
				statusCode: 403,
				message: `The address ${ip ?? 'of the caller'} is not on the IP allowlist of the n8n trigger.`,
			};
		}
	}
	if (verifyToken !== false && bearerToken(context.getHeaderData()) === undefined) {
		return {
			statusCode: 401,
			message: 'The call has no bearer token. respond.io sends the API Token of the channel.',
		};
	}
	return undefined;
}

async function binaryOf(
	{ helpers }: IWebhookFunctions,
	attachment: AttachmentMessage,
	{ allowPrivateAddresses }: TriggerOptions,
): Promise<{ binary: IBinaryData } | { refusal: Refusal }> {
	try {
		return { binary: await fetchAttachment(helpers, attachment, allowPrivateAddresses === true) };
	} catch (error) {
		const { message } = error as Error;
		return { refusal: { statusCode: 400, message } };
	}
}

/** Turns quick replies into a numbered text, for providers without buttons. */
function renderQuickReply(item: OutgoingItem): void {
	const { message } = item;
	if (message.type !== 'quickReply') return;
	item.message = { type: 'text', text: quickReplyAsText(message.title, message.replies) };
}
