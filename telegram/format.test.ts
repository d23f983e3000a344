import test from 'ava';
import { escaped, moment, money, percent, plain, price, signed } from './format.ts';
import { cut, PHONE_WIDTH, table, widthOf } from './table.ts';

test('trading-api 57: a result has an explicit sign and exactly two decimals', (t) => {
  for (const [amount, shown] of [
    ...[['12.344', '+12.34'] as const, ['-0.5', '-0.50'] as const, ['0', '+0.00'] as const],
    ...[['-0.001', '+0.00'] as const, ['12.345', '+12.35'] as const, ['-12.345', '-12.35'] as const],
    ...[['-0', '+0.00'] as const, ['123456789012345678.005', '+123456789012345678.01'] as const],
  ])
    t.is(signed(amount), shown);
});

test('other amounts, shares and moments', (t) => {
  t.is(plain('45000.50000000'), '45000.5');
  t.is(plain('0.000000012'), '0.00000001');
  t.is(price('45123.45678901'), '45123.46');
  t.is(price('99.12345678'), '99.12345678');
  t.is(money('1000.129'), '1000.12');
  t.is(percent(2, 3), '66.7%');
  t.is(percent(0, 0), '0.0%');
  t.is(moment(new Date('2026-03-09T15:05:00Z'), 'Asia/Seoul'), '2026-03-10 00:05');
  t.is(escaped('<b>&amp;'), '&lt;b&gt;&amp;amp;');
});

test('a table fits a phone, whatever is in it, and formats nothing that others wrote', (t) => {
  const shown = table([
    ['<b>A name that is much too long for a phone</b>', 'running', '+1234.50'],
    ['한국어 이름이 아주 아주 길어서 잘립니다', '실행', '-0.50'],
    ['short', '', ''],
  ]);
  const lines = shown.replace('<pre>', '').replace('</pre>', '').split('\n');
  for (const line of lines)
    t.true(widthOf(line.replaceAll('&lt;', '<').replaceAll('&gt;', '>')) <= PHONE_WIDTH, line);
  t.false(shown.includes('<b>'));
  t.true(lines[0]!.includes('…') && lines[0]!.endsWith('running +1234.50'));
  t.is(widthOf('봇 📊a'), 6);
  t.is(cut('한국어', 5), '한국…');
});
