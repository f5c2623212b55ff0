/** Every provider, one line each. */
export { clicksend } from './clicksend';
export { discord } from './discord';
export { email } from './email';
export { evolution } from './evolution';
export { generic } from './generic';
export { instagram } from './instagram';
export { line } from './line';
export { messenger } from './messenger';
export { slack } from './slack';
export { telegram } from './telegram';
export { telnyx } from './telnyx';
export { twilio } from './twilio';
export { viber } from './viber';
export { vonage } from './vonage';
export { waha } from './waha';
export { whatsapp } from './whatsapp';
export { zapi } from './zapi';
