import type { PostingOperation } from '../operation';
import { messagePosts } from './posts';

/** A message that the business sent outside respond.io. Its parameters are those of `post`. */
export const postEcho: PostingOperation = {
	kind: 'posting',
	description: [],
	posts: async (context, itemIndex) => await messagePosts(context, itemIndex, 'message_echo'),
};
