import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { databaseAccount, findBinaries, reachableFolder, type Account } from './postgres-binaries.ts';
import { endLeftover } from './leftovers.ts';
import { startService, type Service } from './service.ts';

export interface PostgresOptions {
  /** The cluster's folder, made when missing and kept. */
  folder: string;
  port: number;
  password: string;
  /** Made when missing. */
  database: string;
  logFile: string;
  /** For tests: nothing is synced to disk, and this folder (the data is below it) goes when the server ends. */
  throwAway?: string;
}

export interface EmbeddedPostgres extends Service {
  url: string;
  /** Where the data really is: not `folder` where the database account could not reach it. */
  folder: string;
}

const USER = 'perpetua';
const START_PATIENCE_MS = 30_000;
const DURABLE = ['shared_buffers=128MB', 'max_connections=200'];
const FAST = [...DURABLE, 'fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_wal_size=2GB'];

/** Where a cluster asked for in `folder` is: elsewhere, where the account it must run under could not get there. */
export function clusterFolder(folder: string): string {
  return reachableFolder(folder, databaseAccount());
}

/** Runs a PostgreSQL on loopback with its data in `folder`. Resolves when it answers and `database` is there. */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const account = databaseAccount();
  const folder = reachableFolder(options.folder, account);
  const { postgres, initdb } = await findBinaries(account);
  if (!existsSync(join(folder, 'PG_VERSION'))) await initialise(initdb, folder, options, account);
  await endLeftover(join(folder, 'postmaster.pid'), folder);
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'lc_messages=C'];
  const service = startService({
    command: postgres,
    args: [
      ...['-D', folder, '-p', String(options.port)],
      ...[...settings, ...(options.throwAway ? FAST : DURABLE)].flatMap((setting) => ['-c', setting]),
    ],
    logFile: options.logFile,
    user: account,
    // "Fast" shutdown: sessions are ended, everything committed is written.
    stopSignal: 'SIGINT',
    ...(options.throwAway && { removeAfter: options.throwAway }),
  });
  const url = (database: string): string =>
    `postgresql://${USER}:${options.password}@127.0.0.1:${options.port}/${database}`;
  await answering(service, url('postgres'), { ...options, folder });
  await ensureDatabase(url('postgres'), options.database);
  return { ...service, url: url(options.database), folder };
}

async function initialise(
  initdb: string,
  folder: string,
  options: PostgresOptions,
  account?: Account,
): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const passwordFile = join(folder, '..', `.password-${randomBytes(6).toString('hex')}`);
  writeFileSync(passwordFile, options.password, { mode: 0o600 });
  if (account) for (const path of [folder, passwordFile]) chownSync(path, account.uid, account.gid);
  try {
    const child = spawn(
      initdb,
      [
        ...['-D', folder, '-U', USER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
        ...[
          '--encoding=UTF8',
          '--locale=C',
          '--no-instructions',
          ...(options.throwAway ? ['--no-sync'] : []),
        ],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/', ...account },
    );
    let problem = '';
    child.stderr.on('data', (chunk: Buffer) => (problem += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`PostgreSQL could not lay out its data in ${folder}: ${problem.trim()}`);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function answering(service: Service, url: string, { logFile, folder }: PostgresOptions): Promise<void> {
  const deadline = Date.now() + START_PATIENCE_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    try {
      await client.connect();
      const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
      if (rows[0]?.data_directory !== folder) throw new Error(`port ${client.port} is another server's`);
      return;
    } catch (error) {
      if (!service.isRunning() || Date.now() > deadline) {
        await service.stop();
        const said = readFileSync(logFile, 'utf8').trim().split('\n').slice(-5).join('\n');
        throw new Error(
          `PostgreSQL did not start (${(error as Error).message}). Its log ends (${logFile}):\n${said}`,
        );
      }
      await sleep(30);
    } finally {
      await client.end().catch(() => {});
    }
  }
}

async function ensureDatabase(url: string, database: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (!rowCount) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}
