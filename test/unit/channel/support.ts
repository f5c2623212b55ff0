import fc from 'fast-check';

import { ChannelError } from '../../../nodes/RespondIoCustomChannel/channel/error';

/** Any string of UTF-16 units, halves of characters included. */
export const anyString = fc
	.array(
		fc.oneof(
			fc.integer({ min: 0, max: 0xffff }),
			fc.integer({ min: 0xd800, max: 0xdfff }),
			fc.integer({ min: 0x20, max: 0x7e }),
		),
		{ maxLength: 80 },
	)
	.map((units) => String.fromCharCode(...units));

/** Any text of whole characters. */
export const anyText = fc.oneof(
	fc.string({ unit: 'grapheme', maxLength: 80 }),
	fc.string({ unit: 'binary', maxLength: 80 }),
);

/** The error of the channel that a call throws; anything else that it does fails the test. */
export function faultOf(call: () => unknown): ChannelError {
	try {
		call();
	} catch (error) {
		if (error instanceof ChannelError) return error;
		throw error;
	}
	throw new Error('It threw nothing');
}

/** One code point of two UTF-16 units. */
export const EMOJI = '😀';
