import test from 'ava';
import { limit, market, openMarket, rejection } from '../testing/market.ts';
import { KEPT_FOR_MS, KEPT_IN_ALL, KEPT_PER_ACCOUNT_AND_SYMBOL } from './order-history.ts';
import type { Engine } from './types.ts';

test('of the finished orders of an account on a symbol the newest are kept, and every open one', (t) => {
  const { engine, clock } = openMarket();
  const resting = engine.submit('taker', limit('BUY', '0.1', '90', { clientOrderId: 'resting' }));
  engine.submit('maker', limit('SELL', '1', '100'));
  const filled = engine.submit('taker', market('BUY', '0.1', { clientOrderId: 'filled' }));
  t.is(engine.fillsOfOrder('taker', 'BTCUSDT', filled.order.orderId).length, 1);
  clock.now += KEPT_FOR_MS;
  finish(engine, 'taker', KEPT_PER_ACCOUNT_AND_SYMBOL);
  t.is(engine.allOrders('taker', 'BTCUSDT').length, KEPT_PER_ACCOUNT_AND_SYMBOL + 1);
  t.is(engine.order('taker', 'BTCUSDT', { clientOrderId: 'filled' }), null);
  t.deepEqual(engine.fills('taker', 'BTCUSDT'), []);
  t.is(engine.order('taker', 'BTCUSDT', { orderId: resting.order.orderId })?.status, 'NEW');
  t.is(engine.openOrders('taker', null).length, 1);
});

test('an order that finished within ten minutes outlives a thousand later ones', (t) => {
  const { engine, clock } = openMarket();
  finish(engine, 'taker', KEPT_PER_ACCOUNT_AND_SYMBOL + 500);
  clock.now += KEPT_FOR_MS - 1;
  finish(engine, 'taker', 1);
  t.is(engine.allOrders('taker', 'BTCUSDT').length, KEPT_PER_ACCOUNT_AND_SYMBOL + 501);
  clock.now += 1;
  finish(engine, 'taker', 1);
  t.is(engine.allOrders('taker', 'BTCUSDT').length, KEPT_PER_ACCOUNT_AND_SYMBOL);
});

test('an account that trades a lot makes no other account forget', (t) => {
  const { engine, clock } = openMarket({ accounts: ['maker', 'quiet', 'busy'] });
  engine.submit('maker', limit('SELL', '1', '100'));
  engine.submit('quiet', market('BUY', '0.1', { clientOrderId: 'filled' }));
  finish(engine, 'quiet', 10);
  for (let n = 0; n < 2; n += 1) {
    clock.now += KEPT_FOR_MS;
    finish(engine, 'busy', KEPT_IN_ALL);
  }
  t.is(engine.order('quiet', 'BTCUSDT', { clientOrderId: 'filled' })?.status, 'FILLED');
  t.is(engine.fills('quiet', 'BTCUSDT').length, 1);
  t.is(engine.allOrders('quiet', 'BTCUSDT').length, 11);
  t.is(engine.allOrders('busy', 'BTCUSDT').length, KEPT_IN_ALL - 11);
});

test('over all accounts the finished orders are bounded too', (t) => {
  const accounts = Array.from({ length: 12 }, (_, n) => `account-${n}`);
  const { engine } = openMarket({ accounts });
  for (let n = 0; n < KEPT_IN_ALL + 500; n += 1) {
    const account = accounts[n % accounts.length] ?? '';
    const { order } = engine.submit(account, limit('BUY', '0.1', '80'));
    engine.cancel(account, 'BTCUSDT', { orderId: order.orderId });
  }
  const kept = accounts.reduce((sum, account) => sum + engine.allOrders(account, 'BTCUSDT').length, 0);
  t.is(kept, KEPT_IN_ALL);
  t.is(engine.allOrders('account-0', 'BTCUSDT')[0]?.status, 'CANCELED');
});

test('a rejected order leaves nothing behind, nor does a symbol whose orders are all forgotten', (t) => {
  const { engine } = openMarket({ accounts: ['busy', 'poor'], symbols: { ETHUSDT: '100' } });
  t.is(
    rejection(() => engine.submit('poor', limit('BUY', '1000', '100'))),
    'INSUFFICIENT_BALANCE',
  );
  const early = limit('BUY', '0.1', '80', { symbol: 'ETHUSDT', clientOrderId: 'early' });
  engine.cancel('busy', 'ETHUSDT', { orderId: engine.submit('busy', early).order.orderId });
  finish(engine, 'busy', KEPT_IN_ALL);
  t.deepEqual(engine.allOrders('poor', 'BTCUSDT'), []);
  t.deepEqual(engine.allOrders('busy', 'ETHUSDT'), []);
  t.is(engine.order('busy', 'ETHUSDT', { clientOrderId: 'early' }), null);
  t.is(engine.submit('busy', early).order.status, 'NEW');
});

/** So many orders that are placed and cancelled. */
function finish(engine: Engine, account: string, orders: number): void {
  for (let n = 0; n < orders; n += 1) {
    const { order } = engine.submit(account, limit('BUY', '0.1', '80'));
    engine.cancel(account, 'BTCUSDT', { orderId: order.orderId });
  }
}
