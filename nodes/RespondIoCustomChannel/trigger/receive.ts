import { randomUUID } from 'node:crypto';
import type {
	IBinaryData,
	IDataObject,
	INodeExecutionData,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { OutgoingItem, OutgoingType } from '../channel/outgoing';
import { parseOutgoing, quickReplyAsText } from '../channel/outgoing';
import { CREDENTIAL_TYPE, tokenOf } from '../credential';
import { attachmentIn, fetchAttachment, type AttachmentMessage } from '../media/attach';
import { AcceptedTokens, type KnownChannel } from './acceptedTokens';
import type { Refusal } from './answer';
import { keepProtocolShape, refuse } from './answer';
import { hasAnsweringStep } from './answeringStep';
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

	const opened = await channelOf(context, options);
	if ('refusal' in opened) return refuse(response, opened.refusal);
	const { channel } = opened;

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

	const isUnanswered = isAnswerMissing(context);
	if (isUnanswered && !isTestOfTriggerAlone(context)) return refuseUnanswered(context);

	if (options.quickReplyAsText === true) renderQuickReply(item);
	const data: INodeExecutionData = { json: item as unknown as IDataObject };
	const attachment = options.downloadAttachments === true ? attachmentIn(item.message) : undefined;
	if (attachment !== undefined) {
		const fetched = await binaryOf(context, attachment, options);
		if ('refusal' in fetched) return refuse(response, fetched.refusal);
		data.binary = { data: fetched.binary };
	}
	const split = context.getNodeParameter('splitOutputs', false) === true;
	const workflowData = split ? outputOf(data, type, types) : [[data]];
	if (isUnanswered) return { ...refuse(response, UNANSWERED), workflowData };
	return {
		// Read by respond.io in the mode that answers at once; else a step of the workflow answers.
		webhookResponse: { mId },
		workflowData,
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

const acceptedTokens = new AcceptedTokens();

/** The channel of a caller who has its token; the credential is read last, and not for every call. */
async function channelOf(
	context: IWebhookFunctions,
	{ verifyToken }: TriggerOptions,
): Promise<{ channel: KnownChannel } | { refusal: Refusal }> {
	if (verifyToken === false) return await readChannel(context);
	const token = bearerToken(context.getHeaderData()) ?? '';
	const place = placeOf(context);
	const now = Date.now();
	const known = place === undefined ? undefined : acceptedTokens.find(place, token, now);
	if (known !== undefined) return { channel: known };

	const opened = await readChannel(context);
	if ('refusal' in opened) return opened;
	if (!isSameToken(token, tokenOf(opened.channel))) {
		return {
			refusal: {
				statusCode: 401,
				message:
					"The token is not this channel's. Copy the API Token of the channel's configuration page into the n8n credential.",
			},
		};
	}
	if (place !== undefined) acceptedTokens.remember(place, token, opened.channel, now);
	return opened;
}

/** By what an accepted token is remembered; undefined where it is not. */
function placeOf(context: IWebhookFunctions): string | undefined {
	const { id, typeVersion, credentials } = context.getNode();
	const credentialId = credentials?.[CREDENTIAL_TYPE]?.id;
	// Version 1 reads the credential at every call, as it always did.
	if (typeVersion < 2 || !credentialId) return undefined;
	return [context.getWorkflow().id, id, credentialId].join(' ');
}

/** Whether respond.io would wait for an answer that no step gives: the customer would be served, the agent told 502. */
function isAnswerMissing(context: IWebhookFunctions): boolean {
	return (
		context.getNode().typeVersion >= 2 &&
		context.getNodeParameter('responseMode', 'responseNode') === 'responseNode' &&
		!hasAnsweringStep(context)
	);
}

/** Whether somebody at the editor wants to see a first message, before there is any step that could do harm. */
function isTestOfTriggerAlone(context: IWebhookFunctions): boolean {
	return (
		context.getMode() === 'manual' &&
		context.getChildNodes(context.getNode().name).every(({ disabled }) => disabled)
	);
}

const NO_ANSWER = 'No step of this workflow answers respond.io, so the message was not sent';
const ADD_ANSWER =
	'Add an "Outgoing Message" step behind the trigger and keep it switched on (Answer from Responses, or Accept and Reject), or let the trigger respond immediately.';
const UNANSWERED: Refusal = { statusCode: 500, message: `${NO_ANSWER}. ${ADD_ANSWER}` };

/**
 * Tells respond.io, and starts nothing. Who listens for a test event gets the same as the error of the trigger, since a
 * refused call shows nothing in the editor.
 * @throws {NodeOperationError} while somebody listens for a test event.
 */
function refuseUnanswered(context: IWebhookFunctions): IWebhookResponseData {
	const refused = refuse(context.getResponseObject(), UNANSWERED);
	if (context.getMode() !== 'manual') return refused;
	throw new NodeOperationError(context.getNode(), NO_ANSWER, { description: ADD_ANSWER });
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
