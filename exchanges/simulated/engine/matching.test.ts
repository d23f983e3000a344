import test from 'ava';
import { balance, limit, market, openMarket, rejection } from '../testing/market.ts';

test('a better price is matched first, an older order first within a price', (t) => {
  const { engine } = openMarket({ accounts: ['a', 'b', 'c', 'taker'] });
  engine.submit('a', limit('SELL', '1', '101', { clientOrderId: 'worse' }));
  engine.submit('b', limit('SELL', '1', '100', { clientOrderId: 'older' }));
  engine.submit('c', limit('SELL', '1', '100', { clientOrderId: 'younger' }));
  const { fills } = engine.submit('taker', limit('BUY', '2.5', '101'));
  t.deepEqual(
    fills.map(({ price, quantity }) => [price, quantity]),
    [
      ['100.00000000', '1.00000000'],
      ['100.00000000', '1.00000000'],
      ['101.00000000', '0.50000000'],
    ],
  );
  t.is(engine.fills('b', 'BTCUSDT')[0]?.tradeId, 1);
  t.is(engine.fills('c', 'BTCUSDT')[0]?.tradeId, 2);
  t.is(engine.order('a', 'BTCUSDT', { clientOrderId: 'worse' })?.status, 'PARTIALLY_FILLED');
});

test('a taker pays the price of who rested, and what it had locked beyond is free again', (t) => {
  const { engine } = openMarket();
  engine.submit('maker', limit('SELL', '1', '90'));
  const { order } = engine.submit('taker', limit('BUY', '2', '100'));
  t.is(order.status, 'PARTIALLY_FILLED');
  t.is(order.cumulativeQuote, '90.00000000');
  t.deepEqual(balance(engine, 'taker', 'USDT'), { free: '9810', locked: '100' });
  t.deepEqual(balance(engine, 'taker', 'BTC'), { free: '11', locked: '0' });
  t.deepEqual(balance(engine, 'maker', 'USDT'), { free: '10090', locked: '0' });
  t.deepEqual(engine.depth('BTCUSDT', 5), {
    lastUpdateId: engine.depth('BTCUSDT', 5).lastUpdateId,
    bids: [['100.00000000', '1.00000000']],
    asks: [],
  });
});

test('a cancelled order gives back what it had locked', (t) => {
  const { engine } = openMarket();
  const { order } = engine.submit('maker', limit('BUY', '3', '99'));
  t.deepEqual(balance(engine, 'maker', 'USDT'), { free: '9703', locked: '297' });
  t.is(engine.cancel('maker', 'BTCUSDT', { orderId: order.orderId }).status, 'CANCELED');
  t.deepEqual(balance(engine, 'maker', 'USDT'), { free: '10000', locked: '0' });
  t.deepEqual(engine.depth('BTCUSDT', 5).bids, []);
  t.is(
    rejection(() => engine.cancel('maker', 'BTCUSDT', { orderId: order.orderId })),
    'UNKNOWN_ORDER',
  );
});

test('a market order by quantity sweeps the book, and what the book does not hold expires', (t) => {
  const { engine } = openMarket();
  engine.submit('maker', limit('SELL', '1', '100'));
  engine.submit('maker', limit('SELL', '1', '102'));
  const { order, fills } = engine.submit('taker', market('BUY', '3'));
  t.is(fills.length, 2);
  t.is(order.status, 'EXPIRED');
  t.is(order.executedQuantity, '2.00000000');
  t.is(order.cumulativeQuote, '202.00000000');
});

test('a market order that finds nothing to trade with expires', (t) => {
  const { engine } = openMarket();
  const { order, fills } = engine.submit('taker', market('BUY', '1'));
  t.like(order, { status: 'EXPIRED', quantity: '1.00000000', executedQuantity: '0.00000000' });
  t.deepEqual(fills, []);
  const byQuote = engine.submit('taker', market('BUY', null, { quoteQuantity: '100' }));
  t.like(byQuote.order, { status: 'EXPIRED', quoteQuantity: '100.00000000' });
  t.deepEqual(balance(engine, 'taker', 'USDT'), { free: '10000', locked: '0' });
});

test('a market order by quote quantity spends no more than that, in whole steps', (t) => {
  const { engine } = openMarket({ rules: { stepSize: '0.01', minQuantity: '0.01' } });
  engine.submit('maker', limit('SELL', '5', '70'));
  const { order } = engine.submit('taker', market('BUY', null, { quoteQuantity: '100' }));
  t.is(order.status, 'FILLED');
  t.is(order.executedQuantity, '1.42000000');
  t.is(order.quantity, '1.42000000');
  t.is(order.cumulativeQuote, '99.40000000');
});

