/*
 * A process that has n8n's own code, and loads one package as n8n does at its start: prints what that took, and what the
 * process then has resident. Run with the Node and the NODE_PATH of an n8n.
 */
const { PackageDirectoryLoader } = require('n8n-core');

// What n8n has loaded before it loads the nodes of others.
for (const name of ['lodash', 'luxon', 'zod', 'n8n-workflow']) require(name);

const load = async (folder) => {
	const began = performance.now();
	const cpu = process.cpuUsage();
	await new PackageDirectoryLoader(folder).loadAll();
	const milliseconds = performance.now() - began;
	const { user, system } = process.cpuUsage(cpu);
	const megabytes = process.memoryUsage.rss() / 1024 / 1024;
	console.log(JSON.stringify({ milliseconds, processor: (user + system) / 1000, megabytes }));
};
load(process.argv[2]);
