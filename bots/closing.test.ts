import test from 'ava';
import { closeOut, closingIntent } from './closing.ts';
import type { PlaceIntent } from './orders.ts';
import { FLAT, type Position } from './position.ts';
import { BTC_USDT, orderOf } from './testing/facts.ts';

const LONG: Position = { ...FLAT, quantity: '0.010004', cost: '450' };
const FACTS = { market: BTC_USDT, price: '45000', orders: [], cycle: 3, at: 1 };
const EXIT: PlaceIntent = {
  kind: 'place',
  leg: 'exit',
  cycle: 3,
  side: 'SELL',
  type: 'MARKET',
  quantity: '0.01',
  price: null,
  reduceOnly: true,
};

test('what is held is closed at market, reduce-only, rounded down', (t) => {
  t.deepEqual(closingIntent(LONG, FACTS), EXIT);
});

test('what was sold first is bought back', (t) => {
  t.deepEqual(closingIntent({ ...LONG, quantity: '-0.010004' }, FACTS), { ...EXIT, side: 'BUY' });
});

test('nothing is closed where nothing, or too little, is held', (t) => {
  t.is(closingIntent(FLAT, FACTS), null);
  t.is(closingIntent({ ...LONG, quantity: '0.0001' }, FACTS), null);
});

test('more than one order may take is closed in parts', (t) => {
  for (const most of [{ maxQuantity: '0.004' }, { maxMarketQuantity: '0.004' }])
    t.is(closingIntent(LONG, { ...FACTS, market: { ...BTC_USDT, ...most } })?.quantity, '0.004');
});

test('closing out goes by steps: take back, close, wait, over', (t) => {
  const resting = orderOf({ ...EXIT, leg: 'main' });
  t.deepEqual(closeOut(LONG, { ...FACTS, orders: [resting] })?.intents, [
    { kind: 'cancel', clientOrderId: resting.clientOrderId },
  ]);
  t.deepEqual(closeOut(LONG, FACTS)?.intents, [EXIT]);
  const waits = closeOut(LONG, { ...FACTS, orders: [orderOf(EXIT)] });
  t.deepEqual([waits?.intents, waits?.reasons[0]?.code], [[], 'waiting_for_fill']);
  t.is(closeOut({ ...LONG, quantity: '0.000004' }, FACTS), null);
});

test('a flat bot with an order of unknown outcome is not closed out yet', (t) => {
  const unknown = orderOf({ ...EXIT, leg: 'main', side: 'BUY' }, { status: 'UNKNOWN' });
  t.is(closeOut(FLAT, { ...FACTS, orders: [unknown] })?.reasons[0]?.code, 'unknown_order_pending');
});
