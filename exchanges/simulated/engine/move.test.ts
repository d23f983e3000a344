import test from 'ava';
import { balance, limit, openMarket, rejection } from '../testing/market.ts';
import type { StateRecord } from './types.ts';

test('free amounts move between accounts, and what belongs to the move is committed with it as one change', (t) => {
  const { engine } = openMarket();
  const commits: StateRecord[][] = [];
  engine.onCommit((records) => commits.push(records));
  engine.move(
    [
      { from: 'maker', to: 'taker', asset: 'USDT', amount: '1.5' },
      { from: 'taker', to: 'maker', asset: 'BTC', amount: '0.00000001' },
    ],
    [{ kind: 'wallet', record: 'note' }],
  );
  t.is(balance(engine, 'maker', 'USDT').free, '9998.5');
  t.is(balance(engine, 'taker', 'BTC').free, '9.99999999');
  t.is(commits.length, 1);
  t.deepEqual(commits[0]?.map(({ kind }) => kind).toSorted(), [
    ...['balance', 'balance', 'balance', 'balance'],
    'wallet',
  ]);
});

test('what is locked, or more than there is, moves nothing at all', (t) => {
  const { engine } = openMarket();
  engine.submit('maker', limit('BUY', '1', '90'));
  const out = (amount: string) => ({ from: 'maker', to: 'taker', asset: 'USDT', amount });
  for (const moves of [[out('9910.00000001')], [out('9000'), out('911')]])
    t.is(
      rejection(() => engine.move(moves)),
      'INSUFFICIENT_BALANCE',
    );
  t.is(balance(engine, 'taker', 'USDT').free, '10000');
  engine.move([out('9910')]);
  t.deepEqual(balance(engine, 'maker', 'USDT'), { free: '0', locked: '90' });
});
