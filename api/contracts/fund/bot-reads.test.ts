import test from 'ava';
import type { Knex } from 'knex';
import { recordFundTrade } from '../../../db/fund/trading-history.ts';
import { keepWorker, resignWorker } from '../../../db/workers.ts';
import { fundApi, type Answer } from '../../testing/fund-api.ts';
import { testClock, testIdentity } from '../../testing/identity.ts';

const AT = Date.parse('2026-01-07T10:00:00Z');
const TWENTY_MINUTES = 20 * 60_000;

test("fund-integration 9 and 24: the state tells the worker's last beat, and health turns when that is too old", async (t) => {
  const clock = testClock();
  const { api, admin, knex, state } = await fundApi(t, { identity: testIdentity({ now: clock.now }) });
  const health = async () => (await api.call<Answer>('GET', '/api/v1/bot/health')).body;
  const never = { status: 'stopped', is_running: false, last_heartbeat: null, error_count: 0 };
  t.deepEqual(await health(), { success: true, is_healthy: false, status: never } as unknown as Answer);
  t.like(await state(), { ...never, process_id: null });
  await keepWorker(knex, { identity: 'worker', processId: 12_345 });
  t.like(await state(), { last_heartbeat: null, process_id: null }, 'before the first start');
  await started(knex);
  await api.call('POST', '/api/v1/bot/start', undefined, admin.headers);
  const running = await state();
  t.like(running, { status: 'running', process_id: 12_345 });
  t.true(running.timestamp! >= running.last_heartbeat!);
  const well = await health();
  t.deepEqual(Object.keys(well), ['success', 'is_healthy', 'status']);
  t.deepEqual(Object.keys(well.status), ['status', 'is_running', 'last_heartbeat', 'error_count']);
  t.true(well.is_healthy);
  await api.call('POST', '/api/v1/bot/pause', undefined, admin.headers);
  t.true((await health()).is_healthy);
  // Far more than a minute: the database has a clock of its own.
  clock.pass(180_000);
  const { status, body } = await api.call<Answer>('GET', '/api/v1/bot/health');
  t.is(status, 200);
  t.false(body.is_healthy);
  await resignWorker(knex, 'worker');
  t.like(await state(), { last_heartbeat: null, process_id: null });
});

test('fund-integration 19, 20 and 49: performance is zero without trades, and exactly the example with its own', async (t) => {
  const { api, knex, user } = await fundApi(t, { fund: { initialCapital: '10000' } });
  const read = async () =>
    (
      await api.call<{ data: Record<string, number> }>(
        'GET',
        '/api/v1/bot/performance',
        undefined,
        user.headers,
      )
    ).body.data;
  const none = await read();
  t.is(Object.keys(none).length, 8);
  t.true(Object.values(none).every((value) => value === 0));
  for (let n = 1; n <= 150; n++)
    await trade(knex, n, {
      profit_loss: n <= 95 ? (n === 95 ? '150.50' : '25') : n === 150 ? '-120.30' : '-20',
      executed_at: new Date(AT + n * TWENTY_MINUTES),
    });
  await trade(knex, 151, { profit_loss: null, executed_at: new Date(AT + 151 * TWENTY_MINUTES) });
  t.deepEqual(await read(), {
    ...{ total_trades: 150, winning_trades: 95, losing_trades: 55, win_rate: 63.3 },
    ...{ total_profit: 2500.5, total_loss: 1200.3, net_profit: 1300.2, roi_percent: 13 },
  });
  // The two indicators, as a client computes them from what it is told: 72 a day and 63.3 %.
  const tradedAt = async (query: string) => {
    const path = `/api/v1/bot/trades?limit=1&${query}`;
    const { data } = (await api.call<Trades>('GET', path, undefined, user.headers)).body;
    return Date.parse(data[0]!['timestamp'] as string);
  };
  const days = ((await tradedAt('offset=0')) - (await tradedAt('offset=150'))) / (72 * TWENTY_MINUTES);
  const { total_trades, winning_trades, win_rate } = await read();
  t.is(total_trades! / days, 72);
  t.is(Math.round((winning_trades! / total_trades!) * 1_000) / 10, win_rate!);
});

interface Trades {
  count: number;
  total: number;
  data: Record<string, unknown>[];
}

test('fund-integration 21, 22 and 23: trades come newest first, with how many there are', async (t) => {
  const { api, knex, user } = await fundApi(t);
  const read = async (query = '') => {
    const path = `/api/v1/bot/trades${query}`;
    return api.call<Trades & { error: string }>('GET', path, undefined, user.headers);
  };
  for (let n = 1; n <= 60; n++) await trade(knex, n, { profit_loss: n === 60 ? '125.5' : null });
  const { body } = await read();
  t.like(body, { count: 50, total: 60 });
  t.deepEqual(body.data[0], {
    ...{ id: 60, symbol: 'BTCUSDC', side: 'BUY', price: 42500.12345678, quantity: 0.05, profit_loss: 125.5 },
    timestamp: new Date(AT + 60_000).toISOString(),
  });
  t.is(body.data[1]!['profit_loss'], 0);
  t.deepEqual(
    body.data.map(({ id }) => id),
    Array.from({ length: 50 }, (_, n) => 60 - n),
  );
  t.like((await read('?limit=10')).body, { count: 10, total: 60 });
  t.like((await read('?limit=500&offset=58')).body, { count: 2, data: { length: 2 } });
  for (const wrong of ['0', '-1', 'abc', '1.5', '', '1e3', '%00', '1&limit=2']) {
    const { status, body: refusal } = await read(`?limit=${wrong}`);
    t.is(status, 400, wrong);
    t.deepEqual(Object.keys(refusal), ['success', 'error']);
    t.regex(refusal.error, /^limit: /);
  }
  t.is((await read('?offset=-1')).status, 400);
  await knex.raw(`
    INSERT INTO trading_history (symbol, side, price, quantity, fee, exchange_order_id, executed_at)
    SELECT symbol, side, price, quantity, fee, 'more ' || n, executed_at - n * interval '1 minute'
    FROM trading_history, generate_series(1, 441) n WHERE exchange_order_id = '1'`);
  for (const most of ['501', '100000000000'])
    t.like((await read(`?limit=${most}`)).body, { count: 500, total: 501, data: { length: 500 } });
});

/** As a first start leaves it. */
async function started(knex: Knex): Promise<void> {
  await knex.raw(`INSERT INTO bot_session_states (bot_id, state) SELECT id, '{}' FROM bots`);
}

async function trade(
  knex: Knex,
  n: number,
  change: { profit_loss: string | null; executed_at?: Date },
): Promise<void> {
  await recordFundTrade(knex, {
    ...{ symbol: 'BTCUSDC', side: 'BUY', price: '42500.12345678', quantity: '0.05', fee: '0' },
    ...{ exchange_order_id: String(n), executed_at: new Date(AT + n * 1_000), ...change },
  });
}
