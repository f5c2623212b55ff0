import type { Report } from '../../tools/run';

export const serving = async (report: Report, { quick }: { quick: boolean }) => {
	report(String(quick));
};
