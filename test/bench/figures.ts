/** Median, least and most of some figures. */
export interface Spread {
	median: number;
	min: number;
	max: number;
}

export const spreadOf = (figures: readonly number[]): Spread => {
	const sorted = [...figures].sort((a, b) => a - b);
	const middle = sorted.length / 2;
	return {
		median:
			sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2,
		min: sorted[0],
		max: sorted[sorted.length - 1],
	};
};

export const shown = ({ median, min, max }: Spread, digits = 2) =>
	`${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;

/** Prints a goal, and whether it was met. */
export const goal = (what: string, isMet: boolean) => console.log(`${isMet ? '✓' : '✗'} ${what}`);
