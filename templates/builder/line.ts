import { fetchFiles } from './files';
import { signed } from './lanes';
import { decide, fetchFile, webhook, type Credential } from './steps';
import type { Link, Step } from './workflow';

/** What two templates share. */

export const LINE_CREDENTIAL: Credential = { generic: 'httpBearerAuth' };

/** LINE answers a webhook that took longer than two seconds as failed. */
export const LINE_RETRY_FOR = 1;

/** The call as it came: its events are posted together, in their order. */
export const LINE_PAYLOAD = "={{ $('From LINE').first().json.body }}";

const FILES =
	"$json.body.events.filter(({ message }) => ['image', 'video', 'audio', 'file'].includes(message?.type) && message.contentProvider?.type !== 'external').map(({ message }) => ({ id: message.id }))";

/** From the webhook to the call that LINE has signed, with its files. */
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
	const files = fetchFiles(
		`={{ ${FILES} }}`,
		(at) => [
			fetchFile(
				'Download',
				'=https://api-data.line.me/v2/bot/message/{{ $json.id }}/content',
				LINE_CREDENTIAL,
				at,
				{ property: '={{ $json.id }}' },
			),
		],
		[4, row],
	);
	return {
		steps: [
			webhook('From LINE', { options: { rawBody: true } }, [0, row]),
			...signature.steps,
			decide(hasFile, `${FILES}.length > 0`, [3, row]),
			...files.steps,
		],
		links: [
			...signature.links,
			{ ...signature.to, to: hasFile },
			{ from: hasFile, to: files.first },
			...files.links,
		],
		to: [{ from: files.last }, { from: hasFile, output: 1 }],
	};
};
