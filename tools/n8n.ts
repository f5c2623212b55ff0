import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import axios from 'axios';
import { type Credential, N8nRest, type Workflow } from './rest';
import { run, tail, Trouble } from './run';
import { ensureRuntime } from './runtime';

export { ensureRuntime, type Runtime } from './runtime';
export { type Credential, N8nRest, OWNER, type Workflow } from './rest';

export interface StartOptions {
	/** n8n's user folder. Kept at the end if given, so that a later start finds the same data; else a temporary one. */
	folder?: string;
	/** The packed package, installed before the start. */
	tarball?: string;
	/** Created before the workflows, which name them by `id`. */
	credentials?: Credential[];
	workflows?: Workflow[];
	/** Ids of the workflows to publish; all of those given by default. */
	publish?: string[];
	/** More of n8n's own environment variables. */
	env?: Record<string, string>;
	/** The port of n8n; a free one by default. */
	port?: number;
	/** Told what is going on. */
	report?: (line: string) => void;
}

export interface N8n {
	/** The base URL, also of its webhooks; no slash at the end. */
	url: string;
	folder: string;
	/** Process id of what runs n8n and ends it when this process ends, however that happens. */
	pid: number;
	rest: N8nRest;
	/** The ids that n8n gave to the credentials, by those that were asked for. */
	credentialIds: Record<string, string>;
	/** What n8n has printed up to now (the last megabyte of it). */
	logs(): string;
	/** Resolves when n8n has ended, whoever ended it. */
	ended: Promise<void>;
	/** Ends n8n and all that it started; removes its folder if that was a temporary one. */
	stop(): Promise<void>;
}

/** So many ports that nobody listens on at the loopback address, all different. */
export const freePorts = async (count: number) => {
	const servers = await Promise.all(
		Array.from({ length: count }, async () => {
			const server = net.createServer().listen(0, '127.0.0.1');
			await once(server, 'listening');
			return server;
		}),
	);
	const ports = servers.map((server) => (server.address() as net.AddressInfo).port);
	await Promise.all(servers.map(async (server) => await once(server.close(), 'close')));
	return ports;
};

/** Settings of the user's shell that would change what n8n, or the Node under it, does. */
const FOREIGN_SETTING =
	/^(N8N|DB|QUEUE|EXECUTIONS|CREDENTIALS|GENERIC|NODES|NODE|WEBHOOK|TS|JEST|npm)_|^(WEBHOOK_URL|NODE_OPTIONS|no_proxy)$/;

const environment = (folder: string, url: string, port: number, brokerPort: number) => ({
	...Object.fromEntries(
		Object.entries(process.env).filter(([name]) => !FOREIGN_SETTING.test(name)),
	),
	NODE_ENV: 'production',
	NO_PROXY: '127.0.0.1,localhost',
	N8N_USER_FOLDER: folder,
	N8N_LISTEN_ADDRESS: '127.0.0.1',
	N8N_HOST: '127.0.0.1',
	N8N_PORT: String(port),
	N8N_RUNNERS_BROKER_PORT: String(brokerPort),
	WEBHOOK_URL: `${url}/`,
	N8N_EDITOR_BASE_URL: url,
	N8N_SECURE_COOKIE: 'false',
	N8N_COMMUNITY_PACKAGES_ENABLED: 'true',
	N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
	// Each of these would otherwise ask n8n's own servers, or the person at the editor, for something.
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
});

interface Manifest {
	name: string;
	version: string;
	devDependencies?: object;
	peerDependencies?: object;
	optionalDependencies?: object;
}

/**
 * Installs a packed package into n8n's user folder as n8n's own installer does: unpacked below
 * `.n8n/nodes/node_modules`, its manifest rid of what npm would fetch (so zod and n8n-workflow are the
 * host's), and listed in `.n8n/nodes/package.json`.
 *
 * @throws Error if the package has run-time dependencies, which n8n would install and this does not.
 */
export const installPackage = async (folder: string, tarball: string) => {
	const nodes = path.join(folder, '.n8n', 'nodes');
	const unpacked = await mkdtemp(path.join(os.tmpdir(), 'n8n-package-'));
	try {
		await run('tar', ['-xzf', tarball, '-C', unpacked, '--strip-components=1']);
		const manifestFile = path.join(unpacked, 'package.json');
		const { devDependencies, peerDependencies, optionalDependencies, ...manifest } = JSON.parse(
			await readFile(manifestFile, 'utf8'),
		) as Manifest & { dependencies?: object };
		if (Object.keys(manifest.dependencies ?? {}).length > 0)
			throw new Error(`${manifest.name} must not have dependencies: n8n verifies none that has`);
		await writeFile(manifestFile, JSON.stringify(manifest, null, 2));

		const target = path.join(nodes, 'node_modules', manifest.name);
		await rm(target, { recursive: true, force: true });
		await mkdir(path.dirname(target), { recursive: true });
		await cp(unpacked, target, { recursive: true });
		await writeFile(
			path.join(nodes, 'package.json'),
			JSON.stringify(
				{
					name: 'installed-nodes',
					private: true,
					dependencies: { [manifest.name]: manifest.version },
				},
				null,
				2,
			),
		);
	} finally {
		await rm(unpacked, { recursive: true, force: true });
	}
};

