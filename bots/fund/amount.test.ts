import test from 'ava';
import fc from 'fast-check';
import { readAmount } from './amount.ts';

const USDC = { asset: 'USDC', decimals: 6 };

test('an amount is taken as it is written, to the last digit', (t) => {
  for (const [text, amount] of [
    ['1', '1'],
    ['0.000001', '0.000001'],
    ['999999999999.999999', '999999999999.999999'],
    ['10.50', '10.5'],
  ] as const)
    t.deepEqual(readAmount(text, USDC), { ok: true, amount });
});

test('nothing else than a plain decimal number above zero is an amount', (t) => {
  const wrong = [
    '',
    ' 1',
    '1 ',
    '1\n',
    '+1',
    '-1',
    '1e3',
    '1E3',
    '0x10',
    '.5',
    '1.',
    '01',
    '00',
    '1,5',
    '1_000',
  ];
  const more = [
    'NaN',
    'Infinity',
    '١',
    '1.0000001',
    '0',
    '0.000000',
    '1000000000000',
    '1.5.1',
    '1'.repeat(400),
  ];
  for (const text of [...wrong, ...more]) t.false(readAmount(text, USDC).ok, JSON.stringify(text));
  t.like(readAmount('0.1234567', USDC), { message: 'USDC has at most 6 decimals' });
});

test('whatever is written, what is taken is digits with at most one point', (t) => {
  const texts = fc.oneof(fc.string(), fc.stringMatching(/^[0-9.eE+\- ]{0,20}$/), fc.double().map(String));
  const holds = fc.property(texts, (text) => {
    const read = readAmount(text, USDC);
    return !read.ok || (/^\d{1,12}(\.\d{1,6})?$/.test(read.amount) && Number(read.amount) === Number(text));
  });
  t.notThrows(() => fc.assert(holds));
});
