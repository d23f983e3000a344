import test from 'ava';
import { allotDeposit, recordDeposit, type ToldDeposit } from '../../../db/fund/deposits.ts';
import { keepSubAccount } from '../../../db/fund/sub-accounts.ts';
import { fundApi } from '../../testing/fund-api.ts';

const AT = Date.parse('2026-01-07T10:00:00Z');

interface Deposits {
  data: Record<string, unknown>[];
  error?: string;
}

test('a holder is shown their own deposits, the newest first, also those that are not final or get no units', async (t) => {
  const { api, knex, user, other } = await fundApi(t);
  const read = async ({ headers }: { headers: Record<string, string> }, query = '') =>
    api.call<Deposits>('GET', `/api/v1/wallet/deposits${query}`, undefined, headers);
  t.deepEqual((await read(user)).body, { success: true, data: [] } as Deposits);
  for (const { id } of [user, other]) await keepSubAccount(knex, id, id.replaceAll('-', ''));
  const told = (n: number, change: Partial<ToldDeposit> = {}): ToldDeposit => ({
    ...{ userId: user.id, venueDepositId: `${n}`, asset: 'USDC', network: 'BSC', amount: '100.5' },
    ...{ txId: `0x${n}`, confirmations: 12, state: 'final', seenAt: AT + n * 1_000, ...change },
  });
  const kept = (keptBecause: 'other_asset' | 'below_minimum') => ({ at: AT, keptBecause });
  const taken = { at: AT, keptBecause: null };
  await recordDeposit(knex, told(1), taken);
  const { id } = await knex('deposits').first('id');
  await knex.transaction((tx) => allotDeposit(tx, id, { price: '1.25', at: AT }));
  await recordDeposit(knex, told(2, { asset: 'USDT' }), kept('other_asset'));
  await recordDeposit(knex, told(3, { amount: '1' }), kept('below_minimum'));
  await recordDeposit(knex, told(4, { state: 'pending', confirmations: 3 }), taken);
  await recordDeposit(knex, told(5, { userId: other.id }), taken);

  const { data } = (await read(user)).body;
  t.deepEqual(
    data.map(({ status, kept_because, asset, amount, confirmations }) =>
      [status, kept_because, asset, amount, confirmations].join(' '),
    ),
    [
      'pending  USDC 100.5 3',
      'kept below_minimum USDC 1 12',
      'kept other_asset USDT 100.5 12',
      'allotted  USDC 100.5 12',
    ],
  );
  t.deepEqual(data.at(-1), {
    ...{ id, status: 'allotted', kept_because: null, asset: 'USDC', network: 'BSC', amount: 100.5 },
    ...{ confirmations: 12, tx_id: '0x1', units: 80.4, nav_per_unit: 1.25 },
    seen_at: '2026-01-07T10:00:01.000Z',
  });
  t.deepEqual((await read(user, '?limit=2&offset=1')).body.data, data.slice(1, 3));
  t.like((await read(other)).body.data, { length: 1, 0: { status: 'credited' } });
  t.is((await read({ headers: {} })).status, 401);
  t.regex((await read(user, '?limit=0')).body.error ?? '', /^limit: /);
});
