// Loaded into n8n before anything else: names of a test, and the addresses that they lead to.
const dns = require('node:dns');
const net = require('node:net');

/** By name, the answers one after another, of which the last one stays; an answer without addresses: no such name. */
const names = JSON.parse(process.env.TEST_NAMES ?? '{}');
/** Names with a public address, which in truth is this machine's. */
const here = new Set(process.env.TEST_NAMES_HERE?.split(','));
const { lookup } = dns;
const { connect } = net.Socket.prototype;

dns.lookup = function (name, options, done = options) {
	const answers = names[name];
	if (answers === undefined) return lookup.call(dns, name, options, done);
	const addresses = (answers.length > 1 ? answers.shift() : answers[0]).map((address) => ({
		address,
		family: net.isIP(address),
	}));
	setImmediate(() => {
		if (addresses.length === 0) done(Object.assign(new Error(name), { code: 'ENOTFOUND' }));
		else if (options.all) done(null, addresses);
		else done(null, addresses[0].address, addresses[0].family);
	});
};
dns.promises.lookup = (name, options = {}) =>
	new Promise((resolve, reject) => {
		dns.lookup(name, options, (error, address, family) => {
			if (error) reject(error);
			else resolve(options.all ? address : { address, family });
		});
	});

net.Socket.prototype.connect = function (...given) {
	const [options] = Array.isArray(given[0]) ? given[0] : given;
	if (here.has(options?.host)) options.host = '127.0.0.1';
	return connect.apply(this, given);
};
