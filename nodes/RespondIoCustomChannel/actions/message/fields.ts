import type { INodeProperties } from 'n8n-workflow';

import { sinceVersion2, version1 } from '../parameters';
import {
	contactId,
	deliveryOptions,
	eventJson,
	inputMode,
	linkExpiry,
	locationKey,
	longText,
	timestamp,
} from '../postingFields';

/** Properties shown with fields (not JSON), and for these message types if any are named. */
function when(messageTypes: string[], properties: INodeProperties[]): INodeProperties[] {
	return properties.map((property) => ({
		...property,
		displayOptions: {
			show: {
				inputMode: ['fields'],
				...(messageTypes.length > 0 && { messageType: messageTypes }),
				...property.displayOptions?.show,
			},
		},
	}));
}

/** Empty at first, so that nobody sends 0, 0 by accident; it was 0 in version 1. */
function coordinate({
	displayName,
	name,
	most,
	placeholder,
	description,
}: {
	displayName: string;
	name: string;
	most: number;
	placeholder: string;
	description: string;
}): INodeProperties[] {
	const shared = { displayName, name, required: true, description };
	return [
		{
			...shared,
			type: 'number',
			typeOptions: { minValue: -most, maxValue: most, numberPrecision: 8 },
			default: 0,
			displayOptions: version1,
		},
		{ ...shared, type: 'string', default: '', placeholder, displayOptions: sinceVersion2 },
	];
}

