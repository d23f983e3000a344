import test from 'ava';
import { limit, market, openMarket, rejection } from '../testing/market.ts';
import type { NewOrder } from './types.ts';

test('prices must be on the tick and within bounds', (t) => {
  const { engine } = openMarket({ rules: { tickSize: '0.05', minPrice: '0.05', maxPrice: '400' } });
  const refusal = (price: string) => rejection(() => engine.test('taker', limit('BUY', '1', price)));
  t.is(refusal('99.95'), null);
  t.is(refusal('99.97'), 'PRICE_FILTER');
  t.is(refusal('99.950000001'), 'PRICE_FILTER');
  t.is(refusal('400.05'), 'PRICE_FILTER');
  t.is(refusal('0'), 'PRICE_FILTER');
});

test('quantities must be on the step and within bounds', (t) => {
  const { engine } = openMarket({ rules: { stepSize: '0.1', minQuantity: '0.1', maxQuantity: '5' } });
  const refusal = (quantity: string) => rejection(() => engine.test('taker', limit('BUY', quantity, '100')));
  t.is(refusal('0.1'), null);
  t.is(refusal('0.15'), 'LOT_SIZE');
  t.is(refusal('0'), 'LOT_SIZE');
  t.is(refusal('5.1'), 'LOT_SIZE');
  t.is(refusal('-1'), 'LOT_SIZE');
});

test('a market order has a most of its own', (t) => {
  const { engine } = openMarket({ rules: { maxQuantity: '5', maxMarketQuantity: '2' } });
  engine.submit('maker', limit('SELL', '5', '100'));
  t.is(
    rejection(() => engine.test('taker', market('BUY', '2'))),
    null,
  );
  t.is(
    rejection(() => engine.test('taker', market('BUY', '2.1'))),
    'MARKET_LOT_SIZE',
  );
  t.is(
    rejection(() => engine.test('taker', limit('BUY', '2.1', '100'))),
    null,
  );
});

test('an order must be worth the least notional, a market order at the average price', (t) => {
  const { engine } = openMarket({ rules: { minNotional: '10' } });
  engine.submit('maker', limit('SELL', '5', '100'));
  t.is(
    rejection(() => engine.test('taker', limit('BUY', '0.1', '100'))),
    null,
  );
  t.is(
    rejection(() => engine.test('taker', limit('BUY', '0.1', '99.99'))),
    'NOTIONAL',
  );
  t.is(
    rejection(() => engine.test('taker', market('BUY', '0.1'))),
    null,
  );
  t.is(
    rejection(() => engine.test('taker', market('BUY', '0.09'))),
    'NOTIONAL',
  );
  t.is(
    rejection(() => engine.test('taker', market('BUY', null, { quoteQuantity: '9.99' }))),
    'NOTIONAL',
  );
});

test('an order with a price may be worth so much and no more; one at the market may', (t) => {
  const { engine } = openMarket({
    accounts: ['maker', { id: 'taker', balances: { USDT: '20000000' } }],
    rules: { maxQuantity: '900000', maxMarketQuantity: '900000' },
  });
  const refusal = (order: NewOrder) => rejection(() => engine.test('taker', order));
  t.is(refusal(limit('BUY', '90000', '100')), null);
  t.is(refusal(limit('BUY', '90000.00001', '100')), 'NOTIONAL');
  engine.submit('maker', limit('SELL', '1', '100'));
  t.is(refusal(market('BUY', '90001')), null);
});

test('prices far from the average are refused by side', (t) => {
  const { engine } = openMarket({
    rules: {
      bidMultiplierUp: '1.1',
      bidMultiplierDown: '0.5',
      askMultiplierUp: '2',
      askMultiplierDown: '0.9',
    },
  });
  const refusal = (side: 'BUY' | 'SELL', price: string) =>
    rejection(() => engine.test('taker', limit(side, '1', price)));
  t.is(refusal('BUY', '110'), null);
  t.is(refusal('BUY', '110.01'), 'PERCENT_PRICE_BY_SIDE');
  t.is(refusal('BUY', '49.99'), 'PERCENT_PRICE_BY_SIDE');
  t.is(refusal('SELL', '200'), null);
  t.is(refusal('SELL', '89.99'), 'PERCENT_PRICE_BY_SIDE');
});

test('an account may have so many open orders on a symbol', (t) => {
  const { engine } = openMarket({ rules: { maxOrders: 2 } });
  engine.submit('taker', limit('BUY', '1', '90'));
  const { order } = engine.submit('taker', limit('BUY', '1', '90'));
  t.is(
    rejection(() => engine.submit('taker', limit('BUY', '1', '90'))),
    'MAX_NUM_ORDERS',
  );
  t.is(engine.submit('maker', limit('BUY', '1', '90')).order.status, 'NEW');
  engine.cancel('taker', 'BTCUSDT', { orderId: order.orderId });
  t.is(engine.submit('taker', limit('BUY', '1', '90')).order.status, 'NEW');
});

test('an unknown symbol is refused', (t) => {
  const { engine } = openMarket();
  t.is(
    rejection(() => engine.test('taker', limit('BUY', '1', '90', { symbol: 'NOPE' }))),
    'UNKNOWN_SYMBOL',
  );
});
