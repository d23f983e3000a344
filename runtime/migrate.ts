import { openDatabase } from '../db/connect.ts';
import { migrateToLatest } from '../db/migrations.ts';
import { environment, readConfiguration } from './configuration.ts';

/** Brings the database to the newest schema and says what was done. */
const { database } = readConfiguration(environment());
const knex = openDatabase({ ...database, poolSize: 1 });
try {
  const names = await migrateToLatest(knex);
  process.stdout.write(names.length ? `Migrated: ${names.join(', ')}\n` : 'The database is up to date.\n');
} finally {
  await knex.destroy();
}
