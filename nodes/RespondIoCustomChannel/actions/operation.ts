import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';

import type { Channel } from '../credential';
import type { Parameters } from './parameters';
import type { Post } from '../delivery/plan';

/** What an operation may use besides the item's parameters. */
export interface ItemContext {
	execute: IExecuteFunctions;
	parameters: Parameters;
	/** The credential's, read at the first call alone: each read costs n8n some 15 ms. */
	channel(): Promise<Channel>;
	/** Epoch milliseconds, the same for all items of the run. */
	now: number;
	/** Shows a sentence in the editor, once a run however often it is said. */
	hint(sentence: string): void;
}

/** For operations that post: these need the channel for every item. */
export interface PostingContext extends ItemContext {
	idType: Channel['idType'];
}

/** Builds what one item posts to respond.io; the router delivers it together with the other items'. */
export interface PostingOperation {
	kind: 'posting';
	description: INodeProperties[];
	posts(context: PostingContext, itemIndex: number): ItemPosts | Promise<ItemPosts>;
}

/** One event of an item that could not be made. Its siblings are posted. */
export interface PostFailure {
	/** What happened. */
	message: string;
	/** How to get unstuck. */
	hint?: string;
	/** Where in the payload it stands, e.g. `entry[0].changes[0].value.messages[1]`. */
	place?: string;
	/** What stands there. */
	payload?: unknown;
}

export interface ItemPosts {
	posts: Post[];
	failures?: PostFailure[];
	/** The item's output where there is nothing to post, so that it does not vanish. */
	note?: IDataObject;
}

/** Works on one item by itself, and calls nobody. The router adds pairedItem and takes errors. */
export interface ItemOperation {
	kind: 'item';
	description: INodeProperties[];
	execute(
		context: ItemContext,
		itemIndex: number,
	): INodeExecutionData[] | Promise<INodeExecutionData[]>;
}

/** Runs once, whatever the number of items: respond.io takes one answer a call. */
export interface AnsweringOperation {
	kind: 'answering';
	description: INodeProperties[];
	/** The items to go on with, where those are not the input's. */
	answer(context: IExecuteFunctions): Promise<INodeExecutionData[] | void>;
}

export type Operation = PostingOperation | ItemOperation | AnsweringOperation;

/** One resource: how the editor lists its operations, and what they do. */
export interface Resource {
	name: string;
	value: string;
	description: string;
	operations: Array<{
		name: string;
		value: string;
		action: string;
		description: string;
		/** What the canvas shows below the node's name; the operation's name where it says enough. */
		subtitle?: string;
		run: Operation;
	}>;
}
