import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from './ports';
import { type Program, startProgram } from './program';
import { type Report, run, tail, Trouble } from './run';
import { ensureRuntime } from './runtime';

/** What n8n's queue mode needs beside n8n. Own servers on the loopback address, or the user's. */

export interface Service {
	/** n8n's own environment variables that make it use this. */
	env: Record<string, string>;
	/** The server, if it is one of ours: to be killed and started again. */
	program?: Program;
	/** Resolves when it answers. */
	ready(): Promise<void>;
	/** Ends the server, or takes what was ours out of the user's. */
	stop(): Promise<void>;
}

export interface Postgres extends Service {
	query<Row = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<Row[]>;
}

/** A program of the system: in one of the folders, or on the PATH. */
const find = (name: string, folders: string[] = []) =>
	[...folders, ...(process.env.PATH ?? '').split(path.delimiter)]
		.map((folder) => path.join(folder, name))
		.find((file) => existsSync(file));

/** Where PostgreSQL keeps its programs: Debian and macOS do not put them on the PATH. */
const postgresFolders = async () => {
	const bases = ['/usr/lib/postgresql', '/usr/local/opt', '/opt/homebrew/opt'];
	const found = await Promise.all(
		bases.map(async (base) =>
			(await readdir(base).catch(() => [] as string[]))
				.filter((name) => /^(\d+|postgresql(@\d+)?)$/.test(name))
				.map((name) => path.join(base, name, 'bin')),
		),
	);
	// The newest first.
	return found.flat().sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
};

const HOW_TO_GET =
	'Debian, Ubuntu: `apt-get install -y postgresql redis-server`; macOS: `brew install postgresql redis`';

/** @throws Trouble with how to get it. */
const postgresPrograms = async () => {
	const server = find('postgres', await postgresFolders());
	const initdb = server && find('initdb', [path.dirname(server)]);
	if (initdb) return { server: server as string, initdb };
	throw new Trouble(
		`Queue mode needs PostgreSQL, which is not on this machine. Install it (${HOW_TO_GET}), or name a server: TEST_POSTGRES_URL=postgres://user:password@host:5432/postgres`,
	);
};

/** @throws Trouble with how to get it. */
const redisProgram = () => {
	const server = find('redis-server');
	if (server) return server;
	throw new Trouble(
		`Queue mode needs Redis, which is not on this machine. Install it (${HOW_TO_GET}), or name a server: TEST_REDIS_URL=redis://host:6379/0`,
	);
};

/** @throws Trouble with how to get what queue mode needs, if something is missing. */
export const ensureServices = async () => {
	const { TEST_POSTGRES_URL: postgres, TEST_REDIS_URL: redis } = process.env;
	if (!postgres) await postgresPrograms();
	if (!redis) redisProgram();
};

/** PostgreSQL refuses to run as root. */
const userForPostgres = async () => {
	if (process.getuid?.() !== 0) return undefined;
	for (const name of ['postgres', 'nobody']) {
		const [uid, gid] = await Promise.all(
			['-u', '-g'].map(async (which) => await run('id', [which, name]).catch(() => '')),
		);
		if (uid !== '') return { uid: Number(uid), gid: Number(gid) };
	}
	throw new Trouble(
		'PostgreSQL does not run as root, and there is no user `postgres` or `nobody`.',
	);
};

const START_TIMEOUT_MS = 60_000;

const untilReady = async (
	name: string,
	program: Program | undefined,
	look: () => Promise<void>,
) => {
	const deadline = Date.now() + START_TIMEOUT_MS;
	for (;;) {
		try {
			return await look();
		} catch (error) {
			const log = program ? ` The end of its log:\n${tail(program.logs())}` : '';
			if (program?.hasEnded()) throw new Trouble(`${name} ended while it was starting.${log}`);
			if (Date.now() > deadline)
				throw new Trouble(`${name} does not answer: ${(error as Error).message}.${log}`);
			await sleep(100);
		}
	}
};

