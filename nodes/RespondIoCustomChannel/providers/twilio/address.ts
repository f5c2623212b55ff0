/** The channel (`whatsapp`, `messenger`, `rcs`; none for SMS) and the id within it, as in `whatsapp:+16505551234`. */
export function addressOf(address: string): [channel: string, id: string] {
	const [, channel = '', id = ''] = /^(?:([a-z]+):)?\s*(.*)$/is.exec(address) ?? [];
	return [channel.toLowerCase(), id.trim()];
}
