import test, { type ExecutionContext } from 'ava';
import { readRiskLimits } from '../../../db/risk-settings.ts';
import { startExchangeAccounts } from '../../../runtime/testing/exchange-accounts.ts';
import { shared } from '../../../runtime/testing/shared.ts';
import type { InvalidBody } from '../../testing/example.ts';
import { signedIn } from '../../testing/identity.ts';
import { startApi } from '../../testing/start-api.ts';

const running = shared(async (t) => {
  const port = await startExchangeAccounts(t as ExecutionContext);
  return { ...port, ...(await startApi(t, {}, { accounts: port.accounts })) };
});

async function setUp(t: ExecutionContext, name: string) {
  const api = await running(t);
  const { headers, id } = await signedIn(api.call, `${name}@example.com`);
  const call = <T = InvalidBody>(method: string, path: string, body?: unknown) =>
    api.call<T>(method, `/account/${path}`, body, headers);
  return { ...api, id, account: call };
}

test("trading-api 24: the balance is the exchange's, and without keys it is said what to do", async (t) => {
  const { account, openAccount, rest } = await setUp(t, 'balance');
  const without = await account('GET', 'balance');
  t.is(without.status, 400);
  t.regex(without.body.detail, /POST \/account\/api-keys/);

  const sent = openAccount('balance', { balances: { USDT: '1000.1', BTC: '1' } });
  await account('POST', 'api-keys', { exchange: 'Binance', kind: 'paper', ...sent });
  rest('balance', { side: 'BUY', quantity: '0.01', price: '20000' });
  const usdt = { exchange: 'Binance', currency: 'USDT', total: 1000.1, free: 800.1, used: 200 };
  for (const path of ['balance', 'balance?exchange=binance'])
    t.deepEqual((await account<object>('GET', path)).body, usdt, path);
  t.is((await account('GET', 'balance?exchange=CoinDCX%20F')).status, 400);

  const none = openAccount('no-balance', { balances: { BTC: '1' } });
  await account('POST', 'api-keys', { exchange: 'CoinDCX F', kind: 'paper', ...none });
  const other = await account<object>('GET', 'balance?exchange=CoinDCX%20F');
  t.like(other.body, { exchange: 'CoinDCX F', total: 0, free: 0, used: 0 });
});

test('keys that have been taken back on the exchange are said to be', async (t) => {
  const { account, openAccount, knex, id, vault } = await setUp(t, 'taken-back');
  await account('POST', 'api-keys', { exchange: 'Binance', kind: 'paper', ...openAccount('taken-back') });
  const row = await knex('exchange_accounts').where({ user_id: id }).first();
  const at = { accountId: row.id, userId: id, exchange: 'Binance', kind: 'paper' } as const;
  const gone = vault.seal({ apiKey: 'gone-key-0123456789', secret: 'gone-secret' }, at);
  for (const sealed of [gone.sealed, Buffer.alloc(50, 1)]) {
    await knex('exchange_accounts').where({ id: row.id }).update({ sealed });
    const { status, body } = await account('GET', 'balance');
    t.is(status, 400);
    t.regex(body.detail, /does not take these keys/);
  }
});

test('trading-api 25: risk settings begin with their defaults, and what is changed is read from then on', async (t) => {
  const { account, knex, id } = await setUp(t, 'risk');
  const read = async () => (await account<object>('GET', 'risk-settings')).body;
  t.deepEqual(await read(), { max_leverage: 10, max_positions: 5 });
  t.deepEqual((await account<object>('PUT', 'risk-settings', {})).body, {
    max_leverage: 10,
    max_positions: 5,
  });
  const changed = { max_leverage: 125, max_positions: 50 };
  t.deepEqual((await account<object>('PUT', 'risk-settings', changed)).body, changed);
  await Promise.all([
    account('PUT', 'risk-settings', { max_leverage: 1 }),
    account('PUT', 'risk-settings', { max_positions: 1 }),
  ]);
  t.deepEqual(await read(), { max_leverage: 1, max_positions: 1 });
  t.deepEqual(await readRiskLimits(knex, id), { max_leverage: 1, max_positions: 1 });
  const { account: others } = await setUp(t, 'other-risk');
  t.deepEqual((await others<object>('GET', 'risk-settings')).body, { max_leverage: 10, max_positions: 5 });
});

test('risk settings outside their bounds are refused by name, and change nothing', async (t) => {
  const { account } = await setUp(t, 'bounds');
  for (const [field, most] of [
    ['max_leverage', 125],
    ['max_positions', 50],
  ] as const) {
    for (const value of [0, -1, most + 1, 1.5]) {
      const { status, body } = await account('PUT', 'risk-settings', { [field]: value });
      t.is(status, 400);
      t.deepEqual(body.errors, [{ field, message: `Must be a whole number from 1 to ${most}` }]);
    }
    for (const value of ['10', null, true])
      t.is((await account('PUT', 'risk-settings', { [field]: value })).status, 422);
  }
  t.deepEqual((await account<object>('GET', 'risk-settings')).body, { max_leverage: 10, max_positions: 5 });
});