/** The parameters of a message and of an echo. */
export const messageFields: INodeProperties[] = [
	inputMode,
	eventJson,
	...when(
		[],
		[
			contactId,
			{
				displayName: 'Message Type',
				name: 'messageType',
				type: 'options',
				options: [
					{
						name: 'Attachment',
						value: 'attachment',
						description: 'An image, a video, an audio or another file',
					},
					{ name: 'Location', value: 'location', description: 'A place on the map' },
					{
						name: 'Quick Reply',
						value: 'quickReply',
						description: 'A question with answers to choose from',
					},
					{ name: 'Text', value: 'text', description: 'A text, with emoji and line breaks' },
				],
				default: 'text',
				description: 'The kind of message',
			},
		],
	),
	...when(
		['text'],
		[
			{
				displayName: 'Text',
				name: 'text',
				type: 'string',
				typeOptions: { rows: 3 },
				default: '',
				required: true,
				description:
					'The text of the message. Up to 7,000 characters; a longer one is split into several messages, unless the option Long Text says otherwise.',
			},
		],
	),
	...when(
		['attachment'],
		[
			{
				displayName: 'Attachment Source',
				name: 'attachmentSource',
				type: 'options',
				options: [
					{
						name: 'Binary File',
						value: 'binary',
						description: 'A file of this workflow; it gets a public link that expires',
					},
					{ name: 'URL', value: 'url', description: 'A link that anyone can open' },
				],
				default: 'url',
				description: 'Where the file comes from',
			},
			{
				displayName: 'Attachment URL',
				name: 'attachmentUrl',
				type: 'string',
				default: '',
				required: true,
				placeholder: 'e.g. https://example.com/photo.jpg',
				description:
					'A link that works without a login and shows the file rather than downloading it. Up to 2,000 characters.',
				displayOptions: { show: { attachmentSource: ['url'] } },
			},
			{
				displayName: 'Input Data Field Name',
				name: 'binaryPropertyName',
				type: 'string',
				default: 'data',
				required: true,
				hint: 'The name of the input field containing the binary file data to be sent',
				description:
					"The file is stored again and linked to through the trigger's media webhook, for 7 days. The credential's Public Media URL says where that is.",
				displayOptions: { show: { attachmentSource: ['binary'] } },
			},
			{
				displayName: 'Attachment Type',
				name: 'attachmentType',
				type: 'options',
				options: [
					{ name: 'Audio', value: 'audio' },
					{
						name: 'Detect',
						value: 'detect',
						description: 'Judged by the MIME type, the file name, or the file itself',
					},
					{ name: 'File', value: 'file' },
					{ name: 'Image', value: 'image' },
					{ name: 'Video', value: 'video' },
				],
				default: 'detect',
				description: 'How respond.io shows the attachment',
			},
			{
				displayName: 'File Name',
				name: 'fileName',
				type: 'string',
				default: '',
				placeholder: 'e.g. invoice.pdf',
				description:
					'The name that agents see, up to 256 characters. Where it lacks an extension, one is added for the MIME type.',
			},
			{
				displayName: 'MIME Type',
				name: 'mimeType',
				type: 'string',
				default: '',
				placeholder: 'e.g. image/jpeg',
				description: 'The media type of the file, if known',
			},
			{
				displayName: 'Description',
				name: 'description',
				type: 'string',
				default: '',
				description:
					'The caption of an image, up to 256 characters. With any other attachment, or longer, it is posted as a text of its own after it.',
			},
		],
	),
	...when(
		['location'],
		[
			...coordinate({
				displayName: 'Latitude',
				name: 'latitude',
				most: 90,
				placeholder: 'e.g. 3.139',
				description: 'Degrees north of the equator, from -90 to 90',
			}),
			...coordinate({
				displayName: 'Longitude',
				name: 'longitude',
				most: 180,
				placeholder: 'e.g. 101.6869',
				description: 'Degrees east of Greenwich, from -180 to 180',
			}),
			{
				displayName: 'Address',
				name: 'address',
				type: 'string',
				default: '',
				placeholder: 'e.g. 1 Jalan Ampang, Kuala Lumpur',
				description: 'The address in words, up to 256 characters',
			},
		],
	),
	...when(
		['quickReply'],
		[
			{
				displayName: 'Title',
				name: 'title',
				type: 'string',
				default: '',
				required: true,
				placeholder: 'e.g. When may we call you?',
				description: 'The question, up to 256 characters',
			},
			{
				displayName: 'Replies',
				name: 'replies',
				type: 'string',
				typeOptions: { rows: 4 },
				default: '',
				required: true,
				placeholder: 'e.g. In the morning',
				description:
					'The answers to choose from: one per line, or a list by expression. Up to 10, each of up to 256 characters.',
			},
		],
	),
	...when(
		[],
		[
			{
				displayName: 'Message ID',
				name: 'messageId',
				type: 'string',
				default: '',
				placeholder: 'e.g. SM9c3f2a',
				description:
					"The provider's unique ID of the message; with it a repeated delivery is recognised. One of more than 50 characters is shortened, always in the same way. Blank: a new one on every run.",
			},
			timestamp,
			{
				displayName: 'Contact',
				name: 'contact',
				type: 'collection',
				placeholder: 'Add field',
				default: {},
				description:
					'What is known of the customer. respond.io reads it when it creates the contact. Empty fields are left out.',
				options: [
					{
						displayName: 'Country Code',
						name: 'countryCode',
						type: 'string',
						default: '',
						placeholder: 'e.g. MY',
						description: 'Two letters of ISO 3166-1',
					},
					{
						displayName: 'Email',
						name: 'email',
						type: 'string',
						default: '',
						placeholder: 'e.g. name@email.com',
						description: 'Up to 50 characters',
					},
					{
						displayName: 'First Name',
						name: 'firstName',
						type: 'string',
						default: '',
						description: 'Up to 50 characters',
					},
					{
						displayName: 'Language',
						name: 'language',
						type: 'string',
						default: '',
						placeholder: 'e.g. en',
						description: 'Two letters of ISO 639-1',
					},
					{
						displayName: 'Last Name',
						name: 'lastName',
						type: 'string',
						default: '',
						description: 'Up to 50 characters',
					},
					{
						displayName: 'Locale',
						name: 'locale',
						type: 'string',
						default: '',
						placeholder: 'e.g. en_US',
						description: 'Language and country',
					},
					{
						displayName: 'Phone',
						name: 'phone',
						type: 'string',
						default: '',
						placeholder: 'e.g. +60177872890',
						description: 'With the country code, up to 18 characters',
					},
					{
						displayName: 'Profile Picture URL',
						name: 'profilePic',
						type: 'string',
						default: '',
						placeholder: 'e.g. https://example.com/mei.jpg',
						description: 'A public link to a picture of at most 100 kB',
					},
					{
						displayName: 'Timezone',
						name: 'timezone',
						type: 'string',
						default: '',
						placeholder: 'e.g. 8',
						description: 'Hours from UTC, from -24 to 24, or a name such as Asia/Kuala_Lumpur',
					},
				],
			},
		],
	),
	deliveryOptions([linkExpiry, longText, locationKey]),
];
