import { signed } from './lanes';
import { core, decide, fetchFile, webhook, type Credential } from './steps';
import type { Link, Step } from './workflow';

/** What two templates share. */

export const LINE_CREDENTIAL: Credential = { generic: 'httpBearerAuth' };

/** LINE answers a webhook that took longer than two seconds as failed. */
export const LINE_RETRY_FOR = 1;

export const LINE_PAYLOAD = "={{ { events: [$('Events One by One').item.json] } }}";

/** From the webhook to the events of it that LINE has signed, each with its file. */
export const fromLine = (
	row: number,
	hasFile: string,
): { steps: Step[]; links: Link[]; to: Array<Omit<Link, 'to'>> } => {
	const signature = signed(
		{
			from: 'From LINE',
			provider: 'LINE',
			secret: 'the channel secret',
			hmac: {
				binaryData: true,
				binaryPropertyName: 'data',
				type: 'SHA256',
				encoding: 'base64',
				dataPropertyName: 'signature',
			},
			valid: "$json.signature === $json.headers['x-line-signature']",
		},
		1,
		row,
	);
	return {
		steps: [
			webhook('From LINE', { options: { rawBody: true } }, [0, row]),
			...signature.steps,
			core('Events One by One', 'splitOut', 1, { fieldToSplitOut: 'body.events', options: {} }, [
				3,
				row,
			]),
			decide(
				hasFile,
				"['image', 'video', 'audio', 'file'].includes($json.message?.type) && $json.message.contentProvider?.type !== 'external'",
				[4, row],
			),
			fetchFile(
				'Download',
				'=https://api-data.line.me/v2/bot/message/{{ $json.message.id }}/content',
				LINE_CREDENTIAL,
				[5, row],
			),
		],
		links: [
			...signature.links,
			{ ...signature.to, to: 'Events One by One' },
			{ from: 'Events One by One', to: hasFile },
			{ from: hasFile, to: 'Download' },
		],
		to: [{ from: 'Download' }, { from: hasFile, output: 1 }],
	};
};
