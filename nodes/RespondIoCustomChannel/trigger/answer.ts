import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

type HttpResponse = ReturnType<IWebhookFunctions['getResponseObject']>;

/** Why a call is refused, in the words that respond.io shows to the agent. */
export interface Refusal {
	statusCode: 400 | 401 | 403 | 404 | 410 | 500;
	message: string;
}

export function errorBody(message: string) {
	return { error: { message } };
}

/** Answers by hand: with `noWebhookResponse` and no data n8n starts no execution. */
export function refuse(response: HttpResponse, refusal: Refusal): IWebhookResponseData {
	response.status(refusal.statusCode).json(errorBody(refusal.message));
	return { noWebhookResponse: true };
}

/**
 * Gives every answer the protocol's shape. When a workflow fails or ends without an answer, n8n writes one of its own
 * (500 `{"message":…}`, or the success code with an empty body), which respond.io would take for a delivery.
 */
export function keepProtocolShape(response: HttpResponse): void {
	const json = response.json.bind(response);
	response.json = (body?: unknown) => {
		// n8n reports an error of the trigger after the trigger has answered.
		if (response.headersSent) return response;
		if (isProtocolAnswer(body)) return json(body);
		if (response.statusCode >= 400) {
			return json(
				errorBody(
					'The n8n workflow failed before it answered. Its error is in the list of executions.',
				),
			);
		}
		response.status(502);
		return json(
			errorBody(
				'The n8n workflow ended without an answer: no Accept, Reject or Answer step was reached for this message.',
			),
		);
	};
}

function isProtocolAnswer(body: unknown): boolean {
	return typeof body === 'object' && body !== null && ('mId' in body || 'error' in body);
}
