import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import axios from 'axios';
import { freePorts } from './ports';
import { type Program, startProgram } from './program';
import { type Credential, N8nRest, type Workflow } from './rest';
import { run, tail, Trouble } from './run';
import { ensureRuntime } from './runtime';

export { freePorts } from './ports';
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

/** A running process of n8n: all of n8n, or one of a cluster. */
export interface N8nProcess extends Program {
	/** The base URL, also of its webhooks; no slash at the end. */
	url: string;
	folder: string;
	/** Resolves when it answers. @throws Trouble with the last lines of its log if it does not come up. */
	ready(): Promise<void>;
}

export interface N8n extends N8nProcess {
	rest: N8nRest;
	/** The ids that n8n gave to the credentials, by those that were asked for. */
	credentialIds: Record<string, string>;
}

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
	// A worker listens for questions about its health alone.
	QUEUE_HEALTH_CHECK_ACTIVE: 'true',
	QUEUE_HEALTH_CHECK_PORT: String(port),
	N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
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

/** n8n migrates a new database first: some ten seconds on a fast machine. */
const START_TIMEOUT_MS = 180_000;

export interface ProcessOptions {
	/** n8n's command, and its arguments. */
	command: [command: 'start' | 'webhook' | 'worker', ...args: string[]];
	/** n8n's user folder. */
	folder: string;
	/** Leaves the folder there at the end. */
	keepFolder?: boolean;
	env?: Record<string, string>;
	/** Where it listens (a worker: for questions about its health); a free one by default. */
	port?: number;
	report?: (line: string) => void;
}

/** Starts one process of n8n on the loopback address. It is not ready yet. */
export const startProcess = async ({
	command,
	folder,
	keepFolder = false,
	env,
	port: wanted,
	report = () => {},
}: ProcessOptions): Promise<N8nProcess> => {
	const { node, n8n } = await ensureRuntime(report);
	const [freePort, brokerPort] = await freePorts(2);
	const port = wanted ?? freePort;
	const url = `http://127.0.0.1:${port}`;
	const name = command[0] === 'start' ? 'n8n' : `n8n ${command[0]}`;
	const program = await startProgram({
		program: node,
		args: [n8n, ...command],
		folder: keepFolder ? '' : folder,
		cwd: folder,
		env: { ...environment(folder, url, port, brokerPort), ...env },
	});
	const failure = (what: string) =>
		new Trouble(`${what} The end of its log:\n${tail(program.logs())}`);
	const answers = async () =>
		await axios
			.get(`${url}/healthz/readiness`, { proxy: false, timeout: 5_000 })
			.then(({ status }) => status === 200)
			.catch(() => false);
	const ready = async () => {
		const deadline = Date.now() + START_TIMEOUT_MS;
		while (!(await answers())) {
			if (program.hasEnded()) throw failure(`${name} ended while it was starting.`);
			if (Date.now() > deadline)
				throw failure(`${name} was not ready within ${START_TIMEOUT_MS / 1000} seconds.`);
			await sleep(150);
		}
	};
	return { ...program, url, folder, ready };
};

/** What is to be in an n8n before anybody calls it. */
export type Contents = Pick<StartOptions, 'credentials' | 'workflows' | 'publish'>;

/**
 * Creates credentials and workflows as the editor would, and publishes them. Resolves when all webhooks answer.
 *
 * @param webhookUrl where webhooks are taken, if not where the editor is.
 * @returns the ids that n8n gave to the credentials.
 */
export const fill = async (
	rest: N8nRest,
	{ credentials = [], workflows = [], publish }: Contents,
	webhookUrl: string,
) => {
	const credentialIds: Record<string, string> = {};
	for (const credential of credentials)
		credentialIds[credential.id] = await rest.createCredential(credential);
	const created: string[] = [];
	for (const workflow of workflows)
		created.push((await rest.createWorkflow(withCredentialIds(workflow, credentialIds))).id);
	const published = publish ?? created;
	for (const id of published) await rest.publish(id);
	await webhooksAnswer(
		webhookUrl,
		workflows.filter((_, index) => published.includes(created[index])).flatMap(webhookPaths),
	);
	return credentialIds;
};

/**
 * Starts a real n8n on the loopback address: installs the package, creates credentials and workflows as
 * the editor would, and publishes them. Resolves when all webhooks answer.
 *
 * @throws Trouble with the last lines of n8n's log if it does not come up.
 */
export const startN8n = async (options: StartOptions = {}): Promise<N8n> => {
	const { env, port, report = () => {} } = options;
	await ensureRuntime(report);
	const folder = options.folder ?? (await mkdtemp(path.join(os.tmpdir(), 'n8n-')));
	if (options.tarball) await installPackage(folder, options.tarball);

	const n8n = await startProcess({
		command: ['start'],
		folder,
		keepFolder: options.folder !== undefined,
		env,
		port,
		report,
	});
	report(`Starting n8n at ${n8n.url}`);
	const rest = new N8nRest(n8n.url);
	try {
		await n8n.ready();
		await rest.logIn();
		const credentialIds = await fill(rest, options, n8n.url);
		return { ...n8n, rest, credentialIds };
	} catch (error) {
		await n8n.stop();
		throw error;
	}
};
