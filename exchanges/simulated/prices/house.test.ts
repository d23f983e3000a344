import test from 'ava';
import { balance, limit, openMarket, short } from '../testing/market.ts';
import { House } from './house.ts';

test('a price is moved by trades through the book: what rests on the way is filled, what lies beyond is not', (t) => {
  const { engine } = openMarket({ accounts: ['trader'] });
  const house = new House(engine, 1);
  house.movePrice('BTCUSDT', '100');
  const near = engine.submit('trader', limit('SELL', '1', '101'));
  const at = engine.submit('trader', limit('SELL', '1', '103'));
  const beyond = engine.submit('trader', limit('SELL', '1', '103.01'));
  const below = engine.submit('trader', limit('BUY', '1', '99'));
  house.movePrice('BTCUSDT', '103');
  const statusOf = ({ order }: typeof near) =>
    engine.order('trader', 'BTCUSDT', { orderId: order.orderId })?.status;
  t.deepEqual([near, at, beyond, below].map(statusOf), ['FILLED', 'FILLED', 'NEW', 'NEW']);
  t.is(engine.lastPrice('BTCUSDT'), '103.00000000');
  const [, , ...fills] = engine.fills('trader', 'BTCUSDT');
  t.deepEqual(fills, []);
  t.deepEqual(
    engine.fills('trader', 'BTCUSDT').map(({ price, maker }) => [short(price), maker]),
    [
      ['101', true],
      ['103', true],
    ],
  );
  house.movePrice('BTCUSDT', '99');
  t.is(statusOf(below), 'FILLED');
  t.deepEqual(balance(engine, 'trader', 'USDT'), { free: '10105', locked: '0' });
});

test('a target between two ticks is rounded, and the last trade is at it', (t) => {
  const { engine } = openMarket({ rules: { tickSize: '0.05' } });
  const house = new House(engine, 1);
  house.movePrice('BTCUSDT', '99.98');
  t.is(engine.trades('BTCUSDT', 1)[0]?.price, '100.00000000');
  t.throws(() => house.movePrice('NOPE', '1'), { message: 'NOPE is not listed.' });
});

test('quotes are kept on both sides around the price, and those of a far one are taken back', (t) => {
  const { engine } = openMarket();
  const house = new House(engine, 1);
  for (const target of ['100', '100.02', '99', '150', '100']) {
    house.movePrice('BTCUSDT', target);
    const { bids, asks } = engine.depth('BTCUSDT', 500);
    t.is(bids.length, 12);
    t.is(asks.length, 12);
    t.true(Number(bids[0]?.[0]) < Number(target) && Number(asks[0]?.[0]) > Number(target));
    t.true(Number(bids[0]?.[0]) > Number(target) * 0.999 && Number(asks[0]?.[0]) < Number(target) * 1.001);
  }
  t.is(engine.openOrders('house:BTCUSDT', null).length, 24);
});

test('the house trades with itself at no cost and keeps no history', (t) => {
  const { engine } = openMarket();
  const house = new House(engine, 1);
  const worth = () =>
    engine.balances('house:BTCUSDT').map(({ asset, free, locked }) => [asset, Number(free) + Number(locked)]);
  house.movePrice('BTCUSDT', '100');
  const before = worth();
  for (let n = 0; n < 50; n += 1) house.movePrice('BTCUSDT', String(100 + (n % 9)));
  t.deepEqual(worth(), before);
  t.is(engine.allOrders('house:BTCUSDT', 'BTCUSDT').length, 24);
  t.deepEqual(engine.fills('house:BTCUSDT', 'BTCUSDT'), []);
});
