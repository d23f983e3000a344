import test from 'ava';
import fc from 'fast-check';
import { Decimal } from './money.ts';
import type { Fill } from './orders.ts';
import { applyFill, averagePrice, closeDust, FLAT, foldFills } from './position.ts';
import { BTC_USDT, fillOf } from './testing/facts.ts';

test('scalper-bot 35: a round realises (sell - buy) x quantity - both commissions', (t) => {
  const position = foldFills(
    [
      fillOf({ side: 'BUY', price: '45000', quantity: '0.01', fee: '0.45' }),
      fillOf({ side: 'SELL', price: '46000', quantity: '0.01', fee: '0.46' }),
    ],
    BTC_USDT,
  );
  t.deepEqual(position, { ...FLAT, realised: '9.09' });
});

test('scalper-bot 37: sold first and bought back it realises the same, mirrored', (t) => {
  const position = foldFills(
    [
      fillOf({ side: 'SELL', price: '46000', quantity: '0.01', fee: '0.46' }),
      fillOf({ side: 'BUY', price: '45000', quantity: '0.01', fee: '0.45' }),
    ],
    BTC_USDT,
  );
  t.deepEqual(position, { ...FLAT, realised: '9.09' });
});

test('an opening commission is realised in proportion to what is closed', (t) => {
  const position = foldFills(
    [
      fillOf({ side: 'BUY', price: '100', quantity: '2', fee: '1' }),
      fillOf({ side: 'SELL', price: '110', quantity: '1', fee: '0.5' }),
    ],
    BTC_USDT,
  );
  t.deepEqual(position, { ...FLAT, quantity: '1', cost: '100.5', realised: '9' });
});

test('a fee in base makes the quantity smaller and the average dearer', (t) => {
  const position = foldFills(
    [fillOf({ side: 'BUY', price: '100', quantity: '1', fee: '0.2', feeAsset: 'BTC' })],
    BTC_USDT,
  );
  t.deepEqual(position, { ...FLAT, quantity: '0.8', cost: '100' });
  t.is(averagePrice(position)?.toFixed(), '125');
});

test('a fee in a third coin is booked apart and touches neither cost nor result', (t) => {
  const fee = { fee: '0.001', feeAsset: 'BNB' };
  const position = foldFills(
    [
      fillOf({ side: 'BUY', price: '100', quantity: '1', ...fee }),
      fillOf({ side: 'SELL', price: '110', quantity: '1', ...fee }),
    ],
    BTC_USDT,
  );
  t.deepEqual(position, { ...FLAT, realised: '10', otherFees: { BNB: '0.002' } });
});

test('a fill beyond the position closes it and opens the rest the other way', (t) => {
  const long = foldFills([fillOf({ side: 'BUY', price: '100', quantity: '1' })], BTC_USDT);
  const short = applyFill(long, fillOf({ side: 'SELL', price: '110', quantity: '3', fee: '3' }), BTC_USDT);
  t.deepEqual(short, { ...FLAT, quantity: '-2', cost: '218', realised: '9' });
  const back = applyFill(short, fillOf({ side: 'BUY', price: '100', quantity: '3' }), BTC_USDT);
  t.deepEqual(back, { ...FLAT, quantity: '1', cost: '100', realised: '27' });
});

test('a position closed whole leaves nothing behind, however fine its amounts', (t) => {
  const fine = { price: '0.0000000000123', quantity: '0.0000000001' };
  const position = foldFills([fillOf({ side: 'BUY', ...fine }), fillOf({ side: 'SELL', ...fine })], BTC_USDT);
  t.deepEqual(position, FLAT);
});

test('a rest below the minimum becomes dust and the position is flat', (t) => {
  const held = { ...FLAT, quantity: '0.0001', cost: '4', realised: '1', dust: '0.00003' };
  t.deepEqual(closeDust(held, BTC_USDT, '45000'), { ...FLAT, realised: '1', dust: '0.00013' });
});

test('what an order could still close is no dust', (t) => {
  const held = { ...FLAT, quantity: '0.0002', cost: '8' };
  t.is(closeDust(held, BTC_USDT, '45000'), held);
  t.is(closeDust(FLAT, BTC_USDT, '45000'), FLAT);
});

