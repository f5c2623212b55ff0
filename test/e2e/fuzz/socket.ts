import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is written to a connection, in turn: bytes (texts as Latin-1), many of the same, or a pause. */
export type Piece = string | Buffer | { fill: string; bytes: number } | { pause: number };

export interface Exchange {
	pieces: readonly Piece[];
	/** Read until the server closes; close our half first; or go away without waiting for an answer. */
	end: 'wait' | 'halfClose' | 'abandon';
}

export interface Received {
	/** Everything that came, as Latin-1. */
	text: string;
	/** Of the answers in it, in turn. */
	statuses: number[];
	/** The server kept the connection open for longer than the bound. */
	isLate: boolean;
	milliseconds: number;
}

const CHUNK = 64 * 1024;

/** Talks to a port of the loopback address over a connection of its own. Never rejects, always ends within the bound. */
export const exchange = async (
	port: number,
	{ pieces, end }: Exchange,
	boundMs: number,
): Promise<Received> => {
	const began = performance.now();
	const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
	let text = '';
	let isLate = false;
	const closed = new Promise<void>((resolve) => {
		socket.once('close', () => resolve());
	});
	socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
	// A server that refuses early resets what is still being written.
	socket.on('error', () => {});
	socket.on('end', () => socket.end());
	const timer = setTimeout(() => {
		isLate = end !== 'abandon';
		socket.destroy();
	}, boundMs);
	await writeAll(socket, pieces, closed);
	if (end === 'halfClose') socket.end();
	if (end === 'abandon') socket.destroy();
	await closed;
	clearTimeout(timer);
	return {
		text,
		statuses: [...text.matchAll(/^HTTP\/1\.1 (\d{3})\b/gm)].map(([, status]) => Number(status)),
		isLate,
		milliseconds: performance.now() - began,
	};
};

const writeAll = async (socket: net.Socket, pieces: readonly Piece[], closed: Promise<void>) => {
	const write = async (bytes: string | Buffer) => {
		if (socket.destroyed || !socket.writable) return;
		const isTaken = typeof bytes === 'string' ? socket.write(bytes, 'latin1') : socket.write(bytes);
		if (isTaken) return;
		const drained = new Promise<void>((resolve) => {
			socket.once('drain', () => resolve());
		});
		await Promise.race([drained, closed]);
	};
	for (const piece of pieces) {
		if (typeof piece === 'string' || Buffer.isBuffer(piece)) await write(piece);
		else if ('pause' in piece) await Promise.race([sleep(piece.pause), closed]);
		else {
			const chunk = Buffer.alloc(CHUNK, piece.fill, 'latin1');
			for (let left = piece.bytes; left > 0; left -= CHUNK) await write(chunk.subarray(0, left));
		}
	}
};
