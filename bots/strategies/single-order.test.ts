import test from 'ava';
import type { OwnOrder, PlaceIntent } from '../orders.ts';
import { contextOf, orderOf } from '../testing/facts.ts';
import { keepOrder } from './single-order.ts';

const SALE: PlaceIntent = {
  kind: 'place',
  leg: 'main',
  cycle: 1,
  side: 'SELL',
  type: 'LIMIT',
  quantity: '0.01',
  price: '46000',
  reduceOnly: true,
};
const RESTING = orderOf(SALE);

function keep(wanted: PlaceIntent | null, ...orders: OwnOrder[]) {
  return keepOrder(wanted, contextOf({ orders }), 1);
}

const CANCEL = [{ kind: 'cancel', clientOrderId: RESTING.clientOrderId }];

test('what is wanted and not there is placed; what is there and wanted stays', (t) => {
  t.deepEqual(keep(SALE).intents, [SALE]);
  t.deepEqual(keep(SALE, RESTING).intents, []);
  t.deepEqual(keep(null), { intents: [], reasons: [] });
});

test('what is there and not wanted is taken back', (t) => {
  t.deepEqual(keep(null, RESTING).intents, CANCEL);
  t.deepEqual(keep({ ...SALE, price: '46000.5' }, RESTING).intents, CANCEL);
  t.deepEqual(keep({ ...SALE, side: 'BUY' }, RESTING).intents, CANCEL);
});

test('prices are compared as the market rounds them', (t) => {
  t.deepEqual(keep({ ...SALE, price: '45999.991' }, RESTING).intents, []);
});

test('a closing order may be smaller than what is held, never larger', (t) => {
  t.deepEqual(keep({ ...SALE, quantity: '0.0101' }, RESTING).intents, []);
  t.deepEqual(keep({ ...SALE, quantity: '0.0099' }, RESTING).intents, CANCEL);
});

test('of two orders that would do, one is taken back', (t) => {
  const twin = { ...RESTING, clientOrderId: 'twin' };
  t.deepEqual(keep(SALE, RESTING, twin).intents, [{ kind: 'cancel', clientOrderId: 'twin' }]);
});

test('a market order is waited for, whatever is wanted by now', (t) => {
  const market = orderOf({ ...SALE, type: 'MARKET', price: null });
  const kept = keep(null, market);
  t.deepEqual([kept.intents, kept.reasons[0]?.code], [[], 'waiting_for_fill']);
});
