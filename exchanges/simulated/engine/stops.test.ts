import test from 'ava';
import { balance, limit, openMarket, rejection } from '../testing/market.ts';
import type { Engine, EngineOrderType, NewOrder } from './types.ts';

const stop = (
  type: EngineOrderType,
  side: 'BUY' | 'SELL',
  stopPrice: string,
  price: string | null = null,
): NewOrder => ({
  ...limit(side, '1', '0', { type, stopPrice, clientOrderId: `${type} ${side}` }),
  price,
});

test('a stop-loss order sleeps until the last price touches its stop, then trades', (t) => {
  const { engine } = openMarket({ accounts: ['maker', 'other', 'holder'] });
  engine.submit('maker', limit('BUY', '5', '90'));
  const { order } = engine.submit('holder', stop('STOP_LOSS', 'SELL', '95'));
  t.like(order, { status: 'NEW', working: false });
  t.deepEqual(balance(engine, 'holder', 'BTC'), { free: '9', locked: '1' });
  printAt(engine, '95.01');
  t.false(engine.order('holder', 'BTCUSDT', { orderId: order.orderId })?.working);
  printAt(engine, '95');
  t.like(engine.order('holder', 'BTCUSDT', { orderId: order.orderId }), { status: 'FILLED', working: true });
  t.deepEqual(balance(engine, 'holder', 'USDT'), { free: '10090', locked: '0' });
});

test('a triggered limit rests at its price; take-profits wait on the other side', (t) => {
  const { engine } = openMarket({ accounts: ['maker', 'other', 'holder'] });
  engine.submit('holder', stop('TAKE_PROFIT_LIMIT', 'SELL', '105', '106'));
  engine.submit('holder', stop('STOP_LOSS_LIMIT', 'BUY', '105', '104'));
  engine.submit('holder', stop('TAKE_PROFIT_LIMIT', 'BUY', '95', '94'));
  t.deepEqual(balance(engine, 'holder', 'USDT'), { free: '9802', locked: '198' });
  printAt(engine, '105');
  t.deepEqual(engine.depth('BTCUSDT', 5).asks, [['106.00000000', '1.00000000']]);
  t.deepEqual(engine.depth('BTCUSDT', 5).bids, [['104.00000000', '1.00000000']]);
  engine.cancel('holder', 'BTCUSDT', { clientOrderId: 'STOP_LOSS_LIMIT BUY' });
  printAt(engine, '95', 'SELL');
  t.deepEqual(engine.depth('BTCUSDT', 5).bids, [['94.00000000', '1.00000000']]);
});

test('one stop may touch off the next', (t) => {
  const { engine } = openMarket({ accounts: ['maker', 'other', 'a', 'b'] });
  engine.submit('maker', limit('BUY', '1', '94'));
  engine.submit('maker', limit('BUY', '1', '90'));
  const first = engine.submit('a', stop('STOP_LOSS', 'SELL', '95'));
  const second = engine.submit('b', stop('STOP_LOSS', 'SELL', '94'));
  printAt(engine, '95');
  t.is(engine.order('a', 'BTCUSDT', { orderId: first.order.orderId })?.cumulativeQuote, '94.00000000');
  t.is(engine.order('b', 'BTCUSDT', { orderId: second.order.orderId })?.cumulativeQuote, '90.00000000');
});

test('a triggered market buy spends what is free and no more', (t) => {
  const { engine } = openMarket({ accounts: ['maker', 'other', { id: 'poor', balances: { USDT: '105' } }] });
  engine.submit('maker', limit('SELL', '1', '120'));
  engine.submit('poor', stop('STOP_LOSS', 'BUY', '105'));
  t.deepEqual(balance(engine, 'poor', 'USDT'), { free: '0', locked: '105' });
  printAt(engine, '105');
  t.deepEqual(balance(engine, 'poor', 'BTC'), { free: '0.875', locked: '0' });
  t.deepEqual(balance(engine, 'poor', 'USDT'), { free: '0', locked: '0' });
});

test('a stop that the price has touched already is refused; one that sleeps can be cancelled', (t) => {
  const { engine } = openMarket();
  t.is(
    rejection(() => engine.submit('taker', stop('STOP_LOSS', 'SELL', '100'))),
    'STOP_WOULD_TRIGGER_IMMEDIATELY',
  );
  t.is(
    rejection(() => engine.submit('taker', stop('TAKE_PROFIT', 'SELL', '99'))),
    'STOP_WOULD_TRIGGER_IMMEDIATELY',
  );
  const { order } = engine.submit('taker', stop('STOP_LOSS', 'SELL', '95'));
  t.is(engine.cancel('taker', 'BTCUSDT', { orderId: order.orderId }).status, 'CANCELED');
  t.deepEqual(balance(engine, 'taker', 'BTC'), { free: '10', locked: '0' });
});

/** One small trade at a price that nobody else is at. */
function printAt(engine: Engine, price: string, taker: 'BUY' | 'SELL' = 'BUY'): void {
  engine.submit('other', limit(taker === 'BUY' ? 'SELL' : 'BUY', '0.1', price, { clientOrderId: 'print' }));
  engine.submit('maker', limit(taker, '0.1', price, { timeInForce: 'IOC' }));
}
