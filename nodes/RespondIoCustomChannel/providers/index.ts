import { discord } from './discord';
import { email } from './email';
import { generic } from './generic';
import { instagram } from './instagram';
import { line } from './line';
import { messenger } from './messenger';
import type { Provider } from './provider';
import { slack } from './slack';
import { telegram } from './telegram';
import { twilio } from './twilio';
import { viber } from './viber';
import { vonage } from './vonage';
import { whatsapp } from './whatsapp';

/** Every provider, by the value of the node's `provider` parameter. */
export const PROVIDERS = {
	discord,
	email,
	generic,
	instagram,
	line,
	messenger,
	slack,
	telegram,
	twilio,
	viber,
	vonage,
	whatsapp,
} satisfies Record<string, Provider>;

export type ProviderName = keyof typeof PROVIDERS;
