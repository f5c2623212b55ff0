import type { Sandbox } from '../../../sandbox/server';
import { settingsSchema } from '../../../sandbox/settings';
import { startCluster } from '../../../tools/cluster';
import { startN8n, type N8nRest } from '../../../tools/n8n';
import { packPackage } from '../../../tools/pack';
import type { Program } from '../../../tools/program';
import { besideSandbox } from '../../stage';
import { bearerOf, bridges, onErrorOutput, type Addresses, type BridgeId } from './bridges';

export const SETTINGS = ['single', 'cluster'] as const;
export type Setting = (typeof SETTINGS)[number];
export type PartName = 'n8n' | 'worker' | 'webhook process' | 'Redis' | 'PostgreSQL';
/** A process that can be ended and started again. */
export type Part = Pick<Program, 'kill' | 'restart' | 'hasEnded' | 'pid'> & {
	ready(): Promise<void>;
};

/** n8n, alone or as a cluster, with all bridges in it, beside the sandbox. */
export interface Rig {
	sandbox: Sandbox;
	addresses: Record<BridgeId, Addresses>;
	parts: Partial<Record<PartName, Part>>;
	/** Ids of the messages that wait on an error output or in the outbox. */
	kept(): Promise<Set<string>>;
	logs(): string;
	close(): Promise<void>;
}

interface TableList {
	data: { data: Array<{ id: string; name: string; projectId: string }> };
}
interface Rows {
	data: { data: Array<{ request?: string | null }> };
}

/** The requests that wait in the templates' outbox, as texts. */
const outboxOf = async ({ http }: N8nRest): Promise<string[]> => {
	const tables = await http.get<TableList>('/rest/data-tables-global');
	const requests: string[] = [];
	for (const { id, projectId, name } of tables.data.data.data) {
		if (name !== 'respondio_outbox') continue;
		for (let skip = 0; ; skip += 200) {
			const { data } = await http.get<Rows>(
				`/rest/projects/${projectId}/data-tables/${id}/rows?take=200&skip=${skip}`,
			);
			requests.push(...data.data.data.map(({ request }) => request ?? ''));
			if (data.data.data.length < 200) break;
		}
	}
	return requests;
};

export const openRig = async (
	setting: Setting,
	report: (line: string) => void,
	env: Record<string, string> = {},
): Promise<Rig> => {
	const tarball = await packPackage();
	let made: Awaited<ReturnType<typeof bridges>> | undefined;
	const options = {
		settings: { receipts: [], answerDelay: 100 },
		credentials: [bearerOf(settingsSchema.parse({}))],
		env,
		workflows: async (sandbox: Sandbox) => {
			made = await bridges(sandbox);
			return made.workflows;
		},
	};
	const rigOf = <N8n extends { url: string; rest: N8nRest; logs(): string }>(
		{ n8n, sandbox, close }: { n8n: N8n; sandbox: Sandbox; close(): Promise<void> },
		parts: Rig['parts'],
	): Rig => ({
		sandbox,
		parts,
		close,
		addresses: (made as NonNullable<typeof made>).addresses(n8n.url),
		logs: () => n8n.logs(),
		kept: async () => {
			const ids = onErrorOutput(sandbox);
			for (const request of await outboxOf(n8n.rest))
				for (const [, id] of request.matchAll(/"mId":"([^"]+)"/g)) ids.add(id);
			return ids;
		},
	});
	if (setting === 'single') {
		const stage = await besideSandbox(
			options,
			async (contents) => await startN8n({ tarball, report, ...contents }),
		);
		return rigOf(stage, { n8n: stage.n8n });
	}
	const stage = await besideSandbox(
		options,
		async (contents) => await startCluster({ tarball, report, ...contents }),
	);
	const { webhook, workers, redis, postgres } = stage.n8n;
	const service = (of: typeof redis | typeof postgres): Part => {
		if (!of.program) throw new Error('a server of your own is not restarted');
		return { ...of.program, ready: async () => await of.ready() };
	};
	return rigOf(stage, {
		worker: workers[0],
		'webhook process': webhook,
		Redis: service(redis),
		PostgreSQL: service(postgres),
	});
};
