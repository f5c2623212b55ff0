import { incoming, outgoing } from '../lanes';
import { drain } from '../outbox';
import { core } from '../steps';
import { channel, mediaUrl, publish, webhookUrl } from '../todo';
import type { Template } from '../workflow';

export const email: Template = {
	file: 'email',
	name: 'Email in respond.io',
	about:
		"A mailbox becomes a channel: agents answer mails as chats.\n\nQuoted lines at the end of a mail are left out: the conversation has them already. Attachments are published as links, and agents' files are attached.",
	document: {
		title: 'Email',
		row: {
			incoming: 'Email Trigger (IMAP)',
			outgoing: 'Send Email',
			receipts: 'failed, where the mail server tells which',
			shown: 'the text, with files attached; quick replies numbered',
		},
		text: "A mailbox. The subject of a first mail is told; what an answer quotes is left out, what is forwarded is not. Reply-To is the contact; automatic replies are left out, a mail server's report that a mail failed becomes its status or, where it names no mail of ours, a message at the customer's contact, and copies of the business's own mails are echoes.",
	},
	todo: [
		[
			'The mailbox',
			'Create an *IMAP* credential for **From Mailbox** and an *SMTP* credential for **Send Email**. In **Send Email** put the address that sends; in **Build Request** the subject of the answers.',
		],
		channel(),
		webhookUrl,
		mediaUrl,
		publish(),
	],
	lanes: [
		incoming({
			provider: 'email',
			text: 'New mails of the mailbox, with their attachments.',
			steps: [
				core('From Mailbox', 'emailReadImap', 2.1, { format: 'resolved', options: {} }, [0, 1]),
			],
			links: [],
			triggers: ['From Mailbox'],
			from: ['From Mailbox'],
			column: 2,
		}),
		outgoing({
			provider: 'email',
			settings: { subject: 'Your question', options: { downloadAttachments: true } },
			send: (column) => ({
				steps: [
					core(
						'Send Email',
						'emailSend',
						2.1,
						{
							fromEmail: 'YOUR-ADDRESS@example.com',
							toEmail: '={{ $json.body.to }}',
							subject: '={{ $json.body.subject }}',
							emailFormat: 'text',
							text: '={{ $json.body.text }}',
							options: {
								appendAttribution: false,
								fileAttachments: "={{ $binary.data ? 'data' : '' }}",
							},
						},
						[column, 0],
						{ onError: 'continueRegularOutput' },
					),
				],
				links: [],
				first: 'Send Email',
				last: ['Send Email'],
			}),
		}),
		drain,
	],
};
