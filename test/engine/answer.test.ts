import { useSandbox } from './support';
import { ProcessedItems, runAnswer, type AnswerRun } from './harness';

/** Answer from Responses behind a loop, in n8n's engine. */

const stage = useSandbox();

const LONG = `one${'.'.repeat(4090)} two${'.'.repeat(4090)} three`;
const mId = '5c4fbd52-c32a-49c1-8c1b-0f4c9a9c1f6e';

const taken = (id: string, delay?: number) => ({ json: { messages: [{ id }] }, delay });
const refused = {
	json: {
		error: {
			name: 'AxiosError',
			message: '400 - "{\\"error\\":{\\"message\\":\\"Blocked\\",\\"code\\":131031}}"',
		},
	},
};

const run = async (options: Partial<AnswerRun> & { text?: string }) => {
	const { text = LONG, ...more } = options;
	const result = await runAnswer({
		items: [{ json: { mId, message: { type: 'text', text } } }],
		build: { provider: 'whatsapp', contactId: '491234567', phoneNumberId: '1' },
		answer: { provider: 'whatsapp' },
		script: [],
		...more,
	});
	const words = result.sent.map(
		({ body }) => /^[a-z]*/i.exec((body as { text: { body: string } }).text.body)?.[0],
	);
	return { ...result, words };
};

const accepted = (id: string) => [{ statusCode: 200, headers: {}, body: { mId: id } }];
const rejected = (message: string) => [
	{ statusCode: 400, headers: {}, body: { error: { message } } },
];

it('sends the parts in order, a slow one too, and answers once, without a credential', async () => {
	const { words, responses, error, hints, credentialReads } = await run({
		script: [taken('wamid.1', 50), taken('wamid.2'), taken('wamid.3')],
	});
	expect(words).toEqual(['one', 'two', 'three']);
	expect(responses).toEqual(accepted(mId));
	expect([error, hints, credentialReads]).toEqual([undefined, [], 0]);
});

it("answers with the provider's id where there is one request", async () => {
	const { responses } = await run({ text: 'Hi', script: [taken('wamid.1')] });
	expect(responses).toEqual(accepted('wamid.1'));
});

it.each([
	[1, [refused], 'Part 1 of 3 was refused: Blocked (400); nothing was sent'],
	[2, [taken('a'), refused], 'Part 2 of 3 was refused: Blocked (400); part 1 was sent'],
	[
		3,
		[taken('a'), taken('b'), refused],
		'Part 3 of 3 was refused: Blocked (400); parts 1 and 2 were sent',
	],
])('ends the loop when part %i is refused', async (part, script, message) => {
	const { words, responses, error } = await run({ script });
	expect(words).toHaveLength(part);
	expect(responses).toEqual(rejected(message));
	expect(error).toBeUndefined();
});

it('gives the refusal to the error output, and nothing of the provider’s raw error', async () => {
	const message = 'Part 2 of 3 was refused: Blocked (400); part 1 was sent';
	const { words, refused: items } = await run({
		script: [taken('a'), refused],
		onError: 'continueErrorOutput',
	});
	expect(words).toHaveLength(2);
	expect(items.map(({ error }) => error)).toEqual([{ message }]);
});

it('gives one answer for two messages in one execution, and says so', async () => {
	const { words, responses, hints } = await run({
		chains: 2,
		text: 'Hi',
		script: [taken('wamid.1'), refused],
	});
	expect(words).toEqual(['Hi', 'Hi']);
	expect(responses).toEqual(accepted('wamid.1'));
	expect(hints).toEqual([
		'respond.io has its answer already: an earlier step of this execution gave it, and a message gets one alone. What this step found was not told to respond.io.',
	]);
});

describe('a provider that gives no id', () => {
	const generic: Partial<AnswerRun> = {
		build: { provider: 'generic', contactId: 'mei', url: 'https://chat.example/' },
		answer: { provider: 'generic' },
		script: [{ json: { status: 'queued' } }],
	};

	it("is answered for with the trigger's own id", async () => {
		const items = [{ json: { mId, message: { type: 'text', text: 'Hi' } } }];
		const { responses } = await runAnswer({ ...(generic as AnswerRun), items });
		expect(responses).toEqual(accepted(mId));
	});

	it('is an error that says what to do where no id is known', async () => {
		const items = [{ json: { message: { type: 'text', text: 'Hi' } } }];
		const { responses, error } = await runAnswer({ ...(generic as AnswerRun), items });
		expect(responses).toEqual([]);
		expect(error?.message).toBe(
			"The provider took the message, but its response holds no message's ID",
		);
		expect(error?.description).toContain('ID Field');
	});
});

describe('the memory', () => {
	const file = {
		type: 'attachment',
		attachment: { type: 'video', url: 'https://files.example/a.mp4', description: 'Look' },
	};
	const generic = (memory: ProcessedItems) => ({
		items: [{ json: { mId, message: file } }] as unknown as AnswerRun['items'],
		build: { provider: 'generic', contactId: 'mei', url: 'https://chat.example/' },
		answer: { provider: 'generic' },
		memory,
	});

	it('is not touched for a provider whose marks tell', async () => {
		const memory = new ProcessedItems();
		await run({ memory, script: [taken('a'), taken('b'), taken('c')] });
		expect(memory.calls).toBe(0);
	});

	it('holds the ids of all parts where only they tell, and answers with the last', async () => {
		const memory = new ProcessedItems();
		const { responses } = await runAnswer({
			...generic(memory),
			script: [{ json: { id: 'p1' } }, { json: { id: 'p2' } }],
		});
		expect(responses).toEqual(accepted('p2'));
		const echoes = await stage.run(
			{
				resource: 'message',
				operation: 'postEcho',
				contactId: 'mei',
				messageType: 'text',
				text: 'x',
				messageId: '={{ $json.id }}',
			},
			[{ id: 'p1' }, { id: 'p2' }, { id: 'p3' }],
			{ memory },
		);
		expect(stage.ledger.map((entry) => entry.mId)).toEqual(['p3']);
		expect(echoes.error).toBeUndefined();
	});

	it("answers with the trigger's id where the provider gives the references back", async () => {
		const { responses, sent } = await runAnswer({
			...generic(new ProcessedItems()),
			script: [1, 2].map((part) => ({
				json: { id: `p${part}`, reference: `respondio.${part}.2.${mId}` },
			})),
		});
		expect(responses).toEqual(accepted(mId));
		expect(sent.map(({ body }) => (body as { reference: string }).reference)).toEqual([
			`respondio.1.2.${mId}`,
			`respondio.2.2.${mId}`,
		]);
	});
});

describe('where nobody waits', () => {
	it.each([
		['retry', /^Nobody waits for this answer: the execution is a retry/],
		['integrated', /^Nobody waits for this answer: n8n lets no sub-workflow answer/],
		['trigger', /^Nobody waits for this answer: respond.io did not start this execution$/],
	] as const)('is an error in the mode %s', async (mode, message) => {
		const { error } = await run({ text: 'Hi', mode, script: [taken('a')] });
		expect(error?.message).toMatch(message);
	});
});
