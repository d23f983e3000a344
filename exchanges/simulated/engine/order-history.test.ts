import test from 'ava';
import { limit, market, openMarket, rejection } from '../testing/market.ts';
import { KEPT_IN_ALL, KEPT_PER_ACCOUNT_AND_SYMBOL } from './order-history.ts';

test('of the finished orders of an account on a symbol the newest are kept, and every open one', (t) => {
  const { engine } = openMarket();
  const resting = engine.submit('taker', limit('BUY', '0.1', '90', { clientOrderId: 'resting' }));
  engine.submit('maker', limit('SELL', '1', '100'));
  const filled = engine.submit('taker', market('BUY', '0.1', { clientOrderId: 'filled' }));
  t.is(engine.fillsOfOrder('taker', 'BTCUSDT', filled.order.orderId).length, 1);
  for (let n = 0; n < KEPT_PER_ACCOUNT_AND_SYMBOL; n += 1) {
    const { order } = engine.submit('taker', limit('BUY', '0.1', '80'));
    engine.cancel('taker', 'BTCUSDT', { orderId: order.orderId });
  }
  t.is(engine.allOrders('taker', 'BTCUSDT').length, KEPT_PER_ACCOUNT_AND_SYMBOL + 1);
  t.is(engine.order('taker', 'BTCUSDT', { clientOrderId: 'filled' }), null);
  t.deepEqual(engine.fills('taker', 'BTCUSDT'), []);
  t.is(engine.order('taker', 'BTCUSDT', { orderId: resting.order.orderId })?.status, 'NEW');
  t.is(engine.openOrders('taker', null).length, 1);
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

test('a rejected order leaves nothing behind, nor does an account whose orders are all forgotten', (t) => {
  const { engine } = openMarket({ accounts: ['early', 'late', 'poor'] });
  t.is(
    rejection(() => engine.submit('poor', limit('BUY', '1000', '100'))),
    'INSUFFICIENT_BALANCE',
  );
  const early = engine.submit('early', limit('BUY', '0.1', '80', { clientOrderId: 'early' }));
  engine.cancel('early', 'BTCUSDT', { orderId: early.order.orderId });
  for (let n = 0; n < KEPT_IN_ALL; n += 1) {
    const { order } = engine.submit('late', limit('BUY', '0.1', '80'));
    engine.cancel('late', 'BTCUSDT', { orderId: order.orderId });
  }
  t.deepEqual(engine.allOrders('poor', 'BTCUSDT'), []);
  t.deepEqual(engine.allOrders('early', 'BTCUSDT'), []);
  t.is(engine.order('early', 'BTCUSDT', { clientOrderId: 'early' }), null);
  t.is(engine.submit('early', limit('BUY', '0.1', '80', { clientOrderId: 'early' })).order.status, 'NEW');
});
