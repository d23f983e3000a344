import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import pg from 'pg';
import type { Scope } from '../testing/database.ts';
import { freePort } from './ports.ts';
import { clusterFolder, startPostgres, type EmbeddedPostgres } from './postgres.ts';

test('data is kept between runs, also where a killed run left its pid file to a process that is somebody else', async (t) => {
  const place = somewhere(t);
  const first = await run(place);
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  // Pids are used again: this one is ours, and no PostgreSQL.
  writeFileSync(join(clusterFolder(place), 'postmaster.pid'), `${process.pid}\n`);
  const second = await run(place);
  t.teardown(() => second.stop());
  t.deepEqual(await query(second.url, 'SELECT answer FROM kept'), [{ answer: 42 }]);
});

test('a start on the data of a server that was left running takes over', async (t) => {
  const place = somewhere(t);
  const left = await run(place);
  const next = await run(place);
  t.teardown(() => next.stop());
  t.is(await left.exited, 'code 0');
  t.deepEqual(await query(next.url, 'SELECT 1 AS one'), [{ one: 1 }]);
});

test('a server that cannot start says why', async (t) => {
  const place = somewhere(t);
  const running = await run(place);
  t.teardown(() => running.stop());
  const port = Number(new URL(running.url).port);
  await t.throwsAsync(run(somewhere(t), port), { message: /PostgreSQL did not start[\s\S]*could not bind/ });
});

/** Below a folder that only we may enter, as a clone in a home folder is. */
function somewhere(t: Scope): string {
  const folder = mkdtempSync(join(tmpdir(), 'perpetua-test-'));
  const place = join(folder, 'postgres');
  t.teardown(() => {
    for (const each of [clusterFolder(place), folder]) rmSync(each, { recursive: true, force: true });
  });
  return place;
}

async function run(folder: string, port?: number): Promise<EmbeddedPostgres> {
  const logFile = join(folder, '..', 'postgres.log');
  return startPostgres({ folder, port: port ?? (await freePort()), password: 'p', database: 'd', logFile });
}

async function query(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}
