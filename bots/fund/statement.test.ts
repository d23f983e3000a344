import test from 'ava';
import { Decimal } from '../money.ts';
import { readAccount } from './account-names.ts';
import {
  depositReceived,
  redemptionFixed,
  stagingSent,
  sweepSent,
  unitsAllotted,
  unitsLocked,
  withdrawalPaid,
} from './postings.ts';
import type { Entry } from './postings.ts';
import { statementOf, type HolderEntry } from './statement.ts';

const userId = '0f8fad5b-d9cb-469f-a165-70867728950e';
const money = { userId, asset: 'USDC' };

test('the rows of a statement add up, and moves within the fund and locks are none of them', (t) => {
  const { opening, rows, closing } = statementOf(
    { units: '5', owed: '0' },
    [
      depositReceived({ ...money, amount: '100' }),
      unitsAllotted({ ...money, amount: '100', units: '80' }),
      sweepSent({ ...money, amount: '100' }),
      unitsLocked({ userId, units: '40' }),
      redemptionFixed({ ...money, amount: '45', units: '36', locked: '40' }),
      stagingSent({ ...money, amount: '45' }),
      withdrawalPaid({ ...money, amount: '45', units: '36' }),
    ].map(asHolderEntry),
    'USDC',
  );
  t.deepEqual(
    rows.map(({ kind, money, units, unitsBalance, owed, owedBalance }) => [
      ...[kind, money?.amount ?? null, units, unitsBalance, owed, owedBalance],
    ]),
    [
      ['deposit_received', '100', '0', '5', '100', '100'],
      ['units_allotted', null, '80', '85', '-100', '0'],
      ['redemption_fixed', null, '-36', '49', '45', '45'],
      ['withdrawal_paid', '-45', '0', '49', '-45', '0'],
    ],
  );
  const sum = (of: 'units' | 'owed') =>
    rows.reduce((total, row) => total.add(row[of]), new Decimal(opening[of]));
  t.deepEqual(closing, { units: sum('units').toFixed(), owed: sum('owed').toFixed() });
  t.deepEqual(closing, { units: '49', owed: '0' });
});

test('a deposit of another asset is a row, and owed in another currency', (t) => {
  const other = depositReceived({ userId, asset: 'DOGE', amount: '7' });
  const { rows } = statementOf({ units: '0', owed: '0' }, [asHolderEntry(other, 0)], 'USDC');
  t.like(rows[0], { money: { asset: 'DOGE', amount: '7' }, owed: '0' });
});

function asHolderEntry({ kind, postings }: Entry, id: number): HolderEntry {
  const changes = postings.flatMap(({ account, asset, amount }) => {
    const named = readAccount(account)!;
    return named.userId ? [{ kind: named.kind, asset, amount }] : [];
  });
  return { id, kind, at: id, reference: null, price: null, changes };
}
