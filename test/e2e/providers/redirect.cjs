// Loaded into n8n before anything else: names of providers point at the stand-in on the loopback address.
const net = require('node:net');

const port = Number(process.env.STAND_IN_PORT);
const hosts = new Set(process.env.STAND_IN_HOSTS?.split(','));
const { connect } = net.Socket.prototype;

net.Socket.prototype.connect = function (...given) {
	const [options] = Array.isArray(given[0]) ? given[0] : given;
	if (hosts.has(options?.host)) Object.assign(options, { host: '127.0.0.1', port });
	return connect.apply(this, given);
};
