import test from 'ava';
import { decide } from '../decide.ts';
import type { PlaceIntent } from '../orders.ts';
import { FLAT, type Position } from '../position.ts';
import { startSession } from '../session.ts';
import { contextOf, orderOf, pingPongBot, tick } from '../testing/facts.ts';
import { runOf, type Run } from '../testing/matching-loop.ts';
import { protectionsSchema } from './schema.ts';

/** A run that holds 0.01 BTC bought at 45000, its sale resting. */
function holding(protections: Record<string, unknown>, parameters: Record<string, unknown> = {}): Run {
  const run = runOf(pingPongBot({ buyPrice: '45000', ...parameters }, protections));
  for (const price of ['45500', '45000', '45000']) run.step({ price });
  return run;
}

const LONG: Position = { ...FLAT, quantity: '0.01', cost: '450' };
const EXIT = { leg: 'exit', side: 'SELL', type: 'MARKET', quantity: '0.01', reduceOnly: true };

test('stop-loss takes the resting order back first, then closes at market', (t) => {
  const run = holding({ stopLoss: '5' });
  t.deepEqual(run.step({ price: '42751' }).intents, []);
  const [resting] = run.orders;
  const first = run.step({ price: '42750' });
  t.deepEqual(first.intents, [{ kind: 'cancel', clientOrderId: resting!.clientOrderId }]);
  t.deepEqual(first.reasons, [
    {
      code: 'protective_exit',
      detail: 'stop_loss: price 42750 is 5.00 % worse than the average; the limit is 5 %.',
      at: 5_000,
    },
  ]);
  t.like(run.step({ price: '42700' }).intents, [EXIT]);
  t.like(run.position, { quantity: '0', realised: '-23' });
});

test('a stop-loss once touched goes through, though the price comes back', (t) => {
  const run = holding({ stopLoss: '5' });
  run.step({ price: '42750' });
  t.like(run.step({ price: '45500' }).intents, [EXIT]);
});

test('a stop-loss works while paused', (t) => {
  const run = holding({ stopLoss: '5' });
  run.step({ price: '42750', mode: 'PAUSED' });
  t.like(run.step({ price: '42750', mode: 'PAUSED' }).intents, [EXIT]);
});

test('after a stop-loss the round is over: without a loop the bot is done', (t) => {
  const run = holding({ stopLoss: '5' }, { infiniteLoop: false });
  run.step({ price: '42750' });
  run.step({ price: '42750' });
  t.true(run.step({ price: '42750' }).done);
});

test('a stop-loss on what was sold first buys it back', (t) => {
  const run = runOf(pingPongBot({ firstOrder: 'SELL' }, { stopLoss: '5' }));
  for (const price of ['45500', '46000', '46000', '48300']) run.step({ price });
  t.like(run.step({ price: '48300' }).intents, [{ ...EXIT, side: 'BUY' }]);
});

test('an order with an unknown outcome counts as sold: the exit never sells more than is held', (t) => {
  const bot = pingPongBot({}, { stopLoss: '5' });
  const sale: PlaceIntent = {
    kind: 'place',
    ...EXIT,
    leg: 'main',
    cycle: 1,
    side: 'SELL',
    type: 'LIMIT',
    price: '46000',
  };
  const unknown = (quantity: string) =>
    contextOf({ position: LONG, orders: [orderOf({ ...sale, quantity }, { status: 'UNKNOWN' })] });
  const session = startSession(bot, null);
  t.like(decide(bot, session, tick('42000'), unknown('0.004')).intents, [{ ...EXIT, quantity: '0.006' }]);
  const blocked = decide(bot, session, tick('42000'), unknown('0.01'));
  t.deepEqual(blocked.intents, []);
  t.deepEqual(
    blocked.reasons.map(({ code }) => code),
    ['protective_exit', 'unknown_order_pending'],
  );
});

test('an exit under way is waited for', (t) => {
  const bot = pingPongBot({}, { stopLoss: '5' });
  const exit = orderOf({ kind: 'place', ...EXIT, cycle: 1, side: 'SELL', type: 'MARKET', price: null });
  const verdict = decide(
    bot,
    startSession(bot, null),
    tick('42000'),
    contextOf({ position: LONG, orders: [exit] }),
  );
  t.deepEqual(verdict.intents, []);
  t.is(verdict.reasons.at(-1)?.code, 'waiting_for_fill');
});

test('a stop-loss refuses an entry that would be too small to be closed at its stop price', (t) => {
  const verdict = runOf(pingPongBot({ quantity: '0.00012', buyPrice: '45000' }, { stopLoss: '10' })).step({
    price: '45500',
  });
  t.deepEqual(verdict.intents, []);
  t.is(verdict.reasons[0]?.code, 'risk_refused');
  t.regex(verdict.reasons[0]!.detail, /^stop_loss: 0\.00012 BTC at the stop price 40500 /);
});

