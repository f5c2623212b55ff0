/**
 * Turns at named things, such as contacts, in the order of asking. n8n runs many executions at once in one process:
 * without turns, two of them could post to one contact at the same moment, or read the memory before the other has
 * written it. Other processes of a cluster are not seen.
 */
export class Turns {
	/** The end of the last turn that was asked for. */
	private readonly ends = new Map<string, Promise<void>>();

	/**
	 * Waits until all earlier turns at these keys have ended, or until patience does; what resolves must be called at the
	 * end of the turn. All keys are asked for at one moment, so no two turns can wait for each other.
	 * @param patience called if there is someone to wait for; resolves when waiting longer does more harm than good.
	 */
	async take(
		keys: Iterable<string>,
		patience: (signal: AbortSignal) => Promise<unknown>,
	): Promise<() => void> {
		let end = () => {};
		const ended = new Promise<void>((resolve) => {
			end = resolve;
		});
		const mine = new Set(keys);
		const earlier: Array<Promise<void>> = [];
		for (const key of mine) {
			const last = this.ends.get(key);
			if (last !== undefined) earlier.push(last);
			this.ends.set(key, ended);
		}
		if (earlier.length > 0) {
			const waited = new AbortController();
			await Promise.race([Promise.all(earlier), patience(waited.signal)]);
			waited.abort();
		}
		return () => {
			for (const key of mine) {
				if (this.ends.get(key) === ended) this.ends.delete(key);
			}
			end();
		};
	}
}
