import type { ChannelEvent, Contact, EventsRequest } from '../channel/schema';

/** One event on its way to respond.io. */
export interface Post {
	/** The item it came from. */
	itemIndex: number;
	/** Encoded. */
	contactId: string;
	contact?: Contact;
	event: ChannelEvent;
	/** An echo that the provider does not tell from those of what respond.io itself sent. */
	mayBeOurs?: boolean;
	/** A receipt that may be of one part of a message, of which respond.io knows another. */
	mayBeOfPart?: boolean;
	/** A failure of one part of a message: true whatever became of the last one. */
	ofEarlierPart?: boolean;
}

/** Positions of the posts, by contact: contacts in the order of their first post, each one's posts in their order. */
export function planDelivery(posts: readonly Post[]): number[][] {
	const byContact = new Map<string, number[]>();
	posts.forEach(({ contactId }, position) => {
		const queue = byContact.get(contactId);
		if (queue === undefined) byContact.set(contactId, [position]);
		else queue.push(position);
	});
	return [...byContact.values()];
}

/** The request for posts of one contact. respond.io reads the contact when it creates it: the first one known is sent. */
export function toRequest(channelId: string, posts: readonly Post[]): EventsRequest {
	const contact = posts.find((post) => post.contact !== undefined)?.contact;
	return {
		channelId,
		contactId: posts[0].contactId,
		events: posts.map(({ event }) => event),
		...(contact !== undefined && { contact }),
	};
}
