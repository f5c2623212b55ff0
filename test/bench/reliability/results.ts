import type { BridgeId } from './bridges';
import type { Setting } from './rig';
import type { IncomingFigures, OutgoingFigures } from './tally';

/** What a run leaves as JSON; tables and charts are made of it alone. */
export interface Results {
	takenAt: string;
	machine: string;
	n8n: string;
	isQuick: boolean;
	/** Of the minutes that the scenarios speak of, the share that was waited. */
	minutesFactor: number;
	scenarios: ScenarioResult[];
}

export interface ScenarioResult {
	id: string;
	title: string;
	setting: Setting;
	rounds: number;
	bridges: Record<BridgeId, { incoming: IncomingFigures; outgoing?: OutgoingFigures }>;
	/** Of the last round, for outages. */
	timeline?: Timeline;
}

/** How much there was at each moment, in all. */
export interface Timeline {
	/** From when on, and until when, the other side was away: seconds since the load began. */
	away: [from: number, to: number];
	/** Seconds since the load began. */
	seconds: number[];
	written: number[];
	/** Of what our template was given, and of what the one by hand was given. */
	arrived: Partial<Record<BridgeId, number[]>>;
}
