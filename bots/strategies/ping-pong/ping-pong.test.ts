import test from 'ava';
import { FLAT } from '../../position.ts';
import { startSession } from '../../session.ts';
import { decide } from '../../decide.ts';
import { candlesOf, contextOf, orderOf, pingPongBot, tick } from '../../testing/facts.ts';
import { runOf, type Run } from '../../testing/matching-loop.ts';
import type { PlaceIntent } from '../../orders.ts';

const BUY: PlaceIntent = {
  kind: 'place',
  leg: 'main',
  cycle: 1,
  side: 'BUY',
  type: 'LIMIT',
  quantity: '0.01',
  price: '45000.5',
  reduceOnly: false,
};

/** Sides and prices of what has been executed. */
function trades(run: Run): string[] {
  return run.fills.map(({ side, quantity, price }) => `${side} ${quantity} @ ${price}`);
}

test('scalper-bot 35: it buys at the buy price, then sells at the sell price', (t) => {
  const run = runOf(pingPongBot({ buyPrice: '45000' }), { feeAsset: 'USDT' });
  t.deepEqual(run.step({ price: '45500' }).intents, [{ ...BUY, price: '45000' }]);
  run.step({ price: '45000' });
  t.like(run.orders[0], { side: 'SELL', quantity: '0.01', price: '46000' });
  run.step({ price: '46000' });
  t.deepEqual(trades(run), ['BUY 0.01 @ 45000', 'SELL 0.01 @ 46000']);
  t.deepEqual(run.realised, [null, '9.09']);
  t.deepEqual(run.position, { ...FLAT, realised: '9.09' });
});

test('scalper-bot 36: without a loop it is done after one round, and stays so until it is started again', (t) => {
  const bot = pingPongBot({ infiniteLoop: false });
  const run = runOf(bot);
  for (const price of ['45500', '45000', '46000']) run.step({ price });
  const last = run.step({ price: '45000' });
  t.true(last.done);
  t.deepEqual([last.intents, run.orders], [[], []]);
  t.true(run.step({ price: '45000' }).done);
  run.session = startSession(bot, run.session);
  t.deepEqual(run.step({ price: '45500' }).intents, [{ ...BUY, cycle: 2 }]);
});

test('scalper-bot 36: with a loop the next buy follows', (t) => {
  const run = runOf(pingPongBot());
  for (const price of ['45500', '45000', '46000']) run.step({ price });
  t.deepEqual(
    run.orders.map(({ side, cycle }) => ({ side, cycle })),
    [{ side: 'BUY', cycle: 2 }],
  );
});

test('scalper-bot 37: sold first it runs mirrored', (t) => {
  const run = runOf(pingPongBot({ firstOrder: 'SELL', infiniteLoop: false }), { feeAsset: 'USDT' });
  for (const price of ['45500', '46000', '45000']) run.step({ price });
  t.true(run.step({ price: '45500' }).done);
  t.deepEqual(trades(run), ['SELL 0.01 @ 46000', 'BUY 0.01 @ 45000']);
  t.deepEqual(run.position, { ...FLAT, realised: '9.09' });
});

test('scalper-bot 38: trailing by 1 %, it sells about 1 % under the highest and not at the target', (t) => {
  const run = runOf(pingPongBot({ trailingPercent: '1' }));
  for (const price of ['45000', '44000', '44500', '46000', '48000', '47521']) run.step({ price });
  t.deepEqual(trades(run), ['BUY 0.01 @ 44500']);
  t.deepEqual(run.orders, []);
  run.step({ price: '47520' });
  t.deepEqual(trades(run), ['BUY 0.01 @ 44500', 'SELL 0.01 @ 47520']);
});

test('scalper-bot 38: trailing never sells below the sell price, however fast the price falls', (t) => {
  const run = runOf(pingPongBot({ trailingPercent: '1' }));
  for (const price of ['45000', '44000', '44500', '46100']) run.step({ price });
  const fallen = run.step({ price: '45000' });
  t.like(fallen.intents[0], { side: 'SELL', price: '46000' });
  t.is(run.fills.length, 1);
  t.deepEqual(run.step({ price: '45900' }).intents, []);
  run.step({ price: '46000' });
  t.deepEqual(trades(run).at(-1), 'SELL 0.01 @ 46000');
});

test('trailing buys mirrored: after the lowest, under the ceiling of the buy price', (t) => {
  const run = runOf(pingPongBot({ trailingPercent: '1' }));
  for (const price of ['45000', '44000', '44439']) run.step({ price });
  t.deepEqual(run.fills, []);
  const turned = run.step({ price: '44440' });
  t.deepEqual(turned.intents, [BUY]);
});

test('trailing of 0 is no trailing', (t) => {
  t.deepEqual(runOf(pingPongBot({ trailingPercent: '0' })).step({ price: '45500' }).intents, [BUY]);
});

