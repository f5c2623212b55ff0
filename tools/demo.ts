import net from 'node:net';
import path from 'node:path';
import { once } from 'node:events';
import { Command } from 'commander';
import { createSandbox } from '../sandbox/server';
import { takeLock } from './lock';
import { OWNER, startN8n } from './n8n';
import { packPackage } from './pack';
import { command, progressLines, root, Trouble } from './run';
import { ensureRuntime } from './runtime';
import { baseUrlOf, readTemplate, withChoices } from './templates';

const { n8nPort, sandboxPort } = new Command('demo')
	.description(
		'n8n with this package and the web-chat template, and the sandbox, on this machine alone',
	)
	.option('--n8n-port <number>', 'where n8n listens', Number, 5678)
	.option('--sandbox-port <number>', 'where the sandbox listens', Number, 3100)
	.parse()
	.opts<{ n8nPort: number; sandboxPort: number }>();

/** @throws Trouble if somebody listens on the port, before the long work rather than after it. */
const mustBeFree = async (port: number, option: string) => {
	const server = net.createServer();
	try {
		server.listen(port, '127.0.0.1');
		await once(server, 'listening');
		await once(server.close(), 'close');
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		const what = code === 'EADDRINUSE' ? `Port ${port} is in use` : `Port ${port}: ${message}`;
		throw new Trouble(`${what}. Choose another: npm run demo -- ${option} ${port + 1}`);
	}
};

/** Resolves at Ctrl-C, or when the process is asked to end. */
const stopAsked = new Promise<void>((resolve) => {
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, resolve);
});

const demo = async () => {
	const report = progressLines();
	await mustBeFree(n8nPort, '--n8n-port');
	await mustBeFree(sandboxPort, '--sandbox-port');

	report('Building and packing');
	const tarball = await packPackage();
	await ensureRuntime(report);

	const sandbox = await createSandbox({ port: sandboxPort });
	try {
		const { channelId, apiToken, idType, apiKey } = sandbox.settings();
		const channel = { id: 'channel', name: 'Sandbox channel' };
		const key = { id: 'key', name: 'Web chat key' };
		const workflow = withChoices(
			{
				...(await readTemplate('web-chat', { 'http://127.0.0.1:3100': sandbox.url })),
				id: 'webchat',
			},
			{ respondIoCustomChannelApi: channel, httpHeaderAuth: key },
		);
		const n8n = await startN8n({
			tarball,
			port: n8nPort,
			report,
			credentials: [
				{
					...channel,
					type: 'respondIoCustomChannelApi',
					data: {
						channelId,
						apiToken,
						idType,
						webhookUrl: `${sandbox.url}/custom/channel/webhook/`,
					},
				},
				{ ...key, type: 'httpHeaderAuth', data: { name: 'x-api-key', value: apiKey } },
			],
			workflows: [workflow],
			// An execution that evaluates no expression then needs no expression engine: several times as fast.
			env: { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' },
		});
		try {
			sandbox.set({
				baseUrl: baseUrlOf(n8n.url, workflow),
				providerWebhookUrl: `${n8n.url}/webhook/web-chat`,
			});
			report('Ready');
			console.log(`
Both sides of the conversation    ${sandbox.url}
n8n, with the workflow            ${n8n.url}   (${OWNER.email}, ${OWNER.password})

The customer writes:
  curl ${sandbox.url}/control/customer/messages -H 'content-type: application/json' -d '{"contactId":"mei","text":"Hello"}'
The agent answers:
  curl ${sandbox.url}/control/agent/messages -H 'content-type: application/json' -d '{"contactId":"mei","text":"How can we help?"}'
What respond.io holds now:
  curl ${sandbox.url}/control/ledger

Ctrl-C ends all of it, and removes what this n8n has stored.`);
			const died = n8n.ended.then(() => {
				throw new Trouble(
					`n8n has ended by itself. The end of its log:\n${n8n.logs().slice(-2000)}`,
				);
			});
			await Promise.race([stopAsked, died]);
			report('Stopping');
		} finally {
			await n8n.stop();
		}
	} finally {
		await sandbox.close();
	}
	report('Stopped');
};

command(async () => {
	const lock = await takeLock(path.join(root, '.cache', 'demo.lock'));
	if (!lock.release)
		throw new Trouble(
			`The demo is already running (process ${lock.heldBy}): use that one, or end it with Ctrl-C first.`,
		);
	try {
		await demo();
	} finally {
		await lock.release();
	}
});
