import type { Sandbox } from '../../sandbox/server';
import { startN8n, type N8n } from '../../tools/n8n';
import { packedTarball } from '../../tools/pack';
import { besideSandbox, type StageOptions } from '../stage';

export {
	channelData,
	CHANNEL,
	PACKAGE,
	ready,
	template,
	until,
	WEB_CHAT_KEY,
	type StageOptions,
} from '../stage';

// A first start of n8n takes some 15 s on a fast machine.
jest.setTimeout(180_000);

/** A real n8n with the packed package, beside the sandbox. */
export interface Stage {
	n8n: N8n;
	sandbox: Sandbox;
	close(): Promise<void>;
}

export async function openStage(options: StageOptions): Promise<Stage> {
	return await besideSandbox(
		options,
		async (contents) => await startN8n({ tarball: packedTarball(), ...contents }),
	);
}
