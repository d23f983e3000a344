import test from 'ava';
import { applyOwnFill } from './own-fill.ts';
import { FLAT } from './position.ts';
import { startSession } from './session.ts';
import { BTC_USDT, fillOf, pingPongBot } from './testing/facts.ts';

const MAIN = { leg: 'main', cycle: 1 };
const CONTEXT = { market: BTC_USDT, orders: [] };

test('a fill moves position and strategy together', (t) => {
  const bot = pingPongBot();
  const fill = { ...fillOf({ side: 'BUY', price: '45000', quantity: '0.004', at: 7 }), ...MAIN };
  const effect = applyOwnFill(bot.strategy, startSession(bot, null), FLAT, fill, CONTEXT);
  t.is(effect.position.quantity, '0.004');
  t.like(effect.session.strategy, { leg: 'opening', filled: '0.004', since: 7 });
});

test('an opening fill realises nothing, a closing one what it made', (t) => {
  const bot = pingPongBot();
  const buy = { ...fillOf({ side: 'BUY', price: '45000', quantity: '0.01' }), ...MAIN };
  const opened = applyOwnFill(bot.strategy, startSession(bot, null), FLAT, buy, CONTEXT);
  t.is(opened.realised, null);
  const sale = { ...fillOf({ side: 'SELL', price: '46000', quantity: '0.01', fee: '0.46' }), ...MAIN };
  t.is(applyOwnFill(bot.strategy, opened.session, opened.position, sale, CONTEXT).realised, '9.54');
});

test('only a fill that closed at a loss begins a cooldown', (t) => {
  const bot = pingPongBot();
  const held = { ...FLAT, quantity: '0.01', cost: '450' };
  const lastLossAfter = (price: string) => {
    const fill = { ...fillOf({ side: 'SELL', price, quantity: '0.01', at: 99 }), ...MAIN };
    return applyOwnFill(bot.strategy, startSession(bot, null), held, fill, CONTEXT).session.protections
      .lastLossAt;
  };
  t.deepEqual([lastLossAfter('44999'), lastLossAfter('45000'), lastLossAfter('45001')], [99, null, null]);
});

test('a fill of another leg or cycle is not counted on this one', (t) => {
  const bot = pingPongBot();
  for (const other of [
    { leg: 'exit', cycle: 1 },
    { leg: 'main', cycle: 9 },
  ]) {
    const fill = { ...fillOf({ side: 'BUY', price: '45000', quantity: '0.01' }), ...other };
    t.like(applyOwnFill(bot.strategy, startSession(bot, null), FLAT, fill, CONTEXT).session.strategy, {
      filled: '0',
    });
  }
});
