import axios, { type AxiosInstance, isAxiosError } from 'axios';
import type { IRun, IWorkflowBase } from 'n8n-workflow';
import { setTimeout as sleep } from 'node:timers/promises';

/** The owner of every n8n that is started here; it listens on the loopback address alone. */
export const OWNER = { email: 'owner@example.com', password: 'Owner-of-n8n-1' } as const;

export interface Credential {
	/** The id by which the workflows given with it name it; n8n gives another. */
	id: string;
	name: string;
	/** Credential type, e.g. `respondIoCustomChannelApi`. */
	type: string;
	data: Record<string, unknown>;
}

export type Workflow = Pick<IWorkflowBase, 'name' | 'nodes' | 'connections'> &
	Partial<Pick<IWorkflowBase, 'id' | 'settings'>>;

export interface ExecutionSummary {
	id: string;
	workflowId: string;
	status: 'success' | 'error' | 'running' | 'new' | 'waiting' | 'canceled' | 'crashed' | 'unknown';
	mode: string;
	startedAt: string;
	stoppedAt: string | null;
}

/** n8n's answer to the Test button of a credential. */
export interface CredentialTest {
	status: 'OK' | 'Error';
	message: string;
}

const ENDED = new Set<ExecutionSummary['status']>(['success', 'error', 'canceled', 'crashed']);

/** What n8n's editor does, over the same calls. Every failure names the call and n8n's own message. */
export class N8nRest {
	/** For calls that have no method here. Paths start at `/rest`; what n8n wraps in `data` is not unwrapped. */
	readonly http: AxiosInstance;

	constructor(url: string) {
		// A proxy of the environment can't reach this machine's loopback address.
		this.http = axios.create({ baseURL: url, proxy: false, timeout: 60_000 });
		this.http.interceptors.response.use(undefined, (error: unknown) => {
			if (!isAxiosError(error)) throw error;
			const { method, url: call } = error.config ?? {};
			const data = error.response?.data as { message?: string } | undefined;
			const reason = data?.message ?? error.message;
			throw new Error(`n8n refused ${method?.toUpperCase()} ${call}: ${reason}`, { cause: error });
		});
	}

	private async call<T>(method: 'get' | 'post' | 'delete', path: string, body?: unknown) {
		const { data } = await this.http.request<{ data: T }>({ method, url: path, data: body });
		return data.data;
	}

	/** Creates the owner if this n8n has none yet, and logs in. */
	async logIn() {
		const { userManagement } = await this.call<{
			userManagement: { showSetupOnFirstLoad: boolean };
		}>('get', '/rest/settings');
		const answer = userManagement.showSetupOnFirstLoad
			? await this.http.post('/rest/owner/setup', {
					...OWNER,
					firstName: 'Olive',
					lastName: 'Owner',
				})
			: await this.http.post('/rest/login', {
					emailOrLdapLoginId: OWNER.email,
					password: OWNER.password,
				});
		const cookies = answer.headers['set-cookie'] ?? [];
		this.http.defaults.headers.common.cookie = cookies.map((one) => one.split(';')[0]).join('; ');
	}

	/** Returns the id that n8n gave it. */
	async createCredential({ name, type, data }: Omit<Credential, 'id'>) {
		return (await this.call<{ id: string }>('post', '/rest/credentials', { name, type, data })).id;
	}

	/** Imports a workflow as the editor does. Returns its id (the given one) and version. */
	async createWorkflow(workflow: Workflow) {
		return await this.call<{ id: string; versionId: string }>('post', '/rest/workflows', workflow);
	}

	/** Publishes the workflow: its webhooks answer from now on. */
	async publish(id: string) {
		const { versionId } = await this.call<{ versionId: string }>('get', `/rest/workflows/${id}`);
		await this.call('post', `/rest/workflows/${id}/activate`, { versionId });
	}

	async unpublish(id: string) {
		await this.call('post', `/rest/workflows/${id}/deactivate`, {});
	}

	/** Starts the workflow by hand, from one of its triggers. */
	async run(id: string, trigger: string) {
		await this.call('post', `/rest/workflows/${id}/run`, { triggerToStartFrom: { name: trigger } });
	}

	/** The workflow's executions, newest first (at most 100). */
	async executions(workflowId: string) {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const found = await this.call<{ results: ExecutionSummary[] }>(
			'get',
			`/rest/executions?filter=${filter}&limit=100`,
		);
		return found.results;
	}

	/** One execution with all its data: `data.resultData.runData[node name]`, and `.error`. */
	async execution(id: string): Promise<ExecutionSummary & { data: IRun['data'] }> {
		const { data, ...rest } = await this.call<ExecutionSummary & { data: string }>(
			'get',
			`/rest/executions/${id}`,
		);
		// n8n writes execution data in this format. Its package declares its types for ES modules alone.
		const { parse } = await import('flatted');
		return { ...rest, data: parse(data) as IRun['data'] };
	}

	/** Waits until the workflow has `count` ended executions; returns them, newest first. */
	async waitForExecutions(workflowId: string, count: number, timeoutMs = 20_000) {
		const deadline = Date.now() + timeoutMs;
		for (;;) {
			const all = await this.executions(workflowId);
			const ended = all.filter(({ status }) => ENDED.has(status));
			if (ended.length >= count) return ended;
			if (Date.now() > deadline) {
				const seen = all.map(({ status }) => status).join(', ') || 'none';
				throw new Error(
					`Workflow ${workflowId} had ${ended.length} of ${count} ended executions after ${timeoutMs} ms (${seen})`,
				);
			}
			await sleep(100);
		}
	}

	/** Presses the Test button of the credential dialog, with data that need not be saved. */
	async testCredential({
		type,
		data,
		name = type,
	}: Pick<Credential, 'type' | 'data'> & { name?: string }) {
		// The dialog sends an id even for a credential that was never saved.
		const credentials = { id: '', name, type, data };
		return await this.call<CredentialTest>('post', '/rest/credentials/test', { credentials });
	}

	/** Descriptions of every node that this n8n has loaded. */
	async nodeTypes() {
		const { data } =
			await this.http.get<Array<{ name: string; version: number | number[] }>>('/types/nodes.json');
		return data;
	}
}
