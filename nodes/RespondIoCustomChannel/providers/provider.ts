import type { AttachmentType, Contact, IdType, StatusValue } from '../channel/schema';

/**
 * What every provider's folder says about itself in its `index.ts`, and where the rest is. The node's fields, the table of
 * docs/providers.md and the laws of the tests read it, so nothing of a provider is written anywhere else.
 */
export interface Provider {
	/** The value of the node's `provider` parameter. */
	name: string;
	/** What people call it. */
	displayName: string;
	/** Where its API is described. */
	documentation: string;
	/** What requests need besides the message. */
	settings: readonly Setting[];
	capabilities: Capabilities;
	/** Loads the code that converts: when it is first used, since most people use one provider. */
	load(): Promise<Converter>;
}

/** A field of the node for the requests of some providers; never a secret. */
export interface Setting {
	/** That by which the converter reads it. */
	name: string;
	displayName: string;
	description: string;
	placeholder?: string;
	/** Without it no request can be made: a field of its own, and not one that people add. */
	required?: true;
	/** The versions of the node that show it, where not all do. */
	nodeVersions?: '1' | '2 and later';
}

/** What the provider can show; what it can't becomes text. */
export interface Capabilities {
	/** Longest text of one message, a longer one is split; left out where texts are of any length. */
	text?: Limit;
	/** By type: shown as such, at least in the common formats, or sent as a link in a text. */
	attachments: Readonly<Record<AttachmentType, 'native' | 'link'>>;
	/** Shown on a map, or sent as an address with a link. */
	location: 'native' | 'text';
	/** Most quick replies that are buttons, and how long each may be. More or longer ones are numbered lines of text. */
	quickReplies: 'text' | { most: number; reply: Limit };
	/** Which statuses the provider reports. */
	statuses: readonly StatusValue[];
	/** Whether its receipts carry back the reference of the request that they are of. */
	references: boolean;
	/**
	 * Whether its webhook shows what the business itself sent elsewhere, and how that is told from what we sent: `marked`
	 * where the webhook itself tells, so that no memory is needed; `unmarked` where only a memory of the ids can.
	 */
	echoes: false | 'marked' | 'unmarked';
}

export interface Limit {
	max: number;
	/** `characters` are Unicode's code points; `SMS parts` are 153 characters of 7 bits each, or 67 UTF-16 units. */
	unit: 'characters' | 'UTF-16 units' | 'bytes' | 'SMS parts';
}

/**
 * Converts between a provider's form and ours. All of it is pure: no network, no n8n, no credential, the clock an
 * argument. Ids are the provider's own; the caller encodes them for respond.io.
 */
export interface Converter {
	/**
	 * Reads one webhook payload: what n8n's own trigger node for the provider outputs, or what the generic Webhook node
	 * outputs (`{ headers, params, query, body }`). Each event in it stands alone: what can't be read is a failure beside
	 * those that can.
	 * @throws {ChannelError} when the payload as a whole is not of this provider, or is damaged.
	 */
	incoming(payload: unknown, context: IncomingContext): Incoming;
	/**
	 * The requests that send one message to one contact, in the order to make them.
	 * @throws {ChannelError} when the contact id or the message can't be sent at this provider.
	 */
	outgoing(
		message: OutgoingMessage,
		contactId: string,
		context: OutgoingContext,
	): ProviderRequest[];
	/**
	 * What became of one of the requests, from whatever the sending step gave: the body, HTTP Request's full response, or
	 * an item that n8n makes of an error. What can't be read counts as refused. Never throws.
	 */
	readResponse(response: unknown, settings?: Readonly<Record<string, string>>): ProviderResponse;
}

export interface IncomingContext {
	/** Epoch milliseconds; used where the payload has no time. */
	now: number;
	/** What contact ids are on the channel, where a provider has more than one for the same customer. Left out: `custom`. */
	idType?: IdType;
	/** Files of the same n8n item, by property name, as the provider's trigger node downloaded them. */
	binary?: Readonly<Record<string, BinaryFile>>;
}