test('a market order that its account cannot pay is refused whole', (t) => {
  const { engine } = openMarket({ accounts: ['maker', { id: 'poor', balances: { USDT: '150' } }] });
  engine.submit('maker', limit('SELL', '1', '100'));
  engine.submit('maker', limit('SELL', '1', '100.01'));
  engine.submit('maker', limit('BUY', '1', '90'));
  t.is(
    rejection(() => engine.submit('poor', market('BUY', '2'))),
    'INSUFFICIENT_BALANCE',
  );
  t.is(
    rejection(() => engine.submit('poor', market('SELL', '1'))),
    'INSUFFICIENT_BALANCE',
  );
  t.is(
    rejection(() => engine.submit('poor', limit('BUY', '2', '100'))),
    'INSUFFICIENT_BALANCE',
  );
  t.deepEqual(balance(engine, 'poor', 'USDT'), { free: '150', locked: '0' });
  t.deepEqual(engine.allOrders('poor', 'BTCUSDT'), []);
});

test('IOC takes what there is and expires; FOK takes all or nothing', (t) => {
  const { engine } = openMarket();
  engine.submit('maker', limit('SELL', '1', '100'));
  const killed = engine.submit('taker', limit('BUY', '2', '100', { timeInForce: 'FOK' }));
  t.is(killed.order.status, 'EXPIRED');
  t.deepEqual(killed.fills, []);
  const filled = engine.submit('taker', limit('BUY', '0.4', '100', { timeInForce: 'FOK' }));
  t.is(filled.order.status, 'FILLED');
  const rest = engine.submit('taker', limit('BUY', '2', '100', { timeInForce: 'IOC' }));
  t.is(rest.order.status, 'EXPIRED');
  t.is(rest.order.executedQuantity, '0.60000000');
  t.deepEqual(balance(engine, 'taker', 'USDT'), { free: '9900', locked: '0' });
});

test('a LIMIT_MAKER order rests or is refused', (t) => {
  const { engine } = openMarket();
  engine.submit('maker', limit('SELL', '1', '100'));
  const crossing = limit('BUY', '1', '100', { type: 'LIMIT_MAKER' });
  t.is(
    rejection(() => engine.submit('taker', crossing)),
    'WOULD_MATCH_IMMEDIATELY',
  );
  t.is(engine.submit('taker', limit('BUY', '1', '99.99', { type: 'LIMIT_MAKER' })).order.status, 'NEW');
});

test('an account never trades with itself: its resting order expires', (t) => {
  const { engine } = openMarket();
  const own = engine.submit('taker', limit('SELL', '1', '100'));
  engine.submit('maker', limit('SELL', '1', '101'));
  const { order, fills } = engine.submit('taker', limit('BUY', '1', '101'));
  t.is(order.status, 'FILLED');
  t.deepEqual(
    fills.map(({ price }) => price),
    ['101.00000000'],
  );
  t.is(engine.order('taker', 'BTCUSDT', { orderId: own.order.orderId })?.status, 'EXPIRED_IN_MATCH');
  t.deepEqual(balance(engine, 'taker', 'BTC'), { free: '11', locked: '0' });
});

test('a client id is unique among open orders only, and finds the newest', (t) => {
  const { engine } = openMarket();
  const first = engine.submit('taker', limit('BUY', '1', '99', { clientOrderId: 'mine' }));
  const again = limit('BUY', '1', '98', { clientOrderId: 'mine' });
  t.is(
    rejection(() => engine.submit('taker', again)),
    'DUPLICATE_CLIENT_ORDER_ID',
  );
  t.is(engine.submit('maker', { ...again }).order.status, 'NEW', "another account's ids are its own");
  engine.cancel('taker', 'BTCUSDT', { clientOrderId: 'mine' });
  const second = engine.submit('taker', again);
  t.not(second.order.orderId, first.order.orderId);
  t.is(engine.order('taker', 'BTCUSDT', { clientOrderId: 'mine' })?.orderId, second.order.orderId);
  t.is(engine.order('taker', 'BTCUSDT', { orderId: first.order.orderId })?.status, 'CANCELED');
});

test('events tell of everything in the order it happened, once it is whole', (t) => {
  const { engine } = openMarket();
  engine.submit('maker', limit('SELL', '1', '100', { clientOrderId: 'resting' }));
  const told: string[] = [];
  const stop = engine.subscribe((event) => {
    if (event.type === 'execution')
      told.push(`${event.order.accountId} ${event.cause} ${event.order.status}`);
    else if (event.type === 'balances') told.push(`balances ${event.accountId}`);
    else told.push(event.type);
    t.is(engine.order('maker', 'BTCUSDT', { clientOrderId: 'resting' })?.status, 'FILLED');
  });
  engine.submit('taker', limit('BUY', '1', '100'));
  stop();
  t.deepEqual(told, [
    'taker NEW NEW',
    'trade',
    'taker TRADE FILLED',
    'maker TRADE FILLED',
    'balances taker',
    'balances maker',
    'book',
  ]);
});

test('a test order is checked like a real one and changes nothing', (t) => {
  const { engine } = openMarket();
  const before = JSON.stringify(engine.snapshot());
  engine.test('taker', limit('BUY', '1', '100'));
  t.is(
    rejection(() => engine.test('taker', limit('BUY', '1000', '100'))),
    'INSUFFICIENT_BALANCE',
  );
  t.is(JSON.stringify(engine.snapshot()), before);
});
