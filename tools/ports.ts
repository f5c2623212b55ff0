import { once } from 'node:events';
import net from 'node:net';

/** So many ports that nobody listens on at the loopback address, all different. */
export const freePorts = async (count: number) => {
	const servers = await Promise.all(
		Array.from({ length: count }, async () => {
			const server = net.createServer().listen(0, '127.0.0.1');
			await once(server, 'listening');
			return server;
		}),
	);
	const ports = servers.map((server) => (server.address() as net.AddressInfo).port);
	await Promise.all(servers.map(async (server) => await once(server.close(), 'close')));
	return ports;
};
