import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import type { Channel } from '../credential';
import type { Post } from '../delivery/plan';

/** Builds what one item posts to respond.io; the router delivers it, together with the other items'. */
export interface PostingOperation {
	kind: 'posting';
	description: INodeProperties[];
	posts(
		context: IExecuteFunctions,
		itemIndex: number,
		channel: Channel,
	): ItemPosts | Promise<ItemPosts>;
}

export interface ItemPosts {
	posts: Post[];
	/** Goes into the item's output where nothing was posted. */
	note?: Record<string, unknown>;
}

/** Works on one item by itself. The router adds pairedItem and takes errors. */
export interface ItemOperation {
	kind: 'item';
	description: INodeProperties[];
	execute(context: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData[]>;
}

/** Runs once, whatever the number of items: respond.io takes one answer a call. */
export interface AnsweringOperation {
	kind: 'answering';
	description: INodeProperties[];
	answer(context: IExecuteFunctions): Promise<void>;
}

export type Operation = PostingOperation | ItemOperation | AnsweringOperation;
