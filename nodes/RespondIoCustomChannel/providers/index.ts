import type { Provider } from './provider';
import * as registry from './registry';

/** Every provider, by the value of the node's `provider` parameter. */
export const PROVIDERS: Readonly<Record<ProviderName, Provider>> = registry;

export type ProviderName = keyof typeof registry;
