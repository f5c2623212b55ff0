/** What the templates of WhatsApp gateways share. */

/** What people must know before they link their number. */
export const gatewayAbout = (gateway: string): string =>
	`${gateway} links itself to a WhatsApp account like another device of it. It is not of Meta: WhatsApp's terms allow neither unofficial clients nor automated or bulk messages by them, and accounts that use one can be banned. For a number that must not be lost take Meta's own way, the template *WhatsApp Cloud API*.

What people write with the phone or WhatsApp Web comes as echoes, and so is seen in the conversation. Customers who hide their number come under an ID that ends in \`@lid\`.`;
