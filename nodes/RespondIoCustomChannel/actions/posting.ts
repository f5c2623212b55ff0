import { parseWholeEvents, type BuildContext } from '../channel/build';
import type { ChannelEvent } from '../channel/schema';
import type { Post } from '../delivery/plan';
import type { PostingContext } from './operation';

export function buildContext({ idType, now, execute }: PostingContext): BuildContext {
	return { idType, now, timezone: execute.getTimezone() };
}

/** The posts of an item that gives its events as JSON. */
export function wholeEventPosts(
	context: PostingContext,
	itemIndex: number,
	kind: ChannelEvent['type'],
): Post[] {
	const { contactId, contact, events } = parseWholeEvents(
		context.parameters.getNodeParameter('eventJson', itemIndex),
		kind,
		buildContext(context),
	);
	return events.map((event) => ({
		itemIndex,
		contactId,
		...(contact !== undefined && { contact }),
		event,
	}));
}
