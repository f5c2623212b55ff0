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

/** The straight line that is nearest to the points (least squares). */
export const lineThrough = (
	points: ReadonlyArray<readonly [x: number, y: number]>,
): { slope: number; at: (x: number) => number } => {
	const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
	const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
	const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
	const slope =
		spread === 0 ? 0 : points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
	return { slope, at: (x) => meanY + slope * (x - meanX) };
};

/** The value that the share of them does not exceed. */
export const percentile = (values: readonly number[], share: number): number => {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
};
