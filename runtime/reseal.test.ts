import test from 'ava';
import { createSealer } from '../api/auth/sealer.ts';
import { openSecret, sealSecret } from '../api/auth/second-factor.ts';
import { createVault } from '../exchanges/vault.ts';
import { reseal, sealedTables } from './reseal.ts';
import { freshDatabase } from './testing/database.ts';
import { addSealedAccounts, enterKeys, openAllAccounts } from './testing/sealed-accounts.ts';

const [OLD, NEW] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const before = createVault({ currentKeyId: 'old', keys: { old: OLD } });
const during = { currentKeyId: 'new', keys: { old: OLD, new: NEW } };
const after = createVault({ currentKeyId: 'new', keys: { new: NEW } });

test('P14: every row is sealed anew and nothing else of it changes; a second time there is nothing to do', async (t) => {
  const { knex } = await freshDatabase(t);
  const ids = await addSealedAccounts(knex, before, 250);
  const [first] = await knex('exchange_accounts').where({ id: ids[0] });
  const [table] = sealedTables(during);
  const told: number[] = [];
  const summary = await reseal(knex, table!, 'new', (resealed) => told.push(resealed));
  t.deepEqual(summary, { resealed: 250, unreadable: [] });
  t.deepEqual(told.slice(0, 3), [100, 200, 250]);
  const opened = await openAllAccounts(knex, after);
  t.deepEqual([...opened.keys()].toSorted(), ids.toSorted());
  for (const [id, { apiKey }] of opened) t.is(apiKey, `key of ${id}`);
  const { sealed: _, sealed_key_id, ...rest } = (await knex('exchange_accounts').where({ id: ids[0] }))[0];
  t.is(sealed_key_id, 'new');
  t.like(first, rest);
  t.deepEqual(await reseal(knex, table!, 'new'), { resealed: 0, unreadable: [] });
});

test('P14: what somebody writes while its row is sealed anew stands', async (t) => {
  const { knex } = await freshDatabase(t);
  const [id] = await addSealedAccounts(knex, before, 3);
  const [table] = sealedTables(during);
  let isFirst = true;
  const racing: typeof table = {
    ...table!,
    async reseal(row) {
      if (row['id'] === id && isFirst) {
        isFirst = false;
        // By a process that has not heard of the new key.
        await enterKeys(knex, before, id!, { apiKey: 'entered meanwhile', secret: 's' });
      }
      return table!.reseal(row);
    },
  };
  t.deepEqual(await reseal(knex, racing, 'new'), { resealed: 3, unreadable: [] });
  t.is((await openAllAccounts(knex, after)).get(id!)?.apiKey, 'entered meanwhile');
});

test('a row under an unknown key, and one that was changed, are left and named; the others are sealed anew', async (t) => {
  const { knex } = await freshDatabase(t);
  const ids = await addSealedAccounts(knex, before, 3);
  const lost = createVault({ currentKeyId: 'lost', keys: { lost: Buffer.alloc(32, 3) } });
  await enterKeys(knex, lost, ids[0]!, { apiKey: 'a', secret: 's' });
  await knex('exchange_accounts')
    .where({ id: ids[1] })
    .update({ sealed: Buffer.alloc(60, 1) });
  const [table] = sealedTables(during);
  const { resealed, unreadable } = await reseal(knex, table!, 'new');
  t.is(resealed, 1);
  t.deepEqual(unreadable.toSorted(), ids.slice(0, 2).toSorted());
});

test('a row moved here from the Python service is sealed for its own row', async (t) => {
  const { knex } = await freshDatabase(t);
  const [id] = await addSealedAccounts(knex, before, 1);
  const tokens = [
    'gAAAAABrAgCoXfyWaPsYH1vX_QPLtusmsPgzriB6WNzNe5cp-qW_gPCWZRVssbuokct8NZezank7PKZM4Vjf9Ct3dq-DCRfbrSQHFnQjfNr1m_mRmCld0UY=',
    'gAAAAABrAgCo62h2gch0YwCEF_sFSLUPQTpuf-ZdrP754og_aU6Ty0uua2EDSmKhrR_Ny2J7v09ADKOzT8QOSAiguWKztjaExpCSsIT-dC34NPXLvNQzcUo=',
  ];
  const moved = { sealed: Buffer.from(tokens.join('\n')), sealed_key_id: 'fernet' };
  await knex('exchange_accounts').where({ id }).update(moved);
  const fernet = Buffer.from('cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=', 'base64url');
  const [table] = sealedTables({ currentKeyId: 'new', keys: { new: NEW, fernet } });
  t.like(await reseal(knex, table!, 'new'), { resealed: 1 });
  t.deepEqual((await openAllAccounts(knex, after)).get(id!), {
    ...{ apiKey: 'bg_0123456789abcdef', secret: 'canary-secret-ß' },
  });
});

test('P14: second factors are sealed anew as well, each for its user', async (t) => {
  const { knex } = await freshDatabase(t);
  const [{ id: user_id }] = await knex('users').insert({ name: 'Ada' }).returning('id');
  const old = createSealer({ currentKeyId: 'old', keys: { old: OLD } });
  const { sealed: sealed_secret, keyId: sealed_key_id } = await sealSecret(user_id, 'JBSWY3DP', old);
  await knex('second_factors').insert({ user_id, sealed_secret, sealed_key_id, created_at: new Date() });
  const table = sealedTables(during).find(({ name }) => name === 'second_factors')!;
  t.deepEqual(await reseal(knex, table, 'new'), { resealed: 1, unreadable: [] });
  const factor = await knex('second_factors').first();
  t.is(factor.sealed_key_id, 'new');
  t.is(await openSecret(factor, createSealer({ currentKeyId: 'new', keys: { new: NEW } })), 'JBSWY3DP');
});
