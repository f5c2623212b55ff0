import {
	channelFault,
	mediaUrlFault,
	oldHostFault,
	toChannel,
} from '../../nodes/RespondIoCustomChannel/credential';

const OLD =
	"The credential's Webhook URL must begin with https://webhook.respond.io now: respond.io has taken no messages at app.respond.io since 5 August 2026";

const channel = (more: Record<string, string> = {}) =>
	toChannel({
		channelId: 'ch',
		apiToken: 'the-token',
		webhookUrl: 'https://webhook.respond.io/custom/channel/webhook/',
		...more,
	});

it.each<[string, Record<string, string>, string | undefined]>([
	['is complete', {}, undefined],
	['has another address', { webhookUrl: 'https://eu.example.com/hook' }, undefined],
	['has no channel', { channelId: ' ' }, "The credential's Channel ID is empty"],
	['has no token', { apiToken: '' }, "The credential's API Token is empty"],
	[
		'has no URL',
		{ webhookUrl: 'webhook.respond.io' },
		'The credential\'s Webhook URL is not a complete http(s) URL: "webhook.respond.io/"',
	],
	[
		'has a Test URL of n8n',
		{ webhookUrl: 'https://n8n.example.com/webhook-test/1f0c/message' },
		"The credential's Webhook URL is a Test URL of n8n, but respond.io's own URL belongs there",
	],
])('a credential that %s', (_what, more, fault) => {
	expect(channelFault(channel(more))).toBe(fault);
});

it.each<[string, string | undefined]>([
	['https://app.respond.io/custom/channel/webhook/', OLD],
	['HTTPS://APP.Respond.io/custom/webhook', OLD],
	['https://webhook.respond.io/custom/channel/webhook/', undefined],
	['https://app.respond.io.example.com/', undefined],
	['https://example.com/?next=https://app.respond.io/', undefined],
	['no URL', undefined],
])('what is wrong with %s', (webhookUrl, fault) => {
	expect(oldHostFault(webhookUrl)).toBe(fault);
});

it.each<[string, string | undefined]>([
	['', undefined],
	['https://n8n.example.com/webhook/1f0c/media', undefined],
	[
		'n8n.example.com/webhook/1f0c/media',
		'The credential\'s Public Media URL is not a complete http(s) URL: "n8n.example.com/webhook/1f0c/media"',
	],
	[
		'https://n8n.example.com/webhook-test/1f0c/media',
		"The credential's Public Media URL is a Test URL, which works only while somebody listens: copy the trigger's Production URL, and put /media in place of /message at its end",
	],
	...[
		'https://n8n.example.com/webhook/1f0c/message',
		'https://n8n.example.com/webhook/1f0c',
		'https://n8n.example.com/webhook/1f0c/media/',
		'https://n8n.example.com/webhook/1f0c/message?then=/media',
	].map((url): [string, string] => [
		url,
		"The credential's Public Media URL does not end in /media: copy the trigger's Production URL, and put /media in place of /message at its end",
	]),
])('the Public Media URL "%s"', (publicMediaUrl, fault) => {
	expect(mediaUrlFault(channel({ publicMediaUrl }))).toBe(fault);
});
