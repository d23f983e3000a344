import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import pg from 'pg';
import { auditKeyOf } from '../../db/audit-seal.ts';
import { openDatabase } from '../../db/connect.ts';
import { migrateToLatest } from '../../db/migrations.ts';
import { testServers } from '../configuration.ts';
import { freePort } from '../embedded/ports.ts';
import { startPostgres, type EmbeddedPostgres, type PostgresOptions } from '../embedded/postgres.ts';

/** The part of AVA's `t` that is used here. */
export interface Scope {
  teardown(end: () => unknown): void;
}

export interface TestDatabase {
  /** Destroyed at the end of the test. */
  knex: Knex;
  /** For whoever opens a connection of its own. */
  url: string;
}

interface FreshOptions {
  poolSize?: number;
  own?: Pick<EmbeddedPostgres, 'url'>;
  acquireTimeoutMs?: number;
  /** For a test that needs the one name; no other test may take it. */
  name?: string;
}

/** For programs that a test runs on its database. */
export const TEST_SECRET_KEY = 'a-secret-of-the-audit-log-of-tests';
/** Seals what tests record. */
export const TEST_AUDIT_KEY = auditKeyOf(TEST_SECRET_KEY);

const TEMPLATE = 'perpetua_template';

/**
 * A migrated database of its own for this test (about 50 ms: a copy of a template), dropped at its end. The server is the
 * given one, the runner's, or one started on first use for this process.
 */
export async function freshDatabase(t: Scope, options: FreshOptions = {}): Promise<TestDatabase> {
  const database = await emptyCopy(t, TEMPLATE, options);
  const { poolSize = 10, acquireTimeoutMs } = options;
  const knex = openDatabase({
    ...{ url: database, poolSize, auditKey: TEST_AUDIT_KEY },
    ...(acquireTimeoutMs && { acquireTimeoutMs }),
  });
  t.teardown(() => knex.destroy());
  return { knex, url: database };
}

/** A database without any table, for tests of the migrations themselves. */
export async function blankDatabase(t: Scope): Promise<TestDatabase> {
  const url = await emptyCopy(t, 'template0');
  const knex = openDatabase({ url });
  t.teardown(() => knex.destroy());
  return { knex, url };
}

/** A throw-away PostgreSQL with the migrated template in it, unless its data is `kept` in a folder for the next one on its port. */
export async function startTestPostgres(
  kept?: Pick<PostgresOptions, 'folder' | 'port' | 'password'>,
): Promise<EmbeddedPostgres> {
  const folder = kept?.folder ?? (await mkdtemp(join(tmpdir(), 'perpetua-test-')));
  chmodSync(folder, 0o755);
  const server = await startPostgres({
    folder: join(folder, 'postgres'),
    port: kept?.port ?? (await freePort()),
    password: kept?.password ?? randomUUID(),
    database: TEMPLATE,
    logFile: join(folder, 'postgres.log'),
    ...(kept ? {} : { throwAway: folder }),
  });
  const template = openDatabase({ url: server.url });
  await migrateToLatest(template);
  await template.destroy();
  return server;
}

let serverUrl: Promise<string> | null = null;
/** One after the other: the server copies one template, and tests that wait in line have no time-out to run into. */
let copies: Promise<unknown> = Promise.resolve();

async function emptyCopy(
  t: Scope,
  template: string,
  { own, ...options }: FreshOptions = {},
): Promise<string> {
  const adminUrl = withDatabase(own?.url ?? (await sharedServer()), 'postgres');
  const { name = `test_${randomUUID().replaceAll('-', '')}` } = options;
  const copy = copies.then(() => administer(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`));
  copies = copy.catch(() => undefined);
  await copy;
  t.teardown(() => administer(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  return withDatabase(adminUrl, name);
}

/** Resolves once somebody waits for a lock in that database. */
export async function untilLockAwaited(knex: Knex): Promise<void> {
  const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  while ((await knex.raw<{ rowCount: number }>(waiting)).rowCount === 0);
}

function sharedServer(): Promise<string> {
  serverUrl ??= Promise.resolve(testServers().databaseUrl ?? startTestPostgres().then(({ url }) => url));
  return serverUrl;
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
