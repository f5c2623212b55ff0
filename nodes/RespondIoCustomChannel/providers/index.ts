import { generic } from './generic';
import { instagram } from './instagram';
import { messenger } from './messenger';
import type { Provider } from './provider';
import { telegram } from './telegram';
import { twilio } from './twilio';
import { viber } from './viber';
import { vonage } from './vonage';
import { whatsapp } from './whatsapp';

/** Every provider, by the value of the node's `provider` parameter. */
export const PROVIDERS = {
	generic,
	instagram,
	messenger,
	telegram,
	twilio,
	viber,
	vonage,
	whatsapp,
} satisfies Record<string, Provider>;

export type ProviderName = keyof typeof PROVIDERS;
