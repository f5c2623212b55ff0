import type { Sandbox } from '../../sandbox/server';
import { startCluster, type Cluster, type ClusterOptions } from '../../tools/cluster';
import { packedTarball } from '../../tools/pack';
import { besideSandbox, type StageOptions } from '../stage';

export * from '../stage';

/** n8n in queue mode with the packed package, beside the sandbox. */
export interface QueueStage {
	n8n: Cluster;
	sandbox: Sandbox;
	close(): Promise<void>;
}

export type QueueStageOptions = StageOptions &
	Pick<ClusterOptions, 'workers' | 'concurrency' | 'binaryMode' | 'shareFolder' | 'report'>;

/** @throws Trouble with how to get PostgreSQL or Redis where they are missing. */
export async function openQueueStage(options: QueueStageOptions): Promise<QueueStage> {
	const { settings, credentials, workflows, ...cluster } = options;
	return await besideSandbox(
		{ settings, credentials, workflows },
		async (contents) => await startCluster({ tarball: packedTarball(), ...cluster, ...contents }),
	);
}
