import type { ItemOperation } from '../operation';
import { idParameter, showFor, textParameter } from '../parameters';
import { linkExpiry } from '../postingFields';
import { publishBinary } from '../publishing';

/** A binary file of the item, to a public link that expires. */
export const publish: ItemOperation = {
	kind: 'item',
	description: showFor(
		'media',
		['publish'],
		[
			{
				displayName: 'Input Data Field Name',
				name: 'binaryPropertyName',
				type: 'string',
				default: 'data',
				required: true,
				hint: 'The name of the input field containing the binary file data to be published',
				description:
					"The file is stored again and linked to through the trigger's media webhook. The credential's Public Media URL says where that is.",
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add option',
				default: {},
				options: [
					{
						displayName: 'File Name',
						name: 'fileName',
						type: 'string',
						default: '',
						placeholder: 'e.g. invoice.pdf',
						description: "The name that the link gives the file, in place of the file's own",
					},
					linkExpiry,
					{
						displayName: 'MIME Type',
						name: 'mimeType',
						type: 'string',
						default: '',
						placeholder: 'e.g. image/jpeg',
						description:
							"What the file is, in place of what n8n took it for. The file's content has the last word.",
					},
				],
			},
		],
	),
	async execute(context, itemIndex) {
		const { parameters } = context;
		const property = idParameter(parameters, 'binaryPropertyName', itemIndex);
		const { expiresAt, ...file } = await publishBinary(context, itemIndex, property, {
			fileName: textParameter(parameters, 'options.fileName', itemIndex),
			mimeType: textParameter(parameters, 'options.mimeType', itemIndex),
			linkExpiry: parameters.getNodeParameter('options.linkExpiry', itemIndex, ''),
		});
		return [{ json: { ...file, expiresAt: new Date(expiresAt).toISOString() } }];
	},
};
