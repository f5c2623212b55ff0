import { createHash, createHmac, randomBytes } from 'node:crypto';
import axios from 'axios';

import type { Report } from '../../tools/run';
import { goal, shown, spreadOf } from './figures';
import { memoryNow } from './memory';
import { chain, node, openStage, PACKAGE, type Stage } from './stage';

const MEGABYTE = 1024 * 1024;
const ENCRYPTION_KEY = 'a key of this bench alone';

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** n8n's own link to a stored file: a token (RFC 7519) signed as n8n 2.41 does. */
const signedLink = (n8nUrl: string, id: string) => {
	const secret = createHash('sha256').update(`url-signing:${ENCRYPTION_KEY}`).digest('base64');
	const now = Math.floor(Date.now() / 1000);
	const payload = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded({ id, iat: now, exp: now + 3600 })}`;
	const signature = createHmac('sha256', secret).update(payload).digest('base64url');
	return `${n8nUrl}/rest/binary-data/signed?token=${payload}.${signature}`;
};

/** Seconds for the whole file, read as fast as it comes. */
const fetchWhole = async (url: string, size: number): Promise<number> => {
	const began = performance.now();
	const { data, status } = await axios.get<NodeJS.ReadableStream>(url, {
		responseType: 'stream',
		proxy: false,
		validateStatus: () => true,
	});
	let bytes = 0;
	for await (const chunk of data) bytes += (chunk as Buffer).length;
	if (status !== 200 || bytes !== size) throw new Error(`${status}, ${bytes} of ${size} bytes`);
	return (performance.now() - began) / 1000;
};

/** The most memory that n8n gains, in megabytes, while something is done. */
const growthDuring = async (pid: number, work: () => Promise<unknown>): Promise<number> => {
	const start = await memoryNow(pid);
	let most = start;
	const timer = setInterval(() => {
		void memoryNow(pid).then((now) => (most = Math.max(most, now)));
	}, 25);
	try {
		await work();
	} finally {
		clearInterval(timer);
	}
	return most - start;
};

/** Gives n8n a file, and gets our link to it and the id under which n8n keeps it. */
const publish = async (stage: Stage, size: number) => {
	const stored = stage.sandbox.webChat.store({
		contentType: 'video/mp4',
		fileName: 'clip.mp4',
		bytes: randomBytes(size),
	});
	const { status, data } = await stage.call('publish', {
		url: `${stage.sandbox.url}/provider/files/${stored}`,
	});
	if (status !== 200) throw new Error(`publish answered ${status}: ${JSON.stringify(data)}`);
	const link = new URL((data as { url: string }).url);
	const [payload] = String(link.searchParams.get('t')).split('.');
	const [id] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as [string];
	// The credential holds a stand-in, since it is made before n8n has its address.
	const trigger = stage.workflows.find(({ id: name }) => name === 'media')?.nodes[0];
	const ours = `${stage.n8n.url}/webhook/${trigger?.webhookId}/media${link.search}`;
	return { ours, theirs: signedLink(stage.n8n.url, id) };
};

/** A file of 100 MB from our link and from n8n's own signed link, taking turns. */
export const serving = async (report: Report, { quick }: { quick: boolean }) => {
	const size = (quick ? 10 : 100) * MEGABYTE;
	const rounds = quick ? 3 : 9;
	const stage = await openStage(
		() => [
			chain('publish', [
				node('In', 'n8n-nodes-base.webhook', 2.1, {
					httpMethod: 'POST',
					path: 'publish',
					responseMode: 'lastNode',
					options: {},
				}),
				node('Download', 'n8n-nodes-base.httpRequest', 4.2, {
					url: '={{ $json.body.url }}',
					options: { response: { response: { responseFormat: 'file' } } },
				}),
				node('Publish', `${PACKAGE}.respondIoCustomChannel`, 1, {
					resource: 'media',
					operation: 'publish',
				}),
			]),
			chain('media', [
				node('Trigger', `${PACKAGE}.respondIoCustomChannelTrigger`, 1, {}),
				node('Nothing', 'n8n-nodes-base.noOp', 1, {}),
			]),
		],
		{
			env: { N8N_ENCRYPTION_KEY: ENCRYPTION_KEY, N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem' },
			data: () => ({ publicMediaUrl: 'https://n8n.example.com/media' }),
		},
	);
	try {
		report(`Publishing ${size / MEGABYTE} MB`);
		const pid = stage.n8n.pid();
		const links = await publish(stage, size);
		await fetchWhole(links.ours, size);
		await fetchWhole(links.theirs, size);
		const ratios: number[] = [];
		const speeds: Record<'ours' | 'theirs', number[]> = { ours: [], theirs: [] };
		for (let round = 0; round < rounds; round++) {
			report(`Fetching, round ${round + 1} of ${rounds}`);
			const order = round % 2 ? (['theirs', 'ours'] as const) : (['ours', 'theirs'] as const);
			const seconds = { ours: 0, theirs: 0 };
			for (const who of order) seconds[who] = await fetchWhole(links[who], size);
			for (const who of order) speeds[who].push(size / MEGABYTE / seconds[who]);
			ratios.push(seconds.theirs / seconds.ours);
		}
		report('Memory, four clients at once');
		const four = (url: string) => async () =>
			await Promise.all([1, 2, 3, 4].map(async () => await fetchWhole(url, size)));
		const growth = {
			theirs: await growthDuring(pid, four(links.theirs)),
			ours: await growthDuring(pid, four(links.ours)),
		};
		const ratio = spreadOf(ratios);
		console.log(
			[
				`Throughput: ours ${shown(spreadOf(speeds.ours), 0)} MB/s, n8n's signed link ${shown(spreadOf(speeds.theirs), 0)} MB/s, ratio ${shown(ratio)}`,
				`Memory that n8n gains while four clients fetch ${size / MEGABYTE} MB each: ours ${growth.ours.toFixed(0)} MB, n8n's signed link ${growth.theirs.toFixed(0)} MB`,
			].join('\n'),
		);
		goal(
			`Throughput ${ratio.median.toFixed(2)} of n8n's own (goal: 0.9 at least)`,
			ratio.median >= 0.9,
		);
		goal(
			`Memory flat: ${growth.ours.toFixed(0)} MB gained for ${(4 * size) / MEGABYTE} MB served (goal: less than a file)`,
			growth.ours < size / MEGABYTE,
		);
	} finally {
		await stage.close();
	}
};
