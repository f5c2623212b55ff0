import type { IDataObject } from 'n8n-workflow';

import { ChannelError } from '../../channel/error';
import { attachmentIn, fetchAttachment } from '../../media/attach';
import type { OutgoingMessage, Provider } from '../../providers/provider';
import { writeReference } from '../../providers/kit/reference';
import { outgoingFlow } from '../flow';
import type { ItemContext, ItemOperation } from '../operation';
import { idParameter, showFor, textParameter } from '../parameters';
import { pathOf, provider, settingFields } from './fields';
import { payloadField, payloadOf, providerOf } from './payload';

/** An agent's message, to the HTTP requests that send it at the provider: one item each, in order. */
export const buildRequest: ItemOperation = {
	kind: 'item',
	description: showFor(
		'provider',
		['buildRequest'],
		[
			provider,
			{
				displayName: 'Contact ID',
				name: 'contactId',
				type: 'string',
				default: '={{ $json.providerContactId }}',
				required: true,
				description: "The customer's ID at the provider, as the trigger has decoded it",
			},
			payloadField('The item of the Custom Channel Trigger, or its message alone'),
			...settingFields,
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add option',
				default: {},
				options: [
					{
						displayName: 'Allow Private Addresses',
						name: 'allowPrivateAddresses',
						type: 'boolean',
						default: false,
						description:
							'Whether attachments may be downloaded from addresses of your own network too. Switch it on for tests alone.',
					},
					{
						displayName: 'Download Attachments',
						name: 'downloadAttachments',
						type: 'boolean',
						default: false,
						description:
							"Whether to fetch the message's file into the binary field data of each request, for providers that want an upload",
					},
				],
			},
		],
	),
	async execute(context, itemIndex) {
		const { execute, parameters, now } = context;
		const chosen = providerOf(context, itemIndex);
		const contactId = idParameter(parameters, 'contactId', itemIndex);
		if (contactId === '') {
			throw new ChannelError(
				'The Contact ID is empty, so nobody could get the message',
				"Use the providerContactId of the trigger's item.",
			);
		}
		const payload = payloadOf(context, itemIndex);
		const message = messageOf(payload);
		const mId = messageIdOf(payload);
		let references = 0;
		const converter = await chosen.load();
		const requests = converter.outgoing(message, contactId, {
			now,
			settings: settingsOf(context, chosen, itemIndex),
			...(mId !== undefined &&
				execute.getNode().typeVersion >= 2 && {
					reference(part, parts) {
						references++;
						return writeReference({ mId, part, parts });
					},
				}),
		});
		note(context, {
			parts: requests.length,
			mId,
			isReferenced: chosen.capabilities.references && references === requests.length,
		});
		const { downloadAttachments, allowPrivateAddresses } = parameters.getNodeParameter(
			'options',
			itemIndex,
			{},
		) as { downloadAttachments?: boolean; allowPrivateAddresses?: boolean };
		const attachment = downloadAttachments === true ? attachmentIn(message) : undefined;
		const binary = attachment && {
			data: await fetchAttachment(execute.helpers, attachment, allowPrivateAddresses === true),
		};
		return requests.map((request) => ({
			json: request as unknown as IDataObject,
			...(binary && { binary }),
		}));
	},
};

/** Of the trigger's item, or given alone; what is neither is told by the provider's file. */
function messageOf(payload: unknown): OutgoingMessage {
	const { message } = (payload ?? {}) as { message?: unknown };
	return (message ?? payload) as OutgoingMessage;
}

function settingsOf(
	{ parameters }: ItemContext,
	{ settings }: Provider,
	itemIndex: number,
): Record<string, string> {
	// One name may be that of two fields, of which each version of the node shows one.
	const paths = new Map(settings.map((each) => [pathOf(each), each.name]));
	const entries = [...paths].map(([path, name]) => [
		name,
		textParameter(parameters, path, itemIndex),
	]);
	return Object.fromEntries(entries.filter(([, value]) => value.trim() !== ''));
}

/** The trigger's id of the message, where the payload is its item. */
function messageIdOf(payload: unknown): string | undefined {
	const { mId } = (payload ?? {}) as { mId?: unknown };
	return typeof mId === 'string' && mId !== '' ? mId : undefined;
}

const begun = new WeakSet<ItemContext>();

/** Leaves to the answering step of what it is to see the responses; the requests of one run are one message. */
function note(
	context: ItemContext,
	{ parts, mId, isReferenced }: { parts: number; mId?: string; isReferenced: boolean },
): void {
	const flow = outgoingFlow(context.execute);
	if (!begun.has(context)) {
		begun.add(context);
		Object.assign(flow, { message: flow.message + 1, parts, mId, isReferenced });
		return;
	}
	// Several items: one message none the less, with the id that they share.
	flow.parts = (flow.parts ?? 0) + parts;
	flow.isReferenced = flow.isReferenced === true && isReferenced && flow.mId === mId;
	if (flow.mId !== mId) flow.mId = undefined;
}
