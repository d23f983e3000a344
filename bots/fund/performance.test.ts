import test from 'ava';
import { performanceOf } from './performance.ts';

test("fund-integration 20: 95 winning and 55 losing trades on a base of 10,000 are the specification's example", (t) => {
  const sums = { winning: 95, losing: 55, profit: '2500.50', loss: '1200.30' };
  t.deepEqual(performanceOf(sums, '10000'), {
    ...{ total_trades: 150, winning_trades: 95, losing_trades: 55, win_rate: 63.3 },
    ...{ total_profit: 2500.5, total_loss: 1200.3, net_profit: 1300.2, roi_percent: 13 },
  });
});

test('fund-integration 19: without trades or capital everything is zero, and nothing is divided by it', (t) => {
  const none = performanceOf({ winning: 0, losing: 0, profit: '0', loss: '0' }, '0');
  t.is(Object.keys(none).length, 8);
  t.true(Object.values(none).every((value) => value === 0));
  for (const capital of ['0', '-5'])
    t.is(performanceOf({ winning: 1, losing: 0, profit: '1', loss: '0' }, capital).roi_percent, 0);
});

test('what is shown adds up to the cent, and has no more decimals than that', (t) => {
  const { total_profit, total_loss, net_profit } = performanceOf(
    { winning: 1, losing: 1, profit: '0.10500001', loss: '0.0049' },
    '3',
  );
  t.deepEqual([total_profit, total_loss, net_profit], [0.11, 0, 0.11]);
});