test('the highest price survives a restart, and highs missed meanwhile are made up for', (t) => {
  const run = runOf(pingPongBot({ trailingPercent: '1' }));
  for (const price of ['45000', '44000', '44500', '46000', '47000']) run.step({ price });
  run.session = JSON.parse(JSON.stringify(run.session));
  const missed = candlesOf([47_500, 47_900], 60_000).map((candle) => ({
    ...candle,
    high: 48_000,
    low: 44_000,
  }));
  run.step({ price: '47800', at: 200_000, missed });
  t.like(run.session.strategy, { watermark: { extreme: '48000', triggered: false } });
  run.step({ price: '47520' });
  t.is(trades(run).at(-1), 'SELL 0.01 @ 47520');
});

test('a candle that opened before the leg began moves nothing', (t) => {
  const run = runOf(pingPongBot({ trailingPercent: '1' }));
  for (const price of ['45000', '44000', '44500']) run.step({ price });
  run.step({ price: '45000', at: 60_000, missed: candlesOf([49_000], 0) });
  t.like(run.session.strategy, { leg: 'closing', watermark: { extreme: null } });
});

test('the reason tells what is awaited while nothing is on the venue', (t) => {
  const run = runOf(pingPongBot({ trailingPercent: '1' }));
  const waits = run.step({ price: '45500' });
  t.deepEqual(waits.reasons, [
    { code: 'no_signal', detail: 'Waiting for 45000.5 to be touched before the BUY.', at: 1_000 },
  ]);
  const follows = run.step({ price: '44000' });
  t.is(follows.reasons[0]?.detail, 'Following the lowest, 44000: buys at 44440.');
});

test('partial fills wait on the order that rests', (t) => {
  const run = runOf(pingPongBot());
  run.step({ price: '45500' });
  const waits = run.step({ price: '45000', share: 40 });
  t.deepEqual(waits.intents, []);
  t.is(waits.reasons[0]?.code, 'waiting_for_fill');
  t.like(run.orders[0], { side: 'BUY', quantity: '0.01' });
});

test('stopped while partly filled, the rest of that side is due at the next start', (t) => {
  const bot = pingPongBot();
  const run = runOf(bot);
  run.step({ price: '45500' });
  run.step({ price: '45000.5', share: 40 });
  const bought = run.position.quantity;
  run.orders = [];
  run.session = startSession(bot, run.session);
  const [rest] = run.step({ price: '45500', missed: [] }).intents;
  t.is(bought, '0.0064');
  t.deepEqual(rest, { ...BUY, quantity: '0.0036' });
});

test('scalper-bot 39: stopped while holding, it goes on with the sale', (t) => {
  const bot = pingPongBot();
  const run = runOf(bot);
  for (const price of ['45500', '45000']) run.step({ price });
  run.orders = [];
  run.session = startSession(bot, run.session);
  t.like(run.step({ price: '45500', missed: [] }).intents, [
    { side: 'SELL', quantity: '0.01', price: '46000' },
  ]);
});

test('a rest below the minimum ends the leg: what has been bought is sold', (t) => {
  const run = runOf(pingPongBot());
  run.step({ price: '45500' });
  run.step({ price: '45000.5', share: 99 });
  run.orders = [];
  t.like(run.step({ price: '45500' }).intents, [{ side: 'SELL', quantity: '0.00999' }]);
});

test('with the fee in base it sells what is left of the purchase, and the rest is dust', (t) => {
  const run = runOf(pingPongBot({ quantity: '0.012345' }), { feeAsset: 'BTC' });
  for (const price of ['45500', '45000']) run.step({ price });
  t.is(run.position.quantity, '0.01232766');
  t.like(run.orders[0], { side: 'SELL', quantity: '0.01232' });
  run.step({ price: '45500' });
  const { session, position, orders } = run;
  const sold = Object.assign(runOf(run.bot), { session, position, orders });
  sold.step({ price: '46000' });
  t.like(sold.position, { quantity: '0', dust: '0.00000766' });
});

test('a changed price takes the waiting order back now and replaces it once it is gone', (t) => {
  const run = runOf(pingPongBot());
  run.step({ price: '45500' });
  run.bot = pingPongBot({ buyPrice: '44000' });
  const [order] = run.orders;
  const first = run.step({ price: '45500', missed: [] });
  t.deepEqual(first.intents, [{ kind: 'cancel', clientOrderId: order!.clientOrderId }]);
  t.deepEqual(run.step({ price: '45500' }).intents, [{ ...BUY, price: '44000' }]);
});