test('a short rest becomes negative dust', (t) => {
  const held = { ...FLAT, quantity: '-0.00001', cost: '0.45' };
  t.deepEqual(closeDust(held, BTC_USDT, '45000'), { ...FLAT, dust: '-0.00001' });
});

/** A fill in satoshi and cents, with a fee of up to 1 % in any asset. */
const arbitraryFill = fc
  .record({
    side: fc.constantFrom('BUY' as const, 'SELL' as const),
    price: fc.integer({ min: 1, max: 10_000_000 }),
    quantity: fc.integer({ min: 1, max: 100_000_000 }),
    fee: fc.integer({ min: 0, max: 100 }),
    feeAsset: fc.constantFrom('BTC', 'USDT', 'BNB'),
  })
  .map(({ side, price, quantity, fee, feeAsset }): Fill => {
    const base = new Decimal(quantity).div(1e8);
    const paid = (feeAsset === 'BTC' ? base : base.mul(price).div(100)).mul(fee).div(10_000);
    return fillOf({
      side,
      price: new Decimal(price).div(100).toFixed(),
      quantity: base.toFixed(),
      fee: paid.toFixed(),
      feeAsset,
    });
  });

const fills = fc.array(arbitraryFill, { maxLength: 20 });

/** The two halves of a fill, the first `parts` hundredths of it. */
function split(fill: Fill, parts: number): Fill[] {
  const cut = (amount: string, share: number) => new Decimal(amount).mul(share).div(100).toFixed();
  return [parts, 100 - parts].map((share) => ({
    ...fill,
    quantity: cut(fill.quantity, share),
    fee: cut(fill.fee, share),
  }));
}

test('property: the position does not depend on how its fills were split', (t) => {
  const tolerance = '1e-12';
  fc.assert(
    fc.property(fills, fc.integer({ min: 1, max: 99 }), (all, parts) => {
      const whole = foldFills(all, BTC_USDT);
      const halves = foldFills(
        all.flatMap((fill) => split(fill, parts)),
        BTC_USDT,
      );
      const isNear = (key: 'cost' | 'realised') =>
        new Decimal(whole[key]).sub(halves[key]).abs().lte(tolerance);
      return whole.quantity === halves.quantity && isNear('cost') && isNear('realised');
    }),
  );
  t.pass();
});

test('property: quantity is bought less sold less fees in base', (t) => {
  fc.assert(
    fc.property(fills, (all) => {
      const sum = all.reduce((total, fill) => total.add(baseFlow(fill)), new Decimal(0));
      return sum.eq(foldFills(all, BTC_USDT).quantity);
    }),
  );
  t.pass();
});

test('property: cost is never negative, and a flat position costs nothing', (t) => {
  fc.assert(
    fc.property(fills, (all) => {
      const { cost, quantity } = foldFills(all, BTC_USDT);
      return new Decimal(cost).gte(0) && (quantity !== '0' || cost === '0');
    }),
  );
  t.pass();
});

test('property: once flat, what is realised is the cash flow to the last digit', (t) => {
  fc.assert(
    fc.property(fills, fc.integer({ min: 1, max: 10_000_000 }), (some, cents) => {
      const { quantity } = foldFills(some, BTC_USDT);
      const rest = new Decimal(quantity);
      const last = fillOf({
        side: rest.isNegative() ? 'BUY' : 'SELL',
        price: new Decimal(cents).div(100).toFixed(),
        quantity: rest.abs().toFixed(),
      });
      const all = rest.isZero() ? some : [...some, last];
      const flat = foldFills(all, BTC_USDT);
      const cash = all.reduce((total, fill) => total.add(quoteFlow(fill)), new Decimal(0));
      return flat.quantity === '0' && cash.eq(flat.realised);
    }),
  );
  t.pass();
});

function baseFlow({ side, quantity, fee, feeAsset }: Fill): Decimal {
  return new Decimal(quantity).mul(side === 'BUY' ? 1 : -1).sub(feeAsset === 'BTC' ? fee : 0);
}

function quoteFlow({ side, price, quantity, fee, feeAsset }: Fill): Decimal {
  const value = new Decimal(price).mul(quantity);
  return value.mul(side === 'BUY' ? -1 : 1).sub(feeAsset === 'USDT' ? fee : 0);
}
