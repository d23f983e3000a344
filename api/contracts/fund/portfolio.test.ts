import { randomUUID } from 'node:crypto';
import test from 'ava';
import type { Knex } from 'knex';
import { depositReceived, mainObserved, unitsAllotted } from '../../../bots/fund/postings.ts';
import { recordValuation } from '../../../db/fund/nav-history.ts';
import { postEntry, type Told } from '../../../db/fund/post-entry.ts';
import { fundApi } from '../../testing/fund-api.ts';

const AT = Date.parse('2026-01-07T10:00:00Z');

interface PortfolioBody {
  data: Record<string, number> & { fund?: Record<string, unknown> };
}

test('what an admin is shown of the assets adds up to the value, without what is owed or kept aside', async (t) => {
  const { api, knex, user, admin } = await fundApi(t);
  await allotted(knex, user.id, '1000');
  const received = (asset: string, amount: string) =>
    postEntry(knex, { ...depositReceived({ userId: user.id, asset, amount }), key: asset, at: AT });
  await received('USDT', '70');
  await received('USDC', '30');
  await postEntry(knex, { ...mainObserved({ asset: 'BTC', amount: '0.01' }), key: 'bitcoin', at: AT });
  const valuation = { at: Date.now(), marks: { BTC: '50000' }, currency: 'USDC', initialPrice: '1' };
  await recordValuation(knex, { ...valuation, reason: 'sync', provisionalBecause: null });
  const path = '/api/v1/bot/portfolio';
  const { data } = (await api.call<PortfolioBody>('GET', path, undefined, admin.headers)).body;
  const { assets, total_value } = data.fund as { assets: { asset: string }[]; total_value: number };
  t.is(total_value, 1_500);
  t.deepEqual(Object.fromEntries(assets.map(({ asset, ...rest }) => [asset, rest])), {
    BTC: { free: 0.01, locked: 0, value: 500 },
    USDC: { free: 1_000, locked: 0, value: 1_000 },
  } as object);
});

test("fund-integration 26: a portfolio is the caller's own, at the newest valuation; admins see the whole fund", async (t) => {
  const { api, knex, user, admin, other } = await fundApi(t);
  const of = async ({ headers }: { headers: Record<string, string> }) =>
    (await api.call<PortfolioBody>('GET', '/api/v1/bot/portfolio', undefined, headers)).body.data;
  t.like(await of(user), { units: 0, nav_per_unit: 1, value: 0, profit_loss_percent: 0, currency: 'USDC' });
  await allotted(knex, user.id, '7500');
  await allotted(knex, other.id, '2500');
  await knex.raw(`SELECT post_entry('gain', 'main_observed', now(), '{}', ?, NULL)`, [
    JSON.stringify([
      { account: 'main', asset: 'USDC', amount: '1300.20' },
      { account: 'adjustments', asset: 'USDC', amount: '-1300.20' },
    ]),
  ]);
  await recordValuation(knex, {
    ...{ at: Date.now(), marks: {}, currency: 'USDC', initialPrice: '1' },
    ...{ reason: 'sync', provisionalBecause: null },
  });
  const mine = await of(user);
  t.like(mine, {
    ...{ units: 7500, locked_units: 0, fee_units: 0, nav_per_unit: 1.13002, value: 8475.15 },
    total_deposited: 7500,
    ...{ total_withdrawn: 0, profit_loss: 975.15, profit_loss_percent: 13 },
  });
  t.is(mine.fund, undefined);
  t.like(await of(other), { units: 2500, value: 2825.05 });
  const seen = await of(admin);
  t.like(seen, { units: 0, value: 0 });
  t.deepEqual(seen.fund, {
    ...{ total_units: 10_000, total_value: 11_300.2, nav_per_unit: 1.13002 },
    assets: [{ asset: 'USDC', free: 11_300.2, locked: 0, value: 11_300.2 }],
    open_positions: [],
  });
});

/** A deposit that has been given units, one for each USDC. */
async function allotted(knex: Knex, userId: string, amount: string): Promise<void> {
  const of = { userId, asset: 'USDC', amount };
  const id = randomUUID();
  const transaction: Told = {
    ...{ userId, type: 'deposit', asset: 'USDC', amount, units: amount, navPerUnit: '1' },
    ...{ status: 'completed', externalId: id },
  };
  await postEntry(knex, { ...depositReceived(of), key: `${id}/received`, at: AT });
  await postEntry(knex, {
    ...unitsAllotted({ ...of, units: amount }),
    key: `${id}/allotted`,
    at: AT,
    transaction,
  });
}
