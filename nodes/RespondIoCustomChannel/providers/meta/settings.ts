import type { Setting } from '../provider';

export const MESSAGE_TAG: Setting = {
	name: 'tag',
	displayName: 'Message Tag',
	placeholder: 'e.g. HUMAN_AGENT',
	description: "The tag that Meta asks for after 24 hours without a customer's message",
};
