import { environment } from './configuration.ts';
import { runCommandLine, say, type Opened } from './command-line.ts';
import { reseal, sealedTables } from './reseal.ts';
import { secretsFile } from './supervisor/data-folder.ts';
import { vaultKeys } from './vault-key.ts';

const ALL_DONE =
  'Everything is under ENCRYPTION_KEY. Once every process runs with it, run this again, then take ENCRYPTION_KEY_PREVIOUS away.';

/**
 * Encrypts everything sealed anew under ENCRYPTION_KEY while everything runs. May be ended at any moment and run again. Ends
 * with 1 where something could not be opened, with 78 (EX_CONFIG) where a key is missing.
 */
await runCommandLine('npm run rotate-keys\n', (words) => (words.length === 0 ? rotate : null));

async function rotate({ knex, configuration: { secrets, dataDir } }: Opened): Promise<number> {
  const keys = vaultKeys(secrets);
  let left = 0;
  for (const table of sealedTables(keys)) {
    const { resealed, unreadable } = await reseal(knex, table, keys.currentKeyId, (rows) =>
      say(`${table.name}: ${rows} rows so far`),
    );
    say(`${table.name}: done, ${resealed} rows sealed anew`);
    for (const id of unreadable) say(`${table.name}: ${id} opens under none of the keys`);
    left += unreadable.length;
  }
  if (left > 0)
    say(
      `${left} left as they are: add the key they are under to ENCRYPTION_KEY_PREVIOUS and run this again.`,
    );
  else say(environment()['ENCRYPTION_KEY'] ? ALL_DONE : notReplaced(dataDir));
  return left === 0 ? 0 : 1;
}

function notReplaced(dataDir: string): string {
  return `Everything is under the key of ${secretsFile(dataDir)}: ENCRYPTION_KEY, which would replace it, is not set.`;
}
