import { openDatabase } from '../db/connect.ts';
import { ConfigurationError, environment, readConfiguration } from './configuration.ts';
import { reseal, sealedTables } from './reseal.ts';
import { vaultKeys } from './vault-key.ts';

const ALL_DONE =
  'Everything is under ENCRYPTION_KEY. Once every process runs with it, run this again, then take ENCRYPTION_KEY_PREVIOUS away.';

/**
 * Encrypts everything sealed anew under ENCRYPTION_KEY while everything runs. May be ended at any moment and run again. Ends
 * with 1 where something could not be opened, with 78 (EX_CONFIG) where a key is missing.
 */
try {
  process.exitCode = await rotate();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 78;
}

async function rotate(): Promise<number> {
  const { database, secrets } = readConfiguration(environment());
  const keys = vaultKeys(secrets);
  const knex = openDatabase({ ...database, poolSize: 1 });
  let left = 0;
  try {
    for (const table of sealedTables(keys)) {
      const { resealed, unreadable } = await reseal(knex, table, keys.currentKeyId, (rows) =>
        say(`${table.name}: ${rows} rows so far`),
      );
      say(`${table.name}: done, ${resealed} rows sealed anew`);
      for (const id of unreadable) say(`${table.name}: ${id} opens under none of the keys`);
      left += unreadable.length;
    }
  } finally {
    await knex.destroy();
  }
  say(
    left === 0
      ? ALL_DONE
      : `${left} left as they are: add the key they are under to ENCRYPTION_KEY_PREVIOUS and run this again.`,
  );
  return left === 0 ? 0 : 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
