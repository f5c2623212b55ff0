import type { PostingOperation } from '../operation';
import { showFor } from '../parameters';
import { messageFields } from './fields';
import { messagePosts } from './posts';

/** A customer's message, to respond.io. */
export const post: PostingOperation = {
	kind: 'posting',
	description: showFor('message', ['post', 'postEcho'], messageFields),
	posts: async (context, itemIndex) => await messagePosts(context, itemIndex, 'message'),
};
