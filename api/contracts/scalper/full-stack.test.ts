import { isDeepStrictEqual } from 'node:util';
import test from 'ava';
import { shared } from '../../../runtime/testing/shared.ts';
import { startStack, type Stack } from '../../../runtime/testing/stack.ts';
import { EXAMPLE, post, type BotBody } from '../../testing/example.ts';
import { ask, messages, PLAIN } from '../../testing/real-bots.ts';
import { callerOf } from '../../testing/start-api.ts';

const stackOfAll = shared((t) => startStack(t));

/** A pair for each test that counts orders on the exchange or moves prices. */
const ETH = { ...PLAIN, ticker: 'ETH/USDT', buy_price: 2000, sell_price: 4000 };
const SOL = { ...PLAIN, ticker: 'SOL/USDT', quantity: 1, buy_price: 100, sell_price: 200 };
const BNB = { ...PLAIN, ticker: 'BNB/USDT', quantity: 1, buy_price: 580, sell_price: 620 };

/** The states of every order that the exchange has accepted of a pair. */
function acceptedOn(symbol: string, { exchange, account }: Stack): string[] {
  const { accounts } = exchange.control.effects(account.id);
  const orders = Object.values(accounts[account.id] ?? {}).flat();
  return orders.filter((order) => order.symbol === symbol).map(({ status }) => status);
}

interface TradeBody {
  side: string;
  quantity: number;
  price: number;
  pnl: number | null;
  commission: number;
}

test('scalper-bot 2: the example makes a bot whose order waits on the exchange', async (t) => {
  const stack = await stackOfAll(t);
  const call = callerOf(stack.api.url);
  const { status, body } = await post(call);
  t.is(status, 201);
  t.like(body, { ...EXAMPLE, status: 'ACTIVE', pnl: 0, total_trades: 0 });
  t.is(body.created_at, body.updated_at);
  t.like((await call<BotBody>('GET', `/api/v1/bots/${body.id}`)).body, { ...EXAMPLE, status: 'ACTIVE' });
  const { body: plain } = await post(call, PLAIN);
  await stack.until('the order to rest', () =>
    stack.knex('orders').where({ bot_id: plain.id, status: 'OPEN', side: 'BUY' }).first(),
  );
});

test('scalper-bot 18: a change of a running bot leaves the rest and renews its time', async (t) => {
  const stack = await stackOfAll(t);
  const call = callerOf(stack.api.url);
  const path = `/api/v1/bots/${(await post(call, PLAIN)).body.id}`;
  const { body: before } = await call<BotBody>('GET', path);
  const { status, body } = await call<BotBody>('PUT', path, { quantity: 0.02 });
  t.is(status, 200);
  t.deepEqual(body, { ...before, quantity: 0.02, updated_at: body.updated_at });
  t.true(body.updated_at > before.updated_at);
});

test('scalper-bot 23: start, stop and toggle change a real bot and renew its time', async (t) => {
  const stack = await stackOfAll(t);
  const call = callerOf(stack.api.url);
  const { id } = (await post(call, PLAIN)).body;
  t.deepEqual(await ask(call, id, 'stop'), ['STOPPED', true]);
  t.deepEqual(await ask(call, id, 'start'), ['ACTIVE', true]);
  t.deepEqual(await ask(call, id, 'toggle'), ['STOPPED', true]);
  t.deepEqual(await ask(call, id, 'toggle'), ['ACTIVE', true]);
  t.deepEqual(await ask(call, id, 'pause'), ['PAUSED', true]);
  t.deepEqual(await ask(call, id, 'resume'), ['ACTIVE', true]);
});

test('trading-api 71: who commanded a bot, what was changed and each order are in the audit log', async (t) => {
  const stack = await stackOfAll(t);
  const call = callerOf(stack.api.url);
  const { id } = (await post(call, PLAIN)).body;
  const chain = () =>
    stack
      .knex('audit_logs')
      .where({ chain: `bot/${id}` })
      .orderBy('number');
  await stack.until('the order to be recorded', async () => (await chain()).length === 3);
  await call('POST', `/api/v1/bots/${id}/pause`);
  await call('POST', `/api/v1/bots/${id}/resume`);
  await call('PUT', `/api/v1/bots/${id}`, { trailing_percent: 2 });
  await call('POST', `/api/v1/bots/${id}/stop`);
  await call('DELETE', `/api/v1/bots/${id}`);
  const entries = await chain();
  t.deepEqual(
    entries.map(({ action }) => action),
    [
      ...['bot.create', 'bot.start', 'order.place', 'bot.pause', 'bot.resume', 'bot.configure', 'bot.stop'],
      'bot.delete',
    ],
  );
  for (const { user_id } of entries) t.is(user_id, stack.owner.id);
  t.like(entries[2].details, { symbol: 'BTC/USDT', side: 'BUY', type: 'LIMIT', reduceOnly: false });
});

