import test from 'ava';
import fc from 'fast-check';
import { Decimal } from './money.ts';
import type { PlaceIntent } from './orders.ts';
import { isTooSmall, roundToMarket } from './precision.ts';
import { BTC_USDT } from './testing/facts.ts';

const INTENT: PlaceIntent = {
  kind: 'place',
  leg: 'main',
  cycle: 1,
  side: 'BUY',
  type: 'LIMIT',
  quantity: '0.0123456',
  price: '45000.129',
  reduceOnly: false,
};

test('quantity goes down to the step and a buy price down to the tick', (t) => {
  const rounded = roundToMarket(INTENT, BTC_USDT, '45000');
  t.deepEqual(rounded, { ok: true, intent: { ...INTENT, quantity: '0.01234', price: '45000.12' } });
});

test('a sell price goes up to the tick', (t) => {
  const rounded = roundToMarket({ ...INTENT, side: 'SELL', price: '45000.121' }, BTC_USDT, '45000');
  t.like(rounded, { ok: true, intent: { price: '45000.13' } });
});

test('what already fits is left as it is', (t) => {
  const fits = { ...INTENT, quantity: '0.01', price: '45000.5' };
  t.deepEqual(roundToMarket(fits, BTC_USDT, '1'), { ok: true, intent: fits });
});

test('an order is cut to the most that the market takes', (t) => {
  const rounded = roundToMarket(
    { ...INTENT, quantity: '10' },
    { ...BTC_USDT, maxQuantity: '3.000005' },
    '45000',
  );
  t.like(rounded, { ok: true, intent: { quantity: '3' } });
});

test('a market order is cut to what the market takes of one, a limit order is not', (t) => {
  const market = { ...BTC_USDT, maxMarketQuantity: '2' };
  const intent = { ...INTENT, quantity: '10' };
  const atMarket = roundToMarket({ ...intent, type: 'MARKET', price: null }, market, '45000');
  t.like(atMarket, { ok: true, intent: { quantity: '2' } });
  t.like(roundToMarket(intent, market, '45000'), { ok: true, intent: { quantity: '10' } });
});

test('a market without a most takes any quantity', (t) => {
  const rounded = roundToMarket(
    { ...INTENT, quantity: '10000' },
    { ...BTC_USDT, maxQuantity: null },
    '45000',
  );
  t.like(rounded, { ok: true, intent: { quantity: '10000' } });
});

test('the notional is checked on what rounding has left, and the message says the numbers', (t) => {
  const rounded = roundToMarket({ ...INTENT, quantity: '0.000119', price: '45000' }, BTC_USDT, '45000');
  t.deepEqual(rounded, {
    ok: false,
    code: 'below_minimum',
    message:
      '0.00011 BTC (in steps of 0.00001) at 45000 is worth 4.95 USDT; BTC/USDT takes no order under 0.00001 BTC or 5 USDT. Raise the quantity.',
  });
});

test('a market order is valued at the last price', (t) => {
  const market: PlaceIntent = { ...INTENT, type: 'MARKET', price: null, quantity: '0.0001' };
  t.like(roundToMarket(market, BTC_USDT, '50000'), { ok: true, intent: { price: null, quantity: '0.0001' } });
  t.false(roundToMarket(market, BTC_USDT, '49999').ok);
});

test('a quantity under the least one, or under one step, is too small at any price', (t) => {
  t.true(isTooSmall('0.009', { ...BTC_USDT, minQuantity: '0.01' }, '45000'));
  t.true(isTooSmall('0.000009', { ...BTC_USDT, minQuantity: '0', minNotional: '0' }, '45000'));
});

test('property: what passes is a legal order no worse than what was asked', (t) => {
  const cents = fc
    .integer({ min: 1, max: 100_000_000 })
    .map((value) => new Decimal(value).div(1_000).toFixed());
  const satoshi = fc
    .integer({ min: 1, max: 100_000_000 })
    .map((value) => new Decimal(value).div(1e8).toFixed());
  fc.assert(
    fc.property(cents, satoshi, fc.constantFrom('BUY' as const, 'SELL' as const), (price, quantity, side) => {
      const rounded = roundToMarket({ ...INTENT, side, price, quantity }, BTC_USDT, price);
      if (!rounded.ok) return true;
      const order = {
        price: new Decimal(rounded.intent.price!),
        quantity: new Decimal(rounded.intent.quantity),
      };
      const isNoWorse = side === 'BUY' ? order.price.lte(price) : order.price.gte(price);
      const isOnGrid =
        order.price.mod(BTC_USDT.tickSize).isZero() && order.quantity.mod(BTC_USDT.stepSize).isZero();
      return isNoWorse && isOnGrid && order.quantity.lte(quantity) && order.price.mul(order.quantity).gte(5);
    }),
  );
  t.pass();
});
