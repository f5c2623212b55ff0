import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import type { Workflow } from '../../tools/n8n';
import { baseUrlOf } from '../../tools/templates';
import { openStage, ready, type Stage } from './stage';

/** What an agent's message names is fetched by n8n's machine: nothing of its network is, by whatever way it is named. */

const PUBLIC = '93.184.216.34';
/** The answers of the name service, one after another. */
const NAMES = {
	'public.example.com': [[PUBLIC]],
	'private.example.com': [['127.0.0.1']],
	'six.example.com': [['::1']],
	'mixed.example.com': [[PUBLIC, '127.0.0.1']],
	'shared.example.com': [['100.64.0.1']],
	'nowhere.example.com': [[]],
	'turning.example.com': [[PUBLIC], ['127.0.0.1']],
};
const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(64, 1)]);

const NODE = 'n8n-nodes-respondio-custom-channel.respondIoCustomChannel';
const fetching: Workflow = ready({
	id: 'fetching',
	name: 'fetching',
	nodes: [
		{
			id: 'trigger',
			name: "Agent's Message",
			type: `${NODE}Trigger`,
			typeVersion: 2,
			position: [0, 0],
			parameters: { options: { downloadAttachments: true } },
		},
		{
			id: 'accept',
			name: 'Accept',
			type: NODE,
			typeVersion: 2,
			position: [200, 0],
			parameters: {
				resource: 'outgoingMessage',
				operation: 'accept',
				messageId: '={{ $binary.data.fileSize }}',
			},
		},
	],
	connections: { "Agent's Message": { main: [[{ node: 'Accept', type: 'main', index: 0 }]] } },
	settings: { executionOrder: 'v1' },
});

describe.each(['false', 'true'])('N8N_SSRF_PROTECTION_ENABLED=%s', (isProtected) => {
	let stage: Stage;
	let server: http.Server;
	let port: number;
	/** Paths of the calls that reached it. */
	let hits: string[] = [];

	beforeAll(async () => {
		server = http.createServer((request, response) => {
			const { pathname, searchParams } = new URL(request.url as string, 'http://localhost');
			hits.push(pathname);
			const location = searchParams.get('to');
			if (location === null) response.end(PNG);
			else response.writeHead(302, { location }).end();
		});
		await new Promise<void>((resolve) => server.listen(0, resolve));
		({ port } = server.address() as AddressInfo);
		stage = await openStage({
			env: {
				NODE_OPTIONS: `--require ${path.join(__dirname, 'names.cjs')}`,
				TEST_NAMES: JSON.stringify(NAMES),
				TEST_NAMES_HERE: 'public.example.com',
				N8N_SSRF_PROTECTION_ENABLED: isProtected,
			},
			workflows: () => [fetching],
		});
		stage.sandbox.set({ baseUrl: baseUrlOf(stage.n8n.url, fetching) });
	});
	afterAll(async () => {
		await stage?.close();
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	});
	beforeEach(() => (hits = []));

	const send = async (url: string) =>
		await stage.sandbox.respondIo.send({
			contactId: 'mei',
			message: { type: 'attachment', attachment: { type: 'image', url } },
		});
	const at = (host: string, place = 'secret') => `http://${host}:${port}/${place}`;
	const redirect = (to: string) => at('public.example.com', `r?to=${encodeURIComponent(to)}`);

	it('a file at a public address is fetched', async () => {
		const answer = await send(redirect(at('public.example.com', 'file')));
		expect({ ok: answer.ok, mId: answer.mId, hits }).toEqual({
			ok: true,
			mId: '72 B',
			hits: ['/r', '/file'],
		});
	});

	const notPublic = (host: string) => `"${host}" is not an address of the public internet`;
	const leads = (host: string) => `"${host}" leads to a private address`;
	it.each<[what: string, url: () => string, reason: string, asked?: string[]]>([
		['a name', () => at('private.example.com'), leads('private.example.com')],
		['a name of IPv6', () => at('six.example.com'), leads('six.example.com')],
		['a name with two addresses', () => at('mixed.example.com'), leads('mixed.example.com')],
		['a shared address', () => at('shared.example.com'), leads('shared.example.com')],
		[
			'no address',
			() => at('nowhere.example.com'),
			'"nowhere.example.com" could not be reached (ENOTFOUND)',
		],
		['a redirect', () => redirect(at('127.0.0.1')), notPublic('127.0.0.1'), ['/r']],
		[
			'a redirect to a name',
			() => redirect(at('private.example.com')),
			leads('private.example.com'),
			['/r'],
		],
		['IPv6', () => at('[::1]'), notPublic('::1')],
		['IPv4 in IPv6', () => at('[::ffff:127.0.0.1]'), notPublic('::ffff:7f00:1')],
		['a decimal number', () => at('2130706433'), notPublic('127.0.0.1')],
		['a hexadecimal number', () => at('0x7f.1'), notPublic('127.0.0.1')],
		['an octal number', () => at('0177.0.0.1'), notPublic('127.0.0.1')],
		['a local name', () => at('localhost'), notPublic('localhost')],
	])(
		'%s is refused, and nothing more of this machine is asked',
		async (_what, url, reason, asked = []) => {
			const answer = await send(url());
			expect(answer).toMatchObject({
				ok: false,
				statusCode: 400,
				error: `The attachment could not be fetched: ${reason}`,
			});
			expect(hits).toEqual(asked);
		},
	);

	// What we resolve is resolved again for the connection, where n8n's own protection alone can look.
	it('a name that turns private after it was checked is found out by that protection alone', async () => {
		const answer = await send(at('turning.example.com'));
		expect({ ok: answer.ok, error: answer.error, hits }).toEqual(
			isProtected === 'true'
				? {
						ok: false,
						error: `The attachment could not be fetched: ${leads('turning.example.com')}`,
						hits: [],
					}
				: { ok: true, error: undefined, hits: ['/secret'] },
		);
	});
});