/** The workflow with the credential ids that n8n gave in place of those that were asked for. */
const withCredentialIds = (workflow: Workflow, ids: Record<string, string>): Workflow => ({
	...workflow,
	nodes: workflow.nodes.map((node) => ({
		...node,
		...(node.credentials && {
			credentials: Object.fromEntries(
				Object.entries(node.credentials).map(([type, { id, name }]) => [
					type,
					{ id: ids[id ?? ''] ?? id, name },
				]),
			),
		}),
	})),
});

/** The paths, after `/webhook/`, of the workflow's webhooks: of n8n's Webhook nodes and of our trigger. */
const webhookPaths = ({ nodes }: Workflow): string[] =>
	nodes.flatMap(({ type, webhookId, parameters }) => {
		if (type === 'n8n-nodes-base.webhook') return [String(parameters.path ?? webhookId)];
		return type.endsWith('.respondIoCustomChannelTrigger') && webhookId
			? [`${webhookId}/message`]
			: [];
	});

/** n8n registers webhooks some time after it has said that a workflow is published. */
const webhooksAnswer = async (url: string, paths: readonly string[]) => {
	const deadline = Date.now() + 30_000;
	const isRegistered = async (path: string) => {
		// A preflight request lists the methods of a path, and starts nothing.
		const { headers } = await axios.options(`${url}/webhook/${path}`, {
			proxy: false,
			headers: { origin: url },
			validateStatus: () => true,
		});
		return String(headers['access-control-allow-methods']).includes('POST');
	};
	for (const path of paths) {
		while (!(await isRegistered(path))) {
			if (Date.now() > deadline) throw new Trouble(`n8n has not registered the webhook ${path}.`);
			await sleep(100);
		}
	}
};

const LOG_LIMIT = 1_000_000;
/** n8n migrates a new database first: some ten seconds on a fast machine. */
const START_TIMEOUT_MS = 180_000;

/**
 * Starts a real n8n on the loopback address: installs the package, creates credentials and workflows as
 * the editor would, and publishes them. Resolves when all webhooks answer.
 *
 * @throws Trouble with the last lines of n8n's log if it does not come up.
 */
export const startN8n = async (options: StartOptions = {}): Promise<N8n> => {
	const { credentials = [], workflows = [], env = {}, report = () => {} } = options;
	const { node, n8n } = await ensureRuntime(report);
	const folder = options.folder ?? (await mkdtemp(path.join(os.tmpdir(), 'n8n-')));
	if (options.tarball) await installPackage(folder, options.tarball);

	const [freePort, brokerPort] = await freePorts(2);
	const port = options.port ?? freePort;
	const url = `http://127.0.0.1:${port}`;
	report(`Starting n8n at ${url}`);
	const supervisor = path.join(__dirname, 'supervise.mjs');
	const child = spawn(
		process.execPath,
		[supervisor, options.folder ? '' : folder, node, n8n, 'start'],
		{
			cwd: folder,
			env: { ...environment(folder, url, port, brokerPort), ...env },
			stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
		},
	);
	let log = '';
	const take = (chunk: string) => {
		log = (log + chunk).slice(-LOG_LIMIT);
	};
	child.stdout?.setEncoding('utf8').on('data', take);
	child.stderr?.setEncoding('utf8').on('data', take);
	let exited = false;
	const ended = new Promise<void>((resolve) => {
		// Not 'close': Node never emits it once we have disconnected.
		child.once('exit', () => {
			exited = true;
			resolve();
		});
	});
	const stop = async () => {
		if (child.connected) child.disconnect();
		await ended;
	};
	const failure = (what: string) => new Trouble(`${what} The end of its log:\n${tail(log)}`);

	const rest = new N8nRest(url);
	const credentialIds: Record<string, string> = {};
	try {
		const deadline = Date.now() + START_TIMEOUT_MS;
		const ready = async () =>
			await axios
				.get(`${url}/healthz/readiness`, { proxy: false, timeout: 5_000 })
				.then(({ status }) => status === 200)
				.catch(() => false);
		while (!(await ready())) {
			if (exited) throw failure('n8n ended while it was starting.');
			if (Date.now() > deadline)
				throw failure(`n8n was not ready within ${START_TIMEOUT_MS / 1000} seconds.`);
			await sleep(150);
		}
		await rest.logIn();
		for (const credential of credentials)
			credentialIds[credential.id] = await rest.createCredential(credential);
		const created: string[] = [];
		for (const workflow of workflows)
			created.push((await rest.createWorkflow(withCredentialIds(workflow, credentialIds))).id);
		const published = options.publish ?? created;
		for (const id of published) await rest.publish(id);
		await webhooksAnswer(
			url,
			workflows.filter((_, index) => published.includes(created[index])).flatMap(webhookPaths),
		);
	} catch (error) {
		await stop();
		throw error;
	}
	const logs = () => log;
	return { url, folder, pid: child.pid as number, rest, credentialIds, logs, ended, stop };
};