test('what is too small to be closed sets off neither stop-loss nor take-profit', (t) => {
  for (const price of ['40000', '50000']) {
    const bot = pingPongBot({}, { stopLoss: '5', takeProfit: '5' });
    const small = { ...FLAT, quantity: '0.00009', cost: '4.05' };
    t.is(
      decide(bot, startSession(bot, null), tick(price), contextOf({ position: small })).session.protections
        .closing,
      null,
    );
  }
});

test('take-profit closes at its gain', (t) => {
  const run = holding({ takeProfit: '2' }, { sellPrice: '60000' });
  t.deepEqual(run.step({ price: '45899' }).intents, []);
  t.is(run.step({ price: '45900' }).intents[0]?.kind, 'cancel');
  t.like(run.step({ price: '45900' }).intents, [EXIT]);
});

test('maximum drawdown closes, then stops the bot with an error; a new start measures anew', (t) => {
  const run = holding({ maxDrawdown: '10' });
  run.step({ price: '40500' });
  t.like(run.step({ price: '40500' }).intents, [EXIT]);
  const halted = run.step({ price: '40500' });
  t.is(halted.halt?.code, 'max_drawdown');
  t.regex(halted.halt!.message, /equity is 10\.00 % below its peak; the limit is 10 %/);
  t.is(run.step({ price: '45500' }).halt?.code, 'max_drawdown');
  run.session = startSession(run.bot, run.session);
  t.is(run.step({ price: '45500' }).halt, null);
});

test('drawdown is measured from the peak, profit made before counted', (t) => {
  const run = runOf(pingPongBot({ buyPrice: '45000', sellPrice: '90000' }, { maxDrawdown: '10' }));
  for (const price of ['45500', '45000', '45000', '60000']) run.step({ price });
  t.is(run.step({ price: '54001' }).session.protections.closing, null);
  t.is(run.step({ price: '54000' }).session.protections.closing?.rule, 'max_drawdown');
});

test('a cooldown follows a fill that closed at a loss', (t) => {
  const run = holding({ stopLoss: '5', cooldown: 60 });
  run.step({ price: '42750', at: 10_000 });
  run.step({ price: '42750', at: 11_000 });
  const cooling = run.step({ price: '45500', at: 70_000 });
  t.deepEqual(
    [cooling.intents, cooling.reasons],
    [[], [{ code: 'cooldown', detail: 'cooldown: 1 s left after the last loss.', at: 70_000 }]],
  );
  t.like(run.step({ price: '45500', at: 71_000 }).intents, [{ side: 'BUY' }]);
});

test('a gain is followed by no cooldown', (t) => {
  const run = holding({ cooldown: 60 });
  run.step({ price: '46000' });
  t.is(run.orders[0]?.side, 'BUY');
});

test('a daily loss opens nothing more until the UTC day is over', (t) => {
  const run = holding({ stopLoss: '5', dailyLoss: '20' });
  run.step({ price: '42750' });
  run.step({ price: '42750' });
  t.is(
    run.step({ price: '45500', at: 86_399_999 }).reasons[0]?.detail,
    'daily_loss: 22.5 USDT lost today; the limit is 20. It ends with the UTC day.',
  );
  t.like(run.step({ price: '45500', at: 86_400_000 }).intents, [{ side: 'BUY' }]);
});

test('maximum position counts what is held, what waits and what is wanted', (t) => {
  const refused = runOf(pingPongBot({ buyPrice: '45000' }, { maxPosition: '449.99' })).step({
    price: '45500',
  });
  t.is(refused.reasons[0]?.detail, 'max_position: 450 USDT would be at work; the limit is 449.99.');
  const allowed = runOf(pingPongBot({ buyPrice: '45000' }, { maxPosition: '450' })).step({ price: '45500' });
  t.is(allowed.intents.length, 1);
});

test('maximum position never hinders an exit', (t) => {
  const run = holding({ maxPosition: '450' });
  t.is(run.orders[0]?.side, 'SELL');
});

test('minimum balance stays free; while the balance is not known it is silent', (t) => {
  const bot = pingPongBot({ buyPrice: '45000' }, { minBalance: '100' });
  const session = startSession(bot, null);
  const withFree = (quote: string) =>
    decide(bot, session, tick('45500'), contextOf({ free: { base: '0', quote } }));
  t.is(
    withFree('549.99').reasons[0]?.detail,
    'min_balance: 99.99 USDT would be left free; at least 100 must stay.',
  );
  t.is(withFree('550').intents.length, 1);
  t.is(decide(bot, session, tick('45500'), contextOf()).intents.length, 1);
});

test('a rule that is not set leaves no trace in the state', (t) => {
  const run = holding({});
  t.deepEqual(run.session.protections, { closing: null, peak: null, day: null, lastLossAt: null });
});

test('settings that are no limits are refused', (t) => {
  for (const wrong of [
    { stopLoss: '0' },
    { stopLoss: '101' },
    { stopLoss: 5 },
    { cooldown: 0 },
    { maxPosition: '-1' },
    { stoploss: '5' },
  ])
    t.false(protectionsSchema.safeParse(wrong).success, JSON.stringify(wrong));
  t.true(protectionsSchema.safeParse({}).success);
});
