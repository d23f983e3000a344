import test from 'ava';
import { startStack } from '../../../runtime/testing/stack.ts';
import { post, type BotBody } from '../../testing/example.ts';
import { callerOf, type Call } from '../../testing/start-api.ts';

interface LogBody {
  bot_id: string | null;
  level: string;
  message: string;
}

interface TradeBody {
  side: string;
  quantity: number;
  price: number;
  pnl: number | null;
  commission: number;
}

/** Plain limit orders at the example's prices. */
const PLAIN = { trailing_percent: null };

async function messages(call: Call, path = '/api/v1/logs/'): Promise<string[]> {
  const { body } = await call<LogBody[]>('GET', path);
  return body.map(({ level, message }) => `${level} ${message}`).toReversed();
}

/** The status a command was answered with, and whether it renewed `updated_at`. */
async function ask(call: Call, id: string, name: string): Promise<[status: string, isRenewed: boolean]> {
  const { body: before } = await call<BotBody>('GET', `/api/v1/bots/${id}`);
  const { body } = await call<BotBody>('POST', `/api/v1/bots/${id}/${name}`);
  return [body.status, body.updated_at > before.updated_at];
}

test.serial('scalper-bot 23: start, stop and toggle change a real bot and renew its time', async (t) => {
  const stack = await startStack(t);
  const call = callerOf(stack.api.url);
  const { id } = (await post(call, PLAIN)).body;
  t.deepEqual(await ask(call, id, 'stop'), ['STOPPED', true]);
  t.deepEqual(await ask(call, id, 'start'), ['ACTIVE', true]);
  t.deepEqual(await ask(call, id, 'toggle'), ['STOPPED', true]);
  t.deepEqual(await ask(call, id, 'toggle'), ['ACTIVE', true]);
  t.deepEqual(await ask(call, id, 'pause'), ['PAUSED', true]);
  t.deepEqual(await ask(call, id, 'resume'), ['ACTIVE', true]);
});

test.serial('scalper-bot 24: a repeat starts no second run and places no second order', async (t) => {
  const stack = await startStack(t);
  const call = callerOf(stack.api.url);
  const { id } = (await post(call, PLAIN)).body;
  const resting = () => stack.knex('orders').where({ bot_id: id, status: 'OPEN' });
  await stack.until('the order to rest', async () => (await resting()).length > 0);
  const handle = stack.temporal.client.workflow.getHandle(`bot/${id}`);
  const { runId } = await handle.describe();
  t.deepEqual(await ask(call, id, 'start'), ['ACTIVE', false]);
  t.deepEqual(await ask(call, id, 'start'), ['ACTIVE', false]);
  t.is((await handle.describe()).runId, runId);
  t.is((await resting()).length, 1);
  t.is((await stack.knex('order_intents').where({ bot_id: id })).length, 1);
  t.deepEqual(await ask(call, id, 'stop'), ['STOPPED', true]);
  t.deepEqual(await ask(call, id, 'stop'), ['STOPPED', false]);
});

test.serial('scalper-bot 25: stop-all stops five real bots and leaves three as they are', async (t) => {
  const stack = await startStack(t);
  const call = callerOf(stack.api.url);
  for (let count = 0; count < 8; count++) {
    const { id } = (await post(call, PLAIN)).body;
    if (count < 3) await ask(call, id, 'stop');
  }
  t.deepEqual((await call('POST', '/api/v1/bots/stop-all')).body, { message: 'Stopped 5 bots', count: 5 });
  t.deepEqual((await call('POST', '/api/v1/bots/stop-all')).body, { message: 'Stopped 0 bots', count: 0 });
  t.is((await call<BotBody[]>('GET', '/api/v1/bots/?status=STOPPED')).body.length, 8);
});

