import type { Knex } from 'knex';
import { migrations } from './db/migrations.ts';

/** For knex's own command line: `npx tsx node_modules/knex/bin/cli.js migrate:status`. */
const configuration: Knex.Config = {
  client: 'pg',
  connection: process.env['DATABASE_URL'] ?? '',
  migrations: { migrationSource: migrations },
};

export default configuration;
