import { startN8n } from '../../../tools/n8n';
import { packPackage } from '../../../tools/pack';
import type { Report } from '../../../tools/run';
import { besideSandbox } from '../../stage';
import { goal } from '../figures';
import { storm, stormWorkflow } from './run';

/** Two thousand messages through a fifth of faults and an outage, with default options: does anything get lost? */
export const stormBench = async (report: Report, { outage }: { outage: number }) => {
	const tarball = await packPackage();
	const stage = await besideSandbox(
		{ workflows: () => [stormWorkflow()] },
		async (contents) => await startN8n({ tarball, report, ...contents }),
	);
	try {
		report(`2,000 messages, ${outage} s of outage`);
		const done = await storm(stage, {
			messages: 2000,
			contacts: 50,
			perRun: 50,
			lanes: 10,
			outage: { from: 5, seconds: outage },
		});
		console.table([{ ...done, undelivered: done.undelivered.length }]);
		for (const reason of done.undelivered) console.log(reason);
		goal(`Nothing on the error output: ${done.undelivered.length}`, done.undelivered.length === 0);
		goal(
			`All arrived, in order: ${done.missing} missing, ${done.late} late`,
			done.missing + done.late === 0,
		);
		goal(
			`Twice only where the answer was lost: ${done.twice} of ${done.broken}`,
			done.twice <= done.broken,
		);
	} finally {
		await stage.close();
	}
};
