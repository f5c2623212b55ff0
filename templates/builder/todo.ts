import type { Todo } from './workflow';

/** What people do in every template, in words for those who know no code. */

const list = (names: string[]): string =>
	`${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;

/** The channel and its credential, and where it is chosen. */
export const channel = (posting: string[] = ['Post to Respond.io']): Todo => {
	const steps = [...posting, "Agent's Message", 'Send Again'].map((name) => `**${name}**`);
	return [
		'The channel in respond.io',
		`In respond.io open *Settings > Channels > Add Channel > Custom Channel*. It asks for a webhook URL: any URL will do for the moment. Choose the ID type **Custom ID**.\n\nThe next page shows a channel ID, an API token and a webhook URL. Create a *Respond.io Custom Channel API* credential from them, and choose it in ${list(steps)}.`,
	];
};

/** Where respond.io sends what agents write. */
export const webhookUrl: Todo = [
	"Agents' messages",
	`Open **Agent's Message** and copy its *Production URL* that ends in \`/message\`. Cut off \`/message\`, and paste the rest into the channel's *Webhook URL for Outgoing message* in respond.io.

In n8n: \`https://n8n.example.com/webhook/1f0c…/message\`
To paste: \`https://n8n.example.com/webhook/1f0c…\``,
];

/** Where respond.io fetches what customers have sent, if files pass through n8n. */
export const mediaUrl: Todo = [
	"Customers' files",
	"Open **Agent's Message** again and copy its *Production URL*. Put `/media` in place of `/message` at its end, and paste that into your *Respond.io Custom Channel API* credential, as *Public Media URL*: respond.io fetches files there.",
];

export const publish = (more = ''): Todo => [
	'Publish',
	`Publish the workflow.${more === '' ? '' : ` ${more}`}`,
];