test('a changed quantity replaces an opening order, what is filled counted', (t) => {
  const run = runOf(pingPongBot());
  run.step({ price: '45500' });
  run.step({ price: '45000.5', share: 40 });
  run.bot = pingPongBot({ quantity: '0.02' });
  t.is(run.step({ price: '45500' }).intents[0]?.kind, 'cancel');
  t.like(run.step({ price: '45500' }).intents, [{ side: 'BUY', quantity: '0.0136' }]);
});

test('an order cut to the most that the market takes is left alone, and the rest follows it', (t) => {
  const market = { ...contextOf().market, maxQuantity: '0.006' };
  const run = runOf(pingPongBot(), { market });
  t.like(run.step({ price: '45500' }).intents, [{ quantity: '0.006' }]);
  t.deepEqual(run.step({ price: '45000.5', share: 10 }).intents, []);
  t.like(run.step({ price: '45000.5' }).intents, [{ side: 'BUY', quantity: '0.004' }]);
});

for (const status of ['SENDING', 'UNKNOWN'] as const) {
  test(`an order whose outcome is ${status} blocks the leg`, (t) => {
    const bot = pingPongBot();
    const context = contextOf({ orders: [orderOf(BUY, { status })] });
    const verdict = decide(bot, startSession(bot, null), tick('44000'), context);
    t.deepEqual(verdict.intents, []);
    t.is(verdict.reasons[0]?.code, 'unknown_order_pending');
  });
}

test('an adopted order that is not the wanted one is taken back', (t) => {
  const bot = pingPongBot();
  const adopted = orderOf({ ...BUY, leg: 'adopted' });
  const verdict = decide(bot, startSession(bot, null), tick('45500'), contextOf({ orders: [adopted] }));
  t.deepEqual(verdict.intents, [{ kind: 'cancel', clientOrderId: adopted.clientOrderId }]);
});

test('an order that vanished is placed again', (t) => {
  const run = runOf(pingPongBot());
  run.step({ price: '45500' });
  run.orders = [];
  t.deepEqual(run.step({ price: '45500' }).intents, [BUY]);
});

test('paused it takes entries back and opens none; resumed it goes on', (t) => {
  const run = runOf(pingPongBot());
  run.step({ price: '45500' });
  t.is(run.step({ price: '45500', mode: 'PAUSED' }).intents[0]?.kind, 'cancel');
  const paused = run.step({ price: '45500', mode: 'PAUSED' });
  t.deepEqual([paused.intents, paused.reasons[0]?.code], [[], 'paused']);
  t.deepEqual(run.step({ price: '45500' }).intents, [BUY]);
});

test('paused it keeps its exit and places it', (t) => {
  const run = runOf(pingPongBot());
  for (const price of ['45500', '45000']) run.step({ price });
  t.deepEqual(run.step({ price: '45500', mode: 'PAUSED' }).intents, []);
  t.is(run.orders[0]?.side, 'SELL');
  run.orders = [];
  t.like(run.step({ price: '45500', mode: 'PAUSED' }).intents, [{ side: 'SELL', reduceOnly: true }]);
});

test('finishing, it is done at once when nothing has been begun', (t) => {
  const run = runOf(pingPongBot());
  run.step({ price: '45500' });
  t.is(run.step({ price: '45500', mode: 'FINISHING' }).intents[0]?.kind, 'cancel');
  t.true(run.step({ price: '45500', mode: 'FINISHING' }).done);
});

test('finishing, it ends the round it is in and begins no other', (t) => {
  const run = runOf(pingPongBot());
  for (const price of ['45500', '45000']) run.step({ price });
  run.step({ price: '45500', mode: 'FINISHING' });
  t.is(run.orders[0]?.side, 'SELL');
  t.true(run.step({ price: '46000', mode: 'FINISHING' }).done);
  t.deepEqual(run.orders, []);
});

test('a position closed from outside ends the round', (t) => {
  const run = runOf(pingPongBot());
  for (const price of ['45500', '45000']) run.step({ price });
  run.orders = [];
  run.position = FLAT;
  t.deepEqual(run.step({ price: '45500' }).intents, [{ ...BUY, cycle: 2 }]);
});

test('a position closed from outside in the middle of an opening leg begins a new round whole', (t) => {
  const run = runOf(pingPongBot());
  run.step({ price: '45500' });
  run.step({ price: '45000.5', share: 40 });
  run.orders = [];
  run.position = FLAT;
  t.deepEqual(run.step({ price: '45500' }).intents, [{ ...BUY, cycle: 2 }]);
});

test('what is held is closed whole before a round begins with the other side', (t) => {
  const run = runOf(pingPongBot());
  run.step({ price: '45500' });
  run.step({ price: '45000.5', share: 60 });
  t.is(run.position.quantity, '0.0084');
  run.orders = [];
  run.bot = pingPongBot({ firstOrder: 'SELL' });
  t.like(run.step({ price: '45500' }).intents, [{ side: 'SELL', quantity: '0.0084', reduceOnly: true }]);
});
