import test from 'ava';
import fc from 'fast-check';
import { divide, multiply, multiplyUp, parse, unitsOf, written } from './amounts.ts';

test('an amount is written with eight decimals', (t) => {
  t.is(written(unitsOf('0.001')), '0.00100000');
  t.is(written(unitsOf('65000')), '65000.00000000');
  t.is(written(0n), '0.00000000');
});

test('what is written is read back, whatever it is', (t) => {
  fc.assert(fc.property(fc.bigInt(0n, 10n ** 27n), (units) => unitsOf(written(units)) === units));
  t.pass();
});

test('what is no amount, or finer than a unit, is not read', (t) => {
  for (const text of ['', '-1', '+1', '1e3', '.5', 'NaN', '0x10', '1,5', '0.000000001', ' 1']) {
    t.is(parse(text), null, text);
  }
  t.is(parse('0.0000000100'), 1n);
  t.is(parse('1.'), 100_000_000n);
  t.throws(() => unitsOf('-1'), { instanceOf: RangeError });
});

test('products are rounded the way that their names say', (t) => {
  t.is(multiply(unitsOf('0.00000003'), unitsOf('0.5')), 1n);
  t.is(multiplyUp(unitsOf('0.00000003'), unitsOf('0.5')), 2n);
  t.is(divide(unitsOf('1'), unitsOf('3')), 33_333_333n);
});
