import {
	NodeHelpers,
	type INode,
	type INodeProperties,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { LIMITS } from '../../../nodes/RespondIoCustomChannel/channel/limits';
import { RespondIoCustomChannel } from '../../../nodes/RespondIoCustomChannel/RespondIoCustomChannel.node';

const description: INodeTypeDescription = new RespondIoCustomChannel().description;

/** What the editor shows with these values, besides the choice of the operation. */
function shown(values: Record<string, string>): string[] {
	const node = { typeVersion: 1 } as INode;
	const parameters = NodeHelpers.getNodeParameters(
		description.properties,
		values,
		true,
		false,
		node,
		description,
	);
	return description.properties
		.filter((property) =>
			NodeHelpers.displayParameter(parameters ?? values, property, node, description),
		)
		.map(({ name }) => name)
		.filter((name) => name !== 'resource' && name !== 'operation');
}

const START = ['inputMode', 'contactId', 'messageType'];
const END = ['messageId', 'timestamp', 'contact', 'options'];
const FILE = ['attachmentType', 'fileName', 'mimeType', 'description'];

describe('the editor shows what applies, and nothing else', () => {
	it.each<[Record<string, string>, string[]]>([
		[{ messageType: 'text' }, [...START, 'text', ...END]],
		[
			{ messageType: 'attachment', attachmentSource: 'url' },
			[...START, 'attachmentSource', 'attachmentUrl', ...FILE, ...END],
		],
		[
			{ messageType: 'attachment', attachmentSource: 'binary' },
			[...START, 'attachmentSource', 'binaryPropertyName', ...FILE, ...END],
		],
		[{ messageType: 'location' }, [...START, 'latitude', 'longitude', 'address', ...END]],
		[{ messageType: 'quickReply' }, [...START, 'title', 'replies', ...END]],
		[{ inputMode: 'json' }, ['inputMode', 'eventJson', 'options']],
	])('of a message and an echo with %j', (values, names) => {
		for (const operation of ['post', 'postEcho']) {
			expect(shown({ resource: 'message', operation, ...values })).toEqual(names);
		}
	});

	it.each<[string, string, Record<string, string>, string[]]>([
		[
			'messageStatus',
			'post',
			{},
			['inputMode', 'contactId', 'messageId', 'status', 'errorMessage', 'timestamp', 'options'],
		],
		['messageStatus', 'post', { inputMode: 'json' }, ['inputMode', 'eventJson', 'options']],
		['outgoingMessage', 'accept', {}, ['messageId']],
		['outgoingMessage', 'answer', {}, ['provider', 'idField', 'errorField']],
		['outgoingMessage', 'answer', { provider: 'whatsapp' }, ['provider']],
		['outgoingMessage', 'reject', {}, ['errorMessage']],
		['media', 'publish', {}, ['binaryPropertyName', 'options']],
		['provider', 'relay', {}, ['provider', 'payload', 'options']],
	])('of %s: %s with %j', (resource, operation, values, names) => {
		expect(shown({ resource, operation, ...values })).toEqual(names);
	});
});

/** The fields of a message, those of the contact among them. */
const fields = new Map<string, INodeProperties>();
for (const property of description.properties) {
	const { resource, operation } = property.displayOptions?.show ?? {};
	if (!resource?.includes('message') || !operation?.includes('post')) continue;
	fields.set(property.name, property);
	if (property.name !== 'contact') continue;
	for (const option of property.options as INodeProperties[]) {
		fields.set(`contact.${option.name}`, option);
	}
}

describe('the description of a field tells its limit', () => {
	it.each<[string, ...number[]]>([
		['contactId', LIMITS.contactId],
		['messageId', LIMITS.messageId],
		['text', LIMITS.text],
		['attachmentUrl', LIMITS.attachmentUrl],
		['fileName', LIMITS.fileName],
		['description', LIMITS.description],
		['latitude', -LIMITS.latitude, LIMITS.latitude],
		['longitude', -LIMITS.longitude, LIMITS.longitude],
		['address', LIMITS.address],
		['title', LIMITS.quickReplyTitle],
		['replies', LIMITS.quickReplies, LIMITS.quickReply],
		['contact.firstName', LIMITS.firstName],
		['contact.lastName', LIMITS.lastName],
		['contact.email', LIMITS.email],
		['contact.phone', LIMITS.phone],
		['contact.timezone', -LIMITS.timezone, LIMITS.timezone],
	])('%s', (name, ...limits) => {
		const words = ` ${fields.get(name)?.description ?? ''} `;
		for (const limit of limits) {
			expect(words).toMatch(new RegExp(`[^\\d,]${limit.toLocaleString('en-US')}[^\\d,]|${limit},`));
		}
	});
});

it('every field takes an expression', () => {
	expect(fields.size).toBeGreaterThan(25);
	for (const { noDataExpression } of fields.values()) expect(noDataExpression).not.toBe(true);
});
