import type { Incoming, Outgoing } from './load';

/** Something that arrived, in the order of arrival. */
export interface Arrival {
	id: string;
	contactId: string;
	/** Epoch milliseconds. */
	at: number;
}

export interface IncomingFigures {
	written: number;
	/** n8n was given: it answered the provider 200. */
	given: number;
	/** Of what it was given, what never arrived and is on no error output and in no outbox. */
	lost: number;
	/** Of what was lost, what an n8n that was only starting had answered 200. */
	atStart: number;
	/** Of what it was given, what did not arrive, but is on the error output or in the outbox. */
	kept: number;
	/** Arrivals of what had arrived before. */
	twice: number;
	/** First arrivals after that of a later message of their contact. */
	late: number;
	/** Seconds from writing to arrival. */
	median: number;
	slowest: number;
}

export interface OutgoingFigures {
	sent: number;
	/** respond.io was told 200. */
	taken: number;
	/** Of what it was told 200 for, what did not reach the provider. */
	lost: number;
	/** Reached the provider, though respond.io was told that it did not. */
	deniedButSent: number;
	twice: number;
}

/** What became of the customers' messages. Ids of a contact sort in the order in which they were written. */
export const tallyIncoming = (
	messages: readonly Incoming[],
	arrivals: readonly Arrival[],
	kept: ReadonlySet<string>,
): IncomingFigures => {
	const known = new Map(messages.map((message) => [message.id, message]));
	const own = arrivals.filter(({ id }) => known.has(id));
	const first = firstOf(own);
	const given = messages.filter(({ givenAt }) => givenAt !== undefined);
	const missing = given.filter(({ id }) => !first.has(id));
	const keptOnes = missing.filter(({ id }) => kept.has(id)).length;
	const seconds = [...first.values()]
		.map(({ id, at }) => (at - (known.get(id) as Incoming).writtenAt) / 1000)
		.sort((a, b) => a - b);
	return {
		written: messages.length,
		given: given.length,
		lost: missing.length - keptOnes,
		atStart: missing.filter(({ metStart }) => metStart === true).length,
		kept: keptOnes,
		twice: own.length - first.size,
		late: lateIn([...first.values()]),
		median: seconds[Math.floor(seconds.length / 2)] ?? 0,
		slowest: seconds.at(-1) ?? 0,
	};
};

/** What became of the agents' messages. */
export const tallyOutgoing = (
	messages: readonly Outgoing[],
	arrivals: readonly Arrival[],
): OutgoingFigures => {
	const ids = new Set(messages.map(({ id }) => id));
	const own = arrivals.filter(({ id }) => ids.has(id));
	const first = firstOf(own);
	const taken = messages.filter(({ isTaken }) => isTaken === true);
	return {
		sent: messages.length,
		taken: taken.length,
		lost: taken.filter(({ id }) => !first.has(id)).length,
		deniedButSent: messages.filter(({ id, isTaken }) => isTaken !== true && first.has(id)).length,
		twice: own.length - first.size,
	};
};

/** Sums of several rounds; the median of the medians, the slowest of all. */
export const sumIncoming = (rounds: readonly IncomingFigures[]): IncomingFigures => ({
	...sum(rounds),
	median: [...rounds.map(({ median }) => median)].sort((a, b) => a - b)[
		Math.floor(rounds.length / 2)
	],
	slowest: Math.max(...rounds.map(({ slowest }) => slowest)),
});

export const sumOutgoing = (rounds: readonly OutgoingFigures[]): OutgoingFigures => sum(rounds);

const sum = <Figures extends object>(rounds: readonly Figures[]): Figures =>
	Object.fromEntries(
		Object.keys(rounds[0]).map((key) => [
			key,
			rounds.reduce((total, round) => total + Number(round[key as keyof Figures]), 0),
		]),
	) as Figures;

const firstOf = (arrivals: readonly Arrival[]): Map<string, Arrival> => {
	const first = new Map<string, Arrival>();
	for (const arrival of arrivals) if (!first.has(arrival.id)) first.set(arrival.id, arrival);
	return first;
};

const lateIn = (arrivals: readonly Arrival[]): number => {
	const latest = new Map<string, string>();
	let late = 0;
	for (const { id, contactId } of arrivals) {
		const before = latest.get(contactId);
		if (before !== undefined && id < before) late++;
		else latest.set(contactId, id);
	}
	return late;
};
