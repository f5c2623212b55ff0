import { z, type ZodError } from 'zod';

import { ID_TYPES, STATUS_VALUES } from '../nodes/RespondIoCustomChannel/channel/schema';

const address = z
	.string()
	.refine((text) => text === '' || (/^https?:/i.test(text) && URL.canParse(text)), {
		message: 'must be a complete http(s) URL, e.g. http://127.0.0.1:5678/webhook/…',
	})
	.default('');

/** All that can be set from outside, over the command line, the page and the control API. */
export const settingsSchema = z
	.object({
		channelId: z.string().min(1).default('sandbox-channel'),
		apiToken: z.string().min(1).default('sandbox-token'),
		idType: z.enum(ID_TYPES).default('custom'),
		/** What people paste into respond.io: `/message` is appended. */
		baseUrl: address,
		/** Where the web chat posts customers' messages and receipts. */
		providerWebhookUrl: address,
		/** What the web chat's API asks for in `x-api-key`. */
		apiKey: z.string().min(1).default('webchat-key'),
		/** The web chat answers 503. */
		providerDown: z.boolean().default(false),
		/** Receipts that the web chat reports of its own accord after it took a message. */
		receipts: z.array(z.enum(STATUS_VALUES)).default(['sent', 'delivered', 'read']),
		/** Milliseconds before each receipt: n8n does not keep the order of calls that come at one moment. */
		receiptDelay: z.number().int().nonnegative().default(200),
		/** Milliseconds that respond.io takes for each answer. */
		answerDelay: z.number().int().nonnegative().default(0),
		/** Milliseconds that respond.io waits for the answer to an agent's message. */
		agentTimeout: z.number().int().positive().default(30_000),
		/** Fetch each attachment as respond.io does: HEAD, a range, then whole. */
		fetchAttachments: z.boolean().default(false),
	})
	.strict();

export type Settings = z.infer<typeof settingsSchema>;

/** What is wrong with settings, faults or a call, as "rules.0.do.kind: …". */
export function describeIssues({ issues }: ZodError): string {
	return issues
		.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
		.join('; ');
}
