import test from 'ava';
import { pingPongParameters } from './parameters.ts';

const EXAMPLE = { firstOrder: 'BUY', quantity: '0.01', buyPrice: '45000.50', sellPrice: '46000.00' };

/** `field: message` of every fault. */
function faults(change: Record<string, unknown>): string[] {
  const result = pingPongParameters.safeParse({ ...EXAMPLE, ...change });
  return result.success
    ? []
    : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
}

test('scalper-bot 4: without trailing and loop it neither trails nor loops', (t) => {
  t.like(pingPongParameters.parse(EXAMPLE), { trailingPercent: null, infiniteLoop: false });
});

for (const field of ['quantity', 'buyPrice', 'sellPrice']) {
  test(`scalper-bot 6: a ${field} of zero or less is refused`, (t) => {
    for (const amount of ['0', '-1', '0.00000000'])
      t.true(faults({ [field]: amount }).includes(`${field}: Must be greater than 0`));
  });
}

test('scalper-bot 7: a sell price equal to or below the buy price is refused on sellPrice', (t) => {
  for (const sellPrice of ['45000.5', '45000', '9000'])
    t.deepEqual(faults({ sellPrice }), ['sellPrice: Must be greater than the buy price']);
});

test('scalper-bot 8: trailing is a percentage from 0 to 100 of 2 decimals', (t) => {
  for (const trailingPercent of ['-0.01', '100.01', '1.555', 'none'])
    t.is(faults({ trailingPercent }).length, 1);
  for (const trailingPercent of ['0', '100', '1.5', null]) t.deepEqual(faults({ trailingPercent }), []);
});

test('scalper-bot 9: two faults at once are both told', (t) => {
  t.deepEqual(faults({ quantity: '0', sellPrice: '1' }), [
    'quantity: Must be greater than 0',
    'sellPrice: Must be greater than the buy price',
  ]);
});

test('scalper-bot 10: more than 8 decimals or 12 integer digits are refused, not rounded', (t) => {
  for (const quantity of ['0.0000000001', '1234567890123', '1e3', 'NaN', 'Infinity', '', ' 1', '٣'])
    t.is(faults({ quantity }).length, 1, quantity);
});

test('amounts are texts: a float is refused', (t) => {
  t.is(faults({ quantity: 0.01 }).length, 1);
});