interface PgClient {
	connect(): Promise<void>;
	query(sql: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
	end(): Promise<void>;
	on(event: 'error', listener: () => void): void;
}
type PgModule = { Client: new (config: { connectionString: string }) => PgClient };

/** One query on a connection of its own. */
const queryAt = async (url: string, sql: string, values?: unknown[]) => {
	// n8n brings the driver: none of ours is needed.
	const { folder } = await ensureRuntime(() => {});
	const { Client } = createRequire(path.join(folder, 'package.json'))('pg') as PgModule;
	const client = new Client({ connectionString: url });
	// A server that is killed meanwhile also fails the query.
	client.on('error', () => {});
	await client.connect();
	try {
		return (await client.query(sql, values)).rows;
	} finally {
		await client.end().catch(() => {});
	}
};

const postgresAt = (url: string, stop: () => Promise<void>, program?: Program): Postgres => {
	const { hostname, port, username, password, pathname } = new URL(url);
	return {
		env: {
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: hostname,
			DB_POSTGRESDB_PORT: port || '5432',
			DB_POSTGRESDB_USER: decodeURIComponent(username),
			DB_POSTGRESDB_PASSWORD: decodeURIComponent(password),
			DB_POSTGRESDB_DATABASE: pathname.slice(1),
		},
		program,
		ready: async () =>
			await untilReady('PostgreSQL', program, async () => {
				await queryAt(url, 'SELECT 1');
			}),
		query: async <Row>(sql: string, values?: unknown[]) =>
			(await queryAt(url, sql, values)) as Row[],
		stop,
	};
};

/** A database of our own on the user's server. */
const postgresOfUser = async (url: string) => {
	const name = `n8n_test_${randomBytes(6).toString('hex')}`;
	await queryAt(url, `CREATE DATABASE ${name}`);
	const own = new URL(url);
	own.pathname = `/${name}`;
	return postgresAt(own.href, async () => {
		await queryAt(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
	});
};

/**
 * Starts a PostgreSQL with an empty database, in a temporary folder; or makes a database on the server that
 * TEST_POSTGRES_URL names (`postgres://user:password@host:port/database`, a user who may create databases).
 *
 * @throws Trouble with how to get it.
 */
export const startPostgres = async (report: Report = () => {}): Promise<Postgres> => {
	const { TEST_POSTGRES_URL: given } = process.env;
	if (given) return await postgresOfUser(given);
	const { server, initdb } = await postgresPrograms();
	report('Starting PostgreSQL');
	const user = await userForPostgres();
	const folder = await mkdtemp(path.join(os.tmpdir(), 'n8n-postgres-'));
	try {
		const password = randomBytes(16).toString('hex');
		const passwordFile = path.join(folder, 'password');
		await writeFile(passwordFile, password, { mode: 0o600 });
		if (user) for (const each of [folder, passwordFile]) await chown(each, user.uid, user.gid);
		const data = path.join(folder, 'data');
		const options = ['--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--username=n8n'];
		const speed = ['--encoding=UTF8', '--locale=C', '--no-sync'];
		await run(initdb, ['-D', data, ...options, ...speed], { cwd: folder, user });
		const [port] = await freePorts(1);
		const settings = {
			listen_addresses: '127.0.0.1',
			unix_socket_directories: '',
			// What outlives a crash of the machine is of no interest here; that of the server is not touched by these.
			fsync: 'off',
			full_page_writes: 'off',
			max_connections: '200',
		};
		const program = await startProgram({
			program: server,
			args: [
				...['-D', data, '-p', String(port)],
				...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
			],
			folder,
			cwd: folder,
			user,
		});
		const url = `postgres://n8n:${password}@127.0.0.1:${port}/postgres`;
		const postgres = postgresAt(url, program.stop, program);
		await postgres.ready().catch(async (error: unknown) => {
			await program.stop();
			throw error;
		});
		return postgres;
	} catch (error) {
		await rm(folder, { recursive: true, force: true });
		throw error;
	}
};

/** Whether a Redis answers, with the password if there is one. */
const pingRedis = async ({ hostname, port, username, password }: URL) =>
	await new Promise<void>((resolve, reject) => {
		const socket = net.connect(Number(port || 6379), hostname);
		const words = [username, password].map(decodeURIComponent).filter(Boolean).join(' ');
		socket.setTimeout(2_000, () => socket.destroy(new Error('no answer')));
		socket.on('error', reject);
		socket.on('close', () => reject(new Error('the connection was closed')));
		socket.on('connect', () => socket.write(`${words ? `AUTH ${words}\r\n` : ''}PING\r\n`));
		let answer = '';
		socket.setEncoding('utf8').on('data', (chunk: string) => {
			answer += chunk;
			if (/^-/m.test(answer)) socket.destroy(new Error(answer.trim()));
			if (/^\+PONG/m.test(answer)) resolve(socket.destroy() as never);
		});
	});

export interface Redis extends Service {
	/** For a credential of n8n's Redis node. */
	credential: { host: string; port: number; user?: string; password: string; database: number };
}

const redisAt = (url: string, stop: () => Promise<void>, program?: Program): Redis => {
	const at = new URL(url);
	const credential = {
		host: at.hostname,
		port: Number(at.port || 6379),
		...(at.username && { user: decodeURIComponent(at.username) }),
		password: decodeURIComponent(at.password),
		database: Number(at.pathname.slice(1) || 0),
	};
	// Several of us may share the user's server.
	const prefix = `test-${randomBytes(6).toString('hex')}`;
	return {
		credential,
		env: {
			QUEUE_BULL_REDIS_HOST: credential.host,
			QUEUE_BULL_REDIS_PORT: String(credential.port),
			QUEUE_BULL_REDIS_DB: String(credential.database),
			QUEUE_BULL_REDIS_USERNAME: credential.user ?? '',
			QUEUE_BULL_REDIS_PASSWORD: credential.password,
			QUEUE_BULL_PREFIX: prefix,
			N8N_REDIS_KEY_PREFIX: prefix,
		},
		program,
		ready: async () => await untilReady('Redis', program, async () => await pingRedis(at)),
		stop,
	};
};

/**
 * Starts a Redis in a temporary folder, which saves as a Debian one does; or takes the one that TEST_REDIS_URL names
 * (`redis://user:password@host:port/database`; keys with a prefix of our own stay behind there).
 *
 * @throws Trouble with how to get it.
 */
export const startRedis = async (report: Report = () => {}): Promise<Redis> => {
	const { TEST_REDIS_URL: given } = process.env;
	if (given) return redisAt(given, async () => {});
	const server = redisProgram();
	report('Starting Redis');
	const folder = await mkdtemp(path.join(os.tmpdir(), 'n8n-redis-'));
	const [port] = await freePorts(1);
	const password = randomBytes(16).toString('hex');
	const program = await startProgram({
		program: server,
		args: [
			...['--bind', '127.0.0.1', '--port', String(port)],
			...['--dir', folder, '--requirepass', password],
		],
		folder,
		cwd: folder,
	});
	const redis = redisAt(`redis://:${password}@127.0.0.1:${port}/0`, program.stop, program);
	await redis.ready().catch(async (error: unknown) => {
		await program.stop();
		throw error;
	});
	return redis;
};
