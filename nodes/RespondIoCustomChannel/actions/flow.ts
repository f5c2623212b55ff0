import type { IExecuteFunctions } from 'n8n-workflow';

/**
 * What our steps of one execution tell each other about the agent's message. n8n keeps it across the runs of a loop, and
 * hands it on to a retry of the execution.
 */
export interface OutgoingFlow {
	/** Counts the messages: how often Build Request has run. */
	message: number;
	/** How many requests the message takes. Undefined where no Build Request has run. */
	parts?: number;
	/** The trigger's own id of the message. */
	mId?: string;
	/** Whether the requests carry that id, so that the provider's receipts bring it back. */
	isReferenced?: boolean;
	/** The execution in which respond.io got its answer: a retry is another one. */
	answeredIn?: string;
}

const KEY = 'respondIoOutgoingMessage';

/** To be changed in place. */
export function outgoingFlow(context: IExecuteFunctions): OutgoingFlow {
	const flow = context.getContext('flow') as Record<string, OutgoingFlow | undefined>;
	return (flow[KEY] ??= { message: 0 });
}
