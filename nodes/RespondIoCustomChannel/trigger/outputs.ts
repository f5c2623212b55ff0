import type { INodeExecutionData } from 'n8n-workflow';

import type { OutgoingType } from '../channel/outgoing';
import { MESSAGE_TYPES } from '../channel/outgoing';

const NAMES: Record<OutgoingType, string> = {
	text: 'Text',
	image: 'Image',
	video: 'Video',
	audio: 'Audio',
	file: 'File',
	location: 'Location',
	quickReply: 'Quick Reply',
	other: 'Other',
};

/** The outputs of a trigger that splits, in their order. */
export const OUTPUTS = MESSAGE_TYPES.map((value) => ({ value, name: NAMES[value] }));

/** The chosen message types, in the order of the outputs; what this release does not know is left out. */
export function chosenTypes(chosen: unknown): OutgoingType[] {
	const wanted = new Set(Array.isArray(chosen) ? chosen : []);
	return MESSAGE_TYPES.filter((type) => wanted.has(type));
}

/** The item at the output of its type, nothing at the others. */
export function outputOf(
	item: INodeExecutionData,
	type: OutgoingType,
	types: readonly OutgoingType[],
): INodeExecutionData[][] {
	return types.map((each) => (each === type ? [item] : []));
}

/**
 * What n8n evaluates to draw the outputs: one for each chosen type, or one for all. It stands alone: the editor gets it
 * as text.
 */
export function configuredOutputs(
	parameters: { splitOutputs?: boolean; messageTypes?: string[] },
	outputs: ReadonlyArray<{ value: string; name: string }>,
) {
	if (parameters.splitOutputs !== true) return [{ type: 'main' }];
	const chosen = parameters.messageTypes ?? [];
	return outputs
		.filter((output) => chosen.includes(output.value))
		.map((output) => ({ type: 'main', displayName: output.name }));
}

/** What the canvas shows below the node's name. The editor alone evaluates it, and gets it as text: it stands alone too. */
export function typesInWords(
	parameters: { messageTypes?: string[] },
	outputs: ReadonlyArray<{ value: string; name: string }>,
): string {
	const chosen = parameters.messageTypes ?? [];
	const names = outputs.filter((each) => chosen.includes(each.value)).map((each) => each.name);
	if (names.length === outputs.length) return 'All messages';
	return names.length > 3 ? names.length + ' types of messages' : names.join(', ');
}
