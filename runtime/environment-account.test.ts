import test from 'ava';
import { ExchangeAccount } from '../db/models/exchange-account.ts';
import { createVault } from '../exchanges/vault.ts';
import { ensureEnvironmentAccount } from './environment-account.ts';
import { ConfigurationError, readConfiguration } from './configuration.ts';
import { freshDatabase } from './testing/database.ts';

const KEYS = { apiKey: 'api-key-of-the-environment-1', secret: 'secret-of-the-environment-1' };
const VARIABLES = {
  DATABASE_URL: 'postgresql://user@localhost:5432/perpetua',
  SECRET_KEY: 'x'.repeat(32),
  BINANCE_API_KEY: KEYS.apiKey,
  BINANCE_SECRET_KEY: KEYS.secret,
};

test('keys of the environment become one sealed live account, and changed keys are sealed anew', async (t) => {
  const { knex } = await freshDatabase(t);
  const vault = createVault({ currentKeyId: 'test', keys: { test: Buffer.alloc(32, 1) } });
  await ensureEnvironmentAccount(knex, vault, KEYS);
  await ensureEnvironmentAccount(knex, vault, KEYS);
  const first = await ExchangeAccount.query(knex);
  await ensureEnvironmentAccount(knex, vault, { ...KEYS, secret: 'another' });
  const [account] = await ExchangeAccount.query(knex);

  t.is(first.length, 1);
  t.is(first[0]?.kind, 'live');
  t.false(JSON.stringify(first).includes(KEYS.secret));
  const row = {
    accountId: account!.id,
    userId: account!.user_id,
    exchange: 'Binance',
    kind: 'live',
  } as const;
  t.is(vault.open(account!.sealed, row).secret, 'another');
});

test('keys of the environment trade on the test network only: nobody signs in as their owner', (t) => {
  t.deepEqual(readConfiguration(VARIABLES).exchange.liveKeys, KEYS);
  const error = t.throws(() => readConfiguration({ ...VARIABLES, BINANCE_TESTNET: 'False' }), {
    instanceOf: ConfigurationError,
  });
  t.regex(error.message, /BINANCE_TESTNET/);
  t.false(error.message.includes(KEYS.secret));
});

test('half a pair of keys is refused by the name of the missing half', (t) => {
  const error = t.throws(() => readConfiguration({ ...VARIABLES, BINANCE_SECRET_KEY: '' }), {
    instanceOf: ConfigurationError,
  });
  t.regex(error.message, /BINANCE_SECRET_KEY/);
});
