/** One place in the line of those who post to the same contact. */
export interface Turn {
	/** Resolves when it is this one's turn. */
	readonly granted: Promise<void>;
	/** Whether somebody waits for the end of this turn. */
	readonly isAwaited: boolean;
	/** Why the one before gave up; undefined where it did not, or where nobody was before. */
	readonly blockedBy: unknown;
	/** Says that the turn can be used as soon as it comes. Until then it holds up those with later events. */
	ready(): void;
	/** Leaves the line, at any moment; a second call does nothing. */
	end(blockedBy?: unknown): void;
}

interface Place {
	time: number;
	isReady: boolean;
	grant(): void;
	blockedBy: unknown;
}

interface Line {
	holder?: Place;
	/** By time; of equal times in the order of asking. */
	waiting: Place[];
}

/**
 * Turns at named things, such as contacts, in the order of the events' times: n8n runs many executions at once in one
 * process, and which of them comes first says nothing. Other processes of a cluster are not seen.
 *
 * No two runs can wait for each other as long as whoever has a turn uses it without waiting for another.
 */
export class Turns {
	private readonly lines = new Map<string, Line>();

	/** Gets in line. @param time Epoch milliseconds of the event that is to be posted first. */
	ask(key: string, time: number): Turn {
		const line = this.lines.get(key) ?? { waiting: [] };
		this.lines.set(key, line);
		let grant = () => {};
		const granted = new Promise<void>((resolve) => {
			grant = resolve;
		});
		const place: Place = { time, isReady: false, grant, blockedBy: undefined };
		const later = line.waiting.findIndex((other) => other.time > time);
		line.waiting.splice(later === -1 ? line.waiting.length : later, 0, place);

		let isEnded = false;
		return {
			granted,
			get isAwaited() {
				return line.waiting.length > 0;
			},
			get blockedBy() {
				return place.blockedBy;
			},
			ready: () => {
				place.isReady = true;
				next(line);
			},
			end: (blockedBy) => {
				if (isEnded) return;
				isEnded = true;
				if (line.holder === place) line.holder = undefined;
				else line.waiting.splice(line.waiting.indexOf(place), 1);
				if (blockedBy !== undefined) {
					for (const other of line.waiting) other.blockedBy = blockedBy;
				}
				if (line.waiting.length === 0 && line.holder === undefined) this.lines.delete(key);
				next(line);
			},
		};
	}
}

/** The first in line gets the turn once the last one has ended; where it is not ready yet, the others wait for it. */
function next(line: Line): void {
	if (line.holder !== undefined || line.waiting[0]?.isReady !== true) return;
	line.holder = line.waiting.shift();
	line.holder?.grant();
}
