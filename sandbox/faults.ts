import { z } from 'zod';

const ids = z.union([z.string(), z.array(z.string()).min(1)]);
const numbers = z.union([
	z.number().int().positive(),
	z.array(z.number().int().positive()).min(1),
	z.object({ from: z.number().int().positive(), to: z.number().int().positive() }).strict(),
]);

const ruleSchema = z
	.object({
		/** All conditions given must hold; none: every request. */
		when: z
			.object({
				/** Its number, from 1, since the faults were set: one, several, or from–to. */
				request: numbers.optional(),
				contactId: ids.optional(),
				mId: ids.optional(),
				eventType: ids.optional(),
				/** When it comes: seconds since the faults were set. */
				seconds: z
					.object({ from: z.number().nonnegative(), to: z.number().positive() })
					.strict()
					.optional(),
				/** Of those that the other conditions meet, from 0 to 1. */
				probability: z.number().min(0).max(1).optional(),
			})
			.strict()
			.default({}),
		/** How often the rule applies; left out: always. */
		times: z.number().int().positive().optional(),
		do: z.discriminatedUnion('kind', [
			z
				.object({
					kind: z.literal('status'),
					status: z.number().int().min(300).max(599),
					/** Seconds; `asDate` sends them as an HTTP date. */
					retryAfter: z.number().nonnegative().optional(),
					asDate: z.boolean().default(false),
					message: z.string().default('an injected fault'),
				})
				.strict(),
			/** The connection breaks before the events are in the ledger, or after. */
			z.object({ kind: z.literal('resetBefore') }).strict(),
			z.object({ kind: z.literal('resetAfter') }).strict(),
			/** A right answer, late. */
			z.object({ kind: z.literal('slow'), milliseconds: z.number().int().positive() }).strict(),
			/** Accepted, with an answer whose body never ends. */
			z.object({ kind: z.literal('neverEnding') }).strict(),
			/** Accepted, with an answer of which the status comes at once, and the body so much later. */
			z.object({ kind: z.literal('stall'), milliseconds: z.number().int().positive() }).strict(),
			z.object({ kind: z.literal('html') }).strict(),
		]),
	})
	.strict();

export const faultsSchema = z
	.object({ seed: z.number().int().default(1), rules: z.array(ruleSchema) })
	.strict();

export type Faults = z.input<typeof faultsSchema>;
export type FaultAction = z.output<typeof ruleSchema>['do'];

/** What the rules look at. */
export interface FaultRequest {
	contactId?: string;
	mIds: string[];
	eventTypes: string[];
}

/** Decides which request meets which fault: the first rule that applies. The same seed gives the same storm. */
export class FaultPlan {
	private requests = 0;

	private readonly uses: number[];

	private readonly random: () => number;

	readonly faults: z.output<typeof faultsSchema>;

	private readonly setAt: number;

	/** @throws {z.ZodError} naming what is wrong with the rules. */
	constructor(
		faults: Faults = { rules: [] },
		private readonly now: () => number = Date.now,
	) {
		this.faults = faultsSchema.parse(faults);
		this.setAt = now();
		this.uses = this.faults.rules.map(() => 0);
		this.random = mulberry32(this.faults.seed);
	}

	next(request: FaultRequest): FaultAction | undefined {
		this.requests++;
		const seconds = (this.now() - this.setAt) / 1000;
		const index = this.faults.rules.findIndex((rule, at) => {
			if (rule.times !== undefined && this.uses[at] >= rule.times) return false;
			const { when } = rule;
			return (
				numberFits(when.request, this.requests) &&
				oneFits(when.contactId, [request.contactId ?? '']) &&
				oneFits(when.mId, request.mIds) &&
				oneFits(when.eventType, request.eventTypes) &&
				(when.seconds === undefined ||
					(when.seconds.from <= seconds && seconds < when.seconds.to)) &&
				(when.probability === undefined || this.random() < when.probability)
			);
		});
		if (index < 0) return undefined;
		this.uses[index]++;
		return this.faults.rules[index].do;
	}
}

function numberFits(condition: z.infer<typeof numbers> | undefined, value: number): boolean {
	if (condition === undefined) return true;
	if (typeof condition === 'number') return condition === value;
	if (Array.isArray(condition)) return condition.includes(value);
	return condition.from <= value && value <= condition.to;
}

function oneFits(condition: z.infer<typeof ids> | undefined, values: string[]): boolean {
	if (condition === undefined) return true;
	return [condition].flat().some((each) => values.includes(each));
}

/** A small seeded generator (Mulberry32), so that a storm can be repeated. */
export function mulberry32(seed: number): () => number {
	let state = seed | 0;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}
