/** `true_60123456789@c.us_3EB0…`, and in a group `_` and who wrote it. */
const ID = /^(?:true|false)_([^_]+@[^_]+)_([^_]+)(?:_(.+))?$/;

/** What WAHA writes into a message's id: the chat, WhatsApp's own id and the author. */
export function partsOfId(id: string): { chat?: string; own?: string; author?: string } {
	const [, chat, own, author] = ID.exec(id) ?? [];
	return { chat, own, author };
}
