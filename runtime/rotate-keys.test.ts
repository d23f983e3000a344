import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { environment, type Configuration } from './configuration.ts';
import { program } from './project.ts';
import { freshDatabase } from './testing/database.ts';
import { addSealedAccounts, enterKeys, openAllAccounts } from './testing/sealed-accounts.ts';
import { openVault } from './vault-key.ts';

/** The older service's, a Fernet key, and the one after it. */
const OLD = 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=';
const NEW = 'ab'.repeat(32);
const ROWS = 1_500;

const vaultOf = (encryptionKey: string, ...previousEncryptionKeys: string[]) =>
  openVault({ secretKey: '', encryptionKey, previousEncryptionKeys } satisfies Configuration['secrets']);

test('P14: killed again and again while keys are entered under either key, the rotation loses and doubles nothing', async (t) => {
  const { knex, url } = await freshDatabase(t);
  // As processes run meanwhile: some write under the old key still, all open both.
  const writers = [vaultOf(OLD, NEW), vaultOf(NEW, OLD)];
  const ids = await addSealedAccounts(knex, vaultOf(OLD), ROWS);
  const expected = new Map(ids.map((id) => [id, `key of ${id}`]));

  let isRotating = true;
  const entering = (async () => {
    for (let count = 0; isRotating; count++) {
      const id = ids[(count * 7) % ROWS]!;
      await enterKeys(knex, writers[count % 2]!, id, { apiKey: `entered ${count}`, secret: 's' });
      expected.set(id, `entered ${count}`);
      if (count % 50 === 0) for (const vault of writers) await openAllAccounts(knex, vault);
    }
  })();
  for (let kills = 0; kills < 3; kills++) {
    const child = start(t, url);
    await once(child.stdout!, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    t.is(child.signalCode, 'SIGKILL');
  }
  isRotating = false;
  await entering;

  const left = await knex('exchange_accounts').whereNot({ sealed_key_id: writers[1]!.currentKeyId });
  t.true(left.length > 0 && left.length < ROWS, `${left.length}`);
  const { code, output } = await ended(start(t, url));
  t.is(code, 0, output);
  t.regex(output, /exchange_accounts: done, \d+ rows sealed anew\n/);
  t.regex(output, /\nEverything is under ENCRYPTION_KEY/);
  const opened = await openAllAccounts(knex, vaultOf(NEW));
  t.is(opened.size, ROWS);
  for (const [id, { apiKey }] of opened) if (apiKey !== expected.get(id)) t.fail(`${id}: ${apiKey}`);
});

test('what opens under none of the keys is named, and no key is shown', async (t) => {
  const { knex, url } = await freshDatabase(t);
  const [id] = await addSealedAccounts(knex, vaultOf(OLD), 1);
  const { code, output } = await ended(start(t, url, { ENCRYPTION_KEY_PREVIOUS: '' }));
  t.is(code, 1);
  t.true(output.includes(`exchange_accounts: ${id} opens under none of the keys`));
  t.regex(output, /1 left as they are: .* ENCRYPTION_KEY_PREVIOUS/);
  for (const key of [OLD, NEW]) t.false(output.includes(key));
});

function start(
  t: { teardown(end: () => unknown): void },
  url: string,
  variables: Record<string, string> = {},
): ChildProcess {
  const keys = { ENCRYPTION_KEY: NEW, ENCRYPTION_KEY_PREVIOUS: OLD };
  const child = spawn(process.execPath, program('runtime/rotate-keys.ts'), {
    env: { ...environment(), DATABASE_URL: url, SECRET_KEY: 'x'.repeat(32), ...keys, ...variables },
  });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

async function ended(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const [out, error, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), exit]);
  return { code, output: out + error };
}
