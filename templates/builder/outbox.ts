import type { INodeParameters } from 'n8n-workflow';

import { dataTable, where } from './dataTable';
import { core, decide, everyMinute, fail, ours } from './steps';
import type { Lane, Link, Step } from './workflow';

/**
 * What respond.io has not taken waits in a Data Table of n8n's, which all processes of a cluster share, and is sent again
 * each minute in the order of the events. One table for all workflows; each sends its own rows, with its own credential.
 */

const TABLE = 'respondio_outbox';
const COLUMNS = {
	workflow: 'string',
	event: 'string',
	state: 'string',
	contactId: 'string',
	eventTime: 'number',
	request: 'string',
	reason: 'string',
} as const;

/** Rows that one run takes, so that it ends before the next begins. */
const BATCH = 200;
/** Minutes after which people are to be told. */
const ALARM_AFTER = 60;

const table = dataTable(TABLE, COLUMNS);

const OURS = { workflow: '={{ $workflow.id }}', state: 'waiting' };
/** `error.retryable` is false where respond.io refused the event itself. */
const STATE = "={{ $json.error.retryable ? 'waiting' : 'refused' }}";

/** Looks whether earlier events wait; makes the table where there is none yet. Runs before the rest, being above it. */
const look: Step[] = [
	core(
		'Anything Waiting?',
		'dataTable',
		1.1,
		{ ...table.rows('get'), ...where(OURS), limit: 1 },
		[1, 0],
		// Once, however many items the trigger gives.
		{ onError: 'continueErrorOutput', settings: { executeOnce: true } },
	),
	core(
		'Make Outbox',
		'dataTable',
		1.1,
		table.make(),
		[2, 0],
		// Two executions at once may both try; the second then finds the table.
		{
			onError: 'continueRegularOutput',
			settings: { executeOnce: true, retryOnFail: true, maxTries: 3 },
		},
	),
];

/** Options of a step that posts: it gives up soon, and posts nothing while earlier events wait. */
export const holdBack = (retryFor: number): INodeParameters => ({
	retryFor,
	// n8n's step tells few of its errors: of others it gives its own input, which is no row.
	holdBack:
		"={{ $('Anything Waiting?').isExecuted && $('Anything Waiting?').all().some(({ json }) => json.workflow === $workflow.id) }}",
});

/** What makes an event the same one again: some providers repeat theirs, and it must wait only once. */
const EVENT =
	"={{ $json.error.mId ? [$json.error.contactId, $json.error.type, $json.error.mId, $json.error.status].join(' ') : JSON.stringify($json.error.payload ?? $json.error).hash() }}";

const keep = (at: readonly [number, number]): Step =>
	core(
		'Keep in Outbox',
		'dataTable',
		1.1,
		{
			...table.rows('upsert'),
			...where({ workflow: OURS.workflow, event: EVENT }),
			...table.values({
				workflow: OURS.workflow,
				event: EVENT,
				state: STATE,
				contactId: '={{ $json.error.contactId }}',
				eventTime: '={{ $json.error.timestamp }}',
				request: '={{ JSON.stringify($json.error.request ?? $json.error.payload ?? null) }}',
				reason: '={{ $json.error.message }}',
			}),
			options: {},
		},
		at,
	);

/** Adds to the steps of a lane that post what becomes of an undelivered event. */
export const withOutbox = (
	{ steps, links, ...lane }: Lane,
	{ triggers, posting, keepAt }: Outbox,
): Lane => ({
	...lane,
	steps: [...look, ...steps, keep(keepAt)],
	links: [
		...triggers.map((from): Link => ({ from, to: 'Anything Waiting?' })),
		{ from: 'Anything Waiting?', to: 'Make Outbox', output: 1 },
		...links,
		...posting.map((from): Link => ({ from, to: 'Keep in Outbox', output: 1 })),
	],
});

interface Outbox {
	/** Steps that start the lane. */
	triggers: string[];
	/** Steps that post to respond.io. */
	posting: string[];
	keepAt: readonly [number, number];
}

/** Sends what waits, each minute. */
export const drain: Lane = {
	title: 'Outbox',
	text: `What respond.io could not take waits in the data table "${TABLE}" and is sent again each minute, in order, until it is taken. What respond.io refuses is kept there with its reason, as "refused". If something waits for more than an hour, or the table cannot be read, Raise Alarm fails an execution: n8n's error workflow, if you have one, then tells you.`,
	colour: 6,
	steps: [
		everyMinute('Each Minute', [0, 0]),
		core(
			'Get Waiting',
			'dataTable',
			1.1,
			{
				...table.rows('get'),
				...where(OURS),
				limit: BATCH,
				orderBy: true,
				orderByColumn: 'eventTime',
				orderByDirection: 'ASC',
			},
			[1, 0],
			// No table yet: nothing waits. Anything else is an alarm.
			{ onError: 'continueErrorOutput' },
		),
		ours(
			'Send Again',
			'message',
			'post',
			{ inputMode: 'json', eventJson: '={{ $json.request }}', options: { retryFor: 5 } },
			[2, 0],
			{ onError: 'continueErrorOutput' },
		),
		core(
			'Delete Sent',
			'dataTable',
			1.1,
			{ ...table.rows('deleteRows'), ...where({ id: "={{ $('Get Waiting').item.json.id }}" }) },
			[3, 0],
		),
		core(
			'Note Reason',
			'dataTable',
			1.1,
			{
				...table.rows('update'),
				...where({ id: "={{ $('Get Waiting').item.json.id }}" }),
				...table.values({ state: STATE, reason: '={{ $json.error.message }}' }),
			},
			[3, 1],
		),
		decide(
			'Waiting Too Long?',
			`$json.error ? !String($json.error).endsWith('not found') : $json.state === 'waiting' && Date.now() - new Date($json.createdAt) > ${ALARM_AFTER} * 60 * 1000`,
			[4, 1],
		),
		fail(
			'Raise Alarm',
			"={{ $json.error ? 'The outbox cannot be read, so what waits there is not sent: ' + $json.error : 'respond.io has not taken a message of ' + $json.contactId + ' since ' + new Date($json.createdAt).toISOString() + ': ' + $json.reason }}",
			[5, 1],
		),
	],
	links: [
		{ from: 'Each Minute', to: 'Get Waiting' },
		{ from: 'Get Waiting', to: 'Send Again' },
		{ from: 'Get Waiting', to: 'Waiting Too Long?', output: 1 },
		{ from: 'Send Again', to: 'Delete Sent' },
		{ from: 'Send Again', to: 'Note Reason', output: 1 },
		{ from: 'Note Reason', to: 'Waiting Too Long?' },
		{ from: 'Waiting Too Long?', to: 'Raise Alarm' },
	],
};
