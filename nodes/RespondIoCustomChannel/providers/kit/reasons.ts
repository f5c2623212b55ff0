import { joined } from './payload';

/**
 * Why a message failed, as agents read it: ours, for codes whose own words tell too little; then the provider's own,
 * which know this case; then the code.
 * @param provider What people call it.
 */
export function failureReason(
	provider: string,
	{ code, ours, theirs }: { code?: string; ours?: string; theirs?: string },
): string {
	const words = joined(ours === theirs ? [ours] : [ours, theirs], ' ');
	const reason = words ?? `${provider} gave no reason for the failure.`;
	return code === undefined ? reason : `${reason} (${provider} error ${code})`;
}
