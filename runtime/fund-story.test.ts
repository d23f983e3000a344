import test, { type ExecutionContext } from 'ava';
import { Decimal } from '../bots/money.ts';
import type { NavRow } from '../db/fund/nav-history.ts';
import { addFundBot } from './testing/fund.ts';
import { EAGER_SETTINGS, fundDoors, type Person } from './testing/fund-doors.ts';
import { startFund, type FundStack } from './testing/funded-stack.ts';

interface TradingRow {
  side: string;
  profit_loss: string | null;
  executed_at: Date;
}

/** What the bot makes: 100 between the prices, less both fees of a thousandth. */
const PROFIT = '90.9';

test('fund-integration 35, 36: a deposit is traded with, each trade is one row and then a valuation, and the profit is paid out', async (t) => {
  const fund = await startFund(t, { settings: EAGER_SETTINGS });
  const { exchange, knex, main, until } = fund;
  const doors = fundDoors(fund);
  const admin = await doors.person('admin');
  const [first, second] = [await doors.investor('10000'), await doors.investor('5000')];
  const bot = await addFundBot(knex, { exchange_account_id: main, quantity: '0.1', buy_price: '45000' });
  const started = await doors.send('POST', '/bot/start', admin);
  t.is(started.status, 200, started.text);
  const rests = (side: string) =>
    until(`the ${side} to rest`, () =>
      knex('orders').where({ bot_id: bot.id, side, status: 'OPEN' }).first(),
    );

  // Bought: what it has cost is worth what the market says, less the fee.
  await rests('BUY');
  let seen = await lastNav(fund);
  exchange.control.movePrice('BTCUSDC', '44900');
  await rests('SELL');
  const bought = await valuedAfterTrade(t, fund, { trades: 1, seen });
  assertIs(
    t,
    bought.total_value,
    new Decimal('15000').sub('4504.5').add(new Decimal(bought.marks.BTC!).mul('0.1')),
  );

  // Sold: nothing but money is left, and the profit is all of what is gained.
  seen = await lastNav(fund);
  exchange.control.movePrice('BTCUSDC', '46100');
  const sold = await valuedAfterTrade(t, fund, { trades: 2, seen });
  assertIs(t, sold.total_units, '15000');
  assertIs(t, sold.nav_per_unit, new Decimal(1).add(new Decimal(PROFIT).div(15_000)));
  const trades = (await doors.send<{ side: string; profit_loss: number }[]>('GET', '/bot/trades', admin)).body
    .data;
  t.deepEqual(
    trades.map(({ side, profit_loss }) => [side, profit_loss]),
    [
      ['SELL', Number(PROFIT)],
      ['BUY', 0],
    ],
  );
  t.like(await portfolioOf(first), { units: 10_000, value: 10_060.6, profit_loss: 60.6 });
  t.like(await portfolioOf(second), { units: 5_000, value: 5_030.3, profit_loss: 30.3 });

  // Half of it paid out: those who stay have what they had.
  const asked = await doors.ask(first, 5_030.3);
  t.is(asked.status, 201, asked.text);
  t.is((await doors.approve(asked.body.data.id, admin)).status, 200);
  t.is((await doors.ended(asked.body.data.id, admin)).status, 'completed');
  t.deepEqual(doors.effects(asked.body.data.id), { staged: 1, withdrawals: 1, returned: 0 });
  t.like(await portfolioOf(first), {
    units: 5_000,
    locked_units: 0,
    total_withdrawn: 5_030.3,
    profit_loss: 60.6,
  });
  t.like(await portfolioOf(second), { units: 5_000, value: 5_030.3 });
  t.is(await paidOut(fund, asked.body.data.id), '5030.3');
  t.deepEqual(await doors.wrong(), []);

  async function portfolioOf(who: Person) {
    return (await doors.send<object>('GET', '/bot/portfolio', who)).body.data;
  }
});

async function lastNav({ knex }: FundStack): Promise<number> {
  return (await knex<NavRow>('nav_history').orderBy('id', 'desc').first('id'))!.id;
}

/** The trade is on record, once, and then what the fund is worth after it. */
async function valuedAfterTrade(
  t: ExecutionContext,
  { knex, until }: FundStack,
  { trades, seen }: { trades: number; seen: number },
): Promise<NavRow> {
  const rows = await until('the trade to be on record', async () => {
    const all = await knex<TradingRow>('trading_history').orderBy('id');
    return all.length >= trades && all;
  });
  t.is(rows.length, trades);
  const nav = await until('the trade to be valued', () =>
    knex<NavRow>('nav_history')
      .where('id', '>', seen)
      .where('recorded_at', '>=', rows.at(-1)!.executed_at)
      .orderBy('id', 'desc')
      .first(),
  );
  t.is(nav.reason, 'trade');
  return nav;
}

async function paidOut({ exchange, main }: FundStack, id: string): Promise<string> {
  return exchange.control.chain.withdrawals(main).find(({ withdrawOrderId }) => withdrawOrderId === id)!
    .amount;
}

function assertIs(t: ExecutionContext, stored: string, expected: Decimal.Value): void {
  t.true(new Decimal(stored).eq(expected), `${stored}, not ${new Decimal(expected).toFixed()}`);
}