test('scalper-bot 24: a repeat starts no second run and places no second order', async (t) => {
  const stack = await stackOfAll(t);
  const call = callerOf(stack.api.url);
  const { id } = (await post(call, ETH)).body;
  const resting = () => stack.knex('orders').where({ bot_id: id, status: 'OPEN' });
  await stack.until('the order to rest', async () => (await resting()).length > 0);
  const handle = stack.temporal.client.workflow.getHandle(`bot/${id}`);
  const { runId } = await handle.describe();
  t.deepEqual(await ask(call, id, 'start'), ['ACTIVE', false]);
  t.deepEqual(await ask(call, id, 'start'), ['ACTIVE', false]);
  t.is((await handle.describe()).runId, runId);
  t.is((await resting()).length, 1);
  t.is((await stack.knex('order_intents').where({ bot_id: id })).length, 1);
  t.deepEqual(acceptedOn('ETHUSDT', stack), ['NEW']);
  t.deepEqual(await ask(call, id, 'stop'), ['STOPPED', true]);
  t.deepEqual(await ask(call, id, 'stop'), ['STOPPED', false]);
  await stack.until('the one order to be cancelled', () =>
    isDeepStrictEqual(acceptedOn('ETHUSDT', stack), ['CANCELED']),
  );
});

test('scalper-bot 22, 26 and 35: a round trip is told as it happened, and is gone with its bot', async (t) => {
  const stack = await stackOfAll(t);
  const call = callerOf(stack.api.url);
  const { id } = (await post(call, { ...BNB, infinite_loop: false })).body;
  const path = `/api/v1/bots/${id}`;
  for (const [side, price] of [
    ['BUY', '579'],
    ['SELL', '621'],
  ] as const) {
    await stack.until(`the ${side} to rest`, () =>
      stack.knex('orders').where({ bot_id: id, side, status: 'OPEN' }).first(),
    );
    stack.exchange.control.movePrice('BNBUSDT', price);
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
      ['SELL', 1, 620],
      ['BUY', 1, 580],
    ],
  );
  const [sale, purchase] = trades;
  t.is(purchase!.pnl, null);
  const cents = (amount: number) => Math.round(amount * 1e8);
  t.is(cents(sale!.pnl!), cents(620 - 580 - sale!.commission - purchase!.commission));
  t.is(done.pnl, sale!.pnl!);
  const statistics = await call('GET', '/api/v1/bots/statistics/summary');
  t.like(statistics.body, { total_pnl: done.pnl, total_trades: 2 });

  t.is((await call('DELETE', path)).status, 204);
  t.is((await call('GET', path)).status, 404);
  t.deepEqual(await stack.knex('trades'), []);
  const logs = await stack.knex('activity_logs').whereLike('message', '%BNB/USDT%');
  t.true(logs.length >= 5);
  t.true(logs.every(({ bot_id }) => bot_id === null));
});

test('A new price replaces the order of a running bot, and a deleted bot leaves none behind', async (t) => {
  const stack = await stackOfAll(t);
  const call = callerOf(stack.api.url);
  const { id } = (await post(call, SOL)).body;
  const path = `/api/v1/bots/${id}`;
  const restingAt = (price: string) =>
    stack.until(`an order to rest at ${price}`, () =>
      stack.knex('orders').where({ bot_id: id, status: 'OPEN' }).andWhere('price', price).first(),
    );
  await restingAt('100');
  t.is((await call<BotBody>('PUT', path, { buy_price: 90 })).body.buy_price, 90);
  await restingAt('90');
  t.is((await stack.knex('orders').where({ bot_id: id, status: 'OPEN' })).length, 1);
  t.is((await call('DELETE', path)).status, 204);
  t.is((await call('GET', path)).status, 404);
  t.deepEqual(acceptedOn('SOLUSDT', stack), ['CANCELED', 'CANCELED']);
});

test('A bot on an exchange without an account is made, and says why it is in ERROR', async (t) => {
  const stack = await stackOfAll(t);
  const call = callerOf(stack.api.url);
  const { status, body } = await post(call, { ...PLAIN, exchange: 'CoinDCX F' });
  t.is(status, 201);
  t.is(body.status, 'ERROR');
  const { body: why } = await call<{ status: string; error: string }>('GET', `/api/v1/bots/${body.id}/why`);
  t.is(why.status, 'ERROR');
  t.truthy(why.error);
  t.true((await messages(call, '/api/v1/logs/?level=ERROR')).length > 0);
});
