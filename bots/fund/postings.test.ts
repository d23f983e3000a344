import test from 'ava';
import fc from 'fast-check';
import { Decimal } from '../money.ts';
import { ACCOUNT_CLASSES, holderAccount, readAccount, UNIT } from './account-names.ts';
import * as entries from './postings.ts';
import type { Entry } from './postings.ts';

const USER = '0f8fad5b-d9cb-469f-a165-70867728950e';

const decimal = (decimals: number, most = 10n ** 18n) =>
  fc
    .bigInt({ min: 1n, max: most })
    .map((steps) => new Decimal(steps.toString()).div(`1e${decimals}`).toFixed());
const amount = decimal(8);
const units = decimal(8);
const money = fc.record({ userId: fc.uuid(), asset: fc.constantFrom('USDC', 'BTC'), amount });
const holding = fc.record({ userId: fc.uuid(), units });

const ALL: Record<string, fc.Arbitrary<Entry>> = {
  depositReceived: money.map(entries.depositReceived),
  depositReversed: fc
    .tuple(money, fc.constantFrom('main', 'sub'), fc.option(fc.record({ takenBack: units, borne: amount })))
    .map(([of, from, allotted]) =>
      entries.depositReversed({ ...of, ofSub: from === 'main' ? '0' : of.amount, allotted }),
    ),
  unitsAllotted: fc.tuple(money, holding).map(([of, { units }]) => entries.unitsAllotted({ ...of, units })),
  sweepSent: money.map(entries.sweepSent),
  sweepDone: money.map(entries.sweepDone),
  sweepReturned: money.map(entries.sweepReturned),
  fill: fc
    .record({
      base: fc.constant('BTC'),
      quote: fc.constant('USDC'),
      side: fc.constantFrom('BUY', 'SELL'),
      price: decimal(12),
      quantity: decimal(12),
      fee: fc.oneof(decimal(12), fc.constantFrom('0', '-0.25')),
      feeAsset: fc.constantFrom('BTC', 'USDC', 'BNB'),
    })
    .map((of) => entries.fill({ ...of, side: of.side as 'BUY' })),
  unitsLocked: holding.map(entries.unitsLocked),
  unitsUnlocked: holding.map(entries.unitsUnlocked),
  redemptionFixed: fc
    .tuple(money, units, units)
    .map(([of, fixed, locked]) => entries.redemptionFixed({ ...of, units: fixed, locked })),
  redemptionReversed: fc
    .tuple(money, units, units)
    .map(([of, reserved, returned]) => entries.redemptionReversed({ ...of, units: reserved, returned })),
  stagingSent: money.map(entries.stagingSent),
  stagingDone: money.map(entries.stagingDone),
  stagingReturned: money.map(entries.stagingReturned),
  withdrawalPaid: fc.tuple(money, units).map(([of, paid]) => entries.withdrawalPaid({ ...of, units: paid })),
  feeCharged: holding.map(entries.feeCharged),
  fundOpened: fc.tuple(money, holding).map(([of, { units }]) => entries.fundOpened({ ...of, units })),
  restTakenOver: holding.map(entries.restTakenOver),
  mainObserved: money.map(entries.mainObserved),
};

test('every kind of entry is made here', (t) => {
  t.deepEqual(
    Object.keys(ALL).toSorted(),
    Object.keys(entries)
      .filter((name) => name !== 'LEDGER_DECIMALS')
      .toSorted(),
  );
});

for (const [name, arbitrary] of Object.entries(ALL))
  test(`P2: ${name} sums to exactly zero in each asset, whatever the amounts`, (t) => {
    t.notThrows(() => fc.assert(fc.property(arbitrary, isBalanced)));
  });

function isBalanced({ postings }: Entry): boolean {
  const sums = new Map<string, Decimal>();
  for (const { asset, amount } of postings) sums.set(asset, (sums.get(asset) ?? new Decimal(0)).add(amount));
  const isKnown = postings.every(({ account, asset, amount }) => {
    const named = readAccount(account);
    const fits =
      new Decimal(amount).decimalPlaces() <= entries.LEDGER_DECIMALS && !new Decimal(amount).isZero();
    return named !== null && (named.class === 'units') === (asset === UNIT) && fits;
  });
  const isOnce =
    new Set(postings.map(({ account, asset }) => `${account} ${asset}`)).size === postings.length;
  return isKnown && isOnce && [...sums.values()].every((sum) => sum.isZero());
}

test('an approval gives up the units of now, frees the rest of the lock, and takes what is missing from the free ones', (t) => {
  const fixed = (units: string) =>
    Object.fromEntries(
      entries
        .redemptionFixed({ userId: USER, asset: 'USDC', amount: '100', units, locked: '90' })
        .postings.map(({ account, amount }) => [account.replace(`/${USER}`, ''), amount]),
    );
  const owed = { capital: '100', redemptions: '-100' };
  t.deepEqual(fixed('80'), { ...owed, 'units-reserved': '80', 'units-locked': '-90', units: '10' });
  t.deepEqual(fixed('95'), { ...owed, 'units-reserved': '95', 'units-locked': '-90', units: '-5' });
});

test('a fee in base, quote or a third coin is one sum with what it was taken from', (t) => {
  const of = {
    base: 'BTC',
    quote: 'USDC',
    side: 'BUY',
    price: '50000',
    quantity: '0.1',
    fee: '0.0001',
  } as const;
  const onMain = (feeAsset: string) =>
    entries
      .fill({ ...of, feeAsset })
      .postings.filter(({ account }) => account === 'main')
      .map(({ asset, amount }) => `${amount} ${asset}`);
  t.deepEqual(onMain('BTC'), ['0.0999 BTC', '-5000 USDC']);
  t.deepEqual(onMain('USDC'), ['0.1 BTC', '-5000.0001 USDC']);
  t.deepEqual(onMain('BNB'), ['0.1 BTC', '-5000 USDC', '-0.0001 BNB']);
});

test('an account is named by what it is and whose, and nothing else is an account', (t) => {
  for (const kind of [
    'sub',
    'transit',
    'deposits',
    'redemptions',
    'units',
    'units-locked',
    'units-reserved',
  ] as const)
    t.deepEqual(readAccount(holderAccount(kind, USER.toUpperCase())), {
      ...{ kind, userId: USER, class: ACCOUNT_CLASSES[kind] },
    });
  t.deepEqual(readAccount('main'), { kind: 'main', class: 'holding', userId: null });
  for (const name of [
    '',
    'sub',
    'sub/',
    'sub/1',
    `main/${USER}`,
    'toString',
    'units-issued/',
    `sub/${USER}/x`,
  ])
    t.is(readAccount(name), null, name);
});
