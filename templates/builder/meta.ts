import { byRequest, incoming, outgoing } from './lanes';
import { drain } from './outbox';
import { core } from './steps';
import { channel, publish, webhookUrl } from './todo';
import type { Document, Template } from './workflow';

interface MetaTemplate {
	file: 'messenger' | 'instagram';
	name: string;
	about: string;
	document: Document;
	/** What n8n's trigger subscribes the app to: Meta refuses them all for one that the object does not have. */
	object: 'page' | 'instagram';
	fields: string[];
	/** What is to be subscribed to the same fields: Meta sends those that both the app and it have. */
	account: string;
	/** The token of Facebook Graph API. */
	token: string;
}

/** Messenger and Instagram, which differ in their fields and their token alone. */
export const metaTemplate = ({
	file,
	name,
	about,
	document,
	object,
	fields,
	account,
	token,
}: MetaTemplate): Template => {
	const product = file === 'messenger' ? 'Messenger' : 'Instagram';
	// n8n chooses the credential of this node by the word Trigger in its name.
	const trigger = `${product} Trigger`;
	return {
		file,
		name,
		about: `${about}\n\nAnswers of people who use Meta's own inbox come as echoes.`,
		document,
		todo: [
			[
				'Meta',
				`In Meta's developer pages open your app. Create a *Facebook Graph API (App)* credential (app token and secret) for **${trigger}**, and a *Facebook Graph API* credential (${token}) for **Send to ${product}**. Put the ID of your app into **${trigger}**.\n\nKeep the name of **${trigger}**: n8n goes by the word Trigger in it.`,
			],
			channel(),
			webhookUrl,
			publish(
				`It registers itself at Meta. Then subscribe the ${account} to the app, with the fields ${fields.map((field) => `\`${field}\``).join(', ')}.`,
			),
		],
		lanes: [
			incoming({
				provider: file,
				text: 'Messages, echoes and receipts.',
				steps: [
					core(
						trigger,
						'facebookTrigger',
						1,
						{ appId: 'YOUR-APP-ID', object, fields, options: { includeValues: true } },
						[0, 1],
					),
				],
				links: [],
				triggers: [trigger],
				from: [trigger],
				column: 2,
			}),
			outgoing({
				provider: file,
				send: byRequest(`Send to ${product}`, { predefined: 'facebookGraphApi' }),
			}),
			drain,
		],
	};
};
