import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
	type Contents,
	fill,
	freePorts,
	installPackage,
	type N8nProcess,
	N8nRest,
	type ProcessOptions,
	startProcess,
} from './n8n';
import { ensureRuntime } from './runtime';
import { type Postgres, type Redis, startPostgres, startRedis } from './services';

export interface ClusterOptions extends Contents {
	/** The packed package, installed in the user folder of every process before the start. */
	tarball?: string;
	/** Worker processes; 2 by default. */
	workers?: number;
	/** Executions that a worker runs at once; n8n's own default is 10. */
	concurrency?: number;
	/** Where files are kept: in the database (n8n's default in queue mode), or in a folder. */
	binaryMode?: 'database' | 'filesystem';
	/** In mode filesystem: whether all processes use one folder. */
	shareFolder?: boolean;
	/** More of n8n's own environment variables, for every process. */
	env?: Record<string, string>;
	/** Told what is going on. */
	report?: (line: string) => void;
}

/** n8n in queue mode: PostgreSQL, Redis, main, a process for webhooks and workers, each with a user folder of its own. */
export interface Cluster {
	/** The base URL of the webhooks: that of the webhook process. The main process takes no webhooks. */
	url: string;
	main: N8nProcess;
	webhook: N8nProcess;
	workers: N8nProcess[];
	postgres: Postgres;
	redis: Redis;
	rest: N8nRest;
	/** The ids that n8n gave to the credentials, by those that were asked for. */
	credentialIds: Record<string, string>;
	/** What all processes of n8n have printed up to now. */
	logs(): string;
	/** Ends everything, and removes its folders. */
	stop(): Promise<void>;
}

/** @throws Trouble if a server is missing, or one of them does not come up: with its log. */
export const startCluster = async (options: ClusterOptions = {}): Promise<Cluster> => {
	const {
		tarball,
		workers: count = 2,
		concurrency = 10,
		binaryMode = 'database',
		shareFolder = true,
		report = () => {},
	} = options;
	await ensureRuntime(report);
	const processes: N8nProcess[] = [];
	const services: Array<Postgres | Redis> = [];
	const stop = async () => {
		// The main process has the folder that all may share, and all say good-bye to the servers.
		const [main, ...others] = processes;
		await Promise.all(others.map(async (each) => await each.stop()));
		await main?.stop();
		await Promise.all(services.map(async (each) => await each.stop()));
	};
	try {
		const redis = await startRedis(report);
		services.push(redis);
		const postgres = await startPostgres(report);
		services.push(postgres);

		const [webhookPort] = await freePorts(1);
		const [mainFolder, webhookFolder, ...workerFolders] = await Promise.all(
			['main', 'webhook', ...Array.from({ length: count }, () => 'worker')].map(
				async (name) => await mkdtemp(path.join(os.tmpdir(), `n8n-${name}-`)),
			),
		);
		const env: Record<string, string> = {
			...postgres.env,
			...redis.env,
			EXECUTIONS_MODE: 'queue',
			// Else a call whose execution ends very soon is now and then never answered: docs/queue-mode.md.
			N8N_EXECUTIONS_QUEUE_KEEP_LAST_COMPLETED: '1000',
			N8N_EXECUTIONS_QUEUE_KEEP_LAST_FAILED: '1000',
			N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
			N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
			WEBHOOK_URL: `http://127.0.0.1:${webhookPort}/`,
			N8N_DEFAULT_BINARY_DATA_MODE: binaryMode,
			...(shareFolder && { N8N_STORAGE_PATH: path.join(mainFolder, 'files') }),
			...options.env,
		};
		const start = async (folder: string, command: ProcessOptions['command'], port?: number) => {
			if (tarball) await installPackage(folder, tarball);
			const started = await startProcess({ command, folder, env, port });
			processes.push(started);
			return started;
		};

		report('Starting n8n in queue mode: main');
		const main = await start(mainFolder, ['start']);
		// It migrates the database, which the others expect to be done.
		await main.ready();
		report(`The webhook process, and ${count} workers`);
		const webhook = await start(webhookFolder, ['webhook'], webhookPort);
		const workers: N8nProcess[] = [];
		for (const folder of workerFolders)
			workers.push(await start(folder, ['worker', `--concurrency=${concurrency}`]));
		await Promise.all([webhook, ...workers].map(async (each) => await each.ready()));

		const rest = new N8nRest(main.url);
		await rest.logIn();
		const credentialIds = await fill(rest, options, webhook.url);
		const logs = () => processes.map((each) => each.logs()).join('\n');
		const url = webhook.url;
		return { url, main, webhook, workers, postgres, redis, rest, credentialIds, logs, stop };
	} catch (error) {
		await stop();
		throw error;
	}
};
