import type { Resource } from '../operation';
import { publish } from './publish';

export const media: Resource = {
	name: 'Media',
	value: 'media',
	description: 'A file of this workflow',
	operations: [
		{
			name: 'Publish',
			value: 'publish',
			subtitle: 'Publish file',
			action: 'Publish a file as a link',
			description: 'Make a binary file a public link that expires',
			run: publish,
		},
	],
};
