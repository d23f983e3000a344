import test from 'ava';
import type { Knex } from 'knex';
import {
  depositReceived,
  fill,
  mainObserved,
  sweepDone,
  sweepSent,
  unitsAllotted,
} from '../../bots/fund/postings.ts';
import type { Entry } from '../../bots/fund/postings.ts';
import { unitsFor } from '../../bots/fund/unit-price.ts';
import { MissingMark } from '../../bots/fund/valuation.ts';
import { Decimal } from '../../bots/money.ts';
import { freshDatabase } from '../../runtime/testing/database.ts';
import { User } from '../models/user.ts';
import { readPortfolio } from './holders.ts';
import { latestValuation, recordValuation, valueFund } from './nav-history.ts';
import { postEntry, type Told } from './post-entry.ts';
import { listFundTrades, recordFundTrade } from './trading-history.ts';

const NOW = Date.UTC(2026, 0, 7, 10);
const FUND = { currency: 'USDC', initialPrice: '1', reason: 'sync', provisionalBecause: null } as const;

test('fund-integration 26, 29, 32: who comes later pays what a unit is worth, and no step of a deposit moves that', async (t) => {
  const { knex } = await freshDatabase(t);
  const [first, second] = [await holder(knex), await holder(knex)];
  const { post, value } = bookOf(knex);
  await deposit(post, first, '10000', '10000');
  await post(mainObserved({ asset: 'USDC', amount: '1300.20' }));
  t.like(await value(), { nav_per_unit: '1.130020000000000000', total_units: '10000.00000000' });
  t.like(await readPortfolio(knex, first), { units: '10000', navPerUnit: '1.13002', deposited: '10000' });

  const money = { userId: second, asset: 'USDC', amount: '1000' };
  const units = unitsFor('1000', '1.13002');
  const steps = [
    depositReceived(money),
    unitsAllotted({ ...money, units }),
    sweepSent(money),
    sweepDone(money),
  ];
  for (const step of steps) {
    await post(step, step.kind === 'units_allotted' ? told(second, '1000', units) : undefined);
    const moved = new Decimal((await value()).nav_per_unit).sub('1.13002');
    t.true(moved.gte(0) && moved.lt('1e-11'), `${step.kind} moved the price by ${moved.toFixed()}`);
  }
  t.like(await readPortfolio(knex, second), { units: '884.94008955', deposited: '1000', withdrawn: '0' });
});

test('fund-integration 34: a deposit of another asset is kept for its depositor and changes nothing', async (t) => {
  const { knex } = await freshDatabase(t);
  const userId = await holder(knex);
  const { post, value } = bookOf(knex);
  await deposit(post, userId, '100', '100');
  await post(depositReceived({ userId, asset: 'DOGE', amount: '5000' }));
  t.like(await value(), { nav_per_unit: '1.000000000000000000', total_value: '100' });
  t.is((await readPortfolio(knex, userId)).units, '100');
});

test('fund-integration 35, 36: a trade is one row, and its profit raises the price by it over the units', async (t) => {
  const { knex } = await freshDatabase(t);
  const userId = await holder(knex);
  const { post, value } = bookOf(knex);
  await deposit(post, userId, '1000', '1000');
  const of = { base: 'BTC', quote: 'USDC', quantity: '0.02', fee: '0', feeAsset: 'USDC' } as const;
  await post(fill({ ...of, side: 'BUY', price: '40000' }));
  await t.throwsAsync(value(), { instanceOf: MissingMark });
  t.is(await latestValuation(knex), null);
  t.like(await value({ BTC: '40000' }), { nav_per_unit: '1.000000000000000000' });
  await post(fill({ ...of, side: 'SELL', price: '45000' }));
  const { nav_per_unit } = await value();
  t.true(new Decimal(nav_per_unit).sub(1).eq(new Decimal(100).div(1000)));

  const trade = {
    symbol: 'BTCUSDC',
    price: '45000',
    quantity: '0.02',
    profit_loss: '100',
    fee: '0',
  } as const;
  const at = { executed_at: new Date(NOW), exchange_order_id: '7' };
  t.true(await recordFundTrade(knex, { ...trade, ...at, side: 'SELL' }));
  t.false(await recordFundTrade(knex, { ...trade, ...at, side: 'SELL' }));
  const later = { executed_at: new Date(NOW + 1), exchange_order_id: '8', profit_loss: null };
  t.true(await recordFundTrade(knex, { ...trade, ...later, side: 'BUY' }));
  const { trades, total } = await listFundTrades(knex, { limit: 1 });
  t.deepEqual([total, trades.length, typeof trades[0]?.id], [2, 1, 'number']);
  t.like(trades[0], { side: 'BUY', profit_loss: null, exchange_order_id: '8' });
});

test('a valuation stays as it was: it can be made again from its marks, and nothing may be dealt at a provisional one', async (t) => {
  const { knex } = await freshDatabase(t);
  const userId = await holder(knex);
  const { post, value } = bookOf(knex);
  await deposit(post, userId, '1000', '1000');
  await post(mainObserved({ asset: 'BTC', amount: '0.01' }));
  const row = await value({ BTC: '50000' });
  await post(mainObserved({ asset: 'BTC', amount: '0.5' }));
  const again = await valueFund(knex, { ...FUND, at: row.recorded_at.getTime(), marks: row.marks });
  t.deepEqual(again, { value: '1500', units: '1000', price: '1.5' });
  const stale = await recordValuation(knex, {
    ...{ ...FUND, at: NOW, marks: { BTC: '50000' }, provisionalBecause: 'the price of BTC is 70 s old' },
  });
  t.is((await latestValuation(knex))?.id, stale.id);
  t.is((await latestValuation(knex, { isFinal: true }))?.id, row.id);
  for (const statement of ['UPDATE nav_history SET nav_per_unit = 2', 'DELETE FROM nav_history'])
    await t.throwsAsync(async () => knex.raw(statement), { code: '23001' });
});

type Post = (entry: Entry, transaction?: Told) => Promise<unknown>;

/** Posts one entry after the other, a second apart, and values what there is. */
function bookOf(knex: Knex) {
  let count = 0;
  const at = () => NOW + count * 1000;
  const post: Post = (entry, transaction) =>
    postEntry(knex, { ...entry, key: String(++count), at: at(), ...(transaction && { transaction }) });
  const value = (marks = {}) => recordValuation(knex, { ...FUND, at: at(), marks });
  return { post, value };
}

async function deposit(post: Post, userId: string, amount: string, units: string): Promise<void> {
  const money = { userId, asset: 'USDC', amount };
  await post(depositReceived(money));
  await post(unitsAllotted({ ...money, units }), told(userId, amount, units));
  await post(sweepSent(money));
  await post(sweepDone(money));
}

const told = (userId: string, amount: string, units: string): Told => ({
  ...{ userId, type: 'deposit', asset: 'USDC', amount, units, navPerUnit: null, status: 'completed' },
  externalId: `${userId}/${amount}`,
});

async function holder(knex: Knex): Promise<string> {
  return (await User.query(knex).insert({ name: 'Holder' }).returning('*')).id;
}