test.serial('scalper-bot 27: each real change leaves one log, a repeat none', async (t) => {
  const stack = await startStack(t);
  const call = callerOf(stack.api.url);
  const { id } = (await post(call, PLAIN)).body;
  const path = `/api/v1/bots/${id}`;
  for (const name of ['start', 'stop', 'stop', 'toggle']) await ask(call, id, name);
  t.is((await call('PUT', path, { sell_price: 47000 })).status, 200);
  t.is((await call('PUT', path, { sell_price: 47000 })).status, 200);
  await call('POST', '/api/v1/bots/stop-all');
  t.is((await call('DELETE', path)).status, 204);
  t.deepEqual(await messages(call), [
    'SUCCESS Bot created for BTC/USDT on Binance',
    'SUCCESS Bot started for BTC/USDT on Binance',
    'INFO Bot stopped for BTC/USDT on Binance',
    'SUCCESS Bot started for BTC/USDT on Binance',
    'INFO Bot updated for BTC/USDT on Binance',
    'INFO Bot stopped for BTC/USDT on Binance',
    'WARNING Stopped 1 bots',
    'WARNING Bot deleted for BTC/USDT on Binance',
  ]);
  const { body: logs } = await call<LogBody[]>('GET', '/api/v1/logs/');
  t.true(logs.every(({ bot_id }) => bot_id === null));
});

test.serial('scalper-bot 35: a round trip is told over HTTP as it happened', async (t) => {
  const stack = await startStack(t);
  const call = callerOf(stack.api.url);
  const { id } = (await post(call, { ...PLAIN, infinite_loop: false })).body;
  const path = `/api/v1/bots/${id}`;
  for (const [side, price] of [
    ['BUY', '44900'],
    ['SELL', '46100'],
  ] as const) {
    await stack.until(`the ${side} to rest`, () =>
      stack.knex('orders').where({ bot_id: id, side, status: 'OPEN' }).first(),
    );
    stack.exchange.control.movePrice('BTCUSDT', price);
  }
  const done = await stack.until('the round to end', async () => {
    const { body } = await call<BotBody>('GET', path);
    return body.status === 'STOPPED' && body;
  });
  t.is(done.total_trades, 2);
  t.truthy(done.last_fill_time);
  const { body: trades } = await call<TradeBody[]>('GET', `${path}/trades`);
  t.deepEqual(
    trades.map(({ side, quantity, price }) => [side, quantity, price]),
    [
      ['SELL', 0.01, 46000],
      ['BUY', 0.01, 45000.5],
    ],
  );
  const [sale, purchase] = trades;
  t.is(purchase!.pnl, null);
  const cents = (amount: number) => Math.round(amount * 1e8);
  t.is(cents(sale!.pnl!), cents((46000 - 45000.5) * 0.01 - sale!.commission - purchase!.commission));
  t.is(done.pnl, sale!.pnl!);
  t.like((await call('GET', '/api/v1/bots/statistics/summary')).body, {
    total_pnl: done.pnl,
    total_trades: 2,
  });
});

test.serial(
  'A new price replaces the order of a running bot, and a deleted bot leaves none behind',
  async (t) => {
    const stack = await startStack(t);
    const call = callerOf(stack.api.url);
    const { id } = (await post(call, PLAIN)).body;
    const path = `/api/v1/bots/${id}`;
    const restingAt = (price: string) =>
      stack.until(`an order to rest at ${price}`, () =>
        stack.knex('orders').where({ bot_id: id, status: 'OPEN' }).andWhere('price', price).first(),
      );
    await restingAt('45000.5');
    t.is((await call<BotBody>('PUT', path, { buy_price: 44500 })).body.buy_price, 44500);
    await restingAt('44500');
    t.is((await stack.knex('orders').where({ bot_id: id, status: 'OPEN' })).length, 1);
    t.is((await call('DELETE', path)).status, 204);
    t.is((await call('GET', path)).status, 404);
    const { accounts } = stack.exchange.control.effects(stack.account.id);
    const accepted = Object.values(accounts[stack.account.id]!).flat();
    t.deepEqual(
      accepted.map(({ status }) => status),
      ['CANCELED', 'CANCELED'],
    );
  },
);

test.serial('A bot on an exchange without an account is made, and says why it is in ERROR', async (t) => {
  const stack = await startStack(t);
  const call = callerOf(stack.api.url);
  const { status, body } = await post(call, { ...PLAIN, exchange: 'CoinDCX F' });
  t.is(status, 201);
  t.is(body.status, 'ERROR');
  const { body: why } = await call<{ status: string; error: string }>('GET', `/api/v1/bots/${body.id}/why`);
  t.is(why.status, 'ERROR');
  t.truthy(why.error);
  t.true((await messages(call, '/api/v1/logs/?level=ERROR')).length > 0);
});
