/**
 * The documented limits of the Custom Channel (respond.io, "Custom Channel Quick Start").
 * Lengths count Unicode code points.
 */
export const LIMITS = {
	contactId: 50,
	messageId: 50,
	text: 7000,
	firstName: 50,
	lastName: 50,
	email: 50,
	phone: 18,
	attachmentUrl: 2000,
	fileName: 256,
	description: 256,
	address: 256,
	quickReplyTitle: 256,
	quickReplies: 10,
	quickReply: 256,
	/** Degrees either side of zero. */
	latitude: 90,
	/** Degrees either side of zero. */
	longitude: 180,
	/** Hours either side of UTC. */
	timezone: 24,
} as const;

/** The length of a text as the limits count it: in code points, so an emoji of two UTF-16 units counts once. */
export function codePointLength(text: string): number {
	let length = 0;
	for (let index = 0; index < text.length; index++) {
		const unit = text.charCodeAt(index);
		const isHighSurrogate = unit >= 0xd800 && unit <= 0xdbff;
		if (isHighSurrogate) {
			const next = text.charCodeAt(index + 1);
			if (next >= 0xdc00 && next <= 0xdfff) index++;
		}
		length++;
	}
	return length;
}

/**
 * A whole number as people read it, with a comma before each three digits. `toLocaleString` writes the same, but its first
 * call costs 15 ms and 7 MB, which n8n's start would pay.
 */
export function withCommas(number: number): string {
	return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}
