import type { INodeProperties } from 'n8n-workflow';

import { byName } from './parameters';

/** Parameters that several posting operations have in common. */

export const inputMode: INodeProperties = {
	displayName: 'Specify Event',
	name: 'inputMode',
	type: 'options',
	options: [
		{ name: 'Using Fields Below', value: 'fields' },
		{ name: 'Using JSON', value: 'json' },
	],
	default: 'fields',
	description: 'Whether to fill in fields, or to give the whole event as JSON',
};

export const eventJson: INodeProperties = {
	displayName: 'Event (JSON)',
	name: 'eventJson',
	type: 'json',
	default:
		'{\n  "contactId": "",\n  "events": [\n    { "type": "message", "mId": "", "message": { "type": "text", "text": "" } }\n  ]\n}',
	displayOptions: { show: { inputMode: ['json'] } },
	description:
		"The event in the form of respond.io's protocol: an object with contactId and events, and contact if known; or one event that holds its contactId. A missing timestamp becomes the present time. Message: Post takes events of any type, such as the request in an item of an error output; the other operations take their own type alone.",
};

export const contactId: INodeProperties = {
	displayName: 'Contact ID',
	name: 'contactId',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. +60177872890',
	description:
		"The customer's ID at the provider. On a phone channel: the number with its country code. Else any ID; characters that respond.io does not allow are encoded, and decoded again by the trigger. Up to 50 characters.",
};

export const timestamp: INodeProperties = {
	displayName: 'Timestamp',
	name: 'timestamp',
	type: 'dateTime',
	default: '',
	placeholder: 'e.g. {{ $json.timestamp }}',
	description:
		'When it happened, as a date, an ISO text, or a number of seconds or milliseconds since 1970. Blank: now.',
};

/** How the events of all items are sent; of the first item alone, but for the last two, which are each item's own. */
export function deliveryOptions(more: INodeProperties[] = []): INodeProperties {
	const options: INodeProperties[] = [
		{
			displayName: 'Contacts at Once',
			name: 'concurrency',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 50, numberPrecision: 0 },
			default: 5,
			description:
				'How many contacts are served side by side. Events of one contact are always posted one after the other, in order.',
		},
		{
			displayName: 'Events per Request',
			name: 'eventsPerRequest',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 100, numberPrecision: 0 },
			default: 1,
			description:
				'How many consecutive events of one contact go into one request. If respond.io refuses such a request, its events are sent one by one.',
		},
		{
			displayName: 'Max Attempts',
			name: 'maxAttempts',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 10, numberPrecision: 0 },
			default: 4,
			description:
				'How often a request is tried at most when the network fails or respond.io answers 408, 425, 429 or 5xx, with growing pauses. Without this option: as often as the time to retry allows.',
		},
		{
			displayName: 'Hold Back',
			name: 'holdBack',
			type: 'boolean',
			default: false,
			description:
				'Whether to post nothing, so that every event leaves on the error output. For workflows that keep undelivered events: while earlier ones wait, later ones must not overtake them.',
		},
		{
			displayName: 'Retry For (Seconds)',
			name: 'retryFor',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 600, numberPrecision: 0 },
			default: 120,
			description:
				'How long a request is tried again. What is not delivered then leaves on the error output, complete and ready to be sent again.',
		},
		{
			displayName: 'Skip Duplicates',
			name: 'skipDuplicates',
			type: 'boolean',
			default: true,
			description:
				'Whether to leave out what this workflow has delivered before: the same message ID of the same contact, a status older than one already posted, and an echo of a message that an Accept step answered for',
		},
		...more,
	];
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: byName(options, (option) => option.displayName),
	};
}

export const linkExpiry: INodeProperties = {
	displayName: 'Link Expiry (Days)',
	name: 'linkExpiry',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 7,
	description:
		'How long the public link to a binary file works. n8n deletes the file with its execution: links live no longer than that.',
};

export const longText: INodeProperties = {
	displayName: 'Long Text',
	name: 'longText',
	type: 'options',
	options: [
		{ name: 'Refuse', value: 'error', description: 'Treat the item as an error' },
		{ name: 'Split', value: 'split', description: 'Post it as several messages, in order' },
		{ name: 'Truncate', value: 'truncate', description: 'Cut it and end it with an ellipsis' },
	],
	default: 'split',
	description: 'What to do with a text of more than 7,000 characters',
};

export const locationKey: INodeProperties = {
	displayName: 'Longitude Key',
	name: 'locationKey',
	type: 'options',
	options: [
		{ name: 'Both', value: 'both' },
		{ name: 'Longitude', value: 'longitude' },
		{ name: 'Longtitude', value: 'longtitude', description: "As respond.io's document spells it" },
	],
	default: 'both',
	description: "The name under which a location's longitude is sent",
};
