import type { ProviderResponse } from '../../providers/provider';

/** What became of a message, as far as its requests have been answered. */
export type Verdict = { kind: 'open' } | { kind: 'sent' } | { kind: 'refused'; reason: string };

/** @param results In the order of the message's parts; those that were not tried are missing at the end. */
export function verdictOf(results: readonly ProviderResponse[], parts: number): Verdict {
	const total = Math.max(parts, results.length);
	const reasons = results.flatMap((result) => (result.taken ? [] : [result.reason]));
	if (reasons.length > 0) {
		return {
			kind: 'refused',
			reason: total === 1 ? reasons[0] : sentence(results, total, reasons),
		};
	}
	return { kind: results.length < total || total === 0 ? 'open' : 'sent' };
}

/** `Part 2 of 3 was refused: …; part 1 was sent`. */
function sentence(
	results: readonly ProviderResponse[],
	total: number,
	reasons: readonly string[],
): string {
	const numbers = (taken: boolean) =>
		results.flatMap((result, index) => (result.taken === taken ? [index + 1] : []));
	const refused = numbers(false);
	const sent = numbers(true);
	const words = [...new Set(reasons.map((reason) => reason.replace(/\.$/, '')))].join('; ');
	return (
		`${refused.length === 1 ? 'Part' : 'Parts'} ${listed(refused)} of ${total} ${were(refused)} refused: ${words}; ` +
		(sent.length === 0
			? 'nothing was sent'
			: `${sent.length === 1 ? 'part' : 'parts'} ${listed(sent)} ${were(sent)} sent`)
	);
}

function listed(numbers: readonly number[]): string {
	const last = numbers[numbers.length - 1];
	return numbers.length === 1 ? `${last}` : `${numbers.slice(0, -1).join(', ')} and ${last}`;
}

function were(numbers: readonly number[]): string {
	return numbers.length === 1 ? 'was' : 'were';
}
