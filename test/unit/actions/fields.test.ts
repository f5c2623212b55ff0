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
function shown(values: Record<string, string>, typeVersion = 2): string[] {
	const node = { typeVersion } as INode;
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
			['inputMode', 'contactId', 'messageId', 'status', 'timestamp', 'options'],
		],
		...['failed', '={{ $json.status }}'].map(
			(status): [string, string, Record<string, string>, string[]] => [
				'messageStatus',
				'post',
				{ status },
				['inputMode', 'contactId', 'messageId', 'status', 'errorMessage', 'timestamp', 'options'],
			],
		),
		['messageStatus', 'post', { inputMode: 'json' }, ['inputMode', 'eventJson', 'options']],
		['outgoingMessage', 'accept', {}, ['messageId']],
		['outgoingMessage', 'answer', {}, ['provider', 'idField', 'errorField']],
		['outgoingMessage', 'answer', { provider: 'whatsapp' }, ['provider']],
		['outgoingMessage', 'reject', {}, ['errorMessage']],
		['media', 'publish', {}, ['binaryPropertyName', 'options']],
		['provider', 'relay', {}, ['provider', 'payload', 'options']],
		[
			'provider',
			'buildRequest',
			{ provider: 'twilio' },
			['provider', 'contactId', 'payload', 'accountSid', 'from', 'settings', 'options'],
		],
	])('of %s: %s with %j', (resource, operation, values, names) => {
		expect(shown({ resource, operation, ...values })).toEqual(names);
	});
});

describe('version 1 goes on as it was', () => {
	const property = (name: string, typeVersion: number, values: Record<string, string>) => {
		const node = { typeVersion } as INode;
		const found = description.properties.filter(
			(each) => each.name === name && NodeHelpers.displayParameter(values, each, node, description),
		);
		expect(found).toHaveLength(1);
		return found[0];
	};
	const location = {
		resource: 'message',
		operation: 'post',
		inputMode: 'fields',
		messageType: 'location',
	};
	const status = { resource: 'messageStatus', operation: 'post', inputMode: 'fields' };

	it.each(['latitude', 'longitude'])('%s begins with 0, and empty since', (name) => {
		expect(property(name, 1, location).default).toBe(0);
		expect(property(name, 2, location)).toMatchObject({ default: '', required: true });
	});

	it('the Error Message is shown beside every status, and never needed', () => {
		for (const value of ['delivered', 'failed']) {
			expect(property('errorMessage', 1, { ...status, status: value }).required).toBeUndefined();
		}
		expect(property('errorMessage', 2, { ...status, status: 'failed' }).required).toBe(true);
	});

	it("Twilio's sender is a setting", () => {
		const values = { resource: 'provider', operation: 'buildRequest', provider: 'twilio' };
		expect(shown(values, 1)).not.toContain('from');
		const node = { typeVersion: 1 } as INode;
		const settings = property('settings', 1, values).options as INodeProperties[];
		const names = (typeVersion: number) =>
			settings
				.filter((each) =>
					NodeHelpers.displayParameter(
						{},
						each,
						{ ...node, typeVersion },
						description,
						values as never,
					),
				)
				.map(({ name }) => name);
		expect(names(1)).toEqual(['baseUrl', 'from', 'messagingServiceSid', 'statusCallback']);
		expect(names(2)).toEqual(['baseUrl', 'statusCallback']);
	});
});

describe('the canvas says in words', () => {
	const evaluate = new Function(
		'$parameter',
		`return ${/^=\{\{([^]*)\}\}$/.exec(String(description.subtitle))?.[1]}`,
	) as (parameters: object) => string;

	it.each([
		['message', 'post', {}, 'Post message'],
		['message', 'postEcho', {}, 'Post echo'],
		['messageStatus', 'post', {}, 'Post status'],
		['outgoingMessage', 'accept', {}, 'Accept'],
		['outgoingMessage', 'reject', { provider: 'line' }, 'Reject'],
		['media', 'publish', {}, 'Publish file'],
		['provider', 'relay', { provider: 'whatsapp' }, 'Relay: WhatsApp Cloud API'],
		['provider', 'buildRequest', { provider: 'telegram' }, 'Build request: Telegram'],
		['provider', 'buildRequest', { provider: '={{ $json.of }}' }, 'Build request'],
	])('%s %s %j: %s', (resource, operation, more, words) => {
		expect(evaluate({ resource, operation, ...more })).toBe(words);
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
