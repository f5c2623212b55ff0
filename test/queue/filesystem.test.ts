import { publishAndFetch, publishing } from './media';
import { openQueueStage, type QueueStage } from './stage';

/** Files in folders: the webhook process serves what a worker has stored only where both have the folder. */

jest.setTimeout(240_000);

describe.each([true, false])('files in folders, one for all processes: %s', (shareFolder) => {
	let stage: QueueStage;
	beforeAll(async () => {
		stage = await openQueueStage({
			workers: 1,
			binaryMode: 'filesystem',
			shareFolder,
			workflows: () => [publishing],
		});
	});
	afterAll(async () => await stage?.close());

	it(
		shareFolder ? 'a file is served whole' : 'a file is not found, and the link says so',
		async () => {
			const { bytes, url, status, contentType, fetched } = await publishAndFetch(stage);
			expect(url.startsWith(`${stage.n8n.url}/webhook/`)).toBe(true);
			if (shareFolder) {
				expect({ status, contentType }).toEqual({ status: 200, contentType: 'application/pdf' });
				expect(fetched.equals(bytes)).toBe(true);
			} else {
				const { error } = JSON.parse(fetched.toString()) as { error: { message: string } };
				expect(status).toBe(404);
				expect(error.message).toBe(
					'The file is gone: n8n has deleted it, as it does with the data of old executions, or another process of n8n keeps it in a folder of its own: with separate workers, share one folder among all processes, or keep files in the database or S3.',
				);
			}
		},
	);
});
