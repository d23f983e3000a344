import test from 'ava';
import { FLAT } from '../position.ts';
import { readBot, type Bot } from '../bot.ts';
import type { Candle } from '../market.ts';
import { candlesOf } from '../testing/facts.ts';
import { runOf } from '../testing/matching-loop.ts';

/** A short period, so that a few candles say all. */
function rsiBot(parameters: Record<string, unknown> = {}): Bot {
  const settings = { timeframe: '1m', period: 3, quantity: '0.01', ...parameters };
  return readBot({ strategy: 'rsi-reversal', parameters: settings, protections: {} });
}

const FALL = [100, 99, 98, 97, 96, 95];
/** RSI(3) comes from 0 to above 30 with the last close. */
const TURN_UP = [...FALL, 97];
/** From 100 to under 70 with the last close. */
const RISE = [...TURN_UP, 99, 101, 103, 105];
const TURN_DOWN = [...RISE, 102];

/** BTC at a price at which the quantity is above the minimum. */
function candles(closes: readonly number[]): Candle[] {
  return candlesOf(closes.map((close) => close * 100));
}

test('it warms up first and says so', (t) => {
  const run = runOf(rsiBot());
  const cold = run.step({ price: '10000', candles: candles([100, 101, 102, 103]) });
  t.deepEqual(cold.intents, []);
  t.is(cold.reasons[0]?.detail, 'RSI(3) on 1m needs 5 closed candles; 4 are there.');
  t.is(cold.reasons[0]?.code, 'warm_up');
});

test('it buys when the RSI rises through oversold, and sells all when it falls through overbought', (t) => {
  const run = runOf(rsiBot(), { feeAsset: 'USDT' });
  t.is(run.step({ price: '9500', candles: candles(FALL) }).reasons[0]?.code, 'no_signal');
  t.like(run.step({ price: '9700', candles: candles(TURN_UP) }).intents, [
    { side: 'BUY', type: 'MARKET', quantity: '0.01', cycle: 1 },
  ]);
  t.is(run.position.quantity, '0.01');
  run.step({ price: '10500', candles: candles(RISE) });
  t.like(run.step({ price: '10200', candles: candles(TURN_DOWN) }).intents, [
    { side: 'SELL', type: 'MARKET', quantity: '0.01', reduceOnly: true },
  ]);
  t.is(run.position.quantity, '0');
  run.step({ price: '10200' });
  t.like(run.session.strategy, { entry: null, exit: null });
});

test('one candle gives one decision', (t) => {
  const run = runOf(rsiBot());
  run.step({ price: '9500', candles: candles(FALL) });
  run.step({ price: '9700', candles: candles(TURN_UP) });
  run.step({ price: '9700', candles: candles(TURN_UP) });
  t.deepEqual([run.position.quantity, run.fills.length], ['0.01', 1]);
  run.position = FLAT;
  run.step({ price: '9700', candles: candles(TURN_UP) });
  t.is(run.fills.length, 1);
});

test('a quote amount buys as much as it pays for, rounded down', (t) => {
  const run = runOf(rsiBot({ quantity: undefined, quoteAmount: '250' }));
  run.step({ price: '9500', candles: candles(FALL) });
  t.like(run.step({ price: '9700', candles: candles(TURN_UP) }).intents, [{ quantity: '0.02577' }]);
});

test('a limit entry rests at the price of its signal and lapses when the next candle has nothing of it', (t) => {
  const run = runOf(rsiBot({ orderType: 'LIMIT' }));
  run.step({ price: '9500', candles: candles(FALL) });
  const entered = run.step({ price: '9700', candles: candles(TURN_UP), share: 0 });
  t.like(entered.intents, [{ type: 'LIMIT', price: '9700' }]);
  run.orders = [];
  t.deepEqual(run.step({ price: '9750', candles: candles([...TURN_UP, 97.5]) }).intents, []);
});

test('a partly filled limit entry goes on, and the sign to sell takes its rest back before selling', (t) => {
  const run = runOf(rsiBot({ orderType: 'LIMIT' }));
  run.step({ price: '9500', candles: candles(FALL) });
  run.step({ price: '9700', candles: candles(TURN_UP), share: 50 });
  t.is(run.position.quantity, '0.005');
  t.is(run.step({ price: '10500', candles: candles(RISE) }).reasons[0]?.code, 'waiting_for_fill');
  const turned = run.step({ price: '10200', candles: candles(TURN_DOWN) });
  t.deepEqual(
    turned.intents.map(({ kind }) => kind),
    ['cancel'],
  );
  t.like(run.step({ price: '10200' }).intents, [{ side: 'SELL', quantity: '0.005', price: '10200' }]);
});

test('a sign to sell that was missed still counts, one to buy does not', (t) => {
  const holding = runOf(rsiBot());
  holding.step({ price: '9500', candles: candles(FALL) });
  holding.step({ price: '9700', candles: candles(TURN_UP) });
  const late = holding.step({ price: '10200', candles: candles([...TURN_DOWN, 102.1]) });
  t.like(late.intents, [{ side: 'SELL' }]);
  const waiting = runOf(rsiBot());
  waiting.step({ price: '9500', candles: candles(FALL) });
  t.deepEqual(waiting.step({ price: '9800', candles: candles([...TURN_UP, 98]) }).intents, []);
});

test('paused, a sign to buy is not kept for later', (t) => {
  const run = runOf(rsiBot());
  run.step({ price: '9500', candles: candles(FALL) });
  t.deepEqual(run.step({ price: '9700', candles: candles(TURN_UP), mode: 'PAUSED' }).intents, []);
  t.deepEqual(run.step({ price: '9700', candles: candles(TURN_UP) }).intents, []);
  t.like(run.session.strategy, { cycle: 0, entry: null });
});

test('finishing, it is done once flat', (t) => {
  const run = runOf(rsiBot());
  run.step({ price: '9500', candles: candles(FALL) });
  run.step({ price: '9700', candles: candles(TURN_UP) });
  t.false(run.step({ price: '10500', candles: candles(RISE), mode: 'FINISHING' }).done);
  run.step({ price: '10200', candles: candles(TURN_DOWN), mode: 'FINISHING' });
  t.true(run.step({ price: '10200', mode: 'FINISHING' }).done);
});

test('it asks for enough candles that older ones weigh nothing', (t) => {
  const bot = rsiBot({ period: 14, timeframe: '5m' });
  t.deepEqual(bot.strategy.candles(bot.parameters), { timeframe: '5m', count: 142 });
});

for (const [wrong, field] of [
  [{ oversold: 70, overbought: 30 }, 'overbought'],
  [{ quoteAmount: '100' }, 'quantity'],
  [{ quantity: undefined }, 'quantity'],
  [{ timeframe: '2m' }, 'timeframe'],
  [{ period: 1 }, 'period'],
] as const) {
  test(`parameters with ${JSON.stringify(wrong)} are refused on ${field}`, (t) => {
    t.throws(() => rsiBot(wrong), { message: new RegExp(`^Change the bot's settings: ${field}: `) });
  });
}
