/** Where APIs put what they have to say, the most telling first. */
const KEYS = ['error', 'errors', 'message', 'description', 'detail', 'details', 'title', 'reason'];

/** The sentence for people in an API's answer: in its JSON however deep, or the answer itself if it is a text. */
export function messageIn(answer: unknown, depth = 0): string | undefined {
	if (typeof answer === 'string') return answer.trim() === '' ? undefined : answer;
	if (typeof answer !== 'object' || answer === null || depth > 5) return undefined;
	if (Array.isArray(answer)) return messageIn(answer[0], depth + 1);
	for (const key of KEYS) {
		const found = messageIn((answer as Record<string, unknown>)[key], depth + 1);
		if (found !== undefined) return found;
	}
	return undefined;
}
