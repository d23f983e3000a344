import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Knex } from 'knex';

/** Every row of every table, as PostgreSQL writes it: bytes in hex. */
export async function dumpOf(knex: Knex): Promise<string> {
  const tables = await knex('pg_tables')
    .whereNotIn('schemaname', ['pg_catalog', 'information_schema'])
    .select<{ schemaname: string; tablename: string }[]>('schemaname', 'tablename');
  const dumps = await Promise.all(
    tables.map(async ({ schemaname, tablename }) => {
      const { rows } = await knex.raw<{ rows: { row: string }[] }>('SELECT one::text AS row FROM ??.?? one', [
        schemaname,
        tablename,
      ]);
      return [tablename, ...rows.map(({ row }) => row)].join('\n');
    }),
  );
  return dumps.join('\n');
}

/** Of every workflow, each run: as Temporal prints them, and what their payloads hold. */
export async function historiesOf(client: Client): Promise<string> {
  const texts: string[] = [];
  for await (const { workflowId, runId } of client.workflow.list()) {
    const handle = client.workflow.getHandle(workflowId, runId);
    const text = historyToJSON(await handle.fetchHistory());
    const payloads = [...text.matchAll(/"data": ?"([^"]*)"/g)].map(([, data]) =>
      Buffer.from(data!, 'base64'),
    );
    texts.push(text, ...payloads.map((payload) => payload.toString('latin1')));
  }
  return texts.join('\n');
}

/** What the files of a folder hold, but for those of folders in it. */
export function filesIn(folder: string): string {
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ name }) => readFileSync(join(folder, name), 'latin1')).join('\n');
}
