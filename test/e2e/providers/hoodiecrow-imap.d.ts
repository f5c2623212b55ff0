/** What the tests use of it; it has no types of its own. */
declare module 'hoodiecrow-imap' {
	import type { Server } from 'node:net';

	interface Hoodiecrow {
		server: Server;
		listen(port: number, host: string, done: () => void): void;
		appendMessage(mailbox: string, flags: string[], internalDate: Date, raw: string): void;
		close(done: () => void): void;
	}
	export default function hoodiecrow(options: object): Hoodiecrow;
}
