import { readdirSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Knex } from 'knex';

const FOLDER = new URL('../migrations/', import.meta.url);

/**
 * The project's migrations by name without extension, so that a database migrated by the TypeScript sources is the same
 * to the built JavaScript.
 */
export const migrations: Knex.MigrationSource<string> = {
  getMigrations: async () =>
    readdirSync(fileURLToPath(FOLDER))
      .filter((file) => /^\d{4}-[a-z0-9-]+\.(ts|js)$/.test(file))
      .sort(),
  getMigrationName: (file) => basename(file, extname(file)),
  getMigration: async (file) => (await import(new URL(file, FOLDER).href)) as Knex.Migration,
};

/** Brings the database to the newest schema; two processes that call it at once take turns. Returns the names run. */
export async function migrateToLatest(knex: Knex): Promise<string[]> {
  const [, names] = (await knex.migrate.latest({ migrationSource: migrations })) as [number, string[]];
  return names;
}

/** Takes every migration back, newest first. */
export async function rollbackAll(knex: Knex): Promise<void> {
  await knex.migrate.rollback({ migrationSource: migrations }, true);
}
