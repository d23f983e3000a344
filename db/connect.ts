import knexModule, { type Knex } from 'knex';
import pg from 'pg';
import type { AuditKey } from './audit-seal.ts';

export interface DatabaseOptions {
  /** `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`; SQLAlchemy's `postgresql+asyncpg` is taken as well. */
  url: string;
  /** Connections kept at most; `maxOverflow` may be opened beyond it. */
  poolSize?: number;
  maxOverflow?: number;
  /** A statement that takes longer fails; not set: it may take as long as it needs. */
  queryTimeoutMs?: number;
  /** How long a statement may wait for a connection; by default so short that a door answers 503 and never hangs. */
  acquireTimeoutMs?: number;
  /** What the audit log is sealed with. Whoever changes anything that is recorded there needs it. */
  auditKey?: AuditKey;
  /** Called with every statement (never with its values). */
  onQuery?: (sql: string) => void;
}

const ACQUIRE_TIMEOUT_MS = 2_500;
const COUNTING_TIMEOUT_MS = 1_000;

/**
 * The one way to a database. Numerics come back as strings, `bigint` as numbers (ids and counters stay far below 2^53),
 * timestamps as `Date`. The caller destroys the instance.
 */
export function openDatabase(options: DatabaseOptions): Knex {
  const { url, poolSize = 10, maxOverflow = 0, queryTimeoutMs, onQuery } = options;
  const { acquireTimeoutMs = ACQUIRE_TIMEOUT_MS, auditKey } = options;
  const knex = knexModule({
    client: 'pg',
    connection: {
      connectionString: url.replace(/^postgresql\+\w+:/, 'postgresql:'),
      application_name: 'perpetua',
      connectionTimeoutMillis: acquireTimeoutMs,
      types: { getTypeParser },
      ...(queryTimeoutMs && { query_timeout: queryTimeoutMs, statement_timeout: queryTimeoutMs }),
    },
    pool: { min: 0, max: poolSize + maxOverflow, idleTimeoutMillis: 30_000, afterCreate: leaveWhenLate },
    acquireConnectionTimeout: acquireTimeoutMs,
    // What goes wrong with a connection is said by the query that wanted it.
    log: { warn: ignore, error: ignore, deprecate: ignore, debug: ignore },
  });
  Object.assign(configOf(knex), { auditKey });
  if (onQuery) knex.on('query', ({ sql }: { sql: string }) => onQuery(sql));
  return knex;
}

/** The key it was opened with, in its transactions too. Throws where it was opened without one. */
export function auditKeyIn(knex: Knex): AuditKey {
  const { auditKey } = configOf(knex);
  if (!auditKey)
    throw new TypeError('This database was opened without an audit key: nothing can be recorded.');
  return auditKey;
}

/** knex shares it with every transaction, nested ones too. */
function configOf(knex: Knex): { auditKey?: AuditKey } {
  return (knex.client as { config: { auditKey?: AuditKey } }).config;
}

/**
 * Connections of their own for counting requests: few, with short patience, so that neither waits for the other. A request
 * that cannot be counted in time is answered all the same, or refused at once. The caller ends the pool.
 */
export function openCounters(url: string, { timeoutMs = COUNTING_TIMEOUT_MS } = {}): pg.Pool {
  return new pg.Pool({
    connectionString: url.replace(/^postgresql\+\w+:/, 'postgresql:'),
    application_name: 'perpetua-counters',
    max: 4,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    statement_timeout: timeoutMs,
  }).on('error', ignore);
}

/**
 * A connection whose answer came too late is not used again: the query still stands in it, and where the way to the server
 * was lost without a word, every later one would wait behind it. knex takes the error as the end of the connection.
 */
function leaveWhenLate(connection: pg.Client, done: (error: null, connection: pg.Client) => void): void {
  const query = connection.query.bind(connection) as (...args: unknown[]) => unknown;
  const watched = (...args: unknown[]) =>
    query(...args.map((arg) => (typeof arg === 'function' ? watch(arg as Callback) : arg)));
  const watch =
    (callback: Callback): Callback =>
    (error, result) => {
      if (error?.message === 'Query read timeout') connection.emit('error', error);
      callback(error, result);
    };
  Object.assign(connection, { query: watched });
  done(null, connection);
}

type Callback = (error: Error | null, result: unknown) => void;

const getTypeParser = (oid: number, format: string) =>
  oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format as 'text');

function ignore(): void {}