export interface BinaryFile {
	mimeType?: string;
	fileName?: string;
}

export interface Incoming {
	/** In the order in which they happened. */
	events: ProviderEvent[];
	/** What should be an event, and can't be read. */
	failures: IncomingFailure[];
	/** What is no message at all (typing, joins …): how many of which kind. */
	ignored: Record<string, number>;
}

/** Where in a payload (in a webhook's body) something stands, as in `entry[0].changes[1]`, and that piece of it. */
export interface Origin {
	place: string;
	payload: unknown;
}

export interface IncomingFailure extends Origin {
	message: string;
	/** What to do about it. */
	hint?: string;
}

interface ProviderEventFields {
	/** The customer, never the business; the provider's own id. */
	contactId: string;
	/** Unique at the provider: holds the chat too where its message ids are unique within a chat alone. Any length. */
	messageId: string;
	/** Epoch milliseconds. */
	timestamp: number;
	contact?: Contact;
	/** What to do about a contact id that can't be one on this channel. */
	contactHint?: string;
	/** Left out where the payload is one event. */
	origin?: Origin;
}

export type ProviderEvent =
	| (ProviderEventFields & {
			type: 'message' | 'message_echo';
			message: IncomingMessage;
			/** Of an echo: nothing in the payload tells whether we sent it, or somebody else. */
			mayBeOurs?: true;
	  })
	| (ProviderEventFields & {
			type: 'message_status';
			status: { value: StatusValue; message?: string };
			/** A failure of one request of a message, which another request's receipt does not undo. */
			ofEarlierPart?: true;
	  });

export type IncomingMessage =
	| { type: 'text'; text: string }
	| { type: 'attachment'; attachment: IncomingAttachment }
	| { type: 'location'; latitude: number; longitude: number; address?: string }
	| { type: 'quick_reply'; title: string; replies: string[] };

export interface IncomingAttachment {
	type: AttachmentType;
	/** Where the file is; exactly one of: a public link, a binary property of the item, the provider's id of the file. */
	source: { url: string } | { binaryPropertyName: string } | { fileId: string };
	mimeType?: string;
	fileName?: string;
	/** The caption; on images alone respond.io shows it, so for other types it follows as a text event of its own. */
	description?: string;
}

/** A message from respond.io, as the trigger's item holds it. */
export type OutgoingMessage =
	| { type: 'text'; text: string }
	| {
			type: 'attachment';
			attachment: {
				type: AttachmentType;
				url: string;
				mimeType?: string;
				fileName?: string;
				description?: string;
			};
	  }
	| { type: 'location'; latitude: number; longitude: number; address?: string }
	| { type: 'quick_reply'; title: string; replies: string[] };

export interface OutgoingContext {
	/** Epoch milliseconds. */
	now: number;
	/** What the provider's API needs besides the message: sender number, page id, channel id …; never a secret. */
	settings: Readonly<Record<string, string>>;
	/** What a request carries to be known again, part by part (from 1); left out where the message's id is not known. */
	reference?(part: number, parts: number): string;
}

/** What the provider made of a request: it took the message, or refused it, in its own words. */
export type ProviderResponse =
	| {
			taken: true;
			messageId?: string;
			/** Where only its responses show that the provider does not carry our references back. */
			carriesReference?: false;
	  }
	| { taken: false; reason: string };

/** One HTTP request to the provider, without secrets: the HTTP Request node adds the credential. */
export interface ProviderRequest {
	method: 'POST' | 'PUT' | 'GET';
	/** Complete URL. */
	url: string;
	/** Header names in lower case; no Authorization. */
	headers: Record<string, string>;
	/** How `body` is to be sent; what is no text in a form goes as JSON. */
	contentType: 'json' | 'form-urlencoded';
	body: Record<string, unknown>;
}
