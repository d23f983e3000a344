import test from 'ava';
import type { Bot } from './bot.ts';
import { decide, type BotContext } from './decide.ts';
import type { Intent, PlaceIntent } from './orders.ts';
import { FLAT, type Position } from './position.ts';
import { startSession } from './session.ts';
import type { Strategy } from './strategy.ts';
import { contextOf, orderOf, pingPongBot, tick } from './testing/facts.ts';

const LONG: Position = { ...FLAT, quantity: '0.01', cost: '450' };
const BUY: PlaceIntent = {
  kind: 'place',
  leg: 'main',
  cycle: 1,
  side: 'BUY',
  type: 'LIMIT',
  quantity: '0.01',
  price: '45000',
  reduceOnly: false,
};
const SELL: PlaceIntent = { ...BUY, side: 'SELL', price: '46000', reduceOnly: true };

/** A bot whose strategy always wants the same. */
function wanting(...intents: Intent[]): Bot {
  const { strategy, ...rest } = pingPongBot();
  const stubborn: Strategy = {
    ...strategy,
    decide: (state, _event, { position }) => ({ state, position, intents, reasons: [], done: false }),
  };
  return { strategy: stubborn, ...rest };
}

function limitedTo(bot: Bot, maxPosition: string): Bot {
  return { ...bot, protections: { maxPosition } };
}

function verdictOn(bot: Bot, facts: Partial<BotContext> = {}) {
  return decide(bot, startSession(bot, null), tick('45500'), contextOf(facts));
}

test('prices and quantities are rounded to the market', (t) => {
  const verdict = verdictOn(wanting({ ...BUY, quantity: '0.0123456', price: '45000.129' }));
  t.deepEqual(verdict.intents, [{ ...BUY, quantity: '0.01234', price: '45000.12' }]);
});

test("an opening order below the venue's minimum halts the bot with the numbers", (t) => {
  const verdict = verdictOn(wanting({ ...BUY, quantity: '0.0001' }));
  t.deepEqual(verdict.intents, []);
  t.is(verdict.halt?.code, 'below_minimum');
  t.regex(verdict.halt!.message, /0\.0001 BTC .* is worth 4\.5 USDT; .* 5 USDT\. Raise the quantity\./);
});

test('a closing order below the minimum halts nothing', (t) => {
  const verdict = verdictOn(wanting({ ...SELL, quantity: '0.0001' }), { position: LONG });
  t.deepEqual([verdict.intents, verdict.halt, verdict.reasons[0]?.code], [[], null, 'below_minimum']);
});

test('no more is closed than is held', (t) => {
  t.like(verdictOn(wanting({ ...SELL, quantity: '5' }), { position: LONG }).intents, [{ quantity: '0.01' }]);
});

test('what other sales may still execute is not sold again, in one decision neither', (t) => {
  const other = orderOf({ ...SELL, leg: 'level-1', quantity: '0.007' }, { filled: '0.001' });
  const verdict = verdictOn(wanting(SELL, { ...SELL, leg: 'level-2' }), { position: LONG, orders: [other] });
  t.like(verdict.intents, [{ leg: 'main', quantity: '0.004' }]);
  t.is(verdict.intents.length, 1);
  t.is(verdict.reasons[0]?.code, 'below_minimum');
});

test('a sale against a position is held to it even where the strategy does not say so', (t) => {
  const verdict = verdictOn(wanting({ ...SELL, quantity: '5', reduceOnly: false }), { position: LONG });
  t.like(verdict.intents, [{ quantity: '0.01', reduceOnly: true }]);
});

test('nothing is reduced where nothing is held', (t) => {
  t.deepEqual(verdictOn(wanting(SELL)).intents, []);
  t.deepEqual(verdictOn(wanting({ ...BUY, reduceOnly: true }), { position: LONG }).intents, []);
});

test('an opening sale halts where the account is known to have less', (t) => {
  const opening = wanting({ ...SELL, reduceOnly: false });
  const verdict = verdictOn(opening, { free: { base: '0.009', quote: '0' } });
  t.is(verdict.halt?.code, 'insufficient_funds');
  t.deepEqual(verdict.intents, []);
  t.is(verdictOn(opening, { free: { base: '0.01', quote: '0' } }).intents.length, 1);
  t.is(verdictOn(opening).intents.length, 1);
});

test('a leg whose order is still out gets no second one', (t) => {
  for (const status of ['OPEN', 'SENDING', 'UNKNOWN'] as const) {
    const verdict = verdictOn(wanting(BUY), { orders: [orderOf(BUY, { status })] });
    t.deepEqual(verdict.intents, []);
    t.is(verdict.reasons[0]?.code, status === 'OPEN' ? 'waiting_for_fill' : 'unknown_order_pending');
  }
});

test('an order is cancelled once, and only where it rests', (t) => {
  const resting = orderOf(BUY, { clientOrderId: 'resting' });
  const unknown = orderOf({ ...BUY, leg: 'other' }, { clientOrderId: 'unknown', status: 'UNKNOWN' });
  const cancels = [resting, resting, unknown].map(({ clientOrderId }) => ({
    kind: 'cancel' as const,
    clientOrderId,
  }));
  const verdict = verdictOn(wanting(...cancels), { mode: 'PAUSED', orders: [resting, unknown] });
  t.deepEqual(verdict.intents, [{ kind: 'cancel', clientOrderId: 'resting' }]);
});

test('cancels come before places', (t) => {
  const old = orderOf({ ...BUY, leg: 'old' }, { clientOrderId: 'old' });
  const verdict = verdictOn(wanting(BUY, { kind: 'cancel', clientOrderId: 'old' }), { orders: [old] });
  t.deepEqual(
    verdict.intents.map(({ kind }) => kind),
    ['cancel', 'place'],
  );
});

test('a bot that is done decides nothing more', (t) => {
  const bot = wanting(BUY);
  const session = { ...startSession(bot, null), done: true };
  t.like(decide(bot, session, tick('1'), contextOf()), { intents: [], reasons: [], done: true });
});

test('the position object stays the same where no dust was booked', (t) => {
  t.is(verdictOn(wanting(BUY), { position: LONG }).position, LONG);
});

test('maximum position counts what is held and what the same decision opens', (t) => {
  const two = wanting(BUY, { ...BUY, leg: 'level-2' });
  t.is(verdictOn(limitedTo(two, '900')).intents.length, 2);
  t.is(verdictOn(limitedTo(two, '899')).intents.length, 1);
  t.is(verdictOn(limitedTo(wanting(BUY), '905'), { position: LONG }).intents.length, 1);
  t.is(verdictOn(limitedTo(wanting(BUY), '904'), { position: LONG }).intents.length, 0);
});
